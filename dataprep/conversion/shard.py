"""What came of one shard of the input: counted as it passes, and handed on as one result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from dataprep import checks, shapes, targets
from dataprep.annotation import UNITS, Agreement, Agreements, UniqueIds
from dataprep.conversion.consensus import ConsensusCounts
from dataprep.conversion.journal import ConversionJournal
from dataprep.conversion.ledger import Ledger
from dataprep.conversion.settling import Outcomes
from dataprep.conversion.template_fields import TemplateFields
from dataprep.example import Record
from dataprep.finding import Drop, Finding, Severity
from dataprep.formats import ContentAccount
from dataprep.report import Counts

Votes = tuple[tuple[str, Any], ...]
"""The answers to one task, by annotator."""

CUT_OFF = "J011"
"""The rule that a file breaks off, so that it is not known what is missing."""

_STAGE_OF = {unit: f"{unit}s" for unit in UNITS}
"""The stage in which a unit of the parts of answers is counted."""

Tally = Agreement | Agreements
"""How far annotators agree, on one control or on several."""


@dataclass(slots=True)
class FileRead:
    """How reading a file went: `unread` is the code of the last error, `why` tells the shape.

    That a file is cut off (J011) stands above all errors behind it.
    """

    file: int
    records: int = 0
    unread: str = ""
    why: str = ""

    def then(self, later: FileRead) -> FileRead:
        """How reading went when a later part of the file is counted in."""
        why, unread = self.why or later.why, _graver(self.unread, later.unread)
        return FileRead(self.file, self.records + later.records, unread, why)


def _graver(before: str, later: str) -> str:
    return before if before == CUT_OFF else later or before


@dataclass(slots=True)
class ShardResult:
    """What came of a shard, beside its files: numbered frames, JSONL pieces, and a journal.

    `keys` are those of each frame, where the frames wait for all others to be divided, and `marks`
    what a mix must know of it.
    """

    read: list[FileRead] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    found: Counts = field(default_factory=Counts)
    disputed: int = 0
    frames: int = 0
    keys: list[pl.DataFrame] = field(default_factory=list)
    marks: list[pl.DataFrame] = field(default_factory=list)
    splits: Counter[str] = field(default_factory=Counter)
    strata: dict[str, Counter[str]] = field(default_factory=dict)
    duplicates: checks.Duplicates = field(default_factory=checks.Duplicates)
    written: dict[str, targets.Written] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    offsets: dict[str, Counter[str]] = field(default_factory=dict)
    unique_ids: dict[str, UniqueIds] = field(default_factory=dict)
    content: dict[str, ContentAccount] = field(default_factory=dict)
    consensus: ConsensusCounts = field(default_factory=ConsensusCounts)
    settled: Outcomes = field(default_factory=dict)
    fields: dict[str, Counter[str]] = field(default_factory=dict)
    named: dict[str, TemplateFields] = field(default_factory=dict)
    unmarked: Counter[str] = field(default_factory=Counter)
    """Tasks without a span that are left out for that, by file."""


@dataclass(frozen=True, slots=True)
class ShardRun:
    """Counts the records of one shard into its ShardResult, and writes its drops to the journal."""

    made: ShardResult
    journal: ConversionJournal
    alike: Counter[tuple[str, Votes]] = field(default_factory=Counter)

    def records(self, read: FileRead, items: Iterable[Record | Finding]) -> Iterator[Record]:
        """The records among what was read; what cannot be read is noted and dropped."""
        stage = self.made.ledger.stage("read", "record")
        for item in items:
            if isinstance(item, Record):
                read.records += 1
                stage.entered += 1
                stage.out += 1
                yield item
                continue
            self.journal.find(item)
            if item.severity is Severity.ERROR:
                read.unread = _graver(read.unread, item.code)
                stage.entered += 1
                stage.dropped[item.code] += 1
                self.journal.drop(Drop(unit="record", reason=item.code, place=item.place))

    def count_plain(self, tasks: int, annotations: int) -> None:
        """Count tasks that were read, and of each of which came an example of all it was given."""
        self.made.ledger.stage("read", "record").pass_on(tasks)
        self.made.ledger.stage("shape", "record").pass_on(tasks)
        self.made.ledger.stage("merge", "annotation").pass_on(annotations)

    def count_agreement(
        self, votes: Sequence[tuple[str, Any]], shape: shapes.Shape, file: str
    ) -> None:
        """Count a task on which all annotators agree."""
        if not isinstance(shape, shapes.TaskShape):
            return
        name, tally = self._tally(shape, file)
        if isinstance(tally, Agreement) and tally.kind == "nominal":
            self.alike[name, tuple(votes)] += 1
        else:
            tally.add("", votes)

    def _tally(self, shape: shapes.TaskShape, file: str) -> tuple[str, Tally]:
        """The count of what a shape learns of a file, with its name."""
        name = f"{file}: {shape.control.name}"
        tally = self.made.tallies.get(name)
        if tally is None:
            tally = self.made.tallies[name] = shape.tally()
        return name, tally

    def count_votes(
        self, shaped: shapes.Shaped, shape: shapes.Shape, record: Record, file: str
    ) -> None:
        """Count how far annotators agree in a file, and keep what they could not agree on."""
        place = record.place
        if (shaped.votes or shaped.questions) and isinstance(shape, shapes.TaskShape):
            name, tally = self._tally(shape, file)
            for control, said in shaped.questions:
                about = tally if isinstance(tally, Agreement) else tally.controls[control]
                about.add(str(place.task), said)
            if not shaped.votes:
                pass  # each label is a question of its own
            elif isinstance(tally, Agreement) and tally.kind == "nominal" and _alike(shaped.votes):
                self.alike[name, tuple(shaped.votes)] += 1
            elif isinstance(tally, Agreement):
                tally.add(str(place.task), shaped.votes)
            else:
                tally.add(str(place.task), shaped.votes, shaped.unasked)
        if shaped.disputed is not None:
            self.journal.dispute(shaped.disputed)

    def count_alike(self) -> None:
        """Count the tasks on which all agreed, those of the same people and answer together."""
        for (name, votes), times in self.alike.items():
            tally = self.made.tallies[name]
            if isinstance(tally, Agreement):
                tally.add("", votes, times)

    def take_offsets(self, name: str, shape: shapes.Shape) -> None:
        """Take over how the spans of a file were counted."""
        if isinstance(shape, shapes.TaskShape) and shape.look.offsets:
            counts = shape.look.offsets.counts
            self.made.offsets.setdefault(name, Counter()).update(counts)
            counts.clear()

    def count_unmarked(self, shaped: shapes.Shaped, shape: shapes.Shape, name: str) -> None:
        """Count a task of a file that is left out because nobody marked a span in it."""
        if isinstance(shape, shapes.TaskShape) and shape.kind.name == "spans":
            reasons = (drop.reason for drop in shaped.drops if drop.unit == "record")
            self.made.unmarked[name] += sum(reason == "submitted-empty" for reason in reasons)

    def take_content(self, name: str, shape: shapes.Shape) -> None:
        """Take over what became of the keys of the rows of a file."""
        if isinstance(shape, shapes.RowShape | shapes.TextShape) and shape.content.rows:
            account = self.made.content.setdefault(name, ContentAccount())
            account.merge(shape.content)
            shape.content = ContentAccount(shape.content.form)

    def count_shaped(self, shaped: shapes.Shaped, *, blocks: bool) -> None:
        """Note what a shape found and dropped, in records, annotations and blocks."""
        if shaped.findings or shaped.drops or blocks:
            self._count_all(shaped, blocks=blocks)
        else:
            self._count_plain(shaped)
        if shaped.parts is not None:
            self.count_parts(shaped.parts, shaped.drops)
        if shaped.borders is not None or shaped.truths:
            self.made.consensus.add(shaped)

    def _count_plain(self, shaped: shapes.Shaped) -> None:
        stage = self.made.ledger.stage("shape", "record")
        stage.entered += 1
        stage.out += 1 if shaped.examples else 0
        if shaped.annotations:
            stage = self.made.ledger.stage("merge", "annotation")
            stage.entered += shaped.annotations
            stage.out += shaped.merged

    def _count_all(self, shaped: shapes.Shaped, *, blocks: bool) -> None:
        for finding in shaped.findings:
            self.journal.find(finding)
        drops: dict[str, list[Drop]] = {}
        for drop in shaped.drops:
            drops.setdefault(drop.unit, []).append(drop)
        made = len(shaped.examples)
        self.count("shape", int(made > 0), drops.get("record", ()), "record", entered=1)
        if shaped.annotations:
            lost, merged = drops.get("annotation", ()), shaped.merged
            self.count("merge", merged, lost, "annotation", entered=shaped.annotations)
        lost = drops.get("block", ())
        if blocks or lost:
            self.count("blocks", made, lost, "block", entered=made + len(lost))

    def count_parts(self, parts: shapes.PartAccount, drops: Sequence[Drop]) -> None:
        """Note what became of regions, relations and choices; a merged one goes on as another."""
        for unit in UNITS:
            if number := parts.given.get(unit):
                stage = self.made.ledger.stage(_STAGE_OF[unit], unit)
                stage.entered += number
                stage.out += parts.kept.get(unit, 0)
        for (unit, reason), number in sorted(parts.dropped.items()):
            self.made.ledger.stage(_STAGE_OF[unit], unit).dropped[reason] += number
        for drop in drops:
            if drop.unit in UNITS:
                self.journal.drop(drop)

    def count(
        self, name: str, out: int, drops: Sequence[Drop], unit: str = "example", *, entered: int
    ) -> None:
        """Enter one step into the ledger, and its drops into the journal.

        `entered` is counted by itself, so that what was lost on the way would show.
        """
        stage = self.made.ledger.stage(name, unit)
        stage.out += out
        stage.entered += entered
        for drop in drops:
            stage.dropped[drop.reason] += 1
            self.journal.drop(drop)


def _alike(votes: Sequence[tuple[str, Any]]) -> bool:
    """Whether all annotators give one short answer."""
    _, answer = votes[0]
    if type(answer) is not tuple or len(answer) != 1:
        return False
    return all(other == answer for _, other in votes)
