"""Files of which nothing could be read: whether a run may go on without them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from dataprep import sources
from dataprep.conversion.shard import CUT_OFF, FileRead
from dataprep.names import in_utf8
from dataprep.recipe import Source
from dataprep.rules import CATALOGUE, Grain


class UnreadFiles(NamedTuple):
    """The files that gave nothing, each with its rule, by folder; `fatal` if no option helps."""

    left_out: Mapping[str, Sequence[str]]
    fatal: bool

    @property
    def words(self) -> Iterator[str]:
        """What is said of the files that are left out, by their folders."""
        for folder, files in self.left_out.items():
            noun = "1 file" if len(files) == 1 else f"{len(files):,} files"
            yield f"{folder}: nothing could be read of {noun}: {sources.few(files)}"


def unread_files(
    inputs: Sequence[tuple[Source, sources.Input]], read: Sequence[FileRead]
) -> UnreadFiles:
    """Which files of folders gave nothing, and whether that refuses the run whatever is asked.

    It does where the user named the file itself, where one breaks off behind some rows, so that
    nobody knows what is missing, and where no file gave anything.
    """
    left: dict[str, list[str]] = {}
    fatal = False
    for file in read:
        source, given = inputs[file.file]
        if not file.unread:
            continue
        if file.records:
            # one file of several is dropped as it is by itself, and the others are there
            files = given.export.files if given.export else given.paths
            one = len(files) == 1 or file.unread == CUT_OFF
            fatal |= one and CATALOGUE[file.unread].grain is Grain.FILE
        elif Path(given.name) == Path(source.path):
            fatal = True
        else:
            own = given.name.removeprefix(in_utf8(source.path)).lstrip("/")
            left.setdefault(in_utf8(source.path), []).append(f"{own} ({file.unread})")
    nothing = bool(left) and not any(file.records for file in read)
    return UnreadFiles(left, fatal or nothing)
