"""A pull against a server with faults: nothing but the whole, proven file ever stands there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataprep.finding import EnvironmentProblem, UsageError
from dataprep.server import Waiting, pull
from tests.unit.server.loopback import CONFIG, Studio, serving

WAITING = Waiting(answer=0.3, snapshot=5, pause=lambda _: None)
LONG = json.dumps([{"id": n, "data": {"text": "x" * 40}} for n in range(50)]).encode()


def studio(**faults: object) -> Studio:
    """A server with one project."""
    made = Studio(**faults)  # type: ignore[arg-type]
    made.projects.append({"id": 1, "title": "Moods", "label_config": CONFIG})
    return made


def left_in(folder: Path) -> list[str]:
    """What stands in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_snapshot_is_waited_for_and_lies_beside_its_config(tmp_path: Path) -> None:
    with serving(studio(statuses=["created", "in_progress", "completed"])) as wire:
        pulled = pull(wire, 1, tmp_path / "out", waiting=WAITING)
    assert (tmp_path / "out" / "export.json").read_bytes() == b'[{"id": 1, "data": {"text": "a"}}]'
    assert (tmp_path / "out" / "config.xml").read_text("utf-8") == CONFIG
    assert (pulled.snapshot, pulled.size, pulled.title) == (40, 34, "Moods")
    assert left_in(tmp_path / "out") == ["config.xml", "export.json"]


def test_everything_is_expanded_and_no_annotation_is_filtered_out(tmp_path: Path) -> None:
    server = studio()
    with serving(server) as wire:
        pull(wire, 1, tmp_path, waiting=WAITING)
    assert server.exports[0]["serialization_options"] == {
        "drafts": {"only_id": False},
        "predictions": {"only_id": False},
        "annotations__completed_by": {"only_id": False},
    }
    assert "annotation_filter_options" not in server.exports[0]


def test_a_post_that_times_out_is_found_in_the_list_and_not_sent_again(tmp_path: Path) -> None:
    server = studio(late=["/api/projects/1/exports/"])
    with serving(server) as wire:
        pulled = pull(wire, 1, tmp_path, waiting=WAITING)
    assert pulled.snapshot == 40
    assert server.seen.count("POST /api/projects/1/exports/") == 1


def test_a_gateway_that_gives_up_while_the_server_works_on_is_survived(tmp_path: Path) -> None:
    server = studio(fails={"/api/projects/1/exports/": 504})
    server.exports.append({"id": 39, "title": "of somebody else", "status": "completed"})

    def heal(_: float) -> None:
        server.fails.clear()

    with serving(server) as wire:
        pulled = pull(wire, 1, tmp_path, waiting=Waiting(answer=0.3, snapshot=5, pause=heal))
    assert pulled.snapshot == 41


def test_a_failed_snapshot_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    with (
        serving(studio(statuses=["in_progress", "failed"])) as wire,
        pytest.raises(EnvironmentProblem, match="could not make the snapshot 40"),
    ):
        pull(wire, 1, tmp_path / "out", waiting=WAITING)
    assert left_in(tmp_path / "out") == []


def test_a_snapshot_that_is_never_ready_is_given_up_with_its_number(tmp_path: Path) -> None:
    now = iter(range(1000))
    waiting = Waiting(snapshot=5, pause=lambda _: None, clock=lambda: float(next(now)))
    with (
        serving(studio(statuses=["in_progress"])) as wire,
        pytest.raises(EnvironmentProblem, match="--snapshot 40"),
    ):
        pull(wire, 1, tmp_path, waiting=waiting)


def test_a_web_page_with_status_200_is_refused(tmp_path: Path) -> None:
    (tmp_path / "export.json").write_text("[]", "utf-8")
    with (
        serving(studio(page=True)) as wire,
        pytest.raises(EnvironmentProblem, match=r"something else \(status 200\)"),
    ):
        pull(wire, 1, tmp_path, waiting=WAITING)
    assert left_in(tmp_path) == ["export.json"]
    assert (tmp_path / "export.json").read_text("utf-8") == "[]"


def test_a_cut_download_is_taken_up_where_it_stood(tmp_path: Path) -> None:
    server = studio(export=LONG, cuts=[700, 300])
    with serving(server) as wire:
        pull(wire, 1, tmp_path, waiting=WAITING)
    assert (tmp_path / "export.json").read_bytes() == LONG
    download = "GET /api/projects/1/exports/40/download"
    asked = [line for line in server.seen if line.startswith(download)]
    assert asked == [download, f"{download} bytes=700-", f"{download} bytes=1000-"]


def test_a_server_without_ranges_is_read_from_the_start(tmp_path: Path) -> None:
    with serving(studio(export=LONG, cuts=[700], ranges=False)) as wire:
        pull(wire, 1, tmp_path, waiting=WAITING)
    assert (tmp_path / "export.json").read_bytes() == LONG


def test_a_digest_that_differs_twice_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    server = studio(md5="0" * 32)
    with serving(server) as wire, pytest.raises(EnvironmentProblem, match="another digest"):
        pull(wire, 1, tmp_path, waiting=WAITING)
    assert server.seen.count("GET /api/projects/1/exports/40/download") == 2
    assert left_in(tmp_path) == []


def test_a_server_that_gives_no_digest_is_believed(tmp_path: Path) -> None:
    with serving(studio(md5="")) as wire:
        assert pull(wire, 1, tmp_path, waiting=WAITING).size == 34


def test_a_server_that_goes_in_the_middle_leaves_no_half_file(tmp_path: Path) -> None:
    server = studio(export=LONG, cuts=[10] + [0] * 20)
    with serving(server) as wire, pytest.raises(EnvironmentProblem, match="--snapshot 40"):
        pull(wire, 1, tmp_path, waiting=WAITING)
    assert left_in(tmp_path) == []


def test_a_snapshot_that_stands_already_is_only_downloaded(tmp_path: Path) -> None:
    server = studio(statuses=["completed"])
    server.exports.append({"id": 7, "status": "completed", "md5": ""})
    with serving(server) as wire:
        assert pull(wire, 1, tmp_path, snapshot=7, waiting=WAITING).snapshot == 7
    assert not any(line.startswith("POST") for line in server.seen)


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (401, EnvironmentProblem, "does not take the token"),
        (403, EnvironmentProblem, "may not do this"),
        (404, UsageError, "has no project 1"),
        (500, EnvironmentProblem, "Try again in a while"),
    ],
)
def test_a_status_says_what_to_do(
    status: int, kind: type[Exception], said: str, tmp_path: Path
) -> None:
    with (
        serving(studio(fails={"/api/projects/1/": status})) as wire,
        pytest.raises(kind, match=said),
    ):
        pull(wire, 1, tmp_path, waiting=WAITING)


def test_nobody_there_is_an_environment_problem(tmp_path: Path) -> None:
    with serving(studio()) as wire:
        pass
    with pytest.raises(EnvironmentProblem, match="Nobody answers") as error:
        pull(wire, 1, tmp_path, waiting=WAITING)
    assert error.value.exit_code == 4
