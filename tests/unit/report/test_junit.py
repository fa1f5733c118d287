"""JUnit XML, as the parsers that people use read it."""

import io
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Skipped

from dataprep.finding import Finding, Place, Severity
from dataprep.report import FORMATS
from dataprep.rules import CATALOGUE, found


def written(findings: list[Finding]) -> bytes:
    stream = io.BytesIO()
    assert FORMATS["junit"](findings, stream).total == len(findings)
    return stream.getvalue()


def at(code: str, line: int, file: str = "t.jsonl") -> Finding:
    return found(code, "stands here", Place(file=file, line=line), remedy="Mend it.")


def test_a_file_is_a_suite_and_a_rule_is_a_case() -> None:
    raw = written([at("D001", 9), at("C001", 4), at("C001", 5), at("C001", 1, "v.jsonl")])
    suites = list(JUnitXml.fromstring(raw))
    assert [(s.name, s.tests, s.failures, s.errors) for s in suites] == [
        ("t.jsonl", 2, 1, 0),
        ("v.jsonl", 1, 1, 0),
    ]
    error, warning = list(suites[0])
    assert (error.name, error.classname) == ("C001 no-answer", "t.jsonl")
    (failure,) = error.result
    assert isinstance(failure, Failure)
    assert failure.message == "2 errors: stands here."
    assert failure.type == "error"
    assert (failure.text or "").splitlines()[:2] == [
        "line 4: stands here. Mend it.",
        "line 5: stands here. Mend it.",
    ]
    assert warning.result == []
    assert (warning.system_out or "").startswith("1 warning: stands here.\nline 9: stands here.")


def test_the_numbers_of_the_whole_are_those_of_its_cases() -> None:
    root = ET.fromstring(written([at(code, 1) for code in CATALOGUE]))  # noqa: S314
    errors = sum(rule.severity is Severity.ERROR for rule in CATALOGUE.values())
    assert root.attrib["tests"] == str(len(CATALOGUE)) == str(len(root.findall(".//testcase")))
    assert root.attrib["failures"] == str(errors) == str(len(root.findall(".//failure")))


def test_no_finding_is_a_case_that_passes() -> None:
    (suite,) = JUnitXml.fromstring(written([]))
    (case,) = suite
    assert (suite.tests, suite.failures, case.name, case.result) == (1, 0, "no findings", [])


def test_of_thousands_twenty_places_are_listed() -> None:
    (suite,) = JUnitXml.fromstring(written([at("C001", n) for n in range(1, 3001)]))
    (case,) = suite
    said = (case.result[0].text or "").splitlines()
    assert case.result[0].message == "3,000 errors: stands here."
    assert said[19].startswith("line 20:")
    assert said[20] == "and 2,980 more"
    assert said[-1] == "dataprep explain C001"


@pytest.mark.parametrize(
    "text", ["\x00\x08", "\x1b[31m", "]]>", "<a&'\">", "\ud800", "\ufffe", "\x85"]
)
def test_what_xml_cannot_hold_never_breaks_the_document(text: str) -> None:
    hostile = found("S001", f"has {text}", Place(file=f"{text}.jsonl", line=1), remedy=text)
    root = ET.fromstring(written([hostile]))  # noqa: S314
    assert len(root.findall(".//failure")) == 1


@given(st.text(), st.text(min_size=1), st.text())
@settings(deadline=None, max_examples=50)
def test_any_text_can_be_read_back(message: str, file: str, remedy: str) -> None:
    (suite,) = JUnitXml.fromstring(
        written([found("S001", message, Place(file=file), remedy=remedy)])
    )
    assert not any(isinstance(result, Error | Skipped) for case in suite for result in case.result)
