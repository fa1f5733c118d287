"""The commands that talk to a Label Studio server: push and pull."""

from __future__ import annotations

import getpass
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, cast

from cyclopts import Parameter

from dataprep.cli.flag_owners import owned_counts
from dataprep.cli.numbers import at_least, between
from dataprep.cli.screen import Flag, Quiet, console
from dataprep.finding import UsageError
from dataprep.shell import command_line

TaskFlag = Literal["classification", "spans", "generation"]

URL = "http://localhost:8080"
LONGEST_WAIT = 10_080
_WHOLE = 1_000_000_000
_TARGET = "label-studio"


def push(
    *sources: Path,
    url: str = URL,
    unencrypted: Flag = False,
    project: Annotated[int | None, at_least(1)] = None,
    title: str | None = None,
    recipe: Annotated[Path | None, Parameter(name=["--recipe", "-r"])] = None,
    task: TaskFlag | None = None,
    labels: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    label_config: Path | None = None,
    predictions: Path | None = None,
    chunk: Annotated[int | None, at_least(50)] = None,
    batch: Annotated[int, at_least(1)] = 200,
    journal: Path | None = None,
    quiet: Quiet = False,
) -> int:
    """Send text or tasks to a Label Studio server, to be annotated.

    Example: dataprep push notes/ --chunk 800 --task spans --labels PER --labels ORG

    The token comes from LABEL_STUDIO_API_KEY, or is asked for. The same command again sends
    only what did not arrive.

    Parameters
    ----------
    sources
        Files or folders of text; or one folder made by convert with the target label-studio,
        or one .json file of tasks, like adjudication.json, whose predictions become
        pre-annotations; or exports of other annotation tools, in which each annotator's answer
        becomes one.
    url
        The address of the server: https, or this machine.
    unencrypted
        Let the token go over http to another machine; whoever is on the way can read it.
    project
        The number of an existing project. Left out: a new one is made.
    title
        Of the new project.
    recipe
        A recipe, whose sources, task and label_config count where no flag stands above them.
    task
        What is asked of the annotators; the labeling config is made from it.
    labels
        The labels of a classification or of spans. May be given several times.
    label_config
        A config.xml, instead of task and labels. Left out, tasks with predictions get one that
        takes those.
    predictions
        A JSONL file with the answers of a model, one line a text: text, and labels, spans or
        answer; score and model_version if there are.
    chunk
        Cut text into pieces of at most so many characters. Left out: one task a text.
    batch
        Tasks of one request, at most.
    journal
        Where to note what was sent; by default a hidden file beside the first source, or beside
        the converted folder that it lies in.
    """
    from dataprep import report, server
    from dataprep.sources import PathSource, refuse_missing

    if not sources and recipe is None:
        raise UsageError("There is nothing to push.", "Name files, a folder, or --recipe.")
    for source in sources:
        refuse_missing(PathSource(str(source)), Path())
    screen = console(quiet)
    # Before the text is cut: without a library, a token or an address, all work is in vain.
    wire = server.connect(url, server.api_token(os.environ, _ask()), unencrypted=unencrypted)
    with (
        tempfile.TemporaryDirectory(prefix="dataprep-push-") as folder,
        report.Bars(screen) as bars,
    ):
        tasks = (
            _of_exports(sources, recipe, Path(folder))
            or _tasks(sources)
            or _from_text(sources, recipe, chunk, Path(folder), bars)
        )
        if tasks is None:
            screen.print("Nothing was sent, because of the errors above.")
            return 1
        first = (sources[0] if sources else recipe or Path()).absolute()
        pushed = server.push(
            wire,
            tasks,
            journal or _journal(first),
            label_config=_config(recipe, task, labels, label_config, tasks),
            predictions=predictions,
            project=project,
            title=title or f"dataprep {first.stem}",
            batch=batch,
            pause=time.sleep,
            progress=bars,
        )
    said = f"{pushed.sent} tasks sent, {pushed.predictions} of them with predictions"
    if pushed.already:
        said += f"; {pushed.already} were there already"
    screen.print(f"{said}.")
    if pushed.made_config:
        screen.print(
            "The labeling config was made from the predictions, with the labels that stand in"
            " them; --label-config takes the project's own.",
            soft_wrap=True,
        )
    report.write(f"project {pushed.project}\n{pushed.url}\n", sys.stdout)
    then = command_line("pull", str(pushed.project), url=wire.address, unencrypted=unencrypted)
    if pushed.disputes:
        screen.print(f"When they are settled: {then} -o settled/", soft_wrap=True)
        screen.print("Then convert once more what they come from, with --settled settled/")
    else:
        screen.print(f"When they are annotated: {then} -o pulled/", soft_wrap=True)
    return 0


def pull(
    project: Annotated[int, at_least(1)],
    *,
    url: str = URL,
    unencrypted: Flag = False,
    out: Annotated[Path, Parameter(name=["--out", "-o"])] = Path("pulled"),
    wait: Annotated[float, between(0, LONGEST_WAIT)] = 60,
    snapshot: Annotated[int | None, at_least(1)] = None,
    quiet: Quiet = False,
) -> int:
    """Fetch a project of a Label Studio server, with everything that annotators did.

    Example: dataprep pull 7 --url http://localhost:8080 -o pulled/

    The token comes from LABEL_STUDIO_API_KEY, or is asked for.

    Parameters
    ----------
    project
        Its number, as in the address of its page.
    url
        The address of the server: https, or this machine.
    unencrypted
        Let the token go over http to another machine; whoever is on the way can read it.
    out
        The folder for export.json and config.xml; each is replaced whole, or not at all.
    wait
        Minutes to wait for the snapshot.
    snapshot
        The number of a snapshot that stands on the server already.
    """
    from dataprep import report, server

    screen = console(quiet)
    wire = server.connect(url, server.api_token(os.environ, _ask()), unencrypted=unencrypted)
    waiting = server.Waiting(snapshot=wait * 60)
    with report.Bars(screen) as bars:
        pulled = server.pull(wire, project, out, snapshot=snapshot, waiting=waiting, progress=bars)
    screen.print(
        f"Pulled {pulled.size:,} bytes to {pulled.export}, with {pulled.config} beside it.",
        soft_wrap=True,
    )
    then = command_line("convert", pulled.export, label_config=pulled.config, to="openai-chat")
    screen.print(f"Next: {then} -o out/", soft_wrap=True)
    return 0


def _ask() -> Callable[[str], str] | None:
    """getpass on a terminal, where it shows nothing; None where nobody can answer."""
    return getpass.getpass if sys.stdin.isatty() else None


def _journal(first: Path) -> Path:
    """A hidden file beside the first source, and never inside the output of a conversion.

    The next conversion replaces that whole, and refuses to where it holds what no run has made.
    """
    for folder in first.parents:
        if (folder / "manifest.json").is_file():
            inner = ".".join((folder.name, *first.relative_to(folder).parts))
            return folder.with_name(f".{inner}.push.jsonl")
    return first.with_name(f".{first.name}.push.jsonl")


def _of_exports(sources: tuple[Path, ...], recipe: Path | None, folder: Path) -> Path | None:
    """The tasks of exports of other annotation tools; None for anything else."""
    from dataprep.conversion import assembled, tasks_of_exports

    if any(source.is_dir() and (source / "manifest.json").is_file() for source in sources):
        return None
    plan, base = assembled(sources, recipe, (), {})
    return tasks_of_exports(plan.sources, base, folder)


def _tasks(sources: tuple[Path, ...]) -> Path | None:
    """The file of tasks that is named alone: itself, or in a converted folder. None for text."""
    if len(sources) != 1:
        return None
    (source,) = sources
    if source.is_dir() and (source / "manifest.json").is_file():
        tasks = source / _TARGET / "tasks.json"
        if not tasks.is_file():
            from dataprep.conversion import ADJUDICATION

            remedy = "Convert again with --to label-studio."
            if (disputes := source / ADJUDICATION).is_file():
                remedy += f" Its disputes alone: {command_line('push', disputes)}"
            raise UsageError(f"{source} was not converted for Label Studio.", remedy)
        return tasks
    return source if source.suffix.lower() == ".json" and not source.is_dir() else None


def _from_text(
    sources: tuple[Path, ...],
    recipe: Path | None,
    chunk: int | None,
    folder: Path,
    progress: Callable[[str, int, int], None],
) -> Path | None:
    """Text as tasks, by the way `chunks`; None, with the findings shown, where it has errors."""
    from dataprep import report
    from dataprep.conversion import assembled, convert

    size = chunk if chunk is not None or recipe is not None else _WHOLE
    flags = {"way": "chunks", "chunk": size}
    plan, base = assembled(sources, recipe, [_TARGET], flags)
    outcome = convert(plan, base, folder / "out", progress=progress)
    if outcome.refused:
        counts = owned_counts(outcome.journal.counts, ("push",))
        report.print_counts(counts, console(), fixable=False)
        return None
    return folder / "out" / _TARGET / "tasks.json"


def _config(
    recipe: Path | None,
    task: TaskFlag | None,
    labels: tuple[str, ...],
    given: Path | None,
    tasks: Path,
) -> str | None:
    """The labeling config: as given, made from the task, or as it lies beside the tasks."""
    from dataprep.annotation import Asked, config_text
    from dataprep.recipe_file import load

    wanted: str | None = task
    if recipe is not None and (sources := load(recipe).sources):
        wanted = task or sources[0].task
        if given is None and sources[0].config_path:
            given = recipe.parent / sources[0].config_path
    if given is not None:
        try:
            return given.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            said = getattr(error, "strerror", None) or "not UTF-8"
            raise UsageError(f"{given}: {said}.", "Check the path of the config.") from None
    if wanted in ("classification", "spans", "generation"):
        return config_text([Asked(cast("TaskFlag", wanted), labels=labels)])
    if wanted is not None:
        said = f"No labeling config can be made for the task {wanted!r} yet."
        raise UsageError(said, "Pass the config of your own with --label-config.")
    if labels:
        raise UsageError("What are the labels of?", "Pass --task classification or --task spans.")
    beside = tasks.with_name("config.xml")
    found = beside.read_text("utf-8") if beside.is_file() else None
    return found if found is None or "toName" in found else None
