"""Headings ask for their sections."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding, Place
from dataprep.recipe import Source
from dataprep.shapes import sections

MANUAL = """\
A word before.

# The Garden

About gardens.

## Tools

### Spade ###

Dig with it.

```
# not a heading
```

## Plants

Water them.

## Animals

## Weather
"""


def shape(text: str, value: Any = None, **recipe: Any) -> list[Example | Drop | Finding]:
    record = Record(Place(file="docs/garden.md"), 0, {"text": text, **(value or {})})
    return list(sections.shape(record, Source(path="docs", **recipe)))


def pairs(items: list[Example | Drop | Finding]) -> list[tuple[str, str, int | None]]:
    return [(i.input, i.output, i.line) for i in items if isinstance(i, Example)]


def drops(items: list[Example | Drop | Finding]) -> list[tuple[str, str, int | None, str]]:
    return [(i.unit, i.reason, i.place.line, i.detail) for i in items if isinstance(i, Drop)]


def test_the_path_of_a_heading_asks_for_its_own_text() -> None:
    assert pairs(shape(MANUAL)) == [
        ('Write the beginning of "The Garden".', "About gardens.", 3),
        (
            'Write the section "Tools / Spade" of "The Garden".',
            "Dig with it.\n\n```\n# not a heading\n```",
            9,
        ),
        ('Write the section "Plants" of "The Garden".', "Water them.", 17),
    ]


def test_text_before_the_first_heading_and_empty_sections_are_reported() -> None:
    assert drops(shape(MANUAL)) == [
        ("block", "no-match", 1, "A word before."),
        ("block", "empty-section", 21, "## Animals"),
        ("block", "empty-section", 23, "## Weather"),
    ]


def test_underlined_headings_are_headings() -> None:
    text = "The Garden\r\n==========\r\n\r\nAbout.\r\n\r\nTools\r\n-----\r\nDig.\r\n"
    assert pairs(shape(text)) == [
        ('Write the beginning of "The Garden".', "About.", 1),
        ('Write the section "Tools" of "The Garden".', "Dig.", 6),
    ]


def test_a_rule_under_a_paragraph_and_a_table_are_no_headings() -> None:
    text = "# One\n\nA paragraph\nof two lines\n---\n\na | b\n--- | ---\n1 | 2\n\n# Two\n\nx\n"
    assert [h.words for h in sections.headings(text)] == ["One", "Two"]


def test_without_a_heading_above_all_the_title_is_that_of_the_file() -> None:
    assert pairs(shape("# One\nx\n# Two\ny\n")) == [
        ('Write the section "One" of "garden".', "x", 1),
        ('Write the section "Two" of "garden".', "y", 3),
    ]


def test_the_title_of_a_record_and_of_front_matter_are_used() -> None:
    text = "# One\nx\n# Two\ny\n"
    assert pairs(shape(text, {"title": "Book"}))[0][0] == 'Write the section "One" of "Book".'
    items = shape(f"---\ntitle: Paper\ndate: 2024-01-01\n---\n{text}")
    assert pairs(items)[0] == ('Write the section "One" of "Paper".', "x", 5)
    assert drops(items) == []


def test_templates_may_use_the_parts_of_the_path() -> None:
    items = shape(
        MANUAL,
        prompt="{{ title }} > {{ path|join(' > ') }} ({{ level }}, {{ heading }})",
        completion="{{ text }}!",
    )
    assert pairs(items)[2][:2] == (
        "The Garden > The Garden > Plants (2, Plants)",
        "Water them.!",
    )


@pytest.mark.parametrize(
    "text", ["No heading.\n", "# Only a heading\n", "#hash tag\n", "```\n# x\n"]
)
def test_a_text_without_sections_is_one_dropped_record(text: str) -> None:
    items = shape(text)
    assert pairs(items) == []
    assert [d[:2] for d in drops(items) if d[0] == "record"] == [("record", "no-match")]


lines = st.sampled_from(
    ["# A", "## B", "#### C", "text", "", "===", "---", "```", "~~~", "- x", "D"]
)


@given(st.lists(lines, max_size=25))
def test_sections_follow_each_other_without_a_gap(drawn: list[str]) -> None:
    text = "\n".join(drawn)
    found = sections.headings(text)
    parts = list(sections.sections(found, len(text)))
    assert [p.start for p in parts[1:]] == [p.end for p in parts[:-1]]
    assert all(p.start < p.body <= p.end for p in parts)
    items = shape(text)
    records = [i for i in items if isinstance(i, Drop) and i.unit == "record"]
    assert len(records) == (0 if pairs(items) else 1)
