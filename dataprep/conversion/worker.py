"""What is done with one share of the input: read, shape, check, split, and write its pieces.

A share is the unit of work of `workers`: it knows nothing of the shares before it, so it may be
worked on in any process. Grouped rows are the exception, and keep to one process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import cast

from dataprep import checks, near, scan, shapes, sources, targets
from dataprep.annotation import forget_text
from dataprep.batching import ExampleRows, batches
from dataprep.contracts import Contract, from_file
from dataprep.conversion import shard_frames
from dataprep.conversion.earlier import NONE
from dataprep.conversion.file_shaping import FileShaping
from dataprep.conversion.journal import ConversionJournal, Counting
from dataprep.conversion.judges import Judges
from dataprep.conversion.mixing import LEFT_OUT, STAGE, SourceNumbers
from dataprep.conversion.scanned_part import may_be_scanned, plan_of, scanned_part
from dataprep.conversion.settled import SettledTable
from dataprep.conversion.settling import SettledShaping, check_disputes
from dataprep.conversion.shard import FileRead, ShardResult, ShardRun
from dataprep.conversion.units import (
    ConversionPlan,
    Shard,
    ShowProgress,
    Signing,
    Writing,
    beginning,
    grouped,
    silent,
)
from dataprep.example import Batch, Example, Record
from dataprep.finding import DataprepError, Drop, NothingToDo, Severity, UsageError
from dataprep.splits import HashSplit, SplitCounts, Splitter
from dataprep.workers import uncollected


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

    def _numbered(
        self, one: ShardRun, n: int, part: sources.Part | None
    ) -> Iterator[Example | ExampleRows]:
        """The examples of one file; for a mix, the number of their source is noted."""
        shaped = self._shaped(one, n, part)
        source = self._job.inputs[n][0]
        if self._numbers is None:
            return shaped
        objects = cast("Iterator[Example]", shaped)  # see `_scannable`: a mix asks for them
        return self._numbers.pass_on(source, objects)

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
            if not writer.append_plain(folder / name, batch, made.written[name]):
                batch = batch.with_objects()
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

    def _shaped(
        self, one: ShardRun, number: int, part: sources.Part | None
    ) -> Iterator[Example | ExampleRows]:
        """The examples of one file, or of a part of it, in its order."""
        file = self._job.inputs[number][1]
        read = FileRead(number)
        one.made.read.append(read)
        begins = self._shape[0] != number and (part is None or part.first == 0)
        ahead = shapes.LOOKED_AT if begins else 0
        shaped, shaping = None, None
        if given := self._scannable(number, part):
            shaping = self._shaping_of(one, read)
            shaped = scanned_part(*given, shaping, ahead)
        if shaping is None or shaped is None:
            records = self._records(one, read, part, ahead)
            shaping = self._shaping_of(one, read)
            shaped = chain.from_iterable(map(shaping, records))
        yield from shaped
        shaping.close(file.size if part is None else part.end)

    def _scannable(
        self, number: int, part: sources.Part | None
    ) -> tuple[scan.TaskPlan, sources.PartBytes] | None:
        """What the compiled reader looks for in a part, and its bytes; None where it reads none."""
        source, file, _ = self._job.inputs[number]
        given = sources.part_of_tasks(file, part)
        if given is None or self._numbers or not may_be_scanned(source, file):
            return None
        if self._shape[0] != number:
            self._look(number, beginning(self._job, number))
        plan = plan_of(self._shape[1], source)
        return None if plan is None else (plan, given)

    def _records(
        self, one: ShardRun, read: FileRead, part: sources.Part | None, ahead: int
    ) -> Iterator[Record]:
        """The records of a file or of a part of it, the first `ahead` of which are at hand."""
        number = read.file
        records = one.records(read, sources.read(self._job.inputs[number][1], part))
        looked = list(islice(records, ahead))
        if self._shape[0] != number:
            self._look(number, looked if ahead else beginning(self._job, number))
        return chain(looked, records)

    def _shaping_of(self, one: ShardRun, read: FileRead) -> FileShaping:
        """What shapes the records of a file whose shape is known."""
        source, file, _ = self._job.inputs[read.file]
        _, shape, read.why = self._shape
        size = file.size
        return FileShaping(
            run=one,
            read=read,
            shape=shape,
            source=source,
            file=file,
            settled=self._shaping,
            anew=self._anew,
            progress=lambda at: self._progress("reading " + file.name, min(at, size), size),
        )

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


def _sign(unit: Signing) -> None:
    """Sign the texts of frames that wait."""
    for number in range(unit.frames):
        texts = shard_frames.texts(unit.folder, number)
        near.SignatureFiles.write(texts, unit.common, shard_frames.signatures(unit.folder, number))


def _closed(made: ShardResult, journal: ConversionJournal, counted: SplitCounts) -> ShardResult:
    made.found, made.disputed = journal.counts, journal.disputed
    made.splits, made.strata = counted.counts, counted.strata
    return made


def _with_reading(error: DataprepError, file: sources.Input) -> str:
    """The remedy of an error in a file, which may as well be that it was read as something else."""
    said = f"(It was {file.reading}.)" if file.reading else ""
    return f"{error.remedy} {said}".strip()


def _shapeless(_: Record) -> shapes.Shaped:
    raise AssertionError("a file without records has no shape")
