"""What was rescued, in Markdown, with the commands that take it to another road."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dataprep.report import counted
from dataprep.shell import command_line
from trainers.rescue.files import KEPT
from trainers.rescue.folder import RescuedJob
from trainers.rescue.outcome import Rescued

ROADS = ("t5", "causal", "openai-chat", "nebius", "together")
"""Targets whose losses the page shows; job.json has those of all."""


_MARKUP = "`*<>[]&~\\"
_SHOWN = 300


def page(made: Rescued) -> str:
    """The jobs, what of their files could not be had, what is lost on each road, and commands."""
    new = sum(job.new for job in made.jobs)
    files = [file for job in made.jobs for file in job.files]
    kept = sum(file.state == KEPT for file in files)
    lines = [
        "# Rescued\n",
        f"{counted(len(made.jobs), 'job')} in {made.folder}, {new:,} of them new;"
        f" {kept:,} of {counted(len(files), 'file')} kept.\n",
    ]
    for job in made.jobs:
        lines += [*_job(job), ""]
    ready = [job for job in made.jobs if job.data and job.rows.examples and not job.short_of_rows]
    if ready:
        lines += [*_roads(ready), *_commands(ready), ""]
    lines += [*_not_ready(made.jobs), *_missing(made)]
    return "\n".join(lines) + "\n"


def _job(job: RescuedJob) -> Iterator[str]:
    named = f"**{_plain(job.id)}**: {_plain(job.status)}"
    if job.model:
        named += f", {_plain(job.model)}" + (f" -> {_plain(job.tuned)}" if job.tuned else "")
    yield f"- {named}; {counted(job.rows.examples, 'example')}"
    if job.rows.unread:
        yield f"  - {counted(job.rows.unread, 'row')} cannot be read: see dataprep check"
    if job.rows.why:
        yield f"  - not all was read: {_plain(job.rows.why)}"
    for file in job.files:
        if file.state != KEPT:
            where = f"; what came lies in {_plain(file.path)}, not in data" if file.path else ""
            yield (
                f"  - {file.role} file {_plain(file.id)} is {file.state}: {_plain(file.why)}{where}"
            )
    for part in job.missing:
        yield f"  - {part.what} are not complete: {_plain(part.why)}"


def _roads(ready: list[RescuedJob]) -> Iterator[str]:
    yield "What is lost on another road, in so many examples:\n"
    for target in ROADS:
        counts: Counter[str] = Counter()
        for job in ready:
            counts.update(job.rows.lost.get(target, {}))
        said = ", ".join(f"{name} ({number:,})" for name, number in sorted(counts.items()))
        yield f"- {target}: {said or 'nothing'}"
    yield ""


def _commands(ready: list[RescuedJob]) -> Iterator[str]:
    yield (
        "To train it elsewhere (training and validation rows are taken together and divided anew;"
        " causal is for LLaMA and Mistral):\n"
    )
    yield "```"
    for job in ready:
        all_roads = ("--to", "t5", "--to", "causal", "--to", "openai-chat")
        yield command_line("convert", job.data or "", *all_roads, out=f"out/{job.folder.name}")
    yield "```"


def _not_ready(jobs: tuple[RescuedJob, ...]) -> Iterator[str]:
    """The jobs whose rows are not all here, though some are: to train on them is not proposed."""
    short = [_plain(job.id) for job in jobs if job.data and job.short_of_rows]
    if short:
        yield f"Not all rows are here, so that no command is given, of: {', '.join(short)}.\n"


def _missing(made: Rescued) -> Iterator[str]:
    """What another run may bring, and the command for it."""
    missing = made.missing
    if not missing and made.stopped is None:
        return
    if missing:
        yield f"Missing: {counted(len(missing), 'thing')}.\n"
        yield from (f"- {_named(m.id, m.what)}: {_plain(m.why)}" for m in missing)
        yield ""
    if made.stopped is not None:
        yield f"Stopped: {_plain(str(made.stopped))}\n"
    if made.untried:
        yield f"Not tried or not finished: {counted(len(made.untried), 'job')}.\n"
        yield from (f"- {_plain(name)}" for name in made.untried)
        yield ""
    yield "To try again (what is here is not fetched again):\n"
    yield "```"
    yield made.again
    yield "```"


def _named(identity: str, what: str) -> str:
    return f"{_plain(identity)} ({_plain(what)})" if identity else _plain(what)


def _plain(text: str) -> str:
    """A server's text in Markdown: no character of it is markup, or a command to a terminal."""
    return "".join(
        (f"\\{c}" if c in "_#|" else " " if c in _MARKUP or not c.isprintable() else c)
        for c in text[:_SHOWN]
    )
