"""Findings as JUnit XML: a suite for each file, in it a case for each rule.

There is no standard; this keeps to what Jenkins' and GitLab's readers have in common. A rule of
severity error is a failure; warnings and notes pass, with their places as the case's output.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import BinaryIO

from dataprep.finding import Finding, Severity
from dataprep.patterns import LatePattern
from dataprep.report.counts import Counts
from dataprep.report.places import inside, relative, what_stands
from dataprep.report.terminal import NOUNS, counted, printable
from dataprep.rules import CATALOGUE

SHOWN = 20
"""Places that are listed of one rule in one file; of the others only the number is."""
_NOT_XML = LatePattern("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def findings_junit(findings: Iterable[Finding], stream: BinaryIO) -> Counts:
    """Write one XML document once all findings are known; memory grows with files times rules."""
    counts, suites = Counts(), dict[str, dict[str, _Case]]()
    for finding in findings:
        counts.add(finding)
        suite = suites.setdefault(relative(finding.place.file) if finding.place.file else "", {})
        suite.setdefault(finding.code, _Case(finding)).add(finding)
    cases = sum(map(len, suites.values()))
    failures = sum(case.failed for suite in suites.values() for case in suite.values())
    _write(stream, '<?xml version="1.0" encoding="UTF-8"?>')
    _write(stream, f'<testsuites name="dataprep check"{_numbers(cases or 1, failures)}>')
    for file in sorted(suites):
        _write_suite(stream, file, suites[file])
    if not suites:
        _write(stream, f'  <testsuite name="dataprep check"{_numbers(1, 0)}>')
        _write(stream, '    <testcase name="no findings" classname="dataprep" time="0"/>')
        _write(stream, "  </testsuite>")
    _write(stream, "</testsuites>")
    return counts


class _Case:
    """What is kept of one rule in one file."""

    __slots__ = ("first", "held", "number")

    def __init__(self, first: Finding) -> None:
        self.first, self.number = first, 0
        self.held: list[str] = []

    @property
    def failed(self) -> bool:
        return self.first.severity is Severity.ERROR

    @property
    def title(self) -> str:
        return f"{counted(self.number, NOUNS[self.first.severity])}: {what_stands(self.first)}"

    @property
    def text(self) -> str:
        rest = self.number - len(self.held)
        rule = CATALOGUE[self.first.code]
        more = [f"and {rest:,} more"] if rest else []
        return "\n".join([*self.held, *more, rule.why, f"dataprep explain {rule.code}"])

    def add(self, finding: Finding) -> None:
        self.number += 1
        if len(self.held) < SHOWN:
            line = "" if finding.place.line is None else f"line {finding.place.line}"
            where = " ".join(part for part in (line, inside(finding.place)) if part)
            said = f"{what_stands(finding)} {finding.remedy}"
            self.held.append(printable(f"{where}: {said}" if where else said))


def _write_suite(stream: BinaryIO, file: str, cases: dict[str, _Case]) -> None:
    failures = sum(case.failed for case in cases.values())
    file = printable(file)
    name = _clean(file) or "input"
    _write(stream, f'  <testsuite name="{name}"{_numbers(len(cases), failures)}>')
    for code in sorted(cases, key=lambda c: (cases[c].first.severity.rank, -cases[c].number, c)):
        case = cases[code]
        rule = f'name="{code} {CATALOGUE[code].name}" classname="{name}"'
        at = f'file="{_clean(file)}" line="{case.first.place.line or 1}"'
        _write(stream, f'    <testcase {rule} {at} time="0">')
        if case.failed:
            title = f'message="{_clean(printable(case.title))}" type="{case.first.severity}"'
            _write(stream, f"      <failure {title}>{_clean(case.text)}</failure>")
        else:
            text = f"{printable(case.title)}\n{case.text}"
            _write(stream, f"      <system-out>{_clean(text)}</system-out>")
        _write(stream, "    </testcase>")
    _write(stream, "  </testsuite>")


def _numbers(tests: int, failures: int) -> str:
    return f' tests="{tests}" failures="{failures}" errors="0" skipped="0" time="0"'


def _clean(text: str) -> str:
    """Text for an element or an attribute; what XML 1.0 cannot hold becomes U+FFFD."""
    return html.escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text))


def _write(stream: BinaryIO, line: str) -> None:
    stream.write(f"{line}\n".encode())
