"""Exports that come as a zip: unpacked into a folder that is gone when the process ends."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path, PurePosixPath

from dataprep.finding import EnvironmentProblem, UsageError
from dataprep.sources.annotation_tools.export import ExportFile
from dataprep.sources.opening import head_of
from dataprep.sources.pipes import temporary_folder

MAX_FILES = 20_000
"""Files in a zip, at most."""
MAX_UNPACKED = 4 * 1024**3
"""Bytes that a zip may unpack to."""

_PIECE = 1024 * 1024
_ENCRYPTED = 1


def is_zip(path: Path, name: str) -> bool:
    """Whether a file begins as a zip does."""
    return head_of(path, name, 4) == b"PK\x03\x04"


def unpacked(path: Path, name: str) -> tuple[ExportFile, ...]:
    """The files of a zip, sorted, each in a temporary folder of its own.

    Raises UsageError for a zip that is broken or encrypted, that has one name twice, or that
    unpacks to too much; EnvironmentProblem where there is no room.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir() and not _hidden(m.filename)]
            _check(members, name)
            folder, room = temporary_folder(), MAX_UNPACKED
            files = []
            for number, member in enumerate(sorted(members, key=lambda m: m.filename)):
                into = folder / f"{number:05}" / PurePosixPath(member.filename).name
                into.parent.mkdir()
                room -= _copied(archive, member, into, name, room)
                files.append(ExportFile(f"{name}/{member.filename}", into, member.filename))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        message = f"{name} is a zip that cannot be read: {error}."
        raise UsageError(message, "Export again.") from None
    except OSError as error:
        message = f"{name} cannot be unpacked: {(error.strerror or str(error)).lower()}."
        raise EnvironmentProblem(message, "Make room, or set TMPDIR.") from None
    return tuple(files)


def _hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in parts)


def _check(members: list[zipfile.ZipInfo], name: str) -> None:
    if len(members) > MAX_FILES:
        raise UsageError(f"{name} holds more than {MAX_FILES:,} files.", "Unpack it first.")
    seen: set[str] = set()
    for member in members:
        inside = member.filename
        if PurePosixPath(inside).is_absolute() or ".." in PurePosixPath(inside).parts:
            raise UsageError(f"{name} holds a file outside of itself.", "Unpack it with care.")
        if member.flag_bits & _ENCRYPTED:
            raise UsageError(f"{name} is encrypted.", "Unpack it first.")
        if inside in seen:
            raise UsageError(f"{name} holds two files named {inside!r}.", "Export again.")
        seen.add(inside)


def _copied(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, into: Path, name: str, room: int
) -> int:
    """Write one file of a zip; the bytes that it has."""
    with archive.open(member) as packed, into.open("wb") as file:
        while piece := packed.read(_PIECE):
            file.write(piece)
            if file.tell() > room:
                shutil.rmtree(into.parent.parent, ignore_errors=True)
                words = f"{name} unpacks to more than {MAX_UNPACKED:,} bytes."
                raise UsageError(words, "Unpack it first, and convert what you need.")
        return file.tell()
