"""Secrets in a disguise: broken over lines, or written in base64."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from dataprep.patterns import LatePattern
from dataprep.sensitive.words import has_prefix

MOST_LINES = 40
"""Lines over which a token may be broken."""

MOST_CODED = 65_536
"""Characters of one run of base64 that are decoded."""

_WORD = r"A-Za-z0-9_+/=.~:%-"
_SHORTEST, _LONGEST = 5, 400
_LAST = LatePattern(rf"(?<![{_WORD}])[{_WORD}]{{{_SHORTEST},}}+(?<![.:])(?=[\\\r]*+\n)")
"""The last word of a line, which does not end a sentence."""

_FIRST = LatePattern(rf"[ \t>#|*]{{0,40}}(?P<it>[{_WORD}]{{1,400}})")
_BREAK = LatePattern(r"\\?\r?\n")
_TWILIO = LatePattern("(?:SK|AC)[0-9a-f]{6}")
_MIXED = LatePattern(r"[A-Za-z]\d|\d[A-Za-z]|[a-z][A-Z]|[A-Za-z0-9]{16}")

_SIX, _TWELVE = "[I-Za-f]", "[A-HQ-Xg-nw-z0-3]"
_EIGHTEEN = "[ABEFIJMNQRUVYZcdghklopstwx014589]"
"""In four characters of base64, those of printable ASCII by the bits that they end with."""

_ASCII = LatePattern(f"(?:{_SIX}{_TWELVE}{_EIGHTEEN}[A-Za-z0-9+/_-]){{5}}")
"""Base64 of fifteen printable ASCII characters, at any place of a run."""

_LAST_SIX = r"(?:[A-Za-z0-9+_-]|\\{0,8}/)"
CODED = (
    rf"(?:(?:(?:[I-Z]{_TWELVE}|[A-HQ-X]){_EIGHTEEN}|[ABEFIJMNQRUVYZ]){_LAST_SIX}|[A-Z])"
    rf"(?:{_SIX}{_TWELVE}{_EIGHTEEN}{_LAST_SIX}){{2}}{_SIX}{_TWELVE}"
)
"""What stands in such a run in JSON, of which some writers put a backslash before each slash.

It begins with a capital, which stands in all base64 but of some words in lower case: what looks
for it passes by the words of a language, and is three times as quick.
"""

_RUN = LatePattern(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{26,}")
_NEXT = LatePattern(r"\\?\r?\n[ \t]{0,16}([A-Za-z0-9+/_-]{2,})(?=={0,2}[ \t]*\r?(?:\n|\Z))")
_PADDING = LatePattern("={0,2}")
_WRAPPED = 60
"""Characters of a line of base64 that is continued on the next."""


def broken(text: str) -> Iterator[list[tuple[int, int]]]:
    """The pieces of what may be a token that is broken over lines, in their order."""
    if "\n" not in text or not (has_prefix(text) or _TWILIO.search(text)):
        return
    lines = _Lines(text)
    for start, end in _last_words(text):
        word = text[start:end]
        if has_prefix(word) or _TWILIO.search(word):
            pieces = [(start, end), *lines.going_on(text.index("\n", end))]
            if len(pieces) > 1:
                yield pieces


def _last_words(text: str) -> Iterator[tuple[int, int]]:
    """The last word of every line but the last, unless it is one of a language."""
    for found in _LAST.finditer(text, 0, text.rfind("\n") + 1):  # behind it no line ends
        word = found[0]
        if not word.isalpha() or word.isupper():
            yield max(found.start(), found.end() - _LONGEST), found.end()


class _Lines:
    """The first words of the lines of a text, each read once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._read: dict[int, tuple[tuple[int, int], int] | None] = {}

    def going_on(self, newline: int) -> Iterator[tuple[int, int]]:
        """The first words of the lines after a break, as far as each is all of its line."""
        for _ in range(MOST_LINES):
            if newline not in self._read:
                self._read[newline] = self._after(newline)
            line = self._read[newline]
            if line is None:
                return
            piece, newline = line
            yield piece
            if newline < 0:
                return

    def _after(self, newline: int) -> tuple[tuple[int, int], int] | None:
        """The first word after a break, and the break after it, if that is all of its line."""
        found = _FIRST.match(self._text, newline + 1)
        if found is None:
            return None
        rest = _BREAK.match(self._text, found.end())
        return found.span("it"), rest.end() - 1 if rest else -1


def looks_random(text: str) -> bool:
    """Whether a piece could go on a secret, rather than begin a sentence."""
    return _MIXED.search(text) is not None


def looks_coded(text: str) -> bool:
    """Whether a text may hold base64 of ASCII."""
    return _ASCII.search(text) is not None


def coded(text: str) -> Iterator[tuple[int, int, str]]:
    """Runs of base64 that hold ASCII, with what they say."""
    run = _RUN.search(text)
    while run is not None:
        start, end = run.span()
        whole = run[0]
        pieces = [whole]
        if len(whole) >= _WRAPPED:
            while (more := _NEXT.match(text, end)) and end - start < MOST_CODED:
                pieces.append(more[1])
                end = more.end()
            whole = "".join(pieces)
        window = _ASCII.search(whole[:MOST_CODED])
        if window is not None:
            padding = _PADDING.match(text, end)
            yield start, padding.end() if padding else end, _decoded(whole, window.start() % 4)
        run = _RUN.search(text, end)


def _decoded(run: str, offset: int) -> str:
    body = run[offset:MOST_CODED].replace("-", "+").replace("_", "/")
    body = body[: len(body) - 1] if len(body) % 4 == 1 else body
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4)).decode("utf-8", "replace")
    except binascii.Error:
        return ""
