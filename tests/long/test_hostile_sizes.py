"""Exports that are far larger in one place than any project makes them: `make test-long`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

pytestmark = pytest.mark.long

CONFIG = (
    '<View><Text name="text" value="$text"/>'
    '<Labels name="label" toName="text"><Label value="WORD"/></Labels></View>'
)
PIECE = "word 😀 łąka "  # 12 code points, 13 UTF-16 units, 17 bytes


class Done(NamedTuple):
    """How a conversion ended: its exit code, its words, seconds of the processor, peak MB."""

    code: int
    said: str
    seconds: float
    megabytes: float


_LAUNCHER = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stderr=subprocess.STDOUT)
_, status, used = os.wait4(process.pid, 0)
seconds, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
with open("used.json", "w") as file:
    json.dump([os.waitstatus_to_exitcode(status), seconds, peak], file)
"""
"""Starts a command from a small process: a child begins with the peak of the one that starts it."""


def converted(folder: Path, *flags: str) -> Done:
    """Convert `export.json` in a process of its own."""
    (folder / "config.xml").write_text(CONFIG, "utf-8")
    command = [sys.executable, "-m", "dataprep.cli", "convert", "export.json"]
    command += ["--label-config", "config.xml", "--to", "openai-chat", "-o", "out", *flags]
    with (folder / "said.txt").open("wb") as said:
        launcher = [sys.executable, "-c", _LAUNCHER, *command]
        subprocess.run(launcher, cwd=folder, stdout=said, check=True)
    code, seconds, megabytes = json.loads((folder / "used.json").read_text("utf-8"))
    done = Done(code, (folder / "said.txt").read_text("utf-8"), seconds, megabytes)
    print(f"{done.seconds:.1f} s of the processor, {done.megabytes:.0f} MB at most")  # noqa: T201
    return done


def written(folder: Path, pieces: Iterator[str]) -> Path:
    """Write `export.json` piece by piece."""
    path = folder / "export.json"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(pieces)
    return path


def region(start: int, end: int, quote: str, number: int) -> str:
    value = {"start": start, "end": end, "text": quote, "labels": ["WORD"]}
    item = {"id": f"r{number}", "from_name": "label", "to_name": "text", "type": "labels"}
    return json.dumps({**item, "value": value}, ensure_ascii=False)


def one_text(pieces: int, spans: int) -> Iterator[str]:
    """One task, whose spans count UTF-16 units."""
    yield '[{"id": 1, "data": {"text": "'
    for _ in range(pieces // 1_000):
        yield PIECE * 1_000
    yield '"}, "annotations": [{"id": 1, "unique_id": "a", "completed_by": 1, "result": ['
    step = pieces // spans * 13
    yield ", ".join(region(n * step + 8, n * step + 12, "łąka", n) for n in range(spans))
    yield "]}]}]"


def test_a_text_of_20_megabytes_with_ten_thousand_spans_is_converted(tmp_path: Path) -> None:
    size = written(tmp_path, one_text(1_300_000, 10_000)).stat().st_size / 2**20
    done = converted(tmp_path)
    assert done.code == 0, done.said
    assert "10,000 in UTF-16 units" in " ".join(done.said.split())
    assert done.seconds < 60
    assert done.megabytes < 150 + 26 * size  # Python holds four bytes for each of its letters


def test_a_text_of_100_megabytes_is_refused_in_words(tmp_path: Path) -> None:
    size = written(tmp_path, one_text(6_000_000, 10_000)).stat().st_size / 2**20
    assert size > 97
    done = converted(tmp_path)
    assert done.code == 1, done.said
    assert "J012" in done.said
    assert done.seconds < 20
    assert done.megabytes < 150 + 26 * size


def empty(number: int) -> str:
    return json.dumps(
        {
            "id": number,
            "unique_id": f"{number:032x}",
            "completed_by": number % 7,
            "created_at": "2026-11-22T10:00:00Z",
            "was_cancelled": False,
            "result": [],
        }
    )


def test_400_000_empty_annotations_of_one_task(tmp_path: Path) -> None:
    def pieces() -> Iterator[str]:
        yield '[{"id": 1, "data": {"text": "Ada"}, "annotations": [' + empty(0)
        for number in range(1, 400_000):
            yield ",\n" + empty(number)
        yield "]}]"

    size = written(tmp_path, pieces()).stat().st_size / 2**20
    done = converted(tmp_path)
    assert done.code == 3, done.said
    assert "submitted-empty" in done.said
    assert done.seconds < 180
    assert done.megabytes < 150 + 12 * size


def test_a_million_tasks_with_an_empty_annotation_each(tmp_path: Path) -> None:
    def pieces() -> Iterator[str]:
        for number in range(1_000_000):
            head = "[" if number == 0 else ",\n"
            data = f'"data": {{"text": "Ada {number}"}}'
            yield f'{head}{{"id": {number}, {data}, "annotations": [{empty(number)}]}}'
        yield "]"

    size = written(tmp_path, pieces()).stat().st_size / 2**20
    done = converted(tmp_path)
    assert done.code == 3, done.said
    assert "1000000 submitted-empty" in done.said
    assert done.seconds < 180
    assert done.megabytes < 200 + size + 64
