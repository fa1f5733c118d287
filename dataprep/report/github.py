"""Findings as annotations of a pull request on GitHub.

GitHub shows ten annotations of each kind from a step, in the order of the log, and no more
(docs.github.com, workflow commands; observed 2026-11). So ten are written, spread over the
rules, and the counts of all of them stand in the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice, zip_longest
from typing import BinaryIO

from dataprep.finding import Finding, Severity
from dataprep.report.counts import Counts
from dataprep.report.places import relative, whole_message
from dataprep.report.terminal import NOUNS, counted, printable
from dataprep.rules import CATALOGUE

SHOWN = 10
"""Annotations of one kind that GitHub shows of one step."""
_KINDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def findings_github(findings: Iterable[Finding], stream: BinaryIO) -> Counts:
    """Write workflow commands, the worst first, then how many there are of each rule."""
    counts = Counts.of(findings)
    for severity in Severity:
        for finding in islice(_spread(counts, severity), SHOWN):
            _write(stream, _command(finding))
    for code in counts.worst_first():
        noun = NOUNS[counts.first[code][0].severity]
        _write(stream, f"{code} {CATALOGUE[code].name}: {counted(counts.rules[code], noun)}")
    if not counts.total:
        _write(stream, "No findings.")
    return counts


def _spread(counts: Counts, severity: Severity) -> Iterator[Finding]:
    """The first finding of every rule, then the second of every rule, and so on."""
    codes = [c for c in counts.worst_first() if counts.first[c][0].severity is severity]
    rounds = chain.from_iterable(zip_longest(*(counts.first[code] for code in codes)))
    return (finding for finding in rounds if finding is not None)


def _command(finding: Finding) -> str:
    place = finding.place
    named = {"file": relative(place.file) if place.file else "", "line": place.line}
    named |= {"col": place.column, "title": f"{finding.code} {CATALOGUE[finding.code].name}"}
    given = ",".join(
        f"{key}={printable(str(value)).translate(_PROPERTY)}"
        for key, value in named.items()
        if value
    )
    return f"::{_KINDS[finding.severity]} {given}::{whole_message(finding).translate(_DATA)}"


def _write(stream: BinaryIO, line: str) -> None:
    stream.write(f"{line}\n".encode("utf-8", "backslashreplace"))
