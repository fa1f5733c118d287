"""A gzip file that cannot be unpacked is one finding that says why, whatever it holds."""

import gzip
import json
from pathlib import Path

import pytest

from dataprep.finding import Finding, UsageError
from dataprep.fixes.gzip_lines import lines_of
from dataprep.recipe import Source
from dataprep.sources import files, items, read

ROWS = [{"prompt": f"What is {n}?", "completion": f"It is {n * n}."} for n in range(200)]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)
TABLE = "prompt,completion\n" + "".join(f"What is {n}?,{n * n}\n" for n in range(200))
TEXTS = {"a.jsonl.gz": LINES, "a.json.gz": json.dumps(ROWS), "a.csv.gz": TABLE, "a.gz": LINES}


def broken(raw: bytes, how: str) -> bytes:
    whole = gzip.compress(raw, mtime=0)
    if how == "garbage":
        return whole + b"xx"
    if how == "garbage behind zeros":
        return whole + b"\0" * 40 + b"xx"
    if how == "checksum":
        return whole[:-6] + bytes([whole[-6] ^ 255]) + whole[-5:]
    if how == "second member":
        return whole + whole[:-9]
    return whole[:-9]


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("garbage", "the gzip stream ends at byte {}, and what stands behind it is no gzip"),
        ("garbage behind zeros", "the gzip stream ends at byte {}, and what stands behind"),
        ("checksum", "the gzip stream is damaged: its checksum does not fit what it holds"),
        ("second member", "the gzip stream breaks off"),
        ("cut off", "the gzip stream breaks off"),
    ],
)
def test_what_is_wrong_with_a_gzip_stream_is_said_by_check_and_convert(
    tmp_path: Path, name: str, how: str, words: str
) -> None:
    raw = TEXTS[name].encode()
    path = tmp_path / name
    path.write_bytes(broken(raw, how))
    size = len(gzip.compress(raw, mtime=0))
    (file,) = files(Source(path=str(path)), Path())
    for found in (items(file), read(file)):
        (said,) = [f for f in found if isinstance(f, Finding) and f.code == "J011"]
        assert said.message.startswith(words.format(f"{size:,}"))
        if how.startswith("garbage"):
            assert f"head -c {size} " in said.remedy


def test_zeros_behind_a_stream_pad_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(LINES.encode()) + b"\0" * 600_000)
    (file,) = files(Source(path=str(path)), Path())
    assert not [item for item in read(file) if isinstance(item, Finding)]


def test_a_file_with_garbage_behind_it_is_not_mended_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(broken(LINES.encode(), "garbage"))
    with pytest.raises(UsageError, match="what stands behind it is no gzip"):
        list(lines_of(path))
