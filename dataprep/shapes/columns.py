"""Rows of a table: columns become a pair through templates, or because their names say it."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding, UsageError, excerpt
from dataprep.formats.example_of import as_text, dropped, example
from dataprep.recipe import Source
from dataprep.templates import names_read

_KNOWN: tuple[tuple[str, str], ...] = (
    ("prompt", "completion"),
    ("question", "answer"),
    ("instruction", "output"),
    ("instruction", "response"),
    ("input", "output"),
    ("text", "label"),
)


class Columns(NamedTuple):
    """The columns that make a pair; `context` may stand under the prompt (Alpaca's input)."""

    prompt: str
    completion: str
    context: str | None = None

    def __str__(self) -> str:
        prompt = self.prompt + (f" (+ {self.context})" if self.context else "")
        return f"{prompt} → {self.completion}"


def shape(record: Record, source: Source, *, seed: int = 0) -> Iterator[Example | Drop | Finding]:
    """One example from the row; without a value in a column that is needed, a drop.

    Raises UsageError when templates are missing and no column is known by name.
    """
    row = record.value
    if not isinstance(row, dict):
        yield dropped(record, "not-an-object")
        return
    needed = set(_fields(source))
    columns = None
    if source.prompt is None or source.completion is None:
        columns = recognised(row, source) or _absent(row, source)
        if columns is None:
            raise unknown(row)
        needed |= {c for c in (_side(columns, source)) if c}
    missing = sorted(name for name in needed if row.get(name) is None)
    if missing:
        reason = "missing-column" if missing[0] not in row else "null-value"
        yield dropped(record, reason, missing[0])
        return
    pair = _pair(row, columns, source) if columns else ("", "")
    label = columns.completion if columns and columns.completion.casefold() == "label" else None
    yield example(record, source, "columns", pair, fields=row, data=row, label=label)


def recognised(row: Mapping[str, Any], source: Source) -> Columns | None:
    """The columns that make a pair: named by the recipe, else known by name in any case."""
    if source.text in row and source.label in row and source.text and source.label:
        return Columns(source.text, source.label)
    return _by_name(tuple(row))


@functools.lru_cache(maxsize=256)
def _by_name(names: tuple[str, ...]) -> Columns | None:
    known = {name.strip().casefold(): name for name in reversed(names)}
    for prompt, completion in _KNOWN:
        if prompt in known and completion in known:
            context = known.get("input") if prompt == "instruction" else None
            return Columns(known[prompt], known[completion], context)
    return None


def unknown(columns: Iterable[str]) -> UsageError:
    """The error for a table whose pair would have to be guessed."""
    names = [str(name) for name in columns]
    shown = ", ".join(excerpt(name) for name in names[:12]) + (", …" if len(names) > 12 else "")
    first, second = (*names, "question", "answer")[:2]
    remedy = (
        "Say it in the recipe, for example: "
        f'prompt: "{{{{ {excerpt(first)} }}}}" and completion: "{{{{ {excerpt(second)} }}}}".'
    )
    if "text" in names:
        remedy += " For the text alone, choose with --way: continuation, denoising, plain, chunks."
    return UsageError(f"no pair of columns is known by name among: {shown or 'none'}.", remedy)


def _absent(row: Mapping[str, Any], source: Source) -> Columns | None:
    """A row that lacks one column of a pair that its other names announce."""
    if source.text and source.label:
        return Columns(source.text, source.label)
    known = {name.strip().casefold(): name for name in row}
    for prompt, completion in _KNOWN:
        if prompt in known or completion in known:
            return Columns(known.get(prompt, prompt), known.get(completion, completion))
    return None


def _side(columns: Columns, source: Source) -> list[str]:
    """The columns that the recipe's templates leave to us."""
    prompt = [columns.prompt] if source.prompt is None else []
    return prompt + ([columns.completion] if source.completion is None else [])


def _pair(row: Mapping[str, Any], columns: Columns, source: Source) -> tuple[str, str]:
    prompt = as_text(row.get(columns.prompt, ""))
    context = row.get(columns.context) if columns.context else None
    if context is not None and (below := as_text(context)).strip():
        prompt += f"\n\n{below}"
    return prompt, as_text(row.get(columns.completion, ""))


def _fields(source: Source) -> frozenset[str]:
    templates = (source.prompt, source.completion, source.system)
    return frozenset().union(*(names_read(t) for t in templates if t))


def announce(row: Mapping[str, Any], source: Source) -> str:
    """Which columns make the pair, as the first row shows it.

    Raises UsageError when that would have to be guessed, or a template names no column of it.
    """
    absent = sorted(_fields(source) - row.keys())
    if absent:
        shown = ", ".join(excerpt(str(name)) for name in list(row)[:12]) or "none"
        words = f"a template of the recipe names the column {absent[0]!r}, and there is none."
        raise UsageError(words, f"The columns are: {shown}.")
    for name in (source.label, source.group):
        if name and name not in row:
            raise UsageError(f"there is no column {name!r}.", "See label and group in the recipe.")
    if source.prompt is not None and source.completion is not None:
        return f"{', '.join(sorted(_fields(source)))} through templates"
    columns = recognised(row, source)
    if columns is None:
        raise unknown(row)
    return str(columns)
