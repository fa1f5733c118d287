"""What is written, and for whom: the door is `write`, and `check_wanted` before any work."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from pathlib import Path

from dataprep import jsonio
from dataprep.contracts import Contract, contract, from_file
from dataprep.example import Batch
from dataprep.finding import Place, UsageError
from dataprep.recipe import Target
from dataprep.targets import jsonl, label_studio
from dataprep.targets.catalogue import CATALOGUE, Format
from dataprep.targets.rows import described_row
from dataprep.targets.written import Written

__all__ = ["CATALOGUE", "Format", "Written", "check_wanted", "write"]

Batches = Callable[[str | None], Iterable[Batch]]


def check_wanted(targets: Iterable[Target], base: Path) -> None:
    """Raise UsageError for a target that cannot be written, before anything is read."""
    seen: set[str] = set()
    for target in targets:
        if target.name in seen:
            raise UsageError(f"The target {target.name!r} stands twice in the recipe.")
        seen.add(target.name)
        if target.json_schema is not None:
            _own_contract(target, base)
        elif target.name not in CATALOGUE:
            near = difflib.get_close_matches(target.name, CATALOGUE, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(CATALOGUE)}."
            raise UsageError(f"There is no target {target.name!r}.", hint)


def write(target: Target, folder: Path, batches: Batches, *, base: Path, seed: int) -> Written:
    """Write one target into `folder/<name>`; `batches(split)` gives examples, None for all."""
    into = folder / target.name
    if target.json_schema is not None:
        return jsonl.write(into, batches(None), described_row(target), _own_contract(target, base))
    known = CATALOGUE[target.name]
    if known.row is not None:
        rules = contract(known.schema)
        row = known.row(target)
        return jsonl.write(into, batches(None), row, rules, not_for=known.not_for)
    if target.name == "t5":
        from dataprep.targets import t5

        return t5.write(into, batches, target, base=base, seed=seed, not_for=known.not_for)
    return label_studio.write(into, batches(None))


def _own_contract(target: Target, base: Path) -> Contract:
    """A user's schema, proven on the user's sample; raises UsageError where they disagree."""
    if target.fields is None:
        raise UsageError(
            f"The target {target.name!r} has a schema but no fields.",
            'Add the row as it shall be, for example fields: {question: "{{ input }}"}.',
        )
    own = from_file(base / str(target.json_schema))
    if target.sample is not None:
        _prove(own, base / target.sample)
    return own


def _prove(own: Contract, sample: Path) -> None:
    try:
        lines = sample.read_bytes().split(b"\n")
    except OSError as error:
        raise UsageError(f"{sample}: {error.strerror}.", "Check the path of the sample.") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = Place(file=str(sample), line=number)
        try:
            row = jsonio.loads(line)
        except jsonio.JsonError as error:
            raise UsageError(f"{error.message}.", "Mend the sample.", place=place) from None
        if not own.accepts(row):
            first = next(own.violations(row))
            said = f"the sample breaks {own.name}: {first.path or 'the row'} {first.message}."
            raise UsageError(said, "Mend the sample or the schema.", place=place)
