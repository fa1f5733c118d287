"""Annotators of Prodigy who were not asked the same: only who was asked has a vote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.conversion import convert
from dataprep.recipe import Recipe
from tests.tool_exports import put
from tests.unit.conversion.disputes import learned, stage

TEXT = "Cows eat grass"
SPAN = {"start": 0, "end": 4, "label": "ANIMAL"}
METHODS = ["majority", "dawid-skene", "mace"]


def row(who: str, at: int = 1, **more: Any) -> dict[str, Any]:
    known = {"text": TEXT, "_input_hash": 1, "_task_hash": at, "answer": "accept"}
    return {**known, "_annotator_id": who, "_timestamp": at, **more}


def spans(who: str, *given: Any, at: int = 1) -> dict[str, Any]:
    return row(who, at, spans=list(given), tokens=[], _view_id="ner_manual", _is_binary=False)


def choice(who: str, *chosen: str, at: int = 2, view: str = "choice") -> dict[str, Any]:
    options = [{"id": one, "text": one} for one in ("field", "town")]
    return row(who, at, accept=list(chosen), options=options, _view_id=view)


def ran(folder: Path, *rows: dict[str, Any], **how: Any) -> Any:
    put(folder / "in.jsonl", rows)
    source = {"path": "in.jsonl", **how}
    plan = Recipe.model_validate({"sources": [source], "targets": ["prompt-completion"]})
    return convert(plan, folder, folder / "out")


@pytest.mark.parametrize("method", METHODS)
def test_who_was_not_asked_about_a_label_does_not_vote_against_it(
    tmp_path: Path, method: str
) -> None:
    outcome = ran(
        tmp_path,
        row("ann", label="FARM"),
        row("ann", 2, label="FOOD"),
        row("bo", label="FARM"),
        annotators=method,
    )
    assert [one["answer"] for one in learned(tmp_path / "out")] == ["FARM, FOOD"]
    assert stage(outcome, "choices") == (3, 2, {"merged": 1})
    (agreement,) = outcome.agreement
    assert (agreement.tasks, agreement.observed.value) == (1, 1.0)


def test_who_was_asked_and_said_no_still_votes(tmp_path: Path) -> None:
    outcome = ran(
        tmp_path,
        row("ann", label="FARM"),
        row("ann", 2, label="FOOD"),
        row("bo", label="FARM"),
        row("bo", 3, label="FOOD", answer="reject"),
    )
    assert [one["answer"] for one in learned(tmp_path / "out")] == ["FARM"]
    assert outcome.journal.disputed == 1


@pytest.mark.parametrize("method", METHODS)
def test_sessions_about_different_controls_do_not_outvote_each_other(
    tmp_path: Path, method: str
) -> None:
    outcome = ran(
        tmp_path,
        *(spans("ann", SPAN), spans("bo", SPAN), choice("ann", "field"), choice("cy", "field")),
        task="structured",
        annotators=method,
    )
    (one,) = learned(tmp_path / "out")
    assert json.loads(one["answer"]) == {
        "label": [{"text": "Cows", "label": "ANIMAL"}],
        "category": "field",
    }
    assert sorted(one["by"]) == ["ann", "bo", "cy"]
    assert stage(outcome, "merge") == (3, 3, {})
    assert stage(outcome, "regions") == (2, 1, {"merged": 1})


def test_who_was_asked_for_other_things_does_not_say_that_there_are_no_spans(
    tmp_path: Path,
) -> None:
    outcome = ran(
        tmp_path,
        *(spans("ann", SPAN), spans("bo", SPAN), choice("cy", "field"), choice("di", "field")),
        control="label",
        empty="negative",
    )
    (one,) = learned(tmp_path / "out")
    assert json.loads(one["answer"]) == [{"text": "Cows", "label": "ANIMAL"}]
    assert stage(outcome, "merge") == (4, 2, {"not-asked": 2})
    (agreement,) = outcome.agreement
    assert [each.annotator for each in agreement.annotators] == ["ann", "bo"]


def test_where_all_were_asked_the_same_silence_is_an_answer(tmp_path: Path) -> None:
    ran(
        tmp_path,
        *(spans("ann", SPAN), spans("bo"), spans("cy")),
        control="label",
        empty="negative",
    )
    assert [one["answer"] for one in learned(tmp_path / "out")] == ["[]"]


def test_blocks_ask_about_all_that_they_may_hold(tmp_path: Path) -> None:
    block = {"spans": [], "_view_id": "blocks", "_is_binary": False}
    ran(
        tmp_path,
        {**choice("ann", "field"), **block},
        {**choice("bo", "field"), **block},
        spans("cy", SPAN),
        task="structured",
    )
    (one,) = learned(tmp_path / "out")
    assert json.loads(one["answer"]) == {"label": [], "category": "field"}


def test_agreement_on_each_control_is_that_of_those_who_were_asked_about_it(
    tmp_path: Path,
) -> None:
    outcome = ran(
        tmp_path,
        *(spans("ann", SPAN), spans("bo"), choice("ann", "field"), choice("cy", "field")),
        task="structured",
        empty="drop",
    )
    marked, chosen = outcome.agreement
    assert (marked.tasks, marked.observed.value) == (1, 0.0)
    assert [each.annotator for each in marked.annotators] == ["ann", "bo"]
    assert (chosen.tasks, chosen.observed.value) == (1, 1.0)
    assert [each.annotator for each in chosen.annotators] == ["ann", "cy"]


def test_annotators_who_were_asked_about_different_labels_are_put_together(tmp_path: Path) -> None:
    """Who was asked about another label was outvoted where nobody gave two of them."""
    outcome = ran(
        tmp_path, row("ann", label="FARM"), row("bo", label="FARM"), row("cy", 2, label="FOOD")
    )
    assert [one["answer"] for one in learned(tmp_path / "out")] == ["FARM, FOOD"]
    assert stage(outcome, "choices") == (3, 2, {"merged": 1})


def verdicts(who: str, **said: str) -> list[dict[str, Any]]:
    return [
        row(who, at, label=name, answer=answer) for at, (name, answer) in enumerate(said.items())
    ]


ASKED_IN_TURN = [
    *verdicts("ann", FARM="accept", FOOD="accept"),
    *verdicts("bo", FOOD="reject", TOWN="accept"),
    *verdicts("cy", FARM="accept", TOWN="reject"),
]


@pytest.mark.parametrize("more", [[], [spans("ann", SPAN), spans("bo", SPAN)]])
def test_each_label_that_two_were_asked_about_is_measured_by_itself(
    tmp_path: Path, more: list[dict[str, Any]]
) -> None:
    """Of three labels two were disputed, and the agreement was 1, since no label was all's."""
    how = {"task": "structured"} if more else {}
    outcome = ran(tmp_path, *ASKED_IN_TURN, *more, **how)
    measured = {one.control: one for one in outcome.agreement}
    chosen = measured["category"]
    assert (chosen.tasks, chosen.answers, chosen.observed.value) == (3, 6, 1 / 3)
    assert [(one.task, one.agreement) for one in chosen.disputed] == [("1", 0.0)]
    assert {pair.annotators: pair.agreement.value for pair in chosen.pairs} == {
        ("ann", "bo"): 0.0,
        ("ann", "cy"): 1.0,
        ("bo", "cy"): 0.0,
    }
    assert {one.label: one.f1.value for one in chosen.labels} == {
        "FARM": 1.0,
        "FOOD": 0.0,
        "TOWN": 0.0,
        "not FOOD": 0.0,
        "not TOWN": 0.0,
    }
    if more:
        assert (measured["label"].tasks, measured["label"].f1.exact.value) == (1, 1.0)


def test_who_is_silent_about_a_label_that_others_were_asked_about_says_no(tmp_path: Path) -> None:
    outcome = ran(tmp_path, choice("ann", "field"), *verdicts("bo", field="accept", town="accept"))
    (agreement,) = outcome.agreement
    assert (agreement.tasks, agreement.observed.value) == (2, 0.5)
    assert agreement.pairs[0].tasks == 2
