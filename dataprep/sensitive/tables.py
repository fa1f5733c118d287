"""Secrets in the cells of a table, which the head of their column tells: CSV, TSV and Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dataprep.sensitive.assignments import names_secret
from dataprep.sensitive.proofs import password_like, token_like

_HEADED = re.compile(r"(?i)passw|passphrase|passcode|pwd|secret|token|credential|key")
_PASSWORD = re.compile(r"(?i)pass|pwd")
_HEAD = re.compile(r"[\"'` *_]{0,4}([^\W\d][\w .#/()-]{0,40}?)?[\"'` *_]{0,4}")
_MARKS = (",", ";", "\t", "|")
_AROUND = " \"'`*\r"
_LONGEST_HEAD = 500


def cells_in(text: str) -> Iterator[tuple[int, int]]:
    """Where the cells begin and end that a head of a column tells for secrets."""
    if _HEADED.search(text) is None:
        return
    columns: tuple[str, int, dict[int, bool]] | None = None
    at = 0
    for line in text.split("\n"):
        head = _columns(line)
        if head is not None:
            columns = head
        elif columns is not None:
            mark, number, secret = columns
            cells = line.split(mark)
            if len(cells) != number:
                columns = None
            else:
                yield from _cells(cells, at, secret)
        at += len(line) + 1


def _columns(line: str) -> tuple[str, int, dict[int, bool]] | None:
    """The mark, the number of columns and those of secrets, of a line that is a head of some."""
    if len(line) > _LONGEST_HEAD or _HEADED.search(line) is None:
        return None
    for mark in _MARKS:
        cells = line.split(mark)
        if len(cells) < 2 or not all(map(_HEAD.fullmatch, cells)):
            continue
        names = [cell.strip(_AROUND) for cell in cells]
        found = {
            n: _PASSWORD.search(name) is not None
            for n, name in enumerate(names)
            if len(name) <= 40 and names_secret(name)
        }
        if found:
            return mark, len(cells), found
    return None


def _cells(cells: list[str], at: int, secret: dict[int, bool]) -> Iterator[tuple[int, int]]:
    for number, cell in enumerate(cells):
        if number in secret:
            word = cell.strip(_AROUND)
            start = at + cell.index(word) if word else at
            proof = password_like if secret[number] else token_like
            if len(word) >= 8 and " " not in word and proof(word[:400]):
                yield start, start + len(word)
        at += len(cell) + 1
