"""What a run did, on one screen: the ledger of its stages, and how its splits came out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dataprep.report.terminal import plain

if TYPE_CHECKING:
    from dataprep.conversion.ledger import Ledger, Stage

STRATA = 12
"""Strata that are shown, the largest first; the others are one line together."""

Strata = Mapping[str, Mapping[str, int]]


def summary(
    ledger: Ledger,
    splits: Mapping[str, int],
    strata: Strata | None = None,
    *,
    console: Console,
) -> None:
    """Print the ledger and the splits. `strata` is label -> split -> number of examples."""
    stages, verdict, *divided = summary_parts(ledger, splits, strata)
    console.print(stages)
    console.print(verdict)
    for table in divided:
        console.print()
        console.print(table)


def summary_parts(
    ledger: Ledger, splits: Mapping[str, int], strata: Strata | None = None
) -> list[Table | Text]:
    """The ledger, whether it balances, and the splits, if there are any."""
    table = _ledger_table(ledger)
    balanced = all(stage.balanced for stage in ledger.stages.values())
    verdict = "Nothing was lost: in = out + dropped, at every stage."
    last = Text(verdict, "dim") if balanced else Text("The ledger does not balance.", "red")
    return [table, last, *([_splits_table(splits, strata or {})] if splits else [])]


def _table() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")


def _ledger_table(ledger: Ledger) -> Table:
    table = _table()
    table.add_column("stage", style="bold")
    table.add_column("unit")
    for column in ("in", "out", "dropped"):
        table.add_column(column, justify="right")
    table.add_column("why", overflow="fold", ratio=1)
    for stage in ledger.stages.values():
        _add_stage(table, stage)
    return table


def _add_stage(table: Table, stage: Stage) -> None:
    """A stage with its first reason beside it, and each further reason on a line below."""
    reasons = [(f"{number:,}", plain(reason)) for reason, number in stage.dropped.most_common()]
    total = stage.dropped.total()
    one = reasons[0][1] if len(reasons) == 1 else Text("")
    dropped = Text(f"{total:,}", "yellow" if total else "dim")
    table.add_row(stage.stage, stage.unit, f"{stage.entered:,}", f"{stage.out:,}", dropped, one)
    if len(reasons) > 1:
        for number, reason in reasons:
            table.add_row("", "", "", "", Text(number, "dim"), reason)


def _splits_table(splits: Mapping[str, int], strata: Strata) -> Table:
    """Counts for each split; for each stratum its share of the split, in percent."""
    table = _table()
    table.add_column("split", style="bold", overflow="ellipsis", no_wrap=True, max_width=32)
    for name in splits:
        table.add_column(name, justify="right")
    table.add_column("all", justify="right")
    total = sum(splits.values())
    table.add_row("examples", *(f"{n:,}" for n in splits.values()), f"{total:,}")
    table.add_row("share", *(_percent(n, total) for n in splits.values()), _percent(total, total))
    ordered = sorted(strata.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    shown, rest = ordered[:STRATA], ordered[STRATA:]
    if len(rest) == 1:
        shown, rest = ordered, []
    for label, counts in shown:
        _add_stratum(table, plain(f"  {label}"), counts, splits)
    if rest:
        others = {name: sum(counts.get(name, 0) for _, counts in rest) for name in splits}
        _add_stratum(table, Text(f"  {len(rest):,} more", "dim"), others, splits)
    return table


def _add_stratum(
    table: Table, label: Text, counts: Mapping[str, int], splits: Mapping[str, int]
) -> None:
    shares = [_percent(counts.get(name, 0), size) for name, size in splits.items()]
    table.add_row(label, *shares, _percent(sum(counts.values()), sum(splits.values())))


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"
