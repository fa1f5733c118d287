"""Which words of secrets stand in a text: what is quick to see before a pattern is tried."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal

from dataprep.sensitive.assignments import PASSWORDS, TOLD
from dataprep.sensitive.clauses import CLAUSES
from dataprep.sensitive.commands import COMMANDS
from dataprep.sensitive.literals import Literals
from dataprep.sensitive.match import SensitiveKind
from dataprep.sensitive.names import NAME_WORDS
from dataprep.sensitive.outright import IN_WORDS, OUTRIGHT
from dataprep.sensitive.personal import MAIL, PERSONAL
from dataprep.sensitive.pins import PINS
from dataprep.sensitive.replies import ANSWERED, ASKED
from dataprep.sensitive.secrets import PRIVATE_KEYS
from dataprep.sensitive.sentences import FROM_AFAR, SENTENCES
from dataprep.sensitive.structures import STRUCTURES
from dataprep.sensitive.tables import TITLE_WORDS
from dataprep.sensitive.tokens import PREFIXES, TOKENS

_DIGITS = 6
"""Digits that a text needs before it can hold a number of somebody's."""

_LONG = 20
"""Characters in a row that every token has, and few words of a language."""

_OF_WORDS = (
    *(
        kind
        for kind in (*PASSWORDS, *STRUCTURES, *OUTRIGHT, *IN_WORDS, *CLAUSES, *PINS)
        if kind.at != "names"
    ),
    *(kind for kind in SENTENCES[2:] if kind not in FROM_AFAR),
    *COMMANDS,
    PASSWORDS[2],
)
"""The kinds of passwords by their words, without those that have the words of another."""

PASSWORDS_TOO = (
    *TOLD,
    *PASSWORDS,
    *COMMANDS,
    *STRUCTURES,
    *SENTENCES,
    *OUTRIGHT,
    *IN_WORDS,
    *CLAUSES,
    *PINS,
    *ANSWERED,
    *ASKED,
)


_IN_MOST_LINES = frozenset(
    (
        *("pass", "key", "cred", "token", "auth", "user", "account", "username ", "recovery"),
        *(
            "://",
            ":\\/\\/",
            "https://",
            "--",
            "-u",
            "-p",
            "/p",
            "x-",
            "$2",
            "k10",
            "echo",
            "printf",
        ),
        *('value"', 'text"', 'val"', 'content"', 'input"', 'data"', 'string"', 'plaintext"'),
        *("('", '("', "(key", "(api", "(token", "isql", "pdo", "ftp", "connect", "backup"),
        *(
            "sess",
            "sid=",
            "sso",
            "wif",
            "priv",
            "compte ",
            "aws",
            "oracle",
            "seed",
            "chave",
            "signin",
        ),
        *('"u"', '"user"', '"username"', '"login"', "key ", "code du ", "code de l"),
    )
)
"""Words that lines without a secret have as often: what must stand beside them is looked for."""


@cache
def screened_words() -> tuple[str, ...]:
    """Words of passwords, in lower case: a line of raw JSON that has one must be read.

    Beyond ASCII they are there in either case and as escapes, too.
    """
    kinds = (*_OF_WORDS, *SENTENCES)
    words = {word for kind in kinds if kind not in FROM_AFAR for word in kind.words}
    words |= {*NAME_WORDS, *TITLE_WORDS}
    words = {word for word in words if word.lower() == word}
    words -= _IN_MOST_LINES
    words |= {"pass ", "pass?", 'pin"', "pin\\"}
    spelled = {form for word in words for form in (word, word.capitalize(), word.upper())}
    wide = {form for form in spelled if not form.isascii()}
    return tuple(sorted({*words, *wide, *(json.dumps(form)[1:-1] for form in wide)}))


def tokens_in(text: str) -> list[SensitiveKind]:
    """The kinds of tokens of which a word stands in a text."""
    if not text:
        return []
    literals, kinds = _token_words()
    found = {at for number in literals.numbers_in(text) for at in kinds[number]}
    return [TOKENS[at] for at in sorted(found)]


@cache
def _token_words() -> tuple[Literals, tuple[tuple[int, ...], ...]]:
    """The words of tokens, and of each the numbers of its kinds."""
    kinds: dict[str, list[int]] = {}
    for at, kind in enumerate(TOKENS):
        for word in kind.words:
            kinds.setdefault(word, []).append(at)
    return Literals(kinds), tuple(map(tuple, kinds.values()))


def has_prefix(text: str) -> bool:
    """Whether a literal stands in a text that begins a token, or is a part of one."""
    return _prefixes().any_in(text)


@cache
def _prefixes() -> Literals:
    return Literals(PREFIXES)


WordFamily = Literal["keys", "passwords"]


@cache
def words_of(family: WordFamily) -> tuple[Literals, Literals]:
    """The words of keys or of passwords, the lower-case ones first.

    A word in which another one stands need not be looked for.
    """
    kinds = _OF_WORDS if family == "passwords" else (*PRIVATE_KEYS, *TOLD)
    words = {word for kind in kinds for word in kind.words}
    low = {word for word in words if word.islower()}
    fewest = {w for w in low if low.isdisjoint(_parts(w) - {w})}
    others = [w for w in words - low if fewest.isdisjoint(_parts(w.lower()))]
    return Literals(fewest), Literals(others)


def _parts(word: str) -> set[str]:
    """Every text that stands in a word, itself too: fewer to look up than all words to try."""
    ends = range(1, len(word) + 1)
    return {word[start:end] for end in ends for start in range(end)}


def has_word(text: str, family: WordFamily) -> bool:
    """Whether a word of keys or of passwords stands in a text, lower-case ones in any case."""
    low, others = words_of(family)
    return low.any_in(text.lower()) or others.any_in(text)


def with_words(text: str, kinds: Iterable[SensitiveKind]) -> Iterator[SensitiveKind]:
    """The kinds of which a word stands in the text, or that have none."""
    lower = ""
    for kind in kinds:
        if not kind.words:
            yield kind
        for word in kind.words:
            if word.islower():
                lower = lower or text.lower()
            if word in (lower if word.islower() else text):
                yield kind
                break


def personal_kinds(text: str) -> tuple[SensitiveKind, ...]:
    """The kinds of personal data that a text can hold at all, by what is quick to see of it."""
    return PERSONAL if sum(map(text.count, "0123456789")) >= _DIGITS else MAIL


def is_short_word(text: str) -> bool:
    """Whether a text is letters of ASCII alone, fewer than any token has: nothing is in it."""
    return len(text) < _LONG and text.isalpha() and text.isascii()


def long_words(text: str) -> str:
    """The words of a text in which a token could stand."""
    return "\n".join([word for word in text.split() if len(word) >= _LONG])
