"""docs/coverage.md: every code that it names exists, and no row is left without an answer."""

import re
from pathlib import Path

from dataprep.rules import CATALOGUE

PAGE = (Path(__file__).parents[3] / "docs" / "coverage.md").read_text("utf-8")
CODE = re.compile(r"\b[A-Z]\d{3}\b")


def tables() -> list[list[list[str]]]:
    """The rows of each table, without its head; the last two cells are codes and reason."""
    found: list[list[list[str]]] = []
    for part in PAGE.split("\n## ")[1:]:
        lines = [line for line in part.splitlines() if line.startswith("|")]
        found.append([[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]])
    return found


def test_every_code_on_the_page_exists() -> None:
    named = set(CODE.findall(PAGE))
    assert len(named) > 50
    assert sorted(named - set(CATALOGUE)) == []


def test_every_row_has_a_code_or_a_reason() -> None:
    for *_, rule, codes, reason in (row for table in tables() for row in table):
        assert codes or reason.endswith("."), rule
        assert all(CODE.fullmatch(code) for code in codes.split(", ") if code), rule


def test_no_row_of_the_facts_is_missing() -> None:
    platform, validators, _ = tables()
    assert [row[0] for row in platform] == [str(n) for n in range(1, 17)]
    assert len(validators) == 33


def test_every_rule_about_the_rows_of_a_platform_is_on_the_page() -> None:
    advice = {"C111", "C114", "C116", "C117", "C207", "C307", "C402", "C403", "C404"}
    ours = {code for code in CATALOGUE if re.fullmatch(r"C[0-4]\d\d", code)}
    assert sorted(ours - set(CODE.findall(PAGE))) == sorted(advice)
