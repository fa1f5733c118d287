"""What is left in the run folder: result files, metrics, the plot, and the screen."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from rich.console import Console

from dataprep.finding import EnvironmentProblem, NothingToDo, Refused, UsageError
from tests.unit.trainers.openai_folder import ready_folder
from tests.unit.trainers.openai_server import Platform, in_base64, lost, platform, problem
from trainers import openai
from trainers.openai import JobPlan, jobs, ledger, plan, results, run, show_outcome
from trainers.openai.results import decoded, merged, rows_of
from trainers.openai.show import watching
from trainers.openai.watch import News, Pace, steps_in
from trainers.openai.wire import Job, OpenAIWire

OPENAI_CSV = "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n1,1.5,0.5,,\n"
OPENAI_CSV += "2,0.75,0.75,0.9,0.7\n"
AZURE_CSV = "\ufeffstep,train_loss,train_mean_token_accuracy\r\n1,2.5,0.25\r\n"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-abcdefgh")
    with platform() as running:
        yield running


@pytest.fixture
def made(tmp_path: Path, server: Platform) -> JobPlan:
    runs = tmp_path / "runs"
    return plan(ready_folder(tmp_path / "out"), base_url=server.url, run_dir=runs / "tea")


def go(made: JobPlan) -> openai.JobOutcome:
    return run(made, poll=0, sleep=lambda _: None)


@pytest.mark.parametrize("raw", [in_base64(OPENAI_CSV), OPENAI_CSV.encode()])
def test_a_result_file_is_read_in_base64_and_as_it_is(raw: bytes) -> None:
    assert decoded(raw) == OPENAI_CSV.encode()


def test_figures_of_openai_and_azure_become_rows() -> None:
    assert rows_of(OPENAI_CSV.encode()) == [
        {"step": 1, "train_loss": 1.5, "train_accuracy": 0.5},
        {
            "step": 2,
            "train_loss": 0.75,
            "train_accuracy": 0.75,
            "valid_loss": 0.9,
            "valid_mean_token_accuracy": 0.7,
        },
    ]
    assert rows_of(AZURE_CSV.encode()) == [
        {"step": 1, "train_loss": 2.5, "train_mean_token_accuracy": 0.25}
    ]


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"<html>", b"step\nNaN\n", b"a,b\n1,2\n"])
def test_a_result_file_that_is_none_gives_no_rows(raw: bytes) -> None:
    assert rows_of(decoded(raw)) == []


def test_rows_of_one_step_become_one_and_the_first_is_believed() -> None:
    tables = [[{"step": 2, "train_loss": 0.5}], [{"step": 1, "x": 1}, {"step": 2, "train_loss": 9}]]
    assert merged(tables) == [{"step": 1, "x": 1}, {"step": 2, "train_loss": 0.5}]


def test_the_run_folder_holds_results_metrics_and_a_plot(server: Platform, made: JobPlan) -> None:
    server.results["file-result"] = in_base64(OPENAI_CSV)
    outcome = go(made)
    assert (made.run_dir / "results" / "file-result.csv").read_text() == OPENAI_CSV
    lines = (made.run_dir / "metrics.jsonl").read_text().splitlines()
    assert json.loads(lines[1])["valid_loss"] == 0.9
    assert (made.run_dir / "metrics.csv").read_text().splitlines()[0] == (
        "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy"
    )
    curves = ET.fromstring((made.run_dir / "metrics.svg").read_text())  # noqa: S314  our own
    assert len(curves.findall("{http://www.w3.org/2000/svg}polyline")) == 4
    out = io.StringIO()
    show_outcome(outcome, Console(file=out, width=100))
    assert "curves in" in out.getvalue()
    assert (
        f"Try it: dataprep evaluate {made.folder} --endpoint {server.url} "
        "--model ft:gpt-4o-mini:acme::ftjob-1"
    ) in out.getvalue()


def test_metrics_of_events_are_kept_where_there_is_no_result_file(
    server: Platform, made: JobPlan
) -> None:
    server.events = [
        {"id": f"ev-{n}", "created_at": n, "type": "metrics", "message": f"Step {n}/9"}
        | {"data": {"step": n, "total_steps": 9, "train_loss": 1 / n}}
        for n in (1, 2)
    ]
    go(made)
    rows = [json.loads(x) for x in (made.run_dir / "metrics.jsonl").read_text().splitlines()]
    assert rows == [{"step": 1, "train_loss": 1.0}, {"step": 2, "train_loss": 0.5}]


def test_a_result_file_that_cannot_be_fetched_does_not_spoil_the_success(
    server: Platform, made: JobPlan
) -> None:
    server.results["file-result"] = b""
    server.faults["GET /v1/files/file-result/content"] = [(500, problem("x"))] * 4
    assert go(made).status == "succeeded"


def test_a_name_of_a_result_file_never_leaves_the_folder(made: JobPlan) -> None:
    class Server:
        def content(self, _: str) -> bytes:
            return OPENAI_CSV.encode()

    named = ("../../etc/passwd", "..", "a b", "a/b", "CON", "file-A", "file-a", "x" * 400)
    job = Job(id="ftjob-1", status="failed", results=named)
    with ledger.opened(made.run_dir, made.key) as book:
        results.fetch(cast(Any, Server()), job, book, lambda _: None)
    files = [path.name for path in (made.run_dir / "results").iterdir()]
    assert len({name.lower() for name in files}) == 8
    assert "file-A.csv" in files
    assert all(re.fullmatch(r"(file-A|id-[0-9a-f-]{16,34})\.csv", name) for name in files)


@pytest.mark.parametrize("name", [".", "..", "../x"])
def test_a_result_file_called_by_a_path_is_told_and_the_job_has_succeeded(
    server: Platform, made: JobPlan, name: str
) -> None:
    server.results[name] = b""
    assert go(made).status == "succeeded"


def test_a_job_called_by_a_path_is_words_and_no_defect(server: Platform, made: JobPlan) -> None:
    server.faults["POST /v1/fine_tuning/jobs"] = [(200, {"id": "..", "status": "queued"})]
    with pytest.raises(EnvironmentProblem, match="no id that can be asked for"):
        go(made)


def test_models_of_earlier_epochs_are_named(server: Platform, made: JobPlan) -> None:
    server.checkpoints = [
        {"id": "ckpt-1", "step_number": 8, "fine_tuned_model_checkpoint": "ft:m:ckpt-step-8"}
        | {"metrics": {"step": 8, "train_loss": 0.5, "valid_loss": None}}
    ]
    outcome = go(made)
    assert json.loads((made.run_dir / "checkpoints.json").read_text()) == [
        {"step": 8, "model": "ft:m:ckpt-step-8", "metrics": {"step": 8, "train_loss": 0.5}}
    ]
    out = io.StringIO()
    show_outcome(outcome, Console(file=out, width=300))
    assert "models of earlier epochs in" in out.getvalue()


def test_a_server_without_checkpoints_is_no_trouble(server: Platform, made: JobPlan) -> None:
    server.faults["GET /v1/fine_tuning/jobs/ftjob-1/checkpoints"] = [(404, problem("no route"))]
    news: list[News] = []
    run(made, say=news.append, poll=0, sleep=lambda _: None)
    assert "trouble" not in [piece.kind for piece in news]


# Progress.


@pytest.mark.parametrize(
    ("message", "figures"),
    [
        ("Step 10/90: training loss=0.51", {"step": 10, "total_steps": 90, "train_loss": 0.51}),
        ("Step 3: training loss=1.5", {"step": 3, "train_loss": 1.5}),
        ("The job has been created", {}),
    ],
)
def test_figures_are_read_from_messages(message: str, figures: dict[str, float]) -> None:
    assert steps_in(message) == figures


def test_the_end_is_estimated_from_the_pace() -> None:
    pace = Pace()
    assert pace.finish(1000.0, {"step": 1, "total_steps": 11}) is None
    assert pace.finish(1020.0, {"step": 3, "total_steps": 11}) == 1100.0


def test_a_terminal_shows_a_bar_with_loss_and_end() -> None:
    out = io.StringIO()
    with watching(Console(file=out, width=120, force_terminal=True)) as say:
        say(News("status", "running"))
        say(News("metrics", "Step", {"step": 3, "total_steps": 9, "train_loss": 0.5}, 4e8))
    assert "3/9" in out.getvalue()
    assert "train_loss 0.5" in out.getvalue()
    assert "ends about 1982-09-0" in out.getvalue()


def test_ctrl_c_leaves_the_job_running_and_says_how_to_come_back(
    server: Platform, made: JobPlan
) -> None:
    server.statuses = ["running"] * 50
    screen = io.StringIO()

    with pytest.raises(KeyboardInterrupt):
        openai.train(
            made.folder,
            console=Console(file=io.StringIO()),
            progress=Console(file=_Both(screen), width=120),
            yes=True,
            base_url=server.url,
            run_dir=made.run_dir,
        )
    assert "Job ftjob-1 runs on" in screen.getvalue()
    assert f"dataprep train openai --attach ftjob-1 --base-url {server.url}" in screen.getvalue()
    assert not any("cancel" in call for call in server.calls)


def test_ctrl_c_in_the_creation_says_that_the_same_command_looks_first(
    server: Platform, made: JobPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = OpenAIWire.create

    def interrupted(self: OpenAIWire, request: dict[str, Any]) -> str:
        create(self, request)
        raise KeyboardInterrupt

    monkeypatch.setattr(OpenAIWire, "create", interrupted)
    screen = io.StringIO()
    with pytest.raises(KeyboardInterrupt):
        openai.train(
            made.folder,
            console=Console(file=io.StringIO()),
            progress=Console(file=screen, width=120),
            yes=True,
            base_url=server.url,
            run_dir=made.run_dir,
        )
    assert "looks at the server first, and never makes a second job" in screen.getvalue()
    monkeypatch.setattr(OpenAIWire, "create", create)
    assert go(made).job == "ftjob-1"
    assert len(server.jobs) == 1


class _Both(io.StringIO):
    """Keeps what is written, and is interrupted once, where the job runs."""

    def __init__(self, kept: io.StringIO) -> None:
        super().__init__()
        self.kept, self.stopped = kept, False

    def write(self, text: str) -> int:
        if "running" in text and not self.stopped:
            self.stopped = True
            raise KeyboardInterrupt
        return self.kept.write(text)


# Jobs that are already there.


def test_jobs_are_listed_from_run_folders_and_from_the_server(
    server: Platform, made: JobPlan
) -> None:
    go(made)
    (here,) = jobs.local(made.run_dir.parent)
    assert (here.job, here.status, here.run_dir) == ("ftjob-1", "succeeded", made.run_dir)
    (there,) = jobs.listed(base_url=server.url, folder=made.run_dir.parent)
    assert (there.job, there.model) == ("ftjob-1", "ft:gpt-4o-mini:acme::ftjob-1")
    assert there.run_dir == made.run_dir
    out = io.StringIO()
    openai.show_jobs([there], Console(file=out, width=160))
    assert "ftjob-1" in out.getvalue()


def test_attach_goes_on_in_the_run_folder_of_the_job(server: Platform, made: JobPlan) -> None:
    server.faults["GET /v1/fine_tuning/jobs/ftjob-1"] = [(403, {})]
    with pytest.raises(Exception, match="The job itself goes on"):
        go(made)
    runs = made.run_dir.parent
    there = {"base_url": server.url, "folder": runs}
    outcome = jobs.attach("ftjob-1", **there, poll=0, sleep=lambda _: None)
    assert (outcome.status, outcome.run_dir) == ("succeeded", made.run_dir)
    assert jobs.attach("ftjob-1", **there).model == outcome.model  # from the ledger
    assert server.count("POST /v1/fine_tuning/jobs") == 1


def test_attach_follows_a_job_that_was_made_elsewhere(
    server: Platform, made: JobPlan, tmp_path: Path
) -> None:
    go(made)
    out = io.StringIO()
    outcome = openai.attach(
        "ftjob-1", console=Console(file=out), base_url=server.url, runs=tmp_path / "new", poll=0
    )
    assert outcome.run_dir == tmp_path / "new" / "attached-ftjob-1"
    assert "is trained" in out.getvalue()


def test_a_job_is_cancelled_by_its_id_and_only_once(server: Platform, made: JobPlan) -> None:
    server.statuses = ["running"]
    server.faults["GET /v1/fine_tuning/jobs/ftjob-1"] = [(403, {})]
    with pytest.raises(Exception, match="goes on"):
        go(made)
    server.faults["POST /v1/fine_tuning/jobs/ftjob-1/cancel"] = [lost(500)]
    runs = made.run_dir.parent
    there = {"base_url": server.url, "folder": runs}
    assert jobs.cancel("ftjob-1", **there, sleep=lambda _: None).status == "cancelled"
    with pytest.raises(Refused, match="has ended as cancelled"):
        jobs.cancel("ftjob-1", **there)


@pytest.mark.parametrize(
    ("job", "kind"), [("", NothingToDo), ("../x", UsageError), ("a/b", UsageError)]
)
def test_an_id_that_is_none_is_refused(job: str, kind: Any) -> None:
    with pytest.raises(kind):
        jobs.cancel(job)


def test_the_next_plan_tells_what_was_uploaded_and_made_before(
    server: Platform, made: JobPlan
) -> None:
    go(made)
    again = plan(made.folder, base_url=server.url, run_dir=made.run_dir.parent / "other")
    assert again.notes[-3:] == (
        f"Job ftjob-1 is this job ({made.run_dir}): it is followed, not made.",
        f"train was uploaded before as file-1 ({made.run_dir}): "
        "the upload is reused while it is there.",
        f"validation was uploaded before as file-2 ({made.run_dir}): "
        "the upload is reused while it is there.",
    )
    elsewhere = plan(made.folder, base_url="http://127.0.0.1:1/v1", run_dir=made.run_dir)
    assert not any("before" in note for note in elsewhere.notes)
