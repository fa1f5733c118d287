"""A text is cut at the sentence boundary nearest to the share."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding, Place
from dataprep.recipe import Source
from dataprep.shapes import continuation

STORY = "The first sentence is here. The second one follows it.\n\nThe third is the last. End."


def shape(text: str, **recipe: Any) -> list[Example | Drop | Finding]:
    record = Record(Place(file="story.txt"), 0, {"text": text})
    return list(continuation.shape(record, Source(path="story.txt", **recipe)))


def example(items: list[Example | Drop | Finding]) -> Example:
    (made,) = items
    assert isinstance(made, Example), made
    return made


@pytest.mark.parametrize(
    ("share", "first", "rest"),
    [
        (0.1, "The first sentence is here.", STORY[28:]),
        (0.6, STORY[:54], "The third is the last. End."),
        (0.95, STORY[:78], "End."),
    ],
)
def test_the_text_is_cut_at_the_boundary_nearest_to_the_share(
    share: float, first: str, rest: str
) -> None:
    made = example(shape(STORY, share=share))
    assert (made.input, made.output) == (first, rest)
    assert (made.shape, made.file, made.line) == ("continuation", "story.txt", 1)


def test_the_white_space_at_the_cut_is_kept_in_the_data() -> None:
    assert json.loads(example(shape(STORY, share=0.6)).data)["between"] == "\n\n"


def test_a_long_text_is_cut_into_pieces_first_each_with_its_line() -> None:
    text = "\n".join(f"This is the line with number {n}. It has two sentences." for n in range(6))
    made = [item for item in shape(text, chunk=130) if isinstance(item, Example)]
    assert [item.line for item in made] == [1, 3, 5]
    assert made[1].input == "This is the line with number 2. It has two sentences."


@pytest.mark.parametrize(
    "text", ["Too. Short.", "One long sentence without any end in the middle of it"]
)
def test_a_text_that_cannot_be_cut_is_dropped(text: str) -> None:
    items = shape(text)
    assert [(d.unit, d.reason) for d in items if isinstance(d, Drop)] == [
        ("block", "too-short"),
        ("record", "too-short"),
    ]
    assert len(items) == 2


def test_templates_may_use_both_parts_and_the_title() -> None:
    made = example(
        shape(STORY, prompt="Go on with {{ title }}: {{ first }}", completion=" {{ rest }}")
    )
    assert made.input.startswith("Go on with story: The first")
    assert made.output == " The second one follows it.\n\nThe third is the last. End."


def test_a_template_leaves_the_id_as_it_is() -> None:
    assert example(shape(STORY)).id == example(shape(STORY, prompt="{{ first }}…")).id


sentences = st.lists(
    st.sampled_from(["One here. ", "Two?\n", "Three!\n\n", "four ", "Fünf. ", "\r\n", "六。"]),
    max_size=40,
).map("".join)


@given(sentences | st.text(max_size=200), st.floats(0.05, 0.95))
def test_input_boundary_and_output_are_the_text(text: str, share: float) -> None:
    parts = continuation.split(text, share)
    if parts is not None:
        first, between, rest = parts
        assert first + between + rest == text
        assert between.strip() == ""
        assert first.strip()
        assert rest.strip()


@given(sentences, st.integers(50, 120))
def test_examples_and_drops_cover_the_whole_text(text: str, chunk: int) -> None:
    items = shape(text, chunk=chunk)
    made = [i for i in items if isinstance(i, Example)]
    for item in made:
        data = json.loads(item.data)
        piece = text[data["start"] : data["end"]]
        assert item.input + data["between"] + item.output == piece
    records = [i for i in items if isinstance(i, Drop) and i.unit == "record"]
    assert len(records) == (0 if made else 1)
