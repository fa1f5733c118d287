"""The library that looks for many patterns at once, where it is installed (the extra `fast`)."""

from __future__ import annotations

import importlib
from typing import Any


def hyperscan_here() -> Any:
    """The module hyperscan, or None: it is not installed, or was built for another processor."""
    try:
        hyperscan = importlib.import_module("hyperscan")
        hyperscan.Database().compile(expressions=[b"a"], ids=[0], elements=1, flags=[0])
    except Exception:  # a library that does not load raises what it likes
        return None
    return hyperscan


def engine_name() -> str:
    """What looks for the patterns of many lines here."""
    if (hyperscan := hyperscan_here()) is None:
        return "Polars"
    return f"hyperscan {getattr(hyperscan, '__version__', '')}".rstrip()
