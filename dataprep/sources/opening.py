"""Opening what a person named: one file, or a folder whose files are read in a fixed order."""

from __future__ import annotations

import gzip
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import NoReturn

from dataprep import rules
from dataprep.finding import (
    OF_A_FILE,
    DataprepError,
    EnvironmentProblem,
    Finding,
    ForbiddenFile,
    Place,
    UnreadableFile,
    UsageError,
)
from dataprep.patterns import LatePattern
from dataprep.sources.encodings import wide_encoding
from dataprep.sources.gzip_faults import BROKEN_GZIP, GZIP

UNOPENED = (ForbiddenFile, UnreadableFile)
"""What is wrong with one file, so that others may be read without it; not what is wrong with the
machine, which may be wrong with the next file too, and right again in the next run."""

BOM = b"\xef\xbb\xbf"
_HTML = LatePattern(rb"\s*<(!doctype\s+html|html|head|body|title|\?xml|!--)", re.IGNORECASE)


@contextmanager
def opened(path: Path, name: str) -> Iterator[io.BufferedReader]:
    """The file as a buffered binary stream; what the machine refuses becomes an error of ours."""
    try:
        with path.open("rb") as file:
            yield file
    except gzip.BadGzipFile:
        raise
    except OSError as error:
        raise not_read(error, name) from None


def not_read(error: OSError, name: str) -> ForbiddenFile | UnreadableFile | EnvironmentProblem:
    """What the system said when it did not give a file: of this file, or of a failing disk."""
    if isinstance(error, PermissionError):
        return ForbiddenFile(f"{name} may not be read.", "Check its permissions.")
    words = f"{name} cannot be read: {(error.strerror or str(error)).lower()}."
    if is_of_machine(error):
        return EnvironmentProblem(words, "Check the disk that it lies on, then run again.")
    return UnreadableFile(words, "Check the path.")


def is_of_machine(error: OSError) -> bool:
    """Whether the machine failed, and nothing is known of the file."""
    of_file = isinstance(error, PermissionError) or error.errno in OF_A_FILE
    return error.errno is not None and not of_file


def can_open(path: Path) -> bool:
    """Whether a file is there and may be read; raises EnvironmentProblem if the machine fails."""
    try:
        with opened(path, str(path)):
            return True
    except UNOPENED:
        return False


def unopened(error: DataprepError, opened_as: str, name: str) -> Finding:
    """The finding J018 for one file of several, which cannot be opened; `name` is for messages."""
    words = error.message.removeprefix(opened_as).strip().removesuffix(".")
    line = error.place.line if error.place else None
    return rules.found("J018", words, Place(file=name, line=line), remedy=error.remedy)


def is_gzip(path: Path) -> bool:
    """Whether a file is packed by gzip, whatever its name says."""
    with path.open("rb") as file:
        return file.read(len(GZIP)) == GZIP


def head_of(path: Path, name: str, size: int) -> bytes:
    """The first bytes of a file, unpacked and in UTF-8; those before a gzip stream breaks off."""
    head = unpacked_head(path, name, size)
    if (encoding := wide_encoding(head)) is not None:
        head = head.decode(encoding.codec, "replace").encode()
    return head.removeprefix(BOM)


def unpacked_head(path: Path, name: str, size: int) -> bytes:
    """The first bytes of what a file holds, as they are; those before a gzip stream breaks off."""
    pieces: list[bytes] = []
    with opened(path, name) as file, suppress(*BROKEN_GZIP):
        stream = gzip.GzipFile(fileobj=file) if file.peek(2).startswith(GZIP) else file
        while size > 0 and (piece := stream.read1(size)):
            pieces.append(piece)
            size -= len(piece)
    return b"".join(pieces)


def wrong_kind(head: bytes, name: str) -> Finding | None:
    """A finding when the first bytes show UTF-16 or UTF-32 (J002), or an HTML page (J010)."""
    if _HTML.match(head.removeprefix(BOM)):
        return rules.found("J010", "the file is an HTML page", Place(file=name, line=1))
    return is_wide(head, name)


def is_wide(head: bytes, name: str) -> Finding | None:
    """The finding J002 when the first bytes show UTF-16 or UTF-32."""
    if (encoding := wide_encoding(head)) is None:
        return None
    words = f"the file is {encoding.words}, not UTF-8"
    remedy = f"Save the file as UTF-8, for example: {encoding.iconv}."
    return rules.found("J002", words, Place(file=name, line=1), remedy=remedy)


def has_bom(head: bytes, name: str) -> Finding | None:
    """The warning J006 when the first bytes are a byte order mark."""
    if head.startswith(BOM):
        return rules.found("J006", "the file begins with a byte order mark", Place(file=name))
    return None


def listed(path: Path, suffixes: frozenset[str]) -> tuple[list[Path], list[Path]]:
    """The files of a folder that have one of the suffixes, and the others, both sorted.

    Hidden files and folders are left out, and links to folders are not followed. A file that
    is named itself is taken whatever its suffix.
    """
    if not path.is_dir():
        return [path], []
    taken: list[Path] = []
    others: list[Path] = []
    for folder, folders, names in os.walk(path, onerror=_raise):
        folders[:] = [f for f in folders if not f.startswith(".")]
        for file in (Path(folder) / n for n in names if not n.startswith(".")):
            (taken if file.suffix.lower() in suffixes else others).append(file)
    return sorted(taken, key=lambda p: p.parts), sorted(others, key=lambda p: p.parts)


def _raise(error: OSError) -> NoReturn:
    raise not_read(error, str(error.filename)) from None


def walk(path: Path, name: str, suffixes: frozenset[str]) -> Iterator[tuple[Path, str]]:
    """Each file to read with its name in messages; raises UsageError when a folder has none."""
    if not path.is_dir():
        yield path, name
        return
    taken, _ = listed(path, suffixes)
    if not taken:
        wanted = ", ".join(sorted(suffixes))
        raise UsageError(f"{name} holds no file to read.", f"Looked for: {wanted}.")
    for file in taken:
        inside = os.fsencode(file.relative_to(path)).decode("utf-8", "backslashreplace")
        yield file, str(PurePosixPath(name) / inside)
