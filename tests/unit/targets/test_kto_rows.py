"""Rows of KTO, held against TRL's own making of unpaired preferences."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.formats.feedback import evening_weight, kto_rows
from dataprep.formats.trl_preference import trl_preference_row
from dataprep.recipe import Target
from dataprep.shapes.look import is_address
from tests.building import annotated, of_task, one, shaped
from tests.exports import answer, project
from tests.judged_exports import TEXTS, chosen, thumbs

THUMBS = project(TEXTS, thumbs("👍", "👎"))
PAIRWISE = project(
    '<Text name="prompt" value="$prompt"/><Text name="a" value="$a"/><Text name="b" value="$b"/>',
    '<Pairwise name="better" toName="a,b"/>',
)
Row = dict[str, Any]

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(
    lambda text: bool(text.strip()) and not is_address(text)
)


def of_thumb(prompt: str, response: str, thumb: str) -> Row:
    task = of_task({"prompt": prompt, "response": response}, annotated(chosen(thumb)))
    (row,) = kto_rows(Target(name="kto"))(one(shaped(THUMBS, task, task="feedback")))
    return row


def of_pair(prompt: str, better: str, worse: str) -> Row:
    result = answer("better", "better", "pairwise", selected="left")
    task = of_task({"prompt": prompt, "a": better, "b": worse}, annotated(result))
    example = one(shaped(PAIRWISE, task, prompt="{{ prompt }}"))
    return trl_preference_row(Target(name="trl-preference"))(example)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(texts, texts, texts).filter(lambda t: t[1] != t[2]), min_size=1))
def test_thumbs_on_both_answers_give_what_trl_makes_of_the_pair(
    told: list[tuple[str, str, str]],
) -> None:
    pytest.importorskip("trl")
    import datasets
    from trl.data_utils import is_conversational, unpair_preference_dataset

    datasets.disable_progress_bars()
    pairs = datasets.Dataset.from_list([of_pair(*each) for each in told])
    wanted = list(unpair_preference_dataset(pairs))
    rows = [of_thumb(prompt, good, "👍") for prompt, good, _ in told]
    rows += [of_thumb(prompt, bad, "👎") for prompt, _, bad in told]
    assert [json.dumps(row, sort_keys=True) for row in rows] == [
        json.dumps(row, sort_keys=True) for row in wanted
    ]
    assert all(is_conversational(row) for row in rows)


@pytest.mark.parametrize(
    ("counts", "weight"),
    [((4, 3), None), ((3, 3), None), ((5, 3), 5 / 3), ((3, 4), 0.75), ((1, 100), 0.01)],
)
def test_a_weight_evens_what_lies_outside_the_range_of_the_paper(
    counts: tuple[int, int], weight: float | None
) -> None:
    assert evening_weight(*counts) == weight
    if weight is not None:
        assert evening_weight(*counts, of_bad=weight) is None
