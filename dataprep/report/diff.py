"""What a fix changes, as a unified diff without context: `patch` and `git apply` read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TextIO

_SHOWN_AS_IT_IS = "\t"


class Edit(NamedTuple):
    """One line of a file before and after, with its line ending; `after` None removes it.

    Several lines may come of one.
    """

    line: int
    before: bytes
    after: bytes | None


def write_diff(edits: Iterable[Edit], name: str, fixed: str, stream: TextIO) -> int:
    """Write the edits of one file in the order of its lines; returns how many there were.

    Characters that a terminal would obey are shown as U+FFFD. Secrets are the caller's to hide.
    """
    shift = number = 0
    for edit in edits:
        if not number:
            stream.write(f"--- {_printable(name)}\n+++ {_printable(fixed)}\n")
        number += 1
        after = edit.after.splitlines(keepends=True) if edit.after is not None else []
        at, count = edit.line + shift - (not after), "" if len(after) == 1 else f",{len(after)}"
        stream.write(f"@@ -{edit.line} +{at}{count} @@\n")
        stream.write(_marked("-", edit.before))
        for line in after:
            stream.write(_marked("+", line))
        shift += len(after) - 1
    return number


def _marked(mark: str, raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    line = text.removesuffix("\n")
    missing = "" if text.endswith("\n") else "\n\\ No newline at end of file"
    return f"{mark}{_printable(line)}{missing}\n"


def _printable(text: str) -> str:
    """The text; a byte order mark and a CR stand in files, and are let through at their places."""
    body = text.removesuffix("\r")
    end = text[len(body) :]
    if body.startswith("\ufeff"):
        return f"\ufeff{_printable(body[1:])}{end}"
    shown = (
        c if c.isprintable() or c in _SHOWN_AS_IT_IS else "\N{REPLACEMENT CHARACTER}" for c in body
    )
    return "".join(shown) + end
