"""Fixes of a whole line, and how a row is written back: in the style in which it stood."""

from __future__ import annotations

import json
from collections.abc import Callable

from dataprep import jsonio
from dataprep.formats import Row

BOM = b"\xef\xbb\xbf"


def _without_mark(raw: bytes) -> bytes:
    return raw.removeprefix(BOM)


def _without_blank(raw: bytes) -> bytes | None:
    return raw if raw.removeprefix(BOM).strip(b" \t\r\n") else None


def _removed(_: bytes) -> None:
    return None


LINE_FIXES: dict[str, Callable[[bytes], bytes | None]] = {
    "remove-byte-order-mark": _without_mark,
    "drop-blank-lines": _without_blank,
    "drop-row": _removed,
    "remove-duplicates": _removed,
}

REMOVING = frozenset(("drop-blank-lines", "drop-row", "remove-duplicates"))
"""The fixes that remove lines, so that others go first."""


def rewritten(raw: bytes, change: Callable[[Row], Row | None]) -> bytes | None:
    """The line with its row changed; byte for byte the same where the change does nothing.

    A line that is no JSON object stays as it is.
    """
    body = raw.removeprefix(BOM)
    text = body.rstrip(b"\r\n")
    mark, ending = raw[: len(raw) - len(body)], body[len(text) :]
    try:
        row = jsonio.loads(text)
    except jsonio.JsonError:
        return raw
    if not isinstance(row, dict):
        return raw
    before = jsonio.dumps(row)
    after = change(row)
    if after is None:
        return None
    if jsonio.dumps(after) == before:
        return raw
    return mark + _in_style(after, text) + ending


def _in_style(row: Row, text: bytes) -> bytes:
    """The row with blanks after colons and commas, and with escapes, where the line had them."""
    loose = b'": ' in text
    separators = (", ", ": ") if loose else (",", ":")
    escaped = b"\\u" in text and text.isascii()
    return json.dumps(row, ensure_ascii=escaped, allow_nan=False, separators=separators).encode()
