"""The fields of a source by which its examples are divided: group, strata, and a given split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dataprep import shapes, sources
from dataprep.annotation import Task
from dataprep.example import Record
from dataprep.finding import Drop, UsageError, excerpt
from dataprep.formats import BY_FILE, split_of, split_of_file
from dataprep.formats.example_of import named
from dataprep.recipe import Source
from dataprep.rules import found

Inputs = Sequence[tuple[Source, sources.Input]]

_WITHOUT = {
    "group": "each of them stands by itself",
    "strata": "they are of no stratum",
    "split-by": "their hash says their split",
}
"""What becomes of rows without a value in the field, by the flag that names it."""


def fields_of(source: Source) -> dict[str, str]:
    """The fields that a source names, by the flags of the command line."""
    by = None if source.split_by == BY_FILE else source.split_by
    fields = {"group": source.group, "strata": source.strata, "split-by": by}
    return {flag: name for flag, name in fields.items() if name}


class DividingFields:
    """Sets group, stratum and split of the examples of one file, and counts who has them."""

    def __init__(self, source: Source, file: sources.Input) -> None:
        self._fields = fields_of(source)
        by_file = source.split_by == BY_FILE
        self._given = split_of_file(file.name) if by_file else file.split or None
        self.counts: Counter[str] = Counter()
        """Records with examples (`""`), and those among them with a value, by flag."""

    def fill(self, shaped: shapes.Shaped, record: Record) -> None:
        """Fill what the fields of a record say into its examples; S001 for an unknown split."""
        if self._given is not None:
            for example in shaped.examples:
                example.split = self._given
        if not self._fields or not shaped.examples:
            return
        self.counts[""] += 1
        row = _row_of(record.value)
        values = {flag: _value(row, name) for flag, name in self._fields.items()}
        for flag, value in values.items():
            self.counts[flag] += value is not None
        for example in shaped.examples:
            if "group" in values:
                example.group = values["group"]
            if values.get("strata") is not None:
                example.label = values["strata"]
        if (split := values.get("split-by")) is not None:
            self._split(shaped, record, split)

    def _split(self, shaped: shapes.Shaped, record: Record, value: str) -> None:
        name = self._fields["split-by"]
        split = split_of(name, value)
        for example in shaped.examples:
            example.split = split
        if split is None:
            words = (
                f"{excerpt(name)} is {excerpt(value)!r}, which names no train, validation or test"
            )
            shaped.findings.append(found("S001", words, record.place))
            shaped.drops.append(Drop(unit="record", reason="S001", place=record.place))
            shaped.examples = []


def check_split_names(inputs: Inputs) -> None:
    """Raise UsageError for a file that should say its split by its name, and says none."""
    for source, file in inputs:
        if source.split_by == BY_FILE and split_of_file(file.name) is None:
            raise UsageError(
                f"The name of {file.name} says no split, and --split-by is file.",
                "Call it train, validation or test, or convert it by itself.",
            )


def notes_on_fields(inputs: Inputs, counts: Mapping[str, Counter[str]]) -> Iterator[str]:
    """A note on each file in which some rows lack a field.

    Raises UsageError for a field that no row of any file has: what was asked would not be done.
    """
    totals: Counter[tuple[str, str]] = Counter()
    for source, file in inputs:
        for flag, name in fields_of(source).items():
            totals[flag, name] += counts.get(file.name, Counter())[flag]
    for source, file in inputs:
        held = counts.get(file.name, Counter())
        for flag, name in fields_of(source).items():
            if held[""] and not totals[flag, name]:
                raise UsageError(
                    f"no row of {file.name} has a value in {excerpt(name)}, which --{flag} names.",
                    "Name another field, or leave the flag out.",
                )
            if lacking := held[""] - held[flag]:
                said = f"{lacking:,} of {held['']:,} rows have no {excerpt(name)} (--{flag})"
                yield f"{file.name}: {said}: {_WITHOUT[flag]}"


def notes_on_names(inputs: Inputs, *, anew: bool = False) -> Iterator[str]:
    """A note on the splits that a folder gives, and where the names of files say some.

    `anew` says that the user will have none of them.
    """
    given = dict.fromkeys((source.path, file.split) for source, file in inputs if file.split)
    for path in dict.fromkeys(path for path, _ in given) if not anew else ():
        names = ", ".join(sorted(split for of, split in given if of == path))
        yield f"{path}: its splits are kept ({names}); to divide it anew: --splits-from none"
    files = {
        split: file.name
        for source, file in inputs
        if source.split_by is None and not file.split
        if (split := split_of_file(file.name)) is not None
    }
    if len(files) > 1:
        names = ", ".join(excerpt(name) for name in files.values())
        yield f"{names} are named like splits, and were split anew; to keep them: --split-by file"


def _row_of(value: Any) -> Mapping[str, Any]:
    """The fields of a record: its row, or the data of its task."""
    held = value.data if isinstance(value, Task) else value
    return held if isinstance(held, Mapping) else {}


def _value(row: Mapping[str, Any], name: str) -> str | None:
    """The value as text; an empty cell is none."""
    return named(row, name) or None
