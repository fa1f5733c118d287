"""The order of the stages, and nothing else: read, shape, check, split, write, publish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

import polars as pl

from dataprep import __version__, checks, shapes, sources, store, targets
from dataprep.contracts import Contract, from_file
from dataprep.example import Batch, Example, Record, batches
from dataprep.finding import Drop, Finding, NothingToDo, Severity, UsageError
from dataprep.journal import Journal
from dataprep.ledger import Ledger
from dataprep.recipe import Recipe, Source, Target
from dataprep.rules import CATALOGUE, Grain
from dataprep.splits import SPLITS, Splitter

Progress = Callable[[str, int, int], None]
"""Called with a stage, what is done, and what there is in all (bytes or examples)."""


@dataclass(slots=True)
class Outcome:
    """What a conversion came to; `refused` when nothing was published because of errors."""

    ledger: Ledger
    journal: Journal
    notes: list[str] = field(default_factory=list)
    splits: dict[str, int] = field(default_factory=dict)
    strata: dict[str, dict[str, int]] = field(default_factory=dict)
    written: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: bool = False


def convert(
    recipe: Recipe,
    base: Path,
    out: Path,
    *,
    drop_invalid: bool = False,
    progress: Progress = lambda *_: None,
) -> Outcome:
    """Run a recipe whose paths are relative to `base`, and publish the result at `out`.

    Raises UsageError for a recipe that cannot be run, NothingToDo when no example comes of it,
    EnvironmentProblem for a disk or a permission. Findings of severity error refuse the run,
    unless `drop_invalid` leaves those rows out.
    """
    wanted = recipe.wanted
    if not recipe.sources:
        raise UsageError("There is nothing to convert.", "Name a file, or sources in the recipe.")
    if not wanted:
        raise UsageError("There is no target.", "Pass --to openai-chat, or targets in the recipe.")
    targets.check_wanted(wanted, base)
    selection = checks.Selection(recipe.checks.select, recipe.checks.ignore)
    contract = None
    if recipe.checks.completion_schema:
        contract = from_file(base / recipe.checks.completion_schema)
    inputs = [(s, file) for s in recipe.sources for file in sources.files(s, base)]
    with store.staging(out) as folder, Journal(folder, selection) as journal:
        run = _Run(recipe, base, folder, journal, contract, progress, _splitter(recipe))
        run.examples(inputs)
        outcome = Outcome(run.ledger, journal, run.notes)
        if journal.fatal or (journal.errors and not drop_invalid):
            outcome.refused = True
            return outcome
        run.refuse_nothing()
        run.targets(wanted)
        journal.close()
        run.ledger.check()
        outcome.splits = {s: run.splitter.counts[s] for s in SPLITS}
        outcome.strata = {k: dict(v) for k, v in sorted(run.splitter.strata.items())}
        outcome.written = run.written
        store.publish(folder, out, run.manifest(inputs, outcome))
    return outcome


@dataclass(slots=True)
class _Run:
    """One run: the stages in their order, with the ledger and the journal they share."""

    recipe: Recipe
    base: Path
    folder: Path
    journal: Journal
    contract: Contract | None
    progress: Progress
    splitter: Splitter
    ledger: Ledger = field(default_factory=Ledger)
    notes: list[str] = field(default_factory=list)
    written: dict[str, dict[str, Any]] = field(default_factory=dict)
    parts: int = 0

    def examples(self, inputs: list[tuple[Source, sources.Input]]) -> None:
        """Read, shape, check and split; the examples lie in numbered parts afterwards."""
        (self.folder / "examples").mkdir()
        (self.folder / "turns").mkdir()
        duplicates = checks.Duplicates()
        shaped = chain.from_iterable(self._shaped(s, i) for s, i in inputs)
        for made in batches(shaped):
            batch, leaks = self.splitter.assign(self._checked(made))
            self._count("split", len(batch), leaks)
            if not len(batch):
                continue
            duplicates.add_examples(batch)
            name = f"part-{self.parts:05d}.parquet"
            store.write_parquet(batch.examples, self.folder / "examples" / name)
            store.write_parquet(batch.turns, self.folder / "turns" / name)
            self.parts += 1
        for finding in duplicates.findings():
            self.journal.find(finding)

    def _shaped(self, source: Source, file: sources.Input) -> Iterator[Example]:
        """The examples of one file, in its order."""
        size = max(file.path.stat().st_size, 1)
        items = self._records(file)
        first = list(islice(items, shapes.LOOKED_AT))
        if not first:
            return
        shape, why = shapes.shape_for(first, source, self.base, self.recipe.seed)
        self.notes.append(f"{file.name}: {why}")
        for number, record in enumerate(chain(first, items)):
            if number % 256 == 0:
                self.progress("reading " + file.name, min(record.offset, size), size)
            shaped = shape(record)
            self._count_shaped(shaped, file)
            yield from shaped.examples
        self.progress("reading " + file.name, size, size)

    def _records(self, file: sources.Input) -> Iterator[Record]:
        stage = self.ledger.stage("read", "record")
        unread: list[Finding] = []
        records = 0
        for item in sources.read(file):
            if isinstance(item, Record):
                records += 1
                stage.entered += 1
                stage.out += 1
                yield item
                continue
            self.journal.find(item)
            if item.severity is Severity.ERROR:
                unread.append(item)
                stage.entered += 1
                stage.dropped[item.code] += 1
                self.journal.drop(Drop(unit="record", reason=item.code, place=item.place))
        if unread and (not records or CATALOGUE[unread[-1].code].grain is Grain.FILE):
            self.journal.fatal = True

    def _count_shaped(self, shaped: shapes.Shaped, file: sources.Input) -> None:
        for finding in shaped.findings:
            self.journal.find(finding)
        drops = shaped.drops
        made = len(shaped.examples)
        self._count("shape", int(made > 0), [d for d in drops if d.unit == "record"], "record")
        if shaped.annotations:
            lost = [d for d in drops if d.unit == "annotation"]
            self._count("merge", shaped.merged, lost, "annotation")
        if file.format in _RUNNING_TEXT:
            self._count("blocks", made, [d for d in drops if d.unit == "block"], "block")

    def _count(self, name: str, out: int, drops: Sequence[Drop], unit: str = "example") -> None:
        stage = self.ledger.stage(name, unit)
        stage.out += out
        stage.entered += out + len(drops)
        for drop in drops:
            stage.dropped[drop.reason] += 1
            self.journal.drop(drop)

    def _checked(self, batch: Batch) -> Batch:
        """The batch without the examples that break a rule of severity error."""
        worst: dict[str, str] = {}
        for finding in checks.check_examples(batch, self.contract):
            if self.journal.find(finding) and finding.severity is Severity.ERROR:
                worst.setdefault(finding.example, finding.code)
        broken = batch.examples["id"].is_in(list(worst))
        drops = [
            Drop(unit="example", reason=worst[example.id], place=example.place)
            for example in batch.keep(broken).rows()
        ]
        batch = batch.keep(~broken)
        self._count("check", len(batch), drops)
        return batch

    def refuse_nothing(self) -> None:
        """Raise NothingToDo, with the reasons, when no example is left."""
        if self.parts:
            return
        reasons: Counter[str] = Counter()
        for stage in self.ledger.stages.values():
            if stage.unit == "record":
                reasons += stage.dropped
        said = ", ".join(f"{n} {reason}" for reason, n in reasons.most_common(4))
        raise NothingToDo(
            f"No example came of the input{': ' + said if said else ''}.",
            "Look at the reasons above; label some tasks, or change the recipe.",
        )

    def batches(self, split: str | None) -> Iterator[Batch]:
        """The examples of a split, or of all, part by part."""
        for number in range(self.parts):
            name = f"part-{number:05d}.parquet"
            examples = pl.read_parquet(self.folder / "examples" / name)
            turns = pl.read_parquet(self.folder / "turns" / name)
            batch = Batch(examples, turns)
            if split is not None:
                batch = batch.keep(examples["split"] == split)
            if len(batch):
                yield batch

    def targets(self, wanted: list[Target]) -> None:
        """Write every target, and count what each of them left out."""
        for number, target in enumerate(wanted):
            self.progress(f"writing {target.name}", number, len(wanted))
            written = targets.write(
                target, self.folder, self.batches, base=self.base, seed=self.recipe.seed
            )
            for finding in written.findings:
                self.journal.find(finding)
            self._count(f"write {target.name}", written.rows, written.drops)
            self.written[target.name] = written.entry
        self.progress("writing", len(wanted), len(wanted))

    def manifest(
        self, inputs: list[tuple[Source, sources.Input]], outcome: Outcome
    ) -> dict[str, Any]:
        """What this run made and from what; no time and no place, so that it can be repeated."""
        paths = {file.name: file.path for _, file in inputs}
        extra = [s.label_config for s in self.recipe.sources]
        extra += [t.json_schema for t in self.recipe.wanted] + [
            t.sample for t in self.recipe.wanted
        ]
        extra += [self.recipe.checks.completion_schema]
        paths |= {name: self.base / name for name in extra if name}
        return {
            "schema": "urn:dataprep:schema:manifest:1",
            "dataprep": __version__,
            "made_from": [
                {"path": name, "sha256": store.sha256_of(p), "bytes": p.stat().st_size}
                for name, p in sorted(paths.items())
            ],
            "recipe": self.recipe.model_dump(mode="json", by_alias=True, exclude_defaults=True),
            "ledger": [stage.to_json() for stage in self.ledger.stages.values()],
            "splits": outcome.splits,
            "strata": outcome.strata,
            "findings": dict(sorted(self.journal.counts.rules.items())),
            "notes": self.notes,
            "targets": self.written,
        }


def _splitter(recipe: Recipe) -> Splitter:
    shares = recipe.splits
    grouped = any(source.group for source in recipe.sources)
    return Splitter((shares.train, shares.validation, shares.test), recipe.seed, grouped=grouped)


_RUNNING_TEXT = ("text", "html", "pdf", "docx")
