"""What is said of a flag that a command does not know: whose it is, or the nearest of its own."""

from __future__ import annotations

from typing import Any

from cyclopts import App, CycloptsError, CycloptsPanel, UnknownOptionError


def panel(app: App, error: CycloptsError) -> Any:
    """The error as it is printed; a flag of sister commands (those of `train`) is told as theirs.

    The nearest flag by letters would be another one: --seed for --fsdp.
    """
    chain = tuple(error.command_chain or ())
    if isinstance(error, UnknownOptionError) and len(chain) > 1:
        flag = (error.token.keyword or error.token.value).partition("=")[0]
        takers = [name for name, known in _flags_below(app, chain[:-1]) if flag in known]
        if takers:
            named = " and ".join([", ".join(takers[:-1]), takers[-1]] if takers[1:] else takers)
            said = f"{flag} is for {' '.join(chain[:-1])} {named}, not for {chain[-1]}."
            return CycloptsPanel(CycloptsError(msg=said, verbose=False))
    return CycloptsPanel(error)


def _flags_below(app: App, chain: tuple[str, ...]) -> list[tuple[str, set[str]]]:
    """The commands of a group, each with its flags."""
    for name in chain:
        app = app[name]
    commands = [name for name in app if not name.startswith("-")]
    return [
        (name, {f for argument in app[name].assemble_argument_collection() for f in argument.names})
        for name in commands
    ]
