"""Names of files: that of a card, and those that are no text (bytes of another age, not UTF-8)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CARD = "README.md"
"""The card of a data set, as the Hugging Face Hub calls it."""


def in_utf8(name: str) -> str:
    r"""A name as it can be written into files: bytes that are not UTF-8 stand as \xff."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


@contextmanager
def utf8_path(path: Path) -> Iterator[Path]:
    """A path to the same place that libraries take which know UTF-8 alone, for as long as it lasts.

    The path itself where it is UTF-8; else by way of a link in a temporary folder.
    """
    import tempfile

    try:
        str(path.absolute()).encode()
    except UnicodeEncodeError:
        with tempfile.TemporaryDirectory(prefix="dataprep-name-") as folder:
            link = Path(folder) / "place"
            link.symlink_to(path.absolute())
            yield link
    else:
        yield path
