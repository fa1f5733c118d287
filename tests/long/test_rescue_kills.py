"""`rescue`, ended before each single change that it makes on the disk, and started again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.trainers.rescue_jobs import HELD, TRAIN, fetch, killed, states
from tests.unit.trainers.rescue_server import Earlier, earlier

pytestmark = pytest.mark.long


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Earlier]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    with earlier() as state:
        state.add_file("file-whole", TRAIN)
        state.add_file("file-short", HELD)
        state.files["file-short"]["bytes"] += 1
        state.add_job("ftjob-1", "file-whole", validation_file="file-short")
        state.etags["file-whole"] = '"v1"'
        yield state


def test_killed_twice_before_any_change_on_the_disk_the_next_run_brings_all_home(
    server: Earlier, tmp_path: Path
) -> None:
    for number in range(1, 200):
        out = tmp_path / str(number)
        server.faults["/v1/files/file-whole/content"] = [100]
        first = killed(server, out, number)
        killed(server, out, number)  # now over what the first one left
        made = fetch(server, out)
        assert states(made) == {"file-whole": "kept", "file-short": "short"}
        folder = out / "ftjob-1"
        assert (folder / "data/training-file-whole.jsonl").read_bytes() == TRAIN
        assert (folder / ".mismatched/validation-file-short.jsonl.part").read_bytes() == HELD
        assert [path.name for path in out.glob(".*")] == [".files"]
        if not first:
            assert number > 15
            return
    raise AssertionError("the changes do not end")
