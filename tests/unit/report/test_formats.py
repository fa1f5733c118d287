"""Findings for programs."""

import io
import json

from dataprep.contracts import contract
from dataprep.finding import Finding, Place
from dataprep.report import findings_json, findings_jsonl
from dataprep.rules import CATALOGUE, found

ALL = [
    found(code, "stands\nhere \x1b[31m", Place(file="t.jsonl", line=n, column=2, path="a[0].b"))
    for n, code in enumerate(CATALOGUE, 1)
] + [found("A001", "x", Place(file="e.json", task=7, annotation="u-1"), remedy="y", example="00aa")]


def written_json(findings: list[Finding]) -> bytes:
    stream = io.BytesIO()
    assert findings_json(iter(findings), stream).total == len(findings)
    return stream.getvalue()


def written_jsonl(findings: list[Finding]) -> bytes:
    stream = io.BytesIO()
    assert findings_jsonl(iter(findings), stream).total == len(findings)
    return stream.getvalue()


def test_both_formats_hold_the_same_findings_and_keep_their_schema() -> None:
    whole = json.loads(written_json(ALL))
    lines = [json.loads(line) for line in written_jsonl(ALL).splitlines()]
    assert whole == lines
    assert len(whole) == len(CATALOGUE) + 1
    for value in whole:
        assert list(contract("finding").violations(value)) == []


def test_a_finding_is_written_as_the_schema_names_its_fields() -> None:
    assert json.loads(written_jsonl(ALL[-1:])) == {
        "code": "A001",
        "severity": "error",
        "message": "x",
        "remedy": "y",
        "place": {"file": "e.json", "task": 7, "annotation": "u-1"},
        "example": "00aa",
    }


def test_no_finding_is_an_empty_list_or_nothing() -> None:
    assert written_json([]) == b"[]\n"
    assert written_jsonl([]) == b""


def test_control_characters_are_escaped_and_lines_stay_whole() -> None:
    raw = written_jsonl(ALL)
    assert b"\x1b" not in raw
    assert raw.count(b"\n") == len(ALL)


def test_a_file_name_that_is_not_utf_8_is_written_in_escapes() -> None:
    odd = [found("J009", "the file holds no row", Place(file="caf\udce9.jsonl"))]
    assert json.loads(written_jsonl(odd))["place"]["file"] == "caf\\udce9.jsonl"
