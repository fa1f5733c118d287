"""Rows with prompt and completion are taken as they are, or refused with the place."""

from typing import Any

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding, Place
from dataprep.formats import pair
from dataprep.recipe import Source


def shape(value: Any, **recipe: Any) -> list[Example | Drop | Finding]:
    record = Record(Place(file="train.jsonl", line=7), 120, value)
    return list(pair.shape(record, Source(path="train.jsonl", **recipe)))


def test_a_pair_becomes_an_example_that_knows_its_line() -> None:
    (made,) = shape({"prompt": "Capital of Kenya?", "completion": "Nairobi\n"})
    assert isinstance(made, Example)
    assert (made.input, made.output, made.shape) == ("Capital of Kenya?", "Nairobi\n", "pairs")
    assert (made.file, made.line, made.data) == ("train.jsonl", 7, "{}")


def test_the_id_depends_on_the_content_and_not_on_the_place() -> None:
    value = {"prompt": "a", "completion": "b"}
    first = next(pair.shape(Record(Place(file="x", line=1), 0, value), Source(path="x")))
    other = next(pair.shape(Record(Place(file="y", line=9), 5, value), Source(path="y")))
    changed = shape({"prompt": "ab", "completion": ""})[0]
    assert isinstance(first, Example)
    assert isinstance(other, Example)
    assert isinstance(changed, Example)
    assert first.id == other.id != changed.id


def test_a_row_that_breaks_the_schema_gives_a_finding_a_violation_and_one_drop() -> None:
    *found, last = shape({"prompt": 7, "topic": "x"})
    assert all(isinstance(item, Finding) and item.code == "S001" for item in found)
    messages = {item.message: item.place.path for item in found if isinstance(item, Finding)}
    assert messages == {
        "prompt is a number, not string": "prompt",
        "the row lacks 'completion'": "",
        "the row has the unknown key 'topic'": "",
    }
    assert last == Drop(unit="record", reason="S001", place=Place(file="train.jsonl", line=7))


def test_a_row_that_is_no_object_is_found() -> None:
    finding, drop = shape(["a", "b"])
    assert isinstance(finding, Finding)
    assert finding.message == "the row is a list, not object"
    assert isinstance(drop, Drop)


def test_columns_that_the_recipe_names_are_no_part_of_the_format() -> None:
    row = {"prompt": "a", "completion": "b", "topic": 3, "source": "atlas"}
    (made,) = shape(row, label="topic", group="source")
    assert isinstance(made, Example)
    assert (made.label, made.group) == ("3", "atlas")
    assert made.data == '{"source":"atlas","topic":3}'


def test_the_templates_of_the_recipe_write_the_pair_anew() -> None:
    (made,) = shape(
        {"prompt": "2 + 2?", "completion": "4"},
        prompt="Question: {{ prompt }}",
        completion=" {{ completion }}",
        system="Be short.",
    )
    assert isinstance(made, Example)
    assert (made.input, made.output, made.system) == ("Question: 2 + 2?", " 4", "Be short.")


def test_a_number_beyond_64_bits_beside_the_pair_is_kept() -> None:
    (made,) = shape({"prompt": "a", "completion": "b", "n": 2**70}, label="n")
    assert isinstance(made, Example)
    assert made.data == '{"n":1180591620717411303424}'
