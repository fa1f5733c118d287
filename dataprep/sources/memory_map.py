"""The bytes of a file as a memory map, whatever it comes in: a file, a pipe, gzip, or UTF-16."""

from __future__ import annotations

import codecs
import gzip
import io
import mmap
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from dataprep.finding import EnvironmentProblem, Finding, Place, UsageError
from dataprep.rules import CATALOGUE, found
from dataprep.sources.encodings import LOOKED_AT, WideEncoding, wide_encoding
from dataprep.sources.gzip_faults import BROKEN_GZIP, GZIP, gzip_fault
from dataprep.sources.opening import opened

_PIECE = 1024 * 1024

UNPACKED = 1024 * 1024 * 1024
"""Bytes that any gzip stream may unpack to in the temporary folder."""

RATIO = 200
"""Times its size that a larger one may: rows of text pack five to twenty times."""


def mapped(path: Path, name: str, cut_off: str = "J001") -> mmap.mmap | Finding:
    """A map of the file; a pipe or a gzip stream is spooled into an unnamed temporary file.

    The finding is J009 for an empty file, and `cut_off` for a gzip stream that breaks off. Raises
    EnvironmentProblem when the temporary folder (TMPDIR) has no room.
    """
    with opened(path, name) as file:
        if head := file.peek(2):
            packed = head.startswith(GZIP)
            if not packed and stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            try:
                size = os.fstat(file.fileno()).st_size
                return _spooled(gzip.GzipFile(fileobj=file) if packed else file, name, size)
            except BROKEN_GZIP:
                fault = gzip_fault(path)
                remedy = fault.remedy or CATALOGUE["J011"].remedy
                return found(cut_off, fault.words, Place(file=name), remedy=remedy)
    return found("J009", "is empty", Place(file=name))


def mapped_in_utf_8(path: Path, name: str) -> tuple[mmap.mmap | Finding, WideEncoding | None]:
    """A map of the text of a file in UTF-8, and the encoding of two or four bytes that it has.

    Such a text is written in UTF-8 into an unnamed temporary file. The finding is J011 for a gzip
    stream that breaks off, and J002 where the text is not in that encoding after all.
    """
    text = mapped(path, name, "J011")
    if isinstance(text, Finding):
        return text, None
    if (encoding := wide_encoding(text[:LOOKED_AT])) is None:
        return text, None
    made = _utf_8_of(text, encoding, name)
    return made, None if isinstance(made, Finding) else encoding


def _utf_8_of(text: mmap.mmap, encoding: WideEncoding, name: str) -> mmap.mmap | Finding:
    decoder = codecs.getincrementaldecoder(encoding.codec)()

    def transcode(file: IO[bytes]) -> None:
        for at in range(0, len(text), _PIECE):
            last = at + _PIECE >= len(text)
            file.write(decoder.decode(text[at : at + _PIECE], last).encode())

    try:
        return _temporary(transcode, name)
    except UnicodeError:
        words = f"the file begins as {encoding.words}, and is not that"
        return found("J002", words, Place(file=name), by_hand=True)


def _spooled(stream: io.BufferedIOBase, name: str, size: int) -> mmap.mmap | Finding:
    import shutil

    source: Any = _Unpacked(stream, name, size) if isinstance(stream, gzip.GzipFile) else stream
    return _temporary(lambda file: shutil.copyfileobj(source, file, _PIECE), name)


class _Unpacked:
    """What a gzip stream of `size` bytes unpacks to; raises UsageError where it is too much."""

    def __init__(self, stream: gzip.GzipFile, name: str, size: int) -> None:
        self._stream, self._name, self._size = stream, name, size
        self._most = max(UNPACKED, RATIO * size)

    def read(self, size: int, /) -> bytes:
        """The next bytes; none at the end."""
        if self._stream.tell() > self._most:
            words = (
                f"{self._name} has {self._size:,} bytes, and unpacks to more than {self._most:,}."
            )
            raise UsageError(words, "Look at what is in it: gzip -dc IN | head -c 1000.")
        return self._stream.read(size)


def _temporary(fill: Callable[[IO[bytes]], None], name: str) -> mmap.mmap | Finding:
    """A map of what is written into a temporary file that has no name."""
    import tempfile

    with tempfile.TemporaryFile() as file:
        try:
            fill(file)
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
