"""JSONL files, one for each split: every row keeps the contract of its target or is dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import msgspec

from dataprep.contracts import Contract
from dataprep.example import Batch, Example
from dataprep.finding import Finding
from dataprep.rules import found
from dataprep.targets.rows import BuildRow
from dataprep.targets.written import Written

_ENCODE = msgspec.json.Encoder().encode


def write(
    folder: Path,
    batches: Iterable[Batch],
    build: BuildRow,
    contract: Contract,
    *,
    not_for: tuple[str, ...] = (),
) -> Written:
    """Write `train.jsonl`, `validation.jsonl` and `test.jsonl`, those that have rows."""
    folder.mkdir(parents=True)
    written = Written()
    rows: Counter[str] = Counter()
    with ExitStack() as stack:
        files: dict[str, BinaryIO] = {}
        for batch in batches:
            for example in batch.rows():
                line = _line(example, build, contract, not_for, written)
                if line is None:
                    continue
                split = example.split or "train"
                if split not in files:
                    path = folder / f"{split}.jsonl"
                    files[split] = stack.enter_context(path.open("wb", buffering=1 << 20))
                files[split].write(line)
                rows[split] += 1
    written.entry = {"splits": dict(rows)}
    written.rows = rows.total()
    return written


def _line(
    example: Example,
    build: BuildRow,
    contract: Contract,
    not_for: tuple[str, ...],
    written: Written,
) -> bytes | None:
    if example.shape in not_for:
        written.drop(example, "not-for-this-target", f"a {example.shape} example")
        return None
    row = build(example)
    if not contract.accepts(row):
        violations = list(contract.violations(row))
        written.findings += [_broken(example, contract, v.path, v.message) for v in violations]
        written.drop(example, "S001", violations[0].message if violations else "")
        return None
    return _ENCODE(row) + b"\n"


def _broken(example: Example, contract: Contract, path: str, message: str) -> Finding:
    place = msgspec.structs.replace(example.place, path=path)
    return found("S001", f"{path or 'the row'} {message} ({contract.name})", place)
