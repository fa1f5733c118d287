"""What a fix did, in two or three lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from dataprep.report.terminal import counted, plain


def print_fixed(
    out: Path | None,
    console: Console,
    *,
    changed: int,
    removed: int,
    mended: Mapping[str, int],
    left: Mapping[str, int],
    copies_made: int = 0,
    file_changes: Sequence[str] = (),
) -> None:
    """Print what was mended, where it stands, and what is left though it has a fix.

    `mended` and `left` are numbers of findings by code; `out` is None where nothing was written.
    `copies_made` of the removed lines were the same as others only once those were mended.
    `file_changes` are named where no line was changed.
    """
    if out is None:
        console.print(Text("Nothing was mended, and no file was written.", "dim"))
    else:
        did = [*file_changes] if not changed + removed else []
        did += [f"{counted(changed, 'line')} changed"] * bool(changed)
        did += [f"{counted(removed, 'line')} removed"] * bool(removed)
        codes = ", ".join(f"{code} {number:,}" for code, number in sorted(mended.items()))
        line = plain(f"{out}: ", "bold").append(f"{' and '.join(did)}. Mended: {codes or 'none'}.")
        console.print(line)
        if copies_made:
            console.print(Text(_alike(copies_made), "yellow"))
    if left:
        codes = ", ".join(f"{code} {number:,}" for code, number in sorted(left.items()))
        why = "their fix does not fit, or would break another rule."
        console.print(Text(f"Left as they are: {codes}; {why}", "yellow"))


def _alike(number: int) -> str:
    """That rows which differed are the same now, and what keeps them."""
    rows, were = ("row", "was") if number == 1 else ("rows", "were")
    return (
        f"{number:,} of the removed {rows} {were} no copy before: without what was masked or mended"
        " nothing tells such rows apart. To keep all copies: --ignore D001"
    )
