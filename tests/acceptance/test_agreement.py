"""check and convert agree, row by row; and what convert writes has no error for its own target.

Every case of a rule, every case of a format, and every public situation goes through both.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from dataprep import targets
from dataprep.checker import check
from dataprep.checks import Context, Selection
from dataprep.conversion import convert
from dataprep.finding import DataprepError, Finding, NothingToDo, Severity, UsageError
from dataprep.recipe import Checks, Recipe, Source, Target, Way
from dataprep.rules import CATALOGUE
from tests.building import CORPORA

TESTS = Path(__file__).parents[1]
WILD = CORPORA / "wild"
CASES = [
    *sorted((TESTS / "cases").glob("*/*.jsonl")),
    *sorted((TESTS / "formats").glob("*/*.jsonl")),
    *sorted(
        path for kind in ("jsonl", "json", "csv", "parquet") for path in WILD.glob(f"*/*.{kind}")
    ),
]
TARGETS = {"preference": "preference", "trl-preference": "trl-preference", "kto": "kto"}
"""By the folder of a case, a target that takes all that its rows say; else it is the chat."""

NOT_OURS = ("not-approved", "weight-0", "no-answer", "not-for-this-target", "no-template")
"""Drops of sound rows, by what they say themselves."""


def named(path: Path) -> str:
    return "/".join(path.parts[-3:])


def row_errors(findings: Iterable[Finding]) -> set[tuple[int | None, str]]:
    """Line and code of each error that stands on a line."""
    return {
        (finding.place.line, finding.code)
        for finding in findings
        if finding.severity is Severity.ERROR and finding.place.line is not None
    }


def is_mended(code: str) -> bool:
    fix = CATALOGUE[code].fix
    return fix is not None and fix.safe


def checked(path: Path) -> list[Finding]:
    return list(check([path], None, Context(selection=Selection(ignore=["U,D,B"]))))


@pytest.mark.parametrize("path", CASES, ids=named)
def test_what_check_calls_an_error_convert_drops_and_what_is_clean_it_writes(
    path: Path, tmp_path: Path
) -> None:
    file = tmp_path / path.name
    shutil.copy(path, file)
    try:
        found = checked(file)
    except DataprepError:
        found = []
    target = TARGETS.get(path.parent.name, "openai-chat")
    recipe = Recipe(
        sources=[Source(path=file.name)],
        targets=[Target(name=target)],
        checks=Checks(ignore=["U,D,B"]),
    )
    errors = row_errors(found)
    out = tmp_path / "out"
    try:
        convert(recipe, tmp_path, out, drop_invalid=True)
    except UsageError as refused:
        # A column, a format or a file that somebody must say more of: before any row is read.
        assert refused.remedy
        assert not out.exists()
        return
    except NothingToDo as nothing:
        wrong = any(finding.severity is Severity.ERROR for finding in found)
        assert wrong or any(reason in nothing.message for reason in NOT_OURS), nothing.message
        return
    if not out.exists():
        assert any(f.severity is Severity.ERROR for f in found)
        return
    drops = [json.loads(line) for line in (out / "dropped.jsonl").read_text("utf-8").splitlines()]
    by_rule = {(_line(d), d["reason"]) for d in drops if d["reason"] in CATALOGUE}
    assert by_rule <= errors, "convert drops what check calls clean"
    left = {line for line, code in errors if not is_mended(code)}
    assert left <= set(map(_line, drops)), "check calls an error what convert writes"
    written = list(check([out], None, Context(selection=Selection(ignore=["U,D,B"]))))
    assert [f for f in written if f.severity is Severity.ERROR] == []


def _line(drop: dict[str, Any]) -> int | None:
    line: int | None = drop["place"].get("line")
    return line


SOUND = sorted((TESTS / "formats").glob("*/good*.jsonl"))
FOR_ROWS = sorted(set(targets.CATALOGUE) - {"t5", "causal", "label-studio"})
"""The targets whose files check reads; tokens and tasks are judged by their own tests."""


@pytest.mark.parametrize("target", FOR_ROWS)
@pytest.mark.parametrize("path", SOUND, ids=named)
def test_what_is_written_has_no_error_for_its_own_target(
    path: Path, target: str, tmp_path: Path
) -> None:
    shutil.copy(path, tmp_path / path.name)
    recipe = Recipe(sources=[Source(path=path.name)], targets=[Target(name=target)])
    out = tmp_path / "out"
    try:
        convert(recipe, tmp_path, out, drop_invalid=True)
    except (NothingToDo, UsageError) as refused:
        assert refused.remedy
        assert not out.exists()
        return
    files = sorted((out / target).glob("*.jsonl"))
    assert files
    for reader in (None, target):
        for source in ([out], files):
            written = check(source, reader, Context(selection=Selection(ignore=["D"])))
            assert row_errors(written) == set()


QUESTIONS = [{"messages": [{"role": "user", "content": f"What is {n} plus 2?"}]} for n in range(3)]
"""Items for a grader that needs no reference: nothing but the target tells them from open ends."""


@pytest.mark.parametrize("target", FOR_ROWS)
@pytest.mark.parametrize("path", [*SOUND, None], ids=lambda path: named(path) if path else "open")
def test_a_file_that_is_clean_for_a_target_is_written_for_it(
    path: Path | None, target: str, tmp_path: Path
) -> None:
    file = tmp_path / "rows.jsonl"
    lines = path.read_text("utf-8").splitlines() if path else map(json.dumps, QUESTIONS)
    file.write_text("\n".join(lines) + "\n", "utf-8")
    found = list(check([file], target, Context(selection=Selection(ignore=["D,B"]))))
    if any(finding.severity is Severity.ERROR for finding in found):
        return
    way: Way | None = "plain" if path and path.parent.name == "text" else None
    recipe = Recipe(sources=[Source(path=file.name, way=way)], targets=[Target(name=target)])
    out = tmp_path / "out"
    try:
        convert(recipe, tmp_path, out)
    except NothingToDo as nothing:
        assert "not-for-this-target" in nothing.message
        return
    drops = [json.loads(line) for line in (out / "dropped.jsonl").read_text("utf-8").splitlines()]
    assert [drop for drop in drops if drop["reason"] not in NOT_OURS] == []
    assert sorted((out / target).glob("*.jsonl"))
