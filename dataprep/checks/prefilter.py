"""Which lines hold what a rule on texts might object to: quick, and never too mild."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

import polars as pl

from dataprep.checks.context import Context
from dataprep.checks.folding import folded
from dataprep.checks.hyperscan_library import hyperscan_here
from dataprep.checks.screening import WORTH, HyperscanScreening, Screening, screening, with_words
from dataprep.checks.screens import (
    ESCAPED,
    SECRET_SCREENS,
    WIDE_SECRETS,
    Screen,
    TextRules,
    selected,
)
from dataprep.sensitive.words import screened_words

_UNUSUAL = int(TextRules.UNUSUAL)

_BROKEN = "\n[A-Za-z0-9-]{16}"
"""How a token goes on after a line break."""

MANY = 5_000_000
"""Bytes of texts that were screened in a process, from which on hyperscan is worth its while."""


class Hints:
    """The screens of the rules on texts, as far as these are selected."""

    def __init__(self, context: Context) -> None:
        self._rules = selected(context.selection)
        self._screening: Screening | None = None
        self._seen = 0

    def rules_of(self, raws: Sequence[bytes]) -> list[int]:
        """Of each line, as raw JSON in UTF-8, which rules on texts must be asked."""
        before, self._seen = self._seen, self._seen + sum(map(len, raws))
        if self._screening is None or before < WORTH <= self._seen:
            self._screening = screening(self._rules, self._seen)
        found = self._screening.rules_of(raws)
        if max(found, default=0) >= _UNUSUAL:
            unusual = [at for at, rules in enumerate(found) if rules & _UNUSUAL]
            again = self._screening.rules_of([folded(raws[at]) for at in unusual])
            for at, rules in zip(unusual, again, strict=True):
                found[at] = (found[at] | rules) & ~_UNUSUAL
        return found

    def in_lines(self, raws: Sequence[bytes]) -> list[bool]:
        """Whether each line must be looked at."""
        return [rules != 0 for rules in self.rules_of(raws)]


_screened: Counter[str] = Counter()
"""The bytes of texts so far: a batch is small, and there are many."""


def may_hold_secrets(texts: pl.Series) -> pl.Series:
    """Which texts, as they are and not as JSON, may hold a secret."""
    _screened["bytes"] += int(texts.str.len_bytes().sum())
    if _screened["bytes"] >= MANY and (together := _secrets_together()) is not None:
        raws = texts.cast(pl.Binary).to_list()
        return pl.Series([rules != 0 for rules in together.rules_of(raws)], dtype=pl.Boolean)
    found = texts.str.contains("|".join(_SECRET))
    wide = ~found & (texts.str.len_bytes() != texts.str.len_chars())
    if wide.any():
        found |= wide & texts.str.contains(WIDE_SECRETS)
    return found | with_words(texts, ~found, screened_words())


_SECRET = (*SECRET_SCREENS, _BROKEN, ESCAPED)


@cache
def _secrets_together() -> Screening | None:
    """What looks for all of that in one pass, where it is installed; made once in a process."""
    if (hyperscan := hyperscan_here()) is None:
        return None
    screens = [Screen(TextRules.SECRETS, pattern) for pattern in _SECRET]
    screens.append(Screen(TextRules.SECRETS, WIDE_SECRETS, wide=True))
    return HyperscanScreening(screens, screened_words(), hyperscan)
