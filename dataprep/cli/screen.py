"""Where everything but data goes: standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from rich.console import Console


Flag = Annotated[bool, Parameter(negative="")]
"""A flag that is given or not: there is no --no-."""

Quiet = Annotated[bool, Parameter(name=["--quiet", "-q"], negative="", help="Errors only.")]


def console(quiet: bool = False) -> Console:
    """A console on standard error; `quiet` leaves errors only."""
    from dataprep.report.terminal import console as on_stream

    return on_stream(quiet=quiet)
