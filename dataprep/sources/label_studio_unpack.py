"""The bytes of an export as a memory map, whatever it comes in: a file, a pipe, or gzip."""

from __future__ import annotations

import gzip
import io
import mmap
import os
import shutil
import stat
import tempfile
import zlib
from pathlib import Path

from dataprep.finding import EnvironmentProblem, Finding, Place
from dataprep.rules import found
from dataprep.sources.opening import opened

GZIP = b"\x1f\x8b"
_PIECE = 1024 * 1024


def mapped(path: Path, name: str) -> mmap.mmap | Finding:
    """A map of the file; a pipe or a gzip stream is spooled into an unnamed temporary file.

    The finding is J009 for an empty file and J001 for a gzip stream that breaks off. Raises
    EnvironmentProblem when the temporary folder (TMPDIR) has no room.
    """
    with opened(path, name) as file:
        if head := file.peek(2):
            packed = head.startswith(GZIP)
            if not packed and stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            try:
                return _spooled(gzip.GzipFile(fileobj=file) if packed else file, name)
            except (EOFError, zlib.error, gzip.BadGzipFile):
                return _cut_off(name)
    return found("J009", "is empty", Place(file=name))


def _spooled(stream: io.BufferedIOBase, name: str) -> mmap.mmap | Finding:
    with tempfile.TemporaryFile() as file:
        try:
            shutil.copyfileobj(stream, file, _PIECE)
            file.flush()
        except gzip.BadGzipFile:
            raise
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            message = f"{name} cannot be unpacked into {tempfile.gettempdir()}: {reason}."
            raise EnvironmentProblem(message, "Make room there, or set TMPDIR.") from None
        if not file.tell():
            return found("J009", "is empty", Place(file=name))
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _cut_off(name: str) -> Finding:
    remedy = "Copy or download the file again."
    return found("J001", "the gzip stream breaks off", Place(file=name), remedy=remedy)
