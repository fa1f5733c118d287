"""JSONL files, one for each split: every row keeps the contract of its target or is dropped."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from dataprep.contracts import Contract
from dataprep.example import Batch, Example
from dataprep.finding import Finding, UsageError
from dataprep.formats.format import BuildRow, NotTaken, Row
from dataprep.formats.plain_rows import Quick
from dataprep.rules import found
from dataprep.targets.lost import count_lost
from dataprep.targets.written import Written

_ENCODER = msgspec.json.Encoder()


class RowWriter:
    """Writes examples as the rows of one target; `not_for` are the shapes it leaves out.

    `quick` is the short way of `build`, for those examples that it takes.
    """

    def __init__(
        self,
        build: BuildRow,
        contract: Contract,
        not_for: tuple[str, ...] = (),
        *,
        name: str = "",
        quick: Quick | None = None,
    ) -> None:
        self._build = build
        self._contract = contract
        self._not_for = frozenset(not_for)
        self._name = name
        self._quick = quick or _never

    def write(self, folder: Path, batches: Iterable[Batch]) -> Written:
        """Write `train.jsonl`, `validation.jsonl` and `test.jsonl`, those that have rows."""
        written = Written(entry={"splits": {}})
        for batch in batches:
            self.append(folder, batch.rows(), written)
        return written

    def append(self, folder: Path, examples: Iterable[Example], written: Written) -> None:
        """Write more rows at the end of the files in `folder`, and count them in `written`."""
        folder.mkdir(parents=True, exist_ok=True)
        rows: dict[str, list[Row | msgspec.Struct]] = {}
        quick, not_for = self._quick, self._not_for
        for example in examples:
            row: Row | msgspec.Struct | None = None
            if example.shape not in not_for:
                row = quick(example)
            if row is None and (row := self._row(example, written)) is None:
                continue
            split = example.split or "train"
            if split in rows:
                rows[split].append(row)
            else:
                rows[split] = [row]
        counts = written.entry.setdefault("splits", {})
        for split, held in rows.items():
            counts[split] = counts.get(split, 0) + len(held)
            written.rows += len(held)
            with (folder / f"{split}.jsonl").open("ab") as file:
                file.write(_ENCODER.encode_lines(held))

    def _row(self, example: Example, written: Written) -> Row | None:
        if example.shape in self._not_for:
            written.drop(example, "not-for-this-target", f"a {example.shape} example")
            return None
        try:
            row = self._build(example)
        except NotTaken as refusal:
            written.drop(example, refusal.reason, refusal.detail)
            return None
        except UsageError as error:
            raise UsageError(error.message, error.remedy, place=example.place) from None
        contract = self._contract
        if contract.accepts(row):
            count_lost(example, self._name, written.lost)
            return row
        violations = list(contract.violations(row))
        written.findings += [_broken(example, contract, v.path, v.message) for v in violations]
        written.drop(example, "S001", violations[0].message if violations else "")
        return None


def _never(_: Example) -> None:
    """There is no short way."""


def _broken(example: Example, contract: Contract, path: str, message: str) -> Finding:
    place = msgspec.structs.replace(example.place, path=path)
    return found("S001", f"{path or 'the row'} {message} ({contract.name})", place)
