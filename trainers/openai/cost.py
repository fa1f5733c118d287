"""What a job would cost, as `plan` and the gates say it; `dataprep.tokens` does the counting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from dataprep.formats.counted_texts import counted_texts
from dataprep.tokens import (
    ESTIMATE_ERROR,
    Counter,
    counter,
    dollars,
    estimate,
    estimator,
    usual_epochs,
)

__all__ = [
    "ESTIMATE_ERROR",
    "Tokeniser",
    "Tokens",
    "dollars",
    "estimate",
    "tokeniser",
    "tokens_of",
    "usd",
    "usual_epochs",
]


class Tokeniser(msgspec.Struct, frozen=True):
    """A way to count: `error` is 0 for an exact one, else the share it may be wrong by."""

    count: Callable[[str], float]
    name: str
    error: float


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """A number of tokens, and how far to trust it."""

    count: int
    method: str
    error: float = 0.0

    @property
    def exact(self) -> bool:
        """Whether the count is what the platform counts."""
        return self.error == 0

    @property
    def most(self) -> int:
        """The highest number that the stated error allows."""
        return round(self.count * (1 + self.error))

    def __str__(self) -> str:
        return f"{self.count:,}" if self.exact else f"about {self.count:,} ±{self.error:.0%}"


def tokeniser(encoding: str | None) -> Tokeniser:
    """The exact one where the rank file lies on this machine, else the estimate."""
    made = counter(encoding) if encoding else estimator("the encoding of the model is unknown")
    return Tokeniser(made.size, made.source, made.error)


def tokens_of(example: dict[str, Any], count: Callable[[str], float]) -> tuple[int, bool]:
    """The trained tokens of one chat example, and whether nothing undocumented is in them."""
    counter = Counter("", lambda texts: [count(text) for text in texts])
    found = counter.measure([counted_texts(example)])[0]
    return found.tokens, found.whole


def usd(amount: float) -> str:
    """An amount of US dollars, with four digits below one dollar."""
    return f"{amount:,.2f} USD" if amount >= 1 else f"{amount:.4f} USD"
