"""A row that is no JSON is read as it was meant where its cause is known, and never guessed at."""

import json
import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataprep.finding import Finding, Place
from dataprep.sources.causes import MendedRow, RowCauses, mend_row


@pytest.mark.parametrize(
    ("row", "code", "meant"),
    [
        ('{"a": 1},', "J015", '{"a": 1}'),
        ('{"a": 1} , ', "J015", '{"a": 1}'),
        ('{"a": 1, "a": 2},', "J015", '{"a": 1, "a": 2}'),
        ("{'a': 'b'}", "J014", '{"a": "b"}'),
        ("{'a': 'b'},", "J014", '{"a": "b"}'),
        ("{'a': None, 'b': True, 'c': False}", "J014", '{"a": null, "b": true, "c": false}'),
        ('{"a": None}', "J014", '{"a": null}'),
        ("{'a': \"it's\"}", "J014", '{"a": "it\'s"}'),
        ("{'a': 'say \"hi\"'}", "J014", '{"a": "say \\"hi\\""}'),
        ("{'None': 'True or None'}", "J014", '{"None": "True or None"}'),
        ("{'a': 'x\\ny\\\\z', 'b': 1.50}", "J014", '{"a": "x\\ny\\\\z", "b": 1.50}'),
        ("{'a': 'caf\\xe9'}", "J014", '{"a": "caf\\u00e9"}'),
        ("{'a': 'café'}", "J014", '{"a": "café"}'),
        ('{"a": "b" "c": 1}', "J016", '{"a": "b", "c": 1}'),
        ('{"a": {"x": 1}\n "c": 1}', "J016", '{"a": {"x": 1},\n "c": 1}'),
        ('{"a": [{"x": 1} {"y": 2}]}', "J016", '{"a": [{"x": 1}, {"y": 2}]}'),
    ],
)
def test_the_cause_of_a_row_gives_what_was_meant(row: str, code: str, meant: str) -> None:
    assert mend_row(row.encode()) == MendedRow(code, meant.encode())


@pytest.mark.parametrize(
    "row",
    [
        '{"a": 1',
        '{"a": 1,}',
        '{"a": 1},,',
        "[1],",
        '"a",',
        ",",
        "",
        "{'a': 'b' 'c'}",
        "{'a': ('b', 'c')}",
        "{'a': {'b'}}",
        "{'a': b'c'}",
        "{'a': '\\d'}",
        "{1: 'a'}",
        "{'a': nan, }",
        "{'a': 'b'",
        "{a: 'b'}",
        '{"a": [1 2]}',
        '{"a": "he said "yes" then"}',
        '{"a": 1 "b": 2 "c": 3}',
        '{"a" 1}',
        "{'a': 'caf\udce9'}",
    ],
)
def test_what_no_cause_explains_stays_broken(row: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert mend_row(row.encode("utf-8", "surrogateescape")) is None


rows = st.dictionaries(
    st.text(max_size=5),
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.lists(st.text(max_size=3)),
    min_size=1,
    max_size=4,
)


@given(rows)
def test_a_dict_that_python_wrote_is_read_as_the_same_row(row: dict[str, Any]) -> None:
    if any(isinstance(v, list) and not v for v in row.values()):
        return
    written = repr(row).encode("utf-8", "surrogatepass")
    meant = mend_row(written)
    if meant is None:  # a row of double quotes alone is JSON already
        assert json.loads(written) == row
    else:
        assert (meant.code, json.loads(meant.text)) == ("J014", row)


@given(rows, st.sampled_from([",", " ,", ",  "]))
def test_a_row_before_a_comma_is_read_byte_for_byte(row: dict[str, Any], comma: str) -> None:
    text = json.dumps(row).encode()
    assert mend_row(text + comma.encode()) == MendedRow("J015", text)


def test_rows_are_counted_once_though_the_first_are_read_twice() -> None:
    causes = RowCauses("t.jsonl", ("J014", "J015"))
    for line in (2, 3, 2, 3, 5):
        made = causes.mend(b"{'a': 1}" if line == 2 else b'{"a": 1},', line, Place(line=line))
        assert isinstance(made, MendedRow)
    assert [(c.finding.code, c.finding.message, c.finding.place.line) for c in causes.causes()] == [
        ("J014", "1 line is a Python dict, not JSON", 2),
        ("J015", "2 lines end with a comma", 3),
    ]


def test_a_cause_that_is_not_read_by_is_a_finding_of_its_row() -> None:
    causes = RowCauses("t.jsonl", ("J014",))
    made = causes.mend(b'{"a": 1 "b": 2}', 7, Place(file="t.jsonl", line=7))
    assert isinstance(made, Finding)
    assert (made.code, made.message, made.place.line) == (
        "J016",
        "lacks a comma between two keys",
        7,
    )
    assert list(causes.causes()) == []
