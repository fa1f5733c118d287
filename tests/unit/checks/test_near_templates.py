"""What is a template, and what one text in many versions."""

import random

import pytest

from dataprep import near
from tests.unit.checks.near_texts import records, versions, words


def test_a_text_in_many_versions_is_no_template() -> None:
    rng = random.Random(12)  # noqa: S311
    for edits in (1, 4, 8):
        texts = [" ".join(words(rng, 60)) for _ in range(160)] + versions(rng, 40, edits=edits)
        common, mostly = near.templates_in(texts)
        assert (len(common), mostly) == (0, 0)


def test_versions_that_all_begin_with_one_instruction_are_compared_without_it() -> None:
    rng = random.Random(13)  # noqa: S311
    task = " ".join(words(rng, 20))
    texts = [" ".join(words(rng, 60)) for _ in range(160)] + versions(rng, 40)
    common, _ = near.templates_in([f"{task} {text}" for text in texts])
    assert len(common) == 18


@pytest.mark.parametrize("slots", [1, 2, 3])
@pytest.mark.parametrize("width", [1, 12])
def test_a_template_with_slots_is_one_whatever_stands_in_them(slots: int, width: int) -> None:
    rng = random.Random(14)  # noqa: S311
    texts = [" ".join(words(rng, 60)) for _ in range(160)]
    frame = [words(rng, 60 // slots) for _ in range(slots)]
    rows = [" ".join(w for part in frame for w in part + words(rng, width)) for _ in range(40)]
    common, mostly = near.templates_in([*texts, *rows])
    assert mostly == 40
    assert len(common) == 60 - 2 * slots


def test_a_template_of_which_some_rows_have_a_slip_of_the_pen_stays_one() -> None:
    rng = random.Random(15)  # noqa: S311
    task = words(rng, 80)
    rows = []
    for number in range(60):
        frame = [*task]
        if number % 4 == 0:
            frame[rng.randrange(80)] = f"slip{number}"
        rows.append(" ".join(frame + words(rng, 10)))
    assert near.templates_in(rows)[1] == 60


def test_records_with_the_same_values_in_most_fields_are_a_template() -> None:
    rng = random.Random(16)  # noqa: S311
    assert near.templates_in(records(rng, 200))[1] > 150


def test_prompts_with_some_examples_of_a_pool_are_a_template() -> None:
    rng = random.Random(17)  # noqa: S311
    task = " ".join(words(rng, 30))
    pool = [" ".join(words(rng, 20)) for _ in range(10)]
    rows = [" ".join([task, *rng.sample(pool, 8), *words(rng, 10)]) for _ in range(100)]
    assert near.templates_in(rows)[1] == 100


def test_a_few_versions_pass_for_a_template() -> None:
    rng = random.Random(18)  # noqa: S311
    texts = [" ".join(words(rng, 60)) for _ in range(100)]
    assert near.templates_in(texts + versions(rng, near.FEWEST_COPIES - 1))[1] == 15
    assert near.templates_in(texts + versions(rng, near.FEWEST_COPIES))[1] == 0


def test_a_template_that_was_told_stays_one_where_it_has_become_seldom() -> None:
    rng = random.Random(20)  # noqa: S311
    task = " ".join(words(rng, 40))
    rows = [f"{task} {' '.join(words(rng, 8))}" for _ in range(8)]
    before = near.common_runs(rows)
    many = rows + [" ".join(words(rng, 40)) for _ in range(300)]
    assert (len(before), len(near.common_runs(many))) == (38, 0)
    assert near.common_runs(many, before).sort().to_list() == before.sort().to_list()


def test_runs_of_templates_come_back_from_a_manifest_and_not_from_what_is_none() -> None:
    runs = near.common_runs(["one and the same text of seven words"] * 5)
    entry = near.packed(runs)
    assert near.unpacked(entry).to_list() == runs.sort().to_list()
    assert near.entry_of({"division": {"templates": entry}}) == entry
    assert near.entry_of({"division": []}) is near.entry_of({}) is None
    broken = ({**entry, "hash": "0"}, {**entry, "runs": "AAA="}, {**entry, "runs": 5})
    for other in (*broken, {**entry, "runs": "?"}, None, [], "x"):
        assert near.unpacked(other).is_empty()
