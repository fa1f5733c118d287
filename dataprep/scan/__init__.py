"""The compiled reader of Label Studio exports, where there is one: bytes in, proven columns out.

It settles what leaves nothing to judge; whatever is in doubt is handed back, and without it
everything works, slower. `source/scan.h` says what the library offers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dataprep.scan.library import why_not

if TYPE_CHECKING:
    from dataprep.scan.tasks import ScannedTasks, TaskPlan, read_tasks

__all__ = ["ScannedTasks", "TaskPlan", "available", "read_tasks", "why_not"]

_HOME = {"ScannedTasks": "tasks", "TaskPlan": "tasks", "read_tasks": "tasks"}


def available() -> bool:
    """Whether the library is used here."""
    return not why_not()


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'dataprep.scan' has no attribute {name!r}")
    return getattr(import_module(f"dataprep.scan.{_HOME[name]}"), name)
