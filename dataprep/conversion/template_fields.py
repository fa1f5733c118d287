"""The fields that the templates of a source name, and that no row of it has: said at the end."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import getitem
from typing import Any

from dataprep import sensitive, sources
from dataprep.annotation import Task
from dataprep.example import Record
from dataprep.finding import excerpt
from dataprep.formats.flags import ANSWERED, ASKED, OURS
from dataprep.recipe import Source
from dataprep.sources.given_templates import OF_ANY_TASK
from dataprep.templates import GLOBALS, FieldPath, first_missing, paths_read

_KNOWN, _LONGEST = 200, 60
"""Fields that are kept beside a missing one to name the nearest, and characters of one."""

_SHOWN = 8
_NO_FIELDS = GLOBALS.union(("self", "loop", "caller", "super"))
"""Names that the language of templates gives by itself."""

_METHODS = frozenset(dir(dict))

_FLAGS = ("prompt", "completion", "system", "approved")


@dataclass(slots=True)
class TemplateFields:
    """The paths of the templates that no record has had yet, and what there is in their place.

    `known` are the fields beside a missing one, by the path of what holds them.
    """

    missing: frozenset[FieldPath] = frozenset()
    known: dict[FieldPath, dict[str, None]] = field(default_factory=dict)
    records: int = 0

    def fill(self, record: Record) -> None:
        """Take note of what a record has."""
        self.records += 1
        if not self.missing:
            return
        fields = _fields_of(record.value)
        left: list[FieldPath] = []
        for path in self.missing:
            inside = _inside(path, record.value, fields)
            if (missing := first_missing(fields, inside)) is not None:
                left.append(path)
                within = path[: len(path) - len(inside) + len(missing) - 1]
                self._know(within, reduce(getitem, missing[:-1], fields))
        if len(left) < len(self.missing):
            self.missing = frozenset(left)

    def _know(self, within: FieldPath, held: Mapping[str, Any] | None) -> None:
        """Keep the names of the fields that stand where one is missing."""
        known = self.known.setdefault(within, {})
        for name in held or ():
            if len(known) >= _KNOWN:
                break
            if len(name) <= _LONGEST:
                known[name] = None

    def merge(self, later: TemplateFields) -> None:
        """Count in what later records have; either may have seen none."""
        if later.records:
            self.missing = self.missing & later.missing if self.records else later.missing
        self.records += later.records
        for path, names in later.known.items():
            known = self.known.setdefault(path, {})
            for name in list(names)[: _KNOWN - len(known)]:
                known[name] = None


def named_in(source: Source) -> TemplateFields:
    """The fields that the templates of a source name, none of which has been seen."""
    return TemplateFields(frozenset(path for path, _ in _named(source)))


def notes_on_templates(
    inputs: Sequence[tuple[Source, sources.Input]], seen: Mapping[str, TemplateFields]
) -> Iterator[str]:
    """A note on each field that the templates of a source name, and no record of its files has."""
    by_templates: dict[tuple[str | None, ...], tuple[Source, list[str], TemplateFields]] = {}
    for source, file in inputs:
        key = tuple(getattr(source, flag) for flag in _FLAGS)
        _, files, total = by_templates.setdefault(key, (source, [], TemplateFields()))
        files.append(file.name)
        total.merge(seen.get(file.name, TemplateFields()))
    for source, files, total in by_templates.values():
        flags = dict(_named(source))
        more = f" and {len(files) - 1:,} more" if len(files) > 1 else ""
        said = (_said(path, flags[path], total) for path in sorted(total.missing))
        yield from (f"{files[0]}{more}: {words}" for words in dict.fromkeys(said))


def _said(path: FieldPath, flag: str, seen: TemplateFields) -> str:
    """That nothing has a field, with the nearest of those that there are."""
    within = next((p for n in range(len(path), -1, -1) if (p := path[:n]) in seen.known), ())
    known = [n for n in seen.known.get(within, {}) if not any(sensitive.matches(n))]
    name = path[len(within)]
    words = f"no row has {excerpt('.'.join((*within, name)))}, which --{flag} reads"
    if near := difflib.get_close_matches(name, known, n=1):
        words += f"; did you mean {excerpt(near[0])}?"
    shown = ", ".join(map(excerpt, sorted(known)[:_SHOWN])) or "none"
    more = ", …" if len(known) > _SHOWN else ""
    return f"{words}{'' if near else '.'} There are: {shown}{more}"


def _named(source: Source) -> Iterator[tuple[FieldPath, str]]:
    """The paths that templates read, each with the last flag that gives one."""
    for flag in _FLAGS:
        template = getattr(source, flag)
        for path in paths_read(template) if template else ():
            if path[0] not in _NO_FIELDS and not _METHODS.intersection(path[1:]):
                yield path, flag


def _fields_of(value: Any) -> Mapping[str, Any]:
    """The fields of a record: its row, or the data of its task."""
    held = value.data if isinstance(value, Task) else value
    return held if isinstance(held, Mapping) else {}


def _inside(path: FieldPath, value: Any, fields: Mapping[str, Any]) -> FieldPath:
    """The path in the fields of a record; empty for what is there whatever they are."""
    first, *rest = path
    if first in fields:
        return path
    if isinstance(value, Task):
        return tuple(rest) if first == "data" else () if first in OF_ANY_TASK else path
    if first in OURS:
        return tuple(rest)
    return () if first in (*ASKED, *ANSWERED) else path
