"""A text with what was marked on it, read from another tool, and as the results of a task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dataprep.jsonio import Json

LABEL, SHOWN = "label", "text"
"""The names of the control that holds the labels of spans, and of the object that is shown."""

CONTINUED = "continued_in"
"""The relation from a piece of a discontinuous span to its next piece."""


class SpanMark(NamedTuple):
    """One label on one piece of the text, in code points; relations and values find it by `id`."""

    start: int
    end: int
    label: str
    id: str
    control: str = LABEL
    note: str = ""


class SpanValue(NamedTuple):
    """What is said of one span beside its label; `free` where it is a text, and no choice."""

    span: str
    name: str
    values: tuple[str, ...]
    free: bool = False


class SpanRelation(NamedTuple):
    """A relation from one span to another, by their ids."""

    head: str
    tail: str
    label: str
    both_ways: bool = False


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text, its spans, what is said of them, and the choices for all of it by control.

    `quoted` where the spans were checked, so that each may carry the text that it marks; without
    it the recipe's `offsets` says what they count.
    """

    text: str
    spans: tuple[SpanMark, ...] = ()
    values: tuple[SpanValue, ...] = ()
    relations: tuple[SpanRelation, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quoted: bool = True

    def results(self) -> list[Json]:
        """All of it as the results of an annotation of Label Studio."""
        return [*self._regions(), *self._values(), *self._relations(), *self._choices()]

    def _regions(self) -> Iterator[Json]:
        for span in self.spans:
            value = {**self._place(span), "labels": [span.label]}
            result = {"id": span.id, **_about(span.control, "labels"), "value": value}
            if span.note:
                result["meta"] = {"text": [span.note]}
            yield result

    def _values(self) -> Iterator[Json]:
        spans = {span.id: span for span in self.spans}
        for said in self.values:
            kind, key = ("textarea", "text") if said.free else ("choices", "choices")
            place = self._place(spans[said.span])
            value = {**place, key: list(said.values)}
            yield {"id": said.span, **_about(said.name, kind), "value": value}

    def _relations(self) -> Iterator[Json]:
        for one in self.relations:
            ends = {"from_id": one.head, "to_id": one.tail}
            direction = "bi" if one.both_ways else "right"
            named = {"labels": [one.label]} if one.label else {}
            yield {**ends, "type": "relation", "direction": direction, **named}

    def _choices(self) -> Iterator[Json]:
        for name, chosen in self.choices.items():
            yield {"id": name, **_about(name, "choices"), "value": {"choices": list(chosen)}}

    def _place(self, span: SpanMark) -> Json:
        place: Json = {"start": span.start, "end": span.end}
        return {**place, "text": self.text[span.start : span.end]} if self.quoted else place


def _about(name: str, kind: str) -> Json:
    return {"from_name": name, "to_name": SHOWN, "type": kind}
