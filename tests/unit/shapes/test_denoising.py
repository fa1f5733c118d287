"""Masked spans are chosen by content alone, and can be put back."""

import json
import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding, Place, UsageError
from dataprep.recipe import Source
from dataprep.shapes import denoising

TEXT = " ".join(f"word{n}" for n in range(1, 41)) + "."


def shape(
    text: str, seed: int = 0, file: str = "a.txt", **recipe: Any
) -> list[Example | Drop | Finding]:
    record = Record(Place(file=file), 0, {"text": text})
    return list(denoising.shape(record, Source(path="a.txt", **recipe), seed=seed))


def example(items: list[Example | Drop | Finding]) -> Example:
    (made,) = items
    assert isinstance(made, Example), made
    return made


def test_the_stated_share_of_the_words_is_masked_in_spans_of_three() -> None:
    data = json.loads(example(shape(TEXT)).data)
    masked = [data["text"][start:end].split() for start, end in data["spans"]]
    assert sum(map(len, masked)) == 6
    assert len(masked) == 2
    more = json.loads(example(shape(TEXT, noise=0.5)).data)
    assert sum(len(more["text"][a:b].split()) for a, b in more["spans"]) == 20


def test_marks_stand_for_the_spans_in_the_text_and_before_them_in_the_target() -> None:
    assert denoising.marked(
        "Thank you for inviting me to your party last week.", [(10, 22), (34, 44)]
    ) == (
        "Thank you [1] me to your [2] week.",
        "[1] for inviting [2] party last",
    )


def test_a_mark_that_the_text_holds_is_not_used() -> None:
    assert denoising.marked("see [1] and [_2] for it all", [(0, 3)]) == (
        "[__1] [1] and [_2] for it all",
        "[__1] see",
    )


def test_the_choice_depends_on_content_and_seed_alone() -> None:
    made = example(shape(TEXT))
    again = example(shape(TEXT, file="other.txt"))
    other = example(shape(TEXT, seed=1))
    assert (made.input, made.output, made.id) == (again.input, again.output, again.id)
    assert made.data != other.data


def test_the_choice_is_the_same_in_every_process() -> None:
    assert denoising.spans(TEXT, 0.15, 0) == [(68, 81), (243, 271)]


def test_a_text_of_few_words_is_dropped() -> None:
    items = shape("only four words here")
    assert [(d.unit, d.reason) for d in items if isinstance(d, Drop)] == [
        ("block", "too-short"),
        ("record", "too-short"),
    ]


def test_a_long_text_is_cut_into_pieces_first() -> None:
    made = [i for i in shape(TEXT, chunk=100) if isinstance(i, Example)]
    assert "".join(json.loads(i.data)["text"] for i in made) == TEXT


def test_templates_are_refused() -> None:
    with pytest.raises(UsageError, match="has no use for the template of prompt"):
        shape(TEXT, prompt="{{ input }}")


def test_no_sentinel_of_t5_is_ever_written_into_the_text() -> None:
    made = example(shape(TEXT))
    assert "extra_id" not in made.input + made.output + made.data


words = st.lists(st.sampled_from(["a", "bé", "[1]", "😀", "c.", "[_2]"]), min_size=5, max_size=60)
spaces = st.sampled_from([" ", "\n", " \t", "\r\n\r\n"])


@given(words, spaces, st.floats(0.01, 0.99), st.integers(0, 2**64))
def test_spans_put_back_restore_the_text(
    drawn: list[str], space: str, noise: float, seed: int
) -> None:
    text = f" {space.join(drawn)}\n"
    chosen = denoising.spans(text, noise, seed)
    assert chosen
    assert chosen == sorted(chosen)
    shown, target = denoising.marked(text, chosen)
    mark = re.compile(r"(\[_*\d+\])")
    for number, (start, end) in enumerate(chosen, 1):
        own = next(
            m for m in mark.findall(target) if m.strip("[_]") == str(number) and m not in text
        )
        assert shown.count(own) == 1
        assert f"{own} {text[start:end]}" in target
        shown = shown.replace(own, text[start:end])
    assert shown == text


@given(words, st.floats(0.01, 0.99))
def test_spans_hold_whole_words_do_not_touch_and_do_not_begin_the_text(
    drawn: list[str], noise: float
) -> None:
    text = " ".join(drawn)
    chosen = denoising.spans(text, noise, 0)
    assert chosen[0][0] > 0
    assert all(text[start - 1] == " " for start, _ in chosen)
    assert all(end == len(text) or text[end] == " " for _, end in chosen)
    assert all(text[a:b].split() for (_, a), (b, _) in pairwise(chosen))
    assert chosen[-1][1] == len(text)
