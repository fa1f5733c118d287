"""Annotations on GitHub: escaped, the worst first, ten of a kind."""

import io
import re

from dataprep.finding import Finding, Place
from dataprep.report import FORMATS
from dataprep.rules import CATALOGUE, found

PROPERTY = re.compile(r"::(error|warning|notice) ([^:]*)::([^\r\n]*)")


def lines(findings: list[Finding]) -> list[str]:
    stream = io.BytesIO()
    counts = FORMATS["github"](findings, stream)
    assert counts.total == len(findings)
    return stream.getvalue().decode().splitlines()


def at(code: str, line: int) -> Finding:
    return found(code, "stands here", Place(file="t.jsonl", line=line), remedy="Mend it.")


def test_a_finding_is_a_workflow_command() -> None:
    finding = found("J001", "is cut", Place(file="a/t.jsonl", line=7, column=3), remedy="Mend it.")
    assert lines([finding]) == [
        "::error file=a/t.jsonl,line=7,col=3,title=J001 invalid-json::is cut. Mend it.",
        "J001 invalid-json: 1 error",
    ]


def test_what_would_end_a_command_is_escaped() -> None:
    place = Place(file="a,b:c%.jsonl", line=1)
    (command, _) = lines([found("J001", "50 %\n::error::hi\r", place, remedy="Do, it: now.")])
    assert command == (
        "::error file=a%2Cb%3Ac%25.jsonl,line=1,title=J001 invalid-json"
        "::50 %25\N{REPLACEMENT CHARACTER}::error::hi\N{REPLACEMENT CHARACTER}. Do, it: now."
    )


def test_every_rule_makes_a_command_that_github_reads() -> None:
    for code in CATALOGUE:
        command = lines([at(code, 1)])[0]
        match = PROPERTY.fullmatch(command)
        assert match is not None
        properties = dict(pair.split("=", 1) for pair in match[2].split(","))
        assert properties == {
            "file": "t.jsonl",
            "line": "1",
            "title": f"{code} {CATALOGUE[code].name}",
        }


def test_ten_of_a_kind_are_written_spread_over_the_rules_the_worst_first() -> None:
    warnings = [at("D001", n) for n in range(40)]
    errors = [at("C001", n) for n in range(1, 31)] + [at("J001", 99)]
    said = lines(warnings + errors)
    kinds = [line.split(" ")[0] for line in said[:20]]
    assert kinds == ["::error"] * 10 + ["::warning"] * 10
    assert ["J001" in line for line in said[:3]] == [False, True, False]
    assert said[20:] == [
        "C001 no-answer: 30 errors",
        "J001 invalid-json: 1 error",
        "D001 duplicate-example: 40 warnings",
    ]


def test_no_finding_is_said_too() -> None:
    assert lines([]) == ["No findings."]
