"""What is said of many files alike is one line, with the first few of them and the count."""

from __future__ import annotations

from dataprep.report.notes import grouped


def test_what_is_said_of_many_files_is_said_once_with_the_first_few() -> None:
    notes = [f"d/{n}.csv: columns" for n in range(400)]
    assert grouped(notes) == ["d/0.csv, d/1.csv, d/2.csv and 397 more: columns"]


def test_what_is_said_of_few_files_stands_for_each() -> None:
    notes = [f"d/{n}.csv: columns" for n in range(4)]
    assert grouped(notes) == notes


def test_notes_that_differ_in_numbers_stand_as_they_are_the_first_few() -> None:
    notes = [f"{n}.json: {n + 2:,} texts without a mark left out" for n in range(1_000, 1_040)]
    assert grouped(notes) == [
        "1000.json: 1,002 texts without a mark left out",
        "1001.json: 1,003 texts without a mark left out",
        "1002.json: 1,004 texts without a mark left out",
        "… and 37 more such notes",
    ]


def test_each_kind_stands_where_its_first_note_stood() -> None:
    one = [f"{n}.csv: columns" for n in range(6)]
    other = [f"{n}.csv: {word} → prompt" for n, word in enumerate(["q", "a", "q"])]
    whole = ["12 examples in 3 clusters of near copies", "14 examples in 3 groups"]
    mixed = [whole[0], one[0], other[0], *one[1:], *other[1:], whole[1]]
    assert grouped(mixed) == [
        whole[0],
        "0.csv, 1.csv, 2.csv and 3 more: columns",
        other[0],
        other[2],
        other[1],
        whole[1],
    ]
