"""The plan and the progress of a job on a console."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.highlighter import JSONHighlighter
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from dataprep.report import plain, plain_lines, printable
from dataprep.shell import command_line
from trainers.openai.ending import JobOutcome
from trainers.openai.gates import Gate
from trainers.openai.jobs import JobRow
from trainers.openai.preview import JobPlan
from trainers.openai.results import last_figures
from trainers.openai.server import Server
from trainers.openai.watch import News, TellNews


def show_plan(plan: JobPlan, console: Console) -> None:
    """What would be sent and paid, the gates, and the request, as compact tables."""
    path = "/fine-tunes" if plan.server.protocol == "together" else "/fine_tuning/jobs"
    title = plan.provider.title if plan.provider else "another server"
    console.print(plain(f"The job at {title}, as it would be on {plan.today}", style="bold"))
    console.print(_grid(plan))
    console.print()
    console.print(_files(plan))
    console.print(Text("\nGates", style="bold"))
    console.print(_gates(plan.gates))
    if plan.notes:
        console.print(Text("\nNotes", style="bold"))
        for note in plan.notes:
            console.print(_indented("-", plain(note)))
    console.print(Text(f"\nThe request: POST {path}", style="bold"))
    request = plain_lines(_one_line_a_key(plan.request))
    console.print(JSONHighlighter()(request), soft_wrap=True)


def progress_on(console: Console) -> TellNews:
    """A listener for `run` that prints one line per piece of news."""

    def say(news: News) -> None:
        style = {"trouble": "yellow", "status": "bold", "created": "green"}.get(news.kind, "")
        figures = ", ".join(f"{k} {v:g}" for k, v in news.data.items())
        text = news.message + (f" ({figures})" if figures and news.kind == "metrics" else "")
        if "Step" in news.message:  # its figures are in its words
            text = news.message
        if news.finish is not None:
            text += f", ends about {_clock(news.finish)}"
        line = Text.assemble((f"{news.kind:>9}  ", "dim"), plain(text, style))
        console.print(line, soft_wrap=True)

    return say


@contextmanager
def watching(console: Console) -> Iterator[TellNews]:
    """A listener for `run`: on a terminal a bar with steps and loss under the lines."""
    lines = progress_on(console)
    if not console.is_terminal:
        yield lines
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[figures]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as progress:
        task = progress.add_task("waiting", total=None, figures="")

        def say(news: News) -> None:
            if news.kind == "status":
                progress.update(task, description=printable(news.message))
            if news.kind != "metrics":
                lines(news)
            elif "step" in news.data:
                progress.update(
                    task,
                    completed=news.data["step"],
                    total=news.data.get("total_steps"),
                    figures=printable(_figures(news)),
                )
            progress.refresh()

        yield say


def _figures(news: News) -> str:
    """Loss, accuracy and the estimated end, short enough for one line."""
    shown = [f"{k} {v:.4g}" for k, v in news.data.items() if "loss" in k or "accuracy" in k]
    if news.finish is not None:
        shown.append(f"ends about {_clock(news.finish)}")
    return ", ".join(shown)


def _clock(seconds: float) -> str:
    """A moment in the user's own time."""
    try:
        return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
    except (OverflowError, ValueError, OSError):
        return "an unknown time"


def show_way_back(job: str | None, server: Server | None, console: Console) -> None:
    """After Ctrl-C: whether a job runs on, and the command that comes back to it."""
    if job is None:
        console.print("Stopped before a job was known to be made. The same command goes on from")
        console.print("here: it looks at the server first, and never makes a second job.")
        return
    name = (server.name if server else "") or "openai"
    flags = server.flags if server else {}
    console.print(plain(f"Job {job} runs on. Come back to it with:"))
    back = command_line("train", name, attach=job, **flags)
    console.print(plain(f"  {back}"), soft_wrap=True)


def show_outcome(outcome: JobOutcome, console: Console) -> None:
    """The model's name, its last figures, where all of it lies, and how to try it."""
    model = plain(outcome.model or "no model", "bold green")
    console.print(Text.assemble(model, " is trained."))
    tokens = "unknown" if outcome.trained_tokens is None else f"{outcome.trained_tokens:,}"
    console.print(plain(f"job {outcome.job}, {tokens} trained tokens, ledger in {outcome.run_dir}"))
    figures = last_figures(outcome.run_dir)
    if figures:
        table = Table(box=None, padding=(0, 2), header_style="cyan")
        for name in figures:
            table.add_column(plain(name), justify="right")
        table.add_row(*(f"{value:g}" for value in figures.values()))
        console.print(table)
        console.print(plain(f"curves in {outcome.run_dir / 'metrics.svg'}"))
    if (outcome.run_dir / "checkpoints.json").exists():
        console.print(plain(f"models of earlier epochs in {outcome.run_dir / 'checkpoints.json'}"))
    if outcome.try_it:
        console.print(plain(f"Try it: {outcome.try_it}"), soft_wrap=True)


def show_jobs(rows: list[JobRow], console: Console) -> None:
    """Jobs as a table, newest first as they come."""
    table = Table(box=None, padding=(0, 2), header_style="cyan")
    for name in ("job", "status", "model", "created", "run folder"):
        table.add_column(name, overflow="fold")
    for row in rows:
        when = row.created.astimezone().strftime("%Y-%m-%d %H:%M") if row.created else ""
        cells = (row.job, row.status, row.model, when, str(row.run_dir or ""))
        table.add_row(*map(plain, cells))
    console.print(table)


def _grid(plan: JobPlan) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="cyan", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, words in plan.rows():
        grid.add_row(plain(f"  {label}"), plain(words, "bold" if label == "cost" else ""))
    return grid


def _files(plan: JobPlan) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="cyan", pad_edge=False)
    table.add_column("  file", no_wrap=True)
    for title in ("examples", "bytes"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("tokens", justify="right")
    table.add_column("sha256", no_wrap=True)
    for file in plan.files:
        table.add_row(
            plain(f"  {file.split}.jsonl"),
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
        grid.add_row(mark, plain(gate.name), plain(f"{detail}{opens}{remedy}"))
    return grid


def _indented(mark: str, text: Text) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_row(plain(f"  {mark}"), text)
    return grid
