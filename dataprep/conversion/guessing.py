"""How a file may become examples where nothing says it: guesses, in an order, until one works.

`convert` asks instead. `init` writes a guess down, with what was guessed in a comment beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dataprep import shapes, sources
from dataprep.annotation import Task
from dataprep.conversion.nothing import often
from dataprep.conversion.table_instructions import instruction_for, translation_inside
from dataprep.example import Example, Record
from dataprep.finding import NothingToDo, Severity, UsageError
from dataprep.formats import (
    COLUMNS,
    format_of,
    likely_templates,
    sides_of,
    template_of,
    texts_in,
    variable,
)
from dataprep.formats.flags import with_filter
from dataprep.recipe import Source
from dataprep.shapes.choose import AS_ASKED
from dataprep.shapes.choose import ROWS as ROW_WAYS
from dataprep.shapes.shaped import Shaped

SHOWN = 2
"""Examples of a preview."""
_TRIED = 20
"""Rows that a guess is tried on."""
_DEPTH = 3

_WAYS = {
    "continuation": "guessed; or denoising (masked words), plain (read on), chunks (to annotate)",
    "plain": "guessed; the texts are too short to go on with, or to mask words",
}
"""The ways of a running text that says nothing of itself, in their order."""


TemplatePair = tuple[str, str]
"""The templates of what is asked and of what is answered."""

_Path = tuple[str, ...]


class Guess(NamedTuple):
    """How a file is read: `said` is beside each field that was guessed, `examples` are the first.

    `why` tells the shape, or why there is none yet.
    """

    source: Source
    why: str
    said: Mapping[str, str]
    examples: Sequence[Example]


class _Candidate(NamedTuple):
    fields: dict[str, Any]
    said: dict[str, str]


def guess(source: Source, file: sources.Input, first: Sequence[Record], base: Path) -> Guess:
    """The first reading of `first`, the beginning of a file, of which examples come.

    Where none gives any (an export that nobody has answered), the source as it is, and why.
    """
    refused = ""
    for fields, said in _candidates(source, file, first):
        tried = source.model_copy(update=fields)
        try:
            shape, why = shapes.shape_for(
                first,
                tried,
                base,
                0,
                config=file.config if file.export is not None else None,
            )
            made = [shape(record) for record in first[:_TRIED]]
        except (UsageError, NothingToDo) as error:
            refused = refused or error.message
            continue
        found = [example for one in made for example in one.examples]
        wrong = sum(any(f.severity is Severity.ERROR for f in one.findings) for one in made)
        if found and 2 * wrong <= len(made):
            if source.way is None:
                why = why.removesuffix(AS_ASKED)
            told = {name: words for name, words in said.items() if fields.get(name)}
            return Guess(tried, why, told, found[:SHOWN])
        refused = refused or next((f.message for one in made for f in one.findings), "")
        refused = refused or "; ".join(filter(None, (_dropped(made), why)))
    return Guess(source, refused, {}, [])


def _dropped(made: Iterable[Shaped]) -> str:
    """Why records gave no example: the most frequent reasons, each with its count."""
    drops = (sorted(one.drops, key=lambda drop: drop.unit != "record") for one in made)
    return often(Counter(each[0].reason for each in drops if each))


def _candidates(
    source: Source, file: sources.Input, first: Sequence[Record]
) -> Iterator[_Candidate]:
    rows = [record.labelled for record in first if isinstance(record.value, dict)]
    if isinstance(first[0].value, Task) or not rows:
        yield _Candidate({}, {})
        return
    yield from _with_instruction(source, file, rows)
    yield _Candidate({}, {})
    texts = [text for row in rows if isinstance(text := row.get(source.text or "text"), str)]
    if texts and template_of(texts) is not None:
        yield _Candidate({"way": "turns"}, {"way": "the text is in a chat template"})
    ways = _WAYS if source.way is None else {source.way: ""}
    if file.format not in sources.ROWS or source.text is not None:
        yield from (_Candidate({"way": way}, {"way": why}) for way, why in ways.items())
        return
    columns = list(dict.fromkeys(key for row in rows for key in row))
    if source.way is not None and source.way not in ROW_WAYS:
        yield from _of_a_text(rows, columns, ways)
        return
    for asked, answered in _sides(source, rows, columns):
        said = {n: "guessed" for n in ("prompt", "completion") if getattr(source, n) is None}
        whole = note = ""
        if source.prompt is None and source.completion is None:
            read, answer = ([n for n in columns if _reads((t,), n)] for t in (asked, answered))
            if inside := translation_inside(asked, answered):
                whole = inside
            elif answer:
                whole, note = instruction_for(read, answer[0], rows, file)
            said["prompt"] = _guessed(note)
        prompt = f"{whole}\n\n{asked}" if whole else asked
        completion = source.completion or _as_json_has_it(answered, rows, columns)
        fields = {"prompt": source.prompt or prompt, "completion": completion}
        yield _Candidate(fields, said)
        others = [name for name in columns if not _reads(fields.values(), name)]
        more: dict[str, Any] = {**fields, "leave_out": others}
        yield _Candidate(more, {**said, "leave_out": "or carry"})
    yield from _of_a_text(rows, columns, _WAYS)


def _as_json_has_it(template: str, rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> str:
    """The template of one column, which says true and false where that is what the rows hold."""
    for name in columns:
        if template == variable(name, columns) and any(isinstance(r.get(name), bool) for r in rows):
            return with_filter(template, "tojson")
    return template


def _of_a_text(
    rows: Sequence[dict[str, Any]], columns: Sequence[str], ways: Mapping[Any, str]
) -> Iterator[_Candidate]:
    """One column of texts by each of some ways, without the others."""
    for name in texts_in(rows):
        others = [other for other in columns if other != name]
        for way, why in ways.items():
            told = {"text": "guessed", "leave_out": "or carry"} | ({"way": why} if why else {})
            yield _Candidate({"text": name, "way": way, "leave_out": others}, told)


def _with_instruction(
    source: Source, file: sources.Input, rows: Sequence[dict[str, Any]]
) -> Iterator[_Candidate]:
    """A pair of columns that is known by its names, and what a person would have asked for."""
    own = (source.prompt, source.completion, source.way, source.task)
    sides = None if any(own) or file.format not in sources.ROWS else _known_sides(source, rows)
    if sides is None:
        return
    named = source.label is not None
    whole, note = instruction_for([sides[0]], sides[1], rows, file, is_class=named)
    if whole:
        prompt = f"{whole}\n\n{variable(sides[0], rows[0])}"
        yield _Candidate({"prompt": prompt}, {"prompt": _guessed(note)})


def _known_sides(source: Source, rows: Sequence[dict[str, Any]]) -> tuple[str, str] | None:
    """The columns that are asked and answered: those that are named, or that names tell.

    None where more than those two makes the prompt.
    """
    if source.text is not None:
        return None if source.label is None else (source.text, source.label)
    sides = sides_of(rows[0])
    if sides is None or format_of(rows) is not COLUMNS:
        return None
    more = sides.above or sides.below or sides.options or sides.history
    return None if more else (sides.asked, sides.answered)


def _guessed(note: str) -> str:
    return f"guessed; {note}" if note else "guessed"


def _sides(
    source: Source, rows: Sequence[dict[str, Any]], columns: Sequence[str]
) -> Iterator[TemplatePair]:
    """What may be asked and answered, as templates: by names, by texts, and at last by order."""
    if (likely := likely_templates(rows)) is not None:
        yield likely
    held = [dict(_leaves(row)) for row in rows]
    if (likely := _likely_inside(held, columns)) is not None:
        yield likely
    values = {path: value for row in held for path, value in row.items()}
    every = {path: _read(path, value, columns) for path, value in values.items()}
    texts = [every[path] for path, value in values.items() if isinstance(value, str)]
    of_words = set(texts_in(rows))
    wordy = [every[p] for p, v in values.items() if isinstance(v, str) and p[0] in of_words]
    others = [one for one in every.values() if one not in wordy]
    if len(wordy) > 1:
        yield wordy[0], wordy[-1]
    if wordy and others:
        yield wordy[0], others[-1]
    if len(texts) > 1:
        yield texts[0], texts[-1]
    if len(every) > 1:
        *asked, answered = every.values()
        yield "\n".join(asked), answered


def _likely_inside(held: Sequence[dict[_Path, Any]], columns: Sequence[str]) -> TemplatePair | None:
    """What is likely by the last names of values that lie in the depth of rows."""
    names = Counter(path[-1] for path in {path: None for row in held for path in row})
    plain = [{path[-1]: v for path, v in row.items() if names[path[-1]] == 1} for row in held]
    if (likely := likely_templates(plain)) is None:
        return None
    asked, answered = likely
    for path, value in {path: value for row in held for path, value in row.items()}.items():
        last, whole = variable(path[-1]), _read(path, value, columns)
        asked, answered = asked.replace(last, whole), answered.replace(last, whole)
    return asked, answered


def _leaves(row: Mapping[str, Any], above: _Path = ()) -> Iterator[tuple[_Path, Any]]:
    """Each value in the depth of a row, with the keys that lead to it."""
    for key, value in row.items():
        path = (*above, key)
        if isinstance(value, dict) and value and len(path) < _DEPTH:
            yield from _leaves(value, path)
        elif value is not None:
            yield path, value


def _read(path: _Path, value: Any, columns: Sequence[str]) -> str:
    """A value as a template reads it; what is no plain value as its JSON."""
    name = variable(path[0], columns)
    inner = "".join(f".{key}" if key.isidentifier() else f"[{key!r}]" for key in path[1:])
    as_json = " | tojson" if isinstance(value, list | dict) else ""
    return f"{name.removesuffix(' }}')}{inner}{as_json} }}}}"


def _reads(templates: Iterable[str], name: str) -> bool:
    """Whether a column is read by one of the templates."""
    read = variable(name).removeprefix("{{ ").removesuffix(" }}")
    return any(read in template for template in templates)
