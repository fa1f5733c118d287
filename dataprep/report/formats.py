"""Findings for programs. FORMATS is the table of all formats that `check` can write."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import BinaryIO

import msgspec

from dataprep.finding import Finding
from dataprep.report.counts import Counts
from dataprep.report.github import findings_github
from dataprep.report.junit import findings_junit
from dataprep.report.sarif import findings_sarif
from dataprep.report.terminal import harmless

_ENCODER = msgspec.json.Encoder()


def findings_json(findings: Iterable[Finding], stream: BinaryIO) -> Counts:
    """Write one JSON list, a finding a line, as schemas/finding.schema.json; returns the counts."""
    counts = Counts()
    stream.write(b"[")
    for finding in findings:
        stream.write(b",\n " if counts.total else b"\n ")
        stream.write(_encoded(finding))
        counts.add(finding)
    stream.write(b"\n]\n" if counts.total else b"]\n")
    return counts


def findings_jsonl(findings: Iterable[Finding], stream: BinaryIO) -> Counts:
    """Write one JSON object a line, as schemas/finding.schema.json; returns the counts."""
    counts = Counts()
    for finding in findings:
        stream.write(_encoded(finding) + b"\n")
        counts.add(finding)
    return counts


def _encoded(finding: Finding) -> bytes:
    try:
        return harmless(_ENCODER.encode(finding))
    except UnicodeEncodeError:  # a file name that is not UTF-8
        name = finding.place.file.encode("utf-8", "backslashreplace").decode()
        place = msgspec.structs.replace(finding.place, file=name)
        return harmless(_ENCODER.encode(msgspec.structs.replace(finding, place=place)))


FORMATS: dict[str, Callable[[Iterable[Finding], BinaryIO], Counts]] = {
    "json": findings_json,
    "jsonl": findings_jsonl,
    "sarif": findings_sarif,
    "github": findings_github,
    "junit": findings_junit,
}
"""Each writes findings to a binary stream and returns the counts; `text` is for a console."""
