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
    """The files of a zip that are not hidden, sorted; all of it lies in a temporary folder.

    Raises UsageError for a zip that is broken or encrypted, that has one name twice, or that
    unpacks to too much; EnvironmentProblem where there is no room.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check(members, name)
            folder, room = temporary_folder(), MAX_UNPACKED
            files = []
            for member in sorted(members, key=lambda m: m.filename):
                into = folder / member.filename
                into.parent.mkdir(parents=True, exist_ok=True)
                room -= _copied(archive, member, into, room)
                if room < 0:
                    shutil.rmtree(folder, ignore_errors=True)
                    raise _too_much(name)
                if not _hidden(member.filename):
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
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _check(members: list[zipfile.ZipInfo], name: str) -> None:
    if len(members) > MAX_FILES:
        raise UsageError(f"{name} holds more than {MAX_FILES:,} files.", "Unpack it first.")
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise _too_much(name)
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


def _too_much(name: str) -> UsageError:
    words = f"{name} unpacks to more than {MAX_UNPACKED:,} bytes."
    return UsageError(words, "Unpack it first, and convert what you need.")


def _copied(archive: zipfile.ZipFile, member: zipfile.ZipInfo, into: Path, room: int) -> int:
    """Write one file of a zip, as far as there is room; the bytes that were written."""
    with archive.open(member) as packed, into.open("xb") as file:
        while file.tell() <= room and (piece := packed.read(_PIECE)):
            file.write(piece)
        return file.tell()
