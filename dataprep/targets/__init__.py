"""What is written, and for whom: the door is `write`, and `check_wanted` before any work."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from pathlib import Path

from dataprep import jsonio
from dataprep.contracts import Contract, contract, from_file
from dataprep.finding import Place, UsageError
from dataprep.recipe import Target
from dataprep.targets import label_studio
from dataprep.targets.catalogue import CATALOGUE, TargetFormat
from dataprep.targets.column_types import ColumnTypes, features_of, spelled_out
from dataprep.targets.described import check_templates, described_row
from dataprep.targets.jsonl import JudgeRow, RowWriter, one_row
from dataprep.targets.lost import lost, lost_of
from dataprep.targets.parts import keep_limits
from dataprep.targets.shards import kept
from dataprep.targets.verdict_balance import verdict_balance
from dataprep.targets.written import Batches, Written

__all__ = [
    "CATALOGUE",
    "ColumnTypes",
    "JudgeRow",
    "RowWriter",
    "TargetFormat",
    "Written",
    "check_wanted",
    "features_of",
    "finish",
    "kept",
    "lost",
    "only_for_graders",
    "only_for_verdicts",
    "refuse_twice",
    "spelled_out",
    "write",
    "writers",
]

_TAKEN = ("examples", "turns")


def check_wanted(targets: Iterable[Target], base: Path) -> None:
    """Raise UsageError for a target that cannot be written, before anything is read."""
    targets = list(targets)
    refuse_twice(target.name for target in targets)
    for target in targets:
        if target.json_schema is not None:
            _check_own(target, base)
        elif target.fields is not None or target.sample is not None:
            raise UsageError(
                f"The target {target.name!r} has fields or a sample, but no schema.",
                "Add schema: FILE.schema.json, the JSON Schema of a row.",
            )
        elif target.name not in CATALOGUE:
            near = difflib.get_close_matches(target.name.lower(), CATALOGUE, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(CATALOGUE)}."
            raise UsageError(f"There is no target {target.name!r}.", hint)


def refuse_twice(names: Iterable[str]) -> None:
    """Raise UsageError for two targets of one name, which would be written into one folder."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise UsageError(
                f"The target {name!r} stands twice in the recipe, and both would be written into"
                f" the folder {name}.",
                "Keep one of the two; the other one goes into an output of its own.",
            )
        seen.add(name)


def only_for_graders(targets: Iterable[Target]) -> bool:
    """Whether nothing is written but items for a grader, which need no answer."""
    formats = {CATALOGUE[t.name].row_format if t.json_schema is None else "" for t in targets}
    return formats == {"reinforcement"}


def only_for_verdicts(targets: Iterable[Target]) -> bool:
    """Whether nothing is written but answers with a verdict each."""
    formats = {CATALOGUE[t.name].row_format if t.json_schema is None else "" for t in targets}
    return formats == {"kto"}


JudgeFor = Callable[[TargetFormat], JudgeRow | None]
"""The rules that a target's rows must keep, for whoever knows them."""


def writers(
    targets: Iterable[Target], base: Path, judge_for: JudgeFor = lambda _: None
) -> dict[str, RowWriter]:
    """By name, those of the targets that are written row by row, as soon as an example exists."""
    found = ((target.name, _row_writer(target, base, judge_for)) for target in targets)
    return {name: writer for name, writer in found if writer is not None}


def write(
    target: Target,
    folder: Path,
    batches: Batches,
    *,
    base: Path,
    seed: int,
    shards: Path | None = None,
) -> Written:
    """Write one target into `folder/<name>`; `batches(split)` gives examples, None for all.

    `shards` is the folder that `kept` gives: what is tokenised lies there until it is published.
    """
    into = folder / target.name
    if writer := _row_writer(target, base):
        return writer.write(into, batches(None))
    if target.name == "t5":
        from dataprep.targets import t5

        not_for = CATALOGUE[target.name].not_for
        return t5.write(into, batches, target, base=base, seed=seed, not_for=not_for, shards=shards)
    if target.name == "causal":
        from dataprep.targets import causal

        not_for = CATALOGUE[target.name].not_for
        return causal.write(into, batches, target, base=base, not_for=not_for, shards=shards)
    return label_studio.write(into, batches(None), CATALOGUE[target.name].not_for)


def finish(target: Target, folder: Path, batches: Batches, written: Written) -> list[str]:
    """When all of a target is there: cut what is too large for its provider, say what is lost.

    Both go into the manifest's entry; the sentences are for a person.
    """
    known = CATALOGUE.get(target.name) if target.json_schema is None else None
    if known is None:
        return []
    if known.row is None and known.rows is None:
        written.lost = lost_of(batches(None), written.drops, target.name, written.kept)
    notes = []
    if target.name == "t5":
        from dataprep.targets import t5

        notes.append(f"t5: {t5.limits_in_words(written.entry)}")
    if target.name == "kto" and (said := verdict_balance(folder / target.name)):
        notes.append(said)
    if written.lost:
        written.entry["lost"] = dict(sorted(written.lost.items()))
        lost = written.entry["lost"].items()
        said = ", ".join(f"{name} ({n:,} example{'s' * (n > 1)})" for name, n in lost)
        notes.append(f"{target.name} loses what it has no place for: {said}")
    if known.provider is not None:
        notes += keep_limits(folder / target.name, known.provider, written)
    return notes


def _row_writer(
    target: Target, base: Path, judge_for: JudgeFor = lambda _: None
) -> RowWriter | None:
    """The writer of a JSONL target; None for one that needs all examples before it begins."""
    if target.json_schema is not None:
        own = one_row(described_row(target))
        return RowWriter(own, _own_contract(target, base), name=target.name)
    known = CATALOGUE[target.name]
    build = known.rows(target) if known.rows else None
    if known.row is not None:
        build = one_row(known.row(target))
    if build is None:
        return None
    return RowWriter(
        build,
        contract(known.schema),
        known.not_for,
        name=target.name,
        quick=known.quick(target) if known.quick else None,
        judge=judge_for(known),
    )


def _check_own(target: Target, base: Path) -> None:
    """Refuse a target of the recipe's own that could not be written, or whose name is taken."""
    if target.name in _TAKEN:
        raise UsageError(
            f"A target cannot be called {target.name!r}: the output has a folder of that name.",
            "Choose another name.",
        )
    _own_contract(target, base)
    check_templates(target)


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
    if not any(line.strip() for line in lines):
        said = f"{sample}: holds no row."
        raise UsageError(said, "Write one row as it shall be.")
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
