"""Labelled regions become a list of entities: as JSON, as tags in the text, or as a plain list.

T5's vocabulary has no braces and no angle brackets, so `list` is the form that it can learn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dataprep import jsonio
from dataprep.annotation import (
    BadSpan,
    Control,
    Result,
    Span,
    asks,
    noun_of,
    resolve,
    sentence,
)
from dataprep.finding import excerpt
from dataprep.shapes.kind import Problems, ReadRegion
from dataprep.shapes.regions import Labelled, labels_of

NONE = "none"


LabelledSpans = frozenset[Labelled]


def instruction(control: Control, header: str | None = None) -> str:
    """The default instruction: what the config asks, or what to look for.

    Labels that come with the task stand in it in any case: nobody could know them otherwise.
    """
    labels = ", ".join(control.labels or ())
    if header and asks(header):
        asked = sentence(header)
        return f"{asked} Labels: {labels}." if labels and control.task_labels else asked
    found = noun_of(header) if header else "entities"
    listed = f": {labels}" if labels else ""
    return f"List the {found} in {control.about} with their labels{listed}."


def asked_relations(relations: Sequence[str]) -> str:
    """What an instruction says of the relations between spans; any, where there are no labels."""
    listed = f": {', '.join(relations)}" if relations else ""
    return f" List the relations between them too{listed}."


def answer(
    results: Sequence[Result], control: Control, text: str, region: ReadRegion | None = None
) -> tuple[LabelledSpans, Problems]:
    """The labelled spans, and (code, message) for what is wrong with any of them.

    `region` reads a region of another thing than a plain text. Where labels come with the task,
    any label is taken.
    """
    known = control.labels if control.task_labels is None else None
    spans: set[Labelled] = set()
    problems: Problems = []
    for result in results:
        value = result.value or {}
        span = region(value) if region else resolve(text, value)
        if isinstance(span, BadSpan):
            problems.append(span)
            continue
        problems += remarks(span, text)
        for label in labels_of(value):
            if known is not None and label not in known:
                problems.append(("A001", f"{excerpt(label)!r} is no label of {control.name!r}"))
            else:
                spans.add(Labelled(span.start, span.end, label))
    return frozenset(spans), problems


def remarks(span: Span, text: str) -> Problems:
    """What a person should know of how a span was read: mostly nothing."""
    quote = excerpt(text[span.start : span.end])
    if span.unit == "utf16":
        return [("A004", f"{quote!r} was counted in UTF-16 units, and read so")]
    if span.unit == "quote":
        return [("A015", f"{quote!r} was found by its quote, not by its offsets")]
    return []


def completion(agreed: Iterable[Labelled], text: str, form: str) -> str | None:
    """The spans in one of the three forms; None where crossing spans cannot be tags."""
    ordered = sorted(agreed)
    match form:
        case "json":
            return jsonio.dumps(
                [{"text": text[s.start : s.end], "label": s.label} for s in ordered]
            ).decode()
        case "inline":
            return tagged(ordered, text)
        case _:
            pieces = [f"{_flat(s.label)}: {_flat(text[s.start : s.end])}" for s in ordered]
            return "; ".join(pieces) or NONE


def tagged(spans: Sequence[Labelled], text: str) -> str | None:
    """The text with <LABEL>...</LABEL> around each span; `&` and `<` of the text escaped."""
    ordered = sorted(spans, key=lambda s: (s.start, -s.end, s.label))
    out: list[str] = []
    open_spans: list[Labelled] = []
    at = 0
    for border in sorted({0, len(text), *(s.start for s in spans), *(s.end for s in spans)}):
        out.append(text[at:border].replace("&", "&amp;").replace("<", "&lt;"))
        at = border
        while open_spans and open_spans[-1].end == border:
            out.append(f"</{open_spans.pop().label}>")
        for span in (s for s in ordered if s.start == border):
            if open_spans and span.end > open_spans[-1].end:
                return None
            out.append(f"<{span.label}>")
            open_spans.append(span)
    return "".join(out)


def fields(agreed: Iterable[Labelled], text: str) -> Iterator[dict[str, Any]]:
    """The spans as a template sees them."""
    for span in sorted(agreed):
        yield {**span._asdict(), "text": text[span.start : span.end]}


def _flat(piece: str) -> str:
    """One line, with the separator of the list doubled."""
    return " ".join(piece.split()).replace(";", ";;")
