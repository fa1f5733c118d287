"""What is wrong with a whole file by its cause, and with a line: found, and read all the same.

Each cause has a safe fix, by which the row is read. check reports the cause as the rule says;
convert reads on, and says so.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Container, Iterator
from typing import NamedTuple

import msgspec

from dataprep import jsonio
from dataprep.finding import Finding, Place, Severity
from dataprep.patterns import LatePattern
from dataprep.rules import found

_READ = "It was read all the same; to mend the file: dataprep check FILE --fix"
_BLANK = b" \t\r\n"
_PYTHON = LatePattern(
    r"'(?:[^'\\\n]|\\.)*+'"
    r'|"(?:[^"\\\n]|\\.)*+"'
    r"|(?<![\w.])(?:None|True|False)(?![\w.])"
)
_REPR = LatePattern(
    r"""(['"])(?:[^\\\n]|\\(?:[\\'"nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}))*+"""
)
"""A string with the escapes that Python's repr writes, and no others."""

_WORDS = {"None": "null", "True": "true", "False": "false"}
_KEY = LatePattern(rb'[ \t\r\n]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[ \t\r\n]*+:|\{)', re.DOTALL)
_SAID = {
    "J014": ("is a Python dict, not JSON", "are Python dicts, not JSON"),
    "J015": ("ends with a comma", "end with a comma"),
    "J016": ("lacks a comma between two keys", "lack a comma between two keys"),
}
"""What is said of one row, and of several, by rule."""


class Cause(msgspec.Struct, frozen=True):
    """Why the rows of a file cannot be read as they stand; they were read by the safe fix."""

    finding: Finding

    @property
    def note(self) -> Finding:
        """The same for whoever reads on: no error, and what happened."""
        return msgspec.structs.replace(self.finding, severity=Severity.INFO, remedy=_READ)


def cause(code: str, message: str, name: str, line: int | None = None, remedy: str = "") -> Cause:
    """The cause of that code, at the first line that it concerns."""
    return Cause(found(code, message, Place(file=name, line=line), remedy=remedy))


class MendedRow(NamedTuple):
    """A row that became JSON: by the fix of which rule, and its text."""

    code: str
    text: bytes


def mend_row(raw: bytes) -> MendedRow | None:
    """The JSON text that a row was meant to be; None where no cause explains it.

    What is given back may still break a rule (a key twice), but it is JSON.
    """
    text = raw.strip(_BLANK)
    bare = text.removesuffix(b",").rstrip(_BLANK)
    if bare != text and _is_json(bare):
        return MendedRow("J015", bare)
    if (spelled := json_of_python(bare)) is not None and _is_json(spelled):
        return MendedRow("J014", spelled)
    if (joined := with_comma(bare)) is not None:
        return MendedRow("J016", joined)
    return None


def _is_json(text: bytes) -> bool:
    """Whether a text is one JSON object by its grammar, whatever else is wrong with it."""
    if not text.startswith(b"{"):
        return False
    try:
        return isinstance(jsonio.loads(text), dict)
    except jsonio.JsonError as error:
        return error.code not in ("J001", "J002")


def json_of_python(text: bytes) -> bytes | None:
    """A Python literal in JSON's words: its strings, None, True and False; None where none is.

    Everything else stays as it is, so that a strict reader refuses what has no counterpart.
    """
    try:
        python = text.decode()
        spelled = _PYTHON.sub(_in_json, python)
    except (UnicodeDecodeError, ValueError, SyntaxError):
        return None
    return spelled.encode() if spelled != python else None


def _in_json(match: re.Match[str]) -> str:
    token = match[0]
    if token in _WORDS:
        return _WORDS[token]
    if not _REPR.fullmatch(token):
        if token.startswith('"'):
            return token  # a string of JSON, or nothing that is known
        raise ValueError("no string that Python's repr writes")
    return json.dumps(ast.literal_eval(token), ensure_ascii="\\" in token)


def with_comma(text: bytes) -> bytes | None:
    """The text with the one comma that it lacks between two keys, or two objects of a list.

    None where one comma there does not make it valid.
    """
    try:
        jsonio.loads(text)
    except jsonio.JsonError as error:
        if error.code != "J001" or error.message != "expecting ',' delimiter":
            return None
        at = byte_of(text, error)
    else:
        return None
    before = text[:at].rstrip(_BLANK)
    if not _KEY.match(text, len(before)):
        return None
    joined = b"".join((before, b",", text[len(before) :]))
    return joined if _is_json(joined) else None


def byte_of(text: bytes, error: jsonio.JsonError) -> int:
    """The byte of a text that an error is about."""
    start = 0
    for _ in range((error.line or 1) - 1):
        start = text.find(b"\n", start) + 1
    end = text.find(b"\n", start)
    line = text[start : end if end >= 0 else len(text)]
    ahead = line.decode("utf-8", "replace")[: (error.column or 1) - 1]
    return start + len(ahead.encode("utf-8", "replace"))


class RowCauses:
    """Counts the rows of one file that were read by a fix, by its rule.

    A row may come twice, as the first rows do, of which the format is told; it counts once.
    """

    def __init__(self, name: str, mended: Container[str], noun: str = "line") -> None:
        """`mended` are the rules by whose fixes rows are read; `noun` is what a row stands on."""
        self._name, self._mended, self._noun = name, mended, noun
        self._rows: dict[str, int] = {}
        self._first: dict[str, int] = {}
        self._last = -1

    def mend(self, raw: bytes, number: int, place: Place) -> MendedRow | Finding | None:
        """What a row was meant to be; a finding where its cause is known, and it is not read so.

        `number` counts the rows of the file; they come in ascending order.
        """
        made = mend_row(raw)
        if made is None:
            return None
        if made.code not in self._mended:
            return found(made.code, _SAID[made.code][0], place)
        if number > self._last:
            self._last = number
            self._first.setdefault(made.code, place.line or 1)
            self._rows[made.code] = self._rows.get(made.code, 0) + 1
        return made

    def causes(self) -> Iterator[Cause]:
        """One cause a rule, with the number of its rows."""
        for code, number in sorted(self._rows.items()):
            one, several = _SAID[code]
            words = (
                f"1 {self._noun} {one}" if number == 1 else f"{number:,} {self._noun}s {several}"
            )
            yield cause(code, words, self._name, self._first[code])
