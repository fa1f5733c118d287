"""Secrets in a disguise: broken over lines, or written in base64."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from dataprep.sensitive.tokens import PREFIXES

MOST_LINES = 8
"""Lines over which a token may be broken."""

MOST_CODED = 65_536
"""Characters of one run of base64 that are decoded."""

_WORD = r"A-Za-z0-9_+/=.~:%-"
_SHORTEST = 5
_SENTENCE_ENDS = frozenset(("", *" .,;:!?)\"'"))
_ENDING = re.compile(rf"[{_WORD}]{{4,400}}")
_FIRST = re.compile(rf"[ \t>#|*]{{0,40}}(?P<it>[{_WORD}]{{1,400}})")
_BREAK = re.compile(r"\\?\r?\n")
_TWILIO = re.compile("(?:SK|AC)[0-9a-f]{6}")
_MIXED = re.compile(r"[A-Za-z]\d|\d[A-Za-z]|[a-z][A-Z]|[A-Za-z0-9]{16}")

_QUAD = r"[I-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]"
_ASCII = re.compile(f"(?:{_QUAD}){{5}}")
"""Base64 of fifteen printable ASCII characters, at any place of a run."""

_RUN = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{26,}")
_NEXT = re.compile(r"\\?\r?\n[ \t]{0,16}([A-Za-z0-9+/_-]{2,})(?=={0,2}[ \t]*\r?(?:\n|\Z))")
_PADDING = re.compile("={0,2}")
_WRAPPED = 60
"""Characters of a line of base64 that is continued on the next."""


def broken(text: str) -> Iterator[list[tuple[int, int]]]:
    """The pieces of what may be a token that is broken over lines, in their order."""
    last, at = 0, text.find("\n")
    while at >= 0:
        line = text[max(last, at - 400) : at].rstrip("\\\r")
        if line[-1:] in _SENTENCE_ENDS:
            last, at = at + 1, text.find("\n", at + 1)
            continue
        word = _ENDING.match(line[::-1])  # the last of a line, from its end
        if word is not None and _begins_token(line[len(line) - word.end() :]):
            end = max(last, at - 400) + len(line)
            pieces = [(end - word.end(), end), *_going_on(text, at)]
            if len(pieces) > 1:
                yield pieces
        last = at + 1
        at = text.find("\n", at + 1)


def _begins_token(word: str) -> bool:
    """Whether a word holds the prefix of a token, and is not one of a language."""
    if len(word) < _SHORTEST or (word.isalpha() and not word.isupper()):
        return False
    return any(prefix in word for prefix in PREFIXES) or _TWILIO.search(word) is not None


def _going_on(text: str, newline: int) -> Iterator[tuple[int, int]]:
    """The first words of the lines after a break, as far as each is all of its line."""
    for _ in range(MOST_LINES):
        found = _FIRST.match(text, newline + 1)
        if found is None:
            return
        yield found.span("it")
        rest = _BREAK.match(text, found.end())
        if rest is None:
            return
        newline = rest.end() - 1


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
