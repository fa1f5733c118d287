"""Findings as SARIF 2.1.0 (OASIS, errata 01, 2023-08), for code scanning on GitHub and others.

Results are written as they come, and the rules that they name after them, so that memory does
not grow with their number.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from dataprep._version import DISTRIBUTION, __version__
from dataprep.finding import Finding, Severity
from dataprep.report.counts import Counts
from dataprep.report.explanation import explain
from dataprep.report.places import inside, relative, whole_message
from dataprep.report.terminal import counted, harmless, printable
from dataprep.rules import CATALOGUE, FAMILIES

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
OF_A_RULE = 1_000
"""Results that are written of one rule; of the others the number is, as a notification."""
OF_A_RUN = 25_000
"""Results that GitHub reads of one run (docs.github.com, SARIF support, 2026-11)."""
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def findings_sarif(findings: Iterable[Finding], stream: BinaryIO) -> Counts:
    """Write one SARIF log of one run; returns the counts of all findings, written or not."""
    counts, seen, written = Counts(), Counter[str](), 0
    indexes: dict[str, int] = {}
    stream.write(f'{{"$schema": "{SCHEMA}", "version": "2.1.0", "runs": [{{\n'.encode())
    stream.write(b'"columnKind": "unicodeCodePoints",\n"results": [')
    for finding in findings:
        counts.add(finding)
        if written >= OF_A_RUN or counts.rules[finding.code] > OF_A_RULE:
            continue
        index = indexes.setdefault(finding.code, len(indexes))
        stream.write((b",\n" if written else b"\n") + _json(_result(finding, index, seen)))
        written += 1
    tool = {"driver": _driver(list(indexes))}
    stream.write(b'\n],\n"tool": ' + _json(tool))
    stream.write(b',\n"invocations": [' + _json(_invocation(counts, written)) + b"]\n}]}\n")
    return counts


def _json(value: Any) -> bytes:
    return harmless(json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace"))


def _driver(codes: list[str]) -> dict[str, Any]:
    page = _documentation()
    driver = {"name": "dataprep", "semanticVersion": __version__}
    if page:
        driver["informationUri"] = page
    return {**driver, "rules": [_rule(code, page) for code in codes]}


def _documentation() -> str | None:
    """Where the installed distribution says that its documentation stands."""
    try:
        made = importlib.metadata.metadata(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:  # run from a folder of its source
        return None
    urls = dict(url.split(", ", 1) for url in made.get_all("Project-URL") or [])
    return urls.get("Documentation")


def _rule(code: str, page: str | None) -> dict[str, Any]:
    """A rule with its whole page, which code scanning shows beside a result."""
    rule = CATALOGUE[code]
    described = {
        "id": code,
        "name": rule.name,
        "shortDescription": {"text": f"The data must not {rule.summary}."},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why} {rule.remedy}", "markdown": explain(code)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [FAMILIES[code[0]], rule.basis.value]},
    }
    if page:
        described["helpUri"] = f"{page.rstrip('/')}/rules/{code}.md"
    return described


def _result(finding: Finding, index: int, seen: Counter[str]) -> dict[str, Any]:
    place = finding.place
    physical: dict[str, Any] = {"artifactLocation": _artifact(place.file or "input")}
    physical["region"] = {"startLine": place.line or 1}
    if place.line is not None and place.column is not None:
        physical["region"]["startColumn"] = place.column
    location: dict[str, Any] = {"physicalLocation": physical}
    if where := inside(place):
        location["logicalLocations"] = [{"fullyQualifiedName": printable(where)}]
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": whole_message(finding)},
        "locations": [location],
        "partialFingerprints": {"dataprepFinding/v1": _fingerprint(finding, seen)},
    }


def _artifact(file: str) -> dict[str, str]:
    """A relative URI below the root of the sources, or an absolute one for a file elsewhere."""
    name = relative(file)
    if Path(name).is_absolute() or name.startswith("../"):
        return {"uri": f"file://{_quoted(Path(name).absolute().as_posix())}"}
    return {"uri": _quoted(name), "uriBaseId": "%SRCROOT%"}


def _quoted(name: str) -> str:
    """A colon in a relative path would read as a scheme."""
    return quote(name.encode("utf-8", "surrogateescape"), safe="/")


def _fingerprint(finding: Finding, seen: Counter[str]) -> str:
    """What stays when lines move: rule, file, path and words; then a number among its likes."""
    place = finding.place
    told = (finding.code, relative(place.file), inside(place), finding.message, finding.example)
    hashed = hashlib.sha256(repr(told).encode()).hexdigest()[:32]
    seen[hashed] += 1
    return f"{hashed}:{seen[hashed]}"


def _invocation(counts: Counts, written: int) -> dict[str, Any]:
    """That the run came to its end, and what it found beyond the results above."""
    said: list[dict[str, Any]] = []
    if written < counts.total:
        for code in counts.worst_first():
            if counts.rules[code] > OF_A_RULE or counts.total > OF_A_RUN:
                text = f"{code} was found {counted(counts.rules[code], 'time')} in all."
                said.append({"level": "note", "message": {"text": text}})
        rest = f"{counts.total - written:,} of {counts.total:,} findings are not listed here."
        said.insert(0, {"level": "warning", "message": {"text": rest}})
    return {"executionSuccessful": True, "toolExecutionNotifications": said}
