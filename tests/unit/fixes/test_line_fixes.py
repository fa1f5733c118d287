"""Lines: what is not mended stays byte for byte, and what is keeps its style."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataprep.finding import UsageError
from dataprep.fixes import NAMES
from dataprep.fixes.gzip_lines import lines_of, write_lines
from dataprep.fixes.mend import mend

MARK = b"\xef\xbb\xbf"


def test_a_mark_is_stripped_and_nothing_else() -> None:
    assert mend("remove-byte-order-mark", MARK + b'{"a":1}\r\n') == b'{"a":1}\r\n'
    assert mend("remove-byte-order-mark", b"\xef{}") == b"\xef{}"


@pytest.mark.parametrize("raw", [b"\n", b" \t\r\n", b"", MARK + b"\n"])
def test_a_blank_line_goes(raw: bytes) -> None:
    assert mend("drop-blank-lines", raw) is None


def test_a_line_that_is_not_blank_stays() -> None:
    assert mend("drop-blank-lines", b" {}\n") == b" {}\n"
    assert mend("drop-blank-lines", b"[1]\n") == b"[1]\n"


@pytest.mark.parametrize("name", ["drop-row", "remove-duplicates"])
def test_a_row_goes_whole(name: str) -> None:
    assert mend(name, b'{"prompt": "a"}\n') is None


def with_weight(raw: bytes) -> bytes | None:
    return mend("integer-weight", raw)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            b'{"messages": [{"role": "assistant", "weight": 1.0}]}\n',
            b'{"messages": [{"role": "assistant", "weight": 1}]}\n',
        ),
        (
            b'{"messages":[{"role":"assistant","weight":1.0}]}\r\n',
            b'{"messages":[{"role":"assistant","weight":1}]}\r\n',
        ),
        (
            MARK + b'{"messages":[{"role":"\\u00e9","weight":1.0}]}',
            MARK + b'{"messages":[{"role":"\\u00e9","weight":1}]}',
        ),
        (
            '{"messages":[{"role":"é","weight":1.0}],"n":1234567890123456789012}\n'.encode(),
            '{"messages":[{"role":"é","weight":1}],"n":1234567890123456789012}\n'.encode(),
        ),
    ],
)
def test_a_row_is_written_back_in_its_style(before: bytes, after: bytes) -> None:
    assert with_weight(before) == after


@pytest.mark.parametrize(
    "raw",
    [b'{"messages": [{"weight": 1}] }\n', b'{"a":1,\n', b'{"a":1,"a":2}\n', b"\xff\n", b"[1.0]\n"],
)
def test_what_is_not_mended_stays_byte_for_byte(raw: bytes) -> None:
    assert with_weight(raw) == raw


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v, max_size=3)
)


@given(
    st.sampled_from(sorted(NAMES)),
    st.dictionaries(st.sampled_from(["messages", "prompt", "a"]), values),
    st.booleans(),
)
def test_every_fix_is_idempotent(name: str, row: dict[str, object], ascii_only: bool) -> None:
    raw = json.dumps(row, ensure_ascii=ascii_only).encode("utf-8", "replace")
    once = mend(name, raw, ["prompt", "messages[0]"])
    assert once is None or mend(name, once, ["prompt", "messages[0]"]) == once


def test_lines_end_with_a_newline_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes("a\u2028b\r\n\x0bc\n\nlast".encode())
    assert list(lines_of(path)) == [
        (1, "a\u2028b\r\n".encode()),
        (2, b"\x0bc\n"),
        (3, b"\n"),
        (4, b"last"),
    ]


def test_a_long_line_comes_in_pieces_of_one_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dataprep.fixes.gzip_lines.PIECE", 4)
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"abcdefgh\nij\n")
    assert list(lines_of(path)) == [(1, b"abcd"), (1, b"efgh"), (1, b"\n"), (2, b"ij\n")]


def test_a_compressed_file_is_read_and_written_the_same_each_time(tmp_path: Path) -> None:
    one, other = tmp_path / "one.gz", tmp_path / "other.gz"
    for path in (one, other):
        write_lines(path, [b"a\n", b"b\n"], compress=True)
    assert gzip.decompress(one.read_bytes()) == b"a\nb\n"
    assert one.read_bytes() == other.read_bytes()
    assert list(lines_of(one)) == [(1, b"a\n"), (2, b"b\n")]


def test_a_compressed_file_that_breaks_off_is_not_mended(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl.gz"
    path.write_bytes(gzip.compress(b"a\n" * 9000, mtime=0)[:-8])
    with pytest.raises(UsageError, match=r"breaks off after line \d+\. Copy or download"):
        list(lines_of(path))


def test_no_file_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"kept")
    with pytest.raises(FileExistsError):
        write_lines(path, [b"a"], compress=False)
    assert path.read_bytes() == b"kept"
