"""Small exports of every text control, as the server writes them, each with its config."""

from __future__ import annotations

from typing import Any

from tests.building import (
    NER,
    SENTIMENT,
    SUMMARY,
    Json,
    annotated,
    choices,
    of_task,
    region,
    written,
)


def answer(control: str, about: str, kind: str, **value: Any) -> Json:
    """A result of any other control; its id is that of the control."""
    known = {"id": control, "from_name": control, "to_name": about, "type": kind}
    return {**known, "value": value}


def project(objects: str, control: str) -> str:
    return f"<View>{objects}{control}</View>"


TEXT = '<Text name="text" value="$text"/>'
LABELS = '<Label value="PER"/><Label value="ORG"/>'
RELATED = NER.replace("<View>", '<View><Relations><Relation value="knows"/></Relations>')
PER_REGION = (
    '<Choices name="sure" toName="text" perRegion="true"><Choice value="yes"/></Choices></View>'
)
TREE = '<Choice value="Virus"><Choice value="RNA"><Choice value="Corona"/></Choice></Choice>'

_RELATION = {
    "type": "relation",
    "from_id": "a",
    "to_id": "b",
    "direction": "right",
    "labels": ["knows"],
}
_MESSAGES = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello 👋"}]
_DIALOGUE = [{"author": "agent", "text": "Hello 👋"}, {"author": "user", "text": "I am 😀 Bob"}]
_BOLD = "/p[1]/b[1]/text()[1]"

EXPORTS: dict[str, tuple[str, list[Json]]] = {
    "choices": (
        SENTIMENT,
        [
            of_task(
                "I 😀 it",
                annotated(choices("Positive")),
                annotated(choices("neu"), by=2, at=2),
                annotated(choices("Positive"), by=3, at=3),
            )
        ],
    ),
    "labels": (
        NER.replace("</View>", PER_REGION),
        [
            of_task(
                "😀 Bob at ACME",
                annotated(
                    {"id": "r", **region(2, 5, "PER", quote="Bob")},
                    answer("sure", "text", "choices", start=2, end=5, choices=["yes"])
                    | {"id": "r"},
                    region(10, 14, "ORG", quote="ACME"),
                ),
                annotated(region(3, 6, "PER", quote="Bob"), by=2, at=2),
            )
        ],
    ),
    "textarea": (SUMMARY, [of_task("A long text.", annotated(written("Short.", "Brief.")))]),
    "relations": (
        RELATED,
        [
            of_task(
                "Bob knows Eve",
                annotated(
                    {"id": "a", **region(0, 3, "PER", quote="Bob")},
                    _RELATION,
                    {"id": "b", **region(10, 13, "PER", quote="Eve")},
                ),
            )
        ],
    ),
    "taxonomy": (
        project(TEXT, f'<Taxonomy name="tax" toName="text">{TREE}</Taxonomy>'),
        [
            of_task(
                "SARS",
                annotated(answer("tax", "text", "taxonomy", taxonomy=[["Virus", "RNA", "Corona"]])),
            )
        ],
    ),
    "several": (
        project(
            TEXT,
            '<Rating name="stars" toName="text"/><Number name="n" toName="text" max="9"/>'
            '<DateTime name="when" toName="text" only="date"/>',
        ),
        [
            of_task(
                "Great",
                annotated(
                    answer("stars", "text", "rating", rating=4),
                    answer("n", "text", "number", number=7.5),
                    answer("when", "text", "datetime", datetime="2026-11-22"),
                ),
            )
        ],
    ),
    "rating": (
        project(TEXT, '<Rating name="stars" toName="text" maxRating="5"/>'),
        [of_task("Great", annotated(answer("stars", "text", "rating", rating=4)))],
    ),
    "pairwise": (
        project(
            '<Text name="q" value="$q"/><Text name="a1" value="$a"/><Text name="a2" value="$b"/>',
            '<Pairwise name="pref" toName="a1,a2"/>',
        ),
        [
            of_task(
                {"q": "2+2?", "a": "5", "b": "4"},
                annotated(answer("pref", "pref", "pairwise", selected="right")),
            )
        ],
    ),
    "paragraphs": (
        project(
            '<Paragraphs name="d" value="$d" layout="dialogue" nameKey="author" textKey="text"/>',
            f'<ParagraphLabels name="slot" toName="d">{LABELS}</ParagraphLabels>',
        ),
        [
            of_task(
                {"d": _DIALOGUE},
                annotated(
                    answer(
                        "slot",
                        "d",
                        "paragraphlabels",
                        start="1",
                        end="1",
                        startOffset=8,
                        endOffset=11,
                        text="Bob",
                        paragraphlabels=["PER"],
                    )
                ),
            )
        ],
    ),
    "hypertext": (
        project(
            '<HyperText name="h" value="$html"/>',
            f'<HyperTextLabels name="ner" toName="h">{LABELS}</HyperTextLabels>',
        ),
        [
            of_task(
                {"html": "<p>🙂 Dear <b>Alice</b> &amp; Co.</p>"},
                annotated(
                    answer(
                        "ner",
                        "h",
                        "hypertextlabels",
                        start=_BOLD,
                        end=_BOLD,
                        startOffset=0,
                        endOffset=5,
                        globalOffsets={"start": 7, "end": 12},
                        text="Alice",
                        hypertextlabels=["PER"],
                    )
                ),
            )
        ],
    ),
    "chat": (
        project('<Chat name="chat" value="$chat"/>', '<Rating name="quality" toName="chat"/>'),
        [
            of_task(
                {"chat": _MESSAGES},
                annotated(
                    answer("chat", "chat", "chatmessage", chatmessage=_MESSAGES[0]),
                    answer("chat", "chat", "chatmessage", chatmessage=_MESSAGES[1]),
                    answer("quality", "chat", "rating", rating=5),
                ),
            )
        ],
    ),
}
