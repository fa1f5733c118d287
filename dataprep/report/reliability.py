"""How reliable each annotator is: on one screen, and as JSON for the manifest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dataprep.annotation import Measure
from dataprep.finding import excerpt
from dataprep.report.terminal import plain, printable

if TYPE_CHECKING:
    from dataprep.annotation.reliability import (
        AnnotatorReliability,
        Difference,
        ReliabilityResult,
    )

SCHEMA = "urn:dataprep:schema:reliability:1"
SHOWN = 20
"""Annotators that are shown on the screen."""
WRITTEN = 1_000
"""Annotators that are written as JSON; of the others only the number is."""
UNNAMED = "No annotation names its annotator, so all of them count as one person's."
_NAME = 20
_LABEL = 4
_GAP = 2
NOTHING = "nothing"
"""How the answer that there is nothing is called."""


def print_reliability(results: Sequence[ReliabilityResult], console: Console) -> None:
    """Print a table for each control; of many the first."""
    shown = results[:FEW] if len(results) > MOST else results
    for result in shown:
        reliability_table(result, console)
        console.print()
    if len(shown) < len(results):
        console.print(f"The annotators of {len(results) - FEW:,} more controls: in the manifest.")


FEW, MOST = 3, 4
"""Controls that are shown of more than MOST."""


def reliability_table(result: ReliabilityResult, console: Console) -> None:
    """Print the annotators of a control: how reliable they are, and where they differ most."""
    head = Text.assemble("Annotators of ", plain(excerpt(result.control), "bold"))
    console.print(head.append(f", by {result.method}"))
    if not result.annotators:
        console.print(UNNAMED)
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    shown = result.annotators[:SHOWN]
    names = [_cut(printable(one.annotator), _NAME) for one in shown]
    rest = len(result.annotators) - len(shown)
    table.add_column("annotator", style="bold", no_wrap=True)
    most = max((len(f"{one.tasks:,}") for one in result.annotators), default=0)
    first = max(map(cell_len, ["annotator", *names]))
    room = console.width - first - _GAP
    for name, least in (("tasks", most), ("as the majority", 0), ("reliable", 0)):
        width = max(len(name), least)
        room -= width + _GAP
        table.add_column(name, justify="right", no_wrap=True, min_width=width)
    table.add_column("differs most", overflow="ellipsis", no_wrap=True)
    for name, one in zip(names, shown, strict=True):
        differs = _difference(one.differs, room)
        row = [_value(one.with_majority), _value(one.reliability), differs]
        table.add_row(plain(name), f"{one.tasks:,}", *row)
    if rest > 0:
        table.add_row(Text(f"{rest:,} more", "dim"))
    console.print(table)


def to_json(result: ReliabilityResult) -> dict[str, Any]:
    """The result as schemas/reliability.schema.json says."""
    return {
        "schema": SCHEMA,
        "control": result.control,
        "method": result.method,
        "annotator_count": len(result.annotators),
        "annotators": [_json(one) for one in result.annotators[:WRITTEN]],
    }


def _json(one: AnnotatorReliability) -> dict[str, Any]:
    return {
        "annotator": one.annotator,
        "tasks": one.tasks,
        "with_majority": _measure(one.with_majority),
        "reliability": _measure(one.reliability),
        "differs": one.differs and one.differs._asdict(),
    }


def _measure(measure: Measure) -> dict[str, Any]:
    if measure.value is None:
        return {"value": None, "reason": measure.reason}
    return {"value": measure.value}


def _difference(differs: Difference | None, room: int) -> Text:
    """What is said for what else, and how often, in so many cells: of each label the beginning."""
    if differs is None:
        return Text("-", "dim")
    times = f"{differs.times:,} x "
    said, probable = (printable(label) if label else NOTHING for label in differs[:2])
    left = room - len(times) - len(" for ")
    said = _cut(said, max(_LABEL, left - min(cell_len(probable), left // 2)))
    probable = _cut(probable, max(_LABEL, left - cell_len(said)))
    return plain(f"{times}{said} for {probable}")


def _cut(text: str, cells: int) -> str:
    """The text in at most so many cells of a terminal."""
    return text if cell_len(text) <= cells else set_cell_size(text, cells - 1).rstrip() + "…"


def _value(measure: Measure) -> Text:
    return Text("-", "dim") if measure.value is None else Text(f"{measure.value:.3f}")
