"""JSONL files, one for each split: every row keeps the contract of its target or is dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec
import polars as pl

from dataprep.contracts import Contract
from dataprep.example import Batch, Example
from dataprep.finding import Fault, Finding, UsageError
from dataprep.formats.format import BuildRow, BuildRows, NotTaken, Row
from dataprep.formats.plain_rows import Quick
from dataprep.rules import found
from dataprep.targets.lost import count_lost, why_untaught
from dataprep.targets.plain_batches import RowText, is_plain
from dataprep.targets.written import Written, why_not

_ENCODER = msgspec.json.Encoder()


JudgeRow = Callable[[Row], Iterable[Fault]]
"""The errors of a row as it would be written, by the rules that check has for its format.

Of a row that breaks the schema of its format it says nothing.
"""


class RowWriter:
    """Writes examples as the rows of one target; `not_for` are the shapes it leaves out.

    `quick` is the short way of `build`, for those examples that it takes. `judge` knows the rules
    of the target's format: what it finds is dropped by the code of the rule.
    """

    def __init__(
        self,
        build: BuildRows,
        contract: Contract,
        not_for: tuple[str, ...] = (),
        *,
        name: str = "",
        quick: Quick | None = None,
        judge: JudgeRow | None = None,
    ) -> None:
        self._build = build
        self._contract = contract
        self._not_for = frozenset(not_for)
        self._name = name
        self._quick = quick or _never
        self._text = RowText.of(self._quick)
        self._judge = judge or _nothing

    def write(self, folder: Path, batches: Iterable[Batch]) -> Written:
        """Write `train.jsonl`, `validation.jsonl` and `test.jsonl`, those that have rows."""
        written = Written(entry={"splits": {}})
        for batch in batches:
            if not self.append_plain(folder, batch, written):
                self.append(folder, batch.rows(), written)
        return written

    def append_plain(self, folder: Path, batch: Batch, written: Written) -> bool:
        """Write a batch of plain examples as `append` does, from its columns.

        False, and nothing is done, where an example is not plain, or may be left out.
        """
        if self._text is None or not is_plain(batch) or self._may_leave_out(batch):
            return False
        folder.mkdir(parents=True, exist_ok=True)
        counts = written.entry.setdefault("splits", {})
        frame = batch.examples.with_columns(pl.col("split").fill_null("train"))
        for split in frame["split"].unique(maintain_order=True):
            rows = frame.filter(pl.col("split") == split)
            self._note_types(split, rows, written)
            counts[split] = counts.get(split, 0) + len(rows)
            with (folder / f"{split}.jsonl").open("ab") as file:
                file.write(self._text.lines(rows))
        written.examples += len(frame)
        written.rows += len(frame)
        return True

    def _may_leave_out(self, batch: Batch) -> bool:
        """Whether the shape of an example of a batch may be a reason to leave it out."""
        shapes = batch.examples["shape"].unique()
        probes = (Example(id="", file="", shape=one, input="", output="") for one in shapes)
        return any(self._why_left_out(probe) for probe in probes)

    def _note_types(self, split: str, rows: pl.DataFrame, written: Written) -> None:
        """Note the types of rows, until one more tells nothing new."""
        for asked, answer in rows.select("input", "output").iter_rows():
            row = self._quick(Example(id="", file="", shape="", input=asked, output=answer))
            if row is None or written.columns.is_settled(split, type(row)):
                return
            written.columns.add(split, row)

    def append(self, folder: Path, examples: Iterable[Example], written: Written) -> None:
        """Write more rows at the end of the files in `folder`, and count them in `written`."""
        folder.mkdir(parents=True, exist_ok=True)
        rows: dict[str, list[Row | msgspec.Struct]] = {}
        for example in examples:
            if why := self._why_left_out(example):
                written.drop(example, *why)
                continue
            row = self._quick(example)
            made = self._rows(example, written) if row is None else [row]
            if not made:
                continue
            if row is not None and (example.turns or example.weight != 1):
                count_lost(example, self._name, written.lost)
            split = example.split or "train"
            if split in rows:
                rows[split].extend(made)
            else:
                rows[split] = list(made)
            for one in made:
                written.columns.add(split, one)
            written.examples += 1
        counts = written.entry.setdefault("splits", {})
        for split, held in rows.items():
            counts[split] = counts.get(split, 0) + len(held)
            written.rows += len(held)
            with (folder / f"{split}.jsonl").open("ab") as file:
                file.write(_ENCODER.encode_lines(held))

    def _why_left_out(self, example: Example) -> tuple[str, str] | None:
        """The reason for which the reader of the target takes no such example, and its detail."""
        if example.shape in self._not_for:
            return why_not(example.shape)
        return why_untaught(example, self._name)

    def _rows(self, example: Example, written: Written) -> Sequence[Row]:
        """The rows of one example; none where it is dropped."""
        try:
            rows = self._build(example)
        except NotTaken as refusal:
            written.drop(example, refusal.reason, refusal.detail)
            return ()
        except UsageError as error:
            raise UsageError(error.message, error.remedy, place=example.place) from None
        for row in rows:
            if fault := next(iter(self._judge(row)), None):
                written.drop(example, fault.code, fault.message)
                return ()
            if not self._contract.accepts(row):
                self._refuse(example, row, written)
                return ()
        count_lost(example, self._name, written.lost)
        return rows

    def _refuse(self, example: Example, row: Row, written: Written) -> None:
        """Drop an example whose row breaks the schema of the target: the fault is ours or its."""
        contract = self._contract
        violations = list(contract.violations(row))
        written.findings += [_broken(example, contract, v.path, v.message) for v in violations]
        written.drop(example, "S001", violations[0].message if violations else "")


def one_row(build: BuildRow) -> BuildRows:
    """The builder of one row, as one of several."""
    return lambda example: [build(example)]


def _never(_: Example) -> None:
    """There is no short way."""


def _nothing(_: Row) -> Iterable[Fault]:
    """No rule is broken."""
    return ()


def _broken(example: Example, contract: Contract, path: str, message: str) -> Finding:
    place = msgspec.structs.replace(example.place, path=path)
    return found("S001", f"{path or 'the row'} {message} ({contract.name})", place)
