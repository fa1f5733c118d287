"""Files that a kill cannot leave half-written: whole ones, and logs that are only appended to."""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, BinaryIO, Self

from dataprep.finding import EnvironmentProblem, UsageError
from dataprep.patterns import LatePattern

_UNFINISHED = LatePattern(r"\.(.+)\.(?:staging|old|part)-\d+(?:-\d+)?")
"""Hidden names of what is written, or taken away, beside its place."""


def finished(path: str | Path) -> str:
    """The path of an output while it is made, and of all below it, as that of the output."""
    parts = Path(path).parts
    for number, part in enumerate(parts):
        if name := _UNFINISHED.fullmatch(part):
            return str(Path(*parts[:number], name[1]))
    return str(path)


def write_whole(path: Path, content: bytes | memoryview, *, new: bool = False) -> None:
    """Write a file beside its place, wait for the disk, and put it there: whole or not at all.

    A `new` file replaces none: FileExistsError.
    """
    part = path.with_name(f".{path.name}.part-{os.getpid()}-{threading.get_ident()}")
    try:
        with part.open("wb") as file:
            file.write(content)
            flush_to_disk(file)
        if new:
            put_new(part, path)
        else:
            part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def put_new(made: Path, path: Path) -> None:
    """Put a finished file in a place of the same disk that is free; else raise FileExistsError.

    A file system without links puts it there without that last look.
    """
    try:
        os.link(made, path)
    except FileExistsError:
        raise
    except OSError:
        made.rename(path)
    else:
        with suppress(OSError):  # it is in its place; its other name is no harm
            made.unlink()


def refuse_existing(path: Path) -> None:
    """Raise UsageError where a new file would stand in the place of something."""
    if os.path.lexists(path):
        raise _existing(path)


def put_where_free(made: Path, path: Path) -> None:
    """`put_new` with the UsageError of `refuse_existing`: another run may have been faster."""
    try:
        put_new(made, path)
    except FileExistsError:
        raise _existing(path) from None


def _existing(path: Path) -> UsageError:
    return UsageError(f"{path} exists.", "Move it away, or choose another name with -o.")


def write_json(path: Path, value: Any, *, new: bool = False) -> None:
    """`write_whole` for a value, as indented JSON; lone surrogates become `?`.

    A `new` file replaces none: FileExistsError.
    """
    text = json.dumps(value, indent=1, ensure_ascii=False) + "\n"
    write_whole(path, text.encode("utf-8", "replace"), new=new)


def flush_to_disk(file: IO[bytes]) -> None:
    """Wait until the disk has all that was written to an open file."""
    file.flush()
    os.fsync(file.fileno())


def sync(path: Path) -> None:
    """Wait until the disk has a file, or the list of names of a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def try_lock(file: IO[bytes]) -> bool:
    """Lock an open file until it is closed; False while another process has it.

    Where the system has no such locks (Windows), everybody gets one.
    """
    try:
        _flock(file)
    except OSError:
        return False
    return True


def lock(file: IO[bytes], path: Path) -> None:
    """The same; raises EnvironmentProblem, naming `path`, while another process has the file.

    Raises OSError where the file system has no locks: nobody is at work there.
    """
    try:
        _flock(file)
    except BlockingIOError:
        raise EnvironmentProblem(
            f"Another process is at work with {path}.", "Wait until it has ended."
        ) from None


def _flock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        return
    import fcntl

    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class AppendLog:
    """A file of lines that only grows: each line is on the disk before the next is begun.

    A line that a kill has torn stays, ended by the next opening: its reader skips it.
    """

    def __init__(self, path: Path, *, locked: bool = True) -> None:
        """Open or make the file; with `locked`, for this process alone (EnvironmentProblem)."""
        self.path = path
        self._file: BinaryIO = path.open("a+b")
        if locked:
            try:
                lock(self._file, path)
            except (EnvironmentProblem, OSError):
                self._file.close()
                raise
        self._end_torn_line()

    def append(self, line: bytes) -> None:
        """Write one line, given without its end, and wait for the disk."""
        self._file.write(line + b"\n")
        flush_to_disk(self._file)

    def lines(self) -> list[bytes]:
        """The lines so far, a torn one among them, without their ends."""
        self._file.seek(0)
        return self._file.read().splitlines()

    def close(self) -> None:
        """Close the file, and with it the lock."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _end_torn_line(self) -> None:
        if not (size := self._file.seek(0, os.SEEK_END)):
            return
        self._file.seek(size - 1)
        if self._file.read(1) != b"\n":
            self._file.write(b"\n")
