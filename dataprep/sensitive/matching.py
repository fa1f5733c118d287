"""Finding in a text: in what it says, and in what its escapes, its breaks and its base64 say."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import accumulate

from dataprep.sensitive.assignments import (
    IN_A_TABLE,
    NAME_WORDS,
    NAMED,
    NAMED_IN_WORDS,
    NAMED_PASSWORD,
    PASSWORDS,
    TOLD,
    names_in,
    names_password,
    names_secret,
)
from dataprep.sensitive.bindings import bound, may_bind
from dataprep.sensitive.commands import COMMANDS
from dataprep.sensitive.disguises import broken, coded, looks_coded, looks_random
from dataprep.sensitive.fields import named
from dataprep.sensitive.match import LONGEST, Match, SensitiveKind
from dataprep.sensitive.personal import MAIL, PERSONAL
from dataprep.sensitive.proofs import chosen
from dataprep.sensitive.secrets import PRIVATE_KEYS
from dataprep.sensitive.sentences import SENTENCES
from dataprep.sensitive.structures import STRUCTURES
from dataprep.sensitive.tables import cells_in
from dataprep.sensitive.tokens import NO_WORD_AFTER, TOKENS
from dataprep.sensitive.unmarked import bare_keys, headless, may_be_bare
from dataprep.sensitive.views import MOST_LAYERS, View, has_unseen, joined, may_join, views_of

SECRET = ("P001", "P002")
"""The rules of what must not be learned at all."""

_DIGITS = 6
"""Digits that a text needs before it can hold a number of somebody's."""

_LONG = 20
"""Characters in a row that every token has, and few words of a language."""


def matches(text: str, name: str = "") -> Iterator[Match]:
    """What stands in a text, in its order; where two kinds overlap, secrets come first.

    `name` is the key of the object that the text is the value of, which may tell a password.
    """
    found = _found(text, _PASSWORDS_TOO, PERSONAL)
    if text[:1] in _OPENS or text[:9].lstrip()[:1] in _OPENS:
        found = _with(found, _in_fields(text))
    if name and not found and names_secret(name):
        found = _named(text, name)
    return iter(found)


_OPENS = ("{", "[")
_MOST_SEARCHED = 50
"""Values of one text that are looked for everywhere in it; more are looked for in their order."""


def _named(text: str, name: str) -> list[Match]:
    """What the name of a secret tells in a text."""
    reading = _Reading(View(text))
    whole = NAMED_PASSWORD if names_password(name) else NAMED
    return [*_of(whole, reading)] or [*_of(NAMED_IN_WORDS, reading)]


def _in_fields(text: str) -> Iterator[Match]:
    """What the names of its objects tell in a text that is JSON, and in JSON within it."""
    found = dict(_told_in_fields(text, MOST_LAYERS))
    end, misses = 0, 0
    for value, kind in found.items():
        at = text.find(value, end)
        misses += at < 0
        if misses > _MOST_SEARCHED:
            return
        while at >= 0:
            yield Match(kind, at, at + len(value))
            if len(found) > _MOST_SEARCHED:
                end = at + len(value)
                break
            at = text.find(value, at + len(value))


def _told_in_fields(text: str, layers: int) -> Iterator[tuple[str, SensitiveKind]]:
    lower = text.lower()
    if not any(word in lower for word in (*NAME_WORDS, '"pw')):
        return
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    waiting = [(value, "")]
    while waiting:
        one, name = waiting.pop()
        if isinstance(one, dict):
            waiting += [(inside, told) for _, inside, told in reversed([*named(one, name)])]
        elif isinstance(one, list):
            waiting += [(inside, name) for inside in reversed(one)]
        elif isinstance(one, str):
            if names_secret(name):
                yield from ((one[m.start : m.end], m.kind) for m in _named(one, name))
            if layers and one[:1] in _OPENS:
                yield from _told_in_fields(one, layers - 1)


def secrets(text: str) -> Iterator[Match]:
    """The same without personal data, and without passwords that are only likely: keys alone."""
    return iter(_found(text, TOLD, ()))


def may_match(text: str) -> bool:
    """Whether anything may stand in a text, or in one of those that its lines are: quick."""
    return (
        may_hold_secret(text)
        or _has_word(text, _words_of("passwords"))
        or any(True for _ in _with_words(text, _personal(text)))
    )


def may_hold_secret(text: str) -> bool:
    """The same of secrets alone."""
    longs = _long_words(text)
    return (
        bool(_tokens_in(longs))
        or _has_word(text, _words_of("keys"))
        or has_unseen(text)
        or may_join(text)
        or looks_coded(longs)
        or any(True for _ in broken(text))
        or may_be_bare(longs)
        or may_bind(text)
    )


_OF_WORDS = (
    *(kind for kind in (*PASSWORDS, *STRUCTURES) if kind.at != "names"),
    *SENTENCES[2:],
    *COMMANDS,
    PASSWORDS[2],
)
"""The kinds of passwords by their words, without those that have the words of another."""

_MARKS = ("_", "-", ".", ":", "/", "=", "~", "$", "%", "+", "")


def _by_marks() -> dict[str, list[tuple[str, int]]]:
    """The words of tokens with the numbers of their kinds, by a mark that each of them has."""
    found: dict[str, list[tuple[str, int]]] = {mark: [] for mark in _MARKS}
    for number, kind in enumerate(TOKENS):
        for word in kind.words:
            found[next(mark for mark in _MARKS if mark in word)].append((word, number))
    return found


_TOKEN_WORDS = _by_marks()
_PASSWORDS_TOO = (*TOLD, *PASSWORDS, *COMMANDS, *STRUCTURES, *SENTENCES)


class _Reading:
    """One view of a text, with what is quick to see of it."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.text = view.text
        self.longs = _long_words(view.text)
        self._lower = ""
        self._names: list[int] | None = None
        self._runs: dict[str, tuple[int, int]] = {}

    def kinds(self, told: tuple[SensitiveKind, ...]) -> Iterator[SensitiveKind]:
        """The kinds of which a name or another word stands in the text."""
        names = self.names()
        lower = self.lower_case()
        kinds = _PASSWORDS_TOO if told is _PASSWORDS_TOO else TOLD
        present: set[int] = set()
        for stem, words in _by_stems(told is _PASSWORDS_TOO, self.text.isascii()):
            if stem in lower:
                for word, low, ats in words:
                    if word in (lower if low else self.text):
                        present.update(ats)
        for at, kind in enumerate(kinds):
            if at in present or (names and kind.at == "names"):
                yield kind

    def places(self, word: str) -> Iterator[int]:
        """Where a word begins; a lower-case one in any case."""
        text = self.lower_case() if word.islower() else self.text
        at = text.find(word)
        while at >= 0:
            yield at
            at = text.find(word, at + 1)

    def names(self) -> list[int]:
        """Where the names of variables begin that may tell a secret."""
        if self._names is None:
            self._names = sorted(names_in(self.text, self.places))
        return self._names

    def end_of_run(self, characters: str, at: int) -> int:
        """Where a run of a class of characters ends; each run is read once."""
        start, end = self._runs.get(characters, (0, 0))
        if not start <= at < end:
            found = _compiled(f"{characters}*+={{0,2}}").match(self.text, at)
            start, end = self._runs[characters] = (at, found.end() if found else at)
        return end

    def lower_case(self) -> str:
        """The text in lower case, where every character keeps its place."""
        if not self._lower:
            lower = self.text.lower()
            same = len(lower) == len(self.text)
            self._lower = lower if same else "".join(map(_lower_one, self.text))
        return self._lower


_STEMS = (
    *("key", "pass", "token", "secret", "auth", "login", "cred", "ldap", "-u", "$", "=", ":", '"'),
    *(".", "_", "(", "-", "sql", "akia", "snmp", "bundle", "enable "),
)
"""What stands in many words: none of them need be asked for in a text without it."""


@cache
def _by_stems(every: bool, ascii_only: bool) -> list[tuple[str, list[tuple[str, bool, list[int]]]]]:
    """The words of the kinds by what stands in each of them in lower case.

    With each word, whether it is lower-case, and which kinds have it. In a text of ASCII no other
    word can stand.
    """
    found: dict[str, dict[str, list[int]]] = {}
    for at, kind in enumerate(_PASSWORDS_TOO if every else TOLD):
        for word in kind.words if kind.at != "names" else ():
            if word.isascii() or not ascii_only:
                low = word.lower()
                stem = next((stem for stem in _STEMS if stem in low), low)
                found.setdefault(stem, {}).setdefault(word, []).append(at)
    return [
        (stem, [(word, word.islower(), ats) for word, ats in words.items()])
        for stem, words in found.items()
    ]


def _lower_one(character: str) -> str:
    return character.lower() if len(character.lower()) == 1 else character


def _found(
    text: str,
    told: tuple[SensitiveKind, ...],
    personal: tuple[SensitiveKind, ...] = (),
    *,
    deep: bool = True,
) -> list[Match]:
    """The matches of all views of a text; those of the view furthest from it come first.

    What is `deep` is decoded too.
    """
    taken: list[Match] = []
    for view in views_of(text):
        reading = _Reading(view)
        taken = _with(taken, _of_kinds(PRIVATE_KEYS, reading))
        taken = _with(taken, _in_pieces(reading))
        taken = _with(taken, _in_bindings(reading))
        taken = _with(taken, _without_marks(reading))
        for kind in _tokens_in(reading.longs):
            taken = _with(taken, _of(kind, reading))
        if deep:
            taken = _with(taken, _in_base64(reading, told))
        for kind in reading.kinds(told):
            taken = _with(taken, _of(kind, reading))
        if told is _PASSWORDS_TOO:
            taken = _with(taken, _in_tables(reading))
        if personal:
            for kind in _with_words(reading.text, _personal(reading.text)):
                taken = _with(taken, _of(kind, reading))
            personal = ()  # no escape makes a number, and what stands behind one was read
    return taken


def _with(taken: list[Match], found: Iterable[Match]) -> list[Match]:
    """Both, in their order, without what overlaps what was taken before: in n log n."""
    starts = [match.start for match in taken]
    more = []
    for match in found:
        after = bisect_left(starts, match.end)
        if after == 0 or taken[after - 1].end <= match.start:
            more.append(match)
    return sorted([*taken, *_disjoint(more)], key=_start) if more else taken


def _disjoint(found: list[Match]) -> Iterator[Match]:
    """Those that do not begin before the end of one before them."""
    end = 0
    for match in sorted(found, key=_start):
        if match.start >= end:
            yield match
            end = match.end


def _start(match: Match) -> int:
    return match.start


def _of(kind: SensitiveKind, reading: _Reading) -> Iterator[Match]:
    """The matches of one kind in a view, by their places in the first text."""
    pattern = _compiled(kind.pattern)
    group = "it" if "it" in pattern.groupindex else 0
    said = "said" in pattern.groupindex
    for found in _tried(kind, pattern, reading):
        if (
            kind.proof is None
            or kind.proof(found[group])
            or (said and found["said"] is not None and chosen(found[group]))
        ):
            start, end = found.span(group)
            if group and end - start >= LONGEST:
                end = reading.end_of_run(_class_of(kind.pattern), end)
            elif group and kind.code == "P003":
                end = _closed(kind, reading.text, start, end)
            yield Match(kind, *reading.view.span(start, end))


_GOING_ON = re.compile(r"(?:[!#$%&()*+,./:;=>?@\[\]^_{|}~-]{1,3}[A-Za-z0-9]{1,40}){1,20}")
_TO_A_QUOTE = re.compile(r"[^\s\"'`\\]{1,200}+(?=([\"'`]))")


def _closed(kind: SensitiveKind, text: str, start: int, end: int) -> int:
    """Where a value ends of which a mark was read as the end: at its quote, or with its run."""
    if start and (quoted := _TO_A_QUOTE.match(text, end)) and quoted[1] == text[start - 1]:
        return quoted.end()
    if kind.spoken and (more := _GOING_ON.match(text, end)):
        return more.end()
    return end


def _tried(
    kind: SensitiveKind, pattern: re.Pattern[str], reading: _Reading
) -> Iterator[re.Match[str]]:
    """Where the pattern of a kind matches, of the places where it is tried."""
    if not kind.at:
        yield from pattern.finditer(reading.text)
        return
    places = reading.names() if kind.at == "names" else _places(kind, reading)
    for at in places:
        if found := pattern.match(reading.text, at):
            yield found


def _places(kind: SensitiveKind, reading: _Reading) -> Iterator[int]:
    for word in kind.words:
        yield from reading.places(word)


def _of_kinds(kinds: Iterable[SensitiveKind], reading: _Reading) -> Iterator[Match]:
    for kind in _with_words(reading.text, kinds):
        yield from _of(kind, reading)


def _in_pieces(reading: _Reading) -> Iterator[Match]:
    """Tokens that are broken over lines."""
    text, end = reading.text, 0
    for places in broken(text):
        if places[0][0] < end:  # it is a piece of the token before it
            continue
        pieces = [text[begin:stop] for begin, stop in places]
        kinds = _tokens_in(pieces[0])
        if not any(_open(kind).search("".join(pieces)) for kind in kinds):
            continue
        if found := _whole(joined(reading.view, places), places, kinds):
            match, count = found
            yield match
            end = places[count - 1][0]


def _in_bindings(reading: _Reading) -> Iterator[Match]:
    """The pieces of tokens that are bound to names: each of them, as one is of no use alone."""
    if not may_bind(reading.text):
        return
    for places in bound(reading.text):
        first = reading.text[slice(*places[0])]
        whole = "".join(reading.text[start:end] for start, end in places)
        for kind in _tokens_in(first):
            found = _open(kind).search(whole)
            if found and (kind.proof is None or kind.proof(found[0])):
                yield from (Match(kind, *reading.view.span(*place)) for place in places)
                break


def _without_marks(reading: _Reading) -> Iterator[Match]:
    """Private keys without their first line, and keys without a prefix."""
    for start, end in headless(reading.text):
        yield Match(PRIVATE_KEYS[0], *reading.view.span(start, end))
    for kind, start, end in bare_keys(reading.text, reading.longs):
        yield Match(kind, *reading.view.span(start, end))


def _open(kind: SensitiveKind) -> re.Pattern[str]:
    """The pattern of a kind, whatever stands behind it."""
    return _compiled(kind.pattern.removesuffix(NO_WORD_AFTER))


def _whole(
    view: View, places: list[tuple[int, int]], kinds: list[SensitiveKind]
) -> tuple[Match, int] | None:
    """The token that begins in the first piece and ends in another, as short as it can be.

    With it, over how many pieces it goes.
    """
    ends = [0, *accumulate(end - start for start, end in places)]
    best: Match | None = None
    for count in range(1, len(places) + 1):
        text, last = view.text[: ends[count]], ends[count - 1]
        if best is not None and not looks_random(text[last:]):
            break
        found = _token_at(text, ends[1], kinds)
        if found is None or (best is not None and found.end <= last):
            if best is not None:
                break
            continue
        best = found
    if best is None or best.end <= ends[1]:
        return None
    return Match(best.kind, *view.span(best.start, best.end)), bisect_left(ends, best.end)


def _token_at(text: str, limit: int, kinds: list[SensitiveKind]) -> Match | None:
    """The first token of a text that begins before a limit, whatever stands behind it."""
    for kind in kinds:
        for found in _open(kind).finditer(text):
            if found.start() < limit and (kind.proof is None or kind.proof(found[0])):
                return Match(kind, *found.span())
    return None


def _in_base64(reading: _Reading, told: tuple[SensitiveKind, ...]) -> Iterator[Match]:
    """Runs of base64 that hold a secret: the whole of each."""
    if not looks_coded(reading.longs):
        return
    for start, end, text in coded(reading.text):
        inside = sorted(_found(text, told, deep=False), key=lambda match: match.kind.code)
        if inside:
            yield Match(inside[0].kind, *reading.view.span(start, end))


def _in_tables(reading: _Reading) -> Iterator[Match]:
    """Cells of tables under the head of a column of secrets."""
    for start, end in cells_in(reading.text, reading.lower_case()):
        yield Match(IN_A_TABLE, *reading.view.span(start, end))


def _tokens_in(text: str) -> list[SensitiveKind]:
    """The kinds of tokens of which a word stands in a text."""
    if not text:
        return []
    found: set[int] = set()
    for mark, words in _TOKEN_WORDS.items():
        if mark in text:
            found.update([at for word, at in words if word in text])
    return [TOKENS[at] for at in sorted(found)]


@cache
def _words_of(family: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of keys or of passwords, the lower-case ones first.

    A word in which another one stands need not be looked for.
    """
    kinds = _OF_WORDS if family == "passwords" else (*PRIVATE_KEYS, *TOLD)
    words = {word for kind in kinds for word in kind.words}
    low = {word for word in words if word.islower()}
    fewest = [w for w in low if not any(other in w for other in low - {w})]
    others = [w for w in words - low if not any(word in w.lower() for word in fewest)]
    return tuple(fewest), tuple(others)


def _has_word(text: str, words: tuple[tuple[str, ...], tuple[str, ...]]) -> bool:
    """Whether one of the words stands in a text, lower-case ones in any case."""
    low, others = words
    lower = text.lower()
    return any(map(lower.__contains__, low)) or any(map(text.__contains__, others))


def _with_words(text: str, kinds: Iterable[SensitiveKind]) -> Iterator[SensitiveKind]:
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


def _personal(text: str) -> tuple[SensitiveKind, ...]:
    """The kinds of personal data that a text can hold at all, by what is quick to see of it."""
    return PERSONAL if sum(map(text.count, "0123456789")) >= _DIGITS else MAIL


def _long_words(text: str) -> str:
    """The words of a text in which a token could stand."""
    return "\n".join([word for word in text.split() if len(word) >= _LONG])


_CLASS = re.compile(r"\(\?P<it>(\[(?:[^\]\\]|\\.){1,80}\])")


@cache
def _class_of(pattern: str) -> str:
    """The class of characters that the value of a pattern is made of."""
    found = _CLASS.search(pattern)
    return found[1] if found else "[^\\s\"'`\\\\]"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when it is first needed: all of them take some 100 ms."""
    return re.compile(pattern)
