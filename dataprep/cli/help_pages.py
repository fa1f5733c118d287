"""The pages of --help: paragraphs as wide as the terminal, not as the source that holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dataprep.patterns import LatePattern

if TYPE_CHECKING:
    from cyclopts.help import HelpPanel
    from rich.console import Console, ConsoleOptions

_WITHIN = LatePattern(r"(?<!\n)\n(?!\n|\s|dataprep |Example:)")
"""A line break that no paragraph, list or example asks for."""

_NOTHING = ("()", "[]", "False")
"""Defaults that say nothing: of flags that may be given several times, and of switches."""


class HelpPages:
    """The formatter of cyclopts, told where lines end; loaded where help is asked for."""

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        """Print a table of commands or flags."""
        from cyclopts.help import DefaultFormatter

        entries = []
        for entry in panel.entries:
            _join(entry.description)
            said = None if entry.default in _NOTHING else entry.default
            entries.append(entry.copy(default=said))
        DefaultFormatter()(console, options, panel.copy(entries=entries))

    def render_usage(self, console: Console, options: ConsoleOptions, usage: Any) -> None:
        """Print the line of usage."""
        from cyclopts.help import DefaultFormatter

        DefaultFormatter().render_usage(console, options, usage)

    def render_description(
        self, console: Console, options: ConsoleOptions, description: Any
    ) -> None:
        """Print what a command does."""
        from cyclopts.help import DefaultFormatter

        _join(description)
        DefaultFormatter().render_description(console, options, description)


def _join(described: Any) -> None:
    """Take the line breaks of the source out of a text of help."""
    from rich.text import Text

    for text in (described, getattr(described, "primary_renderable", None)):
        if isinstance(text, Text):
            text.plain = _WITHIN.sub(" ", text.plain)
