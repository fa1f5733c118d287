"""What a run noted of its sources, file by file: many notes that say the same are one line."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from dataprep.patterns import LatePattern
from dataprep.report.terminal import counted, plain

FEW, MOST = 3, 4
"""Files that stand for all of whom the same is said, where those are more than MOST."""

_NUMBER = LatePattern(r"\d[\d,.]*")


def print_notes(notes: Sequence[str], console: Console) -> None:
    """Print the notes of a run, those that say the same of many files together."""
    for note in grouped(notes):
        console.print(plain(note, "dim"))


def grouped(notes: Sequence[str]) -> list[str]:
    """The notes in their order; of what is said of more than MOST files the first few and a count.

    Notes say the same if they differ in the file before the colon alone. Those that differ in
    numbers too stand as they are, the first few of them.
    """
    alike: dict[str, list[str]] = {}
    for note in notes:
        _, colon, said = note.partition(": ")
        alike.setdefault(_NUMBER.sub("0", said) if colon else note, []).append(note)
    lines: list[str] = []
    for group in alike.values():
        words = {note.partition(": ")[2] for note in group}
        more = len(group) - FEW
        if len(group) <= MOST:
            lines += group
        elif len(words) == 1:
            names = ", ".join(note.partition(": ")[0] for note in group[:FEW])
            lines.append(f"{names} and {more:,} more: {words.pop()}")
        else:
            lines += [*group[:FEW], f"… and {counted(more, 'more such note')}"]
    return lines
