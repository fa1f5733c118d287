"""Standard output and error that outlive their reader: the work goes on, and so does its code."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Any, TextIO


def outlive_readers() -> None:
    """Let nothing end because a pipe on standard output or error is closed, as by head.

    What nobody reads any more is passed over, so that a command ends with the code of its work.
    A character that the encoding of the stream lacks is written as its escape.
    """
    sys.stdout, sys.stderr = _unbroken(sys.stdout), _unbroken(sys.stderr)


def _unbroken(stream: TextIO | None) -> TextIO:
    """A stream to the same descriptor; itself where it is a terminal; a void where it is closed."""
    if stream is None:  # Python has none for a descriptor that was closed at the start
        return Path(os.devnull).open("w", encoding="utf-8")
    try:
        descriptor = stream.fileno()
    except (AttributeError, OSError):
        return stream
    if os.isatty(descriptor):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ESCAPED)
        return stream
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(_Descriptor(descriptor)),
        encoding=stream.encoding,
        errors=_ESCAPED,
        line_buffering=stream is sys.stderr,
    )


_ESCAPED = "backslashreplace"


class _Descriptor(io.RawIOBase):
    """Writes to a descriptor as long as it takes anything; what keeps it from that is raised once.

    A reader who has gone keeps nobody.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._takes = descriptor, True

    def writable(self) -> bool:
        """Always."""
        return True

    def fileno(self) -> int:
        """The descriptor."""
        return self._descriptor

    def write(self, piece: Any) -> int:
        """How many bytes of the piece were written, or passed over."""
        if not self._takes:
            return len(piece)
        try:
            return os.write(self._descriptor, piece)
        except BrokenPipeError:
            self._takes = False
        except OSError:
            self._takes = False
            raise
        return len(piece)
