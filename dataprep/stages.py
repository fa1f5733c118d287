"""What is done with one share of the input: read, shape, check, split, and write its pieces.

A share is the unit of work of `workers`: it knows nothing of the shares before it, so it may be
worked on in any process. Grouped rows are the exception, and keep to one process.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from dataprep import checks, shapes, sources, store, targets
from dataprep.annotation import Agreement, Agreements, Task, UniqueIds
from dataprep.contracts import Contract, from_file
from dataprep.example import Batch, Example, Record, batches
from dataprep.finding import Drop, Finding, Severity
from dataprep.journal import Journal
from dataprep.ledger import Ledger
from dataprep.recipe import Recipe, Source
from dataprep.report import Counts
from dataprep.splits import Splitter

Parts = tuple[sources.Part | None, ...]
"""The parts of a file; None is the whole of it."""

Tally = Agreement | Agreements
"""How far annotators agree, on one control or on several."""

Progress = Callable[[str, int, int], None]
"""Called with a stage, what is done, and what there is in all (bytes or examples)."""


def silent(*_: object) -> None:
    """No progress is shown."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is the same for every share; `inputs` are the files in their order, and their parts."""

    recipe: Recipe
    base: Path
    inputs: tuple[tuple[Source, sources.Input, Parts], ...]


@dataclass(frozen=True, slots=True)
class Share:
    """Some input, as (number of the file, part of it), and the folder for what comes of it."""

    parts: tuple[tuple[int, sources.Part | None], ...]
    folder: Path


@dataclass(slots=True)
class Read:
    """How reading a file went: `unread` is the code of the last error, `why` tells the shape."""

    file: int
    records: int = 0
    unread: str = ""
    why: str = ""

    def then(self, later: Read) -> Read:
        """How reading went when a later part of the file is counted in."""
        why, unread = self.why or later.why, later.unread or self.unread
        return Read(self.file, self.records + later.records, unread, why)


@dataclass(slots=True)
class Made:
    """What came of a share, beside its files: numbered frames, JSONL pieces, and a journal."""

    read: list[Read] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    found: Counts = field(default_factory=Counts)
    disputed: int = 0
    frames: int = 0
    splits: Counter[str] = field(default_factory=Counter)
    strata: dict[str, Counter[str]] = field(default_factory=dict)
    duplicates: checks.Duplicates = field(default_factory=checks.Duplicates)
    written: dict[str, targets.Written] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    offsets: dict[str, Counter[str]] = field(default_factory=dict)
    unique_ids: dict[str, UniqueIds] = field(default_factory=dict)


class Stages:
    """The stages in their order; made once in every process that works."""

    def __init__(self, job: Job, progress: Progress = silent) -> None:
        recipe = job.recipe
        self._job = job
        self._progress = progress
        self._selection = checks.Selection(recipe.checks.select, recipe.checks.ignore)
        self._contract: Contract | None = None
        if recipe.checks.completion_schema:
            self._contract = from_file(job.base / recipe.checks.completion_schema)
        shares = recipe.splits
        self._splitter = Splitter(
            (shares.train, shares.validation, shares.test), recipe.seed, grouped=grouped(recipe)
        )
        self._writers = targets.writers(recipe.wanted, job.base)
        self._shape: tuple[int, shapes.Shape, str] = (-1, _shapeless, "")

    def __call__(self, share: Share) -> Made:
        """Work on one share; its files lie in its folder afterwards."""
        share.folder.mkdir()
        splitter = self._splitter
        splitter.counts, splitter.strata = Counter(), {}
        made = Made(written={name: targets.Written() for name in self._writers})
        with Journal(share.folder, self._selection) as journal, _uncollected():
            one = _One(made, journal)
            shaped = chain.from_iterable(self._shaped(one, n, part) for n, part in share.parts)
            for batch in batches(shaped):
                self._finish(one, batch, share.folder)
        made.found, made.disputed = journal.counts, journal.disputed
        made.splits, made.strata = splitter.counts, splitter.strata
        return made

    def _finish(self, one: _One, batch: Batch, folder: Path) -> None:
        """Check, split and write one batch."""
        made = one.made
        checked = self._checked(one, batch)
        batch, leaks = self._splitter.assign(checked)
        one.count("split", len(batch), leaks, entered=len(checked))
        if not len(batch):
            return
        made.duplicates.add_examples(batch)
        store.write_parquet(batch.examples, folder / f"examples-{made.frames}.parquet")
        store.write_parquet(batch.turns, folder / f"turns-{made.frames}.parquet")
        made.frames += 1
        for name, writer in self._writers.items():
            writer.append(folder / name, batch.rows(), made.written[name])

    def _checked(self, one: _One, batch: Batch) -> Batch:
        """The batch without the examples that break a rule of severity error."""
        entered = len(batch)
        worst: dict[str, str] = {}
        for finding in checks.check_examples(batch, self._contract):
            if one.journal.find(finding) and finding.severity is Severity.ERROR:
                worst.setdefault(finding.example, finding.code)
        drops: list[Drop] = []
        if worst:
            broken = batch.examples["id"].is_in(list(worst))
            drops = [
                Drop(unit="example", reason=worst[example.id], place=example.place)
                for example in batch.keep(broken).rows()
            ]
            batch = batch.keep(~broken)
        one.count("check", len(batch), drops, entered=entered)
        return batch

    def _shaped(self, one: _One, number: int, part: sources.Part | None) -> Iterator[Example]:
        """The examples of one file, or of a part of it, in its order."""
        _, file, _ = self._job.inputs[number]
        size = max(file.path.stat().st_size, 1)
        read = Read(number)
        one.made.read.append(read)
        records = one.records(read, sources.read(file, part))
        if self._shape[0] != number:
            begins = part is None or part.first == 0
            first = list(islice(records, shapes.LOOKED_AT)) if begins else self._beginning(number)
            records = chain(first, records) if begins else records
            self._look(number, first)
        _, shape, read.why = self._shape
        running = file.format in _RUNNING_TEXT
        unique_ids = one.made.unique_ids.setdefault(file.name, UniqueIds())
        for at, record in enumerate(records):
            if at % 256 == 0:
                self._progress("reading " + file.name, min(record.offset, size), size)
            if isinstance(record.value, Task):
                unique_ids.add(record.value)
            shaped = shape(record)
            one.count_shaped(shaped, blocks=running)
            if shaped.votes:
                one.count_votes(shaped, shape, record)
            yield from shaped.examples
        one.take_offsets(file.name, shape)
        self._progress("reading " + file.name, size if part is None else part.end, size)

    def _look(self, number: int, first: list[Record]) -> None:
        """Tell the shape of a file from its beginning; without a record there is nothing to do."""
        source, file, _ = self._job.inputs[number]
        if first:
            shape, why = shapes.shape_for(first, source, self._job.base, self._job.recipe.seed)
            self._shape = (number, shape, f"{file.name}: {why}")
        else:
            self._shape = (-1, _shapeless, "")

    def _beginning(self, number: int) -> list[Record]:
        """The first records of a file, from the first part that has any."""
        _, file, parts = self._job.inputs[number]
        for part in parts:
            records = (item for item in sources.read(file, part) if isinstance(item, Record))
            if first := list(islice(records, shapes.LOOKED_AT)):
                return first
        return []


@dataclass(frozen=True, slots=True)
class _One:
    """One share at work: what is made of it, counted and noted."""

    made: Made
    journal: Journal

    def records(self, read: Read, items: Iterable[Record | Finding]) -> Iterator[Record]:
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
                read.unread = item.code
                stage.entered += 1
                stage.dropped[item.code] += 1
                self.journal.drop(Drop(unit="record", reason=item.code, place=item.place))

    def count_votes(self, shaped: shapes.Shaped, shape: shapes.Shape, record: Record) -> None:
        """Count how far annotators agree, and keep what they could not agree on."""
        place = record.place
        if shaped.votes and isinstance(shape, shapes.TaskShape):
            name = f"{place.file}: {shape.control.name}"
            if name not in self.made.tallies:
                self.made.tallies[name] = shape.tally()
            self.made.tallies[name].add(str(place.task), shaped.votes)
        if shaped.disputed is not None:
            self.journal.dispute(shaped.disputed)

    def take_offsets(self, name: str, shape: shapes.Shape) -> None:
        """Take over how the spans of a file were counted."""
        if isinstance(shape, shapes.TaskShape) and shape.look.offsets:
            counts = shape.look.offsets.counts
            self.made.offsets.setdefault(name, Counter()).update(counts)
            counts.clear()

    def count_shaped(self, shaped: shapes.Shaped, *, blocks: bool) -> None:
        """Note what a shape found and dropped, in records, annotations and blocks."""
        if shaped.findings or shaped.drops or blocks:
            self._count_all(shaped, blocks=blocks)
            return
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
        if blocks:
            lost = drops.get("block", ())
            self.count("blocks", made, lost, "block", entered=made + len(lost))

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


def grouped(recipe: Recipe) -> bool:
    """Whether the split of a row depends on rows before it, so that one process must do all."""
    return any(source.group for source in recipe.sources)


def planned(job: Job, folder: Path) -> list[Share]:
    """The shares of a job: each part of a big file is one, small files are gathered into one."""
    gathered: list[list[tuple[int, sources.Part | None]]] = []
    room = 0
    for number, (_, file, parts) in enumerate(job.inputs):
        for part in parts:
            size = part.end - part.start if part else file.path.stat().st_size
            if not gathered or size > room:
                gathered.append([])
                room = sources.PART_SIZE
            gathered[-1].append((number, part))
            room -= size
    return [Share(tuple(p), folder / f".share-{n:06}") for n, p in enumerate(gathered)]


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for cycles meanwhile: a share makes many objects, and none that wait for it."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _shapeless(_: Record) -> shapes.Shaped:
    raise AssertionError("a file without records has no shape")


_RUNNING_TEXT = ("text", "html", "pdf", "docx")
