"""The catalogue is whole: every rule has cases, a page, and a text that prints."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from dataprep.contracts import contract
from dataprep.finding import Place
from dataprep.report import explain, finding_line
from dataprep.rules import CATALOGUE, FAMILIES, Rule, found

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
PAGES = ROOT / "docs" / "rules"

every_rule = pytest.mark.parametrize("rule", CATALOGUE.values(), ids=list(CATALOGUE))


def make_rules() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_rules", ROOT / "docs" / "make_rules.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@every_rule
def test_every_rule_has_a_bad_and_a_good_case_and_a_fixed_one_where_it_has_a_fix(
    rule: Rule,
) -> None:
    names = {path.name.split(".")[0] for path in (CASES / rule.code).iterdir()}
    assert {"bad", "good"} <= names
    assert ("fixed" in names) == (rule.fix is not None)


@every_rule
def test_every_rule_has_a_page_that_explain_prints(rule: Rule) -> None:
    page = (PAGES / f"{rule.code}.md").read_text("utf-8")
    assert page == explain(rule.code), "run: python docs/make_rules.py"


@every_rule
def test_every_rule_has_texts_that_read_as_sentences(rule: Rule) -> None:
    assert rule.why.endswith(".")
    assert rule.remedy.endswith(".")
    assert not rule.summary.endswith(".")
    assert rule.summary[0].islower()
    assert rule.name == rule.name.lower().replace(" ", "-")
    assert all((rule.source, rule.date, rule.bad, rule.good))
    shown = (rule.summary, rule.why, rule.remedy, rule.source, rule.provider_message)
    assert all(text.isprintable() for text in shown)
    assert all(len(text) <= 120 for text in (rule.summary, rule.why, rule.remedy))


@every_rule
def test_every_rule_makes_a_finding_that_keeps_its_schema_and_prints(rule: Rule) -> None:
    finding = found(rule.code, "something stands here", Place(file="a.jsonl", line=3))
    assert finding_line(finding) == f"a.jsonl:3: {rule.code} something stands here. {rule.remedy}"
    value = {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "remedy": finding.remedy,
        "place": {"file": "a.jsonl", "line": 3},
    }
    assert contract("finding").accepts(value)


def test_codes_belong_to_families_and_are_unique() -> None:
    assert {code[0] for code in CATALOGUE} <= set(FAMILIES)
    names = [rule.name for rule in CATALOGUE.values()]
    assert len(names) == len(set(names))
    assert all(code == rule.code for code, rule in CATALOGUE.items())


def test_no_case_or_page_is_left_of_a_rule_that_is_gone() -> None:
    assert {path.name for path in CASES.iterdir()} == set(CATALOGUE)
    assert {path.stem for path in PAGES.glob("*.md")} == {*CATALOGUE, "README"}


def test_the_pages_are_what_the_catalogue_makes() -> None:
    pages = make_rules().pages()
    assert {path.name: path.read_text("utf-8") for path in PAGES.glob("*.md")} == pages


OTHER_TOOLS = ("A020", "A021", "A022", "A023")


@pytest.mark.parametrize("code", [c for c in CATALOGUE if c[0] == "A" and c not in OTHER_TOOLS])
def test_annotation_cases_are_exports_of_label_studio(code: str) -> None:
    degraded = code == "A009"  # its bad case is another form of export
    for name in ("good.json",) if degraded else ("bad.json", "good.json"):
        tasks = json.loads((CASES / code / name).read_text("utf-8"))
        assert all({"id", "data", "annotations"} <= task.keys() for task in tasks)
    assert (CASES / code / "config.xml").read_text("utf-8").startswith("<View>")
