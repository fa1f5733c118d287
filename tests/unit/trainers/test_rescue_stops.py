"""What stops `rescue`, as every further request is senseless, and what does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dataprep.finding import EnvironmentProblem
from tests.unit.trainers.rescue_jobs import fetch, states, with_five_jobs
from tests.unit.trainers.rescue_server import Answer, Earlier, earlier
from trainers import rescue
from trainers.rescue import asking, download

BUSY = (503, {"error": {"message": "busy"}})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Earlier]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    with earlier() as state:
        yield state


def test_a_key_that_is_not_taken_any_more_stops_and_says_what_was_not_tried(
    server: Earlier, tmp_path: Path
) -> None:
    with_five_jobs(server)
    no_key = (401, {"error": {"message": "no key"}})
    for path in ("files/file-4", "fine_tuning/jobs?after="):
        server.broken[f"/v1/{path}"] = no_key
    server.faults["/v1/fine_tuning/jobs?after="] = [Answer({"data": server.jobs})]
    made = fetch(server, tmp_path / "r")
    assert [job.id for job in made.jobs] == ["ftjob-5"]
    assert made.untried == ("ftjob-4", "ftjob-3", "ftjob-2", "ftjob-1")
    assert made.exit_code == 4
    page = rescue.page(made)
    assert "Stopped: Asking for file-4: the server wants a key; none was sent, " in page
    assert "Not tried or not finished: 4 jobs." in page


def test_a_401_for_one_file_alone_is_about_that_file(server: Earlier, tmp_path: Path) -> None:
    with_five_jobs(server)
    server.broken["/v1/files/file-4/content"] = (401, {"error": {"message": "not this one"}})
    made = fetch(server, tmp_path / "r")
    assert states(made)["file-4"] == "refused"
    assert made.exit_code == 1
    assert len(made.jobs) == 5


def test_a_network_that_is_gone_stops_after_three_questions_in_a_row(
    server: Earlier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import openai

    with_five_jobs(server)
    asked: list[str] = []

    def unreachable(self: Any, file_id: str, **_: Any) -> Any:
        asked.append(file_id)
        raise openai.APIConnectionError(request=None)  # type: ignore[arg-type]

    monkeypatch.setattr(openai.resources.Files, "retrieve", unreachable)
    monkeypatch.setattr(asking, "NOT_HAD", ())
    monkeypatch.setattr(openai.resources.fine_tuning.jobs.Jobs, "list_events", unreachable)
    monkeypatch.setattr(
        openai.resources.fine_tuning.jobs.checkpoints.Checkpoints, "list", unreachable
    )
    made = fetch(server, tmp_path / "r")
    assert asked == ["file-5"] * 4 + ["ftjob-5"] * 8
    assert made.jobs == ()
    assert made.untried == ("ftjob-5", "ftjob-4", "ftjob-3", "ftjob-2", "ftjob-1")
    assert made.exit_code == 4
    assert "no answer to 3 requests in a row" in str(made.stopped)


def test_a_server_that_is_down_stops_after_ten_questions_in_a_row(
    server: Earlier, tmp_path: Path
) -> None:
    for number in range(12):
        server.add_job(f"ftjob-{number}", f"file-{number}")
        server.broken[f"/v1/files/file-{number}"] = BUSY
        for what in ("events", "checkpoints"):
            server.broken[f"/v1/fine_tuning/jobs/ftjob-{number}/{what}"] = BUSY
    made = fetch(server, tmp_path / "r")
    assert len(made.jobs) == 3
    assert len(made.untried) == 9
    assert "10 requests in a row" in str(made.stopped)


def test_a_full_disk_stops_and_a_file_that_is_too_large_for_it_does_not(
    server: Earlier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_five_jobs(server)
    server.files["file-4"]["bytes"] = 1 << 59
    made = fetch(server, tmp_path / "r")
    assert "the disk has room for" in {f.id: f.why for j in made.jobs for f in j.files}["file-4"]
    assert len(made.jobs) == 5

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(download, "flush_to_disk", full)
    made = fetch(server, tmp_path / "s")
    assert made.untried[0] == "ftjob-5"
    assert "No space left" in str(made.stopped)
    assert made.exit_code == 4


def test_a_name_that_the_disk_does_not_take_is_the_trouble_of_one_file(
    server: Earlier, tmp_path: Path
) -> None:
    with_five_jobs(server)
    (tmp_path / "r/.files/file-4.part").mkdir(parents=True)
    (tmp_path / "r/.files/file-2.json").mkdir()
    (tmp_path / "r/ftjob-3").write_text("mine")
    made = fetch(server, tmp_path / "r")
    found = states(made)
    assert (found["file-4"], found["file-2"]) == ("failed", "failed")
    assert [name for name, state in found.items() if state == "kept"] == ["file-5", "file-1"]
    assert made.missing[0].why.endswith("ftjob-3 is in its place, and no folder")
    assert (tmp_path / "r/ftjob-3").read_text() == "mine"


def test_an_account_whose_first_page_breaks_is_an_error(server: Earlier, tmp_path: Path) -> None:
    server.broken["/v1/fine_tuning/jobs"] = BUSY
    with pytest.raises(EnvironmentProblem, match="Listing the jobs: 503"):
        fetch(server, tmp_path / "r")
