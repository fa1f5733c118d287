"""Trainers are loaded when they are asked for, so that everything else starts without torch."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

from dataprep._version import DISTRIBUTION
from dataprep.api.hub import guard_hub_token
from dataprep.finding import EnvironmentProblem, extra_missing

LIGHT = ("before", "options")
"""Modules that load no library of training."""
HUB_CODE = "kernels"
"""The library by which others run code of the hub."""


def trainer(name: str, extra: str) -> ModuleType:
    """A module of `trainers`; raises EnvironmentProblem without its extra."""
    if name not in LIGHT:
        guard_hub_token()
        # Where `kernels` is installed bitsandbytes runs code of the hub as soon as it is imported,
        # and peft imports it. No such code is run.
        sys.modules.setdefault(HUB_CODE, None)  # type: ignore[arg-type]
    try:
        return import_module(f"trainers.{name}")
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] == "trainers":
            raise _not_ours() from None
        raise extra_missing(extra, str(error.name)) from None


def _not_ours() -> EnvironmentProblem:
    """The error for a package `trainers` that another distribution, or a folder, has put first."""
    found = sys.modules.get("trainers")
    where = [*getattr(found, "__path__", [])]
    at = f" in {where[0]}" if where else ""
    return EnvironmentProblem(
        f"The package trainers{at} is not that of {DISTRIBUTION}.",
        "See whose it is: dataprep doctor",
    )
