"""Question-answer blocks are recognised, counted, and what is no block is reported."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding, Place
from dataprep.recipe import Source
from dataprep.shapes import blocks

LABELS = """\
# Facts

Q: Capital of Kenya?
A: Nairobi

Some words between.

Q: Boiling point of water
at sea level?

A: 100 °C,
or 212 °F.

  More precisely 99.97 °C.

Q: Never answered?

**Question 4:** Who wrote Emma?
**Answer:** Jane Austen
A: twice
"""

HEADINGS = """\
Below is an instruction.

### Instruction:
Add the numbers.

### Input:
1 2

### Response:
3

It is three.

### Prompt
Sing.
### Completion
La
# not a marked heading
la
### Prompt
Left open.
"""


def shape(text: str, place: Place | None = None, **recipe: Any) -> list[Example | Drop | Finding]:
    record = Record(place or Place(file="qa.txt"), 0, {"text": text})
    return list(blocks.shape(record, Source(path="qa.txt", **recipe)))


def pairs(items: list[Example | Drop | Finding]) -> list[tuple[str, str, int | None]]:
    return [(i.input, i.output, i.line) for i in items if isinstance(i, Example)]


def drops(items: list[Example | Drop | Finding]) -> list[tuple[str, str, int | None, str]]:
    return [(i.unit, i.reason, i.place.line, i.detail) for i in items if isinstance(i, Drop)]


def test_labelled_blocks_are_found_with_the_line_of_their_question() -> None:
    assert pairs(shape(LABELS)) == [
        ("Capital of Kenya?", "Nairobi", 3),
        (
            "Boiling point of water\nat sea level?",
            "100 °C,\nor 212 °F.\n\n  More precisely 99.97 °C.",
            8,
        ),
        ("Who wrote Emma?", "Jane Austen", 18),
    ]


def test_what_is_no_labelled_block_is_reported_with_its_line() -> None:
    assert drops(shape(LABELS)) == [
        ("block", "no-match", 1, "# Facts"),
        ("block", "no-match", 6, "Some words between."),
        ("block", "no-match", 16, "Q: Never answered?"),
        ("block", "no-match", 20, "A: twice"),
    ]


def test_headed_blocks_keep_their_paragraphs_and_put_input_under_the_prompt() -> None:
    items = shape(HEADINGS)
    assert pairs(items) == [
        ("Add the numbers.\n\n1 2", "3\n\nIt is three.", 3),
        ("Sing.", "La\n# not a marked heading\nla", 14),
    ]
    assert drops(items) == [
        ("block", "no-match", 1, "Below is an instruction."),
        ("block", "no-match", 20, "### Prompt�Left open."),
    ]


def test_crlf_line_ends_make_no_difference_but_are_kept_inside() -> None:
    items = shape("Q: one\r\nA: first\r\nsecond\r\n\r\nQ: two\r\nA: third\r\n")
    assert pairs(items) == [("one", "first\r\nsecond", 1), ("two", "third", 5)]
    assert drops(items) == []
    items = shape("### Prompt\r\none\r\n### Completion\r\ntwo\r\n")
    assert pairs(items) == [("one", "two", 1)]


@pytest.mark.parametrize(
    ("text", "pair", "left"),
    [
        ("---\nprompt: Say yes.\ncompletion: yes\ntopic: x\n---\n", ("Say yes.", "yes"), []),
        (
            "---\nprompt: Write.\n---\nOnce upon\n\na time.\n",
            ("Write.", "Once upon\n\na time."),
            [],
        ),
        ("---\r\nprompt: A\r\n---\r\nB", ("A", "B"), []),
        (
            "---\nprompt: A\ncompletion: 2024-01-01\n---\nleft over\n",
            ("A", "2024-01-01"),
            [("block", "no-match", 5, "left over")],
        ),
    ],
)
def test_front_matter_gives_the_prompt_and_its_body_the_completion(
    text: str, pair: tuple[str, str], left: list[tuple[str, str, int, str]]
) -> None:
    items = shape(text)
    assert pairs(items) == [(*pair, 1)]
    assert drops(items) == left


@pytest.mark.parametrize(
    "text",
    [
        "No question here.\n",
        "Q: only a question\n",
        "Q:\nA: no question\n",
        "---\nprompt: [a, b]\n---\nbody",
        "---\nprompt: a\nprompt: b\n---\nbody",
        "---\nprompt: &a x\nother: *a\nmore: *b\n---\nbody",
        "---\nprompt: {{{\n---\nbody",
        "---\nprompt: never closed\n",
    ],
)
def test_a_text_without_a_block_is_one_dropped_record(text: str) -> None:
    items = shape(text)
    assert pairs(items) == []
    records = [i for i in items if isinstance(i, Drop) and i.unit == "record"]
    assert [(d.reason, d.place.line) for d in records] == [("no-match", None)]


def test_a_row_keeps_its_own_line_whatever_its_text_holds() -> None:
    items = shape("\n\nQ: a\nA: b\n\nstray", Place(file="t.jsonl", line=40))
    assert pairs(items) == [("a", "b", 40)]
    assert drops(items) == [("block", "no-match", 40, "stray")]


def test_what_was_extracted_from_a_document_has_no_line() -> None:
    items = shape("Q: a\nA: b\n\nstray", Place(file="t.pdf", path="extracted text"))
    assert pairs(items) == [("a", "b", None)]
    assert drops(items) == [("block", "no-match", None, "stray")]


def test_templates_may_use_prompt_completion_and_title() -> None:
    items = shape(
        "Q: a\nA: b\n", prompt="{{ title }}: {{ prompt }}", completion="{{ completion }}."
    )
    assert pairs(items) == [("qa: a", "b.", 1)]


@pytest.mark.parametrize(
    ("value", "reason"), [({"body": "x"}, "no-text"), ({"text": " \n"}, "empty-text")]
)
def test_a_record_without_text_is_dropped(value: Any, reason: str) -> None:
    (drop,) = blocks.shape(Record(Place(file="x"), 0, value), Source(path="x"))
    assert isinstance(drop, Drop)
    assert (drop.unit, drop.reason) == ("record", reason)


def test_another_field_may_hold_the_text() -> None:
    record = Record(Place(file="x", line=1), 0, {"body": "Q: a\nA: b"})
    (made,) = blocks.shape(record, Source(path="x", text="body"))
    assert isinstance(made, Example)


def test_the_share_of_the_text_in_blocks_is_counted() -> None:
    assert blocks.recognise("Q: a\nA: b\n").share == 1.0
    assert blocks.recognise("nothing").share == 0.0
    assert blocks.recognise("Q: a\nA: b\n\n0123456789\n").share == 0.5


words = st.sampled_from(
    [
        "Q: a",
        "A: b",
        "Question: c",
        "### Prompt",
        "### Response",
        "### Input",
        "text",
        "",
        "  in",
        "---",
    ]
)


@given(st.lists(words, max_size=25), st.sampled_from(["\n", "\r\n"]))
def test_blocks_and_rest_cover_every_visible_character_once(lines: list[str], end: str) -> None:
    text = end.join(lines)
    found = blocks.recognise(text)
    ranges = sorted([(b.start, b.end) for b in found.found] + found.rest)
    covered = "".join(text[start:stop] for start, stop in ranges)
    assert "".join(covered.split()) == "".join(text.split())
    assert all(first[1] <= then[0] for first, then in pairwise(ranges))


@given(st.text(alphabet="Q:A \n#-prompt*", max_size=200))
def test_any_text_gives_examples_or_exactly_one_dropped_record(text: str) -> None:
    items = shape(text)
    records = [i for i in items if isinstance(i, Drop) and i.unit == "record"]
    assert (len(records) == 0) == bool(pairs(items))
    assert len(records) <= 1
