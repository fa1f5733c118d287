"""Tasks go up: into a new project or an existing one, in batches, and none of them twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from dataprep import jsonio
from dataprep.annotation import (
    MARK,
    LabelingConfig,
    Task,
    config_of_results,
    decode_task,
    parse_config,
)
from dataprep.finding import EnvironmentProblem, Place, UsageError, excerpt
from dataprep.jsonio import Json
from dataprep.server.predictions import answered
from dataprep.server.sent import SentTasks
from dataprep.server.wire import (
    Broken,
    NoAnswer,
    ServerWire,
    number_in,
    object_of,
    patiently,
    web_page,
)

TASKS, CONFIG = "tasks.json", "config.xml"
_BATCH_BYTES = 4_000_000
_IMPORT_SECONDS = 300.0
_PAGE = 500
_MOST_PAGES = 4000


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push came to; `already` tasks stood on the server before.

    `made_config` says that the labeling config was made from the predictions, `disputes` that the
    tasks are what annotators could not agree on.
    """

    project: int
    url: str
    sent: int
    already: int
    predictions: int
    made_config: bool = False
    disputes: bool = False


def push(
    wire: ServerWire,
    tasks: Path,
    journal: Path,
    *,
    label_config: str | None = None,
    predictions: Path | None = None,
    project: int | None = None,
    title: str | None = None,
    batch: int = 200,
    pause: Callable[[float], None],
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Pushed:
    """Import the tasks of a JSON file into `project`, or into a new one with `label_config`.

    Without a `label_config` a new project gets one that takes the predictions of the tasks.
    `predictions` is a JSONL file with the answers of a model, joined to the tasks by text.
    `journal` notes what was sent, so that the same call goes on where one has ended; what is in
    doubt is looked up on the server. Tasks are the same when their data is. Raises UsageError
    for a file that holds no tasks, and what the server refuses; EnvironmentProblem for a server
    that is away.
    """
    rows = _read(tasks)
    if predictions is not None:
        rows = answered(rows, predictions, _config_of(wire, label_config, project))
    made_config = False
    with SentTasks(journal, wire.address, project) as sent:
        if sent.project is None:
            if label_config is None:
                label_config = config_of_results(lambda: map(_predicted, rows))
                made_config = label_config is not None
            sent.project = _create(wire, label_config, title or tasks.parent.name)
            sent.begin()
        elif project is not None and sent.fresh:
            _exists(wire, sent.project, journal)
            sent.in_doubt = True
            sent.begin()
        else:
            _exists(wire, sent.project, journal)
        if sent.in_doubt:
            progress("asking what is there", 0, 0)
            sent.settle(_there(wire, sent.project, pause))
        missing = sent.missing([(_digest(row["data"]), row) for row in rows])
        done = 0
        for some in _batches(missing, batch):
            _import(wire, sent.project, some, sent)
            done += len(some)
            progress("importing", done, len(missing))
        predicted = sum(bool(row.get("predictions")) for _, row in missing)
        url = f"{wire.address}/projects/{sent.project}"
        already = len(rows) - done
        disputes = any(_is_dispute(row) for row in rows)
        return Pushed(sent.project, url, done, already, predicted, made_config, disputes)


def _config_of(wire: ServerWire, given: str | None, project: int | None) -> LabelingConfig:
    """The config that predictions must fit: that of the existing project, or of the new one."""
    if project is not None:
        reply = wire.request("GET", f"api/projects/{project}/")
        about = object_of(reply, f"the project {project}", wire.address)
        given = str(about.get("label_config") or "") or given
    if given is None:
        raise UsageError(*_NO_CONFIG)
    return parse_config(given.encode(), "the labeling config")


def _read(path: Path) -> list[Json]:
    """The tasks of a file; raises UsageError that names the first one that is none."""
    try:
        rows = msgspec.json.decode(path.read_bytes(), type=list[msgspec.Raw])
        tasks = [jsonio.loads(bytes(row)) for row in rows]
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.", "Check the path.") from None
    except (msgspec.DecodeError, jsonio.JsonError) as error:
        said = f"this is no list of tasks: {excerpt(str(error), 80)}."
        raise UsageError(said, _HOW, place=Place(file=str(path))) from None
    if not tasks:
        raise UsageError(f"{path} holds no task.", _HOW)
    for number, task in enumerate(tasks, 1):
        if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
            raise UsageError(f"item {number} has no data.", _HOW, place=Place(file=str(path)))
        predictions = task.get("predictions") or []
        if not isinstance(predictions, list) or not all(isinstance(p, dict) for p in predictions):
            raise UsageError(
                f"the predictions of item {number} are numbers, which no server can import.",
                "An easy export has only their numbers; use one made by dataprep pull.",
                place=Place(file=str(path)),
            )
    return tasks


_NO_CONFIG = (
    "There is no labeling config for the new project.",
    "Pass --label-config config.xml, or --task with --labels.",
)
_HOW = "Make the tasks with: dataprep convert ... --to label-studio"


def _is_dispute(row: Json) -> bool:
    return isinstance(row.get("meta"), dict) and MARK in row["meta"]


def _predicted(row: Json) -> Task:
    """The task with its predictions in the place of annotations."""
    try:
        return decode_task(jsonio.dumps(row), "predictions")
    except jsonio.JsonError as error:
        raise UsageError(f"a task {error.message}.", _NO_CONFIG[1]) from None


def _digest(data: Json) -> str:
    return blake2b(jsonio.canonical(data), digest_size=12).hexdigest()


def _batches(rows: Sequence[tuple[str, Json]], most: int) -> Iterator[list[tuple[str, Json]]]:
    """At most `most` tasks and a few megabytes each, so that no request takes too long."""
    held: list[tuple[str, Json]] = []
    size = 0
    for row in rows:
        weight = len(jsonio.dumps(row[1]))
        if held and (len(held) >= most or size + weight > _BATCH_BYTES):
            yield held
            held, size = [], 0
        held.append(row)
        size += weight
    if held:
        yield held


def _create(wire: ServerWire, label_config: str | None, title: str) -> int:
    if label_config is None:
        raise UsageError(*_NO_CONFIG)
    # Label Studio refuses titles of fewer than three characters, and of more than fifty.
    named = title[:50] if len(title) >= 3 else f"dataprep {title}"
    asked = {"title": named, "label_config": label_config}
    reply = wire.request("POST", "api/projects/", json=asked)
    made = object_of(reply, "the new project", wire.address, "id")
    return number_in(made, "id", "the new project", wire.address)


def _exists(wire: ServerWire, project: int, journal: Path) -> None:
    reply = wire.request("GET", f"api/projects/{project}/")
    if reply.status_code == 404 and journal.exists():
        raise UsageError(
            f"{wire.address} has no project {project}, into which {journal} says tasks went.",
            "If it was deleted there, remove that file and push again.",
        )
    object_of(reply, f"the project {project}", wire.address)


def _import(wire: ServerWire, project: int, rows: list[tuple[str, Json]], sent: SentTasks) -> None:
    """Send one batch, once: a request whose end is not known may have done its work."""
    digests = [digest for digest, _ in rows]
    sent.sending(digests)
    tasks = [task for _, task in rows]
    what = f"the import of {len(tasks)} tasks"
    try:
        reply = wire.request(
            "POST", f"api/projects/{project}/import", json=tasks, timeout=_IMPORT_SECONDS
        )
        answer = object_of(reply, what, wire.address)
    except (NoAnswer, Broken) as error:
        raise EnvironmentProblem(
            f"{error.message} It is not known whether the last {len(tasks)} tasks arrived.",
            "Run the same command again: it asks the server, and sends only what is missing.",
        ) from None
    count = answer.get("task_count")
    if isinstance(count, int) and count != len(tasks):
        raise EnvironmentProblem(
            f"{wire.address} took {count} of {len(tasks)} tasks.",
            "Run the same command again: it asks the server, and sends only what is missing.",
        )
    sent.arrived(digests)


def _there(wire: ServerWire, project: int, pause: Callable[[float], None]) -> Counter[str]:
    """The digests of the data of every task of the project."""
    there: Counter[str] = Counter()
    for page in range(1, _MOST_PAGES + 1):
        # `resolve_uri` would put signed addresses in place of those in the data.
        asked = {"project": project, "page": page, "page_size": _PAGE, "resolve_uri": False}

        def ask(asked: Json = asked) -> tuple[list[Any], int]:
            reply = wire.request("GET", "api/tasks/", params=asked)
            answer = object_of(reply, "the tasks", wire.address, "tasks", "total")
            rows = answer["tasks"] if isinstance(answer["tasks"], list) else [None]
            return rows, number_in(answer, "total", "the tasks", wire.address)

        rows, total = patiently(ask, pause)
        if not all(isinstance(row, dict) and isinstance(row.get("data"), dict) for row in rows):
            raise web_page(200, "the tasks", wire.address)
        there.update(_digest(row["data"]) for row in rows)
        if not rows or there.total() >= total:
            return there
    raise EnvironmentProblem(
        f"{wire.address} lists more than {_MOST_PAGES * _PAGE:,} tasks, or the same ones again.",
        "Is this the address of a Label Studio server? Nothing was sent.",
    )
