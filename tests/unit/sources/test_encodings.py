"""UTF-16 and UTF-32 are one finding with the cause, whatever holds the text, and are read where
rows can be."""

import codecs
import json
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataprep.example import Record
from dataprep.finding import Finding
from dataprep.recipe import Source
from dataprep.sources import files, items, read
from dataprep.sources.encodings import wide_encoding
from dataprep.sources.lines import Lines

ROWS = [{"prompt": f"Ein Café {n}?", "completion": "Ja, 😀."} for n in range(3)]
PLAIN = [{"prompt": f"A cafe {n}?", "completion": "Yes."} for n in range(3)]
ENCODINGS = {
    "utf-16-le": ("utf-16-le", "UTF-16 without a byte order mark"),
    "utf-16-be": ("utf-16-be", "UTF-16 without a byte order mark"),
    "utf-32-le": ("utf-32-le", "UTF-32 without a byte order mark"),
    "utf-32-be": ("utf-32-be", "UTF-32 without a byte order mark"),
    "utf-16": ("utf-16", "UTF-16"),
    "utf-32": ("utf-32", "UTF-32"),
}


def values(found: Iterable[object]) -> list[object]:
    """Rows as their values, and findings; lines are read."""
    every = (each.rows() if isinstance(each, Lines) else [each] for each in found)
    return [i.value if isinstance(i, Record) else i for i in chain.from_iterable(every)]


@pytest.mark.parametrize("rows", [ROWS, PLAIN], ids=["accents", "ascii"])
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json", "lines.json"])
def test_rows_in_two_or_four_bytes_a_character_are_one_cause_and_are_read(
    tmp_path: Path, name: str, encoding: str, rows: list[object]
) -> None:
    lined = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    text = json.dumps(rows, ensure_ascii=False) if name == "rows.json" else lined
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    (file,) = files(Source(path=str(path)), Path())
    checked, converted = values(items(file)), values(read(file))
    for found in (checked, converted):
        said, *given = found
        assert isinstance(said, Finding)
        assert (said.code, said.place.line) == ("J002", 1)
        assert said.message == f"the file is {ENCODINGS[encoding][1]}, not UTF-8"
        assert given == rows
    assert isinstance(checked[0], Finding)
    assert f"iconv -f {ENCODINGS[encoding][0]} -t utf-8 IN > OUT" in checked[0].remedy


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "prompt,completion\nWas für ein Café?,Ja\n"),
        ("a.tsv", "prompt\tcompletion\nWhat?\tYes\n"),
        ("a.txt", "Some words about a café."),
        ("a.conll", "-DOCSTART- -X- O\nCafé -X- _ O\n"),
    ],
)
def test_tables_and_texts_in_two_or_four_bytes_a_character_are_one_finding(
    tmp_path: Path, name: str, text: str, encoding: str
) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    (file,) = files(Source(path=str(path)), Path())
    (said,) = list(read(file))
    assert isinstance(said, Finding)
    assert (said.code, said.message) == (
        "J002",
        f"the file is {ENCODINGS[encoding][1]}, not UTF-8",
    )
    assert f"iconv -f {ENCODINGS[encoding][0]} " in said.remedy


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=300))
def test_text_in_utf_8_is_never_taken_for_another_encoding(text: str) -> None:
    assert wide_encoding(text.encode()) is None


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(prompt=st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60))
def test_a_row_of_latin_letters_is_told_in_every_encoding(encoding: str, prompt: str) -> None:
    text = json.dumps({"prompt": prompt, "completion": "Yes, of course."})
    told = wide_encoding(text.encode(encoding))
    assert told is not None
    assert codecs.decode(text.encode(encoding), told.codec) == text


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"a",
        b"\x00" * 600,
        b'{"prompt": "a\x00b", "completion": "c"}',
        b'{"a": "b\x00c\x00d\x00e\x00f\x00g\x00h\x00"}',
        b"PAR1\x15\x00\x15\x10\x15\x14",
        b"ARROW1\x00\x00\xff\xff\xff\xff\x70\x00\x00\x00",
        b"PK\x03\x04\x14\x00\x00\x00\x08\x00",
    ],
)
def test_bytes_with_nulls_that_are_no_such_text_are_not_taken_for_it(raw: bytes) -> None:
    assert wide_encoding(raw) is None
