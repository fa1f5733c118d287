"""JSONL files, one for each split: every row keeps the contract of its target or is dropped."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from dataprep.contracts import Contract
from dataprep.example import Batch, Example
from dataprep.finding import Finding, UsageError
from dataprep.rules import found
from dataprep.targets.rows import BuildRow
from dataprep.targets.written import Written

_ENCODE = msgspec.json.Encoder().encode


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
        rows: dict[str, list[bytes]] = {}
        for example in examples:
            if line := self._line(example, written):
                rows.setdefault(example.split or "train", []).append(line)
        counts = written.entry.setdefault("splits", {})
        for split, lines in rows.items():
            with (folder / f"{split}.jsonl").open("ab") as file:
                file.write(b"".join(lines))
            counts[split] = counts.get(split, 0) + len(lines)
            written.rows += len(lines)

    def _line(self, example: Example, written: Written) -> bytes | None:
        if example.shape in self._not_for:
            written.drop(example, "not-for-this-target", f"a {example.shape} example")
            return None
        try:
            row = self._build(example)
        except UsageError as error:
            raise UsageError(error.message, error.remedy, place=example.place) from None
        contract = self._contract
        if not contract.accepts(row):
            violations = list(contract.violations(row))
            written.findings += [_broken(example, contract, v.path, v.message) for v in violations]
            written.drop(example, "S001", violations[0].message if violations else "")
            return None
        return _ENCODE(row) + b"\n"


def _broken(example: Example, contract: Contract, path: str, message: str) -> Finding:
    place = msgspec.structs.replace(example.place, path=path)
    return found("S001", f"{path or 'the row'} {message} ({contract.name})", place)
