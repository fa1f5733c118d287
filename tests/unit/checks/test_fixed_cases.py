"""Every rule with a fix: its bad case becomes its fixed case, byte for byte."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dataprep import fixes
from dataprep.checks import Context
from dataprep.rules import CATALOGUE

CASES = Path(__file__).parents[2] / "cases"
FIXABLE = {code: rule.fix for code, rule in CATALOGUE.items() if rule.fix is not None}


def context(code: str) -> Context:
    path = CASES / code / "settings.json"
    said: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    if "today" in said:
        said["today"] = date.fromisoformat(said["today"])
    return Context(**said)


def test_every_fix_of_the_catalogue_is_known() -> None:
    assert {fix.name for fix in FIXABLE.values()} <= fixes.NAMES


@pytest.mark.parametrize("code", FIXABLE)
def test_a_bad_case_becomes_its_fixed_case(code: str, tmp_path: Path) -> None:
    out = tmp_path / "fixed.jsonl"
    bad, wanted = CASES / code / "bad.jsonl", CASES / code / "fixed.jsonl"
    made = fixes.fix(bad, out, unsafe=not FIXABLE[code].safe, context=context(code))
    assert made.out == out
    assert out.read_bytes() == wanted.read_bytes()
    assert code not in made.left
    assert made.mended.keys() >= {code}
    again = fixes.fix(
        out, tmp_path / "again.jsonl", unsafe=not FIXABLE[code].safe, context=context(code)
    )
    assert again.out is None


@pytest.mark.parametrize("code", [code for code, fix in FIXABLE.items() if not fix.safe])
def test_an_unsafe_fix_is_not_made_unasked(code: str, tmp_path: Path) -> None:
    bad = CASES / code / "bad.jsonl"
    made = fixes.fix(bad, tmp_path / "fixed.jsonl", context=context(code))
    assert made.after.rules[code] == made.before.rules[code] > 0
