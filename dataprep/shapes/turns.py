"""The way `turns`: texts that are already in a chat template, split into the turns they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from dataprep.example import Example, Record, content_id
from dataprep.finding import Drop, Finding, excerpt
from dataprep.formats import Row, chat, dropped, templated
from dataprep.formats.called_in_text import calls_from_text
from dataprep.formats.cells import set_aside
from dataprep.formats.example_of import canonical, named, render
from dataprep.formats.meanings import Meaning, meaning_of
from dataprep.formats.templating import columns_read
from dataprep.recipe import Source
from dataprep.rules import found
from dataprep.shapes.running_text import Running, no_templates, running


def shape(record: Record, source: Source, *, seed: int = 0) -> Iterator[Example | Drop | Finding]:
    """One example with the turns of the text; a text in no template is a drop.

    What is asked behind the last answer is dropped by itself. A system column is the system
    message, or what the template of the recipe makes of the row. Calls that stand as text before
    their results are calls.
    """
    no_templates(source, "turns", but="system")
    inside = running(record, source)
    if not isinstance(inside, Running):
        yield inside
        return
    told = templated.split(inside.text, opened=True)
    if told is None:
        yield dropped(record, "no-template")
        return
    name, turns = told
    if not _begin(turns, record, source):
        words = "the text has a system message, and the row another one beside it"
        yield found("S004", words, record.place, remedy=_one_of_them(record, source))
        yield dropped(record, "S004")
        return
    for _fault in calls_from_text({"messages": turns}):
        pass
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
        output=chat.text_of(turns[answer]),
        system=first["content"] if first["role"] == "system" else None,
        label=named(record.value, source.label),
        group=named(record.value, source.group),
        data=canonical({"template": name}),
        turns=list(map(chat.turn, turns)),
    )


_OF_GLAIVE = "SYSTEM: "
"""The mark of a system column in rows whose other column has marks too."""


def _one_of_them(record: Record, source: Source) -> str:
    if source.system is not None:
        return "Leave out --system."
    return set_aside(next(iter(system_columns(record.value, source))))


def system_columns(row: Mapping[str, Any], source: Source) -> frozenset[str]:
    """The column that is the system message of the turns, or those that the recipe makes it of."""
    if source.system is not None:
        named, reads_all = columns_read(source.system, frozenset(row))
        return frozenset(row) if reads_all else named
    aside = {*source.carry, *source.leave_out, source.text}
    found = (
        key
        for key, value in row.items()
        if meaning_of(key) is Meaning.SYSTEM and isinstance(value, str) and key not in aside
    )
    return frozenset(islice(found, 1))


def _begin(turns: list[Row], record: Record, source: Source) -> bool:
    """Put the system message of the row before its turns; False where they have another one."""
    row = record.value if isinstance(record.value, dict) else {}
    if source.system is not None:
        said = render(source.system, row, "system")
    else:
        said = "".join(row[column] for column in system_columns(row, source))
    said = said.strip().removeprefix(_OF_GLAIVE)
    if not said.strip():
        return True
    if turns[0]["role"] == "system":
        return bool(turns[0]["content"].strip() == said.strip())
    turns.insert(0, {"role": "system", "content": said.strip()})
    return True
