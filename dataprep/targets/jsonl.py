"""JSONL files, one for each split: every row keeps the contract of its target or is dropped."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from dataprep.contracts import Contract
from dataprep.example import Batch, Example
from dataprep.finding import Finding, UsageError
from dataprep.rules import found
from dataprep.targets.rows import BuildRow, Row
from dataprep.targets.written import Written

_ENCODER = msgspec.json.Encoder()


class RowWriter:
    """Writes examples as the rows of one target; `not_for` are the shapes it leaves out."""

    def __init__(self, build: BuildRow, contract: Contract, not_for: tuple[str, ...] = ()) -> None:
        self._build = build
        self._contract = contract
        self._not_for = not_for

    def write(self, folder: Path, batches: Iterable[Batch]) -> Written:
        """Write `train.jsonl`, `validation.jsonl` and `test.jsonl`, those that have rows."""
        written = Written(entry={"splits": {}})
        for batch in batches:
            self.append(folder, batch.rows(), written)
        return written

    def append(self, folder: Path, examples: Iterable[Example], written: Written) -> None:
        """Write more rows at the end of the files in `folder`, and count them in `written`."""
        folder.mkdir(parents=True, exist_ok=True)
        lines: dict[str, bytearray] = {}
        counts = written.entry.setdefault("splits", {})
        for example in examples:
            if (row := self._row(example, written)) is not None:
                split = example.split or "train"
                held = lines.setdefault(split, bytearray())
                _ENCODER.encode_into(row, held, -1)
                held += b"\n"
                counts[split] = counts.get(split, 0) + 1
                written.rows += 1
        for split, held in lines.items():
            with (folder / f"{split}.jsonl").open("ab") as file:
                file.write(held)

    def _row(self, example: Example, written: Written) -> Row | None:
        if example.shape in self._not_for:
            written.drop(example, "not-for-this-target", f"a {example.shape} example")
            return None
        try:
            row = self._build(example)
        except UsageError as error:
            raise UsageError(error.message, error.remedy, place=example.place) from None
        contract = self._contract
        if contract.accepts(row):
            return row
        violations = list(contract.violations(row))
        written.findings += [_broken(example, contract, v.path, v.message) for v in violations]
        written.drop(example, "S001", violations[0].message if violations else "")
        return None


def _broken(example: Example, contract: Contract, path: str, message: str) -> Finding:
    place = msgspec.structs.replace(example.place, path=path)
    return found("S001", f"{path or 'the row'} {message} ({contract.name})", place)
