"""The folder of one rescued job: job.json, data/, .mismatched/, results/, events.jsonl.

It is built beside its place and put there whole; job.json says what each file is, and what is
missing.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from dataprep import jsonio, store
from dataprep.durable import sync
from dataprep.jsonio import Json
from trainers.openai import words
from trainers.rescue.files import KEPT, RescuedFile, Role
from trainers.rescue.rows import RescuedRows

SCHEMA = "urn:dataprep:schema:rescued-job:1"
JOB, DATA, RESULTS, EVENTS = "job.json", "data", "results", "events.jsonl"
MISMATCHED = ".mismatched"
"""Hidden, so that `convert` does not read it with a folder above."""
ENDED = ("succeeded", "failed", "cancelled")
FILE = "file"
"""In the place of a status, of a file that was asked for by its id."""

OURS = (JOB, DATA, RESULTS, EVENTS, MISMATCHED)

_DEPTH = 32
_DIGITS = 1000


class MissingPart(msgspec.Struct, frozen=True, kw_only=True):
    """What of a job besides its files is missing (events, checkpoints), and why."""

    what: str
    why: str


class RescuedJob(msgspec.Struct, frozen=True, kw_only=True):
    """One job (or one file that was asked for by its id) on this disk; `new` since this run."""

    id: str
    folder: Path
    status: str
    model: str
    tuned: str
    files: tuple[RescuedFile, ...]
    rows: RescuedRows
    missing: tuple[MissingPart, ...] = ()
    new: bool

    @property
    def data(self) -> Path | None:
        """The folder that `convert` reads, where at least one file of rows was kept."""
        kept = any(file.state == KEPT and file.role != "result" for file in self.files)
        return self.folder / DATA if kept else None

    @property
    def short_of_rows(self) -> bool:
        """Whether a file of rows is missing that another try may bring."""
        return any(file.missing and file.role != "result" for file in self.files)

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it at the server."""
        return self.status in ENDED or self.status == FILE

    @property
    def complete(self) -> bool:
        """Whether another rescue can bring nothing more."""
        return self.ended and not self.missing and not any(file.missing for file in self.files)


class Earlier(msgspec.Struct, frozen=True):
    """A job that was rescued before, with its record."""

    job: RescuedJob
    record: Json

    def file(self, identity: str, role: Role) -> RescuedFile | None:
        """A file that need not be fetched again: it is here, or nobody will ever have it."""
        for file in self.job.files:
            if (file.id, file.role) == (identity, role) and not file.missing:
                return file if file.state != KEPT or self._is_here(file) else None
        return None

    def _is_here(self, file: RescuedFile) -> bool:
        try:
            return store.sha256_of(self.job.folder / file.path) == file.sha256
        except OSError:
            return False

    def has(self, what: str) -> bool:
        """Whether events or checkpoints of a job that has ended are here."""
        here = what != "events" or (self.job.folder / EVENTS).is_file()
        return here and self.job.ended and all(part.what != what for part in self.job.missing)

    def checkpoints(self) -> list[Any]:
        """The checkpoints of the record."""
        found = self.record["job"].get("checkpoints")
        return found if isinstance(found, list) else []

    def events(self) -> list[bytes]:
        """The lines of its events."""
        try:
            return (self.job.folder / EVENTS).read_bytes().splitlines()
        except OSError:
            return []


def read(folder: Path, server: str) -> Earlier | None:
    """A job that was rescued before from that server; None for anything that is not one, whole."""
    try:
        record = jsonio.loads((folder / JOB).read_bytes())
        if record["server"] != server or not isinstance(record["job"]["id"], str):
            return None
        made = parsed(record, folder)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    sound = all(_is_ours(folder, file) for file in made.files if file.state == KEPT)
    return Earlier(made, record) if sound else None


def parsed(record: Json, folder: Path) -> RescuedJob:
    """A job from its record; raises what a damaged one makes raise."""
    job = record["job"]
    return RescuedJob(
        id=job["id"],
        folder=folder,
        status=text(job, "status"),
        model=text(job, "model"),
        tuned=text(job, "fine_tuned_model"),
        files=msgspec.convert(tuple(record["files"]), tuple[RescuedFile, ...]),
        rows=msgspec.convert(record["rows"], RescuedRows),
        missing=msgspec.convert(tuple(record.get("missing", ())), tuple[MissingPart, ...]),
        new=False,
    )


def _is_ours(folder: Path, file: RescuedFile) -> bool:
    """Whether a kept file lies in one of our folders, with its size."""
    place, _, name = file.path.partition("/")
    if place not in (DATA, RESULTS) or "/" in name or name in ("", ".", ".."):
        return False
    try:
        return (folder / file.path).stat().st_size == file.bytes
    except OSError:
        return False


def holders(out: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """The names of the folders of jobs, each with the server and the id it is of."""
    for path in sorted(out.glob(f"*/{JOB}")):
        try:
            record = jsonio.loads(path.read_bytes())
            server, identity = record["server"], record["job"]["id"]
        except (OSError, ValueError, LookupError, TypeError):
            continue
        if isinstance(server, str) and isinstance(identity, str):
            yield path.parent.name, (server, identity)


def text(job: Json, name: str) -> str:
    """A field of a job, fit for a terminal."""
    value = job.get(name)
    return words(value) if isinstance(value, str) else ""


def staged_for(place: Path) -> Path:
    """An empty folder beside a job's place, to build it in."""
    staged = place.with_name(f".{place.name}.part")
    shutil.rmtree(staged, ignore_errors=True)
    for folder in (DATA, RESULTS):
        (staged / folder).mkdir(parents=True)
    return staged


def put_back(place: Path) -> None:
    """Undo half an exchange that a kill left behind."""
    old = place.with_name(f".{place.name}.old")
    if old.is_dir():
        if place.exists():
            _retire(old, place)
        else:
            old.rename(place)


def exchange(staged: Path, place: Path) -> None:
    """Put a folder in its place; an older one goes only when the new one stands."""
    for path in [*staged.rglob("*"), staged]:
        sync(path)
    old = place.with_name(f".{place.name}.old")
    put_back(place)
    if place.exists():
        place.rename(old)
    staged.rename(place)
    sync(place.parent)
    if old.exists():
        _retire(old, place)


def _retire(old: Path, place: Path) -> None:
    """Remove the older folder; what somebody else put into it goes into the new one."""
    if old.is_dir() and not old.is_symlink():
        for entry in old.iterdir():
            if entry.name not in OURS and not (place / entry.name).exists():
                entry.rename(place / entry.name)
        shutil.rmtree(old, ignore_errors=True)


def cleaned(value: Any, depth: int = _DEPTH) -> Any:
    """A server's JSON as we can read it again: finite, not too deep, without lone surrogates."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if type(value) is int:
        return value if value.bit_length() < _DIGITS else None
    if isinstance(value, dict | list) and depth == 0:
        return None
    if isinstance(value, dict):
        return {cleaned(str(k)): cleaned(v, depth - 1) for k, v in value.items()}
    if isinstance(value, list):
        return [cleaned(item, depth - 1) for item in value]
    return value if value is None or isinstance(value, bool) else cleaned(str(value))
