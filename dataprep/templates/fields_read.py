"""Which fields a template reads, and which of them may be absent; told without running it."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

import minijinja

from dataprep.patterns import LatePattern
from dataprep.templates import growth
from dataprep.templates.code import bare, codes, codes_and_tags

FieldPath = tuple[str, ...]
"""A field, or one inside of another: `data.title` is ("data", "title")."""

_OPTIONAL = LatePattern(
    r"""(?:\[\s*["']([^"']*)["']\s*\]|(?<!\w)([A-Za-z_]\w*+))\s*+(?:\|\s*d(?:efault)?\b|is\s+(?:not\s+)?defined)"""
)
_KEY = LatePattern(r"""\[\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*\]""")
_PIPED = LatePattern(r"(?<![\w.\"'\]])([A-Za-z_]\w*+(?:\.[A-Za-z_]\w*+)*+)\s*+\|")
_ASKS = LatePattern(r"\b(?:if|for|and|or)\b")
_WORD = LatePattern(r"(?<![\w.])([A-Za-z_]\w*)")
_TRUTH = LatePattern(
    r"\b(?:if|elif|and|or|not)\s+([A-Za-z_]\w*+)\s*+(?=$|[-)]|and\b|or\b|else\b)"
    r"|(?<![\w.])([A-Za-z_]\w*+)\s+(?:or|and)\b"
)
_TAG = LatePattern(r"[-+]?\s*(if|elif|else|endif)\b")
_METHODS = frozenset(dir(dict))


@functools.lru_cache(maxsize=256)
def paths_read(source: str) -> frozenset[FieldPath]:
    """The fields that a template reads, as deep as it names them; none for one that is very long.

    A method of a field is none.
    """
    if not growth.is_short(source):
        return frozenset()
    spelled, keys = _with_words(source)
    try:
        found = minijinja.Environment().undeclared_variables_in_str(spelled, True)
    except (minijinja.TemplateError, UnicodeEncodeError):
        return frozenset()
    return frozenset(tuple(keys.get(part, part) for part in path.split(".")) for path in found)


def first_missing(fields: Mapping[str, Any], path: FieldPath) -> FieldPath | None:
    """The outermost part of a path that is not among the fields; None where nothing is missing.

    What is inside of a text or a list is not looked at, and a method of an object is no field.
    """
    held: Any = fields
    for depth, name in enumerate(path):
        if not isinstance(held, Mapping):
            return path[: depth + 1] if held is None else None
        if name not in held:
            return None if depth and name in _METHODS else path[: depth + 1]
        held = held[name]
    return None


def piped(source: str, names: frozenset[str]) -> frozenset[FieldPath]:
    """The fields that a filter takes whatever the others are: it would take a missing one for null.

    None where the template asks for something first, since it may not come to the filter.
    """
    if _ASKS.search(source):
        return frozenset()
    optional = optional_names(source)
    spelled, keys = _with_words(source)
    paths = (found[1].split(".") for code in codes(spelled) for found in _PIPED.finditer(code))
    told = (tuple(keys.get(part, part) for part in path) for path in paths)
    return frozenset(path for path in told if path[0] in names and path[-1] not in optional)


@functools.lru_cache(maxsize=256)
def optional_names(source: str) -> frozenset[str]:
    """The names that a template reads only where they are there: by `default`, or a test for it."""
    return frozenset(found[1] or found[2] for found in _OPTIONAL.finditer(source))


@functools.lru_cache(maxsize=256)
def asked_names(source: str) -> frozenset[str]:
    """The names whose truth is asked for, and that are read nowhere else than behind that."""
    asked: set[str] = set()
    demanded: set[str] = set()
    around: list[frozenset[str]] = []
    for code, is_tag in codes_and_tags(source):
        plain = bare(code)
        here = frozenset(found[1] or found[2] for found in _TRUTH.finditer(plain.strip(" -+")))
        tag = _TAG.match(plain) if is_tag else None
        asked |= here
        if tag and tag[1] != "if" and around:
            around.pop()
        demanded |= set(_WORD.findall(plain)) - here - frozenset().union(*around)
        if tag and tag[1] != "endif":
            around.append(here)
    return frozenset(asked - demanded)


def _with_words(source: str) -> tuple[str, dict[str, str]]:
    """The template with `.key` for `["key"]`, and what the words stand for that it has not had."""
    keys: dict[str, str] = {}

    def word(found: re.Match[str]) -> str:
        name = found[1] if found[1] is not None else found[2]
        if name.isidentifier() and name.isascii():
            return f".{name}"
        stand_in = f"key_{len(keys)}_of_a_template"
        keys[stand_in] = name
        return f".{stand_in}"

    return _KEY.sub(word, source), keys
