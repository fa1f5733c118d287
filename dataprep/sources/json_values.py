"""Where JSON values begin and end in a text, found by their brackets, without decoding them.

A slice that is found here is whole as far as brackets and quotation marks go; whoever needs its
value reads it strictly. Memory does not grow with the text.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from typing import NamedTuple

from dataprep.patterns import LatePattern

MappedText = mmap.mmap | bytes

_BLANKS = LatePattern(rb"[ \t\r\n]*+")
_TO_BRACKET = LatePattern(rb'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+', re.DOTALL)
_SCALAR = LatePattern(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[^ \t\r\n,:\[\]{}"]++', re.DOTALL)
_OPEN, _CLOSE = frozenset(b"{["), frozenset(b"}]")
_DEEPEST = 100_000
"""Levels that are followed; whoever reads a value refuses far fewer."""
_COMMA, _COLON, _QUOTE = b',:"'
_LIST_ENDS, _OBJECT_BEGINS, _OBJECT_ENDS = b"]{}"


class TextSlice(NamedTuple):
    """A value from byte `start` to `end`; `lacks_comma` where none stands before it."""

    start: int
    end: int
    lacks_comma: bool = False


class BrokenOff(Exception):
    """The text cannot be followed beyond byte `at`: a bracket or a quotation mark is missing.

    `index` counts the elements before.
    """

    def __init__(self, at: int, message: str, index: int | None = None) -> None:
        super().__init__(message)
        self.at = at
        self.message = message
        self.index = index


def skip_blanks(text: MappedText, at: int) -> int:
    """The first byte from `at` on that is no blank; the length of the text where there is none."""
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def value_end(text: MappedText, at: int) -> int:
    """The byte behind the value that begins at `at`. Raises BrokenOff where it has no end."""
    if at >= len(text) or text[at] not in _OPEN:
        scalar = _SCALAR.match(text, at)
        if scalar is None:
            raise BrokenOff(at, "no value stands where one should")
        return scalar.end()
    depth, here, size = 0, at, len(text)
    while here < size:
        mark = text[here]
        if mark in _OPEN:
            depth += 1
            if depth > _DEEPEST:
                raise BrokenOff(at, f"what begins here nests deeper than {_DEEPEST:,} levels")
        elif mark in _CLOSE:
            depth -= 1
            if not depth:
                return here + 1
        else:
            raise BrokenOff(here, "a string that begins here is not closed")
        match = _TO_BRACKET.match(text, here + 1)
        here = match.end() if match else size
    raise BrokenOff(at, "what begins here is not closed")


class Elements:
    """The elements of the list that begins at `at`, one after another.

    Once they are through, `end` is the byte behind the list, and `extra_comma` says whether one
    stands behind the last element. Iterating raises BrokenOff.
    """

    def __init__(self, text: MappedText, at: int) -> None:
        self.end = at
        self.extra_comma = False
        self._text, self._at = text, at

    def __iter__(self) -> Iterator[TextSlice]:
        text = self._text
        at, index, comma = skip_blanks(text, self._at + 1), 0, True
        while at < len(text):
            if text[at] == _LIST_ENDS:
                self.end, self.extra_comma = at + 1, comma and index > 0
                return
            try:
                end = value_end(text, at)
            except BrokenOff as broken:
                raise BrokenOff(broken.at, broken.message, index) from None
            yield TextSlice(at, end, lacks_comma=not comma)
            at, index = skip_blanks(text, end), index + 1
            if comma := at < len(text) and text[at] == _COMMA:
                at = skip_blanks(text, at + 1)
        raise BrokenOff(len(text), "the list is not closed", index)


class Member(NamedTuple):
    """One member of an object: its key as it is written, and where its value stands."""

    key: bytes
    start: int
    end: int


class Members:
    """The members of the object that begins at `at`, one after another.

    Once they are through, `end` is the byte behind the object. Iterating raises BrokenOff.
    """

    def __init__(self, text: MappedText, at: int) -> None:
        self.end = at
        self._text, self._at = text, at

    def __iter__(self) -> Iterator[Member]:
        text = self._text
        at, size = skip_blanks(text, self._at + 1), len(text)
        while at < size and text[at] != _OBJECT_ENDS:
            member = _member(text, at)
            yield member
            at = skip_blanks(text, member.end)
            if at < size and text[at] == _COMMA:
                at = skip_blanks(text, at + 1)
            elif at < size and text[at] != _OBJECT_ENDS:
                raise BrokenOff(at, "no comma stands between two keys")
        if at >= size:
            raise BrokenOff(at, "the object is not closed")
        self.end = at + 1


def _member(text: MappedText, at: int) -> Member:
    if text[at] != _QUOTE:
        raise BrokenOff(at, "no key stands where one should")
    end = value_end(text, at)
    key = text[at:end]
    at = skip_blanks(text, end)
    if at >= len(text) or text[at] != _COLON:
        raise BrokenOff(at, "no colon stands behind a key")
    at = skip_blanks(text, at + 1)
    return Member(key, at, value_end(text, at))


def objects(text: MappedText, at: int) -> Iterator[TextSlice]:
    """The objects that stand one after another from `at` on, with or without commas between.

    Raises BrokenOff where something else stands.
    """
    index = 0
    at = skip_blanks(text, at)
    while at < len(text):
        if text[at] != _OBJECT_BEGINS:
            raise BrokenOff(at, "no object stands where one should", index)
        try:
            end = value_end(text, at)
        except BrokenOff as broken:
            raise BrokenOff(broken.at, broken.message, index) from None
        yield TextSlice(at, end)
        at, index = skip_blanks(text, end), index + 1
        if at < len(text) and text[at] == _COMMA:
            at = skip_blanks(text, at + 1)
