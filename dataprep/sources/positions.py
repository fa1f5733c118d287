"""Lines and columns of bytes in a text that is mapped, not read."""

from __future__ import annotations

import mmap

_PIECE = 1024 * 1024
_CONTINUATION = bytes(range(0x80, 0xC0))


class Positions:
    """Line and column of offsets that are asked in ascending order: each byte is counted once."""

    def __init__(self, text: mmap.mmap | bytes, start: int, line: int = 1) -> None:
        self._text = text
        self._at = start
        self._line, self._column = line, 1

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a byte, both from 1; columns in characters."""
        while self._at < offset:
            end = min(self._at + _PIECE, offset)
            between = self._text[self._at : end]
            if breaks := between.count(b"\n"):
                self._line += breaks
                self._column = 1
            last = between[between.rfind(b"\n") + 1 :]
            self._column += len(last.translate(None, _CONTINUATION))
            self._at = end
        return self._line, self._column


def line_count(text: mmap.mmap | bytes) -> int:
    """How many lines a text has; a last one needs no line end."""
    pieces = range(0, len(text), _PIECE)
    breaks = sum(text[at : at + _PIECE].count(b"\n") for at in pieces)
    return breaks + (text[-1:] not in (b"", b"\n"))
