"""The way `turns`: texts that are already in a chat template, split into the turns they hold."""

from __future__ import annotations

from collections.abc import Iterator

from dataprep.example import Example, Record, content_id
from dataprep.finding import Drop, Finding, excerpt
from dataprep.formats import chat, dropped, templated
from dataprep.formats.example_of import canonical, named
from dataprep.recipe import Source
from dataprep.shapes.running_text import Running, running


def shape(record: Record, source: Source, *, seed: int = 0) -> Iterator[Example | Drop | Finding]:
    """One example with the turns of the text; a text in no template is a drop.

    What is asked behind the last answer is dropped by itself.
    """
    inside = running(record, source)
    if not isinstance(inside, Running):
        yield inside
        return
    told = templated.split(inside.text)
    if told is None:
        yield dropped(record, "no-template")
        return
    name, turns = told
    answer = chat.last_answer(turns)
    for left in turns[answer + 1 :]:
        detail = excerpt(left["content"])
        yield Drop(unit="block", reason="no-answer", place=record.place, detail=detail)
    turns = turns[: answer + 1]
    asked = next((t for t in reversed(turns[:answer]) if t["role"] == "user"), None)
    first = turns[0]
    yield Example(
        id=content_id("turns", canonical(turns)),
        file=record.place.file,
        line=record.place.line,
        shape="messages",
        input=asked["content"] if asked else "",
        output=turns[answer]["content"],
        system=first["content"] if first["role"] == "system" else None,
        label=named(record.value, source.label),
        group=named(record.value, source.group),
        data=canonical({"template": name}),
        turns=list(map(chat.turn, turns)),
    )
