"""Strict JSON in, canonical JSON out: nothing is lost, repaired or guessed on the way.

msgspec reads what is beyond doubt; the rest goes to the standard library's parser with hooks, and
what that refuses to `_explain`, which walks the tokens and names the exact line and column.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

import msgspec

from dataprep.finding import excerpt
from dataprep.patterns import LatePattern

MAX_DEPTH = 64
MAX_DIGITS = 4_000
_TOO_DEEP = f"nests deeper than {MAX_DEPTH} levels"

_SURROGATE_ESCAPE = LatePattern(r"\\u[dD][89abAB][0-9a-fA-F]{2}|\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_LONE_SURROGATE = LatePattern("[\ud800-\udfff]")
_PIECE = 1024 * 1024
_STRING = LatePattern(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
_BRACKET = LatePattern(r"[{}\[\]]")
_TOKEN = LatePattern(
    r'[ \t\r\n]*(?:(?P<string>"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*")'
    r"|(?P<punctuation>[{}\[\],:])"
    r"|(?P<other>[^\s{}\[\],:\"]+)|(?P<bad>.))",
    re.DOTALL,
)

Json = dict[str, Any]
"""An object of JSON."""


class JsonError(ValueError):
    """A text that is not JSON as we read it; `line` and `column` count from 1, in characters."""

    def __init__(self, code: str, message: str, line: int | None = None, column: int | None = None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line
        self.column = column


class _Refused(Exception):
    """Raised by the hooks: the text must be explained by the slow path."""


def _unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Refused
    return made


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Refused
    return number


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _Refused
    return int(text)


def _no_constant(_: str) -> NoReturn:
    raise _Refused


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique_pairs,
    parse_float=_finite,
    parse_int=_integer,
    parse_constant=_no_constant,
)


_DECODE = msgspec.json.Decoder().decode
_ENCODE = msgspec.json.Encoder().encode


def loads(raw: bytes) -> Any:
    """Read one JSON text strictly.

    Raises JsonError for what RFC 8259 forbids and for what readers disagree about: duplicate
    keys (J003), NaN, infinities and numbers that overflow a double (J004), a byte order mark
    (J006), lone surrogates (J007), nesting beyond 64 levels (J008) and bytes that are not
    UTF-8 (J002).
    """
    if raw.startswith(b"\xef\xbb\xbf"):
        raise JsonError("J006", "starts with a byte order mark", 1, 1)
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH:
        _check_depth(decode(raw))
    try:
        value = _DECODE(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _loads(decode(raw))
    # A key that was given twice leaves two quotation marks behind, which only an escaped
    # quotation mark could make up for.
    if (
        b"\\u0022" in raw
        or raw.count(b'"') != _ENCODE(value).count(b'"')
        or _may_hold_too_many_digits(raw)
    ):
        return _loads(decode(raw))
    return value


def _may_hold_too_many_digits(raw: bytes) -> bool:
    """Whether a piece of half MAX_DIGITS is all digits; a longer number holds such a piece."""
    half = MAX_DIGITS // 2
    return len(raw) > MAX_DIGITS and any(
        raw[at : at + half].isdigit() for at in range(0, len(raw), half)
    )


def _loads(text: str) -> Any:
    """The same by the standard library's parser, which knows all that can be wrong."""
    try:
        value = _DECODER.decode(text)
    except (_Refused, RecursionError, ValueError):
        raise _explain(text) from None
    if _SURROGATE_ESCAPE.search(text) and _LONE_SURROGATE.search(
        json.dumps(value, ensure_ascii=False)
    ):
        raise _explain(text)
    return value


def decode(raw: bytes) -> str:
    """UTF-8 bytes to text; raises JsonError J002 with line and column of the first bad byte."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        line, column = _position(before, len(before))
        raise JsonError(
            "J002", f"byte 0x{raw[error.start]:02x} is not UTF-8", line, column
        ) from None


def copied(value: Any) -> Any:
    """The value with lists and objects of its own, for a JSON value much quicker than deepcopy."""
    if isinstance(value, dict):
        return {
            key: copied(inner) if isinstance(inner, dict | list) else inner
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [copied(inner) if isinstance(inner, dict | list) else inner for inner in value]
    return value


def dumps(value: Any) -> bytes:
    """One JSON text, UTF-8, compact, keys in their given order. Refuses NaN (ValueError)."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def encoded(value: Any) -> bytes:
    """Any spelling of a value, quickly: to look for something in it, and to see how long it is."""
    return _ENCODE(value)


def canonical(value: Any) -> bytes:
    """The one spelling of a value: UTF-8, compact, keys sorted. For hashes and comparisons.

    The value comes from `loads` or a typed decoder, so NaN and lone surrogates cannot occur.
    """
    return msgspec.json.encode(value, order="sorted")


def _position(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def _check_depth(text: str) -> None:
    """Refuse what nests too deep, so that no parser recurses without end."""
    depth = 0
    bare = _STRING.sub("", text)
    for at in range(0, len(bare), _PIECE):
        for bracket in _BRACKET.findall(bare, at, at + _PIECE):
            depth += 1 if bracket in "{[" else -1
            if depth > MAX_DEPTH:
                raise JsonError("J008", _TOO_DEEP, *_position(text, _too_deep_at(text)))


def _too_deep_at(text: str) -> int:
    """The offset of the first bracket beyond the deepest level, or of what is no JSON before."""
    depth = 0
    for token in _tokens(text):
        if token.lastgroup == "bad":
            return token.start("bad")
        if (mark := token["punctuation"]) in ("{", "["):
            depth += 1
            if depth > MAX_DEPTH:
                return token.start("punctuation")
        elif mark in ("}", "]"):
            depth -= 1
    return 0


def _tokens(text: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(text) and (match := _TOKEN.match(text, at)):
        yield match
        at = match.end()


def _explain(text: str) -> JsonError:
    """The first thing wrong with a refused text, with its line and column."""
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        words = error.msg.removesuffix(" at").removesuffix(" starting")
        return JsonError("J001", words[0].lower() + words[1:], error.lineno, error.colno)
    except RecursionError:
        return JsonError("J008", _TOO_DEEP, 1, 1)
    code, message, at = _first_refused(text)
    return JsonError(code, message, *_position(text, at))


def _first_refused(text: str) -> tuple[str, str, int]:
    """Code, message and offset of the first token that is JSON, or nearly, and refused."""
    scopes: list[set[str] | None] = []
    before = None
    for token, following in _with_next(_tokens(text)):
        kind = token.lastgroup or "bad"
        mark = token[kind]
        at = token.start(kind)
        if kind == "punctuation":
            _follow(scopes, mark)
        elif kind == "string":
            if _LONE_SURROGATE.search(plain := json.loads(mark)):
                return "J007", "holds half of a surrogate pair, which no UTF-8 file can", at
            is_key = following == ":" and before in ("{", ",")
            if is_key and scopes and (keys := scopes[-1]) is not None:
                if plain in keys:
                    return "J003", f"the key {excerpt(mark)} stands twice in one object", at
                keys.add(plain)
        elif problem := _number_problem(mark):
            return "J004", f"{excerpt(mark, 20)} {problem}", at
        before = mark if kind == "punctuation" else None
    return "J001", "is not valid JSON", 0


def _with_next(tokens: Iterable[re.Match[str]]) -> Iterator[tuple[re.Match[str], str | None]]:
    """Each token with the punctuation that follows it."""
    held: re.Match[str] | None = None
    for token in tokens:
        if held is not None:
            yield held, token["punctuation"]
        held = token
    if held is not None:
        yield held, None


def _follow(scopes: list[set[str] | None], mark: str) -> None:
    """Open and close the scopes of keys; arrays hold none."""
    if mark in "{[":
        scopes.append(set() if mark == "{" else None)
    elif mark in "}]" and scopes:
        scopes.pop()


def _number_problem(mark: str) -> str:
    """What keeps a number, or a constant that is none, from being read; empty when it is fine."""
    if mark in ("true", "false", "null"):
        return ""
    if mark.lstrip("-").isdigit():
        return f"has more than {MAX_DIGITS:,} digits" if len(mark) > MAX_DIGITS else ""
    return "" if math.isfinite(float(mark)) else "is not a finite number"
