"""How reliable each annotator is: on one screen, and as JSON for the manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dataprep.annotation import Measure
from dataprep.finding import excerpt
from dataprep.report.terminal import plain

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
NOTHING = "nothing"
"""How the answer that there is nothing is called."""


def reliability_table(result: ReliabilityResult, console: Console) -> None:
    """Print the annotators of a control: how reliable they are, and where they differ most."""
    head = Text.assemble("Annotators of ", plain(excerpt(result.control), "bold"))
    console.print(head.append(f", by {result.method}"))
    if not result.annotators:
        console.print(UNNAMED)
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("annotator", style="bold", overflow="ellipsis", no_wrap=True, max_width=20)
    most = max((len(f"{one.tasks:,}") for one in result.annotators), default=0)
    for name, least in (("tasks", most), ("as the majority", 0), ("reliable", 0)):
        width = max(len(name), least)
        table.add_column(name, justify="right", no_wrap=True, min_width=width)
    table.add_column("differs most", overflow="ellipsis", no_wrap=True)
    for one in result.annotators[:SHOWN]:
        row = [_value(one.with_majority), _value(one.reliability), _difference(one.differs)]
        table.add_row(plain(one.annotator), f"{one.tasks:,}", *row)
    if (rest := len(result.annotators) - SHOWN) > 0:
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


def _difference(differs: Difference | None) -> Text:
    """What is said for what else, and how often; shortened so that the number is seen."""
    if differs is None:
        return Text("-", "dim")
    said, probable = (excerpt(label, 12) if label else NOTHING for label in differs[:2])
    return plain(f"{differs.times:,} x {said} for {probable}")


def _value(measure: Measure) -> Text:
    return Text("-", "dim") if measure.value is None else Text(f"{measure.value:.3f}")
