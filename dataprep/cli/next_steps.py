"""What most people type next: named behind what a command shows, where a person looks on."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from dataprep.cli.screen import console
from dataprep.shell import command_line


def name_next(line: str) -> None:
    """Print a command on standard error, unless nobody sees it beside standard output."""
    screen = console()
    if screen.is_terminal and sys.stdout.isatty():
        screen.print(f"Next: {line}")


def trainable(manifest: Mapping[str, Any]) -> Collection[str]:
    """The targets of a manifest; none where nothing is to train on, or it does not say so."""
    targets, splits = manifest.get("targets"), manifest.get("splits")
    trains = isinstance(targets, dict) and isinstance(splits, dict) and splits.get("train")
    return tuple(targets) if trains and targets else ()


def for_dataset(folder: Path, targets: Collection[str], *, otherwise: str) -> str:
    """The command for a converted folder with these targets; `otherwise` is that for the rest."""
    if "t5" in targets:
        return command_line("train", "t5", folder)
    if "openai-chat" in targets:
        return command_line("train", "openai", folder, dry_run=True)
    if "kto" in targets:
        return command_line("train", "kto", folder, model="MODEL")
    return command_line(otherwise, folder)
