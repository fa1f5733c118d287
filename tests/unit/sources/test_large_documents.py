"""A large document is read with the memory that a small one takes."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dataprep.recipe import Source
from dataprep.sources import files, items, read

SIZE = 16_000_000
ROOM = 48_000_000
"""Bytes that reading may take beside the file, which is mapped: its first 4 MB are decoded to tell
what it is. As objects of Python the rows would take some 130 MB.
"""


def anonymous() -> int:
    """Memory of this process that is no file's, in bytes."""
    told = Path("/proc/self/status").read_text("utf-8")
    return int(told.split("RssAnon:")[1].split("kB")[0]) * 1024


def rows(most: int) -> Iterator[str]:
    size = number = 0
    while size < most:
        row = json.dumps({"prompt": f"How many goats are {number}?", "completion": f"{number}."})
        yield row
        size += len(row)
        number += 1


def document(path: Path, layout: str, size: int = SIZE) -> Path:
    with path.open("w", encoding="utf-8") as file:
        begin, end = {"list": ("[", "]"), "under": ('{"n": 1, "train": [', "]}")}.get(
            layout, ("{", "}")
        )
        file.write(begin)
        for number, row in enumerate(rows(size)):
            key = f'"{number}": ' if layout == "by-key" else ""
            file.write(f"{', ' if number else ''}{key}{row}")
        file.write(end)
    return path


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("layout", ["list", "under", "by-key"])
@pytest.mark.parametrize("reader", [read, items], ids=["convert", "check"])
def test_rows_are_read_in_bounded_memory(tmp_path: Path, layout: str, reader: object) -> None:
    small = document(tmp_path / "small.json", layout, 1_000)
    (file,) = files(Source(path=str(small)), Path())
    assert sum(1 for _ in reader(file)) > 10  # type: ignore[operator]
    path = document(tmp_path / "data.json", layout)
    before = anonymous()
    (file,) = files(Source(path=str(path)), Path())
    most = number = 0
    for number, _ in enumerate(reader(file), 1):  # type: ignore[operator]
        if number % 20_000 == 0:
            most = max(most, anonymous())
    assert number > 200_000
    assert most - before < ROOM
