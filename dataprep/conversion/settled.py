"""What adjudicators settled: read once into a table on disk, and looked up by every process.

A settled task says in its `meta` which task it is the dispute of. Where a server lost that, it is
the dispute of the tasks of equal data.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path, PurePath
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

import msgspec

from dataprep import jsonio
from dataprep.annotation import MARK, Annotation, Task, age_of
from dataprep.example import Record
from dataprep.finding import Drop, EnvironmentProblem, Finding, Place

SettledOutcome = Literal[
    "used", "invalid", "not-learned", "not-chosen", "annotators-own", "other-data"
]
"""What became of a settled annotation whose task stands in the input."""

_TABLE = """
CREATE TABLE settled (
  id INTEGER PRIMARY KEY,
  data BLOB NOT NULL, task TEXT, file TEXT, asked TEXT,
  place BLOB NOT NULL, annotation BLOB NOT NULL
);
CREATE INDEX by_data ON settled (data);
CREATE INDEX by_task ON settled (task);
"""
_ENCODE = msgspec.json.Encoder().encode
_PLACE = msgspec.json.Decoder(Place)
_ANNOTATION = msgspec.json.Decoder(Annotation)


class Settlement(NamedTuple):
    """An annotation that settles a task, its number in the table, and where it stands.

    `marked` says whether its task tells which dispute it is. `asked` are the controls that were
    in dispute; None where it is not known, or all were.
    """

    number: int
    annotation: Annotation
    place: Place
    marked: bool
    asked: frozenset[str] | None


@dataclass(slots=True)
class SettledCounts:
    """What was read of one settled file or folder: its annotations, and the tasks without any.

    `unmarked` annotations do not say which task they settle.
    """

    tasks: int = 0
    annotations: int = 0
    waiting: int = 0
    unmarked: int = 0


def write_settled(
    items: Iterable[Record | Finding],
    table: Path,
    *,
    empty_settles: bool,
    find: Callable[[Finding], Any],
    drop: Callable[[Drop], Any],
) -> SettledCounts:
    """Write the table of what was settled; of a dispute that was settled twice, the newest.

    A task may be in dispute several times, each time about other controls.

    Skipped annotations settle nothing, nor do empty ones unless `empty_settles`.
    """
    counts = SettledCounts()
    with _disk_errors(table), closing(sqlite3.connect(table)) as rows:
        rows.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_TABLE}")
        for item in items:
            if isinstance(item, Finding):
                find(item)
            elif isinstance(item.value, Task):
                counts.tasks += 1
                _add_task(rows, item, counts, drop, empty_settles=empty_settles)
        rows.commit()
    return counts


@contextmanager
def _disk_errors(table: Path) -> Iterator[None]:
    """Say what the disk says in the words of an environment problem."""
    try:
        yield
    except sqlite3.OperationalError as error:
        remedy = "Free some space, or choose another -o folder."
        raise EnvironmentProblem(f"{table.parent}: {error}.", remedy) from None


def _add_task(
    rows: sqlite3.Connection,
    record: Record,
    counts: SettledCounts,
    drop: Callable[[Drop], Any],
    *,
    empty_settles: bool,
) -> None:
    task: Task = record.value
    annotations = task.annotations or []
    counts.annotations += len(annotations)
    counts.waiting += not annotations
    for annotation in annotations:
        place = Place(file=record.place.file, task=record.place.task, annotation=annotation.key)
        if annotation.was_cancelled is True:
            drop(Drop(unit="annotation", reason="skipped", place=place))
        elif not (annotation.result or empty_settles):
            drop(Drop(unit="annotation", reason="submitted-empty", place=place))
        else:
            about = dispute_of(task)
            counts.unmarked += about is None
            key = (_digest(task.data), *(about or (None, None)))
            older = _add(rows, key, annotation, place, _asked_of(task))
            if older is not None:
                drop(Drop(unit="annotation", reason="not-chosen", place=older))


def _add(
    rows: sqlite3.Connection,
    key: tuple[bytes, str | None, str | None],
    annotation: Annotation,
    place: Place,
    asked: str | None,
) -> Place | None:
    """Enter an annotation, or leave an older one out: the place of that one."""
    same = "SELECT id, place, annotation FROM settled WHERE data=? AND task IS ? AND file IS ?"
    known = rows.execute(f"{same} AND asked IS ?", (*key, asked)).fetchone()
    given = (asked, _ENCODE(place), _ENCODE(annotation))
    if known is None:
        rows.execute(
            "INSERT INTO settled (data, task, file, asked, place, annotation)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (*key, *given),
        )
        return None
    number, where, what = known
    if age_of(annotation) < age_of(_ANNOTATION.decode(what)):
        return place
    rows.execute("UPDATE settled SET asked=?, place=?, annotation=? WHERE id=?", (*given, number))
    return _PLACE.decode(where)


def dispute_of(task: Task) -> tuple[str, str] | None:
    """Which task of which file a task of an adjudication is the dispute of, as its meta says."""
    about = task.meta.get(MARK) if isinstance(task.meta, dict) else None
    if not isinstance(about, dict) or not isinstance(about.get("task"), int | str):
        return None
    file = about.get("file")
    return str(about["task"]), file if isinstance(file, str) else ""


def _asked_of(task: Task) -> str | None:
    """The controls whose parts were in dispute, as JSON; None where the task as a whole was."""
    about = task.meta.get(MARK) if isinstance(task.meta, dict) else None
    parts = about.get("parts") if isinstance(about, dict) else None
    if not isinstance(parts, list) or not parts:
        return None
    names = [part.get("control") if isinstance(part, dict) else None for part in parts]
    if not all(isinstance(name, str) for name in names):
        return None
    return jsonio.dumps(sorted(set(names))).decode()


@dataclass(slots=True)
class SettledTable:
    """Looks settled tasks up; `inputs` are the names of all files of the run.

    A settled task names a file. One of that name among the inputs is meant, and no other; where
    there is none, the export has another name by now, and any may be meant. `outcomes` tells by
    number what became of those that were found.
    """

    path: Path
    inputs: frozenset[str]
    outcomes: dict[int, SettledOutcome] = field(default_factory=dict)
    _rows: sqlite3.Connection | None = None

    def find(self, place: Place, data: Any) -> list[Settlement]:
        """What settles the task at a place, with this data, the newest first."""
        task, digest = str(place.task), _digest(data)
        asked = "SELECT id, task, file, asked, place, annotation FROM settled WHERE data=?"
        asked += " AND (task=? OR task IS NULL)"
        rows = [r for r in self._asked(asked, digest, task) if self._may_mean(r[2], place.file)]
        if rows:
            nearest = min(rows, key=lambda r: _distance(r, place.file))
            found = [_settlement(row) for row in rows if row[1:3] == nearest[1:3]]
            return sorted(found, key=lambda one: age_of(one.annotation), reverse=True)
        asked = "SELECT id, file FROM settled WHERE task=? AND data<>?"
        for number, file in self._asked(asked, task, digest):
            if self._may_mean(file, place.file):
                self.outcomes.setdefault(number, "other-data")
        return []

    def places(self) -> Iterator[tuple[int, Place]]:
        """All that was settled, by number, in the order of the file."""
        for number, where in self._asked("SELECT id, place FROM settled ORDER BY id"):
            yield number, _PLACE.decode(where)

    def close(self) -> None:
        """Let go of the file."""
        if self._rows is not None:
            self._rows.close()
            self._rows = None

    def _may_mean(self, named: str | None, file: str) -> bool:
        return named in (None, file) or named not in self.inputs

    def _asked(self, statement: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        with _disk_errors(self.path):
            if self._rows is None:
                self._rows = sqlite3.connect(f"file:{quote(str(self.path))}?mode=ro", uri=True)
            yield from self._rows.execute(statement, values)


def _settlement(row: tuple[Any, ...]) -> Settlement:
    number, mark, _, names, place, annotation = row
    return Settlement(
        number=number,
        annotation=_ANNOTATION.decode(annotation),
        place=_PLACE.decode(place),
        marked=mark is not None,
        asked=None if names is None else frozenset(jsonio.loads(names.encode())),
    )


def merge_outcomes(
    into: dict[int, SettledOutcome], more: Mapping[int, SettledOutcome]
) -> dict[int, SettledOutcome]:
    """Count what another process found: of several tasks that one could settle, one suffices."""
    for number, outcome in more.items():
        if number not in into or _RANK[outcome] > _RANK[into[number]]:
            into[number] = outcome
    return into


_RANK: Mapping[SettledOutcome, int] = {
    "other-data": 0,
    "annotators-own": 1,
    "not-chosen": 2,
    "not-learned": 3,
    "invalid": 4,
    "used": 5,
}


def _distance(row: tuple[Any, ...], file: str) -> tuple[bool, bool, bool, int]:
    """How far a settled task is from what is looked for: by its mark, its file, its number."""
    number, task, named, *_ = row
    other = named is None or PurePath(named).name != PurePath(file).name
    return task is None, named != file, other, number


def _digest(data: Any) -> bytes:
    known = data if isinstance(data, dict) else {}
    return blake2b(jsonio.canonical(known), digest_size=16).digest()
