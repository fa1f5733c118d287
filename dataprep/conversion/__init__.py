"""A recipe becomes a training set: the door is `convert`, and the order of the stages is `run`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataprep.conversion.exports import tasks_of_exports
    from dataprep.conversion.journal import ADJUDICATION
    from dataprep.conversion.recipe_flags import assembled, unescaped
    from dataprep.conversion.run import Outcome, convert

__all__ = ["ADJUDICATION", "Outcome", "assembled", "convert", "tasks_of_exports", "unescaped"]

_HOME = {
    "ADJUDICATION": "journal",
    "assembled": "recipe_flags",
    "Outcome": "run",
    "convert": "run",
    "tasks_of_exports": "exports",
    "unescaped": "recipe_flags",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'dataprep.conversion' has no attribute {name!r}")
    return getattr(import_module(f"dataprep.conversion.{_HOME[name]}"), name)
