"""The command line; its door loads no command, nor what parses them, before one is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dataprep.cli.commands import COMMANDS

if TYPE_CHECKING:
    from dataprep.cli.application import app, main, run

__all__ = ["COMMANDS", "app", "main", "run"]


def __getattr__(name: str) -> Any:
    if name not in ("app", "main", "run"):
        raise AttributeError(f"module 'dataprep.cli' has no attribute {name!r}")
    return getattr(import_module("dataprep.cli.application"), name)
