"""The lines of a file, plain or gzipped, and a new file written from lines."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from dataprep import sources
from dataprep.durable import flush_to_disk
from dataprep.finding import UsageError
from dataprep.rules import CATALOGUE
from dataprep.sources.opening import is_gzip

PIECE = 128 * 1024 * 1024
"""Bytes of a line that are held at once; a longer one comes in pieces of one number."""


def lines_of(path: Path) -> Iterator[tuple[int, bytes]]:
    r"""Number and bytes of each line; lines end with \n and nothing else.

    Raises UsageError where a gzip stream breaks off: what is lost cannot be mended.
    """
    with path.open("rb") as file:
        stream: BinaryIO = file
        if is_gzip(path):
            stream = cast(BinaryIO, io.BufferedReader(gzip.GzipFile(fileobj=file)))
        number, whole = 0, True
        try:
            while raw := stream.readline(PIECE):
                number += whole
                whole = raw.endswith(b"\n")
                yield number, raw
        except sources.BROKEN_GZIP:
            fault = sources.gzip_fault(path)
            after = f" after line {number}" if fault.breaks_off else ""
            remedy = fault.remedy or CATALOGUE["J011"].remedy
            raise UsageError(f"{path}: {fault.words}{after}.", remedy) from None


def write_lines(path: Path, lines: Iterable[bytes], *, compress: bool) -> None:
    """Write and sync a new file; the same lines give the same bytes, compressed too."""
    with path.open("xb") as file:
        if compress:
            with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed:
                packed.writelines(lines)
        else:
            file.writelines(lines)
        flush_to_disk(file)
