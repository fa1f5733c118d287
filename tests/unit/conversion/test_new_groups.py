"""Groups that are asked for over an earlier output that was divided without them."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from tests.near_copies import near, rows_of, splits_of, text
from tests.unit.conversion.dividing import divided

ROWS, USERS = 200, 40


def without_groups(seed: int = 1) -> list[dict[str, Any]]:
    """Rows that say nothing of who wrote them."""
    dice = Random(seed)  # noqa: S311
    return rows_of(" ".join(text(dice)) for _ in range(ROWS))


def grouped(rows: list[dict[str, Any]], field: str = "by", of: int = USERS) -> list[dict[str, Any]]:
    """The same rows with their writers in a column that was not there before."""
    return [{**row, field: f"user {number % of}"} for number, row in enumerate(rows)]


def torn(rows: list[dict[str, Any]], splits: dict[str, str], field: str = "by") -> int:
    """How many groups stand in several splits."""
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row[field], set()).add(splits[row["prompt"]])
    return sum(len(sides) > 1 for sides in found.values())


def test_rows_of_before_keep_their_splits_and_none_is_left_out(tmp_path: Path) -> None:
    """59 of these 200 rows were left out (D003): their group was on another side."""
    rows = grouped(without_groups())
    divided(tmp_path, without_groups())
    before = splits_of(tmp_path / "out")
    outcome = divided(tmp_path, rows, "grouped", group="by", **{"from": "out"})
    after = splits_of(tmp_path / "grouped")
    assert outcome.ledger.stages["split"].dropped == {}
    assert after == before
    assert (
        f"{torn(rows, after)} groups stand in several splits, as {tmp_path / 'out'} has their rows:"
        " --splits-from none puts each in one"
    ) in outcome.notes
    assert torn(rows, after) > USERS // 4


def test_rows_with_new_answers_keep_the_split_of_their_prompt(tmp_path: Path) -> None:
    divided(tmp_path, without_groups())
    before = splits_of(tmp_path / "out")
    rows = [{**row, "completion": "mended"} for row in grouped(without_groups())]
    outcome = divided(tmp_path, rows, "grouped", group="by", **{"from": "out"})
    assert outcome.ledger.stages["split"].dropped == {}
    assert splits_of(tmp_path / "grouped") == before


def test_new_rows_of_a_group_go_together(tmp_path: Path) -> None:
    divided(tmp_path, without_groups())
    before = splits_of(tmp_path / "out")
    new = [{**row, "by": f"new {n % 20}"} for n, row in enumerate(without_groups(seed=2))]
    rows = [*grouped(without_groups()), *new]
    divided(tmp_path, rows, "grouped", group="by", **{"from": "out"})
    after = splits_of(tmp_path / "grouped")
    assert {prompt: after[prompt] for prompt in before} == before
    assert torn(new, after) == 0
    assert set(after.values()) == {"train", "validation", "test"}


def test_groups_by_another_field_are_new_groups_too(tmp_path: Path) -> None:
    """Both fields have the same values, which are no groups of one another."""
    rows = grouped(without_groups())
    divided(tmp_path, rows, group="by")
    before = splits_of(tmp_path / "out")
    regrouped = grouped(rows, "document", of=8)
    outcome = divided(tmp_path, regrouped, "grouped", group="document", **{"from": "out"})
    after = splits_of(tmp_path / "grouped")
    assert outcome.ledger.stages["split"].dropped == {}
    assert after == before
    new = [{**row, "document": "user 3"} for row in without_groups(seed=2)[:40]]
    divided(tmp_path, [*regrouped, *new], "grown", group="document", **{"from": "out"})
    grown = splits_of(tmp_path / "grown")
    assert torn(new, grown, "document") == 0


def test_between_groups_of_before_a_prompt_of_another_side_is_left_out_as_it_was(
    tmp_path: Path,
) -> None:
    rows = grouped(without_groups())
    divided(tmp_path, rows, group="by")
    before = splits_of(tmp_path / "out")
    asked = next(row for row in rows if before[row["prompt"]] == "train")
    other = next(row["by"] for row in rows if before[row["prompt"]] == "test")
    new = {"prompt": asked["prompt"], "completion": "another", "by": other}
    outcome = divided(tmp_path, [*rows, new], "grown", group="by", **{"from": "out"})
    assert outcome.ledger.stages["split"].dropped == {"D003": 1}
    assert not [note for note in outcome.notes if "in several splits" in note]


def test_a_near_copy_of_a_row_of_before_does_not_straddle(tmp_path: Path) -> None:
    dice = Random(5)  # noqa: S311
    words = [text(dice) for _ in range(ROWS)]
    before_rows = rows_of(" ".join(one) for one in words)
    divided(tmp_path, before_rows)
    before = splits_of(tmp_path / "out")
    copies = rows_of(" ".join(near(dice, one)) for one in words[:40])
    rows = grouped([*before_rows, *copies])
    divided(tmp_path, rows, "grouped", group="by", **{"from": "out"})
    after = splits_of(tmp_path / "grouped")
    assert {prompt: after[prompt] for prompt in before} == before
    for one, copy in zip(before_rows[:40], copies, strict=True):
        assert after.get(copy["prompt"], before[one["prompt"]]) == before[one["prompt"]]
