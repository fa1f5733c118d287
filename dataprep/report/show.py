"""Examples on the screen: where they came from, what is asked, what is answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from dataprep.example import Example
from dataprep.report.terminal import plain, plain_lines, rule

if TYPE_CHECKING:
    from dataprep.tokens import Shown

_PALETTE = {"system": "magenta", "user": "cyan", "assistant": "green", "tool": "yellow"}


def show_examples(
    examples: Iterable[Example], console: Console, *, most: int | None = None
) -> None:
    """Print each example as turns, under a rule that names it; of each `most` characters."""
    for example in examples:
        named = (example.id, str(example.place), example.shape, example.split)
        head = "  ".join(filter(None, named))
        rule(console, head)
        for role, content in _turns(example):
            console.print(plain(role, f"bold {_PALETTE.get(role, 'white')}"))
            cut = most is not None and len(content) > most
            console.print(plain_lines(f"{content[:most]} ..." if cut else content))
    rule(console)


def show_tokens(rows: Iterable[Shown], console: Console) -> None:
    """Print rows token by token: what is read in plain, what is learned in green and underlined.

    Every second token is set off, so that one sees where they part; a newline shows as ↵.
    """
    for row in rows:
        learned = sum(is_learned for _, is_learned in row.tokens)
        head = f"{row.id}  {len(row.tokens):,} tokens, {learned:,} learned"
        rule(console, head)
        line = Text()
        for number, (piece, is_learned) in enumerate(row.tokens):
            style = "green underline" if is_learned else ""
            style = f"{style} on grey19" if number % 2 else style
            line.append_text(plain(_blanks_shown(piece), style))
            if "\n" in piece:
                line.append("\n")
        console.print(line)
        if console.no_color or not console.is_terminal:
            said = "|".join(_blanks_shown(piece) for piece, is_learned in row.tokens if is_learned)
            console.print(plain(f"learned: {said}"))
    rule(console)


def _blanks_shown(piece: str) -> str:
    return piece.replace("\n", "↵").replace("\t", "→")


def _turns(example: Example) -> Iterable[tuple[str, str]]:
    if example.turns:
        for turn in example.turns:
            yield turn.role, turn.content or turn.parts or turn.tool_calls or ""
        return
    if example.system:
        yield "system", example.system
    yield "user", example.input
    yield "assistant", example.output
