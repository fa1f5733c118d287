"""Trainers are loaded when they are asked for, so that everything else starts without torch."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

from dataprep.finding import extra_missing


def trainer(name: str, extra: str) -> ModuleType:
    """A module of `trainers`; raises EnvironmentProblem without its extra."""
    # Where `kernels` is installed bitsandbytes runs code of the hub as soon as it is imported, and
    # peft imports it. A command runs no such code.
    sys.modules.setdefault("kernels", None)  # type: ignore[arg-type]
    try:
        return import_module(f"trainers.{name}")
    except ModuleNotFoundError as error:
        raise extra_missing(extra, str(error.name)) from None
