"""Passwords of plain words: one alone (`bumblebee`), or several with blanks (`green eggs and ham`).

Nothing in such a word says that it is one. What does is the place: a value that is set for a name
of a password is one, unless it is a word of the field, a placeholder, a state (`forgotten`) or
what a form or a manual says. A sentence may only say what the password is like, so that a word in
it must be a noun in German, or long and none that ends like an adjective.
"""

from __future__ import annotations

from typing import Literal

from dataprep.patterns import LatePattern
from dataprep.sensitive.sayings import SHAMS, TALK
from dataprep.sensitive.vocabulary import words_of_people

Setting = Literal["given", "argument", "line", "spoken", "verse"]
"""A value on its own (in quotes, a cell), an argument of a command, all of a line, in a sentence,
and words within one."""

_ALONE = ("given", "argument")
_WORD = LatePattern(r"[A-Z]?[a-z]+\Z")
_LETTERS = LatePattern(r"[A-Za-z]+")
_PIECE = LatePattern(r"(?:[A-Za-z]{1,24}(?:['’&-][A-Za-z]{1,24})?[.!?]?|\d{1,4}|&)\Z")
_SHORTEST, _LONGEST = 6, 64
_LONG = 8
"""Letters of a word in small letters that a sentence gives."""

_DIFFERENT = 4
_MOST_WORDS = 8
_LESSER = 3
"""Letters of a word that joins others: `and`, `the`."""

_NAMES = LatePattern(
    r"(?i)passw|passphr|secret|credential|token|login|\A(?:api|pass|my|the|private|public|access|auth)?"
    r"keys?\Z|kennwort|contrase|senha|palavra"
    r"|wachtw|haslo|heslo|losenord|passord|salasana|adgangs|jelszo|parola|sifre|geslo|lozink|slapta"
    r"|pass\Z|\A(?:pass|pwd|pw|creds?|auth|db|api|vault|mdp|clave|mot|pin|code)\Z"
)
"""Words of which the value of a password is not made, but its name, in several languages."""

_STATES = LatePattern(
    r"(?i)(?:lich|[a-z]isch|[oa]ri[oa]|[a-z]oire|(?:al|ve|us|ct|te|nt|ed)ly|[aeiloruy][a-z]?[tdnrlkpsc]?(?<!e)ed|[^g]able|ible|tory|sory|ization|isation|tion|ness|ment)\Z"
    r"|\A(?:for|un|mis)\w+en\Z"
)
"""How words end that say how something is rather than what: `encrypted`, `forgotten`."""

_QUALITIES = LatePattern(
    r"(?:able|ible|[^n]ed|(?:[^r]r|d)y|ous|ive|ful|less|ing|(?:[^fgo]|[ei]f)ly|ions?|ments?|ness|ity|ances?|ences?|ants?"
    r"|ents?|al|ic|ish|wise|where|self|selves|ever|ward|wards|ship|hood|book|ist|ists|ism|s"
    r"|ig|lich|bar|isch|los|haft|sam|iert|elt|ert|[^l]en|ung"
    r"|eux|euse|oire|if|ive|ee|ees|elle|iel|ement"
    r"|ad[oa]s?|id[oa]s?|at[oaei]|it[oaei]|ut[oaei]|ori[oa]s?|iv[oa]s?|ente|ante|[aei]vel|bile"
    r"|os[oa]|ic[oa]|ale|mente|ado|or|er|est"
    r"|lijk|baar|end|eerd|ique|ect[ao]|rt[ao]|ett[ao]|ane[ao]|t(?:eu|o)rs?|[^e]ad|at|igt|iskt|et|da|lig|ande|ny|na|ne|wy|wa|we|ony|ona|one|ana|ane)\Z"
    r"|\A(?:ge|ver|be|zer|ent|her|ont|un|in|im|il|ir|dis|non|nicht|niet)"
)
"""How words begin or end that say what a password is like, in several languages."""

_ENGLISH_QUALITIES = LatePattern(
    r"(?:able|ible|[^n]ed|(?:[^r]r|d)y|ous|ive|ful|less|ing|(?:[^fgo]|[ei]f)ly|ions?|ments?|ness|ity"
    r"|ances?|ences?|ants?|ents?|al|ic|ish|wise|where|self|selves|ever|ward|wards|ship|hood|book"
    r"|ist|ists|ism|s|or|er|est|ate|tle|ique|text|proof|free|only)\Z"
    r"|\A(?:un|in|im|il|ir|dis|non|over|under|out|up)"
)
"""The same of English alone."""

_NO_NAMES = LatePattern(
    r"(?:pflicht|pflichtfeld|teil|voraussetzung|eigentum|geheimnis|sache|angelegenheit|frage"
    r"|standard|klartext|vorschrift|bedingung|muster|irgendwo|ihre?|sie|unsinn|quatsch"
    r"|schutz|abfrage|eingabe|verwaltung|wechsel)\Z|geburts"
)
"""Nouns that say in German what a password is."""


def plain(secret: str, setting: Setting, *, german: bool = False, english: bool = False) -> bool:
    """Whether a word, or words with blanks, in ASCII are a password where one is named.

    `german` says that a capital letter makes a noun, `english` that the sentence is English.
    """
    text = secret.strip() if setting in _ALONE else secret.strip().rstrip(",;:.!?")
    if len(text) > _LONGEST or len(set(text)) < _DIFFERENT or _NAMES.search(text.replace(" ", "")):
        return False
    if " " in text:
        return setting != "spoken" and _phrase(text, setting)
    if len(text) < _SHORTEST or not _WORD.match(text):
        return False
    low = text.lower()
    if low in SHAMS or not words_of_people(text):
        return False
    if setting != "argument" and _STATES.search(low):
        return False
    if setting != "spoken":
        return low not in TALK and not (german and text.islower() and _QUALITIES.search(low))
    if text[0].isupper():
        return not german or not _NO_NAMES.search(low)
    qualities = _ENGLISH_QUALITIES if english else _QUALITIES
    return not german and len(text) >= _LONG and not qualities.search(low)


def is_state(word: str) -> bool:
    """Whether a word says how something is rather than what: `encrypted`."""
    return _STATES.search(word.lower()) is not None


def _phrase(text: str, setting: Setting) -> bool:
    """Words with blanks of which enough are words of people, and none is one of a manual."""
    pieces = text.split()
    if not 2 <= len(pieces) <= _MOST_WORDS or not all(map(_PIECE.match, pieces)):
        return False
    words = [word.lower() for word in _LETTERS.findall(text)]
    if any(_NAMES.search(word) or word in SHAMS for word in words):
        return False
    people = [w for w in words_of_people(text) if len(w) >= _LESSER]
    if setting == "verse":
        return _verse(words, people, numbered=text[-1].isdigit())
    longs = [word for word in words if len(word) > _LESSER]
    field = len([word for word in longs if not words_of_people(word)])
    if setting in _ALONE:
        return _calm(words) and bool(people) and 2 * field <= len(longs)
    named = sum(piece[0].isupper() for piece in pieces) + any(map(str.isdigit, pieces))
    if not people or not TALK.isdisjoint(words) or field > 1:
        return False
    return len(people) >= 2 or (named >= 2 and 2 * field <= len(longs))


def _verse(words: list[str], people: list[str], *, numbered: bool) -> bool:
    """Whether words in the midst of a sentence say nothing about what a password is like."""
    longs = [word for word in words if len(word) > _LESSER]
    if not TALK.isdisjoint(words) or any(word not in people for word in longs) or len(people) < 2:
        return False
    return (numbered and len(people) > _LESSER - 1) or not any(map(_QUALITIES.search, longs))


def _calm(words: list[str]) -> bool:
    """Whether none of the words tells somebody what to do."""
    return len(TALK.intersection(words)) <= (len(words) > 3)
