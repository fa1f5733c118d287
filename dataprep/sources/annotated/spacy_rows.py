"""spaCy's training examples as JSON: a text with `entities`, `cats` and groups of `spans`.

Shapes: `Example.from_dict` (spaCy 2 and 3), `Doc.to_json`, the JSON of spaCy 2, and what the NER
Annotator writes. Offsets count code points; entities may not overlap, spans of a group may.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dataprep.annotation.marked_text import LABEL, MarkedText, SpanMark
from dataprep.finding import excerpt
from dataprep.jsonio import Json
from dataprep.sources.annotated.problem import LineProblem
from dataprep.sources.annotated.tag_schemes import Tagging, TagScheme, TagStyle
from dataprep.sources.annotated.token_text import TokenText

CATS = "cats"
"""The control of the classes of a text."""

TOKENS_JOINED = "texts of tokens joined by blanks, with new offsets"
"""What is counted where the texts themselves are not there."""

_KEYS = ("entities", "ents", CATS, "spans")
_READ = frozenset(("text", "tokens", "id", "meta", *_KEYS))
_PLAIN = (str, int, float)
_CHOSEN = 0.5
_BILUO = Tagging(TagScheme.BILOU, TagStyle.PREFIX)
_UNKNOWN = "-"


class SpacySpan(NamedTuple):
    """A labelled piece of the text in the unit of the file; `group` is empty for entities."""

    start: int
    end: int
    label: str
    group: str = ""


@dataclass(slots=True)
class SpacyExample:
    """A text with what is said of it; `known` where its entities are, so that none means none.

    `rated` says the same of its classes: each has a value, though it may be 0 for all.
    """

    text: str
    spans: list[SpacySpan] = field(default_factory=list)
    cats: list[str] = field(default_factory=list)
    known: bool = True
    rated: bool = False
    placed: bool = False
    """Whether the spans were made of tokens, and count code points of this text in any case."""
    left_out: Counter[str] = field(default_factory=Counter)
    beside: dict[str, Any] = field(default_factory=dict)
    """Texts, numbers and `meta` of the row, which stay with it."""

    def marked(self, spans: list[SpacySpan]) -> MarkedText:
        """The text with its marks, from the spans in code points."""
        marks = (
            SpanMark(span.start, span.end, span.label, f"s{number}", span.group or LABEL)
            for number, span in enumerate(spans, 1)
        )
        choices = {CATS: tuple(self.cats)} if self.cats else {}
        return MarkedText(self.text, tuple(marks), choices=choices)


class NoExample(ValueError):
    """A row that is no example of spaCy; the message says why."""


def looks_like_example(value: Any) -> bool:
    """Whether a value is an example: a text, and its annotations behind or beside it."""
    if isinstance(value, list | tuple):
        pair = len(value) in (2, 3) and isinstance(value[0], str) and isinstance(value[1], dict)
        return pair and bool(value[1].keys() & {*_KEYS, "links"})
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        return _is_version_2(value)
    entities, ents, cats = (value.get(key) for key in ("entities", "ents", CATS))
    if isinstance(entities, list) and entities:
        beside = isinstance(cats, dict | None) and not value.keys() & {"label", "id"}
        return beside and all(_is_triple(one) for one in entities)
    classes = isinstance(cats, dict) and all(isinstance(v, int | float) for v in cats.values())
    of_doc = isinstance(ents, list) and all(isinstance(e, dict) and "label" in e for e in ents)
    return bool(classes and cats) or of_doc or isinstance(value.get("spans"), dict)


def _is_triple(value: Any) -> bool:
    if not isinstance(value, list | tuple) or len(value) < 3:
        return False
    return type(value[0]) is int and type(value[1]) is int and isinstance(value[2], str)


def _is_version_2(value: Any) -> bool:
    paragraphs = value.get("paragraphs") if isinstance(value, dict) else None
    return isinstance(paragraphs, list) and all(
        isinstance(p, dict) and isinstance(p.get("sentences"), list) for p in paragraphs
    )


def examples(value: Any) -> Iterator[SpacyExample]:
    """The examples of a row: one, or the paragraphs of a document of spaCy 2."""
    if _is_version_2(value):
        for paragraph in value["paragraphs"]:
            yield _of_paragraph(paragraph)
        return
    if isinstance(value, list | tuple):
        if len(value) < 2 or not isinstance(value[0], str) or not isinstance(value[1], dict):
            raise NoExample("is no pair of a text and its annotations")
        yield _of_row(value[0], value[1])
    elif isinstance(value, dict) and isinstance(value.get("text"), str):
        yield _of_row(value["text"], value)
    else:
        raise NoExample("has no text with annotations")


def _of_row(text: str, given: Mapping[str, Any]) -> SpacyExample:
    made = SpacyExample(text)
    entities = given.get("entities", given.get("ents"))
    made.known = entities is not None
    if isinstance(entities, list) and all(isinstance(one, str) for one in entities) and entities:
        raise NoExample("has entities as tags, whose tokens are not here")
    made.spans += (_span(one, "") for one in _listed(entities, "entities"))
    groups = given.get("spans") or {}
    if not isinstance(groups, dict):
        raise NoExample("has spans that are no groups by name")
    for name, spans in groups.items():
        made.spans += (_span(one, str(name)) for one in _listed(spans, "spans"))
    _classes(given.get(CATS), made)
    made.beside = {k: v for k, v in given.items() if k not in _READ and isinstance(v, _PLAIN)}
    if isinstance(meta := given.get("meta"), dict):
        made.beside["meta"] = meta
    for key, value in given.items():
        if key not in _READ and key not in made.beside and value:
            made.left_out[f"rows with {excerpt(key)}"] += 1
    return made


def _listed(value: Any, key: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise NoExample(f"has {key} that are no list")
    return list(value)


def _span(value: Any, group: str) -> SpacySpan:
    if isinstance(value, dict):
        value = [value.get("start"), value.get("end"), value.get("label")]
    if not _is_triple(value):
        raise NoExample("has a span that is not start, end and label")
    return SpacySpan(value[0], value[1], value[2], group)


def _classes(given: Any, made: SpacyExample) -> None:
    """The classes of at least 0.5; in spaCy 2 they are a list of labels and values."""
    if isinstance(given, list):
        given = {c.get("label"): c.get("value") for c in given if isinstance(c, dict)}
    made.rated = isinstance(given, dict) and bool(given)
    for label, value in (given or {}).items() if isinstance(given, dict | None) else ():
        if not isinstance(value, int | float):
            raise NoExample("has a class whose value is no number")
        if value not in (0, 1):
            made.left_out["classes by a score between 0 and 1, of which 0.5 is enough"] += 1
        if value >= _CHOSEN:
            made.cats.append(str(label))


def _of_paragraph(paragraph: Json) -> SpacyExample:
    """A paragraph of spaCy 2: tokens with their tags, in the raw text where there is one."""
    tokens: list[str] = []
    tags: list[str | None] = []
    for sentence in paragraph["sentences"]:
        for token in sentence.get("tokens", ()) if isinstance(sentence, dict) else ():
            if not isinstance(token, dict) or not isinstance(token.get("orth"), str):
                raise NoExample("has a token without its form (orth)")
            tokens.append(token["orth"])
            tags.append(token.get("ner"))
    known = [tag for tag in tags if isinstance(tag, str) and tag != _UNKNOWN]
    read, problems = _BILUO.spans(known if len(known) == len(tags) else [])
    if problems:
        raise NoExample(f"has tags that are no BILUO: {problems[0].message}")
    raw = paragraph.get("raw")
    joined = TokenText()
    joined.add(tokens, read)
    if isinstance(raw, str):
        places = _places(raw, tokens)
        spans = [SpacySpan(places[s][0], places[e - 1][1], label) for s, e, label in read]
        made = SpacyExample(raw, spans)
    else:
        marked = joined.marked()
        spans = [SpacySpan(s.start, s.end, s.label) for s in marked.spans]
        made = SpacyExample(marked.text, spans)
        made.left_out[TOKENS_JOINED] += 1
    made.placed = True
    made.known = bool(tags) and len(known) == len(tags)
    if known and not made.known:
        made.left_out["texts with unknown tokens (-)"] += 1
    _classes(paragraph.get(CATS), made)
    return made


def _places(text: str, tokens: list[str]) -> list[tuple[int, int]]:
    places, at = [], 0
    for token in tokens:
        found = text.find(token, at)
        if found < 0 or text[at:found].strip():
            raise NoExample(
                f"has the token {excerpt(token)!r}, which the raw text does not go on with"
            )
        at = found + len(token)
        places.append((found, at))
    return places


def overlap(spans: list[SpacySpan]) -> str:
    """Two entities that overlap, in words; empty where none do."""
    last: SpacySpan | None = None
    for span in sorted(span for span in spans if not span.group):
        if last is not None and span.start < last.end:
            one, other = (f"{excerpt(s.label)} {s.start}-{s.end}" for s in (last, span))
            return f"has the entities {one} and {other}, which overlap"
        last = span
    return ""


def problem_of(error: NoExample, line: int) -> LineProblem:
    """A row that is no example, as a problem."""
    return LineProblem(line, "S001", str(error), 'Write it as [text, {"entities": [...]}].')
