"""The files of rescued jobs: streamed to the disk and hashed, each fetched once for all jobs."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from dataprep import store
from dataprep.durable import flush_to_disk
from dataprep.finding import EnvironmentProblem
from trainers.openai import (
    TRIES,
    explain,
    passing,
    patient,
    pause_after,
    plain,
    platform_words,
    troubles,
    words,
)

if TYPE_CHECKING:
    from openai import OpenAI

FETCHED = ".files"
PURPOSES = ("fine-tune", "fine-tune-results")
KEPT = "kept"
_PIECE = 1 << 20
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
_GONE = (404, 410)

Role = Literal["training", "validation", "result", "file"]


class RescuedFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a job: kept at `path` of its folder, or why it is not.

    gone: the platform has deleted it; refused: it does not give it; foreign: it is no file of
    training.
    """

    id: str
    role: Role
    state: Literal["kept", "gone", "refused", "foreign"]
    name: str = ""
    bytes: int = 0
    sha256: str = ""
    path: str = ""
    why: str = ""


def named(identity: str) -> str:
    """A file name for an id of the server's: the id itself where it is a plain word."""
    if _PLAIN.fullmatch(identity):
        return identity
    return "id-" + hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:16]


class _Cut(Exception):
    """The stream ended before the file did."""


class Files:
    """The files that were fetched so far, by their ids."""

    def __init__(
        self,
        client: OpenAI,
        folder: Path,
        key_variable: str,
        say: Callable[[str], None],
        sleep: Callable[[float], None],
    ) -> None:
        self.client, self.folder, self.key_variable = client, folder, key_variable
        self.say, self.sleep = say, sleep

    def fetch(self, identity: str, role: Role) -> RescuedFile:
        """The file, from the disk or from the server; raises where the server cannot be asked."""
        known = self._known(identity, role)
        if known is not None:
            return known
        try:
            there = patient(lambda: plain(self.client.files.retrieve(identity)), self.sleep)
        except troubles() as error:
            return self._not_given(error, identity, role)
        name, size = words(str(there.get("filename") or "")), there.get("bytes")
        purpose = words(str(there.get("purpose") or "unknown"))
        made = RescuedFile(id=identity, role=role, state="foreign", name=name)
        if purpose not in PURPOSES:
            return msgspec.structs.replace(made, why=f"its purpose is {purpose}, not fine-tune")
        self.say(f"fetching {identity}" + (f", {size:,} bytes" if isinstance(size, int) else ""))
        try:
            sha256, got = self._stream(identity, size if isinstance(size, int) else None)
        except troubles() as error:
            return self._not_given(error, identity, role, name)
        kept = msgspec.structs.replace(made, state=KEPT, bytes=got, sha256=sha256)
        with store.environment_errors(self.folder):
            _beside(self._path(identity)).write_bytes(msgspec.json.encode(kept))
        return kept

    def _path(self, identity: str) -> Path:
        return self.folder / named(identity)

    def _known(self, identity: str, role: Role) -> RescuedFile | None:
        """What an earlier run fetched whole, by its size and its hash."""
        path = self._path(identity)
        try:
            known = msgspec.json.decode(_beside(path).read_bytes(), type=RescuedFile)
            same = path.stat().st_size == known.bytes and store.sha256_of(path) == known.sha256
        except (OSError, msgspec.DecodeError):
            return None
        return msgspec.structs.replace(known, role=role) if same else None

    def _not_given(
        self, error: Exception, identity: str, role: Role, name: str = ""
    ) -> RescuedFile:
        status = getattr(error, "status_code", None)
        if status in _GONE:
            why = f"the server has it no more ({status})"
            return RescuedFile(id=identity, role=role, state="gone", name=name, why=why)
        if isinstance(status, int) and status != 401 and not passing(error):
            why = f"{status}, {platform_words(error)}"
            return RescuedFile(id=identity, role=role, state="refused", name=name, why=why)
        raise explain(error, f"Fetching {identity}", self.key_variable) from None

    def _stream(self, identity: str, size: int | None) -> tuple[str, int]:
        """The hash and the bytes of a file that was written whole; tried four times."""
        free = shutil.disk_usage(self.folder).free
        if size is not None and size > free:
            raise EnvironmentProblem(
                f"{identity} has {size:,} bytes, and the disk has room for {free:,}.",
                "Free some space, or choose another folder; what was fetched is kept.",
            )
        for tried in range(1, TRIES + 1):
            try:
                return self._once(identity, size)
            except _Cut as error:
                if tried == TRIES:
                    raise _cut_off(identity, error) from None
                self.sleep(pause_after(error, tried))
            except troubles() as error:
                if tried == TRIES or not passing(error):
                    raise
                self.sleep(pause_after(error, tried))
        raise AssertionError("the last try returns or raises")

    def _once(self, identity: str, size: int | None) -> tuple[str, int]:
        path = self._path(identity)
        staged, digest, got = path.with_name(f"{path.name}.part"), hashlib.sha256(), 0
        with (
            self.client.files.with_streaming_response.content(identity) as response,
            store.environment_errors(self.folder),
            staged.open("wb") as file,
        ):
            for piece in _pieces(response):
                file.write(piece)
                digest.update(piece)
                got += len(piece)
            flush_to_disk(file)
        if size is not None and got != size:
            raise _Cut(f"{got:,} of {size:,} bytes came")
        staged.replace(path)
        return digest.hexdigest(), got


def _pieces(response: Any) -> Any:
    """The bytes of a stream; a connection that breaks in it is no error of the SDK's own."""
    try:
        yield from response.iter_bytes(_PIECE)
    except Exception as error:
        if type(error).__module__.partition(".")[0].startswith(("httpx", "httpcore")):
            raise _Cut(words(str(error))) from None
        raise


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _cut_off(identity: str, error: _Cut) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"{identity} came cut off ({error}).",
        "Run the same command again: what was fetched whole is kept.",
    )
