"""`dataprep check --fix`: a mended copy of a file; the door is `fix` and `preview`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dataprep.fixes.mendable import is_mendable

if TYPE_CHECKING:
    from dataprep.fixes.apply import Fixed, default_out, fix, preview
    from dataprep.fixes.mend import NAMES

__all__ = ["NAMES", "Fixed", "default_out", "fix", "is_mendable", "preview"]

_HOME = {**dict.fromkeys(("Fixed", "default_out", "fix", "preview"), "apply"), "NAMES": "mend"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'dataprep.fixes' has no attribute {name!r}")
    return getattr(import_module(f"dataprep.fixes.{_HOME[name]}"), name)
