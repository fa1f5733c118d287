"""The page of `dataprep doctor`: what is installed, what is missing, and what is broken."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from typing import TextIO

from dataprep._version import __version__
from dataprep.finding import install_command
from dataprep.installation import Extra, Installation, Problem, RequiredPackage
from dataprep.report.terminal import console, plain


def show_installation(
    stream: TextIO,
    found: Installation,
    engines: Mapping[str, str],
    problems: tuple[Problem, ...],
) -> None:
    """Print the versions, a line an extra, and last the problems.

    `engines` are what computes here, by name: a line each, in words.
    """
    screen = console(stream)
    python = f"{platform.python_version()} ({platform.python_implementation()})"
    for name, value in (
        ("Python", f"{python}, {sys.executable}"),
        ("platform", platform.platform()),
        ("dataprep", f"{__version__}, {found.folder}"),
        ("", found.origin),
        *engines.items(),
    ):
        screen.print(plain(f"{name:<10}{value}"), soft_wrap=True)
    screen.print()
    for extra in found.extras:
        screen.print(plain(f"{extra.name}: {_state(extra)}"), soft_wrap=True)
    missing = [extra.name for extra in found.extras if not extra.complete]
    if len(missing) > 1:
        screen.print()
        screen.print(plain(f"All that is missing: {install_command(*missing)}"), soft_wrap=True)
    screen.print()
    for problem in problems:
        screen.print(plain(f"Problem: {problem.message} {problem.remedy}"), soft_wrap=True)
    if not problems:
        screen.print("No problems.")


def _state(extra: Extra) -> str:
    there = ", ".join(f"{p.name} {_version(p)}" for p in extra.packages if p.version)
    missing = ", ".join(p.name for p in extra.packages if not p.version)
    parts = [there, f"missing {missing}" if missing else ""]
    said = "; ".join(filter(None, parts))
    return said if extra.complete else f"{said}. Install it with: {install_command(extra.name)}"


def _version(package: RequiredPackage) -> str:
    return f"{package.version}" + ("" if package.fits else f" ({package.wanted} is needed)")
