"""Servers and ledgers that hold anything at all: words, no defect, no key, nothing obeyed."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from dataprep.cli import run
from dataprep.finding import UsageError
from tests.hostile_answers import KEY, hostile_body
from tests.unit.trainers.carrying import set_keys
from tests.unit.trainers.openai_folder import ready_folder
from tests.unit.trainers.openai_server import Platform, in_base64, platform
from trainers import rescue
from trainers.openai import client, failures, jobs, ledger, results, show, together, watch
from trainers.openai import job as errand
from trainers.openai.ending import outcome
from trainers.openai.failures import SentFile
from trainers.openai.ledger import JobLedger
from trainers.openai.server import Server
from trainers.openai.wire import event_of

NOW = datetime.now(UTC).isoformat()
FLAGS = ("--poll", "0", "--key-variable", "OPENAI_API_KEY", "--base-url")
EVENT = {
    "id": "e1",
    "object": "fine_tuning.job.event",
    "created_at": 5,
    "level": "info",
    "message": "Step 1/3: training loss=1.2",
    "type": "metrics",
    "data": {"step": 1, "train_loss": 1.2, "total_steps": 3},
}
JOB = {
    "id": "ftjob-1",
    "object": "fine_tuning.job",
    "created_at": 1,
    "status": "running",
    "error": {},
    "polls": 0,
    "model": "m",
    "metadata": None,
    "estimated_finish": 1_900_000_000,
}


def _short(value: Any) -> str:
    return repr(value)[:20]


@pytest.fixture(autouse=True)
def _no_waits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_keys(monkeypatch)
    for call in (errand.run, jobs.listed, jobs.attach, jobs.cancel, rescue.rescue):
        monkeypatch.setitem(call.__kwdefaults__, "sleep", lambda _: None)
    monkeypatch.chdir(tmp_path)


def hostile(server: Platform, random: Random) -> None:
    """Let the server answer truly now and then, and otherwise with something wrong."""
    true, share = server.answer, random.choice([0.1, 0.3, 1.0])

    def answer(method: str, path: str, body: bytes) -> tuple[int, Any]:
        status, made = true(method, path, body)
        if isinstance(made, bytes) or random.random() > share:
            return status, made
        return status, hostile_body(made, random)

    server.answer = answer  # type: ignore[method-assign]


@pytest.mark.parametrize("seed", range(24))
@pytest.mark.parametrize("name", ["train", "attach", "jobs", "cancel"])
def test_whatever_a_server_answers_a_command_ends_in_words(
    name: str, seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ready_folder(tmp_path / "out")
    commands = {
        "train": ["train", "openai", str(folder), "--yes", "-o", "run"]
        + [part for gate in ("shutdown", "cost", "findings") for part in ("--accept", gate)],
        "attach": ["train", "openai", "--attach", "ftjob-1"],
        "jobs": ["jobs"],
        "cancel": ["jobs", "--cancel", "ftjob-1"],
    }
    flags = FLAGS if commands[name][0] == "train" else FLAGS[2:]
    with platform() as server:
        server.results = {"res-1": in_base64("step,train_loss\n1,0.5\n")}
        server.events, server.jobs = [EVENT], [] if name == "train" else [dict(JOB)]
        hostile(server, Random(f"{name} {seed}"))  # noqa: S311  nothing here is a secret
        for _ in range(2):  # the second one goes on from what the first has noted
            assert run([*commands[name], *flags, server.url]) in (0, 1, 2, 3, 4, 5)
    said = "".join(capsys.readouterr())
    assert not {"\x1b", "\x07", "\u202e", "\x00"} & set(said)
    assert KEY not in said


def test_an_id_that_is_the_key_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_keys", {KEY, "1"})
    assert client.field({"id": "ftjob-1"}, "id") == "ftjob-1"
    with pytest.raises(client.UnexpectedAnswer, match="the key in its id"):
        client.field({"id": f"ftjob-{KEY}"}, "id")


def test_a_key_that_is_a_word_is_taken_out_alone_and_mutilates_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "_keys", {KEY, "other", f"{KEY}-two"})
    assert client.words("another run, otherwise") == "another run, otherwise"
    assert client.words("Key other is wrong.") == "Key (key) is wrong."
    assert client.words(f"x{KEY}-twox") == "x(key)x"


def test_a_number_with_five_thousand_digits_is_no_answer() -> None:
    with pytest.raises(client.troubles()):
        json.loads("9" * 5_000)


@pytest.mark.parametrize("left", [10**400, float("nan"), True, "x", -(10**400)], ids=_short)
@pytest.mark.parametrize("events", [5, "job_error", {"type": "job_error"}, [None, 7]], ids=repr)
def test_a_job_of_together_is_read_whatever_stands_in_its_fields(left: Any, events: Any) -> None:
    progress = {"estimate_available": True, "seconds_remaining": left}
    row = {"id": "ft-1", "status": "running", "progress": progress, "events": events}
    made = together._job({**row, "created_at": "0001-01-01T00:00:00"})
    assert (made.finish, made.told) == (None, "")


def test_a_step_of_four_hundred_digits_is_no_figure() -> None:
    assert watch.steps_in(f"Step {'9' * 400}/{'9' * 400}: training loss={'9' * 400}") == {}
    pace = watch.Pace()
    for number in (1, 2):
        event = event_of({"id": "e", "created_at": number, "message": f"Step {number}/{10**14}"})
        pace.finish(event.at, watch.steps_in(event.message))


def test_a_result_file_with_an_endless_cell_gives_the_rows_before_it() -> None:
    usual = csv.field_size_limit(131_072)  # others in this process raise it
    raw = b"step,train_loss\n1,0.5\n2," + b"1" * 200_000 + b"\n3,0.1\n"
    try:
        assert results.rows_of(raw) == [{"step": 1, "train_loss": 0.5}]
    finally:
        csv.field_size_limit(usual)
    assert results.rows_of(b"step,train_loss\n1,1e305\n2,0.5\n")[0] == {"step": 1}


def test_a_figure_in_a_damaged_run_folder_that_no_line_can_show_is_left_out(tmp_path: Path) -> None:
    line = {"step": 1, "loss": 10**400, "accuracy": 0.5}
    (tmp_path / "metrics.jsonl").write_text(json.dumps(line))
    assert results.last_figures(tmp_path) == {"step": 1, "accuracy": 0.5}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", 5),
        ("trained_tokens", "many"),
        ("code", []),
        ("param", {}),
        ("expires", "tomorrow"),
        ("expires", 10**400),
        ("data", {"step": "one"}),
        ("data", {"step": 10**400}),
        ("files", 5),
        ("files", [{"split": "train"}]),
        ("folder", ["x"]),
    ],
    ids=_short,
)
def test_a_ledger_with_another_kind_of_thing_under_a_name_is_refused_in_words(
    name: str, value: Any, tmp_path: Path
) -> None:
    record = {"at": NOW, "step": "end", "state": "done", "job": "j", "status": "s", "message": "m"}
    (tmp_path / "job.jsonl").write_text(json.dumps({**record, name: value}) + "\n")
    with pytest.raises(UsageError, match=f"another kind of thing under '{name}'"):
        ledger.read(tmp_path)


def test_a_ledger_that_names_no_file_of_the_user_shows_nothing_of_it(tmp_path: Path) -> None:
    deep = tmp_path / "deep.jsonl"
    deep.write_text("[" * 100_000)
    for path in ("/dev/zero", "a\0b", str(deep)):
        said = failures.told("Example 1 is bad", [SentFile(split="train", path=path, sha256="")])
        assert said.startswith(f"That is {path}:1")
        assert "about" not in said


def test_a_model_called_like_a_command_stays_one_word_of_the_command_that_tries_it(
    tmp_path: Path,
) -> None:
    lines = [
        {"at": NOW, "step": "plan", "state": "begin", "key": "k", "folder": "my data"},
        {"at": NOW, "step": "end", "state": "done", "job": "j", "status": "succeeded"}
        | {"message": "", "model": "ft:x; rm -rf ~"},
    ]
    log = SimpleNamespace(path=tmp_path / "job.jsonl")
    made = outcome(JobLedger(log, lines), lines[1], "https://h/v1")  # type: ignore[arg-type]
    assert made.try_it == (
        "dataprep evaluate 'my data' --endpoint https://h/v1 --model 'ft:x; rm -rf ~'"
    )


def test_the_way_back_to_a_job_is_a_command_whatever_it_is_called() -> None:
    said: list[str] = []
    screen = SimpleNamespace(print=lambda text, **_: said.append(str(text)))
    server = Server(name="nebius", base_url="https://h/v1", typed=True)
    show.show_way_back("a;b", server, screen)  # type: ignore[arg-type]
    assert said[1] == "  dataprep train nebius --attach 'a;b' --base-url https://h/v1"
