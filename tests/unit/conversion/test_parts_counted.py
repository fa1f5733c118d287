"""The parts of answers in the ledger, and what other rules would keep, whatever the workers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dataprep import sources, store
from dataprep.conversion import convert
from dataprep.conversion.consensus import MOST_HOLDERS, ConsensusCounts
from dataprep.recipe import Recipe
from dataprep.shapes import Shaped
from tests.building import NER, annotated, of_task, region

ROOT = Path(__file__).parents[3]


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "PART_SIZE", 20_000)


def export(folder: Path, count: int) -> Recipe:
    """Tasks of three annotators: one region all see, one that two see, and one a person."""
    (folder / "config.xml").write_text(NER)
    tasks = []
    for n in range(count):
        given = [
            annotated(
                *(region(0, 3 + (n + who) % 2, "PER"), region(9, 13, "ORG")),
                *([region(18, 22, "ORG")] if who < n % 4 else []),
                by=who,
                at=who,
                truth=who == n % 5,
            )
            for who in (1, 2, 3 + n % 2)[: 1 + n % 3]
        ]
        tasks.append(of_task(f"Ada left Acme for Bell {n} {'x' * 80}", *given, id=n))
    (folder / "export.json").write_text(json.dumps(tasks))
    found = {"path": "export.json", "label_config": "config.xml"}
    return Recipe.model_validate({"sources": [found], "targets": ["openai-chat"]})


@pytest.mark.usefixtures("small_parts")
def test_parts_disputes_and_rules_are_the_same_with_any_number_of_workers(tmp_path: Path) -> None:
    recipe = export(tmp_path, 300)
    manifests = []
    for workers in (1, 2, 3):
        out = tmp_path / f"out-{workers}"
        convert(recipe, tmp_path, out, workers=workers)
        assert store.verify(out) == []
        manifests.append(store.read_manifest(out))
    assert manifests[0] == manifests[1] == manifests[2]
    regions = next(s for s in manifests[0]["ledger"] if s["stage"] == "regions")
    assert regions["in"] == regions["out"] + sum(regions["dropped"].values())
    assert {"merged", "undecided", "outvoted"} <= regions["dropped"].keys()
    said = manifests[0]["consensus"]
    assert said["borders"]["trim"] == {"tasks": 300, "regions": regions["out"]}
    assert said["ground_truth"]["annotators"].keys() == {"1", "2", "3", "4"}


def test_the_output_does_not_depend_on_how_python_hashes_texts(tmp_path: Path) -> None:
    export(tmp_path, 24)
    program = (
        "from pathlib import Path; from dataprep.conversion import convert;"
        "from dataprep.recipe import Recipe; import sys; base = Path(sys.argv[1]);"
        "plan = Recipe.model_validate({'sources': [{'path': 'export.json', 'label_config':"
        " 'config.xml'}], 'targets': ['openai-chat']});"
        "convert(plan, base, base / sys.argv[2])"
    )
    digests = set()
    for seed in ("1", "2", "3"):
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path), seed],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            check=True,
        )
        digests.add(store.read_manifest(tmp_path / seed)["digest"])
    assert len(digests) == 1


def shape(borders: Any = None, truths: tuple[str, ...] = (), *, open: bool = False) -> Shaped:
    return Shaped(borders=borders, truths=list(truths), disputed={} if open else None)


def counts(*shapes: Shaped) -> ConsensusCounts:
    made = ConsensusCounts()
    for each in shapes:
        made.add(each)
    return made


TASKS = (
    shape(((1, 3),)),
    shape(((0, 0), (1, 1), (1, 1), (1, 2)), ("7", "8"), open=True),
    shape(None, ("7",)),
)


def test_what_each_rule_keeps_and_whose_the_ground_truths_are() -> None:
    assert counts(*TASKS).to_json() == {
        "borders": {
            "exact": {"tasks": 1, "regions": 3},
            "trim": {"tasks": 2, "regions": 4},
            "punctuation": {"tasks": 2, "regions": 4},
            "overlap": {"tasks": 2, "regions": 5},
        },
        "ground_truth": {
            "tasks": 2,
            "disputed": 1,
            "annotators": {"7": 2, "8": 1},
            "several": 1,
        },
    }
    assert counts(shape(((1, 3),))).to_json() == {}
    assert counts().to_json() == {}


def test_counts_of_two_parts_of_the_input_are_those_of_both() -> None:
    first, second = counts(*TASKS[:1]), counts(*TASKS[1:])
    first.absorb(second)
    assert first == counts(*TASKS)


def test_of_very_many_annotators_it_is_not_said_whose_the_ground_truths_are() -> None:
    half = MOST_HOLDERS // 2
    one = ConsensusCounts(with_truth=half, holders=Counter(map(str, range(half))))
    other = ConsensusCounts(holders=Counter(f"x{n}" for n in range(half)))
    one.absorb(other)
    assert one.holders is not None
    one.add(shape(None, ("one more",)))
    assert one.to_json()["ground_truth"]["annotators"] is None
    one.add(shape(None, ("7",)))
    assert one.holders is None
