"""The plan and the progress of a job on a console."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.highlighter import JSONHighlighter
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from trainers.openai.gates import Gate
from trainers.openai.job import Outcome
from trainers.openai.preview import Plan
from trainers.openai.watch import News, Say


def show_plan(plan: Plan, console: Console) -> None:
    """What would be sent and paid, the gates, and the request, as compact tables."""
    title = plan.provider.title if plan.provider else "another server"
    console.print(Text(f"The job at {title}, as it would be on {plan.today}", style="bold"))
    console.print(_grid(plan))
    console.print()
    console.print(_files(plan))
    console.print(Text("\nGates", style="bold"))
    console.print(_gates(plan.gates))
    if plan.notes:
        console.print(Text("\nNotes", style="bold"))
        for note in plan.notes:
            console.print(_indented("-", Text(note)))
    console.print(Text("\nThe request: POST /fine_tuning/jobs", style="bold"))
    console.print(JSONHighlighter()(_one_line_a_key(plan.request)), soft_wrap=True)


def progress_on(console: Console) -> Say:
    """A listener for `run` that prints one line per piece of news."""

    def say(news: News) -> None:
        style = {"trouble": "yellow", "status": "bold", "created": "green"}.get(news.kind, "")
        figures = ", ".join(f"{k} {v}" for k, v in news.data.items())
        text = news.message + (f" ({figures})" if figures and news.kind == "metrics" else "")
        console.print(Text(f"{news.kind:>9}  ", style="dim"), Text(text, style=style), sep="")

    return say


def show_outcome(outcome: Outcome, console: Console) -> None:
    """The model's name and where the ledger lies."""
    console.print(f"[bold green]{escape(outcome.model or 'no model')}[/] is trained.")
    tokens = "unknown" if outcome.trained_tokens is None else f"{outcome.trained_tokens:,}"
    console.print(Text(f"job {outcome.job}, {tokens} trained tokens, ledger in {outcome.run_dir}"))


def _grid(plan: Plan) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="cyan", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, words in plan.rows():
        grid.add_row(Text(f"  {label}"), Text(words, style="bold" if label == "cost" else ""))
    return grid


def _files(plan: Plan) -> Table:
    table = Table(box=None, padding=(0, 2), header_style="cyan", pad_edge=True)
    table.add_column("file")
    for title in ("examples", "bytes", "tokens"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("sha256", no_wrap=True)
    for file in plan.files:
        table.add_row(
            Text(f"{file.split}.jsonl"),
            f"{file.examples:,}",
            f"{file.bytes:,}",
            str(file.tokens),
            file.sha256[:16],
        )
    return table


def _one_line_a_key(request: dict[str, Any]) -> str:
    lines = (f"  {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in request.items())
    return "{\n" + ",\n".join(lines) + "\n}"


def _gates(gates: tuple[Gate, ...]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(style="cyan", no_wrap=True)
    grid.add_column(overflow="fold")
    for gate in gates:
        opens = f" Opens with {gate.override}." if gate.override else ""
        remedy = f" {gate.remedy}" if gate.remedy and not gate.passed else ""
        mark = Text("  pass", style="green") if gate.passed else Text("  SHUT", style="bold red")
        detail = gate.detail + ("." if opens or remedy else "")
        grid.add_row(mark, Text(gate.name), Text(f"{detail}{opens}{remedy}"))
    return grid


def _indented(mark: str, text: Text) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_row(Text(f"  {mark}"), text)
    return grid
