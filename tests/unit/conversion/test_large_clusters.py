"""What is said where one cluster of near copies holds much of the data."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.near_copies import near, rows_of, splits_of, straddling, text
from tests.unit.conversion.dividing import divided

SIZES = "the sizes of the splits follow it"
WAY_OUT = (
    "; if these are no copies, but share a long text, --near-duplicates off divides each by its own"
    " prompt"
)


def instructed(number: int) -> list[str]:
    """Different questions, each under a long instruction with random edits."""
    dice = Random(3)  # noqa: S311
    words = text(dice)
    return [" ".join([*near(dice, words), f"question{n}", f"about{n}"]) for n in range(number)]


def test_a_long_instruction_with_random_edits_is_one_cluster_and_the_way_out_is_named(
    tmp_path: Path,
) -> None:
    rows = rows_of(instructed(60))
    notes = divided(tmp_path, rows).notes
    assert f"the largest cluster of near copies holds 60 of 60 examples: {SIZES}{WAY_OUT}" in notes
    assert set(splits_of(tmp_path / "out").values()) == {"train"}
    notes = divided(tmp_path, rows, near_duplicates=False).notes
    assert (
        "near copies were not looked for, and may stand in two splits (--near-duplicates off)"
        in (notes)
    )
    assert set(splits_of(tmp_path / "out").values()) == {"train", "validation", "test"}


def test_a_few_copies_in_little_data_are_no_reason_to_let_them_stand_apart(tmp_path: Path) -> None:
    rows = rows_of([*instructed(4), *(f"question {n}" for n in range(40))])
    (said,) = [note for note in divided(tmp_path, rows).notes if "largest cluster" in note]
    assert said.endswith(SIZES)


def chained(number: int) -> list[str]:
    """Versions of a text, each made from the one before it."""
    dice = Random(4)  # noqa: S311
    found = [text(dice)]
    while len(found) < number:
        found.append(near(dice, found[-1]))
    return [" ".join(words) for words in found]


def several(number: int) -> list[str]:
    """Versions of a text, each made from the first one."""
    dice = Random(5)  # noqa: S311
    first = text(dice)
    return [" ".join(near(dice, first)) for _ in range(number)]


@pytest.mark.parametrize("versions", [chained(40), several(10)], ids=["chained", "several"])
def test_versions_that_pass_for_a_template_stay_together_where_whole_texts_are_compared(
    tmp_path: Path, versions: list[str]
) -> None:
    dice = Random(6)  # noqa: S311
    rows = rows_of([*versions, *(" ".join(text(dice)) for _ in range(60))])
    (said,) = [note for note in divided(tmp_path, rows).notes if "from a template" in note]
    assert said.startswith(f"{len(versions)} of {len(rows)} examples have most of their words")
    assert said.endswith(
        "if they are versions of one text, --near-duplicates whole keeps them together"
    )
    assert straddling([versions], splits_of(tmp_path / "out")) == 1
    outcome = divided(tmp_path, rows, near_duplicates="whole")
    assert straddling([versions], splits_of(tmp_path / "out")) == 0
    assert not [note for note in outcome.notes if "from a template" in note]
