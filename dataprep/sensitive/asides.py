"""What a text sets apart as code or in brackets, where an assignment has no line of its own."""

from __future__ import annotations

from collections.abc import Iterator

from dataprep.patterns import LatePattern

_ASIDE = LatePattern(
    r"`(?P<code>[^`\n]{8,400}+)`|(?<!\w)\((?P<bracket>[^()\n]{8,400}+)\)"
    r"|<(?:code|kbd|pre|samp|tt|td|p|li|b|strong|em|i)>(?P<tag>[^<>\n]{8,400}+)</"
)
_GIVES = LatePattern(r"[A-Za-z_\"'][\w.\"'-]{0,3}\s?[=:]")


def asides(text: str) -> Iterator[tuple[int, int]]:
    """The places of code, of brackets and of what stands in a tag, if anything is set in them."""
    for found in _ASIDE.finditer(text):
        start, end = found.span(str(found.lastgroup))
        if _GIVES.search(text, start, end):
            yield start, end
