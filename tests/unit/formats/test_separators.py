"""Old separators are marks where every row has them: found, named, and taken away by convert."""

from __future__ import annotations

from typing import Any

import pytest

from dataprep.example import Example
from dataprep.finding import Fault
from dataprep.formats import RowReader
from tests.unit.formats.rows import shaped_rows

TOWNS = {"Peru": "Lima", "Ghana": "Accra", "Kenya": "Nairobi", "Japan": "Tokyo"}


def pairs(asked: str, answered: str) -> list[dict[str, Any]]:
    return [
        {"prompt": f"Capital of {c}{asked}", "completion": answered.replace("@", t)}
        for c, t in TOWNS.items()
    ]


def chats(asked: str, answered: str) -> list[dict[str, Any]]:
    return [
        {
            "messages": [
                {"role": "user", "content": row["prompt"]},
                {"role": "assistant", "content": row["completion"]},
            ]
        }
        for row in pairs(asked, answered)
    ]


def learned(rows: list[dict[str, Any]], **recipe: Any) -> list[tuple[str, str]]:
    made = shaped_rows(rows, **recipe)
    return [(e.input, e.output) for e in made if isinstance(e, Example)]


BARE = [(f"Capital of {c}", t) for c, t in TOWNS.items()]


@pytest.mark.parametrize("rows", [pairs, chats])
@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("\n\n###\n\n", " @ END"),
        (" ->", " @ END"),
        (" ->", " @\n"),
        ("\n\n===>\n\n", "@ [END]"),
        ("\n\n---\n\n", " @###"),
        (" =>", "@"),
        ("", "@ END"),
        ("", " @<|endoftext|>"),
    ],
)
def test_marks_that_every_row_has_are_taken_away(rows: Any, asked: str, answered: str) -> None:
    assert learned(rows(asked, answered)) == BARE


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("", " @"), ("?", "@."), ("\nAnswer:", "@\n"), ("", "The END of @"), ("", "@ENDEND")],
)
def test_what_texts_have_by_themselves_is_no_mark(asked: str, answered: str) -> None:
    rows = pairs(asked, answered)
    assert learned(rows) == [(row["prompt"], row["completion"]) for row in rows]


def test_one_row_without_the_mark_makes_it_a_text() -> None:
    rows = [*pairs(" ->", "@ END"), {"prompt": "Capital of Mali", "completion": "Bamako"}]
    assert learned(rows) == [(row["prompt"], row["completion"]) for row in rows]


def test_two_rows_are_too_few_to_tell() -> None:
    assert learned(pairs(" ->", "@ END")[:2])[0] == ("Capital of Peru ->", "Lima END")


def test_templates_of_the_user_are_not_cut() -> None:
    templates = {"prompt": "{{ prompt }}", "completion": "{{ completion }}"}
    assert learned(pairs(" ->", "@ END"), **templates)[0] == ("Capital of Peru ->", "Lima END")


def test_a_row_is_found_once_with_both_of_its_places() -> None:
    rows = pairs("\n\n###\n\n", " @ END")
    words = (
        r"prompt ends with '\n\n###\n\n', like all; "
        "completion begins with ' ' and ends with ' END', like all"
    )
    assert RowReader(rows).read(rows[0]).mended == [Fault("C511", "prompt", words)]
