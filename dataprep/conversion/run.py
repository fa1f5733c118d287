"""The order of the stages, and nothing else: read, shape, check, split, write, publish."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from dataprep.annotation import (
    AgreementResult,
    Agreements,
    UniqueIds,
    in_words,
)
from dataprep.conversion.consensus import ConsensusCounts
from dataprep.conversion.dividing_fields import check_split_names, notes_on_fields, notes_on_names
from dataprep.conversion.division import Division
from dataprep.conversion.earlier import NONE, EarlierSplits, earlier_splits
from dataprep.conversion.inputs import answered_elsewhere, gathered, labels_of
from dataprep.conversion.journal import ConversionJournal, Counting
from dataprep.conversion.ledger import Ledger
from dataprep.conversion.manifest import divided_by, hashed_beside, made_from
from dataprep.conversion.nothing import disputes_kept, empty_targets, no_example
from dataprep.conversion.rounds import WaitingShard, divided
from dataprep.conversion.settled import merge_outcomes
from dataprep.conversion.settled_account import STAGE, UNIT, SettledAccount
from dataprep.conversion.settling import Outcomes
from dataprep.conversion.shard import FileRead, ShardResult, Tally
from dataprep.conversion.shard_frames import KINDS, frame_file
from dataprep.conversion.worker import (
    ConversionPlan,
    Shard,
    ShowProgress,
    Stages,
    Writing,
    grouped,
    planned,
    silent,
)
from dataprep.example import Batch
from dataprep.finding import Drop, Finding, Place, UsageError, excerpt
from dataprep.formats import ContentAccount
from dataprep.frames import read_frame
from dataprep.recipe import ESTIMATED, Recipe, Source, Target
from dataprep.report import agreement_json, counted, reliability_json
from dataprep.rules import CATALOGUE, Grain, found
from dataprep.splits import SPLITS, HashSplit

if TYPE_CHECKING:
    from dataprep.annotation.reliability import Reliability, ReliabilityResult


@dataclass(slots=True)
class Outcome:
    """What a conversion came to; `refused` when nothing was published because of errors."""

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
    `workers`; a script that asks for several must guard its own start (`__main__`).
    """
    wanted = recipe.wanted
    if workers < 1:
        raise UsageError(f"{workers} workers can do nothing.", "Give 1 or more.")
    if not recipe.sources:
        raise UsageError("There is nothing to convert.", "Name a file, or sources in the recipe.")
    if not wanted:
        raise UsageError("There is no target.", "Pass --to openai-chat, or targets in the recipe.")
    targets.check_wanted(wanted, base)
    counting = Counting(recipe.checks, base)
    given = [(s, file) for s in recipe.sources for file in sources.files(s, base)]
    inputs = [(s, sources.surveyed(file)) for s, file in gathered(given)]
    check_split_names(inputs)
    with (
        ExitStack() as stack,
        store.staging(out) as folder,
        ConversionJournal(folder, counting) as journal,
        hashed_beside(path for _, file in inputs for path in file.paths.values()) as hashes,
    ):
        run = _Run(recipe, base, folder, journal, progress)
        shares = recipe.splits
        hashed = HashSplit((shares.train, shares.validation, shares.test), recipe.seed)
        run.earlier, why_anew = earlier_splits(recipe, base, out, hashed)
        run.examples(inputs, workers)
        outcome = Outcome(run.ledger, journal, run.notes)
        if journal.fatal or (journal.errors and not drop_invalid):
            outcome.refused = True
            return outcome
        if not run.frames:
            notes = [file.note for _, file in inputs if file.export]
            nothing = no_example(run.ledger, notes, answered_elsewhere(inputs))
            raise disputes_kept(nothing, journal, folder, out)
        run.targets(wanted, stack.enter_context(targets.kept(out, wanted)))
        if journal.errors and not drop_invalid:
            outcome.refused = True
            return outcome
        journal.close()
        journal.adjudication()
        run.ledger.check()
        outcome.splits = {s: run.splits[s] for s in SPLITS}
        outcome.strata = {k: dict(v) for k, v in sorted(run.strata.items())}
        outcome.written = run.written
        outcome.agreement = run.agreement()
        outcome.reliability = [known.result for known in run.reliability.values()]
        outcome.consensus = run.consensus.to_json()
        store.publish(folder, out, run.manifest(inputs, outcome, hashes))
        outcome.notes = [*run.notes, *run.of_earlier(why_anew)]
    return outcome


@dataclass(slots=True)
class _Run:
    """One run: what came of the shares, in their order, and the stages that need all of it."""

    recipe: Recipe
    base: Path
    folder: Path
    journal: ConversionJournal
    progress: ShowProgress
    ledger: Ledger = field(default_factory=Ledger)
    notes: list[str] = field(default_factory=list)
    splits: Counter[str] = field(default_factory=Counter)
    strata: dict[str, Counter[str]] = field(default_factory=dict)
    written: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: dict[str, targets.Written] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    offsets: dict[str, Counter[str]] = field(default_factory=dict)
    unique_ids: dict[str, UniqueIds] = field(default_factory=dict)
    content: dict[str, ContentAccount] = field(default_factory=dict)
    consensus: ConsensusCounts = field(default_factory=ConsensusCounts)
    settled: Outcomes = field(default_factory=dict)
    settled_inputs: list[sources.Input] = field(default_factory=list)
    reliability: dict[tuple[int, str], Reliability] = field(default_factory=dict)
    fields: dict[str, Counter[str]] = field(default_factory=dict)
    frames: int = 0
    earlier: EarlierSplits | None = None
    division: Division | None = None

    def agreement(self) -> list[AgreementResult]:
        """How far annotators agree, by control; none where nobody shared a task."""
        results = []
        for tally in self.tallies.values():
            results += tally.results() if isinstance(tally, Agreements) else [tally.result()]
        return results

    def examples(self, inputs: list[tuple[Source, sources.Input]], many: int) -> None:
        """Work on all of the input; the examples lie in numbered parts afterwards."""
        (self.folder / "examples").mkdir()
        (self.folder / "turns").mkdir()
        self.notes += [f"{file.name}: {file.note}" for _, file in inputs if file.note]
        settled = SettledAccount(self.journal)
        settled.read(self.recipe, self.base, self.folder, [file for _, file in inputs])
        if settled.files:
            self.ledger.stage(STAGE, UNIT)
        duplicates, read = self._shares(inputs, many, settled.tables())
        self._read(read)
        self.notes += notes_on_fields(inputs, self.fields)
        self.notes += notes_on_names(inputs)
        self.notes += self.division.notes() if self.division else ()
        if not self.recipe.splits.near_duplicates:
            self.notes.append(_NOT_TOGETHER)
        for name, account in self.content.items():
            if said := account.words():
                self.notes.append(f"{name}: {said}")
        self.notes += _named_in_vain(inputs, self.content)
        for name, counts in self.offsets.items():
            if counts.total():
                self.notes.append(f"{name}: spans: {in_words(counts)}")
        if settled.files:
            self.notes += settled.close(self.settled, self.ledger.stage(STAGE, UNIT))
            self.settled_inputs = settled.inputs
        for finding in chain(self._twins(), duplicates.findings()):
            self.journal.find(finding)

    def _twins(self) -> Iterator[Finding]:
        """The tasks that hold an annotation of another task of their file."""
        for name, ids in self.unique_ids.items():
            for task, first in ids.twins():
                other = "another task" if first is None else f"task {first}"
                said = f"holds an annotation that {other} holds too, by its unique_id"
                if task is not None and task == first:
                    said = "stands twice in the file, by the unique_id of an annotation"
                yield found("A014", said, Place(file=name, task=task))

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
        at_once = not together and self.earlier is None
        job = ConversionPlan(self.recipe, self.base, cut, labels, settled, at_once=at_once)
        shares = planned(job, self.folder)
        if any(source.annotators in ESTIMATED for source in self.recipe.sources):
            job = self._estimated(job, shares, min(many, len(shares)))
        many = 1 if at_once and grouped(self.recipe) else min(many, len(shares))
        make = partial(Stages, job, self.progress if many == 1 else silent)
        duplicates = checks.Duplicates()
        read: dict[int, FileRead] = {}
        waiting: list[WaitingShard] = []
        with pool.crew(make, many) as work:
            for share, made in zip(shares, work(shares), strict=True):
                if at_once:
                    self._take_frames(share.folder, made)
                elif made.keys:
                    waiting.append(WaitingShard(share.folder, tuple(made.keys)))
                self._take(share.folder, made)
                duplicates.merge(made.duplicates)
                for one in made.read:
                    read[one.file] = read.get(one.file, FileRead(one.file)).then(one)
                if many > 1:
                    self._show(job, share)
                if not made.keys:
                    shutil.rmtree(share.folder)
            if waiting:
                writings = self._divide(waiting, work)
                for writing, made in zip(writings, work(writings), strict=True):
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
        writings, division = divided(waiting, self.earlier, work, self.folder, together=together)
        self.division = division
        self.progress("dividing", rows, rows)
        return writings

    def of_earlier(self, why_anew: str) -> Iterator[str]:
        """What is said of the splits of an earlier output, and stands in no manifest."""
        if why_anew:
            yield why_anew
        if self.earlier and self.division and self.division.kept:
            yield (
                f"{counted(self.division.kept, 'example')} keep the split of {self.earlier.folder},"
                f" and would have another if all were divided anew: --splits-from {NONE}"
            )

    def _take(self, folder: Path, made: ShardResult) -> None:
        """Count what came of a share behind what came of those before it."""
        self.journal.append(folder, made.found, made.disputed)
        self.ledger.add(made.ledger)
        self.splits += made.splits
        for label, counts in made.strata.items():
            self.strata.setdefault(label, Counter()).update(counts)
        for name, counts in made.offsets.items():
            self.offsets.setdefault(name, Counter()).update(counts)
        for name, ids in made.unique_ids.items():
            self.unique_ids.setdefault(name, UniqueIds()).merge(ids)
        for name, account in made.content.items():
            self.content.setdefault(name, ContentAccount()).merge(account)
        self.consensus.absorb(made.consensus)
        for name, outcomes in made.settled.items():
            merge_outcomes(self.settled.setdefault(name, {}), outcomes)
        for name, counts in made.fields.items():
            self.fields.setdefault(name, Counter()).update(counts)
        for name, tally in made.tallies.items():
            _absorb(self.tallies.setdefault(name, tally), tally)
        for name, written in made.written.items():
            self.rows.setdefault(name, targets.Written()).merge(written)

    def _take_frames(self, folder: Path, made: ShardResult) -> None:
        """Put the frames and the rows of a share behind those before it."""
        for number in range(made.frames):
            for kind in KINDS:
                to = self.folder / kind / f"part-{self.frames:05d}.parquet"
                frame_file(folder, kind, number).rename(to)
            self.frames += 1
        for name in made.written:
            store.append_files(folder / name, self.folder / name)

    def _read(self, files: Iterable[FileRead]) -> None:
        """Say how each file was shaped; a file of which nothing could be read refuses the run."""
        for file in files:
            if file.why:
                self.notes.append(file.why)
            whole = file.unread and CATALOGUE[file.unread].grain is Grain.FILE
            if whole or (file.unread and not file.records):
                self.journal.fatal = True

    def _show(self, job: ConversionPlan, share: Shard) -> None:
        number, part = share.parts[-1]
        file = job.inputs[number][1]
        size = file.size
        self.progress("reading " + file.name, part.end if part else size, size)

    def _count(self, name: str, out: int, drops: Sequence[Drop]) -> None:
        """Enter what a target wrote into the ledger; all examples were offered to it."""
        stage = self.ledger.stage(name, "example")
        stage.out += out
        stage.entered += self.splits.total()
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

    def targets(self, wanted: list[Target], shards: Path | None) -> None:
        """Write every target, and count what each of them left out."""
        for number, target in enumerate(wanted):
            self.progress(f"writing {target.name}", number, len(wanted))
            written = self.rows.get(target.name)
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
        self.progress("writing", len(wanted), len(wanted))
        self.notes += empty_targets(self.ledger, [target.name for target in wanted])

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
            "ledger": [stage.to_json() for stage in self.ledger.stages.values()],
            "splits": outcome.splits,
            "strata": outcome.strata,
            "division": divided_by(self.recipe, self.division, self.earlier),
            "findings": dict(sorted(self.journal.counts.rules.items())),
            "notes": self.notes,
            "content": {name: a.to_json() for name, a in sorted(self.content.items())},
            "targets": self.written,
            "agreement": [agreement_json(result) for result in outcome.agreement],
            "reliability": [reliability_json(result) for result in outcome.reliability],
            "consensus": outcome.consensus,
        }


_NOT_TOGETHER = (
    "near copies were not looked for, and may stand in two splits (near_duplicates is off)"
)


def _named_in_vain(
    inputs: Sequence[tuple[Source, sources.Input]], content: Mapping[str, ContentAccount]
) -> Iterator[str]:
    """A note on each key that the user named, and that no row of its file has."""
    for source, file in inputs:
        account = content.get(file.name)
        if account is None or account.form == "text":
            continue
        held = {key for key, _ in account.keys}
        for field_, names in (("carry", source.carry), ("leave-out", source.leave_out)):
            for name in names:
                if name not in held:
                    yield f"{file.name}: no row that was read has {excerpt(name)} (--{field_})"


def _absorb(held: Tally, tally: Tally) -> None:
    """Count what another part of the same file said; both are of one kind, as the file is."""
    if held is not tally:
        held.absorb(tally)  # type: ignore[arg-type]
