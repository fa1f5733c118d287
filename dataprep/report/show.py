"""Examples on the screen: where they came from, what is asked, what is answered."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from dataprep.example import Example

_PALETTE = {"system": "magenta", "user": "cyan", "assistant": "green", "tool": "yellow"}


def show_examples(examples: Iterable[Example], console: Console) -> None:
    """Print each example as turns, under a rule that names it."""
    for example in examples:
        head = f"{example.id}  {example.place}  {example.shape}  {example.split}"
        console.print(Rule(head, align="left", style="dim"))
        for role, content in _turns(example):
            console.print(Text(role, f"bold {_PALETTE.get(role, 'white')}"))
            console.print(_lines(content))
    console.print(Rule(style="dim"))


def _turns(example: Example) -> Iterable[tuple[str, str]]:
    if example.turns:
        for turn in example.turns:
            yield turn.role, turn.content or turn.parts or turn.tool_calls or ""
        return
    if example.system:
        yield "system", example.system
    yield "user", example.input
    yield "assistant", example.output


def _lines(content: str) -> Text:
    """User text with its line breaks, and nothing else that a terminal would obey."""
    shown = "".join(
        c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}"
        for c in content.replace("\r\n", "\n")
    )
    return Text(shown)
