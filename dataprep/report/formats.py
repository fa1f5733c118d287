"""Findings for programs: JSON and JSON Lines, each finding as schemas/finding.schema.json says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

import msgspec

from dataprep.finding import Finding
from dataprep.report.counts import Counts

_ENCODER = msgspec.json.Encoder()


def findings_json(findings: Iterable[Finding], stream: BinaryIO) -> Counts:
    """Write one JSON list, a finding a line; returns the counts."""
    counts = Counts()
    stream.write(b"[")
    for finding in findings:
        stream.write(b",\n " if counts.total else b"\n ")
        stream.write(_encoded(finding))
        counts.add(finding)
    stream.write(b"\n]\n" if counts.total else b"]\n")
    return counts


def findings_jsonl(findings: Iterable[Finding], stream: BinaryIO) -> Counts:
    """Write one JSON object a line; returns the counts."""
    counts = Counts()
    for finding in findings:
        stream.write(_encoded(finding) + b"\n")
        counts.add(finding)
    return counts


def _encoded(finding: Finding) -> bytes:
    try:
        return _ENCODER.encode(finding)
    except UnicodeEncodeError:  # a file name that is not UTF-8
        name = finding.place.file.encode("utf-8", "backslashreplace").decode()
        place = msgspec.structs.replace(finding.place, file=name)
        return _ENCODER.encode(msgspec.structs.replace(finding, place=place))
