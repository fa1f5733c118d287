"""Units are worked on in this process or in others, and their results come in order."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dataprep.finding import EnvironmentProblem, Place, UsageError
from dataprep.workers import cores, ordered


def squares() -> Callable[[int], int]:
    return lambda n: n * n


def processes() -> Callable[[int], tuple[int, str | None]]:
    return lambda _: (os.getpid(), os.environ.get("POLARS_MAX_THREADS"))


def refusing() -> Callable[[int], int]:
    def work(n: int) -> int:
        if n == 3:
            place = Place(file="export.json", task=n)
            raise UsageError("That will not do.", "Try another.", place=place)
        return n

    return work


def full_disk() -> Callable[[int], int]:
    def work(_: int) -> int:
        raise OSError(28, "No space left on device", "x.parquet")

    return work


def dying() -> Callable[[int], int]:
    def work(_: int) -> int:
        os._exit(9)

    return work


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_units(workers: int) -> None:
    assert list(ordered(squares, range(12), workers)) == [n * n for n in range(12)]


def test_one_worker_is_this_process_and_two_are_others_with_one_thread_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("POLARS_MAX_THREADS", raising=False)
    assert list(ordered(processes, range(2), 1)) == [(os.getpid(), None)] * 2
    found = list(ordered(processes, range(4), 2))
    assert os.getpid() not in {process for process, _ in found}
    assert {threads for _, threads in found} == {"1"}
    assert "POLARS_MAX_THREADS" not in os.environ


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_a_worker_is_the_same_error_here(workers: int) -> None:
    with pytest.raises(UsageError) as caught:
        list(ordered(refusing, range(9), workers))
    assert str(caught.value) == "export.json task 3: That will not do. Try another."


def test_an_error_of_the_machine_keeps_its_number() -> None:
    with pytest.raises(OSError, match="No space left") as caught:
        list(ordered(full_disk, range(2), 2))
    assert (caught.value.errno, caught.value.filename) == (28, "x.parquet")


def test_a_worker_that_dies_ends_the_run_with_words() -> None:
    with pytest.raises(EnvironmentProblem, match="ended before its work was done"):
        list(ordered(dying, range(3), 2))


SCRIPT = """\
import sys
from dataprep.workers import cores, ordered
from tests.unit.test_workers import squares

print("begun")
print(list(ordered(squares, range(4), 2)), sys.modules["__main__"].__file__ == __file__)
"""


def test_a_script_without_a_guard_is_not_run_again_by_its_workers(tmp_path: Path) -> None:
    script = tmp_path / "unguarded.py"
    script.write_text(SCRIPT)
    path = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, script], env=path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("begun\n[0, 1, 4, 9] True\n", "")


@pytest.mark.parametrize(
    ("told", "used"), [("100000 100000", 1), ("50000 100000", 1), ("max 100000", 0), ("", 0)]
)
def test_a_container_uses_no_more_processors_than_it_is_given(
    told: str, used: int, tmp_path: Path
) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text(told)
    every = cores(tmp_path / "gone")
    assert every >= 1
    assert cores(quota) == (used or every)
