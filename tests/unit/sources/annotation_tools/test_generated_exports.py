"""Generated documents in every format: what was marked is what is read, whatever the unit.

500 documents a format, with emoji, joined characters, CRLF and spans that overlap or repeat; no
tool here writes spans in pieces.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataprep.annotation.counting import CountedUnit, counted_in, graphemes
from tests.tool_exports import lines, only, tasks

PIECES = [
    *("Ann", "Rome", "left ", " ", "\r\n", "\n", ".", "é", "e\u0301", "ß", "日本", "Ω"),
    *("😀", "👨🏻‍🚒", "🇩🇪", "❤\ufe0f", '"', "\\", "#", "[", "\u2028", "\x7f"),
]
LABELS = ["PER", "LOC", "a b", "Ö"]
UNITS: tuple[CountedUnit, ...] = ("codepoint", "utf16", "grapheme")


class Document(NamedTuple):
    text: str
    spans: tuple[tuple[int, int, str], ...]

    def counted(self, unit: CountedUnit) -> list[tuple[int, int, str]]:
        return [(*counted_in(self.text, s, e, unit), label) for s, e, label in self.spans]

    def marked(self) -> set[tuple[int, int, str, str]]:
        return {(s, e, self.text[s:e], label) for s, e, label in self.spans}


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text = "".join(draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=20)))
    borders = list(graphemes(text))
    ends = st.lists(st.sampled_from(borders), min_size=2, max_size=2, unique=True).map(sorted)
    pairs = draw(st.lists(st.tuples(ends, st.sampled_from(LABELS)), min_size=1, max_size=5))
    return Document(text, tuple((start, end, label) for (start, end), label in pairs))


FIVE = st.lists(documents(), min_size=5, max_size=5)
AS_500 = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def doccano(key: int, document: Document, unit: CountedUnit) -> dict[str, Any]:
    spans = [list(span) for span in document.counted(unit)]
    return {"id": key, "text": document.text, "label": spans, "Comments": []}


def relations(key: int, document: Document, unit: CountedUnit) -> dict[str, Any]:
    entities = [
        {"id": at, "label": label, "start_offset": start, "end_offset": end}
        for at, (start, end, label) in enumerate(document.counted(unit))
    ]
    return {"id": key, "text": document.text, "entities": entities, "relations": []}


def prodigy(key: int, document: Document, unit: CountedUnit) -> dict[str, Any]:
    spans = [{"start": s, "end": e, "label": label} for s, e, label in document.counted(unit)]
    known = {"_input_hash": key, "_view_id": "spans_manual", "answer": "accept"}
    return {"text": document.text, "spans": spans, **known}


def argilla(key: int, document: Document, unit: CountedUnit) -> dict[str, Any]:
    spans = [{"start": s, "end": e, "label": label} for s, e, label in document.counted(unit)]
    answers = {
        "ner.responses": [spans],
        "ner.responses.users": ["u"],
        "ner.responses.status": ["submitted"],
    }
    return {"id": str(key), "status": "completed", "text": document.text, **answers}


FORMATS = {
    "doccano": doccano,
    "doccano relations": relations,
    "prodigy": prodigy,
    "argilla": argilla,
}


@pytest.mark.parametrize("name", FORMATS)
def test_what_was_marked_is_what_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / "export.jsonl"

    @AS_500
    @given(FIVE, st.sampled_from(UNITS))
    def holds(five: list[Document], unit: CountedUnit) -> None:
        rows = [FORMATS[name](key, document, unit) for key, document in enumerate(five)]
        path.write_text(lines(rows), "utf-8")
        read = list(tasks(only(path, format=name.split(maxsplit=1)[0], offsets=unit)).values())
        marked = [set(_regions(said[0].answers)) for said in read]
        assert marked == [document.marked() for document in five]

    holds()


def _regions(answers: list[Any]) -> list[tuple[int, int, str, str]]:
    """One region may have several labels."""
    return [(s, e, quote, label) for s, e, quote, *labels in answers for label in labels]


WORDS = st.lists(st.sampled_from(["Ann", "left", "Rome", "😀", "👨🏻‍🚒"]), min_size=3, max_size=9)


@AS_500
@given(WORDS, st.sampled_from(("codepoint", "utf16", "grapheme")))
def test_whole_words_behind_an_emoji_never_speak_against_their_unit(
    words: list[str], unit: CountedUnit
) -> None:
    text = " ".join(["Oh 👨🏻‍🚒", *words, "Zanzibar and Bordeaux"])
    spans = tuple(
        (text.index(word), text.index(word) + len(word), "X") for word in ("Zanzibar", "Bordeaux")
    )
    from dataprep.annotation import UnitVotes

    votes = UnitVotes()
    for start, end, _ in Document(text, spans).counted(unit):
        votes.add(text, start, end)
    assert unit in votes.best("utf16")


@pytest.mark.parametrize("name", FORMATS)
def test_damage_anywhere_ends_in_words(tmp_path: Path, name: str) -> None:
    """Every value of a row is replaced by one of another kind: findings or refusals, no crash."""
    from dataprep.finding import DataprepError

    path = tmp_path / "export.jsonl"
    good = FORMATS[name](1, Document("Ann 😀 left Rome", ((0, 3, "PER"), (11, 15, "LOC"))), "utf16")
    raw = json.dumps(good)
    for value in (None, True, -1, 2**70, 1.5, "", "x", [], [1], [[]], {}, {"a": 1}):
        for damaged in _damaged(json.loads(raw), value):
            path.write_text(lines([good, damaged]), "utf-8")
            try:
                tasks(only(path, format=name.split(maxsplit=1)[0]))
            except DataprepError:
                continue


def _damaged(value: Any, other: Any) -> list[Any]:
    """The value with each of its parts replaced in turn."""
    made = []
    keys = value if isinstance(value, dict) else range(len(value))
    for key in keys:
        rest = value.copy()
        rest[key] = other
        made.append(rest)
        if isinstance(value[key], dict | list) and value[key]:
            for inner in _damaged(value[key], other):
                rest = value.copy()
                rest[key] = inner
                made.append(rest)
    return made
