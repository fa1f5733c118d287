"""What is compiled under AddressSanitizer and UBSan, on mutated tasks and torn bytes."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

import pytest

from dataprep.scan import build
from dataprep.scan.tasks import _additions
from tests import mutated_answers
from tests.mutated_tasks import CONFIG, tasks
from tests.scanned_tasks import shape_and_plan
from tests.unit.checks.test_columnar import CHAT as CHATS
from tests.unit.checks.test_columnar import PAIRS, mutated

DRIVER = Path(__file__).parent / "scan_driver" / "driver.c"
PIECE, TEXT, CHAT, PAIR = 255, 254, 253, 252
FLAGS = (
    *("-std=c11", "-g", "-O1", "-fno-omit-frame-pointer"),
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
)

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("neither gcc nor clang is here, which know the sanitizers")
    made = tmp_path_factory.mktemp("driver") / "driver"
    files = map(str, (*build.sources(), DRIVER))
    include = f"-I{build.HERE / 'source'}"
    subprocess.run([compiler, *FLAGS, include, "-o", str(made), *files], check=True)
    return made


def sent(what: int, first: bytes, second: bytes = b"") -> bytes:
    return struct.pack("<BII", what, len(first), len(second)) + first + second


def plan(config: str, **asked: str) -> Iterator[bytes]:
    for what, first, _, second, _ in _additions(shape_and_plan(config, **asked)[1]):
        yield sent(what, first, second)


def torn(raw: bytes, random_: random.Random) -> bytes:
    """The bytes, some of which are others, or twice there, or not at all."""
    bytes_ = bytearray(raw)
    for _ in range(random_.choice((1, 1, 2, 5))):
        at, length = random_.randrange(len(bytes_) + 1), random_.randrange(9)
        kind = random_.randrange(4)
        if kind == 0:
            bytes_[at:] = b""
        elif kind == 1:
            bytes_[at : at + length] = b""
        elif kind == 2:
            bytes_[at:at] = bytes_[at // 2 : at // 2 + length * 5]
        else:
            bytes_[at : at + 1] = bytes(
                (random_.choice(b'"\\{}[],:u09eE-.\x00\x1f\x80\xc3\xed\xff'),)
            )
    return bytes(bytes_)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_read_or_freed_that_is_not_its_own(seed: int, driver: Path) -> None:
    assert_clean(driver, tasks(seed, 10_000), seed, *plan(CONFIG))


ANSWERS = ({"control": "span"}, {"control": "tags"}, {"task": "structured"})


@pytest.mark.parametrize("asked", ANSWERS)
def test_answers_of_every_kind(asked: dict[str, str], driver: Path) -> None:
    made = tasks(9, 10_000, mutated_answers.PROJECT)
    assert_clean(driver, made, 9, *plan(mutated_answers.CONFIG, **asked))


def test_two_minutes_of_tasks_and_rows_that_are_others_every_day(driver: Path) -> None:
    begun, first = time.monotonic(), datetime.now(UTC).toordinal() * 10_000
    for seed in count(first):
        if seed % 2:
            assert_clean(driver, tasks(seed, 10_000), seed, *plan(CONFIG))
        else:
            asked = ANSWERS[seed // 2 % len(ANSWERS)]
            made = tasks(seed, 10_000, mutated_answers.PROJECT)
            assert_clean(driver, made, seed, *plan(mutated_answers.CONFIG, **asked))
        if time.monotonic() - begun > SECONDS:
            return


SECONDS = 120


def assert_clean(driver: Path, made: list[str], seed: int, *additions: bytes) -> None:
    random_ = random.Random(seed)  # noqa: S311
    raw = [text.encode("utf-8", "surrogatepass") for text in made]
    pieces = [*raw, *(torn(one, random_) for one in raw), b",".join(raw[:40]), b""]
    texts = [*(torn(one, random_) for one in raw[:500]), b"", b"\xf0", b"\xf0\x9f\x98", b"a\xff"]
    rows = [(CHAT, one) for one in mutated(CHATS, 5_000, seed)]
    rows += [(PAIR, one) for one in mutated(PAIRS, 5_000, seed)]
    rows += [(what, torn(one, random_)) for what, one in rows]
    all_sent = (
        (sent(PIECE, one) for one in pieces),
        (sent(TEXT, one) for one in texts),
        (sent(what, one) for what, one in rows),
    )
    given = b"".join((*additions, *chain(*all_sent)))
    done = subprocess.run([driver], input=given, capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, ""), f"seed {seed}"
    said = done.stdout.decode().split()
    assert int(said[0]) == len(pieces)
    assert int(said[2]) > 9_000
    assert int(said[5]) == len(rows)
