"""Every rule that is found in a fine-tuning file: its bad, good and fixed cases."""

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep import contracts, sources
from dataprep.checks import Context, Selection, check_splits
from dataprep.finding import Finding
from dataprep.rules import CATALOGUE

CASES = Path(__file__).parents[2] / "cases"
OF_FOLDERS = "J018"
CODES = [
    code
    for code in CATALOGUE
    if code in ("T001", "T004") or (code[0] in "JSCDPB" and code != OF_FOLDERS)
]


def findings(code: str, name: str) -> list[Finding]:
    folder = CASES / code
    files = sorted((folder / name).glob("*.jsonl")) or [folder / f"{name}.jsonl"]
    extra: dict[str, Any] = {}
    if (settings := folder / "settings.json").is_file():
        extra = json.loads(settings.read_text("utf-8"))
    if "evaluation" in extra:
        extra["evaluation"] = tuple(folder / file for file in extra["evaluation"])
    schema = folder / "schema.json"
    completion = contracts.from_file(schema) if schema.is_file() else None
    given = (sources.Input(path, path.name, "jsonl") for path in files)
    rows = {file.name: sources.items(file) for file in given}
    # A provider that is named for its demands on rows may be closed by now: that is U010.
    context = Context(selection=Selection(ignore=["U"]), completion=completion, **extra)
    return list(check_splits(rows, None, context))


@pytest.mark.parametrize("code", CODES)
def test_a_bad_case_shows_its_code_and_no_other(code: str) -> None:
    found = findings(code, "bad")
    assert {finding.code for finding in found} == {code}
    assert all(finding.place.file.endswith(".jsonl") for finding in found)


@pytest.mark.parametrize("code", CODES)
def test_a_good_case_is_clean(code: str) -> None:
    assert findings(code, "good") == []


@pytest.mark.parametrize("code", [code for code in CODES if CATALOGUE[code].fix is not None])
def test_a_fixed_case_is_clean(code: str) -> None:
    assert findings(code, "fixed") == []
