"""Groups that near copies or one prompt link go to one split, and nothing of them is left out."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

from tests.near_copies import clusters, near, rows_of, splits_of, straddling, text
from tests.unit.conversion.dividing import divided

ROWS = 200


def test_groups_that_near_copies_link_go_to_one_split(tmp_path: Path) -> None:
    found = clusters(ROWS // 2, 2)
    rows = rows_of(prompt for cluster in found for prompt in cluster)
    for number, row in enumerate(rows):
        row["by"] = f"user {number // 8} {number % 2}"
    outcome = divided(tmp_path, rows, group="by")
    splits = splits_of(tmp_path / "out")
    assert outcome.ledger.stages["split"].dropped == {}
    assert (
        "50 groups are linked by near copies or by one prompt, and go together: 25 sets, each in"
        " one split"
    ) in outcome.notes
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["division"]["linked_groups"] == {"groups": 50, "sets": 25}
    assert straddling(found, splits) == 0
    users = [[r["prompt"] for r in rows if r["by"] == by] for by in {r["by"] for r in rows}]
    assert straddling(users, splits) == 0
    assert set(splits.values()) == {"train", "validation", "test"}


def test_groups_that_would_hold_too_much_together_stay_apart_and_lose_what_links_them(
    tmp_path: Path,
) -> None:
    found = clusters(ROWS // 2, 2)
    rows = rows_of(prompt for cluster in found for prompt in cluster)
    for number, row in enumerate(rows):
        row["by"] = f"user {(number + 1) // 2 % 40}"  # each is linked to the next, all in a ring
    outcome = divided(tmp_path, rows, group="by")
    splits = splits_of(tmp_path / "out")
    users = [[r["prompt"] for r in rows if r["by"] == by] for by in {r["by"] for r in rows}]
    assert straddling(found, splits) == straddling(users, splits) == 0
    assert {*splits.values()} == {"train", "validation", "test"}
    left_out = outcome.ledger.stages["split"].dropped["D006"]
    assert 0 < left_out < ROWS // 4
    assert len(splits) == len(rows) - left_out


def test_one_prompt_in_two_groups_links_them(tmp_path: Path) -> None:
    dice = Random(3)  # noqa: S311
    asked = [" ".join(text(dice)) for _ in range(ROWS // 2)]
    rows = [*rows_of(asked), *rows_of(asked)]
    for number, row in enumerate(rows):
        row["by"], row["completion"] = f"user {number}", f"answer {number}"
    outcome = divided(tmp_path, rows, group="by")
    assert outcome.ledger.stages["split"].dropped == {}
    assert sum(outcome.splits.values()) == ROWS


def test_a_new_group_joins_the_split_of_the_near_copies_that_were_there(tmp_path: Path) -> None:
    dice = Random(4)  # noqa: S311
    bases = [text(dice) for _ in range(ROWS)]
    before = rows_of(" ".join(words) for words in bases)
    for number, row in enumerate(before):
        row["by"] = f"user {number}"
    divided(tmp_path, before)
    old = splits_of(tmp_path / "out")
    copies = [" ".join(near(dice, words)) for words in bases[:60]]
    others = [" ".join(text(dice)) for _ in copies]
    more = [*rows_of(copies), *rows_of(others)]
    for number, row in enumerate(more):
        row["by"] = f"new user {number % len(copies)}"
    outcome = divided(tmp_path, [*before, *more], "grown", group="by", **{"from": "out"})
    new = splits_of(tmp_path / "grown")
    assert outcome.ledger.stages["split"].dropped == {}
    assert {prompt: new[prompt] for prompt in old} == old
    wanted = [old[" ".join(words)] for words in bases[:60]]
    assert [new[prompt] for prompt in copies] == wanted
    assert [new[prompt] for prompt in others] == wanted


def test_rows_of_a_group_follow_those_whose_split_is_given(tmp_path: Path) -> None:
    dice = Random(5)  # noqa: S311
    rows = rows_of(" ".join(text(dice)) for _ in range(ROWS))
    for number, row in enumerate(rows):
        row["by"], row["part"] = f"user {number // 2}", ("test", "")[number % 2]
    divided(tmp_path, rows, group="by", split_by="part")
    assert {*splits_of(tmp_path / "out").values()} == {"test"}


def test_the_same_rows_over_their_own_output_are_where_a_new_division_has_them(
    tmp_path: Path,
) -> None:
    found = clusters(ROWS // 2, 2)
    rows = rows_of(prompt for cluster in found for prompt in cluster)
    for number, row in enumerate(rows):
        row["by"] = f"user {number // 8} {number % 2}"
    first = divided(tmp_path, rows, group="by")
    again = divided(tmp_path, rows, group="by")
    assert (again.notes, again.splits) == (first.notes, first.splits)
