"""Accounts for every annotation of what a recipe names as settled: used, or why it was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from dataprep import sources
from dataprep.conversion.journal import ConversionJournal
from dataprep.conversion.ledger import Stage
from dataprep.conversion.settled import SettledCounts, SettledOutcome, SettledTable, write_settled
from dataprep.finding import Drop, Finding, Severity, UsageError, excerpt
from dataprep.recipe import Recipe, Source
from dataprep.rules import CATALOGUE, Grain

STAGE, UNIT = "settle", "annotation"
_SHOWN = 3


@dataclass(slots=True)
class _SettledFile:
    """One settled file or folder: its table, what was read, and the drops so far by reason.

    `empty` are the exports in it that hold no task: nothing is settled there yet.
    """

    name: str
    table: Path
    empty: tuple[str, ...] = ()
    counts: SettledCounts = field(default_factory=SettledCounts)
    dropped: Counter[str] = field(default_factory=Counter)
    shown: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class SettledAccount:
    """Reads what a recipe names as settled, and accounts for every annotation of it."""

    journal: ConversionJournal
    files: list[_SettledFile] = field(default_factory=list)
    inputs: list[sources.Input] = field(default_factory=list)

    def read(
        self, recipe: Recipe, base: Path, folder: Path, given: Sequence[sources.Input]
    ) -> None:
        """Write a table into the folder for each; `given` are the inputs of the run.

        Raises UsageError for what is no export, and for an input of the run.
        """
        for name in dict.fromkeys(s.settled for s in recipe.sources if s.settled):
            those = [s for s in recipe.sources if s.settled == name]
            # The form, the labeling config and the names are those of the source that it settles.
            source = Source(path=name, label_config=those[0].label_config)
            inputs = sources.files(source, base)
            empty = [one for one in inputs if sources.holds_no_task(one.path, one.name)]
            held = [one for one in inputs if one not in empty]
            _check(held, name, given)
            broken: list[Finding] = []
            table = folder / f".settled-{len(self.files)}.sqlite"
            file = _SettledFile(name, table, tuple(one.name for one in empty))
            file.counts = write_settled(
                (item for one in held for item in sources.read(one)),
                file.table,
                empty_settles=any(s.empty == "negative" for s in those),
                find=broken.append,
                drop=partial(self._drop, file),
            )
            for finding in broken:
                self.journal.find(finding)
                whole = CATALOGUE[finding.code].grain is Grain.FILE or not file.counts.tasks
                self.journal.fatal |= whole and finding.severity is Severity.ERROR
            self.files.append(file)
            self.inputs += inputs

    def tables(self) -> dict[str, Path]:
        """The tables by the path that the recipe gives."""
        return {file.name: file.table for file in self.files}

    def close(
        self, outcomes: Mapping[str, Mapping[int, SettledOutcome]], stage: Stage
    ) -> list[str]:
        """Account for what was not used, and remove the tables; what came of each, in words."""
        notes: list[str] = []
        for file in self.files:
            mine = outcomes.get(file.name, {})
            table = SettledTable(file.table, frozenset())
            for number, place in table.places():
                if (outcome := mine.get(number, "no-task")) != "used":
                    self._drop(file, Drop(unit=UNIT, reason=outcome, place=place))
            table.close()
            file.table.unlink()
            stage.entered += file.counts.annotations
            stage.out += sum(outcome == "used" for outcome in mine.values())
            stage.dropped += file.dropped
            notes += _notes(file, sum(outcome == "used" for outcome in mine.values()))
        return notes

    def _drop(self, file: _SettledFile, drop: Drop) -> None:
        file.dropped[drop.reason] += 1
        shown = file.shown.setdefault(drop.reason, [])
        task = str(drop.place.task)
        if len(shown) < _SHOWN and task not in shown:
            shown.append(task)
        self.journal.drop(drop)


def _check(inputs: Iterable[sources.Input], name: str, given: Sequence[sources.Input]) -> None:
    learned = {one.path.resolve() for one in given}
    for one in inputs:
        if one.format != "label-studio":
            raise UsageError(
                f"{one.name} is no export of Label Studio, so nothing in it is settled.",
                "Export the project of the adjudicator as JSON, or take it down with pull.",
            )
        if one.path.resolve() in learned:
            raise UsageError(
                f"{name} is the input itself, so it settles nothing.",
                "Pass the export of the project in which adjudication.json was answered.",
            )


_REASONS = {
    "skipped": "skipped, so nothing is settled",
    "submitted-empty": "empty, so nothing is settled",
    "not-chosen": "settled again by a newer annotation, which counts",
    "no-task": "not used, since the task is not in the input",
    "annotators-own": "not used, since it is what an annotator of the task itself said",
    "invalid": "not used, since it has errors",
    "other-data": "not used, since the data of the task is another now",
    "not-learned": "not used, since no control that is learned is answered",
}
"""What is said of an annotation that settles nothing, by its reason."""


def _notes(file: _SettledFile, used: int) -> Iterator[str]:
    yield f"{file.name}: disputes settled: {used:,}"
    for name in file.empty:
        yield f"{name}: holds no task, so nothing is settled there yet"
    if file.counts.waiting:
        yield f"{file.name}: waiting for an adjudicator: {file.counts.waiting:,}"
    if file.counts.unmarked:
        said = "matched by equal data, since the server kept no meta"
        yield f"{file.name}: {said}: {file.counts.unmarked:,}"
    for reason, said in _REASONS.items():
        if number := file.dropped[reason]:
            tasks = ", ".join(map(excerpt, file.shown[reason]))
            more = " ..." if number > len(file.shown[reason]) else ""
            yield f"{file.name}: {said}: {number:,} (task {tasks}{more})"
