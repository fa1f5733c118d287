"""The splits that somebody made already, as a column or the name of a file says them."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any

from dataprep.formats.meanings import folded

_NAMES = {
    **dict.fromkeys(("train", "training", "trn", "trainsft", "trainprefs", "traingen"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev", "development"), "validation"),
    **dict.fromkeys(("test", "testing", "tst", "eval", "evaluation", "holdout", "heldout"), "test"),
    **dict.fromkeys(("testsft", "testprefs", "testgen"), "test"),
}
"""How data sets call the splits, folded."""

_YES, _NO = ("true", "1", "yes"), ("false", "0", "no")
BY_FILE = "file"
"""In the place of a column: the names of the files say the split."""


def split_of(column: str, value: Any) -> str | None:
    """The split that a value of a column names, by our names; None where it names none."""
    said = folded(str(value))
    if said in _YES or said in _NO:
        asks = "train" if "train" in folded(column) else "test"
        other = "test" if asks == "train" else "train"
        return asks if said in _YES else other
    return _NAMES.get(said)


def split_of_file(name: str) -> str | None:
    """The split that the name of a file, or of a folder above it, says: `test-00000.parquet`.

    Of a whole path the last folder alone counts: the data of a user called dev is not held out.
    """
    path = PurePath(name)
    parts = path.parts[-2:] if path.is_absolute() else path.parts
    for part in reversed(parts):
        words = [word for word in re.split(r"[^a-z]+", part.lower()) if word]
        for word in words:
            if word in _NAMES:
                return _NAMES[word]
    return None
