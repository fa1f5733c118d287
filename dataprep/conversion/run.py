"""The order of the stages, and nothing else: read, shape, check, split, write, publish."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataprep import checks, sources, store, targets
from dataprep import workers as pool
from dataprep._version import __version__
from dataprep.annotation import AgreementResult
from dataprep.conversion.config_beside import read_beside
from dataprep.conversion.disputes_beside import disputes_kept
from dataprep.conversion.dividing_fields import check_split_names, notes_on_fields, notes_on_names
from dataprep.conversion.division import NOT_TOGETHER, Division
from dataprep.conversion.earlier import (
    NONE,
    EarlierSplits,
    earlier_splits,
    with_earlier_date,
)
from dataprep.conversion.inputs import answered_elsewhere, gathered, labels_of, refuse_overlap
from dataprep.conversion.journal import ConversionJournal, Counting
from dataprep.conversion.ledger import Ledger
from dataprep.conversion.manifest import divided_by, hashed_beside, made_from
from dataprep.conversion.mixing import Mixture, refuse_shares
from dataprep.conversion.nothing import empty_targets, no_example
from dataprep.conversion.output_card import write_card
from dataprep.conversion.repeats import without_repeats
from dataprep.conversion.rounds import WaitingShard, divided, mixture_of, writings
from dataprep.conversion.settled_account import STAGE, UNIT, SettledAccount
from dataprep.conversion.shard import FileRead, ShardResult
from dataprep.conversion.shard_frames import KINDS, frame_file
from dataprep.conversion.totals import ConversionTotals
from dataprep.conversion.units import (
    ConversionPlan,
    Shard,
    ShowProgress,
    Writing,
    grouped,
    planned,
    silent,
)
from dataprep.conversion.unread_files import unread_files
from dataprep.conversion.worker import Stages
from dataprep.example import Batch
from dataprep.finding import Drop, UsageError
from dataprep.frames import read_frame
from dataprep.recipe import ESTIMATED, Recipe, Source, Target
from dataprep.report import agreement_json, reliability_json
from dataprep.splits import SPLITS, HashSplit

if TYPE_CHECKING:
    from dataprep.annotation.reliability import Reliability, ReliabilityResult


@dataclass(slots=True)
class Outcome:
    """What a conversion came to; `refused` for its errors, `none_left` if no example is free."""

    ledger: Ledger
    journal: ConversionJournal
    notes: list[str] = field(default_factory=list)
    splits: dict[str, int] = field(default_factory=dict)
    strata: dict[str, dict[str, int]] = field(default_factory=dict)
    written: dict[str, dict[str, Any]] = field(default_factory=dict)
    agreement: list[AgreementResult] = field(default_factory=list)
    reliability: list[ReliabilityResult] = field(default_factory=list)
    consensus: dict[str, Any] = field(default_factory=dict)
    refused: bool = False
    none_left: bool = False


def convert(
    recipe: Recipe,
    base: Path,
    out: Path,
    *,
    drop_invalid: bool = False,
    progress: ShowProgress = silent,
    workers: int = 1,
) -> Outcome:
    """Run a recipe whose paths are relative to `base`, and publish the result at `out`.

    Raises UsageError for a recipe that cannot be run, NothingToDo when no example comes of it,
    EnvironmentProblem for a disk or a permission. Findings of severity error refuse the run,
    unless `drop_invalid` leaves those rows out. The output is the same with any number of
    `workers`.
    """
    wanted = [with_earlier_date(target, out) for target in recipe.wanted]
    if workers < 1:
        raise UsageError(f"{workers} workers can do nothing.", "Give 1 or more.")
    if not recipe.sources:
        raise UsageError("There is nothing to convert.", "Name a file, or sources in the recipe.")
    for source in recipe.sources:
        sources.refuse_missing(source, base)
    targets.check_wanted(wanted, base)
    if not wanted:
        raise UsageError("There is no target.", "Pass --to openai-chat, or targets in the recipe.")
    refuse_overlap(recipe.sources, base, out)
    refuse_shares(recipe)
    counting = Counting(recipe.checks, base)
    recipe, given, beside = read_beside(recipe, base)
    given, repeated = without_repeats(given)
    inputs = [(s, sources.surveyed(file)) for s, file in gathered(given)]
    check_split_names(inputs)
    with (
        ExitStack() as stack,
        store.staging(out) as folder,
        ConversionJournal(folder, counting) as journal,
        hashed_beside(path for _, file in inputs for path in file.paths.values()) as hashes,
    ):
        run = _Run(recipe, base, folder, journal, progress, notes=[*beside, *repeated])
        shares = recipe.splits
        hashed = HashSplit((shares.train, shares.validation, shares.test), recipe.seed)
        given_splits = any(file.split for _, file in inputs)
        run.earlier, why_anew = earlier_splits(recipe, base, out, hashed, given=given_splits)
        run.examples(inputs, workers)
        outcome = Outcome(run.totals.ledger, journal, run.notes)
        if journal.fatal or ((journal.errors or run.unread) and not drop_invalid):
            outcome.refused, outcome.none_left = True, not run.frames
            return outcome
        if not run.frames:
            notes = [file.note for _, file in inputs if file.export]
            nothing = no_example(run.totals.ledger, notes, answered_elsewhere(inputs))
            raise disputes_kept(nothing, journal, folder, out)
        of_outputs = all(file.format == "dataprep" for _, file in inputs)
        shards = stack.enter_context(targets.kept(out, wanted))
        run.targets(wanted, shards, of_outputs=of_outputs)
        if journal.errors and not drop_invalid:
            outcome.refused = True
            return outcome
        journal.close()
        journal.adjudication()
        run.totals.ledger.check()
        outcome.splits = {s: run.totals.splits[s] for s in SPLITS}
        outcome.strata = {k: dict(v) for k, v in sorted(run.totals.strata.items())}
        outcome.written = run.written
        outcome.agreement = run.totals.agreement()
        outcome.reliability = [known.result for known in run.reliability.values()]
        outcome.consensus = run.totals.consensus.to_json()
        manifest = run.manifest(inputs, outcome, hashes)
        anew = write_card(manifest, run.columns, folder, out)
        store.publish(folder, out, manifest)
        outcome.notes = [*run.notes, *run.of_earlier(why_anew), *([anew] if anew else ())]
    return outcome


@dataclass(slots=True)
class _Run:
    """One run: what came of the shares, in their order, and the stages that need all of it."""

    recipe: Recipe
    base: Path
    folder: Path
    journal: ConversionJournal
    progress: ShowProgress
    totals: ConversionTotals = field(default_factory=ConversionTotals)
    notes: list[str] = field(default_factory=list)
    written: dict[str, dict[str, Any]] = field(default_factory=dict)
    columns: dict[str, targets.ColumnTypes] = field(default_factory=dict)
    settled_inputs: list[sources.Input] = field(default_factory=list)
    reliability: dict[tuple[int, str], Reliability] = field(default_factory=dict)
    unread: bool = False
    frames: int = 0
    earlier: EarlierSplits | None = None
    division: Division | None = None
    mixture: Mixture | None = None

    def examples(self, inputs: list[tuple[Source, sources.Input]], many: int) -> None:
        """Work on all of the input; the examples lie in numbered parts afterwards."""
        (self.folder / "examples").mkdir()
        (self.folder / "turns").mkdir()
        self.notes += [f"{file.name}: {file.note}" for _, file in inputs if file.note]
        settled = SettledAccount(self.journal)
        settled.read(self.recipe, self.base, self.folder, [file for _, file in inputs])
        if settled.files:
            self.totals.ledger.stage(STAGE, UNIT)
        duplicates, read = self._shares(inputs, many, settled.tables())
        unread = unread_files(inputs, read)
        self.notes += (file.why for file in read if file.why)
        self.notes += unread.words
        self.journal.fatal |= unread.fatal
        self.unread = bool(unread.left_out)
        self.notes += notes_on_fields(inputs, self.totals.fields)
        anew = self.recipe.splits.from_ == NONE
        self.notes += notes_on_names(inputs, anew=anew)
        self.notes += self.division.notes() if self.division else ()
        self.notes += self.mixture.notes() if self.mixture else ()
        if not self.recipe.splits.near_duplicates:
            self.notes.append(NOT_TOGETHER)
        self.notes += self.totals.notes(inputs)
        if settled.files:
            self.notes += settled.close(self.totals.settled, self.totals.ledger.stage(STAGE, UNIT))
            self.settled_inputs = settled.inputs
        for finding in chain(self.totals.twins(), duplicates.findings()):
            self.journal.find(finding)

    def _shares(
        self,
        inputs: list[tuple[Source, sources.Input]],
        many: int,
        settled: Mapping[str, Path],
    ) -> tuple[checks.Duplicates, list[FileRead]]:
        """Work on every share of the input; what was cut for it is let go of at the end."""
        cut = tuple((s, f, sources.parts(f)) for s, f in inputs)
        labels = tuple(labels_of(*one) for one in cut)
        together = self.recipe.splits.near_duplicates
        at_once = not together and self.earlier is None and not self.recipe.mixes
        job = ConversionPlan(self.recipe, self.base, cut, labels, settled, at_once=at_once)
        shares = planned(job, self.folder)
        if any(source.annotators in ESTIMATED for source in self.recipe.sources):
            job = self._estimated(job, shares, min(many, len(shares)))
        many = 1 if at_once and grouped(job) else min(many, len(shares))
        make = partial(Stages, job, self.progress if many == 1 else silent)
        duplicates = checks.Duplicates()
        read: dict[int, FileRead] = {}
        waiting: list[WaitingShard] = []
        with pool.crew(make, many) as work:
            for share, made in zip(shares, work(shares), strict=True):
                if at_once:
                    self._take_frames(share.folder, made)
                elif made.keys:
                    frames = tuple(made.keys), tuple(made.marks)
                    waiting.append(WaitingShard(share.folder, *frames))
                self._take(share.folder, made)
                duplicates.merge(made.duplicates)
                for one in made.read:
                    read[one.file] = read.get(one.file, FileRead(one.file)).then(one)
                if many > 1:
                    self._show(job, share)
                if not made.keys:
                    shutil.rmtree(share.folder)
            if waiting:
                to_write = self._divide(waiting, work)
                for writing, made in zip(to_write, work(to_write), strict=True):
                    self._take_frames(writing.folder, made)
                    self._take(writing.folder, made)
                    duplicates.merge(made.duplicates)
                    shutil.rmtree(writing.folder)
        return duplicates, list(read.values())

    def _estimated(self, job: ConversionPlan, shares: list[Shard], many: int) -> ConversionPlan:
        """The same job, with what a first pass tells of the annotators."""
        from dataprep.conversion.annotators import estimated_annotators, unestimated

        found = estimated_annotators(job, shares, many, self.progress)
        self.notes += unestimated(job, found)
        self.reliability = {export: known for export, known in found.items() if known}
        return replace(job, reliability=self.reliability)

    def _divide(self, waiting: Sequence[WaitingShard], work: pool.Work) -> list[Writing]:
        """What is to be written, once all examples are known."""
        together = self.recipe.splits.near_duplicates
        rows = sum(shard.rows for shard in waiting)
        self.progress("dividing", 0, rows)
        division = divided(waiting, self.earlier, work, self.folder, together=together)
        self.division = division
        self.mixture = mixture_of(waiting, division, self.recipe)
        self.progress("dividing", rows, rows)
        return [*writings(waiting, (self.mixture or division).rows)]

    def of_earlier(self, why_anew: str) -> Iterator[str]:
        """What is said of the splits of an earlier output, and stands in no manifest."""
        if why_anew:
            yield why_anew
        if self.earlier and self.division:
            yield from self.division.notes_on_earlier(self.earlier.folder)

    def _take(self, folder: Path, made: ShardResult) -> None:
        """Count what came of a share behind what came of those before it."""
        self.journal.append(folder, made.found, made.disputed)
        self.totals.add(made)

    def _take_frames(self, folder: Path, made: ShardResult) -> None:
        """Put the frames and the rows of a share behind those before it."""
        for number in range(made.frames):
            for kind in KINDS:
                to = self.folder / kind / f"part-{self.frames:05d}.parquet"
                frame_file(folder, kind, number).rename(to)
            self.frames += 1
        for name in made.written:
            store.append_files(folder / name, self.folder / name)

    def _show(self, job: ConversionPlan, share: Shard) -> None:
        number, part = share.parts[-1]
        file = job.inputs[number][1]
        size = file.size
        self.progress("reading " + file.name, min(part.end, size) if part else size, size)

    def _count(self, name: str, out: int, drops: Sequence[Drop]) -> None:
        """Enter what a target wrote into the ledger; all examples were offered to it."""
        stage = self.totals.ledger.stage(name, "example")
        stage.out += out
        stage.entered += self.totals.splits.total()
        for drop in drops:
            stage.dropped[drop.reason] += 1
            self.journal.drop(drop)

    def batches(self, split: str | None) -> Iterator[Batch]:
        """The examples of a split, or of all, part by part."""
        for number in range(self.frames):
            name = f"part-{number:05d}.parquet"
            examples = read_frame(self.folder / "examples" / name)
            turns = read_frame(self.folder / "turns" / name)
            batch = Batch(examples, turns)
            if split is not None:
                batch = batch.keep(examples["split"] == split)
            if len(batch):
                yield batch

    def targets(self, wanted: list[Target], shards: Path | None, *, of_outputs: bool) -> None:
        """Write every target, and count what each of them left out.

        `of_outputs` says that all examples come of outputs of convert.
        """
        for number, target in enumerate(wanted):
            self.progress(f"writing {target.name}", number, len(wanted))
            written = self.totals.rows.get(target.name)
            if written is None:
                written = targets.write(
                    target,
                    self.folder,
                    self.batches,
                    base=self.base,
                    seed=self.recipe.seed,
                    shards=shards,
                )
            self.notes += targets.finish(target, self.folder, self.batches, written)
            for finding in written.findings:
                self.journal.find(finding)
            self._count(f"write {target.name}", written.examples or written.rows, written.drops)
            self.written[target.name] = written.entry
            self.columns[target.name] = written.columns
        self.progress("writing", len(wanted), len(wanted))
        names = [target.name for target in wanted]
        self.notes += empty_targets(self.totals.ledger, names, of_outputs=of_outputs)

    def manifest(
        self,
        inputs: list[tuple[Source, sources.Input]],
        outcome: Outcome,
        hashes: Mapping[Path, Future[str]],
    ) -> dict[str, Any]:
        """What this run made and from what; no time and no place, so that it can be repeated."""
        files = [*(file for _, file in inputs), *self.settled_inputs]
        return {
            "schema": "urn:dataprep:schema:manifest:1",
            "dataprep": __version__,
            "made_from": made_from(self.recipe, self.base, files, hashes),
            "recipe": self.recipe.model_dump(mode="json", by_alias=True, exclude_defaults=True),
            "ledger": [stage.to_json() for stage in self.totals.ledger.stages.values()],
            "splits": outcome.splits,
            "strata": outcome.strata,
            "division": divided_by(self.recipe, self.division, self.earlier),
            **({"mix": self.mixture.to_json()} if self.mixture else {}),
            "findings": dict(sorted(self.journal.counts.rules.items())),
            "notes": self.notes,
            "content": {name: a.to_json() for name, a in sorted(self.totals.content.items())},
            "targets": self.written,
            "agreement": [agreement_json(result) for result in outcome.agreement],
            "reliability": [reliability_json(result) for result in outcome.reliability],
            "consensus": outcome.consensus,
        }
