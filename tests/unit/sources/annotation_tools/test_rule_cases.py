"""The cases of the rules that are found while files of other tools, and folders, are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataprep.finding import Finding
from dataprep.sources import read
from tests.tool_exports import opened

CASES = Path(__file__).parents[3] / "cases"
FILES = {"A020": "{}.conll", "A021": "{}", "A022": "{}.conll", "A023": "{}.json", "J018": "{}"}


@pytest.mark.parametrize("code", FILES)
def test_a_bad_case_shows_its_code_and_a_good_one_none(code: str) -> None:
    told = {}
    for name in ("bad", "good"):
        given = opened(CASES / code / FILES[code].format(name))
        held = [item for one in given for item in read(one)]
        told[name] = {item.code for item in held if isinstance(item, Finding)}
    assert told == {"bad": {code}, "good": set()}
