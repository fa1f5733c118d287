"""What callers give for a path, and for several things where one is usual."""

from __future__ import annotations

import os
from collections.abc import Sequence

StrPath = str | os.PathLike[str]


def several(value: StrPath | Sequence[StrPath]) -> tuple[str, ...]:
    """One text or path, or several, as texts."""
    one: Sequence[StrPath] = (value,) if isinstance(value, str | os.PathLike) else value
    return tuple(os.fspath(each) for each in one)
