"""Finding in a text: in what it says, and in what its escapes, its breaks and its base64 say."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from dataprep.sensitive.asides import asides
from dataprep.sensitive.assignments import (
    IN_A_TABLE,
    NAMED,
    NAMED_BESIDE,
    NAMED_IN_FULL,
    NAMED_IN_WORDS,
    NAMED_LOGIN,
    NAMED_PASSWORD,
    NAMED_PASSWORD_IN_WORDS,
    NAMED_PIN,
    TOLD,
)
from dataprep.sensitive.bindings import bound, may_bind
from dataprep.sensitive.disguises import broken, coded, looks_coded, looks_random
from dataprep.sensitive.fields import ANSWER_TO, PAIR_WORDS, items_named, named
from dataprep.sensitive.kind_matches import of_kind, without_overlaps
from dataprep.sensitive.match import Match, SensitiveKind
from dataprep.sensitive.names import DESCRIBED, NAME_WORDS, names_password, names_secret
from dataprep.sensitive.personal import PERSONAL
from dataprep.sensitive.pins import DESCRIBED_PIN, names_pin
from dataprep.sensitive.reading import ViewReading, compiled
from dataprep.sensitive.secrets import PRIVATE_KEYS
from dataprep.sensitive.tables import HEAD_WORDS, TITLE_WORDS, cells_in, listed_cells, tagged_cells
from dataprep.sensitive.tokens import NO_WORD_AFTER
from dataprep.sensitive.unmarked import bare_keys, headless, may_be_bare
from dataprep.sensitive.views import (
    MOST_LAYERS,
    View,
    has_entities,
    has_percent,
    has_soft_breaks,
    has_unseen,
    joined,
    may_join,
    on_lines,
    views_of,
)
from dataprep.sensitive.words import (
    PASSWORDS_TOO,
    has_word,
    is_short_word,
    long_words,
    personal_kinds,
    tokens_in,
    with_words,
)

SECRET = ("P001", "P002")
"""The rules of what must not be learned at all."""


def matches(text: str, name: str = "") -> Iterator[Match]:
    """What stands in a text, in its order; where two kinds overlap, secrets come first.

    `name` is the key of the object that the text is the value of, which may tell a password.
    """
    found = _found(text, PASSWORDS_TOO, PERSONAL)
    if text[:1] in _OPENS or text[:9].lstrip()[:1] in _OPENS:
        found = without_overlaps(found, _in_fields(text))
    if name.startswith(ANSWER_TO):
        found = without_overlaps(found, answered(text, name))
    elif name and not found:
        found = _named(text, name)
    return iter(found)


_FIRST_WORDS = 400
"""Characters of an answer in which a password may stand that it was asked for."""


def answered(text: str, name: str) -> Iterator[Match]:
    """What a text gives away that answers a question for a password, read as one protocol.

    `name` is what `answer_name` says of the question.
    """
    front = f"{name.removeprefix(ANSWER_TO)}\n> "
    reading = ViewReading(View(front + text[:_FIRST_WORDS]))
    for kind, words in reading.kinds(PASSWORDS_TOO):
        if kind.code == "P003":
            for match in of_kind(kind, reading, words):
                if match.start >= len(front):
                    yield Match(kind, match.start - len(front), match.end - len(front))


_OPENS = ("{", "[")
_MOST_SEARCHED = 50
"""Values of one text that are looked for everywhere in it; more are looked for in their order."""


def _named(text: str, name: str) -> list[Match]:
    """What the name of a secret tells in a text."""
    if not names_secret(name):
        kind = DESCRIBED_PIN if name.endswith(DESCRIBED) else NAMED_PIN
        told = names_pin(name.removesuffix(DESCRIBED))
        return [*of_kind(kind, ViewReading(View(text)))] if told else []
    reading = ViewReading(View(text))
    password = names_password(name)
    kinds = [NAMED_PASSWORD if password else NAMED, NAMED_LOGIN]
    kinds.append(NAMED_PASSWORD_IN_WORDS if password else NAMED_IN_WORDS)
    if password and not name.endswith(DESCRIBED):
        kinds += [NAMED_IN_FULL, NAMED_PIN] if name.lower().endswith("code") else [NAMED_IN_FULL]
    kinds += [NAMED_BESIDE] if password else []
    kinds += (
        [DESCRIBED_PIN]
        if name.endswith(DESCRIBED) and names_pin(name.removesuffix(DESCRIBED))
        else []
    )
    return next((found for kind in kinds if (found := [*of_kind(kind, reading)])), [])


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
    if not any(word in lower for word in (*NAME_WORDS, *PAIR_WORDS)):
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
            waiting += [(inside, told) for _, inside, told in reversed([*items_named(one, name)])]
        elif isinstance(one, str):
            if name:
                yield from ((one[m.start : m.end], m.kind) for m in _named(one, name))
            if layers and one[:1] in _OPENS:
                yield from _told_in_fields(one, layers - 1)


def persons(text: str) -> Iterator[Match]:
    """What `matches` finds in a text in which no secret can stand: personal data alone."""
    reading = ViewReading(next(views_of(text)))
    return iter(_personal(reading, []))


def secrets(text: str) -> Iterator[Match]:
    """The same without personal data, and without passwords that are only likely: keys alone."""
    return iter(_found(text, TOLD, ()))


def may_match(text: str) -> bool:
    """Whether anything may stand in a text, or in one of those that its lines are: quick."""
    return (
        may_hold_secret(text)
        or has_word(text, "passwords")
        or any(True for _ in with_words(text, personal_kinds(text)))
    )


def may_hold_secret(text: str) -> bool:
    """The same of secrets alone."""
    longs = long_words(text)
    return (
        bool(tokens_in(longs))
        or has_word(text, "keys")
        or has_unseen(text)
        or has_percent(text)
        or has_entities(text)
        or has_soft_breaks(text)
        or may_join(text)
        or looks_coded(longs)
        or any(True for _ in broken(text))
        or may_be_bare(longs)
        or may_bind(text)
    )


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
    if is_short_word(text):
        return taken
    for view in views_of(text):
        reading = ViewReading(view)
        taken = without_overlaps(taken, _private_keys(reading))
        taken = without_overlaps(taken, _in_pieces(reading))
        taken = without_overlaps(taken, _in_bindings(reading))
        taken = without_overlaps(taken, _without_marks(reading))
        for kind in reading.tokens():
            taken = without_overlaps(taken, of_kind(kind, reading))
        if deep:
            taken = without_overlaps(taken, _in_base64(reading, told))
        for kind, words in reading.kinds(told):
            taken = without_overlaps(taken, of_kind(kind, reading, words))
        if told is PASSWORDS_TOO:
            taken = without_overlaps(taken, _in_tables(reading))
            taken = without_overlaps(taken, _in_asides(reading))
        if personal:
            taken = _personal(reading, taken)
            personal = ()  # no escape makes a number, and what stands behind one was read
    return taken


def _personal(reading: ViewReading, taken: list[Match]) -> list[Match]:
    for kind in with_words(reading.text, personal_kinds(reading.text)):
        if kind.at == "numbers" and not reading.numbers():
            continue
        taken = without_overlaps(taken, of_kind(kind, reading))
    return taken


def _private_keys(reading: ViewReading) -> Iterator[Match]:
    for kind in PRIVATE_KEYS:
        if reading.has(kind.words):
            yield from of_kind(kind, reading)


def _in_pieces(reading: ViewReading) -> Iterator[Match]:
    """Tokens that are broken over lines."""
    text, end = reading.text, 0
    for places in broken(text):
        if places[0][0] < end:  # it is a piece of the token before it
            continue
        pieces = [text[begin:stop] for begin, stop in places]
        kinds = tokens_in(pieces[0])
        if not any(_open(kind).search("".join(pieces)) for kind in kinds):
            continue
        if found := _whole(joined(reading.view, places), places, kinds):
            match, count = found
            yield match
            end = places[count - 1][0]


def _in_bindings(reading: ViewReading) -> Iterator[Match]:
    """The pieces of tokens that are bound to names: each of them, as one is of no use alone."""
    if not may_bind(reading.text):
        return
    for places in bound(reading.text):
        first = reading.text[slice(*places[0])]
        whole = "".join(reading.text[start:end] for start, end in places)
        for kind in tokens_in(first):
            found = _open(kind).search(whole)
            if found and (kind.proof is None or kind.proof(found[0])):
                yield from (Match(kind, *reading.view.span(*place)) for place in places)
                break


def _without_marks(reading: ViewReading) -> Iterator[Match]:
    """Private keys without their first line, and keys without a prefix."""
    for start, end in headless(reading.text):
        yield Match(PRIVATE_KEYS[0], *reading.view.span(start, end))
    for kind, start, end in bare_keys(reading.text, reading.longs):
        yield Match(kind, *reading.view.span(start, end))


def _open(kind: SensitiveKind) -> re.Pattern[str]:
    """The pattern of a kind, whatever stands behind it."""
    return compiled(kind.pattern.removesuffix(NO_WORD_AFTER))


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


def _in_base64(reading: ViewReading, told: tuple[SensitiveKind, ...]) -> Iterator[Match]:
    """Runs of base64 that hold a secret: the whole of each."""
    if not looks_coded(reading.longs):
        return
    for start, end, text in coded(reading.text):
        inside = sorted(_found(text, told, deep=False), key=lambda match: match.kind.code)
        if inside:
            yield Match(inside[0].kind, *reading.view.span(start, end))


def _in_asides(reading: ViewReading) -> Iterator[Match]:
    """Passwords in code and in brackets within a sentence, read as if each were a line."""
    if reading.names() and (places := [*asides(reading.text)]):
        apart = ViewReading(on_lines(reading.view, places))
        for kind, words in apart.kinds(PASSWORDS_TOO):
            yield from of_kind(kind, apart, words)


def _in_tables(reading: ViewReading) -> Iterator[Match]:
    """Cells of tables under the head of a column of secrets."""
    for start, end in _cells_in(reading):
        yield Match(IN_A_TABLE, *reading.view.span(start, end))


def _cells_in(reading: ViewReading) -> Iterator[tuple[int, int]]:
    if "<tr" in reading.lower_case():
        yield from tagged_cells(reading.text)
    if "\n" in reading.text:
        if reading.has(TITLE_WORDS):
            yield from listed_cells(reading.text)
        yield from cells_in(reading.text, reading.places_of(HEAD_WORDS))
