"""From annotations and raw text to a proven training set, for closed and open weights.

The public names are loaded when they are first used, so that `import dataprep` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataprep.api.asking import Predictions, evaluate, predict
    from dataprep.api.checking import CheckResult, check
    from dataprep.api.converted import ConvertedDataset, load, verify
    from dataprep.api.converting import convert, load_recipe
    from dataprep.api.mending import MendedFiles
    from dataprep.api.trained import TrainedRun
    from dataprep.api.training import plan, train
    from dataprep.finding import (
        DataprepError,
        Drop,
        EnvironmentProblem,
        Finding,
        InvalidData,
        NothingToDo,
        Place,
        Refused,
        Severity,
        UsageError,
    )
    from dataprep.recipe import Recipe, Source, Target

    __version__: str

__all__ = [
    "CheckResult",
    "ConvertedDataset",
    "DataprepError",
    "Drop",
    "EnvironmentProblem",
    "Finding",
    "InvalidData",
    "MendedFiles",
    "NothingToDo",
    "Place",
    "Predictions",
    "Recipe",
    "Refused",
    "Severity",
    "Source",
    "Target",
    "TrainedRun",
    "UsageError",
    "check",
    "convert",
    "evaluate",
    "load",
    "load_recipe",
    "plan",
    "predict",
    "train",
    "verify",
]

_HOME = {
    "CheckResult": ("api.checking", "CheckResult"),
    "ConvertedDataset": ("api.converted", "ConvertedDataset"),
    "DataprepError": ("finding", "DataprepError"),
    "Drop": ("finding", "Drop"),
    "EnvironmentProblem": ("finding", "EnvironmentProblem"),
    "Finding": ("finding", "Finding"),
    "InvalidData": ("finding", "InvalidData"),
    "MendedFiles": ("api.mending", "MendedFiles"),
    "NothingToDo": ("finding", "NothingToDo"),
    "Place": ("finding", "Place"),
    "Predictions": ("api.asking", "Predictions"),
    "Recipe": ("recipe", "Recipe"),
    "Refused": ("finding", "Refused"),
    "Severity": ("finding", "Severity"),
    "Source": ("recipe", "Source"),
    "Target": ("recipe", "Target"),
    "TrainedRun": ("api.trained", "TrainedRun"),
    "UsageError": ("finding", "UsageError"),
    "check": ("api.checking", "check"),
    "convert": ("api.converting", "convert"),
    "evaluate": ("api.asking", "evaluate"),
    "load": ("api.converted", "load"),
    "load_recipe": ("api.converting", "load_recipe"),
    "plan": ("api.training", "plan"),
    "predict": ("api.asking", "predict"),
    "train": ("api.training", "train"),
    "verify": ("api.converted", "verify"),
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from dataprep._version import __version__

        return __version__
    if name not in _HOME:
        raise AttributeError(f"module 'dataprep' has no attribute {name!r}")
    module, known = _HOME[name]
    return getattr(import_module(f"dataprep.{module}"), known)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
