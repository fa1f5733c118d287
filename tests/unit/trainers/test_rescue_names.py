"""Names and records that lie: what `rescue` writes stays in its folder, and nothing is lost."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from dataprep.report import print_markdown
from tests.unit.trainers.rescue_jobs import HELD, TRAIN, fetch, states, with_one_job
from tests.unit.trainers.rescue_server import Answer, Earlier, earlier
from trainers import rescue
from trainers.openai import FileNames, named

NAMES = (
    *("../x", "..", ".", "/etc/x", "a/b", "a\\b", "CON", "nul", "com1", "x" * 3000, "x" * 99_000),
    *(".files", "lock", ".lock", "file-1.json", "file-1.part", "file-1", "\x1b[2J", "é", "a b"),
    "\ud800",
)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Earlier]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    with earlier() as state:
        yield state


def test_no_id_of_a_file_or_a_job_leads_out_of_the_folder_or_stops_the_run(
    server: Earlier, tmp_path: Path
) -> None:
    server.add_file("file-1", TRAIN)
    for number, name in enumerate(NAMES):
        server.add_job(f"ftjob-{number}", name, result_files=[name, name])
        server.add_job(name, "file-1")
    out = tmp_path / "a" / "b" / "r"
    made = fetch(server, out)
    assert len(made.jobs) >= 2 * len(NAMES) - 5  # some are no id at all, and said
    assert "entries without an id" in made.missing[0].why
    assert states(made)["file-1"] == "kept"
    assert sorted(tmp_path.iterdir()) == [tmp_path / "a"]
    assert sorted((tmp_path / "a" / "b").iterdir()) == [out]
    assert len({job.folder for job in made.jobs}) == len(made.jobs)
    data = out / "ftjob-16/data/training-file-1.jsonl"
    assert data.read_bytes() == TRAIN
    assert all(path.name.isascii() and len(path.name) < 200 for path in out.rglob("*"))


def test_a_name_that_the_server_gives_a_file_is_no_name_on_the_disk(
    server: Earlier, tmp_path: Path
) -> None:
    with_one_job(server)
    server.files["file-train"]["filename"] = "../../evil\x1b[31m"
    header = {"content-disposition": 'attachment; filename="../../evil"'}
    server.broken["/v1/files/file-train/content"] = Answer(headers=header)
    made = fetch(server, tmp_path / "r")
    assert made.exit_code == 0
    assert made.jobs[0].files[0].name == "../../evil [31m"
    assert not [path for path in tmp_path.rglob("*") if "evil" in path.name]


def test_two_ids_never_share_a_name_also_where_upper_case_does_not_count() -> None:
    names = FileNames([("file-a", ("https://one", "file-a"))])
    first, second = names.of("file-A", "https://one"), names.of("file-a", "https://one")
    assert second == "file-a"
    assert first.startswith("id-")
    assert names.of("file-a", "https://two") not in (first, second)
    assert names.of("file-A", "https://one") == first
    assert named("file-1") == "file-1"


def test_ids_that_differ_in_upper_case_alone_come_home_both(
    server: Earlier, tmp_path: Path
) -> None:
    server.add_file("file-a", TRAIN)
    server.add_file("file-A", HELD)
    server.add_job("ftjob-a", "file-a")
    server.add_job("ftjob-A", "file-A")
    for _ in range(2):
        made = fetch(server, tmp_path / "r")
        found = {
            job.id: next(path.read_bytes() for path in (job.folder / "data").iterdir())
            for job in made.jobs
        }
        assert found == {"ftjob-a": TRAIN, "ftjob-A": HELD}
        names = {job.folder.name.lower() for job in made.jobs}
        assert len(names) == 2
    assert [job.new for job in made.jobs] == [False, False]


def test_a_job_of_another_server_with_the_same_id_is_another_job(
    server: Earlier, tmp_path: Path
) -> None:
    with_one_job(server)
    fetch(server, tmp_path / "r")
    with earlier() as second:
        second.add_file("file-train", HELD)
        second.add_job("ftjob-1", "file-train")
        (job,) = fetch(second, tmp_path / "r").jobs
    assert next((job.folder / "data").iterdir()).read_bytes() == HELD
    assert (tmp_path / "r/ftjob-1/data/training-file-train.jsonl").read_bytes() == TRAIN


def damage(record: dict[str, Any], *path: str | int, value: Any) -> bytes:
    place: Any = record
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return json.dumps(record).encode()


@pytest.mark.parametrize(
    "how",
    [
        lambda record: b"",
        lambda record: b"[]",
        lambda record: b"\xff{",
        lambda record: b"[" * 100_000,
        lambda record: json.dumps({k: v for k, v in record.items() if k != "rows"}).encode(),
        lambda record: damage(record, "job", value=[]),
        lambda record: damage(record, "job", "id", value=7),
        lambda record: damage(record, "files", value=5),
        lambda record: damage(record, "files", 0, value=None),
        lambda record: damage(record, "files", 0, "path", value="../../x"),
        lambda record: damage(record, "files", 0, "path", value="data/.."),
        lambda record: damage(record, "files", 0, "path", value=""),
        lambda record: damage(record, "files", 0, "bytes", value=-1),
        lambda record: damage(record, "rows", value={"examples": "many"}),
        lambda record: damage(record, "missing", value={"what": 1}),
    ],
)
def test_a_damaged_record_of_an_earlier_run_is_said_and_the_job_fetched_again(
    server: Earlier, tmp_path: Path, how: Any
) -> None:
    with_one_job(server)
    fetch(server, tmp_path / "r")
    path = tmp_path / "r/ftjob-1/job.json"
    before = json.loads(path.read_bytes())
    path.write_bytes(how(json.loads(path.read_bytes())))
    lines: list[str] = []
    made = rescue.rescue(
        tmp_path / "r", base_url=server.url, sleep=lambda _: None, say=lines.append
    )
    assert any("damaged" in line for line in lines)
    assert made.jobs[0].new
    after = json.loads(path.read_bytes())
    assert after | {"rescued_at": ""} == before | {"rescued_at": ""}
    assert server.calls.count("GET /v1/files/file-train/content") == 1


def test_a_file_that_somebody_took_away_is_put_back(server: Earlier, tmp_path: Path) -> None:
    with_one_job(server)
    fetch(server, tmp_path / "r")
    data = tmp_path / "r/ftjob-1/data/training-file-train.jsonl"
    data.unlink()
    fetch(server, tmp_path / "r")
    assert data.read_bytes() == TRAIN
    assert server.calls.count("GET /v1/files/file-train/content") == 1


def test_what_is_whole_in_the_folder_of_a_job_is_not_fetched_again(
    server: Earlier, tmp_path: Path
) -> None:
    with_one_job(server)
    server.files["file-held"]["bytes"] += 1
    fetch(server, tmp_path / "r")
    for path in (tmp_path / "r/.files").glob("*"):
        path.unlink()
    server.files["file-held"]["bytes"] -= 1
    assert fetch(server, tmp_path / "r").exit_code == 0
    assert server.calls.count("GET /v1/files/file-train/content") == 1
    assert server.calls.count("GET /v1/files/file-result/content") == 1


def test_what_somebody_put_into_the_folder_of_a_job_stays_there(
    server: Earlier, tmp_path: Path
) -> None:
    with_one_job(server)
    server.files["file-held"]["bytes"] += 1
    fetch(server, tmp_path / "r")
    (tmp_path / "r/ftjob-1/notes.txt").write_text("mine")
    server.files["file-held"]["bytes"] -= 1
    fetch(server, tmp_path / "r")
    assert (tmp_path / "r/ftjob-1/notes.txt").read_text() == "mine"
    assert not list((tmp_path / "r").glob(".ftjob*"))


def test_no_text_of_the_server_is_markup_on_the_terminal(server: Earlier, tmp_path: Path) -> None:
    evil = "\x1b]0;x\x07[red]_a_ **b** `c` ~~d~~ <e> &#x202e; [f](http://g) | # \\h"
    refusal = (403, {"error": {"message": evil, "code": evil}})
    with_one_job(server)
    server.jobs[0] |= {"model": evil, "fine_tuned_model": evil, "status": evil}
    server.add_job("ftjob-2", evil)
    server.broken["/v1/files/file-train"] = refusal
    server.broken["/v1/fine_tuning/jobs/ftjob-1/events"] = refusal
    lines: list[str] = []
    made = rescue.rescue(
        tmp_path / "r", base_url=server.url, sleep=lambda _: None, say=lines.append
    )
    assert all(line.isprintable() for line in lines)
    screen = io.StringIO()
    print_markdown(rescue.page(made), Console(file=screen, force_terminal=True, width=400))
    shown = screen.getvalue()
    assert "_a_" in shown
    assert all(mark not in shown for mark in ("\x1b]", "\x07", "\u202e", "\x1b[31m", "\x1b[9m"))
    assert all(c.isprintable() or c == "\n" for c in rescue.page(made))
