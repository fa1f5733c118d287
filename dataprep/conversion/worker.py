"""What is done with one share of the input: read, shape, check, split, and write its pieces.

A share is the unit of work of `workers`: it knows nothing of the shares before it, so it may be
worked on in any process. Grouped rows are the exception, and keep to one process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from dataprep import checks, near, shapes, sources, targets
from dataprep.annotation import SeenLabels, Task, UniqueIds, forget_text
from dataprep.contracts import Contract, from_file
from dataprep.conversion import shard_frames
from dataprep.conversion.dividing_fields import DividingFields
from dataprep.conversion.earlier import NONE
from dataprep.conversion.journal import ConversionJournal, Counting
from dataprep.conversion.judges import Judges
from dataprep.conversion.mixing import LEFT_OUT, STAGE, SourceNumbers
from dataprep.conversion.settled import SettledTable
from dataprep.conversion.settling import SettledShaping, check_disputes
from dataprep.conversion.shard import FileRead, ShardResult, ShardRun
from dataprep.conversion.template_fields import named_in
from dataprep.example import Batch, Example, Record, batches
from dataprep.finding import DataprepError, Drop, NothingToDo, Severity, UsageError
from dataprep.recipe import Recipe, Source
from dataprep.splits import HashSplit, SplitCounts, Splitter
from dataprep.workers import uncollected

if TYPE_CHECKING:
    from dataprep.annotation.reliability import Reliability

Parts = tuple[sources.Part | None, ...]
"""The parts of a file; None is the whole of it."""

ShowProgress = Callable[[str, int, int], None]
"""Called with a stage, what is done, and what there is in all (bytes or examples)."""


def silent(*_: object) -> None:
    """No progress is shown."""


@dataclass(frozen=True, slots=True)
class ConversionPlan:
    """What is the same for every share; `inputs` are the files in their order, and their parts.

    `labels` are those that were seen in each file whose labeling config is not given, `settled` the
    tables of what adjudicators settled, by the path that the recipe gives. `reliability` is what
    was estimated of annotators, by the number of the source and the control.
    """

    recipe: Recipe
    base: Path
    inputs: tuple[tuple[Source, sources.Input, Parts], ...]
    labels: tuple[SeenLabels | None, ...] = ()
    settled: Mapping[str, Path] = field(default_factory=dict)
    reliability: Mapping[tuple[int, str], Reliability] = field(default_factory=dict)
    at_once: bool = True
    """Whether every example is divided when it comes, by hash; else all of them wait for all."""

    def labels_of(self, number: int) -> SeenLabels | None:
        """The labels that were seen in a file; None where its labeling config is given."""
        return self.labels[number] if self.labels else None

    def estimates(self, source: Source) -> Mapping[str, Reliability]:
        """What is known of the annotators of a source, by the control that is learned."""
        known = self.reliability.items()
        sources = self.recipe.sources
        return {control: one for (at, control), one in known if sources[at] == source}


@dataclass(frozen=True, slots=True)
class Shard:
    """Some input, as (number of the file, part of it), and the folder for what comes of it."""

    parts: tuple[tuple[int, sources.Part | None], ...]
    folder: Path


@dataclass(frozen=True, slots=True)
class Signing:
    """The frames of a shard that are to be signed, and the runs of words that do not count."""

    folder: Path
    frames: int
    common: pl.Series


@dataclass(frozen=True, slots=True)
class Writing:
    """The frames of a shard that are to be written, with their rows as Division gives them."""

    folder: Path
    rows: tuple[pl.DataFrame, ...]


class Stages:
    """The stages in their order; made once in every process that works."""

    def __init__(self, job: ConversionPlan, progress: ShowProgress = silent) -> None:
        recipe = job.recipe
        self._job = job
        self._progress = progress
        self._counting = Counting(recipe.checks, job.base)
        self._contract: Contract | None = None
        if recipe.checks.completion_schema:
            self._contract = from_file(job.base / recipe.checks.completion_schema)
        shares = recipe.splits
        held = (shares.train, shares.validation, shares.test)
        self._hash = HashSplit(held, recipe.seed)
        self._splitter = Splitter(held, recipe.seed, grouped=grouped(job))
        self._anew = recipe.splits.from_ == NONE
        self._judges = Judges(self._counting.rules, self._contract)
        self._writers = targets.writers(recipe.wanted, job.base, self._judges.of_target)
        self._as_items = targets.only_for_graders(recipe.wanted)
        self._only_verdicts = targets.only_for_verdicts(recipe.wanted)
        self._numbers = SourceNumbers(recipe) if recipe.mixes else None
        self._shape: tuple[int, shapes.Shape, str] = (-1, _shapeless, "")
        names = frozenset(file.name for _, file, _ in job.inputs)
        self._shaping = SettledShaping(
            {name: SettledTable(path, names) for name, path in job.settled.items()}
        )

    def __call__(self, unit: Shard | Signing | Writing) -> ShardResult | None:
        """Work on one unit; its files lie in its folder afterwards."""
        if isinstance(unit, Signing):
            _sign(unit)
            return None
        return self._shape_shard(unit) if isinstance(unit, Shard) else self._write_shard(unit)

    def _shape_shard(self, share: Shard) -> ShardResult:
        """Read, shape and check a shard, and finish it where nothing has to wait."""
        share.folder.mkdir()
        splitter = self._splitter
        splitter.counted = SplitCounts()
        made = self._result()
        with ConversionJournal(share.folder, self._counting) as journal, uncollected():
            one = ShardRun(made, journal)
            shaped = chain.from_iterable(self._numbered(one, n, part) for n, part in share.parts)
            for batch in batches(shaped):
                forget_text()
                checked = self._checked(one, batch)
                marks = self._numbers.marks(batch, checked) if self._numbers else None
                if self._job.at_once:
                    divided, leaks = splitter.assign(checked)
                    self._finish(one, divided, leaks, len(checked), share.folder)
                elif len(checked):
                    made.keys.append(self._hash.keys(checked))
                    self._keep(checked, share.folder, made)
                    if marks is not None:
                        made.marks.append(marks)
        one.count_alike()
        for ids in made.unique_ids.values():
            ids.flush()
        made.settled = self._shaping.take()
        return _closed(made, journal, splitter.counted)

    def _numbered(self, one: ShardRun, n: int, part: sources.Part | None) -> Iterator[Example]:
        """The examples of one file; for a mix, the number of their source is noted."""
        shaped = self._shaped(one, n, part)
        source = self._job.inputs[n][0]
        return self._numbers.pass_on(source, shaped) if self._numbers else shaped

    def _write_shard(self, unit: Writing) -> ShardResult:
        """Divide and write frames that waited."""
        made = self._result()
        counted = SplitCounts()
        with ConversionJournal(unit.folder, self._counting) as journal, uncollected():
            one = ShardRun(made, journal)
            for number, rows in enumerate(unit.rows):
                divided, leaks = shard_frames.divided(unit.folder, number, rows)
                counted.add(divided.examples)
                self._finish(one, divided, leaks, len(rows), unit.folder)
        return _closed(made, journal, counted)

    def _result(self) -> ShardResult:
        return ShardResult(written={name: targets.Written() for name in self._writers})

    def _finish(
        self, one: ShardRun, batch: Batch, leaks: Sequence[Drop], entered: int, folder: Path
    ) -> None:
        """Count what was divided, and write it."""
        made = one.made
        unmixed = [drop for drop in leaks if drop.reason in LEFT_OUT]
        leaks = [drop for drop in leaks if drop.reason not in LEFT_OUT] if unmixed else leaks
        one.count("split", len(batch) + len(unmixed), leaks, entered=entered)
        if self._numbers:
            one.count(STAGE, len(batch), unmixed, entered=entered - len(leaks))
        if not len(batch):
            return
        for name, writer in self._writers.items():
            writer.append(folder / name, batch.rows(), made.written[name])
        self._keep(batch, folder, made)
        made.duplicates.add_examples(
            shard_frames.compared(batch, only_verdicts=self._only_verdicts)
        )

    def _keep(self, batch: Batch, folder: Path, made: ShardResult) -> None:
        """Write the frames of a batch."""
        if batch.held is not None:
            batch.held.clear()  # a large text takes four times its bytes there
        shard_frames.write(batch, folder, made.frames)
        made.frames += 1

    def _checked(self, one: ShardRun, batch: Batch) -> Batch:
        """The batch without the examples that break a rule of severity error."""
        entered = len(batch)
        worst: dict[str, str] = {}
        for finding in checks.check_examples(batch, self._contract, self._counting.rules):
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

    def _shaped(self, one: ShardRun, number: int, part: sources.Part | None) -> Iterator[Example]:
        """The examples of one file, or of a part of it, in its order."""
        source, file, _ = self._job.inputs[number]
        size = file.size
        read = FileRead(number)
        one.made.read.append(read)
        records = one.records(read, sources.read(file, part))
        if self._shape[0] != number:
            begins = part is None or part.first == 0
            looked = list(islice(records, shapes.LOOKED_AT)) if begins else None
            first = beginning(self._job, number) if looked is None else looked
            records = chain(first, records) if begins else records
            self._look(number, first)
        _, shape, read.why = self._shape
        fields = DividingFields(source, file)
        running = file.format in _RUNNING_TEXT
        named = one.made.named.setdefault(file.name, named_in(source))
        unique_ids = one.made.unique_ids.setdefault(file.name, UniqueIds())
        for at, record in enumerate(records):
            if at % 256 == 0:
                self._progress("reading " + file.name, min(record.offset, size), size)
            if isinstance(record.value, Task):
                unique_ids.add(record.value)
            named.fill(record)
            shaped = self._shaping(shape, record, source)
            fields.fill(shaped, record)
            if self._anew and (file.format == "dataprep" or file.split):
                for example in shaped.examples:
                    example.split = None
            one.count_shaped(shaped, blocks=running)
            if shaped.drops:
                one.count_unmarked(shaped, shape, file.name)
            if shaped.votes or shaped.questions or shaped.disputed is not None:
                one.count_votes(shaped, shape, record, file.name)
            yield from shaped.examples
        one.made.fields.setdefault(file.name, Counter()).update(fields.counts)
        one.take_offsets(file.name, shape)
        one.take_content(file.name, shape)
        self._progress("reading " + file.name, size if part is None else part.end, size)

    def _look(self, number: int, first: list[Record]) -> None:
        """Tell the shape of a file from its beginning; without a record there is nothing to do."""
        source, file, _ = self._job.inputs[number]
        if first:
            judge = self._judges.of_rows(self._counting.rules_of(file.name))
            seed = self._job.recipe.seed
            try:
                shape, why = shapes.shape_for(
                    first,
                    source,
                    self._job.base,
                    seed,
                    judge,
                    as_items=self._as_items,
                    only_verdicts=self._only_verdicts,
                    config=file.config if file.export is not None else None,
                    seen=self._job.labels_of(number),
                    reliability=self._job.estimates(source),
                )
            except UsageError as error:
                raise UsageError(
                    error.message, _with_reading(error, file), place=error.place
                ) from None
            except NothingToDo as nothing:
                words = nothing.message
                if file.export is not None:
                    words = f"{file.name} holds nothing to learn from. Read was: {file.note}."
                raise NothingToDo(words, _with_reading(nothing, file)) from None
            why += check_disputes(first, file.name, len(self._job.inputs) - 1)
            self._shape = (number, shape, f"{file.name}: {why}")
        else:
            self._shape = (-1, _shapeless, "")


def beginning(job: ConversionPlan, number: int) -> list[Record]:
    """The first records of a file, from the first part that has any."""
    _, file, parts = job.inputs[number]
    for part in parts:
        records = (item for item in sources.read(file, part) if isinstance(item, Record))
        if first := list(islice(records, shapes.LOOKED_AT)):
            return first
    return []


def grouped(job: ConversionPlan) -> bool:
    """Whether the split of a row depends on rows before it, so that one process must do all."""
    return any(
        source.group or source.split_by or file.split or file.format == "dataprep"
        for source, file, _ in job.inputs
    )


def _sign(unit: Signing) -> None:
    """Sign the texts of frames that wait."""
    for number in range(unit.frames):
        texts = shard_frames.texts(unit.folder, number)
        near.SignatureFiles.write(texts, unit.common, shard_frames.signatures(unit.folder, number))


def _closed(made: ShardResult, journal: ConversionJournal, counted: SplitCounts) -> ShardResult:
    made.found, made.disputed = journal.counts, journal.disputed
    made.splits, made.strata = counted.counts, counted.strata
    return made


def planned(job: ConversionPlan, folder: Path) -> list[Shard]:
    """The shares of a job: each part of a big file is one, small files are gathered into one."""
    gathered: list[list[tuple[int, sources.Part | None]]] = []
    room = 0
    for number, (_, file, parts) in enumerate(job.inputs):
        for part in parts:
            size = part.end - part.start if part else file.size
            if not gathered or size > room:
                gathered.append([])
                room = sources.PART_SIZE
            gathered[-1].append((number, part))
            room -= size
    return [Shard(tuple(p), folder / f".share-{n:06}") for n, p in enumerate(gathered)]


def _with_reading(error: DataprepError, file: sources.Input) -> str:
    """The remedy of an error in a file, which may as well be that it was read as something else."""
    said = f"(It was {file.reading}.)" if file.reading else ""
    return f"{error.remedy} {said}".strip()


def _shapeless(_: Record) -> shapes.Shaped:
    raise AssertionError("a file without records has no shape")


_RUNNING_TEXT = ("text", "html", "pdf", "docx")
