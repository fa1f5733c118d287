"""`rescue`: earlier jobs and their files come home whole, once, and nothing is changed there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dataprep import contracts
from dataprep.conversion import convert
from dataprep.finding import EnvironmentProblem, NothingToDo, UsageError
from dataprep.recipe import Recipe
from tests.unit.trainers.rescue_jobs import (
    HELD,
    LOSSES,
    TRAIN,
    chat,
    fetch,
    jsonl,
    with_one_job,
)
from tests.unit.trainers.rescue_server import Earlier, earlier
from trainers import rescue
from trainers.openai import named


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Earlier]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    with earlier() as state:
        yield state


def test_a_job_comes_home_with_its_files_its_settings_and_its_results(
    server: Earlier, tmp_path: Path
) -> None:
    with_one_job(server)
    made = fetch(server, tmp_path / "r")
    folder = tmp_path / "r" / "ftjob-1"
    assert (folder / "data" / "training-file-train.jsonl").read_bytes() == TRAIN
    assert (folder / "data" / "validation-file-held.jsonl").read_bytes() == HELD
    assert (folder / "results" / "result-file-result.csv").read_bytes() == LOSSES
    assert json.loads((folder / "events.jsonl").read_bytes())["message"] == "done"
    record = json.loads((folder / "job.json").read_bytes())
    assert contracts.contract("rescued-job").accepts(record)
    assert record["job"]["hyperparameters"] == {"n_epochs": 3}
    assert record["files"][0]["sha256"] == hashlib.sha256(TRAIN).hexdigest()
    assert record["files"][0]["path"] == "data/training-file-train.jsonl"
    assert {call.split()[0] for call in server.calls} == {"GET"}
    assert [job.new for job in made.jobs] == [True]


def test_what_each_target_loses_is_counted_and_the_commands_are_printed(
    server: Earlier, tmp_path: Path
) -> None:
    with_one_job(server)
    (job,) = fetch(server, tmp_path / "r").jobs
    assert job.rows.examples == 4
    assert job.rows.lost["t5"] == {"several turns": 2, "tools": 1, "weights": 2}
    assert job.rows.lost["openai-chat"] == {}
    page = rescue.page(fetch(server, tmp_path / "r"))
    assert "- t5: several turns (2), tools (1), weights (2)" in page
    assert "- openai-chat: nothing" in page
    assert f"dataprep convert {tmp_path}/r/ftjob-1/data --to t5 --to causal" in page


def test_what_was_rescued_converts_to_other_targets(server: Earlier, tmp_path: Path) -> None:
    with_one_job(server)
    (job,) = fetch(server, tmp_path / "r").jobs
    recipe = Recipe.model_validate(
        {"sources": [{"path": str(job.data)}], "targets": [{"name": "prompt-completion"}]}
    )
    outcome = convert(recipe, tmp_path, tmp_path / "out")
    assert not outcome.refused
    assert sum(outcome.splits.values()) == 4


def test_a_second_rescue_fetches_nothing_again(server: Earlier, tmp_path: Path) -> None:
    with_one_job(server)
    fetch(server, tmp_path / "r")
    before = server.calls.copy()
    again = fetch(server, tmp_path / "r")
    assert server.calls[len(before) :] == ["GET /v1/fine_tuning/jobs"]
    assert [job.new for job in again.jobs] == [False]


def test_what_a_kill_left_behind_is_not_taken_for_whole(server: Earlier, tmp_path: Path) -> None:
    with_one_job(server)
    left = tmp_path / "r" / ".ftjob-1.part" / "data"
    left.mkdir(parents=True)
    (left / "training-file-train.jsonl").write_bytes(TRAIN[:9])
    (tmp_path / "r" / ".files").mkdir()
    (tmp_path / "r" / ".files" / "file-train").write_bytes(TRAIN[:9])
    (tmp_path / "r" / ".files" / "file-held.part").write_bytes(b"x")
    fetch(server, tmp_path / "r")
    assert (tmp_path / "r/ftjob-1/data/training-file-train.jsonl").read_bytes() == TRAIN
    assert (tmp_path / "r/ftjob-1/data/validation-file-held.jsonl").read_bytes() == HELD
    assert not left.exists()


def test_many_jobs_are_paged_and_a_file_that_they_share_is_fetched_once(
    server: Earlier, tmp_path: Path
) -> None:
    server.add_file("file-train", TRAIN)
    for number in range(5):
        server.add_job(f"ftjob-{number}", "file-train")
    made = fetch(server, tmp_path / "r")
    assert [job.id for job in made.jobs] == [f"ftjob-{n}" for n in (4, 3, 2, 1, 0)]
    assert server.calls.count("GET /v1/files/file-train/content") == 1
    kept = [job.folder / "data" / "training-file-train.jsonl" for job in made.jobs]
    assert all(path.read_bytes() == TRAIN for path in kept)
    assert len({path.stat().st_ino for path in kept}) == 1


def test_a_job_that_was_running_is_fetched_again_when_it_has_ended(
    server: Earlier, tmp_path: Path
) -> None:
    server.add_file("file-train", TRAIN)
    server.add_job("ftjob-1", "file-train", status="running", fine_tuned_model=None)
    fetch(server, tmp_path / "r")
    server.jobs[0] |= {"status": "succeeded", "fine_tuned_model": "ft:x"}
    (job,) = fetch(server, tmp_path / "r").jobs
    assert (job.status, job.tuned, job.new) == ("succeeded", "ft:x", True)
    assert server.calls.count("GET /v1/files/file-train/content") == 1
    assert not list((tmp_path / "r").glob(".ftjob*"))


def test_files_that_are_gone_foreign_or_refused_are_said_and_the_job_is_kept(
    server: Earlier, tmp_path: Path
) -> None:
    server.add_file("file-mine", b"x", "assistants")
    server.add_file("file-shut", b"x")
    server.faults["/v1/files/file-shut/content"] = [(403, {"error": {"message": "not yours"}})]
    server.add_job("ftjob-1", "file-gone", validation_file="file-mine", result_files=["file-shut"])
    made = fetch(server, tmp_path / "r")
    states = {file.id: (file.state, file.why) for file in made.jobs[0].files}
    assert states == {
        "file-gone": ("gone", "the server has it no more (404)"),
        "file-mine": ("foreign", "its purpose is assistants, not fine-tune"),
        "file-shut": ("refused", "403, not yours"),
    }
    assert "GET /v1/files/file-mine/content" not in server.calls
    page = rescue.page(made)
    assert "training file file-gone is gone" in page
    assert "dataprep convert" not in page


def test_a_stream_that_is_cut_is_fetched_again(server: Earlier, tmp_path: Path) -> None:
    with_one_job(server)
    busy = (503, {"error": {"message": "busy"}})
    server.faults["/v1/files/file-train/content"] = ["cut", busy]
    fetch(server, tmp_path / "r")
    assert (tmp_path / "r/ftjob-1/data/training-file-train.jsonl").read_bytes() == TRAIN


def test_a_file_that_was_changed_on_the_disk_is_not_taken_for_the_servers(
    server: Earlier, tmp_path: Path
) -> None:
    with_one_job(server)
    fetch(server, tmp_path / "r")
    (tmp_path / "r" / ".files" / "file-train").write_bytes(TRAIN.upper())
    server.add_job("ftjob-2", "file-train")
    fetch(server, tmp_path / "r")
    assert (tmp_path / "r/ftjob-2/data/training-file-train.jsonl").read_bytes() == TRAIN


def test_one_file_or_one_job_is_fetched_by_its_id(server: Earlier, tmp_path: Path) -> None:
    with_one_job(server)
    (job,) = fetch(server, tmp_path / "r", "file-train").jobs
    assert job.data == tmp_path / "r" / "file-train" / "data"
    assert job.rows.examples == 3
    fetch(server, tmp_path / "s", "ftjob-1")
    assert (tmp_path / "s" / "ftjob-1" / "job.json").is_file()
    assert "GET /v1/fine_tuning/jobs" not in server.calls


@pytest.mark.parametrize("name", ["file-none", "../../etc", "ftjob-none", "", "file-mine"])
def test_an_id_that_cannot_be_had_is_a_usage_error(
    server: Earlier, tmp_path: Path, name: str
) -> None:
    server.add_file("file-mine", b"x", "assistants")
    with pytest.raises(UsageError):
        fetch(server, tmp_path / "r", name)


def test_no_jobs_a_foreign_folder_and_no_key_are_said(
    server: Earlier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NothingToDo, match="no fine-tuning jobs"):
        fetch(server, tmp_path / "r")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter").write_text("dear")
    with pytest.raises(UsageError, match="something else"):
        fetch(server, tmp_path / "mine")
    with pytest.raises(UsageError, match="its own client"):
        rescue.rescue(tmp_path / "s", provider="together")
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(EnvironmentProblem, match="OPENAI_API_KEY is not set"):
        rescue.rescue(tmp_path / "s", base_url=server.url, key_variable="OPENAI_API_KEY")


def test_a_hostile_server_writes_nowhere_else(server: Earlier, tmp_path: Path) -> None:
    evil = "../../evil"
    server.files[evil] = {"id": evil, "bytes": 2, "filename": "../x", "purpose": "fine-tune"}
    server.add_job("../up", evil, model="x`[*\x1b", status="succeeded")
    made = fetch(server, tmp_path / "a" / "b" / "r")
    assert {p.name for p in tmp_path.rglob("*") if "evil" in p.name or p.name == "up"} == set()
    assert made.jobs[0].folder == tmp_path / "a" / "b" / "r" / named("../up")
    assert "\x1b" not in rescue.page(made)


def test_broken_rows_are_counted_and_kept_as_they_are(server: Earlier, tmp_path: Path) -> None:
    content = jsonl(chat(1)) + b'{"messages": [\n' + jsonl({"messages": "none"})
    server.add_file("file-train", content)
    server.add_job("ftjob-1", "file-train")
    (job,) = fetch(server, tmp_path / "r").jobs
    assert (job.rows.examples, job.rows.unread) == (1, 2)
    assert (job.folder / "data" / "training-file-train.jsonl").read_bytes() == content


def test_preference_pairs_name_the_rejected_answers_as_lost(
    server: Earlier, tmp_path: Path
) -> None:
    row = {
        "input": {"messages": [{"role": "user", "content": "Which?"}]},
        "preferred_output": [{"role": "assistant", "content": "One."}],
        "non_preferred_output": [{"role": "assistant", "content": "Two."}],
    }
    server.add_file("file-train", jsonl(row, row))
    server.add_job("ftjob-1", "file-train")
    (job,) = fetch(server, tmp_path / "r").jobs
    assert job.rows.lost["t5"] == {"rejected answers": 2}
    assert job.rows.lost["preference"] == {}
