"""A file with wrong types at every depth: check, its fix and convert end in findings, all three."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from dataprep.checker import check
from dataprep.checks import Context, Selection
from dataprep.conversion import convert
from dataprep.finding import NothingToDo, Severity, UsageError
from dataprep.fixes import fix
from dataprep.formats import FORMATS
from dataprep.recipe import Checks, Recipe, Source, Target
from dataprep.rules import CATALOGUE
from tests.mutating import good_rows, mutations

TARGETS = {"preference": "preference", "trl-preference": "trl-preference", "kto": "kto"}
"""By format, a target that takes all that its rows say; else it is the chat."""

MOST = 60
"""Malformed rows of one file."""

ASIDE = Selection(ignore=["U,D,B"])


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_one_malformed_row_does_not_end_the_file(name: str, tmp_path: Path) -> None:
    random = Random(3)  # noqa: S311  nothing here is a secret
    good = [row for form, row in good_rows() if form == name]
    changed = [bad for row in good for bad in mutations(row, 2, random)]
    changed = random.sample(changed, min(MOST, len(changed)))
    path = written(tmp_path / "rows.jsonl", [*good, *changed])
    errors: dict[int, set[str]] = {}
    for finding in check([path], None, Context(selection=ASIDE)):
        if finding.severity is Severity.ERROR:
            errors.setdefault(finding.place.line or 0, set()).add(finding.code)
    assert errors
    for unsafe in (False, True):
        out = tmp_path / f"fixed-{unsafe}.jsonl"
        fix(path, out, unsafe=unsafe, context=Context(selection=ASIDE))
    recipe = Recipe(
        sources=[Source(path=path.name)],
        targets=[Target(name=TARGETS.get(name, "openai-chat"))],
        checks=Checks(ignore=["U,D,B"]),
    )
    try:
        convert(recipe, tmp_path, tmp_path / "out", drop_invalid=True)
    except (UsageError, NothingToDo) as refused:
        assert refused.remedy
        return
    lines = (tmp_path / "out/dropped.jsonl").read_text("utf-8").splitlines()
    drops = [json.loads(line) for line in lines]
    by_rule = {(d["place"]["line"], d["reason"]) for d in drops if d["reason"] in CATALOGUE}
    assert by_rule <= {(line, code) for line, codes in errors.items() for code in codes}
    safe = {code for code, rule in CATALOGUE.items() if rule.fix and rule.fix.safe}
    broken = {line for line, codes in errors.items() if codes - safe}
    assert broken <= {drop["place"]["line"] for drop in drops}
