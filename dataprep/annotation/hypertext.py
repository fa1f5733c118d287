"""Regions of HTML: resolved through their xpath, and given in the plain text that a reader sees.

Source: the editor's `domManager.ts` (Label Studio 1.23.2). Its global offsets depend on the
version, on scripts that it removed and on whether the tag is inline, so the xpath is asked first,
and the quote decides.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from dataprep.annotation.dom import COMMENT, TEXT, Node, parse, tags
from dataprep.annotation.offsets import BLANKS, BadSpan, OffsetUnit, Span, from_utf16, squashed
from dataprep.finding import excerpt
from dataprep.patterns import LatePattern

_PIECES = LatePattern(r"[ \t\n\r\f]+|[^ \t\n\r\f]+")
_HIDDEN = tags("head link meta script style template title noscript datalist iframe")
# As in the HTML standard's `innerText`.
_BLOCKS = tags(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li listing main menu"
    " nav ol optgroup option pre search section summary table tr ul xmp"
)
_BREAKS = {**dict.fromkeys(_BLOCKS, 1), "p": 2}
_NEAR, _MANY = 200, 1000
_BLANKS = " \t\n\r\f"
_STEP = LatePattern(r"/([^/\[\]]+)(?:\[(\d{1,9})\])?")
_ROOT = LatePattern(r"\.?(?:/html\[1\])?(?:/body\[1\])?")
_NOWHERE = Node("")

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class HypertextDocument:
    """The text of an HTML document as a reader sees it, and how the editor counts it.

    `counted` is the text that global offsets count: a line break is one character, a script none.
    `shown` are the positions in it that a reader sees, `at` where each of them is in `text`.
    `body` is its tree, whose nodes know where in `counted` they start and end.
    """

    text: str
    counted: str
    shown: array[int]
    at: array[int]
    body: Node


class _Step(NamedTuple):
    """A node on the way through the tree: unseen, preformatted, of a script, met again."""

    node: Node
    hidden: bool
    kept: bool
    script: bool = False
    left: bool = False


def plain_text(html: str, *, inline: bool = False) -> HypertextDocument:
    """Read an HTML text; `inline` where the tag shows it without a frame (`inline="true"`)."""
    return _Reader().read(parse(html, inline=inline))


def resolve(document: HypertextDocument, value: dict[str, Any]) -> Span | BadSpan:
    """Read a region: the reading that gives its quote, or else the only such quote near it.

    Without a quote, xpath and global offsets must agree where both are given.
    """
    quote = value.get("text")
    readings: dict[OffsetUnit, list[Range]] = {
        "xpath": list(_by_xpath(document, value)),
        "global": list(_by_global(document, value)),
    }
    if not isinstance(quote, str):
        return _unquoted(document, readings)
    wanted = squashed(quote)
    if not wanted:
        return BadSpan("A002", "quotes no visible text")
    for unit, ranges in readings.items():
        for found in ranges:
            span = _seen(document, found)
            if span and squashed(document.text[slice(*span)]) == wanted:
                return Span(*span, unit)
    return _by_quote(document, wanted, readings) or _refused(document, quote, readings)


def _by_xpath(document: HypertextDocument, value: dict[str, Any]) -> Iterator[Range]:
    """The ranges that xpaths and their offsets can mean: UTF-16 units, then code points."""
    start = _node(document, value.get("start"))
    end = _node(document, value.get("end"))
    begin, until = value.get("startOffset"), value.get("endOffset")
    if start is None or end is None or type(begin) is not int or type(until) is not int:
        return
    for convert in (_from_units, _from_points):
        first, last = convert(document, start, begin), convert(document, end, until)
        if first is not None and last is not None and first < last:
            yield first, last


def _by_global(document: HypertextDocument, value: dict[str, Any]) -> Iterator[Range]:
    """The ranges that global offsets, or whole numbers in their place, can mean."""
    given = value.get("globalOffsets")
    given = given if isinstance(given, dict) else value
    start, end = given.get("start"), given.get("end")
    if type(start) is not int or type(end) is not int:
        return
    if 0 <= start < end <= len(document.counted):
        yield start, end
    units = from_utf16(document.counted, start, end)
    if units and units != (start, end):
        yield units


def _node(document: HypertextDocument, path: object) -> Node | None:
    """The node of an xpath below the body."""
    if not isinstance(path, str):
        return None
    node, at = document.body, len(path) - len(_ROOT.sub("", path, count=1))
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            return None
        name, number = step[1].lower(), int(step[2] or 1)
        name = TEXT if name == "text()" else name
        named = (child for child in node.children if child.name == name)
        node, at = next(islice(named, max(number - 1, 0), None), _NOWHERE), step.end()
    return None if node is _NOWHERE else node


def _from_units(document: HypertextDocument, node: Node, offset: int) -> int | None:
    """As a browser's range counts: UTF-16 units in a text, children in an element."""
    if offset <= 0:
        return node.start if offset == 0 else None
    if node.name != TEXT:
        after = (child.start for child in node.children[offset:] if child.name != COMMENT)
        return next(after, node.end) if offset <= len(node.children) else None
    units = from_utf16(document.counted[node.start : node.end], 0, offset)
    return node.start + units[1] if units else None


def _from_points(document: HypertextDocument, node: Node, offset: int) -> int | None:
    """As the editor counts by itself: code points from where the node starts."""
    return node.start + offset if 0 <= offset <= node.end - node.start else None


def _seen(document: HypertextDocument, found: Range) -> Range | None:
    """A range of what is counted as one of the plain text; None where nothing of it is seen."""
    first = bisect_left(document.shown, found[0])
    last = bisect_left(document.shown, found[1])
    return (document.at[first], document.at[last - 1] + 1) if first < last else None


def _unquoted(
    document: HypertextDocument, readings: dict[OffsetUnit, list[Range]]
) -> Span | BadSpan:
    firsts = {unit: _seen(document, ranges[0]) for unit, ranges in readings.items() if ranges}
    if not firsts:
        return BadSpan("A002", "has no xpath and no offset that lies inside the document")
    if len(set(firsts.values())) > 1:
        return BadSpan("A003", f"has no quote, and {_both(document, readings)}")
    unit, span = next(iter(firsts.items()))
    return Span(*span, unit) if span else BadSpan("A002", "marks no visible text")


def _by_quote(
    document: HypertextDocument, wanted: str, readings: dict[OffsetUnit, list[Range]]
) -> Span | None:
    """The quote where it stands but once near the place of the xpath, or once in the document."""
    text, places = _squashed_map(document.text)
    found: list[int] = []
    at = text.find(wanted)
    while at >= 0 and len(found) < _MANY:
        found.append(at)
        at = text.find(wanted, at + 1)
    if len(found) > 1 and readings["xpath"]:
        seen = _seen(document, readings["xpath"][0])
        expected = bisect_left(places, seen[0]) if seen else -_NEAR
        found = [at for at in found if abs(at - expected) < _NEAR]
    if len(found) != 1:
        return None
    return Span(places[found[0]], places[found[0] + len(wanted) - 1] + 1, "quote")


@lru_cache(maxsize=2)
def _squashed_map(text: str) -> tuple[str, array[int]]:
    """A text without blanks, and where each of its characters stands in the text."""
    places: array[int] = array("L")
    at = 0
    for blank in BLANKS.finditer(text):
        places.extend(range(at, blank.start()))
        at = blank.end()
    places.extend(range(at, len(text)))
    return squashed(text), places


def _refused(
    document: HypertextDocument, quote: str, readings: dict[OffsetUnit, list[Range]]
) -> BadSpan:
    if not any(readings.values()):
        lost = "its xpath and offsets lead nowhere in the document"
        return BadSpan("A002", f"quotes {excerpt(quote)!r}, but {lost}")
    return BadSpan("A003", f"quotes {excerpt(quote)!r}, but {_both(document, readings)}")


def _both(document: HypertextDocument, readings: dict[OffsetUnit, list[Range]]) -> str:
    names = {"xpath": "its xpath gives", "global": "its global offsets give"}
    said = []
    for unit, ranges in readings.items():
        for found in ranges[:1]:
            span = _seen(document, found) or (0, 0)
            said.append(f"{names[unit]} {excerpt(document.text[slice(*span)])!r}")
    return ", ".join(said)


class _Reader:
    """Walks a body once; blanks and breaks wait until something is seen after them."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._counted: list[str] = []
        self._shown: array[int] = array("L")
        self._at: array[int] = array("L")
        self._size = self._position = 0
        self._gap = ""
        self._breaks = 0

    def read(self, body: Node) -> HypertextDocument:
        todo = [_Step(body, hidden=False, kept=False)]
        while todo:
            step = todo.pop()
            if step.left:
                self._leave(step)
            elif step.node.name == TEXT:
                self._read_text(step)
            else:
                todo.extend(self._enter(step))
        parts = "".join(self._text), "".join(self._counted)
        return HypertextDocument(*parts, self._shown, self._at, body)

    def _enter(self, step: _Step) -> Iterator[_Step]:
        """What an element adds before its children; it is met again after them."""
        name = step.node.name
        step.node.start = self._position
        if name == "br":
            self._counted.append("\n")
            self._position += 1
            self._breaks += not step.hidden
        elif not step.hidden:
            self._separate(name)
        yield step._replace(left=True)
        kept = step.kept or name in ("pre", "textarea", "listing", "xmp")
        for child in reversed(step.node.children):
            hidden = step.hidden or child.hidden or child.name in _HIDDEN
            if child.name != COMMENT:
                yield _Step(child, hidden=hidden, kept=kept, script=name == "script")

    def _leave(self, step: _Step) -> None:
        if not step.hidden:
            self._separate(step.node.name)
        step.node.end = self._position

    def _separate(self, name: str) -> None:
        self._breaks = max(self._breaks, _BREAKS.get(name, 0))
        if name in ("td", "th"):
            self._gap = "\t"

    def _read_text(self, step: _Step) -> None:
        data, start = step.node.data, self._position
        if step.script:
            data = ""
        step.node.start, step.node.end = start, start + len(data)
        if not step.hidden:
            for piece in _PIECES.finditer(data):
                words = piece.group()
                if step.kept or words[0] not in _BLANKS:
                    self._show(words, start + piece.start())
                else:
                    self._gap = self._gap or " "
        self._counted.append(data)
        self._position += len(data)

    def _show(self, words: str, position: int) -> None:
        """Add what is seen, after the breaks or the blank that stand before it."""
        before = "\n" * self._breaks or self._gap
        if self._size and before:
            self._text.append(before)
            self._size += len(before)
        self._gap, self._breaks = "", 0
        self._text.append(words)
        self._shown.extend(range(position, position + len(words)))
        self._at.extend(range(self._size, self._size + len(words)))
        self._size += len(words)
