"""What another rule for borders, or the ground truth, would make of what annotators disagree on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from dataprep.finding import excerpt
from dataprep.report.terminal import counted

SHOWN = 5
"""Annotators that are named, those with the most marks first."""


def print_consensus(consensus: Mapping[str, Any], console: Console) -> None:
    """Print what each rule for borders keeps, and what the marks of ground truth would decide."""
    if borders := consensus.get("borders"):
        _print_borders(borders, console)
    if truth := consensus.get("ground_truth"):
        for line in _truth_lines(truth):
            console.print(line)
        console.print()


def _print_borders(borders: Mapping[str, Any], console: Console) -> None:
    if len({tuple(each.values()) for each in borders.values()}) == 1:
        return
    console.print("What goes on, by how the borders of regions are compared")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("--borders")
    for column in ("tasks", "regions"):
        table.add_column(column, justify="right")
    for rule, each in borders.items():
        table.add_row(rule, f"{each['tasks']:,}", f"{each['regions']:,}")
    console.print(table)
    console.print()


def _truth_lines(truth: Mapping[str, Any]) -> list[str]:
    """What is marked, by whom it is, and the flag that takes it."""
    number = counted(truth["tasks"], "task")
    holds = "holds" if truth["tasks"] == 1 else "hold"
    lines = [
        f"{number} with several annotators {holds} an annotation marked as ground truth. To take it"
        f" as the answer: --annotators ground-truth-first. It decides all of them;"
        f" {truth['disputed']:,} are disputed now."
    ]
    if several := truth.get("several"):
        which = counted(several, "task")
        lines.append(f"In {which} several annotations are marked: the oldest of them is taken.")
    holders = truth["annotators"]
    if holders is not None:
        ordered = sorted(holders.items(), key=lambda item: (-item[1], item[0]))
        said = ", ".join(
            f"{excerpt(who, 20) or 'unnamed'} ({marks:,})" for who, marks in ordered[:SHOWN]
        )
        more = f" and {len(ordered) - SHOWN:,} more" if len(ordered) > SHOWN else ""
        lines.append(
            f"The marks sit on the annotations of annotator{'s' * (len(ordered) > 1)} {said}{more}."
            " Each favours the annotator who holds it."
        )
    return lines
