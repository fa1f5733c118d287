"""UTF-16 and UTF-32, told by their byte order mark, or by where the NUL bytes of a text stand."""

from __future__ import annotations

import codecs
from typing import NamedTuple

LOOKED_AT = 512
"""Bytes of a text that tell its encoding."""

_UNIT = 4
_RARE = 16
"""Of so many bytes one is NUL, at least, where a text is in two or four bytes a character."""
_BLANK = frozenset("\t\n\r")


class WideEncoding(NamedTuple):
    """An encoding of two or four bytes a character.

    `codec` is Python's name, under which a byte order mark is cut off, and `words` what people
    call it; iconv takes the name too.
    """

    codec: str
    words: str

    @property
    def iconv(self) -> str:
        """The command that writes the text in UTF-8."""
        return f"iconv -f {self.codec} -t utf-8 IN > OUT"


_UTF_16 = WideEncoding("utf-16", "UTF-16")
_UTF_32 = WideEncoding("utf-32", "UTF-32")
_MARKS = (
    (codecs.BOM_UTF32_LE, _UTF_32),
    (codecs.BOM_UTF32_BE, _UTF_32),
    (codecs.BOM_UTF16_LE, _UTF_16),
    (codecs.BOM_UTF16_BE, _UTF_16),
)


def wide_encoding(head: bytes) -> WideEncoding | None:
    """The encoding of a text that begins so, where it takes two or four bytes a character."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    units = len(head[:LOOKED_AT]) // _UNIT
    head = head[: units * _UNIT]
    nulls = [head[place::_UNIT].count(0) for place in range(_UNIT)]
    if not any(nulls) or sum(nulls) * _RARE < len(head):
        return None
    codec = _unmarked(nulls, units)
    if not codec or not _is_text(head, codec):
        return None
    return WideEncoding(codec, f"{codec[:6].upper()} without a byte order mark")


def _unmarked(nulls: list[int], units: int) -> str:
    """The codec by how many NUL bytes stand in each of four places; empty where none shows."""
    first, second, third, fourth = nulls
    if fourth == units and 2 * third > units:
        return "utf-32-le"
    if first == units and 2 * second > units:
        return "utf-32-be"
    if second + fourth > 4 * (first + third):
        return "utf-16-le"
    return "utf-16-be" if first + third > 4 * (second + fourth) else ""


def _is_text(head: bytes, codec: str) -> bool:
    """Whether bytes are text in an encoding, without control characters; the end may be cut off.

    A text of single bytes with a NUL among them is none: it has two letters for a character.
    """
    try:
        text = codecs.getincrementaldecoder(codec)().decode(head)
    except UnicodeDecodeError:
        return False
    if any(character < " " and character not in _BLANK for character in text):
        return False
    others = [character for character in text if character > "\xff"]
    pairs = sum(each.encode("utf-16-le").isascii() for each in others)
    return text[0] <= "\xff" or 2 * pairs <= len(others)
