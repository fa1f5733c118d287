"""The same text as others read it: without invisible characters, with its escapes and entities
undone and its literals joined.

A secret in a string of JSON within a string of JSON stands behind `\\n` and `\\"`; one that was
copied from a page may be split by characters that nobody sees. Every view knows where its
characters stand in the text itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from dataprep.patterns import LatePattern

MOST_LAYERS = 3
"""Layers of JSON strings that are undone."""

INVISIBLE = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\ufeff"
)
"""Characters without a width, as the inside of a class."""

_UNSEEN = LatePattern(f"[{INVISIBLE}]+")
_ESCAPE = LatePattern(r"\\(?:u[0-9a-fA-F]{4}|x[2-7][0-9a-fA-F]|[nrtbf\"/\\])")
_QUOTE = r"[\"'`]"
_JOIN = LatePattern(
    rf"{_QUOTE}(?<=[A-Za-z0-9_+/.%~\n-].)(?=[\s+.&|\\])\s{{0,80}}+"
    r"(?:(?:\+|\.\.?|\|\||&|<<|\\)[ \t_]{0,8}+\s{0,80}+)?"
    rf"[bBrRuUfFL@$]{{0,2}}{_QUOTE}(?=[A-Za-z0-9_+/.%~=-])"
)
"""What stands between two literals of code that are one string: `"a" + "b"`, `"a"` above `"b"`."""

_CONTINUED = LatePattern(r"(?<=[A-Za-z0-9_+/.%~=-])\\\r?\n(?=[A-Za-z0-9_+/.%~=-])")
"""A backslash at the end of a line of a shell, within a word."""

_PERCENT = LatePattern(
    r"%(?:25(?=[2-7][0-9A-Fa-f])|2[BbDdEeFf]|3[0-9AaDd]|4[1-9A-Fa-f]|5[0-9AaFf]|6[1-9A-Fa-f]|7[0-9AaEe])"
)
"""A character in percent-encoding that an address needs not encode, or a mark of a token."""

_PERCENT_LAYERS = 2
"""Times that an address was encoded within another."""

_ENTITY = LatePattern(
    r"&(?:#(?:[xX]0{0,4}[2-7][0-9A-Fa-f]|0{0,4}(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6]))|quot|apos|lt|gt|amp);"
)
"""A printable character of ASCII as an entity of HTML."""


_SOFT = LatePattern(r"(?<=[A-Za-z0-9_+/.%~-])=\r?\n(?=[A-Za-z0-9_+/.%~=-])")
_BROKEN = LatePattern(
    r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{12,400}+=\r?\n"
    r"(?=[A-Za-z0-9_-]{12,400}+=?[ \t]{0,8}(?:[\r\n]|\Z))"
)
"""A token that is broken so, with nothing else on the next line."""

_PRINTABLE = ("quoted-printable", "Quoted-Printable", "QUOTED-PRINTABLE", "=3D", "=C3=", "=E2=80")
"""What stands in a mail whose lines are broken by a mark of equality."""

_LIST = LatePattern(
    r"(?:(?:join|implode|concat|paste0?|concat_ws)\(\s{0,8}(?:[\"'`]{2}\s{0,4},\s{0,8})?"
    r"(?:\[\]string|array|new\s?\w{0,8}\[\]|c)?[\[({]{0,2}\s{0,24}(?=[\"'`])"
    r"|[\[(]\s{0,24}(?=[\"'`][^\n]{0,200}[\"'`],\s))"
    r"(?P<items>(?:\"[^\"\n]{0,400}+\"|'[^'\n]{0,400}+'|`[^`\n]{0,400}+`)"
    r"(?:\s{0,4},\s{0,40}(?:\"[^\"\n]{0,400}+\"|'[^'\n]{0,400}+'|`[^`\n]{0,400}+`)){1,60}+)",
    re.IGNORECASE,
)
"""Literals that a call makes one string of, and a list of them that a call may."""

_JOINS = ("join", "Join", "implode", "oncat", "CONCAT", "paste")
_COMMA = LatePattern(r"[\"'`]\s{0,4},\s{0,40}[\"'`]")

_ARGUMENTS = LatePattern(
    r"[\[(]\s{0,24}(?P<items>(?:\"[^\"\n]{0,200}+\"|'[^'\n]{0,200}+')"
    r"(?:\s{0,4},\s{0,40}(?:\"[^\"\n]{0,200}+\"|'[^'\n]{0,200}+')){1,60}+)"
)
"""Literals in brackets, as a command is given to another program: `["mysql", "-p..."]`."""

_OPTIONS = ('"-', "'-", '"/', "'/")
"""How options begin among them."""

_MAY_JOIN = LatePattern(rf"{_QUOTE}[\s+.&|<_\\nrt]{{1,180}}+[bBuUfFL@$]{{0,2}}\\{{0,8}}{_QUOTE}")
"""The same, escaped or not, of a text that is not read yet."""

_CLOSING = r"(?:\\\"|['`]|&(?:quot|apos);)"
_OPENING = rf"\\*{_CLOSING}"
_BLANK = r"(?:[^!-~]|\\+[nrtf]|\\u(?:0085|00[aA]0|1680|20(?:0[0-9aA]|2[89fF]|5[fF])|3000))"
_NEXT_ITEM = rf"(?:\\\"|['`]){_BLANK}*,{_BLANK}*\\*[\"'`]"
_CALLS = "(?:[jJ]oin|implode|oncat|CONCAT|paste)"

JOINED = (
    rf"{_CLOSING}(?:{_BLANK}|[+.&|<_\\])+[bBrRuUfFL@$]{{0,2}}{_OPENING}[A-Za-z0-9_+/.%~=-]",
    rf"{_NEXT_ITEM}.*{_CALLS}",
    rf"{_CALLS}.*{_NEXT_ITEM}",
    r"\\\"-|'-|\\\"/|'/",
    rf"&(?:quot|apos);{_BLANK}*,{_BLANK}*&(?:quot|apos);",
)
"""Literals that are one string, and lists of them that a call or a command may make one, in JSON.

They look for what `_JOIN`, `_LIST` and `_OPTIONS` do, and begin with a quotation mark: what begins
with any letter before it takes several times as long.
"""

_BETWEEN = LatePattern(
    rf"(?:\\(?:u[0-9a-fA-F]{{4}}|x[0-9a-fA-F]{{2}}|[nrtbf])|[\s\ufffd\\{INVISIBLE}])+"
)
_MEANINGS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


@dataclass(frozen=True, slots=True)
class View:
    """A text; each of its pieces begins at `begins` and stands at `places` in what it was made of.

    A piece that is as long as its place is the same text; another one was an escape.
    """

    text: str
    begins: tuple[int, ...] = (0,)
    places: tuple[tuple[int, int], ...] = ()
    origin: View | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end] stands in the first text, in code points; no escape is cut."""
        if self.origin is None:
            return start, end
        return self.origin.span(self._place(start)[0], self._place(end - 1)[1])

    def _place(self, at: int) -> tuple[int, int]:
        """Where one character stands in what the text was made of."""
        piece = bisect_right(self.begins, at) - 1
        start, end = self.places[piece]
        begin = self.begins[piece]
        after = self.begins[piece + 1] if piece + 1 < len(self.begins) else len(self.text)
        if after - begin != end - start:
            return start, end
        return start + at - begin, start + at - begin + 1


def views_of(text: str) -> Iterator[View]:
    """The views of a text, the one furthest from it first, and the text itself last."""
    made = [View(text)]
    if has_unseen(text):
        made.append(_replaced(made[-1], _UNSEEN))
    for _ in range(MOST_LAYERS):
        if "\\" not in made[-1].text or not _ESCAPE.search(made[-1].text):
            break
        made.append(_replaced(made[-1], _ESCAPE))
    if "&" in made[-1].text and _ENTITY.search(made[-1].text):
        made.append(_replaced(made[-1], _ENTITY))
    for _ in range(_PERCENT_LAYERS):
        if has_percent(made[-1].text):
            made.append(_replaced(made[-1], _PERCENT))
    if has_soft_breaks(made[-1].text):
        breaks = [found.span() for found in _SOFT.finditer(made[-1].text)]
        made += [_without(made[-1], breaks)] if breaks else []
    if "\\\n" in made[-1].text or "\\\r" in made[-1].text:
        breaks = [found.span() for found in _CONTINUED.finditer(made[-1].text)]
        made += [_without(made[-1], breaks)] if breaks else []
    if _JOIN.search(made[-1].text):
        made.append(_replaced(made[-1], _JOIN))
    if _has_options(made[-1].text) and (commas := [*_between_arguments(made[-1].text)]):
        made.append(_with_blanks(made[-1], commas))
    if _may_list(made[-1].text) and (commas := [*_commas(made[-1].text)]):
        made.append(_without(made[-1], commas))
    return reversed(made)


def may_join(text: str) -> bool:
    """Whether a text may hold literals of code that are one string."""
    return _MAY_JOIN.search(text) is not None or (
        _may_list(text) and _LIST.search(text) is not None
    )


def _may_list(text: str) -> bool:
    return any(map(text.__contains__, _JOINS))


def _commas(text: str) -> Iterator[tuple[int, int]]:
    """What stands between the literals of the lists that a call makes one string of."""
    for found in _LIST.finditer(text):
        for comma in _COMMA.finditer(text, *found.span("items")):
            yield comma.span()


def _has_options(text: str) -> bool:
    return any(map(text.__contains__, _OPTIONS))


def _between_arguments(text: str) -> Iterator[tuple[int, int]]:
    """What stands between the arguments of commands that are lists with options among them."""
    for found in _ARGUMENTS.finditer(text):
        if _has_options(found["items"]):
            for comma in _COMMA.finditer(text, *found.span("items")):
                yield comma.span()


def has_unseen(text: str) -> bool:
    """Whether a text has characters without a width."""
    return not text.isascii() and _UNSEEN.search(text) is not None


def has_percent(text: str) -> bool:
    """Whether a letter, a digit or a mark of a token may stand percent-encoded in a text."""
    return "%" in text and _PERCENT.search(text) is not None


def has_entities(text: str) -> bool:
    """Whether characters of a text may stand as entities of HTML: by number, as no writer does."""
    return "&#" in text and _ENTITY.search(text) is not None


def has_soft_breaks(text: str) -> bool:
    """Whether lines of a text may be broken as in quoted-printable."""
    return ("=\n" in text or "=\r" in text) and (
        any(map(text.__contains__, _PRINTABLE)) or _BROKEN.search(text) is not None
    )


def bare(text: str) -> str:
    """A text without blanks, escapes and what nobody sees: two spellings of it are one."""
    return _BETWEEN.sub("", text)


def joined(view: View, places: Sequence[tuple[int, int]]) -> View:
    """Some places of a view as one text."""
    pieces = [(view.text[start:end], start, end) for start, end in places]
    return _made(view, pieces)


def on_lines(view: View, places: Iterable[tuple[int, int]]) -> View:
    """Some places of a view, a line each; what follows each of them stands for the break."""
    pieces: list[tuple[str, int, int]] = []
    for start, end in places:
        pieces += [(view.text[start:end], start, end), ("\n", end, end + 1)]
    return _made(view, pieces)


def _without(view: View, places: Iterable[tuple[int, int]]) -> View:
    """The view without some places."""
    pieces: list[tuple[str, int, int]] = []
    last = 0
    for start, end in places:
        pieces.append((view.text[last:start], last, start))
        last = end
    pieces.append((view.text[last:], last, len(view.text)))
    return _made(view, pieces)


def _with_blanks(view: View, places: Iterable[tuple[int, int]]) -> View:
    """The view with a blank for each of some places."""
    pieces: list[tuple[str, int, int]] = []
    last = 0
    for start, end in places:
        pieces += [(view.text[last:start], last, start), (" ", start, end)]
        last = end
    pieces.append((view.text[last:], last, len(view.text)))
    return _made(view, pieces)


def _replaced(view: View, pattern: LatePattern[str]) -> View:
    """The view with every match of a pattern replaced by what it means, which may be nothing."""
    pieces: list[tuple[str, int, int]] = []
    last = 0
    for found in pattern.finditer(view.text):
        pieces.append((view.text[last : found.start()], last, found.start()))
        pieces.append((_meaning(found[0]), *found.span()))
        last = found.end()
    pieces.append((view.text[last:], last, len(view.text)))
    return _made(view, pieces)


def _meaning(escape: str) -> str:
    import html

    if escape.startswith("%"):
        return chr(int(escape[1:], 16))
    if escape.startswith("&"):
        return html.unescape(escape)
    if not escape.startswith("\\"):
        return ""
    if escape[1] in "ux":
        return chr(int(escape[2:], 16))
    return _MEANINGS.get(escape[1], escape[1])


def _made(origin: View, pieces: Iterable[tuple[str, int, int]]) -> View:
    kept = [piece for piece in pieces if piece[0]]
    begins = accumulate((len(text) for text, _, _ in kept), initial=0)
    return View(
        "".join(text for text, _, _ in kept),
        tuple(begins)[: len(kept)] or (0,),
        tuple((start, end) for _, start, end in kept),
        origin,
    )
