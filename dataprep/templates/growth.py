"""Whether a template can take more than its fields are long: read off its code, without running it.

The engine counts steps, but no characters: a step may repeat a text a billion times, and a chain of
operators that is long enough overflows its stack. What is found harmless here stays harmless
whatever its fields: no value that is stored is longer than what there was before, and an expression
holds each of its parts at most GROWTH times. All else, known or not, runs in a process with limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dataprep.patterns import LatePattern
from dataprep.templates.code import STRING, bare, called, codes, codes_and_tags, unread

LONGEST = 1_000_000
"""Characters of a template."""

_LONGEST_HERE = 100_000
_LONGEST_CODE = 1_000
_MOST_BRANCHES = 100
_MOST_SCANNED = 50_000_000

GROWTH = 20
"""How many times as long as its fields an expression may be here."""

_PATH = r"[A-Za-z_][\w.]*(?:\[(?:\d{1,9}|\"\")\]\.?\w*)*"
_FILTERS = (
    "abs bool capitalize count d default dictsort first float int items last length list lower max "
    "min reverse round safe sort split string title trim unique upper"
)
_PLAIN_FILTERS = frozenset(_FILTERS.split())
_LONGER = frozenset(("e", "escape", "join", "replace", "tojson"))
_PARTS = frozenset(("list", "reverse", "sort", "split", "unique"))
_HARMLESS = "endswith get items keys lower lstrip rstrip split startswith strip upper values"
_METHODS = frozenset(_HARMLESS.split())
_WORDS = frozenset(("and", "elif", "else", "if", "in", "not", "or"))

_TAG = LatePattern(r"[-+]?\s*([a-z]+)")
_FLOW = frozenset(("if", "elif", "else", "endif", "endfor"))
_FOR = LatePattern(rf"[-+]?\s*for\s+\w+(?:\s*,\s*\w+)?\s+in\s+{_PATH}(?:\.items\(\))?\s*[-+]?")
_SET = LatePattern(
    rf"[-+]?\s*set\s+\w+\s*=\s*(?:{_PATH}|\"\"|\d{{1,9}})"
    r"(?:\s*\|\s*(?:trim|upper|lower|length|first|last|default\(\"\"\)))*\s*[-+]?"
)
_FILTER = LatePattern(r"\|\s*([A-Za-z_]\w*)\s*(\([^()]*\)|\()?")
_METHOD = LatePattern(r"\.\s*([A-Za-z_]\w*)\s*\(")
_CALLED_VALUE = LatePattern(r"[\])\"]\s*\(")
_TEXTS = LatePattern(STRING, re.DOTALL)
_BY_NAME = LatePattern(r"\(\s*attribute\s*=\s*\"\"\s*\)")
_TEST_BY_NAME = LatePattern(r"\(\s*\"\"[^()|]*\)")


def is_short(source: str) -> bool:
    """Whether the engine can read it without a process of its own: no chain in it is long."""
    opened = sum(source.count(mark) for mark in ("{{", "{%", "{#"))
    if len(source) > _LONGEST_HERE or opened * len(source) > _MOST_SCANNED or unread(source):
        return False
    inside = list(codes(source))
    if any("{" in bare(code) for code in inside):  # }} may close an object, and no code
        return False
    branches = sum(code.lstrip("-+ ").startswith("elif") for code in inside)
    return branches <= _MOST_BRANCHES and all(len(code) <= _LONGEST_CODE for code in inside)


def grows(source: str) -> bool:
    """Whether it may make a text that is much longer than its fields."""
    if called(source) - _WORDS:
        return True
    return any(_code_grows(code, tag=tag) for code, tag in codes_and_tags(source))


def longer(source: str) -> int:
    """How many times as long as its parts an expression in it may be."""
    plain = [bare(code) for code in codes(source)]
    used = {name for code in plain for name, _ in _filters(code)}
    used.update(name for code in plain for name in _METHOD.findall(code))
    chain = max((code.count("~") + code.count("+") for code in plain), default=0)
    return (GROWTH if used & (_LONGER | _PARTS) else 1) * (1 + chain)  # each link is a copy


def loops(source: str) -> int:
    """How many loops it has."""
    return sum(tag and _tag(code) == "for" for code, tag in codes_and_tags(source))


def _tag(code: str) -> str:
    found = _TAG.match(code)
    return found[1] if found else ""


def _code_grows(code: str, *, tag: bool) -> bool:
    plain = bare(code)
    if tag and _tag(code) == "for":
        return _FOR.fullmatch(plain) is None
    if tag and _tag(code) == "set":
        return _SET.fullmatch(plain) is None
    return (
        (tag and _tag(code) not in _FLOW)
        or bool("*" in plain or "{" in plain or _CALLED_VALUE.search(plain))
        or not _METHODS.issuperset(_METHOD.findall(plain))
        or _filters_grow(code, plain)
    )


def _filters(plain: str) -> Iterator[tuple[str, str]]:
    return ((found[1], found[2] or "") for found in _FILTER.finditer(plain))


def _filters_grow(code: str, plain: str) -> bool:
    used = list(_filters(plain))
    if sum(name in _LONGER for name, _ in used) > 1:
        return True
    short = all(len(text) <= GROWTH for text in _TEXTS.findall(code))
    return not all(_is_plain(name, given, short=short) for name, given in used)


def _is_plain(name: str, given: str, *, short: bool) -> bool:
    """Whether a filter makes at most GROWTH times what it is given."""
    if name == "map":
        return bool(_BY_NAME.fullmatch(given))
    if name in ("join", "replace"):
        literal = {"join": ("", '("")'), "replace": ('("", "")', '("","")')}[name]
        return short and given in literal
    if name == "tojson":
        return not given
    if name in ("select", "reject", "selectattr", "rejectattr"):
        return not given or bool(_TEST_BY_NAME.fullmatch(given))
    return name in _PLAIN_FILTERS or name in _LONGER
