"""HTML becomes the tree that a browser makes of it, as far as an xpath can tell.

Tokens come from the standard library; the tree follows the HTML standard, section 13.2.6 "Tree
construction" (2026), less frames, forms within forms and the adoption agency.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from html.parser import HTMLParser

from dataprep.patterns import LatePattern

TEXT, COMMENT = "#text", "#comment"
_BLANKS = " \t\n\r\f"
_DEEPEST = 512  # as in Chromium: what nests deeper becomes a sibling
_MOST_FORMATTING = 30


def tags(names: str) -> frozenset[str]:
    """The names in a text, between blanks."""
    return frozenset(names.split())


_VOID = tags(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source"
    " track wbr"
)
_HEAD = tags("base basefont bgsound link meta title style script noscript template")
_HEADINGS = tags("h1 h2 h3 h4 h5 h6")
_BLOCKS = tags(
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure"
    " footer form header hgroup listing main menu nav ol pre search section summary ul"
)
_CLOSE_P = _BLOCKS | _HEADINGS | tags("p table hr xmp plaintext li dd dt")
_SPECIAL = (
    _CLOSE_P
    | _VOID
    | _HEAD
    | tags(
        "applet body button caption colgroup frameset head html iframe marquee noembed noframes"
        " object select tbody td textarea tfoot th thead tr"
    )
)
_SCOPE = tags("applet body caption html marquee object table td template th")
_BUTTON_SCOPE = _SCOPE | {"button"}
_TABLE_SCOPE = frozenset(("body", "table", "template"))
_TABLEISH = tags("table tbody tfoot thead tr")
_CELLS = tags("body caption td template th")
_SECTIONS = tags("tbody tfoot thead")
_IMPLIED = {"table": "tbody", "tbody": "tr", "tfoot": "tr", "thead": "tr"}
# Where a part of a table belongs: the open elements are closed down to one of these.
_CONTEXTS = {
    "caption": frozenset(("table",)),
    "colgroup": frozenset(("table",)),
    "col": frozenset(("colgroup", "table")),
    **dict.fromkeys(_SECTIONS, frozenset(("table",))),
    "tr": _SECTIONS | {"table"},
    "td": _TABLEISH,
    "th": _TABLEISH,
}
_FORMATTING = tags("a b big code em font i nobr s small strike strong tt u")
_LIST_STOPS = _SPECIAL - {"address", "div", "p"}
_ITEMS = {"li": {"li"}, "dd": {"dd", "dt"}, "dt": {"dd", "dt"}, "option": {"option"}}
_SHORT_COMMENT = LatePattern("<!--(-?)>")
_CUT_OFF = LatePattern("<[A-Za-z/!?]")
_NO_DISPLAY = LatePattern(r"display\s*:\s*none", re.IGNORECASE)


class Node:
    """An element, a text or a comment."""

    __slots__ = ("children", "end", "hidden", "name", "open", "pieces", "start")

    def __init__(self, name: str, *, hidden: bool = False) -> None:
        self.name = name
        self.children: list[Node] = []
        self.pieces: list[str] = []
        self.hidden = hidden
        self.open = False
        self.start = self.end = 0  # for who counts the text

    @property
    def data(self) -> str:
        """The words of a text."""
        return "".join(self.pieces)


class Tree(HTMLParser):
    """Builds the body of a document; `inline` as where the editor shows it without a frame."""

    def __init__(self, *, inline: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self.body = Node("body")
        self._head = Node("head", hidden=True)
        self._open = [self.body]
        self._names: Counter[str] = Counter()  # of the open elements
        self._formatting: list[Node | None] = []  # None where a cell begins
        self._before_body = not inline
        self._drop_break = False

    @property
    def _current(self) -> Node:
        return self._open[-1]

    def parse_comment(self, i: int, report: bool = True) -> int:
        """A comment; one that never ends runs to the end of the text."""
        short = _SHORT_COMMENT.match(self.rawdata, i)
        end = short.end() if short else self.rawdata.find("-->", i + 4) + 3
        self.handle_comment("")
        return end if end > 2 else len(self.rawdata)

    def parse_html_declaration(self, i: int) -> int:
        """What begins with `<!`; a marked section is a comment, as in a browser."""
        if not self.rawdata.startswith("<![", i):
            return super().parse_html_declaration(i)
        end = self.rawdata.find(">", i)
        if end < 0:
            end = len(self.rawdata) - 1
        self.handle_comment(self.rawdata[i:end])
        return end + 1

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self._drop_break = False
        if tag in ("html", "head", "body", "frameset", "frame"):
            self._before_body &= tag != "body"
            return
        self._before_body &= tag in _HEAD
        if tag == "form" and self._names["form"]:
            return
        if tag in _CONTEXTS:
            self._begin_table_part(tag)
        else:
            self._make_room(tag)
            self._reconstruct(tag)
        if tag not in _CONTEXTS or self._current.name in _CONTEXTS[tag] | {"colgroup"}:
            self._insert(tag, dict(attrs))

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # in HTML the slash says nothing

    def handle_data(self, data: str) -> None:
        if self._drop_break and data.startswith("\n"):
            data = data[1:]
        self._drop_break = False
        if self._before_body and self._current is self.body:
            data = data.lstrip(_BLANKS)
            self._before_body = not data
        if not data:
            return
        if self._current.name not in _HEAD and not data.isspace():
            self._reconstruct(TEXT)
        siblings = self._current.children
        at = len(siblings)
        if self._current.name in _TABLEISH and data.strip(_BLANKS):
            siblings, at = self._foster()
        if at and siblings[at - 1].name == TEXT:
            siblings[at - 1].pieces.append(data)
        else:
            siblings.insert(at, Node(TEXT))
            siblings[at].pieces.append(data)

    def handle_comment(self, data: str) -> None:
        if not self._before_body:
            self._current.children.append(Node(COMMENT))

    def handle_pi(self, data: str) -> None:
        self.handle_comment(data)

    def handle_endtag(self, tag: str) -> None:
        self._drop_break = False
        if tag in ("html", "head", "body"):
            return
        if tag == "br":
            self.handle_starttag("br", ())
        elif tag == "p" and not self._in_scope({"p"}, _BUTTON_SCOPE):
            self.handle_starttag("p", ())
            self._close({"p"}, _BUTTON_SCOPE)
        elif tag == "form":
            self._end_form()
        elif tag in _HEADINGS:
            self._close(_HEADINGS, _SCOPE)
        elif tag in _CONTEXTS or tag == "table":
            self._close({tag}, _TABLE_SCOPE - {tag})
        elif tag in _CLOSE_P or tag in ("button", "object", "applet", "marquee"):
            self._close({tag}, _SCOPE - {tag})
        else:
            self._close({tag}, _SPECIAL - {tag})
            self._forget(tag)

    def _insert(self, tag: str, attributes: dict[str, str | None]) -> None:
        style = attributes.get("style") or ""
        hidden = "hidden" in attributes or bool(_NO_DISPLAY.search(style))
        node = Node(tag, hidden=hidden)
        if self._before_body:
            self._head.children.append(node)
        elif self._current.name in _TABLEISH and tag not in _CONTEXTS and tag not in _HEAD:
            siblings, at = self._foster()
            siblings.insert(at, node)
        else:
            self._current.children.append(node)
        if tag in _VOID or len(self._open) >= _DEEPEST:
            return
        self._open.append(node)
        self._names[tag] += 1
        node.open = True
        if tag in _FORMATTING:
            self._formatting = [*self._formatting[-_MOST_FORMATTING:], node]
        elif tag in ("td", "th", "caption"):
            self._formatting.append(None)
        self._drop_break = tag in ("pre", "listing", "textarea")

    def _begin_table_part(self, tag: str) -> None:
        """Close down to where this part belongs, and add the parts that HTML implies."""
        if not self._in_scope({"table"}, _TABLE_SCOPE - {"table"}):
            return
        while self._current.name not in _CONTEXTS[tag]:
            self._pop()
        if tag == "col" and self._current.name == "table":
            self._insert("colgroup", {})
        needed = {"tr": _SECTIONS, "td": {"tr"}, "th": {"tr"}}.get(tag, _TABLEISH | {"colgroup"})
        while self._current.name not in needed and len(self._open) < _DEEPEST:
            self._insert(_IMPLIED[self._current.name], {})

    def _make_room(self, tag: str) -> None:
        """Close what cannot hold this element."""
        if tag == "table" and self._in_scope(_TABLEISH, _CELLS):
            self._close({"table"}, frozenset(("body",)))
        if tag in _ITEMS:
            self._close(_ITEMS[tag], _LIST_STOPS - _ITEMS[tag])
        if tag in _CLOSE_P:
            self._close({"p"}, _BUTTON_SCOPE)
        if tag in _HEADINGS and self._current.name in _HEADINGS:
            self._pop()
        if tag in ("a", "nobr", "button"):
            self._close({tag}, (_SPECIAL - {tag}) if tag != "button" else _SCOPE)
            self._forget(tag)

    def _end_form(self) -> None:
        """A form ends by itself: what is open inside it stays open."""
        if self._in_scope({"form"}, _SCOPE):
            at = max(i for i, node in enumerate(self._open) if node.name == "form")
            self._names["form"] -= 1
            del self._open[at]

    def _in_scope(self, tags: set[str] | frozenset[str], stops: frozenset[str]) -> bool:
        if any(self._names[tag] for tag in tags):
            for node in reversed(self._open):
                if node.name in tags:
                    return True
                if node.name in stops:
                    return False
        return False

    def _close(self, tags: set[str] | frozenset[str], stops: frozenset[str]) -> None:
        """Close the innermost of these elements, and all inside it, unless a stop is met first."""
        if self._in_scope(tags, stops):
            while self._current.name not in tags:
                self._pop()
            self._pop()

    def _pop(self) -> None:
        if len(self._open) == 1:
            return
        node = self._open.pop()
        node.open = False
        self._names[node.name] -= 1
        if node.name in ("td", "th", "caption"):
            while self._formatting and self._formatting.pop() is not None:
                pass

    def _forget(self, tag: str) -> None:
        """An end tag ends the innermost formatting of its name, which then is not opened again."""
        for at in range(len(self._formatting) - 1, -1, -1):
            node = self._formatting[at]
            if node is None:
                return
            if node.name == tag:
                del self._formatting[at]
                return

    def _reconstruct(self, tag: str) -> None:
        """Open again the formatting that a block cut off: `<b>one<p>two` is bold twice."""
        if tag in _CLOSE_P or tag in _HEAD or not self._formatting:
            return
        since = len(self._formatting)
        while since and (node := self._formatting[since - 1]) and not node.open:
            since -= 1
        for node in self._formatting[since:]:
            if node is not None and len(self._open) < _DEEPEST:
                self._formatting.remove(node)
                self._insert(node.name, {})

    def _foster(self) -> tuple[list[Node], int]:
        """Where content goes that a table cannot hold: just before the table."""
        depth = max(i for i, node in enumerate(self._open) if node.name == "table")
        siblings = self._open[depth - 1].children
        last = range(len(siblings) - 1, -1, -1)
        at = next((i for i in last if siblings[i] is self._open[depth]), len(siblings))
        return siblings, at


def parse(html: str, *, inline: bool = False) -> Node:
    """The body of an HTML text."""
    tree = Tree(inline=inline)
    html = html.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    cut_off = _CUT_OFF.search(html, html.rfind(">") + 1)  # a tag that never ends says nothing
    tree.feed(html[: cut_off.start()] if cut_off else html)
    tree.close()
    return tree.body
