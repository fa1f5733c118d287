"""Rows with prompt and completion are taken as they are, or refused with the place."""

from typing import Any

import pytest

from dataprep.finding import Drop, Finding, Place, UsageError
from tests.unit.formats.rows import example, shaped, shaped_rows

ROW = {"prompt": "Capital of Kenya?", "completion": "Nairobi"}


def test_a_pair_becomes_an_example_that_knows_its_line() -> None:
    made = example({"prompt": "Capital of Kenya?", "completion": "Nairobi\n"})
    assert (made.input, made.output, made.shape) == ("Capital of Kenya?", "Nairobi\n", "pairs")
    assert (made.file, made.line, made.data, made.meta) == ("rows.jsonl", 3, "{}", "{}")


def test_the_id_depends_on_the_content_and_not_on_the_place() -> None:
    value = {"prompt": "a", "completion": "b"}
    first, other = example(value, line=3), example(value, line=9)
    assert first.id == other.id != example({"prompt": "ab", "completion": ""}).id


def broken(row: Any) -> tuple[dict[str, str], Drop]:
    """The findings of a row that stands below a sound one, by their message, and its drop."""
    _, *found, last = shaped_rows([ROW, row])
    assert isinstance(last, Drop)
    return {f.message: f.code for f in found if isinstance(f, Finding)}, last


def test_a_row_that_breaks_the_schema_gives_a_finding_a_violation_and_one_drop() -> None:
    found, last = broken({"prompt": 7, "completion": None, "topic": "x"})
    assert found == {
        "prompt is a number, not string": "S001",
        "the row lacks 'completion'": "S001",
    }
    assert last == Drop(unit="record", reason="S001", place=Place(file="rows.jsonl", line=2))


@pytest.mark.parametrize("row", [{}, {"question": "a"}, {"wind": 3}])
def test_a_row_of_no_format_is_found(row: dict[str, Any]) -> None:
    found, last = broken(row)
    assert list(found.values()) == ["S001"]
    assert last.reason == "S001"


def test_a_file_of_no_format_is_refused_with_what_was_seen() -> None:
    with pytest.raises(UsageError, match="wind, rain, and is no row of a known format"):
        shaped({"wind": 3, "rain": 4})


def test_columns_that_the_recipe_names_are_carried_along() -> None:
    made = example(ROW | {"topic": 3, "source": "atlas"}, label="topic", group="source")
    assert (made.label, made.group) == ("3", "atlas")
    assert made.data == "{}"
    assert made.meta == '{"source":"atlas","topic":3}'


def test_the_templates_of_the_recipe_write_the_pair_anew() -> None:
    made = example(
        {"prompt": "2 + 2?", "completion": "4"},
        prompt="Question: {{ prompt }}",
        completion=" {{ completion }}",
        system="Be short.",
    )
    assert (made.input, made.output, made.system) == ("Question: 2 + 2?", " 4", "Be short.")


def test_a_number_beyond_64_bits_beside_the_pair_is_kept() -> None:
    assert example(ROW | {"n": 2**70}).meta == '{"n":1180591620717411303424}'
