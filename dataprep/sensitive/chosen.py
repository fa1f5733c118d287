"""Passwords that people choose: words with marks and numbers, told by how strong their context is.

What an outright context names (`password=`, `the password is`) is one as soon as it has a word
that no name of the field has; what only stands beside the word needs letters of both cases, too.
"""

from __future__ import annotations

from dataprep.patterns import LatePattern
from dataprep.sensitive.proofs import composed, names_itself, random_looking, refers, unspoken
from dataprep.sensitive.vocabulary import without_accents, words_of_people

_WORDS = LatePattern(r"[A-Za-z0-9]{1,24}(?:[-_.+][A-Za-z0-9]{1,24}){1,6}[!?*#]{0,2}\Z")
_ONE = LatePattern(r"[A-Za-z0-9]{6,40}[!?*#]{0,2}\Z")
"""Words without a mark, or with a digit for a letter: `CleverOtter36`, `Gl0ckenturm`."""

_LONG_WORD = 4
"""Letters of the word that makes a password of one without a mark."""

_CAPITALS = LatePattern(r"(?:[A-Z][a-z]{2,24}[-_.+]){1,4}[A-Z][a-z]{2,24}[!?*#]{0,2}\Z")
_BOTH_CASES = LatePattern(r"(?=[^a-z]{0,60}[a-z])(?=[^A-Z]{0,60}[A-Z])")
_LOUD = LatePattern(
    r"(?=[A-Z]{0,20}[AEIOUY][^AEIOUY\d]{1,20}[AEIOUY])[A-Z]{6,20}\d{1,6}[!?*#]{0,2}\Z"
)
"""A word in capital letters with a number: `GRANDPA1958`."""

_LETTERS = LatePattern(r"[A-Za-z]{12,64}\Z")

_OF_NAMES = LatePattern(
    r"(?:\A|[-_.+])(?:[A-Z]{2,}\d{0,4}|v?\d{1,3}(?:[bBkKmM]|bit)|[a-z]{1,2}\d{1,3})(?:[-_.+]|\Z)"
    r"|sha\d|base64|\d\.\d|encod|bcrypt|argon"
)
"""Parts that names of methods, models and versions have: `PBKDF2-SHA512`, `Qwen2.5-Coder-32B`."""

_PATH = LatePattern(r"\A[A-Za-z_]\w{0,60}(?:\.[A-Za-z_]\w{0,60}){1,8}\Z")
_OF_PLACES = LatePattern(r"(?i)\.[a-z]{2,5}\Z|pass|pwd?|secret|key|cred|token")
"""What a path of attributes, a file or an address has that is no password."""

_DATE = LatePattern(r"\d{1,2}[-.](?:[A-Z][a-z]{2,8})[-.]\d{2,4}\Z|\d{4}-\d\d-\d\d")
_SPELLED = LatePattern(r"[A-Z]?[a-z]{2,}")
_TURNS = LatePattern(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[a-z])")


def chosen(secret: str) -> bool:
    """What an outright context tells for one: `winterhude_44`, `churros.con7`, `Tr0mbone-Lake`.

    Names of the field, attributes, files and addresses are none: `user-input-2`,
    `config.db_password2`.
    """
    plain = without_accents(secret.rstrip(",;:.)"))
    if not random_looking(plain) or names_itself(plain):
        return False
    return composed(plain) or scrambled(plain) or _of_people(plain)


def likely_chosen(secret: str) -> bool:
    """What the word `password` beside it tells for one: letters of both cases and a number."""
    plain = without_accents(secret.rstrip(",;:.)"))
    return composed(plain) or (
        _BOTH_CASES.match(plain) is not None and _of_people(plain) and any(map(str.isdigit, plain))
    )


def scrambled(secret: str) -> bool:
    """Twelve letters or more that no word spells: `jimjMhPtPMzBAOCEprGh`."""
    return (
        _LETTERS.match(secret) is not None
        and random_looking(secret)
        and (unspoken(secret) >= 2 or len(_TURNS.findall(secret)) >= 6)
        and len(words_of_people(secret)) >= 1
    )


def _of_people(plain: str) -> bool:
    """Whether words make it that a person chose, with a number or a capital each."""
    digits = any(map(str.isdigit, plain))
    shape = (_WORDS.match(plain) or _ONE.match(plain)) if digits else _CAPITALS.match(plain)
    if shape is None or _DATE.match(plain):
        return False
    if _OF_NAMES.search(plain) and not _LOUD.match(plain):
        return False
    words = words_of_people(plain)
    if shape.re is _ONE.compiled:
        words = [word for word in words if len(word) >= _LONG_WORD]
    if not digits and len(words) < len(_SPELLED.findall(plain)):
        return False
    return bool(words) and not _refers_elsewhere(plain) and not names_itself(plain)


def _refers_elsewhere(plain: str) -> bool:
    """Whether it stands for a value, as a path does that has a word of the field."""
    if not _PATH.match(plain):
        return refers(plain)
    first, *_, last = plain.split(".")
    if last[0].isupper() and any(map(str.isdigit, last)):
        return bool(_OF_PLACES.search(plain)) or not words_of_people(first)
    words = [word for word in _SPELLED.findall(plain) if len(word) > 2]
    return _OF_PLACES.search(plain) is not None or len(words_of_people(plain)) < len(words)
