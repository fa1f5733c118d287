"""The short way of reading gives what the long way gives: the same examples, drops and keys."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from dataprep import sources
from dataprep.checks import Context, RowJudge
from dataprep.example import Record
from dataprep.finding import Place, UsageError
from dataprep.formats import CHAT, FORMATS
from dataprep.formats.spellings import CHAT as SPELLINGS
from dataprep.formats.spellings import spelled
from dataprep.jsonio import copied
from dataprep.recipe import Source
from dataprep.shapes.rows import RowShape
from tests.mutating import good_rows, mutations

Row = dict[str, Any]
CORPORA = Path(os.environ.get("DATAPREP_CORPORA", "none")) / "wild"

TEXTS = (
    *("", " ", "\n\t", "\u200b", "\u3164", "nan", "None", "<noinput>", "Üb", "好", "0", "false"),
    *(
        "rejected",
        "unanswerable",
        "  spaces  ",
        "### Human: Hi",
        "a\x1eb",
        '{"a": 1}',
        "[]",
        "x" * 70_000,
    ),
    *("B", "2", "['a', 'b']", "['a' 'b']", '["a", "b"]', '{"text": ["a"], "answer_start": [1]}'),
    "AKIA" + "IOSFODNN7ABCDEFG",
    "sk-ant-api03-" + "Ab1" * 30 + "-xyz",
    "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG" * 4,
)
"""What the rules and the readers look for in a text."""


class LongWay(RowJudge):
    """Objects to everything, so that every row is read the long way."""

    def may_object(self, texts: Sequence[str]) -> bool:
        return True


class Counting(RowJudge):
    """Counts the rows that go the short way."""

    short = 0

    def may_object(self, texts: Sequence[str]) -> bool:
        objects = super().may_object(texts)
        self.short += not objects
        return objects


def told(rows: Sequence[Row], judge: RowJudge, **recipe: Any) -> Any:
    """Everything that comes of the rows of one file."""
    records = [Record(Place(file="rows.jsonl", line=n), n, row) for n, row in enumerate(rows, 1)]
    try:
        shape = RowShape(records[:2], Source(path="rows.jsonl", **recipe), judge)
    except UsageError as error:
        return str(error)
    return [shape(record) for record in records], shape.content.to_json()


def judged(way: type[RowJudge]) -> RowJudge:
    return way(Context(), errors_only=True)


def with_other_texts(row: Any, random: Random) -> Row:
    """The row with some of its texts changed for what is looked for."""
    changed: Row = copied(row)
    places: list[tuple[Any, Any]] = []
    waiting: list[Any] = [changed]
    while waiting:
        held = waiting.pop()
        for key, value in list(held.items() if isinstance(held, dict) else enumerate(held)):
            if isinstance(value, str):
                places.append((held, key))
            elif isinstance(value, dict | list):
                waiting.append(value)
    for held, key in random.sample(places, min(len(places), random.randint(1, 3))):
        held[key] = random.choice(TEXTS)
    return changed


PLAIN = [
    {"prompt": "Where is Quito?", "completion": "In Ecuador."},
    {"prompt": "Where is Quito?", "completion": "In Ecuador.", "id": 3, "source": "map"},
    {"question": "Where is Quito?", "answer": "In Ecuador.", "id": 3, "url": None, "source": ""},
    {"context": "Quito is old.", "question": "Where is it?", "answer": "Here."},
    {"instruction": "Say it.", "input": "Quito", "output": "In Ecuador."},
    {"instruction": "Say it.", "input": "", "output": "In Ecuador."},
    {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}]},
    {
        "id": "x1",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Ho"},
            {"role": "user", "content": "And?"},
            {"role": "assistant", "content": "No."},
        ],
    },
    {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Ho"}]},
]


NEAR = [
    {"question": "Where is Quito?", "answers": "In Ecuador."},
    {"question": "Where is Quito?", "answer": "In Ecuador.", "A": "In Ecuador.", "B": "Here."},
    {"question": "Where is Quito?", "answer": "In Ecuador.", "planA": "Go.", "planB": "Stay."},
    {"question": "Where is Quito?", "answer": "In Ecuador.", "options": "", "history": ""},
    {"question": "Where is Quito?", "answer": "B", "options": ["Here.", "In Ecuador."]},
    {"prompt": "Where is Quito?", "completion": "In Ecuador.", "id": "A"},
    {"instruction": "Say it.", "input": "", "output": "In Ecuador.", "history": ""},
]
"""Rows that look plain, and of which some text may be a list, or name an option."""


@pytest.mark.parametrize("row", PLAIN, ids="+".join)
def test_plain_rows_go_the_short_way(row: Row) -> None:
    judge = judged(Counting)
    made, _ = told([row] * 5, judge)
    assert isinstance(judge, Counting)
    assert judge.short == 4, "only the first row goes the long way"
    assert all(len(one.examples) == 1 for one in made)


def rows_of_every_format_come_out_the_same(seed: int) -> None:
    random = Random(seed)  # noqa: S311
    short = 0
    for _, row in [*good_rows(), *((None, row) for row in PLAIN)]:
        rows = [row, row, *mutations(row, 2, random)]
        rows += [with_other_texts(row, random) for _ in range(40)]
        rows += [row, {**row, "id": 5}, {**row, "note": "x"}, {**row, "source": "a map"}]
        fast = judged(Counting)
        assert told(copied(rows), fast) == told(rows, judged(LongWay))
        assert isinstance(fast, Counting)
        short += fast.short
    assert short > 150


def test_rows_of_every_format_come_out_the_same() -> None:
    rows_of_every_format_come_out_the_same(0)


@pytest.mark.parametrize("key", ["messages", "conversations"])
@pytest.mark.parametrize("swapped", [False, True])
def test_turns_in_two_spellings_are_two_kinds(key: str, swapped: bool) -> None:
    roles = ("user", "assistant")
    one = {key: [{"from": role, "value": "Hi"} for role in roles]}
    other = {key: [{"role": role, "content": "Hi"} for role in roles]}
    mixed = {key: [one[key][0], other[key][1]]}
    rows = [other, one] if swapped else [one, other]
    rows = [rows[0]] * 3 + [rows[1]] * 3 + [mixed, rows[0]]
    assert told(rows, judged(Counting)) == told(rows, judged(LongWay))


def test_rows_whose_texts_may_be_lists_or_name_options_come_out_the_same() -> None:
    random = Random(11)  # noqa: S311
    for row in NEAR:
        bare = {key: value for key, value in row.items() if key != "options"}
        rows = [row, row, bare, *(with_other_texts(row, random) for _ in range(300))]
        rows += [with_other_texts(bare, random) for _ in range(100)]
        assert told(copied(rows), judged(Counting)) == told(rows, judged(LongWay))


@pytest.mark.parametrize("recipe", [{"carry": ["note"]}, {"leave_out": ["note"]}])
def test_what_the_user_places_comes_out_the_same(recipe: Row) -> None:
    random = Random(7)  # noqa: S311
    for row in PLAIN:
        rows = [{**row, "note": "rejected"}, {**row, "note": "x"}, {**row, "note": ""}, row]
        rows += [with_other_texts(one, random) for one in rows * 20]
        fast = judged(Counting)
        assert told(copied(rows), fast, **recipe) == told(rows, judged(LongWay), **recipe)
        assert isinstance(fast, Counting)
        assert fast.short


@pytest.mark.parametrize(
    "recipe",
    [{"prompt": "{{ prompt }}!"}, {"system": "Be kind."}, {"group": "id"}, {"label": "source"}],
)
def test_what_the_user_makes_goes_the_long_way(recipe: Row) -> None:
    judge = judged(Counting)
    told([PLAIN[1]] * 5, judge, **recipe)
    assert isinstance(judge, Counting)
    assert judge.short == 0


def corpus_rows() -> Iterator[tuple[str, list[Any]]]:
    """The first rows of each public file that has rows."""
    for path in sorted(CORPORA.rglob("*.jsonl")):
        file = sources.Input(path, path.name, "jsonl")
        records = (item for item in sources.read(file) if isinstance(item, Record))
        yield path.name, [record.value for record, _ in zip(records, range(300), strict=False)]


@pytest.mark.skipif(not CORPORA.is_dir(), reason="no corpora at $DATAPREP_CORPORA")
def test_public_rows_come_out_the_same() -> None:
    for name, rows in corpus_rows():
        if rows:
            fast = told(copied(rows), judged(Counting))
            assert fast == told(rows, judged(LongWay)), name


def test_a_chat_that_counts_as_plain_has_nothing_to_be_spelled() -> None:
    random = Random(3)  # noqa: S311
    plain = 0
    for name, row in good_rows():
        if name != CHAT.name:
            continue
        for one in (
            row,
            *mutations(row, 8, random),
            *(with_other_texts(row, random) for _ in "ab"),
        ):
            tidy, faults = FORMATS[CHAT.name].tidy(copied(one))
            assert (tidy, faults) == spelled(one, SPELLINGS)
            plain += not faults
    assert plain > 200
