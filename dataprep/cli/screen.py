"""Where everything but data goes: standard error."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

if TYPE_CHECKING:
    from rich.console import Console


def usage(command: Callable[..., Any] | App) -> dict[str, str]:
    """The setting for the first line of the help of a command that takes several paths.

    Where there is one to make: cyclopts calls several paths ARGS, and others by their names.
    """
    if isinstance(command, App):
        return {}
    parameters = inspect.signature(command).parameters.values()
    many = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), None)
    if many is None:
        return {}
    return {"usage": f"Usage: dataprep {command.__name__} [OPTIONS] [{many.upper()}...]"}


Flag = Annotated[bool, Parameter(negative="")]
"""A flag that is given or not: there is no --no-."""

Quiet = Annotated[bool, Parameter(name=["--quiet", "-q"], negative="", help="Errors only.")]


def console(quiet: bool = False) -> Console:
    """A console on standard error; `quiet` leaves errors only."""
    from dataprep.report.terminal import console as on_stream

    return on_stream(quiet=quiet)
