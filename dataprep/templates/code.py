"""The code in the braces of a template, looked at without running it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dataprep.patterns import LatePattern

STRING = r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'"""
"""A literal text of a template."""

_STRING = LatePattern(STRING, re.DOTALL)
_PART = LatePattern(
    r"\{#.*?#\}"
    r"|\{%[-+]?\s*raw\s*[-+]?%\}(?:.*?\{%[-+]?\s*endraw\s*[-+]?%\}|(?P<raw>.*))"
    rf"|\{{\{{(?P<shown>(?:{STRING}|(?!\}}\}})[^\"'])*)\}}\}}"
    rf"|\{{%(?P<done>(?:{STRING}|(?!%\}})[^\"'])*)%\}}"
    r"|\{[{%#](?P<open>.*)",
    re.DOTALL,
)
_OPENING = LatePattern(r"\{[{%#]")
_NO_QUOTES = str.maketrans("\"'", "  ")
_FILTER = LatePattern(r"\|\s*([A-Za-z_]\w*)")
_FILTER_TAG = LatePattern(r"[-+]?\s*filter\s+([A-Za-z_]\w*)")
_TEST = LatePattern(r"\bis\s+(?:not\s+)?([A-Za-z_]\w*)")
_CALLED = LatePattern(r"(?<![\w.])([A-Za-z_]\w*)\s*\(")
_OTHER_FILE = LatePattern(r"[-+]?\s*(include|import|from|extends)\b")
_FORMAT = LatePattern(r"\.\s*format\s*\(|\|\s*format\b")
_TIMES = LatePattern(r"(?:(?<=\*)|(?<=\*\s))(\d[\d_]*)|(?<![\d_])(\d[\d_]*+)(?=\s*\*)")


def codes(source: str) -> Iterator[str]:
    """What stands in the braces of a template, one after the other, with its literal texts."""
    return (code for code, _ in codes_and_tags(source))


def codes_and_tags(source: str) -> Iterator[tuple[str, bool]]:
    """The same, and of each whether it is a tag, {% as here %}, and is not written out."""
    for part in _PART.finditer(source):
        rest = _unclosed(part)
        if rest is not None:  # what is never closed is looked at to the end, quotes and all
            yield from ((code, False) for code in _OPENING.split(rest.translate(_NO_QUOTES)))
            return
        if part["shown"] is not None:
            yield part["shown"], False
        elif part["done"] is not None:
            yield part["done"], True


def unread(source: str) -> bool:
    """Whether a brace in it opens something that is no code, no remark and no raw text here."""
    return any(_unclosed(part) is not None for part in _PART.finditer(source))


def _unclosed(part: re.Match[str]) -> str | None:
    """What stands behind a brace, or a raw text, that is never closed."""
    return part["open"] if part["raw"] is None else part["raw"]


def bare(code: str) -> str:
    """Code without what stands in its literal texts."""
    return _STRING.sub('""', code)


def filters_and_tests(source: str) -> Iterator[tuple[str, str]]:
    """The filters and the tests that a template names: `filter` or `test`, and the name."""
    for code in map(bare, codes(source)):
        tag = _FILTER_TAG.match(code)
        yield from (("filter", name) for name in _FILTER.findall(code))
        yield from (("filter", name) for name in ([tag[1]] if tag else []))
        yield from (("test", name) for name in _TEST.findall(code))


def called(source: str) -> frozenset[str]:
    """The names that a template calls, methods and filters aside."""
    found = (_CALLED.findall(_FILTER.sub("| ", bare(code))) for code in codes(source))
    return frozenset(name for names in found for name in names)


def refusal(source: str, longest: int) -> str | None:
    """What a template asks for that is refused whatever its fields; None for nothing.

    `longest` are the characters that a text may have.
    """
    for code in map(bare, codes(source)):
        if tag := _OTHER_FILE.match(code):
            return f"{tag[1]} reads another file, and there is none"
        if _FORMAT.search(code):
            return "format can make a text of any length, and is refused: put texts together with ~"
        for found in _TIMES.finditer(code):
            if int(found[1] or found[2]) > longest:
                return f"a text is repeated {longest:,} times at most"
    return None
