"""The tables of the screen as HTML, for notebooks: every text is escaped and stays a text."""

from __future__ import annotations

import html
from typing import Any

from rich.table import Table
from rich.text import Text

from dataprep.report.terminal import printable

_BOX = '<div class="dataprep tex2jax_ignore mathjax_ignore">'
"""Notebooks typeset what stands between dollar signs elsewhere."""
_NUMBER = "text-align: right; white-space: nowrap"


def as_html(*parts: Table | Text | str) -> str:
    """Tables and lines below each other, as one element."""
    inside = [
        _table(part) if isinstance(part, Table) else f"<p>{_text(part)}</p>" for part in parts
    ]
    return "\n".join([_BOX, *inside, "</div>"])


def _table(table: Table) -> str:
    columns = [(column.justify, list(column.cells)) for column in table.columns]
    head = "".join(_cell("th", column.justify, column.header) for column in table.columns)
    lines = [f"<tr>{head}</tr>"] if table.show_header else []
    for row in range(len(columns[0][1]) if columns else 0):
        cells = "".join(_cell("td", justify, cells[row]) for justify, cells in columns)
        lines.append(f"<tr>{cells}</tr>")
    return "\n".join(["<table>", *lines, "</table>"])


def _cell(tag: str, justify: str, content: Any) -> str:
    style = _NUMBER if justify == "right" else "text-align: left"
    return f'<{tag} style="{style}">{_text(content)}</{tag}>'


def _text(content: Text | str | Any) -> str:
    """Text as text on one line; of its styles that of the whole stays, if it is bold."""
    plain = printable(content.plain if isinstance(content, Text) else str(content))
    inner = plain.lstrip(" ")
    words = "&nbsp;" * (len(plain) - len(inner)) + html.escape(inner)
    bold = isinstance(content, Text) and "bold" in str(content.style)
    return f"<b>{words}</b>" if bold else words
