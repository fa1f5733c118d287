"""The files of rescued jobs: each fetched once for all jobs, and on its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

from dataprep import store
from dataprep.durable import write_json
from trainers.openai import FileNames, UnexpectedAnswer, decoded, field, plain, words
from trainers.rescue.asking import Asking, Trouble, disk
from trainers.rescue.download import Arrival, Download, beside, longest, part_of

FETCHED = ".files"
RESULTS_PURPOSE = "fine-tune-results"
PURPOSES = ("fine-tune", RESULTS_PURPOSE)
KEPT: Literal["kept"] = "kept"
DECODED_BYTES = 64 << 20
"""A result file up to this size is looked at for base64; a longer one is taken as it is."""

_GONE = (404, 410)
_LATER = (408, 409, 429)

Role = Literal["training", "validation", "result", "file"]
State = Literal["kept", "gone", "foreign", "refused", "failed", "short", "long"]


class RescuedFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a job: kept whole at `path` of its folder, or why it is not.

    gone: the platform has deleted it; foreign: it is no file of training; refused: the platform
    does not give it; failed: it could not be fetched; short, long: fewer or more `bytes` came than
    are `listed`. What came of a file that is not whole lies at `path`, too.
    """

    id: str
    role: Role
    state: State
    name: str = ""
    bytes: int = 0
    listed: int | None = None
    sha256: str = ""
    path: str = ""
    why: str = ""

    @property
    def missing(self) -> bool:
        """Whether another try may bring it."""
        return self.state not in (KEPT, "gone", "foreign")


class FetchedFile(msgspec.Struct, frozen=True, kw_only=True):
    """What stands beside a file that was fetched whole."""

    id: str
    server: str
    name: str
    bytes: int
    listed: int | None
    sha256: str


class Files:
    """The files that were fetched so far, by their ids."""

    def __init__(
        self,
        asking: Asking,
        folder: Path,
        server: str,
        say: Callable[[str], None],
    ) -> None:
        self.asking, self.folder, self.server = asking, folder, server
        self.say = say
        with store.environment_errors(folder):
            for left in folder.glob(".*.part-*"):  # of a file that a kill left half-written
                left.unlink(missing_ok=True)
            self._names = FileNames(_holders(folder))
        self._tried: dict[str, RescuedFile] = {}

    def fetch(self, identity: str, role: Role) -> RescuedFile:
        """The file, from the disk or from the server; raises Stop where no other can be had."""
        known = self._tried.get(identity) or self._known(identity, role)
        if known is None:
            try:
                known = self._fetch(identity, role)
            except Trouble as trouble:
                known = self._failed(identity, role, trouble)
        self._tried[identity] = known
        return msgspec.structs.replace(known, role=role)

    def whole(self, identity: str) -> Path:
        """Where a file lies that was fetched whole."""
        return self._path(identity)

    def piece(self, identity: str) -> Path | None:
        """Where lies what came of a file that is not whole."""
        return longest(self._path(identity))

    def name(self, identity: str) -> str:
        """The name of a file, which no other one has."""
        return self._names.of(identity, self.server)

    def _path(self, identity: str) -> Path:
        return self.folder / self.name(identity)

    def _known(self, identity: str, role: Role) -> RescuedFile | None:
        """What an earlier run fetched whole, by its size and its hash."""
        path = self._path(identity)
        known = _fetched(beside(path, "json"))
        try:
            if known is None or (known.id, known.server) != (identity, self.server):
                return None
            same = path.stat().st_size == known.bytes and store.sha256_of(path) == known.sha256
        except OSError:
            return None
        return _kept(known, role) if same else None

    def _fetch(self, identity: str, role: Role) -> RescuedFile:
        """The file as the server gives it now; raises Trouble."""
        shown = words(identity)
        there = self.asking.ask(f"Asking for {shown}", lambda: self._described(identity))
        name, listed = words(str(there.get("filename") or "")), _size(there.get("bytes"))
        purpose = words(str(there.get("purpose") or "unknown"))
        made = RescuedFile(id=identity, role=role, state="foreign", name=name, listed=listed)
        if purpose not in PURPOSES:
            return msgspec.structs.replace(made, why=f"its purpose is {purpose}, not fine-tune")
        self.say(f"fetching {shown}" + (f", {listed:,} bytes" if listed is not None else ""))
        path = self._path(identity)
        self._find_room(listed, path)
        download = Download(
            self.asking,
            path,
            server=self.server,
            identity=identity,
            listed=listed,
        )

        def whole(part: Path, size: int) -> bool:
            return listed in (None, size) or (
                purpose == RESULTS_PURPOSE and _decoded_size(part, size) == listed
            )

        came = download.run(whole)
        if came.ended and whole(download.part, came.size):
            return self._keep(made, came, path)
        return msgspec.structs.replace(
            made,
            state="long" if listed is not None and came.size > listed else "short",
            bytes=came.size,
            sha256=came.sha256,
            why=_difference(came, listed),
        )

    def _find_room(self, listed: int | None, path: Path) -> None:
        """Raise Trouble for a file that this disk cannot hold; others may be smaller."""
        with disk(self.folder):
            free = shutil.disk_usage(self.folder).free
            piece = longest(path)
            here = 0 if piece is None else piece.stat().st_size
        if listed is not None and listed - here > free:
            raise Trouble(f"it has {listed:,} bytes, and the disk has room for {free:,}")

    def _described(self, identity: str) -> dict[str, Any]:
        """What the server says of a file; its answer must be about that one."""
        there = plain(self.asking.client.files.retrieve(identity))
        if field(there, "id") != identity:
            raise UnexpectedAnswer("the answer is about another file")
        return there

    def _keep(self, made: RescuedFile, came: Arrival, path: Path) -> RescuedFile:
        """Put a whole file in its place. A kill before the record is written fetches it again."""
        record = FetchedFile(
            id=made.id,
            server=self.server,
            name=made.name,
            bytes=came.size,
            listed=made.listed,
            sha256=came.sha256,
        )
        with disk(self.folder):
            beside(path, "json").unlink(missing_ok=True)
            write_json(beside(path, "json"), msgspec.to_builtins(record))
            beside(path, "part").replace(path)
            for ending in ("part.json", "best"):
                beside(path, ending).unlink(missing_ok=True)
        return _kept(record, made.role)

    def _failed(self, identity: str, role: Role, trouble: Trouble) -> RescuedFile:
        """A file that did not come, with what came of it before."""
        state, why = _state_for(trouble.status), trouble.why
        if trouble.status in _GONE:
            why = f"the server has it no more ({trouble.status})"
        size, digest = self._measured(identity)
        return RescuedFile(id=identity, role=role, state=state, bytes=size, sha256=digest, why=why)

    def _measured(self, identity: str) -> tuple[int, str]:
        """Size and hash of what came of a file before; nothing where it cannot be read."""
        piece = self.piece(identity)
        try:
            return (0, "") if piece is None else (piece.stat().st_size, store.sha256_of(piece))
        except OSError:
            return 0, ""


def _state_for(status: int | None) -> State:
    """What an answer that is no file says of it."""
    if status in _GONE:
        return "gone"
    refused = status is not None and status < 500 and status not in _LATER
    return "refused" if refused else "failed"


def _kept(record: FetchedFile, role: Role) -> RescuedFile:
    return RescuedFile(
        id=record.id,
        role=role,
        state=KEPT,
        name=record.name,
        bytes=record.bytes,
        listed=record.listed,
        sha256=record.sha256,
    )


def _holders(folder: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """The names that are taken in the folder of files, and by whom."""
    for path in sorted(folder.glob("*.json")):
        for ending in (".part.json", ".json"):
            if path.name.endswith(ending):
                found = part_of(path) if ending == ".part.json" else _fetched(path)
                if found is not None:
                    yield path.name.removesuffix(ending), (found.server, found.id)
                break


def _fetched(path: Path) -> FetchedFile | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=FetchedFile)
    except (OSError, msgspec.DecodeError):
        return None


def _size(value: object) -> int | None:
    """A size as a server lists it; None for anything that is none."""
    return value if type(value) is int and 0 <= value < 1 << 60 else None


def _decoded_size(path: Path, size: int) -> int:
    return len(decoded(path.read_bytes())) if size <= DECODED_BYTES else size


def _difference(came: Arrival, listed: int | None) -> str:
    said = (
        f"{came.size:,} bytes came" if listed is None else f"{came.size:,} of {listed:,} bytes came"
    )
    return f"{said}, {came.why}" if came.why else said
