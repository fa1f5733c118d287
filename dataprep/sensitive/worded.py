"""Passwords that words make: `gelato.no.Bairro`, `Farbeimer_rosa`, `tinyGreenLorry`, plain ones.

A person chose them if their words are mostly none of the field. Which may be one depends on where
it stands: in quotes and as an argument, what marks or a capital join is read leniently, and so
are plain words; bare it may be a name in code; a sentence has hyphened words of its own.
"""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import unquote

from dataprep.patterns import LatePattern
from dataprep.sensitive.plain import Setting, is_state
from dataprep.sensitive.plain import plain as plain_words
from dataprep.sensitive.proofs import names_itself, random_looking, refers
from dataprep.sensitive.sayings import COMMON
from dataprep.sensitive.vocabulary import without_accents, words_of_people

Surroundings = Literal[
    "quoted",
    "given",
    "argument",
    "line",
    "told",
    "bare",
    "spoken",
    "clause",
    "noun",
    "pair",
    "verse",
]
"""Where a value stands: in quotes or between tags, on its own, as an argument of a command, as
all of a line after a name, in quotes or at the end of a sentence, bare after its name,
in a sentence, before the end of a clause of one, the same in German, after a user, and
words with blanks within a sentence."""

_SHAPE = LatePattern(
    r"(?=[^A-Z]{0,64}[A-Z]|[a-z]{1,24}[-_.+][a-z])[A-Za-z]{1,32}"
    r"(?:[-_.+&!$~*#@]{1,2}[A-Za-z]{1,32}){0,6}[!?*#$]{0,2}\Z"
)
_WORD = LatePattern(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_LONGEST, _LEAST = 64, 8
_LONG = 3
"""Letters of each of two words that a mark joins, where no capital says that they are none."""

_SURELY = 6
"""Letters of a word of people that makes a password of one beside it that the field has."""

_SURE = 3
"""Words of a joined one that begins with a capital as names do, where a sentence goes on."""

_SURE_JOINED = 3
"""Words that low lines join of which one of people makes a password."""

_OUTRIGHT = frozenset(("given", "argument", "quoted", "line", "told", "clause", "pair"))

_JOINS = 3
"""Letters of a word that joins two others, which the field may have: `com`, `mit`, `the`."""

_NAMES = LatePattern(
    r"(?i)passw|secret|credential|token|\Z(?<=key)|\A(?:pass|pwd|pw|key|creds?|auth|db|api|vault)\Z"
)
"""Words of which the value of a password is not made, but its name."""

_ENDINGS = LatePattern(
    r"(?i)\.(?:com|org|net|io|dev|app|edu|gov|info|local|lan|internal|ai|js|ts|py|rb|go|rs|java|kt"
    r"|php|cs|html?|css|json|ya?ml|toml|xml|ini|cfg|conf|env|txt|md|pem|crt|pub|sh|sql|csv|log|de"
    r"|fr|es|it|nl|pl|pt|se|no|dk|fi|ch|at|be|eu|uk|us|br|ru|jp|cn)\Z"
)
"""How names of files and hosts end."""

_PRODUCTS = LatePattern(
    r"(?i)git|java|script|post|gres|sql|word|press|power|shell|share|point|linked|you|tube|last"
    r"|keep|bit|warden|hashi|corp|mongo|redis|graph|open|mac|tele|vault|docs|desk"
)
"""Parts of the names of products."""

_ODD = LatePattern(r"(?<=[A-Za-z])[_.](?=[A-Za-z])")
_TWO_STYLES = LatePattern(r"[a-z][A-Z][A-Za-z]{0,32}[-_.]|[-_.][A-Za-z]{0,32}[a-z][A-Z]")
"""A capital within a word and a mark: no name in code has both."""

_OTHER_MARKS = LatePattern(r"(?<=[a-z])[&!$~*#@](?=[A-Za-z])")


_IN_SENTENCES: tuple[Surroundings, ...] = ("told", "clause", "noun", "pair", "verse")
_PLAIN: dict[Surroundings, Setting] = {
    "quoted": "given",
    "given": "given",
    "argument": "argument",
    "line": "line",
    "told": "line",
    "clause": "spoken",
    "noun": "spoken",
    "pair": "line",
    "verse": "verse",
}
"""Where plain words are one, with how they are read."""

_GERMAN = ("passwort", "kennwort")
_ENGLISH = LatePattern(
    r"(?i)pass(?:word|phrase|code)[\s\S]{0,120}?(?<!\w)(?:is|was|are|it[’']s|to|use|enter|type|answer)"
    r"(?: (?:now|still|currently|always|simply|just|actually|both))?[ :]"
)
"""A sentence in English: in other ones `password` is a word, too."""

_ENGLISH_FRONT = LatePattern(
    r"(?i)(?<!\w)(?:with|using|use|the|my|and|its|whose|by)(?: \w{2,7})? \Z"
)
"""What stands before the word there."""

_LINE_FRONT = LatePattern(
    r"[\s>*#|-]{0,24}(?:(?i:export|set|setx|env|arg|default) )?(?!(?:self|this|cls)\.)"
    r"[A-Za-z0-9_.-]{0,60}"
)
"""What stands on a line before the word for a password, where the line only sets a value."""

_SETS = LatePattern("[=:(]")
_QUOTES = frozenset("\"'`")
_AROUND = _QUOTES | {">"}
_OF_CODE, _ENDS_CODE = frozenset("([{<,;"), frozenset(",;")
"""What follows a name in code; where a blank is before it, its end does, too."""


def told_in_words(found: re.Match[str], *, spoken: bool) -> bool:
    """Whether the value `it` of a pattern that names a password is made of words."""
    groups = found.groupdict()
    if groups.get("said", groups.get("near")) is None:
        return False
    place = _place(found, groups, spoken=spoken)
    german = place == "noun" or (found.groupdict().get("said") or "").lower() in _GERMAN
    english = place == "clause" and _is_english(found)
    return place is not None and worded(found["it"], place, german=german, english=english)


def _is_english(found: re.Match[str]) -> bool:
    """Whether a sentence is English, by what stands before the word for a password or after it."""
    if _ENGLISH.search(found[0]) is not None:
        return True
    front = found.string[max(0, found.start() - 12) : found.start()]
    return "pass" in found[0][:5].lower() and _ENGLISH_FRONT.search(front) is not None


def _place(
    found: re.Match[str], groups: dict[str, str | None], *, spoken: bool
) -> Surroundings | None:
    """Where the value of a match stands; None is within code that goes on."""
    if groups.get("given") is not None:
        return "given"
    if groups.get("argument") is not None:
        return "argument"
    for place in _IN_SENTENCES:
        if groups.get(place) is not None:
            return place
    if groups.get("line") is not None:
        return "line" if _sets_all_of_its_line(found) else None
    if spoken:
        return "spoken"
    start, end = found.span("it")
    before, after = found.string[max(0, start - 1) : start], found.string[end : end + 1]
    if before in _AROUND and _is_listed(found, start, end):
        return None
    if before in _AROUND or not (before or after):
        return None if after.isspace() and before in _QUOTES else "quoted"
    if after in _OF_CODE and (after not in _ENDS_CODE or before.isspace()):
        return None
    return "bare"


_LISTED = LatePattern(r"[\"'`]{1,2}\s{0,40},")


def _is_listed(found: re.Match[str], start: int, end: int) -> bool:
    """Whether a value is one of several names in a list: `'password', 'certfile', 'keyfile'`."""
    front = found.string[found.start() : start]
    return "," in front and not _SETS.search(front) and _LISTED.match(found.string, end) is not None


def _sets_all_of_its_line(found: re.Match[str]) -> bool:
    """Whether a line only gives a value to a name, and is none of code."""
    front, plain = _front_of(found), found["it"]
    if not _LINE_FRONT.fullmatch(front):
        return False
    if found["line"].strip(" ") == "=" != found["line"] and plain.isidentifier():
        return not plain.islower() or _is_configuration(found, front)
    return " " not in plain or found["said"].lower() != "pass" or front[-1:] in (".", "_", "-")


_SECTION = LatePattern(r"(?m)^\[[\w .:-]{1,40}\][ \t]*$")
_SETTING = LatePattern(
    r"(?m)^[\w.-]{1,40}[ \t]?=[ \t]?(?:\d{1,5}|[\w-]{1,40}(?:\.[\w-]{1,40}){1,6}|/[\w./-]{1,80}"
    r"|true|false|yes|no)[ \t]*$"
)
_AROUND_IT = 400
"""Characters before and after a line that tell whether it stands among settings."""


def _is_configuration(found: re.Match[str], front: str) -> bool:
    """Whether a line such as `password = word` is a setting, and no variable is given to another.

    The name has three parts, or a section or other settings stand around it, and no call.
    """
    if front.count(".") > 1:
        return True
    text, start, end = found.string, found.start(), found.end()
    around = text[max(0, start - _AROUND_IT) : end + _AROUND_IT]
    if "(" in around:
        return False
    return _SECTION.search(around) is not None or len(_SETTING.findall(around)) > 1


def _front_of(found: re.Match[str]) -> str:
    """What stands on its line before a match, as far as the front of a name may go."""
    start = found.start()
    begin = max(found.string.rfind("\n", 0, start) + 1, start - _LONGEST)
    return found.string[begin:start]


def worded(
    secret: str, place: Surroundings, *, german: bool = False, english: bool = False
) -> bool:
    """Whether words make it, as a person does who needs a password: joined, or plain ones.

    Names of the field, placeholders, files and hosts are none: `user-input`, `changeMeNow`,
    `config.db`. Nor are hyphened words of a sentence: `case-sensitive`.
    """
    if "%" in secret and place in ("given", "argument"):
        secret = unquote(secret[:_LONGEST])
    if place in _PLAIN and plain_words(
        without_accents(secret[: _LONGEST + 1].rstrip(",;:.)")),
        _PLAIN[place],
        german=german,
        english=english,
    ):
        return True
    plain = without_accents(secret.rstrip(",;:.)")) if len(secret) <= _LONGEST else ""
    if len(plain) < _LEAST or not _SHAPE.match(plain) or not random_looking(plain):
        return False
    words = _WORD.findall(plain)
    if len(words) < 2 or names_itself(plain) or _ENDINGS.search(plain):
        return False
    if any(_NAMES.search(word) or word.lower() in COMMON for word in words):
        return False
    people = words_of_people(plain)
    if place in _OUTRIGHT and _joined_low(plain, words, people):
        return True
    if place in ("quoted", "given", "argument", "pair"):
        return _in_quotes(plain, words, people)
    if plain.isupper() or not (_only(words, people) or _capitals(place, words, people)):
        return False
    if place in ("spoken", *_IN_SENTENCES):
        return _spoken(plain, words, _SURE if place == "spoken" else 2)
    return _bare(plain, len(people))


def _joined_low(plain: str, words: list[str], people: list[str]) -> bool:
    """Two or three words, one of people among them, that low lines join."""
    sure = any(len(word) >= _SURELY - 1 for word in people) and not any(map(is_state, words))
    few = "_" in plain and not plain.isupper() and len(words) <= _SURE_JOINED
    return few and sure and not refers(plain)


def _only(words: list[str], people: list[str]) -> bool:
    """Whether none of the words is one of the field, but for short ones that join others."""
    return not any(len(word) > _JOINS and word not in people for word in words)


def _capitals(place: Surroundings, words: list[str], people: list[str]) -> bool:
    """Whether all begin with a capital, the first is one of people, and a clause ends with them."""
    return (
        place in ("clause", "pair", "told")
        and words[0] in people
        and all(len(word) > _JOINS and word.istitle() and not is_state(word) for word in words)
    )


def _in_quotes(plain: str, words: list[str], people: list[str]) -> bool:
    """Mostly words of people; all of them and three words or more where no capital is."""
    if plain.islower():
        two_long = all(len(word) >= _LONG for word in words)
        return (len(words) > 2 or two_long) and len(people) > 1 and _only(words, people)
    if plain.isupper():
        return False
    longs = sum(len(word) > 2 for word in words)
    if plain.isalpha():
        sure = max(map(len, people), default=0) >= _SURELY
        return 2 * len(people) >= longs and (len(people) >= 2 or sure)
    long = any(len(word) > _JOINS for word in people)
    return long and (2 * len(people) >= longs or _TWO_STYLES.search(plain) is not None)


def _bare(plain: str, people: int) -> bool:
    """A name in code has no capital, or no word that people have."""
    return any(map(str.isupper, plain)) and (people >= 2 or not plain.isalpha())


def _spoken(plain: str, words: list[str], least: int) -> bool:
    """An inner capital, a low line, a point: and no name of a product, a person or a host."""
    if _PRODUCTS.search(plain) and "_" not in plain:
        return False
    capitals = sum(word[0].isupper() for word in words)
    if plain.isalpha():
        return len(words) >= (least if plain[0].isupper() else 2) and max(map(len, words)) > 3
    if _ODD.search(plain) or _OTHER_MARKS.search(plain):
        return capitals > 0 or (least < _SURE and "." not in plain)
    return plain[0].islower() and capitals > 0
