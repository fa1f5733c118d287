"""From annotations and raw text to a proven training set, for closed and open weights.

The public names are loaded when they are first used, so that `import dataprep` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataprep.checker import check
    from dataprep.conversion import Outcome, convert
    from dataprep.finding import DataprepError, Drop, Finding, Place, Severity
    from dataprep.recipe import Recipe, Source, Target
    from dataprep.recipe import load as load_recipe
    from dataprep.store import verify

    __version__: str

__all__ = [
    "DataprepError",
    "Drop",
    "Finding",
    "Outcome",
    "Place",
    "Recipe",
    "Severity",
    "Source",
    "Target",
    "check",
    "convert",
    "load_recipe",
    "verify",
]

_HOME = {
    "check": ("checker", "check"),
    "DataprepError": ("finding", "DataprepError"),
    "Drop": ("finding", "Drop"),
    "Finding": ("finding", "Finding"),
    "Place": ("finding", "Place"),
    "Severity": ("finding", "Severity"),
    "Outcome": ("conversion", "Outcome"),
    "convert": ("conversion", "convert"),
    "Recipe": ("recipe", "Recipe"),
    "Source": ("recipe", "Source"),
    "Target": ("recipe", "Target"),
    "load_recipe": ("recipe", "load"),
    "verify": ("store", "verify"),
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from dataprep._version import __version__

        return __version__
    if name not in _HOME:
        raise AttributeError(f"module 'dataprep' has no attribute {name!r}")
    module, known = _HOME[name]
    return getattr(import_module(f"dataprep.{module}"), known)
