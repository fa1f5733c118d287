"""What is wrong with a gzip file that cannot be unpacked: looked for once more, and said."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import BinaryIO, NamedTuple

BROKEN_GZIP = (EOFError, zlib.error, gzip.BadGzipFile)
"""What reading a gzip stream raises where it breaks off or is damaged."""

GZIP = b"\x1f\x8b"
"""How a file that is packed by gzip begins."""
_PIECE = 256 * 1024
_GZIP_ALONE = 31
"""The window of zlib for one gzip member with its header and its checksum."""


class GzipFault(NamedTuple):
    """Why a file cannot be unpacked, and what to do; an empty remedy is that of the rule.

    With `breaks_off` nothing behind the last row that was read is known.
    """

    words: str
    remedy: str = ""
    breaks_off: bool = True


_BROKEN_OFF = GzipFault("the gzip stream breaks off")


def gzip_fault(path: Path) -> GzipFault:
    """The fault of a file of which reading has raised one of BROKEN_GZIP."""
    with path.open("rb") as file:
        end = 0
        while end == 0 or _skip_zeros(file):
            begin = file.tell()
            if file.read(len(GZIP)) != GZIP:
                return _no_gzip_behind(end)
            file.seek(begin)
            member = zlib.decompressobj(_GZIP_ALONE)
            try:
                whole = _unpack(file, member)
            except zlib.error as error:
                return _damaged(str(error))
            if not whole:
                return _BROKEN_OFF
            end = file.tell()
    return _BROKEN_OFF


def _no_gzip_behind(end: int) -> GzipFault:
    words = f"the gzip stream ends at byte {end:,}, and what stands behind it is no gzip"
    remedy = f"Cut it off: head -c {end} IN.gz > OUT.gz, or copy the file again."
    return GzipFault(words, remedy, breaks_off=False)


def _damaged(reason: str) -> GzipFault:
    if "incorrect" in reason:
        words = "the gzip stream is damaged: its checksum does not fit what it holds"
        return GzipFault(words, breaks_off=False)
    return GzipFault("the gzip stream is damaged")


def _unpack(file: BinaryIO, member: zlib._Decompress) -> bool:
    """Go to the end of a member, and say whether it has one."""
    while piece := file.read(_PIECE):
        while piece and not member.eof:
            member.decompress(piece, _PIECE)
            piece = member.unconsumed_tail
        if member.eof:
            file.seek(-len(member.unused_data), 1)
            return True
    return False


def _skip_zeros(file: BinaryIO) -> bool:
    """Go behind the zeros that may pad a member, and say whether anything stands there."""
    while piece := file.read(_PIECE):
        if rest := piece.lstrip(b"\0"):
            file.seek(-len(rest), 1)
            return True
    return False
