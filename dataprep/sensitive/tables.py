"""Secrets in the cells of a table, which the head of their column tells: CSV, TSV and Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dataprep.sensitive.chosen import chosen
from dataprep.sensitive.names import NAME_WORDS, names_password, names_secret
from dataprep.sensitive.proofs import password_like, token_like
from dataprep.sensitive.worded import worded

_HEADED = re.compile("|".join(NAME_WORDS), re.IGNORECASE)
_WORDS = (*(word for word in NAME_WORDS if word != "key"), "api")
_USERS = re.compile(
    r"(?i)user|login|account|benutzer|konto|mail|utilisateur|identifiant|usu[aá]rio"
)
"""Beside it, `pass` is a password, and no result of a test."""

_HEAD = re.compile(r"[\"'` *_]{0,4}([^\W\d][\w .#/()-]{0,40}?)?[\"'` *_]{0,4}")
_MARKS = (",", ";", "\t", "|")
_AROUND = " \"'`*\r"
_SHORTEST, _LEAST = 6, 8
"""Characters of a plain word, and of anything else."""

_LONGEST_HEAD = 500


def cells_in(text: str, lower: str) -> Iterator[tuple[int, int]]:
    """Where the cells begin and end that a head of a column tells for secrets.

    `lower` is the text in lower case.
    """
    if "\n" not in lower:
        return
    read = 0
    for at in sorted(at for word in _WORDS for at in _places(lower, word)):
        if at < read:
            continue
        start = text.rfind("\n", read, at) + 1 or read
        read = _after(text, at)
        head = _columns(text[start:read]) if read - start <= _LONGEST_HEAD else None
        while head is not None and read < len(text):
            end = _after(text, read + 1)
            line = text[read + 1 : end]
            cells = line.split(head[0])
            if len(cells) != head[1] or _columns(line) is not None:
                break
            yield from _cells(cells, read + 1, head[2])
            read = end


def _after(text: str, at: int) -> int:
    """Where the line ends in which a place is."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _places(lower: str, word: str) -> Iterator[int]:
    at = lower.find(word)
    while at >= 0:
        yield at
        at = lower.find(word, at + 1)


def _columns(line: str) -> tuple[str, int, dict[int, bool]] | None:
    """The mark, the number of columns and those of secrets, of a line that is a head of some."""
    if len(line) > _LONGEST_HEAD or _HEADED.search(line) is None:
        return None
    for mark in _MARKS:
        if mark not in line:
            continue
        cells = line.split(mark)
        if len(cells) < 2 or not all(map(_HEAD.fullmatch, cells)):
            continue
        names = [cell.strip(_AROUND) for cell in cells]
        found = {
            n: names_password(name)
            for n, name in enumerate(names)
            if len(name) <= 40
            and names_secret(name)
            and (name.lower() != "pass" or any(map(_USERS.search, names)))
        }
        if found:
            return mark, len(cells), found
    return None


def _cells(cells: list[str], at: int, secret: dict[int, bool]) -> Iterator[tuple[int, int]]:
    for number, cell in enumerate(cells):
        if number in secret:
            word = cell.strip(_AROUND)
            start = at + cell.index(word) if word else at
            if len(word) >= _SHORTEST and _tells(word[:400], secret[number]):
                yield start, start + len(word)
        at += len(cell) + 1


def _tells(word: str, password: bool) -> bool:
    if " " in word or len(word) < _LEAST:
        return password and worded(word, "quoted")
    if not password:
        return token_like(word)
    return password_like(word) or chosen(word) or worded(word, "quoted")
