"""How many instructions the compiled library takes for some work: no clock is so steady.

The counts of `tests/golden/scan_instructions.json` hold for gcc on x86-64 with AVX2, within a
tenth, since compilers differ a little. Whoever makes the library slower, or quicker, writes them
anew: `DATAPREP_WRITE_COUNTS=1 python -m pytest tests/real/test_scan_instructions.py -m real`.
"""

from __future__ import annotations

import json
import os
import platform
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from dataprep.scan import build
from tests.mutated_tasks import CONFIG, tasks
from tests.real.test_scan_sanitized import CHAT, DRIVER, PIECE, TEXT, plan, sent
from tests.unit.checks.rows import assistant, chat, user

GOLDEN = Path(__file__).parents[1] / "golden" / "scan_instructions.json"
TOLERANCE = 0.1
WRITE = "DATAPREP_WRITE_COUNTS"

pytestmark = pytest.mark.real


def words(number: int) -> str:
    dice = random.Random(number)  # noqa: S311
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    return " ".join("".join(dice.choices(letters, k=dice.randint(1, 9))) for _ in range(number))


def of_tasks() -> bytes:
    given = [text.encode("utf-8", "surrogatepass") for text in tasks(1, 600)]
    return b"".join((*plan(CONFIG), *(sent(PIECE, one) for one in given)))


def of_rows() -> bytes:
    talks = [chat(user(words(n)), assistant(words(3 * n))) for n in range(1, 120)]
    return b"".join(sent(CHAT, json.dumps(talk).encode()) for talk in talks)


def of_texts() -> bytes:
    return b"".join(sent(TEXT, words(n).encode()) for n in range(1, 300))


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The driver of the sanitizers without them."""
    compiler, about = shutil.which("gcc"), Path("/proc/cpuinfo")
    known = platform.machine() == "x86_64" and about.exists() and " avx2 " in about.read_text()
    if compiler is None or shutil.which("valgrind") is None or not known:
        pytest.skip("the counts hold for gcc and valgrind on x86-64 with AVX2, which is not here")
    made = tmp_path_factory.mktemp("driver") / "driver"
    files = map(str, (*build.sources(), DRIVER))
    flags = ("-std=c11", "-O2", "-fno-inline-functions", f"-I{build.HERE / 'source'}")
    subprocess.run([compiler, *flags, "-o", str(made), *files], check=True)
    return made


@pytest.mark.parametrize("work", [of_tasks, of_rows, of_texts])
def test_the_library_takes_as_many_instructions_as_it_did(
    work: Callable[[], bytes], driver: Path, tmp_path: Path
) -> None:
    taken = counted(driver, work(), tmp_path) - counted(driver, b"", tmp_path)
    golden = json.loads(GOLDEN.read_text())
    if os.environ.get(WRITE):
        GOLDEN.write_text(json.dumps(golden | {work.__name__: taken}, indent=2) + "\n")
    else:
        assert abs(taken / golden[work.__name__] - 1) < TOLERANCE, taken


def counted(driver: Path, given: bytes, folder: Path) -> int:
    """The instructions of a run of the driver."""
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder / 'out'}", driver]
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    said = done.stderr.decode()
    found = re.search(r"Collected : (\d+)", said)
    assert done.returncode == 0, said
    assert found is not None, said
    return int(found[1])
