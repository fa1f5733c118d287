"""Family C, 5xx: what a text is like, whoever says it: damage, left-overs, boilerplate."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

from dataprep.checks.context import Context
from dataprep.finding import Fault, excerpt, extra_missing
from dataprep.patterns import LatePattern

CODES = ("C501", "C502", "C503", "C504", "C506", "C507", "C508", "C509", "C510")

_FOLLOWS = "\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_MISREAD = rf"[\u00c2-\u00f4][{_FOLLOWS}]"
"""A letter and a sign that are the two bytes of one character, read as cp1252 or Latin-1."""

_CONTROL = "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202d\u202e]"
"""C0 and C1 controls but tab, newline, return and NEL; and the overrides of direction."""

_TAGS = "div|span|p|br|font|table|tr|td|th|ul|ol|li|a|b|i|strong|em|img|script|style|h[1-6]|center"
_HTML = (
    rf"</?(?:{_TAGS})(?:\s[^<>]{{0,300}}+)?+\s*+/?>"
    r"|&(?:nbsp|amp|quot|lt|gt|apos|rsquo|lsquo|rdquo|ldquo|ndash|mdash|hellip|#\d{2,5}|#x[0-9a-fA-F]{2,5});"
)
_ABOUT_HTML = LatePattern(
    r"```|\bhtml|\bxml|<!doctype|\bcss\b|\bjsx\b|react|\btags?\b|web ?page", re.I
)
_BOILERPLATE = (
    r"(?i:as an? (?:ai|artificial intelligence|large language model|language model)\b"
    r"|i(?:'|’|\\u2019)?a?m (?:just |only )?an? (?:ai|large|language model)\b"
    r"|i(?:'|’|\\u2019| a)m (?:very |so )?sorry,? but i "
    r"(?:can(?:'|’|\\u2019)t|cannot|can not|am (?:not able|unable))"
    r"|i (?:cannot|can(?:'|’|\\u2019)t|am unable to|am not able to) "
    r"(?:assist|help|fulfil|fulfill|comply|provide|answer|engage|generate|create))"
)
_BLANKS = (
    r"\{\{ ?[A-Za-z_][A-Za-z0-9_. ]{1,40} ?\}\}"
    r"|[\[<](?:INSERT|YOUR|ENTER|ADD|FILL)[ _][A-Z][A-Za-z0-9_ ]{0,40}[\]>]"
    r"|\[(?:Insert|Your|Enter) [A-Za-z ]{1,40}\]|[\[<](?:NAME|COMPANY|ADDRESS|TODO)[\]>]"
    r"|(?i:lorem ipsum dolor)"
)
_SPECIAL = (
    r"<\|[a-z_]{2,30}(?:\|[a-z]{2})?\|>|</s>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>"
    r"|\[/?AVAILABLE_TOOLS\]|\[TOOL_CALLS\]|<extra_id_\d{1,2}>"
)
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u206f\u2800\u3164\ufeff"
)

HINTS = (
    "\ufffd",
    r"\\u[fF]{3}[dD]",
    _MISREAD,
    r"\\u00[c-fC-F][0-9a-fA-F]\\u(?:00[89abAB]|20[1-3a]|0[12][569cC]|2122|20[aA][cC])",
    "[\u007f-\u009f\u202d\u202e]",
    r"\\u202[dDeE]|\\[bf]|\\u00(?:0[0-8bBcCeEfF]|[189])",
    r"</?(?:[a-z]|\|)|<\\/|<<|<[A-Z]",
    r"&(?:[a-z]{2,6}|#)",
    _BOILERPLATE,
    r"\{\{|\[/?[A-Z]{3}|\[(?:Insert|Your|Enter) |(?i:lorem ipsum)",
    rf"[{_INVISIBLE}]",
    r"\\u(?:200[b-fB-F]|20[67]|2800|3164|[fF][eE][fF][fF]|00[aA][dD]|034[fF]|061[cC]|1[178])",
)
HINT = "|".join(HINTS)
"""A pattern of the raw JSON of a line, for `re` and Polars; a line without it has no C50x fault.

Escaped printable ASCII is a hint as well, and the caller's to see.
"""


_replaced, _misread, _controls = map(LatePattern, ("\ufffd", _MISREAD, _CONTROL))
_html, _boilerplate, _blank, _special = map(
    LatePattern,
    (
        _HTML,
        rf"\A\W{{0,3}}(?:[^.!?\n]{{0,40}}[,.!] )?({_BOILERPLATE})",
        _BLANKS,
        _SPECIAL,
    ),
)


def quality_faults(path: str, text: str, context: Context) -> Iterator[Fault]:
    """Everything that a text alone shows, one fault for each rule, at its first place."""
    if found := _replaced.search(text):
        number = text.count("\ufffd")
        yield _at(
            "C501", path, found, f"{number} replacement character{'s'[: number != 1]} (U+FFFD)"
        )
    if found := _mojibake(text):
        yield _at(
            "C502", path, found, f"{excerpt(found[0])!r}, which is UTF-8 read as another encoding"
        )
    if (
        (found := _boilerplate.search(text))
        and "reject" not in path
        and "non_preferred" not in path
    ):
        yield _at("C503", path, found, f"the boilerplate {excerpt(found[1])!r}")
    if (found := _html.search(text)) and not _ABOUT_HTML.search(text):
        yield _at("C504", path, found, f"the HTML {excerpt(found[0].split()[0])!r}")
    if found := _controls.search(text):
        yield _at("C506", path, found, f"the control character U+{ord(found[0]):04X}")
    if found := _blank.search(text):
        yield _at("C507", path, found, f"{excerpt(found[0])!r}, which nobody filled in")
    if found := _special.search(text):
        yield _at("C508", path, found, f"{excerpt(found[0])!r}, a mark of a chat template")
    yield from invisible_faults(path, text)
    if context.language is not None:
        yield from _language_faults(path, text, context.language)


def begins_to_be_seen(text: str) -> bool:
    """Whether the first character of a text is one that everybody sees."""
    first = text[:1]
    return "!" <= first <= "~" or (first.isalnum() and first not in _FILLERS)


def invisible_faults(path: str, text: str) -> Iterator[Fault]:
    """C509, which is an error."""
    if text and not begins_to_be_seen(text) and not text.isspace() and _unseen(text):
        yield Fault("C509", path, f"{path or 'the text'} has only invisible characters")


def _at(code: str, path: str, found: re.Match[str], what: str) -> Fault:
    return Fault(code, path, f"{path or 'the text'} holds {what} at character {found.start():,}")


def _mojibake(text: str) -> re.Match[str] | None:
    """The first misread character, where ftfy's heuristic agrees that the text is damaged."""
    found = _misread.search(text)
    if found is None:
        return None
    from ftfy import fix_encoding

    return found if fix_encoding(text) != text else None


def _unseen(text: str) -> bool:
    """Whether nothing of a text can be seen: spaces, formats and fillers only."""
    return all(c.isspace() or c in _FILLERS or unicodedata.category(c) == "Cf" for c in text)


_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164"

FLOOR = 40
"""Letters that a text needs before its language is judged: shorter ones are guessed at random."""

SURE = 0.95
"""How sure the identifier must be that it is the other language."""


def _language_faults(path: str, text: str, expected: str) -> Iterator[Fault]:
    letters = sum(map(str.isalpha, text))
    if letters < FLOOR or letters < len(text) / 2 or _ABOUT_HTML.search(text):
        return
    language, probability = _identifier().classify(text)
    if language != expected and probability >= SURE:
        yield Fault("C510", path, f"{path or 'the text'} is in {language!r}, not {expected!r}")


@cache
def _identifier() -> Any:
    """py3langid with probabilities; it is loaded once, in 0.2 s, and only where it is asked for."""
    try:
        from py3langid.langid import (  # type: ignore[import-untyped]
            MODEL_FILE,
            LanguageIdentifier,
        )
    except ImportError:
        raise extra_missing("language", "py3langid") from None
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
