"""Finding in a text, and telling from raw bytes which lines are worth a look."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from dataprep.sensitive.match import Match, SensitiveKind
from dataprep.sensitive.personal import MAIL, PERSONAL
from dataprep.sensitive.secrets import LONG, PASSWORDS, PRIVATE_KEYS, TOKENS

_SECRETS = (
    r"A(?:KIA|SIA|BIA|CCA|GE-SECRET|Iza|ccountKey=)|(?:AC|SK)[0-9a-f]{8}"
    r"|ya29\.|GOCSPX|[Ss][Ii][Gg]=|[78]Q~|gh[pousr]_|github_pat_|gl(?:pat|dt|rt|cbt|ptt|ft|soat"
    r"|agent)-|xox[abeoprs]|xapp-|hooks\.slack|[sr]k_(?:live|test)_|whsec_|hf_|api_org_|r8_"
    r"|sk-(?:proj|svc|admin|ant|or-|[A-Za-z0-9]{12})|gsk_|fw_|xai-|SG\.|key-[0-9a-f]{4}|-us[0-9]"
    r"|npm_|pypi-|do[opr]_v1_|HRKU-|:AA|webhooks|eyJ|sq0|EAAA|shp[acps]|dapi|ntn_|lin_api_|glsa_"
    r"|glc_|NRAK-|hv[sb]\.|dp\.pt\.|pscale_|sntry|dckr_|PMAK-|rubygems_|PRIVATE KEY"
    r"|\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{12}"
)
_NAMED = (
    r"|(?i:passw|pwd|secret|token|key)[A-Za-z_]*[\\\"' \t]*(?:\\[nrt])*[:=]"
    r"|(?:[^a-zA-Z]|\\[nrt])(?i:aws|heroku|label[_ -]studio)|(?i:bearer |authorization)"
)
_PERSONS = (
    r"|@|[0-9](?:[ ./()-]{0,2}[0-9]){7}|[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]"
    r"|[A-Z]{2}[0-9]{2} ?[A-Z0-9]{4}|[A-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2}"
    r"|[A-Z]{6}[0-9]{2}[A-Z]|[XYZ][0-9]{7}"
)
HINT = _SECRETS + _NAMED + _PERSONS
"""A pattern of the raw JSON of a line, in the words that `re` and Polars share.

A line without it has neither secrets nor personal data, unless it escapes printable ASCII
(which the caller must treat as a hint as well): no slash stands in it, for writers escape it.
"""


SECRET = ("P001", "P002")
"""The rules of what must not be learned at all."""

_DIGITS = 6
"""Digits that a text needs before it can hold a number of somebody's."""


def matches(text: str) -> Iterator[Match]:
    """What stands in a text, in its order; where two kinds overlap, secrets come first."""
    return _found(text, _possible(text))


def secrets(text: str) -> Iterator[Match]:
    """The same without personal data, and without passwords that are only likely: keys alone."""
    return _found(text, (kind for kind in _keys(text) if kind.code in SECRET))


def may_match(text: str) -> bool:
    """Whether anything may stand in a text, or in one of those that its lines are: quick."""
    return any(True for _ in _with_words(text, _possible(text)))


def may_hold_secret(text: str) -> bool:
    """The same of secrets alone."""
    kinds = (*PRIVATE_KEYS, *TOKENS) if LONG.search(text) else PRIVATE_KEYS
    return any(True for _ in _with_words(text, kinds))


def _found(text: str, kinds: Iterable[SensitiveKind]) -> Iterator[Match]:
    taken: list[Match] = []
    for kind in _with_words(text, kinds):
        taken += [match for match in _of(kind, text) if not _overlaps(match, taken)]
    yield from sorted(taken, key=lambda match: match.start)


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


def _possible(text: str) -> Iterator[SensitiveKind]:
    """The kinds that a text can hold at all, by what is quick to see of it."""
    yield from _keys(text)
    yield from PERSONAL if sum(map(text.count, "0123456789")) >= _DIGITS else MAIL


def _keys(text: str) -> Iterator[SensitiveKind]:
    yield from PRIVATE_KEYS
    if LONG.search(text):
        yield from TOKENS
    yield from PASSWORDS


def _of(kind: SensitiveKind, text: str) -> Iterator[Match]:
    pattern = _compiled(kind.pattern)
    group = "it" if "it" in pattern.groupindex else 0
    for found in pattern.finditer(text):
        if kind.proof is None or kind.proof(found[group]):
            yield Match(kind, *found.span(group))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when it is first needed: all of them take some 40 ms."""
    return re.compile(pattern)


def _overlaps(match: Match, taken: list[Match]) -> bool:
    return any(match.start < other.end and other.start < match.end for other in taken)


def redacted(text: str) -> str:
    """The text with a stand-in such as [EMAIL] for everything that was found; idempotent."""
    while found := list(matches(text)):  # what stood beside a match may show once it is gone
        for match in reversed(found):
            text = text[: match.start] + match.kind.stand_in + text[match.end :]
    return text
