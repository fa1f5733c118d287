"""Secrets in the cells of a table, which the head of their column tells: CSV, TSV, Markdown, HTML
and what clients of databases draw."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Literal

from dataprep.patterns import LatePattern
from dataprep.sensitive.chosen import chosen
from dataprep.sensitive.names import NAME_WORDS, names_password, names_secret
from dataprep.sensitive.pins import names_pin
from dataprep.sensitive.proofs import no_counting, password_like, token_like
from dataprep.sensitive.worded import worded

_HEADED = LatePattern("|".join((*NAME_WORDS, "pin", "code")), re.IGNORECASE)
HEAD_WORDS = frozenset(NAME_WORDS) - {"key"} | {"api", "pin", " code"}
"""Of which one stands in every head of a column of secrets."""

_USERS = LatePattern(
    r"(?i)user|login|account|benutzer|konto|mail|utilisateur|identifiant|usu[aá]rio"
)
"""Beside it, `pass` is a password, and no result of a test."""

_HEAD = LatePattern(r"[\"'` *_]{0,4}([^\W\d][\w .#/()-]{0,40}?)?[\"'` *_]{0,4}")
_PIN = LatePattern(r"\d{4,8}")
SecretColumn = Literal["password", "pin", "key"]
"""What the head of a column says of its cells."""

_MARKS = (",", ";", "\t", "|")
_AROUND = " \"'`*\r"
_SHORTEST, _LEAST = 6, 8
"""Characters of a plain word, and of anything else."""

_LONGEST_HEAD = 500
_RULE = LatePattern(r"[-+|=: \t]{3,500}\r?")
"""A line that is drawn between the head and the rows: `---+----`."""

_ROW = LatePattern(r"(?i)<tr\b")
_TAGGED = LatePattern(r"(?i)<t[hd]\b[^<>]{0,200}>\s{0,40}(?:<(?:b|code|strong)>)?([^<>]{0,200})<")


def cells_in(text: str, heads: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where the cells begin and end that a head of a column tells for secrets.

    `heads` are the places of HEAD_WORDS, in their order.
    """
    read = 0
    for at in heads:
        if at < read:
            continue
        start = text.rfind("\n", read, at) + 1 or read
        read = _after(text, at)
        head = _columns(text[start:read]) if read - start <= _LONGEST_HEAD else None
        while head is not None and read < len(text):
            end = _after(text, read + 1)
            line = text[read + 1 : end]
            cells = line.split(head[0])
            if _RULE.fullmatch(line) and len(cells) != head[1]:
                read = end
                continue
            if len(cells) != head[1] or _columns(line) is not None:
                break
            yield from _cells(cells, read + 1, head[2])
            read = end


def _after(text: str, at: int) -> int:
    """Where the line ends in which a place is."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _columns(line: str) -> tuple[str, int, dict[int, SecretColumn]] | None:
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
        if mark != "|" and sum(map(bool, names)) < 2:
            continue
        if found := _secret_columns(names):
            return mark, len(cells), found
    return None


def _secret_columns(names: list[str]) -> dict[int, SecretColumn]:
    """The numbers of the columns of secrets, and of what they are."""
    return {
        n: "pin" if names_pin(name) else "password" if names_password(name) else "key"
        for n, name in enumerate(names)
        if len(name) <= 40
        and (names_secret(name) or names_pin(name))
        and (name.lower() != "pass" or any(map(_USERS.search, names)))
    }


TITLE_WORDS = frozenset(
    ("pass", "kennwört", "contraseña", "senha", "wachtwoord", "hasła", "lösenord")
)
"""Of which one stands in every title of a list of passwords."""

_TITLE = LatePattern(
    r"(?im)^[#*_ \t]{0,6}(?:passwords?|passwörter|kennwörter|passcodes|contraseñas|mots de passe"
    r"|senhas"
    r"|wachtwoorden|hasła|lösenord|passordene|logins and passwords)[*_ \t]{0,4}:?[*_ \t]{0,4}\r?\n"
    r"(?:[=-]{3,80}\r?\n)?"
)
_ITEM = LatePattern(
    r"[ \t]{0,8}[-*•] [^:\n]{1,60}(?::| -| =)[*_]{0,2} {1,4}[`\"']?"
    r"(?P<it>[^\s`\"'][^\n`\"']{0,80})[`\"']?"
)


def listed_cells(text: str) -> Iterator[tuple[int, int]]:
    """The values of a list under a title that says that they are passwords."""
    for title in _TITLE.finditer(text):
        at = title.end()
        while item := _ITEM.match(text, at):
            word = item["it"].strip()
            if _tells(word, "password"):
                yield item.start("it"), item.start("it") + len(word)
            at = _after(text, at) + 1


def tagged_cells(text: str) -> Iterator[tuple[int, int]]:
    """Those of tables of HTML, whose rows are read once each."""
    starts = [found.start() for found in _ROW.finditer(text)]
    secret: dict[int, SecretColumn] = {}
    columns = 0
    for start, end in pairwise((*starts, len(text))):
        cells = [*_TAGGED.finditer(text, start, end)]
        names = [cell[1].strip().rstrip(":") for cell in cells]
        if head := _secret_columns(names) if len(cells) > 1 else {}:
            secret, columns = head, len(cells)
        elif len(cells) != columns:
            secret = {}
        for number, column in secret.items() if not head else ():
            word = cells[number][1].strip()
            at = cells[number].start(1) + cells[number][1].find(word)
            if _tells(word[:400], column):
                yield at, at + len(word)


def _cells(cells: list[str], at: int, secret: dict[int, SecretColumn]) -> Iterator[tuple[int, int]]:
    for number, cell in enumerate(cells):
        if number in secret:
            word = cell.strip(_AROUND)
            start = at + cell.index(word) if word else at
            if _tells(word[:400], secret[number]):
                yield start, start + len(word)
        at += len(cell) + 1


def _tells(word: str, column: SecretColumn) -> bool:
    if column == "pin":
        return _PIN.fullmatch(word) is not None and no_counting(word)
    if " " in word or len(word) < _LEAST:
        return len(word) >= _SHORTEST and column == "password" and worded(word, "quoted")
    if column == "key":
        return token_like(word)
    return password_like(word) or chosen(word) or worded(word, "quoted")
