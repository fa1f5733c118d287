"""What the shares of a conversion came to together, counted in their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dataprep import sources, targets
from dataprep.annotation import AgreementResult, Agreements, UniqueIds, in_words
from dataprep.conversion.consensus import ConsensusCounts
from dataprep.conversion.ledger import Ledger
from dataprep.conversion.settled import merge_outcomes
from dataprep.conversion.settling import Outcomes
from dataprep.conversion.shard import ShardResult, Tally
from dataprep.conversion.template_fields import TemplateFields, notes_on_templates
from dataprep.finding import Finding, Place, excerpt
from dataprep.formats import ContentAccount
from dataprep.recipe import Source
from dataprep.report import counted
from dataprep.rules import found


@dataclass(slots=True)
class ConversionTotals:
    """The sums of all shares: by file (`offsets`, `unique_ids`, `content`, `settled`, `fields`,
    `named`, `unmarked`),
    by control (`tallies`), by target (`rows`), or of the whole run."""

    ledger: Ledger = field(default_factory=Ledger)
    splits: Counter[str] = field(default_factory=Counter)
    strata: dict[str, Counter[str]] = field(default_factory=dict)
    rows: dict[str, targets.Written] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    offsets: dict[str, Counter[str]] = field(default_factory=dict)
    unique_ids: dict[str, UniqueIds] = field(default_factory=dict)
    content: dict[str, ContentAccount] = field(default_factory=dict)
    consensus: ConsensusCounts = field(default_factory=ConsensusCounts)
    settled: Outcomes = field(default_factory=dict)
    fields: dict[str, Counter[str]] = field(default_factory=dict)
    named: dict[str, TemplateFields] = field(default_factory=dict)
    unmarked: Counter[str] = field(default_factory=Counter)

    def add(self, made: ShardResult) -> None:
        """Count what came of a share."""
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
        self.unmarked += made.unmarked
        for name, fields in made.named.items():
            self.named.setdefault(name, TemplateFields()).merge(fields)
        for name, tally in made.tallies.items():
            _absorb(self.tallies.setdefault(name, tally), tally)
        for name, written in made.written.items():
            self.rows.setdefault(name, targets.Written()).merge(written)

    def agreement(self) -> list[AgreementResult]:
        """How far annotators agree, by control; none where nobody shared a task."""
        results = []
        for tally in self.tallies.values():
            results += tally.results() if isinstance(tally, Agreements) else [tally.result()]
        return results

    def notes(self, inputs: Sequence[tuple[Source, sources.Input]]) -> Iterator[str]:
        """What was carried, left out or converted, file by file."""
        for name, account in self.content.items():
            if said := account.words():
                yield f"{name}: {said}"
        yield from _named_in_vain(inputs, self.content)
        yield from notes_on_templates(inputs, self.named)
        yield from self.unmarked_notes()
        told = {file.name for _, file in inputs if file.export is not None}  # by its tool's note
        for name, counts in self.offsets.items():
            if counts.total() and name not in told:
                yield f"{name}: spans: {in_words(counts)}"

    def unmarked_notes(self) -> Iterator[str]:
        """How many tasks were left out because nobody marked a span in them, and the way out."""
        for name, number in self.unmarked.items():
            yield (
                f"{name}: {counted(number, 'text')} without a mark left out (submitted-empty);"
                " where nothing marked means that nothing is there: --empty negative"
            )

    def twins(self) -> Iterator[Finding]:
        """The tasks that hold an annotation of another task of their file."""
        for name, ids in self.unique_ids.items():
            for task, first in ids.twins():
                other = "another task" if first is None else f"task {first}"
                said = f"holds an annotation that {other} holds too, by its unique_id"
                if task is not None and task == first:
                    said = "stands twice in the file, by the unique_id of an annotation"
                yield found("A014", said, Place(file=name, task=task))


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
