"""Fixes of a whole file, made before those of its lines: its rows one a line, in UTF-8."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dataprep import sources
from dataprep.fixes.file import Change
from dataprep.fixes.gzip_lines import write_lines
from dataprep.rules import CATALOGUE
from dataprep.sources.encodings import LOOKED_AT, wide_encoding
from dataprep.sources.opening import BOM, is_gzip, unpacked_head

CODES = sources.MENDED
"""The rules whose findings are of a whole file, and have a fix of it."""

NAMES = frozenset(fix.name for code in CODES if (fix := CATALOGUE[code].fix) is not None)


@dataclass(slots=True)
class WholeFile:
    """A new file, and of each of its lines the line of the old file on which it begins.

    `changed` is how many of its lines do not stand so in the old file.
    """

    path: Path
    origins: array[int] = field(default_factory=lambda: array("Q"))
    changed: int = 0


def mend_file(path: Path, out: Path, codes: Collection[str]) -> WholeFile | None:
    """Write the file with the causes of those rules mended; None where that cannot be done.

    Nothing is left at `out` then.
    """
    made = WholeFile(out)

    def lines() -> Iterator[bytes]:
        for line in sources.rewrite(path, codes):
            made.origins.append(line.line)
            made.changed += line.changed
            yield line.text

    try:
        write_lines(out, lines(), compress=is_gzip(path))
    except sources.Unwritable:
        out.unlink()
        return None
    if not made.origins:
        out.unlink()
        return None
    return made


def file_changes(before: Path, after: Path) -> tuple[str, ...]:
    """What differs between two files as a whole and in no row, in words: encoding and its mark."""
    old, new = (unpacked_head(path, str(path), LOOKED_AT) for path in (before, after))
    encoding = wide_encoding(old)
    if encoding is not None and wide_encoding(new) is None:
        return (f"{encoding.words} becomes UTF-8",)
    marked = old.startswith(BOM) and not new.startswith(BOM)
    return ("the byte order mark is taken away",) * marked


def edits_between(
    path: Path, origins: Sequence[int], after: Iterable[bytes | None]
) -> Iterator[Change]:
    """Every line of the old file with what of the new one begins on it; None where nothing does.

    `origins` are the old lines of the new ones, and `after` what became of each of those.
    """
    new = zip(origins, after, strict=True)
    origin, text = next(new, (0, None))
    for number, raw in ((line.line, line.text) for line in sources.rewrite(path, ("J002",))):
        made: list[bytes] = []
        while origin == number:
            made += [] if text is None else [text]
            origin, text = next(new, (0, None))
        yield Change(number, raw, b"".join(made) if made else None)
