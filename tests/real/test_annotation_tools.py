"""Exports that annotation tools write here and now, by their own code, each in its environment."""

from pathlib import Path
from typing import Any

import pytest

from tests.real.oracles import ARGILLA, DOCCANO, SPACY
from tests.tool_exports import Said, only, tasks

pytestmark = pytest.mark.real

ONE, TWO = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
BOB, ROME = (5, 8, "Bob", "PER"), (12, 16, "Rome", "LOC")


@pytest.fixture(scope="module")
def argilla(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("argilla")
    ARGILLA.write(folder)
    return folder


@pytest.fixture(scope="module")
def doccano(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doccano")
    DOCCANO.write(folder)
    return folder


@pytest.mark.parametrize("name", ["flat.json", "datasets.jsonl", "datasets.parquet"])
def test_argilla_says_the_same_in_each_form(argilla: Path, name: str) -> None:
    read = tasks(only(argilla / name))
    assert list(read) == ["r0", "r1", "r2"]
    first, skipped = read["r0"]
    assert first.who == ONE
    assert first.answers[0] == ("topic", ["news"])
    assert first.answers[-2:] == [BOB, ROME]
    assert skipped == Said(TWO, [], skipped=True)
    assert read["r1"] == [Said(who, [("topic", ["sport"])]) for who in (ONE, TWO)]


@pytest.mark.parametrize("name", ["spans", "relations"])
def test_doccano_says_who_marked_what(doccano: Path, name: str) -> None:
    first, second, third = tasks(only(doccano / f"{name}.zip")).values()
    related: list[Any] = [("label-5-8", "in", "label-12-16")] if name == "relations" else []
    assert first == [Said("alice", [BOB, ROME, *related]), Said("bob", [BOB])]
    assert second == [Said("bob", [(0, 3, "Ann", "PER")])]
    assert third == []


def test_what_spacy_writes_is_read_where_spacy_is_installed() -> None:
    tests = Path(__file__).parents[1] / "unit/sources/annotation_tools/test_spacy.py"
    said = SPACY.outcome(tests)
    assert " passed" in said
    assert "skipped" not in said
