"""The compiled library: found, opened and asked for its version when it is first needed."""

from __future__ import annotations

import ctypes
import os
from functools import cache
from pathlib import Path

from dataprep.scan.build import library

VERSION = 5
"""The version of `source/scan.h` that this package speaks."""

SWITCH = "DATAPREP_SCAN"
"""The variable that turns the library off, where it is `off`."""

DONE = 0
"""What a function of the library returns when all went well."""

_TEXT = (ctypes.c_char_p, ctypes.c_int64)
_NUMBERS = (ctypes.c_int32,)
_POINTER = ctypes.c_void_p
_COUNT = ctypes.c_int64
_FUNCTIONS: dict[str, tuple[type | None, tuple[type, ...]]] = {
    "scan_plan_new": (_POINTER, ()),
    "scan_plan_add": (ctypes.c_int32, (_POINTER, *_NUMBERS, *_TEXT, *_TEXT)),
    "scan_plan_free": (None, (_POINTER,)),
    "scan_tasks": (_POINTER, (_POINTER, *_TEXT)),
    "scan_outcome": (ctypes.c_int32, (_POINTER,)),
    "scan_take": (ctypes.c_int32, (_POINTER, *_NUMBERS, _POINTER, _POINTER)),
    "scan_free": (None, (_POINTER,)),
    "scan_rows": (_POINTER, (*_NUMBERS, *_TEXT, _POINTER, _COUNT, _COUNT)),
    "scan_words": (_COUNT, (*_TEXT, _POINTER, _COUNT, _POINTER, _POINTER)),
    "scan_capitals": (_COUNT, (*_TEXT, _POINTER, _COUNT, _POINTER)),
    "scan_sign": (
        _COUNT,
        (
            *(*_TEXT, _POINTER, _COUNT, _POINTER, _COUNT, _POINTER, _POINTER),
            *(ctypes.c_int32, _POINTER, _POINTER),
        ),
    ),
}
"""What each function returns and takes, as `source/scan.h` declares it."""


def why_not() -> str:
    """Why the library is not used here, in words; nothing where it is."""
    if os.environ.get(SWITCH, "").strip().lower() == "off":
        return f"turned off by {SWITCH}"
    found = opened(library())
    return found if isinstance(found, str) else ""


@cache
def opened(path: Path) -> ctypes.CDLL | str:
    """The library at a path, its functions typed; or why it cannot be used."""
    if not path.exists():
        return "not compiled"
    try:
        found = ctypes.CDLL(str(path))
        found.scan_version.restype = ctypes.c_int32
        version = found.scan_version()
        if version != VERSION:
            return f"compiled for version {version}, where {VERSION} is needed"
        for name, (returns, takes) in _FUNCTIONS.items():
            function = getattr(found, name)
            function.restype, function.argtypes = returns, takes
    except (OSError, AttributeError):
        return "cannot be loaded"
    return found
