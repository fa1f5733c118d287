"""Each I/O call of `train openai` and `rescue` fails once; of `train`, each also kills."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator

import pytest

from tests.faults.harness import FAIL, KEY_VARIABLE, KILL, TEAR, IoFaults, skip_without_compiler
from tests.faults.scenarios import WORDS, tree
from tests.unit.trainers.openai_folder import ready_folder
from tests.unit.trainers.openai_server import Platform, platform
from tests.unit.trainers.rescue_jobs import with_one_job
from tests.unit.trainers.rescue_server import Earlier, earlier

pytestmark = pytest.mark.long
AGAIN = 3
"""So often a command that was stopped is given again at most."""


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IoFaults]:
    skip_without_compiler()
    with IoFaults(tmp_path_factory.mktemp("faults")) as made:
        yield made


@pytest.fixture
def server() -> Iterator[Platform]:
    with platform() as running:
        yield running


@pytest.fixture
def old_jobs() -> Iterator[Earlier]:
    with earlier() as running:
        with_one_job(running)
        yield running


@pytest.mark.parametrize("how", [FAIL, KILL, TEAR], ids=["fails", "kills", "tears"])
def test_a_spoiled_call_of_a_training_leaves_one_job(
    faults: IoFaults, server: Platform, how: int
) -> None:
    calls = _trained(faults, server, 0, FAIL)
    assert calls > 60
    for at in range(1, calls + 1):
        _trained(faults, server, at, how)
    print(f"\n{calls} spoiled I/O calls of train openai, one job each")  # noqa: T201


def _trained(faults: IoFaults, server: Platform, at: int, how: int) -> int:
    """Train with one spoiled call, again until it is done, and hold that there is one job."""
    server.clear()
    room = faults.root / f"train-{at}-{how}"
    ready_folder(room / "out")
    before = tree(room / "out")
    named = ("--base-url", server.url, "--key-variable", KEY_VARIABLE)
    argv = ("train", "openai", "out", "--yes", "--poll", "0", *named)
    ended = faults.run(room, *argv, at=at, how=how, error=errno.ENOSPC if at % 2 else errno.EIO)
    calls = ended.calls
    for _ in range(AGAIN):
        assert ended.code in (-9, *WORDS), f"call {at}: ended with {ended.code}: {ended.said}"
        assert "Traceback" not in ended.said
        if ended.code == 0:
            break
        ended = faults.run(room, *argv)
    assert ended.code == 0, f"call {at}: {ended.said}"
    assert (len(server.jobs), server.copies) == (1, 1), f"call {at}"
    assert tree(room / "out") == before
    shutil.rmtree(room)
    shutil.rmtree(faults.root / "home", ignore_errors=True)
    return calls


def test_a_failed_call_of_a_rescue_loses_nothing(faults: IoFaults, old_jobs: Earlier) -> None:
    whole = _rescued(faults, old_jobs, 0, {})
    calls, files = whole
    assert calls > 40
    for at in range(1, calls + 1):
        _rescued(faults, old_jobs, at, files)
    print(f"\n{calls} failed I/O calls of rescue, nothing lost")  # noqa: T201


def _rescued(
    faults: IoFaults, server: Earlier, at: int, files: dict[str, str]
) -> tuple[int, dict[str, str]]:
    room = faults.root / f"rescue-{at}"
    room.mkdir()
    named = ("--base-url", server.url, "--key-variable", KEY_VARIABLE)
    argv = ("rescue", "-o", "rescued", *named)
    ended = faults.run(room, *argv, at=at, error=errno.ENOSPC if at % 2 else errno.EIO)
    assert ended.code in WORDS, f"call {at}: ended with {ended.code}: {ended.said}"
    calls = ended.calls
    if at:
        ended = faults.run(room, *argv)
    assert ended.code == 0, f"call {at}: {ended.said}"
    found = {
        name: digest
        for name, digest in tree(room / "rescued").items()
        if "/data/" in name or "/results/" in name
    }
    assert found == (files or found), f"call {at}"
    assert len(found) >= 3
    shutil.rmtree(room)
    return calls, found
