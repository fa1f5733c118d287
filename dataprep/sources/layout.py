"""What a document says of its rows: how they stand in it and where, in words and for jq."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from dataprep.finding import excerpt
from dataprep.sources.json_index import LayoutFault

LayoutKind = Literal["objects", "list", "under", "by-key", "columns", "by-index", "empty"]

VIEWER = "row"
"""The key that the Hugging Face viewer wraps each of its `rows` in."""
_WORDS = {
    "list": "one JSON list of rows",
    "by-key": "one JSON object whose values are the rows, their keys left out",
    "columns": "one JSON object of columns",
    "by-index": "one JSON object of columns, each an object by index",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the rows of a document are: `start` is the byte of the list or object of them.

    `path` is the keys that they stand under, `beside` the other keys there, `rows` how many rows
    there are. Of a list, `lacks_commas` counts the rows before which none stands, and `extra_comma`
    says that one stands behind the last. With `fault` nobody knows which values are one row.
    """

    kind: LayoutKind
    start: int
    rows: int
    path: tuple[str, ...] = ()
    wrapped: bool = False
    lacks_commas: int = 0
    extra_comma: bool = False
    beside: tuple[str, ...] = ()
    fault: LayoutFault | None = None

    @property
    def key(self) -> str:
        """The keys that the rows stand under, as one."""
        return ".".join(self.path)

    @property
    def jq(self) -> str:
        """The rows, or the columns of them, as jq takes them out of the document."""
        rows = "" if self.is_columnar else "[]"
        return jq_path(self.path) + rows + (f".{VIEWER}" if self.wrapped else "")

    @property
    def is_columnar(self) -> bool:
        """Whether the values of one row stand apart, each in its column."""
        return self.kind in ("columns", "by-index")

    @property
    def words(self) -> str:
        """The layout in words; empty for one object, and where there is no row."""
        if not self.rows:
            return ""
        left = f"; left out: {', '.join(map(excerpt, self.beside))}" if self.beside else ""
        if self.kind == "under":
            inside = f", each in its {VIEWER!r}" if self.wrapped else ""
            return f"the rows under {excerpt(self.key)!r} of one JSON object{inside}{left}"
        if self.kind == "objects":
            return "JSON objects one after another" if self.rows > 1 else ""
        under = f", under {excerpt(self.key)!r}" if self.path else ""
        return _WORDS.get(self.kind, "") + under + left


class SeveralLists(Exception):
    """Rows stand under several keys of one object, which are the last of the paths there."""

    def __init__(self, found: Sequence[Layout]) -> None:
        super().__init__()
        self.layouts = list(found)
        self.found = {layout.key: layout.rows for layout in found}


def jq_path(path: Iterable[str]) -> str:
    """The keys of nested objects as jq is told them."""
    return "." + "".join(f'["{excerpt(key)}"]' for key in path)
