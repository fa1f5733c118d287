"""`rescue` at a server in trouble: what fails is marked and listed, and the rest comes home."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dataprep import contracts, sources
from dataprep.finding import UsageError
from dataprep.recipe import Source
from tests.unit.trainers.rescue_jobs import HELD, TRAIN, fetch, states, with_five_jobs, with_one_job
from tests.unit.trainers.rescue_server import Answer, Earlier, earlier
from trainers import rescue
from trainers.rescue import Rescued, download

BUSY = (503, {"error": {"message": "busy"}})
SHUT = (403, {"error": {"message": "not yours"}})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Earlier]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    with earlier() as state:
        yield state


def record(made: Rescued, job: str) -> Any:
    return json.loads((made.folder / job / "job.json").read_bytes())


def test_of_five_jobs_two_in_trouble_the_others_come_home_and_a_second_run_fetches_the_rest(
    server: Earlier, tmp_path: Path
) -> None:
    with_five_jobs(server)
    server.files["file-2"]["bytes"] += 7
    server.broken["/v1/files/file-4/content"] = BUSY
    made = fetch(server, tmp_path / "r")
    assert states(made) == {
        "file-5": "kept",
        "file-4": "failed",
        "file-3": "kept",
        "file-2": "short",
        "file-1": "kept",
    }
    for number in (1, 3, 5):
        path = tmp_path / f"r/ftjob-{number}/data/training-file-{number}.jsonl"
        assert path.read_bytes() == TRAIN + HELD * number
    assert made.exit_code == 1
    assert [(m.what, m.id) for m in made.missing] == [
        ("training file of ftjob-4", "file-4"),
        ("training file of ftjob-2", "file-2"),
    ]
    page = rescue.page(made)
    assert "Missing: 2 things." in page
    assert f"dataprep rescue --out {tmp_path}/r --base-url {server.url}" in page

    server.files["file-2"]["bytes"] -= 7
    server.broken.clear()
    server.calls.clear()
    again = fetch(server, tmp_path / "r")
    assert set(states(again).values()) == {"kept"}
    assert (again.exit_code, again.missing) == (0, ())
    assert server.calls == [
        "GET /v1/fine_tuning/jobs",
        "GET /v1/fine_tuning/jobs",
        "GET /v1/fine_tuning/jobs",
        "GET /v1/files/file-4",
        "GET /v1/files/file-4/content",
        "GET /v1/files/file-2",
        "GET /v1/files/file-2/content",
    ]
    assert (tmp_path / "r/ftjob-2/data/training-file-2.jsonl").read_bytes() == TRAIN + HELD * 2
    assert not (tmp_path / "r/ftjob-2/.mismatched").exists()
    assert not list((tmp_path / "r/.files").glob("*.part*"))


@pytest.mark.parametrize(("more", "state"), [(7, "short"), (-7, "long")])
def test_a_file_of_another_size_than_listed_is_kept_apart_from_the_data_with_both_sizes(
    server: Earlier, tmp_path: Path, more: int, state: str
) -> None:
    with_one_job(server)
    server.files["file-train"]["bytes"] += more
    made = fetch(server, tmp_path / "r")
    found = record(made, "ftjob-1")
    assert contracts.contract("rescued-job").accepts(found)
    file = found["files"][0]
    assert (file["state"], file["bytes"]) == (state, len(TRAIN))
    assert file["listed"] == len(TRAIN) + more
    assert file["path"] == ".mismatched/training-file-train.jsonl.part"
    folder = tmp_path / "r" / "ftjob-1"
    assert (folder / file["path"]).read_bytes() == TRAIN
    assert [path.name for path in (folder / "data").iterdir()] == ["validation-file-held.jsonl"]
    assert f"is {state}: {len(TRAIN):,} of {len(TRAIN) + more:,} bytes came" in rescue.page(made)


def test_no_command_is_printed_for_a_job_whose_rows_are_not_all_here(
    server: Earlier, tmp_path: Path
) -> None:
    with_one_job(server)
    server.files["file-train"]["bytes"] += 7
    page = rescue.page(fetch(server, tmp_path / "r"))
    assert "dataprep convert" not in page
    assert "Not all rows are here, so that no command is given, of: ftjob-1." in page


def test_convert_passes_a_short_file_over_also_in_the_folder_above(
    server: Earlier, tmp_path: Path
) -> None:
    with_one_job(server)
    server.files["file-train"]["bytes"] += 7
    fetch(server, tmp_path / "r")
    read = {given.path.name for given in sources.files(Source(path="r"), tmp_path)}
    assert "validation-file-held.jsonl" in read
    assert not any("file-train" in name for name in read)


def test_a_file_that_stays_short_makes_the_folder_no_larger_at_each_run(
    server: Earlier, tmp_path: Path
) -> None:
    with_one_job(server)
    server.files["file-train"]["bytes"] += 7
    sizes = []
    for _ in range(3):
        fetch(server, tmp_path / "r")
        files = [path for path in (tmp_path / "r").rglob("*") if path.is_file()]
        sizes.append((len(files), sum(path.stat().st_size for path in files)))
    assert sizes[0] == sizes[1] == sizes[2]
    assert server.calls.count("GET /v1/files/file-held/content") == 1


def test_a_file_without_an_end_is_read_no_further_than_its_limit(
    server: Earlier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "MORE_THAN_LISTED", 0)
    with_one_job(server)
    server.broken["/v1/files/file-train/content"] = Answer(b"x" * 5_000_000)
    made = fetch(server, tmp_path / "r")
    assert states(made)["file-train"] == "long"
    assert (tmp_path / "r/.files/file-train.part").stat().st_size < 1_000_000
    assert server.calls.count("GET /v1/files/file-train/content") == 1


def test_a_result_whose_listed_size_is_the_one_of_its_csv_is_whole(
    server: Earlier, tmp_path: Path
) -> None:
    with_one_job(server)
    server.files["file-result"]["bytes"] = len(b"step,train_loss\n1,2.5\n")
    assert fetch(server, tmp_path / "r").exit_code == 0


@pytest.mark.parametrize(
    ("path", "answer", "why"),
    [
        ("file-train", BUSY, "503, busy"),
        ("file-train/content", SHUT, "403, not yours"),
        ("file-train/content", (302, {}), "302"),
        (
            "file-train",
            Answer(b"<html>", headers={"content-type": "text/html"}),
            "not its protocol",
        ),
        ("file-train", Answer({"object": "file"}), "the answer has no id"),
        ("file-train", Answer({"id": "file-other", "bytes": 3}), "about another file"),
        ("file-train", Answer([]), "not its protocol"),
        ("file-train", Answer(b"{", headers={"content-type": "application/json"}), "not JSON"),
        ("file-train/content", Answer({"a": 1}, headers={"content-type": "text/html"}), "HTML"),
        ("file-train/content", Answer(b"", 204), "status 204"),
        ("file-train/content", Answer(b"x", 206), "status 206"),
        (
            "file-train/content",
            Answer(b"no gz", headers={"content-encoding": "gzip"}),
            "stream broke",
        ),
    ],
)
def test_a_file_that_cannot_be_fetched_is_marked_and_the_others_come_home(
    server: Earlier, tmp_path: Path, path: str, answer: Any, why: str
) -> None:
    with_one_job(server)
    server.broken[f"/v1/files/{path}"] = answer
    made = fetch(server, tmp_path / "r")
    file = made.jobs[0].files[0]
    assert file.state in ("failed", "refused")
    assert why in file.why
    assert (tmp_path / "r/ftjob-1/data/validation-file-held.jsonl").read_bytes() == HELD
    assert made.exit_code == 1
    server.broken.clear()
    assert fetch(server, tmp_path / "r").exit_code == 0


@pytest.mark.parametrize("what", ["events", "checkpoints"])
@pytest.mark.parametrize("answer", [SHUT, BUSY, Answer({"data": [{"no": "id"}]}), Answer(b"[]")])
def test_events_and_checkpoints_that_are_not_given_are_missing_and_tried_again(
    server: Earlier, tmp_path: Path, what: str, answer: Any
) -> None:
    with_one_job(server)
    server.broken[f"/v1/fine_tuning/jobs/ftjob-1/{what}"] = answer
    made = fetch(server, tmp_path / "r")
    assert [part["what"] for part in record(made, "ftjob-1")["missing"]] == [what]
    assert contracts.contract("rescued-job").accepts(record(made, "ftjob-1"))
    assert f"{what} are not complete" in rescue.page(made)
    server.broken.clear()
    server.calls.clear()
    assert fetch(server, tmp_path / "r").exit_code == 0
    assert server.calls == [
        "GET /v1/fine_tuning/jobs",
        f"GET /v1/fine_tuning/jobs/ftjob-1/{what}",
    ]


def test_events_that_no_json_reader_takes_are_kept_as_far_as_they_go(
    server: Earlier, tmp_path: Path
) -> None:
    with_one_job(server)
    deep: Any = 1
    for _ in range(100):
        deep = [deep]
    event = {"id": "e1", "data": deep, "message": "\ud800", "loss": float("nan"), "n": 10**3000}
    server.broken["/v1/fine_tuning/jobs/ftjob-1/events"] = Answer({"data": [event]})
    server.jobs[0]["metadata"] = event
    made = fetch(server, tmp_path / "r")
    assert made.exit_code == 0
    (line,) = (tmp_path / "r/ftjob-1/events.jsonl").read_bytes().splitlines()
    assert json.loads(line)["loss"] is None
    assert fetch(server, tmp_path / "r").jobs[0].new is False


def test_a_list_that_breaks_on_its_third_page_gives_the_jobs_of_the_first_two(
    server: Earlier, tmp_path: Path
) -> None:
    with_five_jobs(server)
    server.broken["/v1/fine_tuning/jobs?after=ftjob-2"] = BUSY
    made = fetch(server, tmp_path / "r")
    assert [job.id for job in made.jobs] == ["ftjob-5", "ftjob-4", "ftjob-3", "ftjob-2"]
    assert [m.what for m in made.missing] == ["the jobs that are listed after ftjob-2"]
    assert made.exit_code == 1
    assert "listed after ftjob-2: 503, busy" in rescue.page(made)


@pytest.mark.parametrize("entry", [{"id": None}, {}, [], "ftjob", {"id": "\x1b[2J"}])
def test_a_job_without_an_id_is_said_and_the_others_come_home(
    server: Earlier, tmp_path: Path, entry: Any
) -> None:
    with_one_job(server)
    server.broken["/v1/fine_tuning/jobs"] = Answer({"data": [entry, *server.jobs]})
    made = fetch(server, tmp_path / "r")
    assert [job.id for job in made.jobs] == ["ftjob-1"]
    assert "entries without an id: 1" in made.missing[0].why


def test_a_job_that_is_listed_twice_is_fetched_once(server: Earlier, tmp_path: Path) -> None:
    with_one_job(server)
    server.jobs.append(server.jobs[0])
    made = fetch(server, tmp_path / "r")
    assert [job.id for job in made.jobs] == ["ftjob-1"]


def test_of_several_ids_one_that_cannot_be_had_stops_no_other(
    server: Earlier, tmp_path: Path
) -> None:
    with_five_jobs(server)
    server.broken["/v1/fine_tuning/jobs/ftjob-2"] = BUSY
    server.broken["/v1/files/file-5"] = SHUT
    asked = ("ftjob-none", "ftjob-2", "file-5", "ftjob-1", "file-none", "file-3")
    made = fetch(server, tmp_path / "r", *asked)
    assert [job.id for job in made.jobs] == ["ftjob-1", "file-3"]
    assert [m.id for m in made.missing] == ["ftjob-none", "ftjob-2", "file-5", "file-none"]
    assert made.again.startswith("dataprep rescue ftjob-none ftjob-2 file-5 ftjob-1")
    with pytest.raises(UsageError, match="is no id"):
        fetch(server, tmp_path / "r", "ftjob-1", "../../etc")
