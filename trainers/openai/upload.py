"""One file to the server, at most once for its content: whole, or in parts that can be resumed."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dataprep.finding import DataprepError, EnvironmentProblem, UsageError
from trainers.openai.client import (
    AGAIN,
    UnexpectedAnswer,
    explain,
    passing,
    pause_after,
    surely_refused,
    troubles,
)
from trainers.openai.dataset import DataFile
from trainers.openai.ledger import JobLedger
from trainers.openai.sending import Sending
from trainers.openai.wire import OpenAIWire, There, number

PART_BYTES = 64_000_000
"""The largest part that the Uploads API takes (openai-python 3.54.0)."""

PART_TRIES = 4
READ_MINUTES = 30
LOOK_SECONDS = 10.0


class Window(io.RawIOBase):
    """A stretch of a file as a file of its own, so that a part is never whole in memory."""

    def __init__(self, path: Path, start: int, length: int) -> None:
        self._file = path.open("rb")
        self._start, self._length, self._at = start, length, 0

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes of what is left of the stretch."""
        left = self._length - self._at
        self._file.seek(self._start + self._at)
        chunk = self._file.read(left if size < 0 else min(size, left))
        self._at += len(chunk)
        return chunk

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place within the stretch."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        super().close()


class Uploads:
    """The uploads of one errand: looked for first, sent once, read by the server."""

    def __init__(
        self, sending: Sending, parts_above: int | None, clock: Callable[[], float] = time.time
    ) -> None:
        self.sending, self.parts_above, self.clock = sending, parts_above, clock
        self.wire, self.book = sending.wire, sending.book

    def file(self, file: DataFile) -> str:
        """The id of the file at the server, sent only if it is not there."""
        same = {"split": file.split, "sha256": file.sha256}
        there: str | None = self.sending.ask(
            f"Looking for {file.name}", lambda: self._recorded(same, file)
        )
        if there:
            if not self.book.last("upload", "done", **same, file=there):
                self.book.write("upload", "done", **same, file=there, found=True)
            self.sending.tell("reused", f"{file.split}: already uploaded as {there}")
        else:
            there = self._send(file, same)
            self.book.write("upload", "done", **same, file=there)
            self.sending.tell("uploaded", f"{file.split}: {file.bytes:,} bytes as {there}")
        self._wait_until_read(file, there)
        return there

    def _recorded(self, same: dict[str, Any], file: DataFile) -> str | None:
        """The upload of the ledger while the server still has it, else one found by its name."""
        import openai

        if recorded := self.book.last("upload", "done", **same):
            try:
                there = self.wire.file(str(recorded["file"]))
            except openai.NotFoundError:
                self.sending.tell("gone", f"{file.split}: {recorded['file']} was deleted there")
            else:
                if there.usable:
                    return there.id
        return self._find(file)

    def _find(self, file: DataFile) -> str | None:
        """By name and size: the name carries the hash of the content."""
        for there in self.wire.files():
            if there.name == file.name and there.bytes in (file.bytes, None) and there.usable:
                return there.id
        return None

    def _send(self, file: DataFile, same: dict[str, Any]) -> str:
        in_parts = self.parts_above is not None and file.bytes > self.parts_above
        if in_parts and isinstance(self.wire, OpenAIWire):
            return InParts(self.sending, self.wire, file, self._find, self.clock).send(same)

        def call() -> str:
            with file.path.open("rb") as body:
                return self.wire.send_file(file.name, body, file.bytes)

        doing = f"Uploading {file.path.name}"
        return self.sending.once("upload", doing, lambda: self._find(file), call, **same).id

    def _wait_until_read(self, file: DataFile, file_id: str) -> None:
        """Azure and Together read a file for minutes before a job may name it.

        So many looks, and no time of day: a clock that is set would end the wait or draw it out.
        """
        for _ in range(int(READ_MINUTES * 60 / LOOK_SECONDS)):
            there = self.sending.ask(f"Looking at {file_id}", lambda: self.wire.file(file_id))
            if not there.usable:
                raise _unusable(file, there)
            if not there.waiting:
                return
            self.sending.sleep(LOOK_SECONDS)


class InParts:
    """A large file by the Uploads API: 64 MB a part, each in the ledger, so that it is resumed."""

    def __init__(
        self,
        sending: Sending,
        wire: OpenAIWire,
        file: DataFile,
        find: Callable[[DataFile], str | None],
        clock: Callable[[], float],
    ) -> None:
        self.sending, self.wire, self.file, self.find = sending, wire, file, find
        self.book: JobLedger = sending.book
        self.clock = clock
        self.sha256 = file.sha256

    def send(self, same: dict[str, Any]) -> str:
        """The id of the file that the parts became."""
        if not self.book.last("upload", "begin", **same):
            self.book.write("upload", "begin", **same)
        for _ in range(2):  # an upload that has expired is begun again, once a run
            upload = self._open() or self._begin()
            try:
                parts = [self._part(upload, n) for n in range(len(list(self._stretches())))]
                return self._complete(upload, parts, same)
            except _ExpiredError as error:
                self.book.write("parts", "expired", sha256=self.sha256, upload=upload)
                self.sending.tell("gone", f"{self.file.split}: upload {upload} {error}; again")
        raise EnvironmentProblem(
            f"Uploading {self.file.path.name}: the server let the upload expire twice.", AGAIN
        )

    def _stretches(self) -> Iterator[tuple[int, int]]:
        for start in range(0, self.file.bytes, PART_BYTES):
            yield start, min(PART_BYTES, self.file.bytes - start)

    def _open(self) -> str | None:
        """The upload that an earlier run began, while the server keeps it."""
        begun = self.book.last("parts", "begin", sha256=self.sha256)
        if begun is None or begun.get("size") != PART_BYTES:
            return None
        upload = str(begun["upload"])
        if self.book.last("parts", "expired", upload=upload):
            return None
        expires = number(begun.get("expires"))
        if expires is not None and expires <= self.clock():
            self.book.write("parts", "expired", sha256=self.sha256, upload=upload)
            return None
        return upload

    def _begin(self) -> str:
        # A lost answer leaves an upload without parts: it becomes no file, and expires by itself.
        made = self._repeat(
            "Beginning the upload", lambda: self.wire.begin_upload(self.file.name, self.file.bytes)
        )
        self.book.write(
            "parts",
            "begin",
            sha256=self.sha256,
            upload=made.id,
            expires=made.expires,
            bytes=self.file.bytes,
            size=PART_BYTES,
        )
        return str(made.id)

    def _part(self, upload: str, number: int) -> str:
        done = self.book.last("parts", "done", upload=upload, number=number)
        if done is not None:
            return str(done["part"])
        start, length = list(self._stretches())[number]

        def call() -> str:
            with Window(self.file.path, start, length) as body:
                return self.wire.send_part(upload, body)  # type: ignore[arg-type]

        part = str(self._repeat(f"Uploading part {number + 1} of {self.file.path.name}", call))
        self.book.write("parts", "done", upload=upload, number=number, part=part, bytes=length)
        whole = -(-self.file.bytes // PART_BYTES)
        self.sending.tell("part", f"{self.file.split}: part {number + 1} of {whole}")
        return part

    def _complete(self, upload: str, parts: list[str], same: dict[str, Any]) -> str:
        self.book.write("parts", "complete", upload=upload, **same)
        doing = f"Completing the upload of {self.file.path.name}"
        md5 = _md5(self.file.path)
        for tried in range(1, PART_TRIES + 1):
            try:
                made = self.wire.complete_upload(upload, parts, md5)
                if made.file is None:
                    raise UnexpectedAnswer("the upload became no file")
                return made.file
            except troubles() as error:
                # After a lost answer the file may be there; after a refusal the upload is not.
                if found := self.sending.search(lambda: self.find(self.file)):
                    return found
                if surely_refused(error) and not passing(error):
                    raise self._lost(error, doing) from None
                if tried == PART_TRIES:
                    raise explain(error, doing, self.sending.key_variable) from None
                self.sending.sleep(pause_after(error, tried))
        raise AssertionError("unreachable")

    def _repeat(self, doing: str, call: Callable[[], Any]) -> Any:
        """What may be sent again: a part that is not named in the end counts for nothing."""
        for tried in range(1, PART_TRIES + 1):
            try:
                return call()
            except troubles() as error:
                if surely_refused(error) and not passing(error):
                    raise self._lost(error, doing) from None
                if tried == PART_TRIES:
                    raise explain(error, doing, self.sending.key_variable) from None
                self.sending.sleep(pause_after(error, tried))
        raise AssertionError("unreachable")

    def _lost(self, error: Exception, doing: str) -> Exception:
        """An upload that the server does not take any more: expired, cancelled, or never whole."""
        if getattr(error, "status_code", None) in (400, 404, 410) and self.book.last(
            "parts", "begin", sha256=self.sha256
        ):
            return _ExpiredError("is not taken any more")
        return explain(error, doing, self.sending.key_variable)


class _ExpiredError(Exception):
    """The server keeps this upload no longer."""


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _unusable(file: DataFile, there: There) -> DataprepError:
    why = there.error or there.status
    return UsageError(
        f"{file.path}: the server cannot use the upload ({why}).",
        "Correct the data and convert again; dataprep check names the lines.",
    )
