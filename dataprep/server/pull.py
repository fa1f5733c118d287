"""A project comes down: a snapshot with everything expanded, waited for, downloaded and proven."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataprep import store
from dataprep.durable import finished
from dataprep.finding import EnvironmentProblem
from dataprep.jsonio import Json
from dataprep.server.download import download, put
from dataprep.server.wire import (
    Broken,
    NoAnswer,
    ServerWire,
    number_in,
    object_of,
    patiently,
    value_of,
)

EXPORT, CONFIG = "export.json", "config.xml"

# No `annotation_filter_options`: as soon as they are sent, `usual` is true and whatever is not
# named, ground truth and skipped annotations, is left out without a word.
EXPANDED: Json = {
    "drafts": {"only_id": False},
    "predictions": {"only_id": False},
    "annotations__completed_by": {"only_id": False},
}
_GRACE = 10.0


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull came to."""

    export: Path
    config: Path
    snapshot: int
    size: int
    title: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long, in seconds: for one answer of the server, and for the snapshot in all."""

    answer: float = 60.0
    snapshot: float = 3600.0
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


def pull(
    wire: ServerWire,
    project: int,
    out: Path,
    *,
    snapshot: int | None = None,
    waiting: Waiting | None = None,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Pulled:
    """Write `export.json` and `config.xml` of a project into `out`.

    `snapshot` takes up one that was made before. Raises UsageError for a project that is not
    there, EnvironmentProblem for a server that is not, or whose snapshot fails; what stood in
    `out` stays then.
    """
    store.refuse_file(out)
    waiting = waiting or Waiting()
    path = f"api/projects/{project}"
    about = _get(wire, f"{path}/", f"the project {project}", waiting)
    if snapshot is None:
        snapshot = _create(wire, path, waiting, progress)
    made = _completed(wire, path, snapshot, waiting, progress)
    try:
        out.mkdir(parents=True, exist_ok=True)
        size = download(
            wire,
            f"{path}/exports/{snapshot}/download",
            out / EXPORT,
            md5=str(made.get("md5") or ""),
            pause=waiting.pause,
            progress=lambda done, of: progress("downloading", done, of),
        )
        put(str(about.get("label_config") or "<View/>"), out / CONFIG)
    except (NoAnswer, Broken) as error:
        raise EnvironmentProblem(error.message, f"{error.remedy} {_again(snapshot)}") from None
    except OSError as error:
        said = f"{finished(error.filename or out)}: {error.strerror}."
        raise EnvironmentProblem(said, _again(snapshot)) from None
    title = str(about.get("title", ""))
    return Pulled(out / EXPORT, out / CONFIG, snapshot, size, title)


def _again(snapshot: int) -> str:
    return f"The snapshot stays on the server: pull again with --snapshot {snapshot}."


def _get(wire: ServerWire, path: str, what: str, waiting: Waiting) -> Json:
    """Read an object, several times if need be."""

    def ask() -> Json:
        reply = wire.request("GET", path, timeout=waiting.answer)
        return object_of(reply, what, wire.address)

    return patiently(ask, waiting.pause)


def _create(
    wire: ServerWire, path: str, waiting: Waiting, progress: Callable[[str, int, int], None]
) -> int:
    """Have a snapshot made; its id.

    Without Redis the server makes the whole snapshot before it answers, so a large project runs
    into a time limit, ours or a proxy's, while the work goes on. Then the snapshot is looked for
    in the list, by a title that is ours alone; it is never asked for twice.
    """
    title = f"dataprep-{secrets.token_hex(8)}"
    progress("making a snapshot", 0, 0)
    asked = {"title": title, "serialization_options": EXPANDED}
    try:
        reply = wire.request("POST", f"{path}/exports/", json=asked, timeout=waiting.answer)
        made = object_of(reply, "a new snapshot", wire.address, "id")
        return number_in(made, "id", "a new snapshot", wire.address)
    except (NoAnswer, Broken) as error:
        return _found(wire, path, title, waiting, error)


def _found(
    wire: ServerWire, path: str, title: str, waiting: Waiting, error: NoAnswer | Broken
) -> int:
    """The id of our snapshot in the list; raises `error` when it does not turn up."""

    def listed() -> list[Any]:
        reply = wire.request("GET", f"{path}/exports/", timeout=waiting.answer)
        value = value_of(reply, "the snapshots", wire.address)
        rows = value.get("results") if isinstance(value, dict) else value
        return rows if isinstance(rows, list) else []

    until = waiting.clock() + _GRACE
    while True:
        for made in patiently(listed, waiting.pause):
            if isinstance(made, dict) and made.get("title") == title:
                return number_in(made, "id", "the snapshots", wire.address)
        if waiting.clock() >= until:
            raise error
        waiting.pause(1.0)


def _completed(
    wire: ServerWire,
    path: str,
    snapshot: int,
    waiting: Waiting,
    progress: Callable[[str, int, int], None],
) -> Json:
    """The snapshot when it is done; raises when it failed or takes too long."""
    until = waiting.clock() + waiting.snapshot
    nap = 0.25
    while True:
        made: Json = _get(wire, f"{path}/exports/{snapshot}", f"the snapshot {snapshot}", waiting)
        match made.get("status"):
            case "completed":
                return made
            case "failed":
                raise EnvironmentProblem(
                    f"The server could not make the snapshot {snapshot}.",
                    "Its log says why. A text with half of a surrogate pair makes every export"
                    " of a project fail; find and mend that task.",
                )
        if waiting.clock() >= until:
            raise EnvironmentProblem(
                f"The snapshot {snapshot} was not ready after {waiting.snapshot:.0f} seconds.",
                f"Pass a larger --wait. {_again(snapshot)}",
            )
        progress("waiting for the snapshot", _tasks_done(made), 0)
        waiting.pause(nap)
        nap = min(nap * 1.5, 5.0)


def _tasks_done(made: Json) -> int:
    counters = made.get("counters")
    count = counters.get("task_number") if isinstance(counters, dict) else 0
    return count if isinstance(count, int) else 0
