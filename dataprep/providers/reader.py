"""Who would read a file: a provider, and perhaps one of its models, as `--target` names them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import msgspec

from dataprep.finding import UsageError, excerpt
from dataprep.providers.reading import model_of, provider
from dataprep.providers.table import Limits, Model, Provider

_TYPO = 0.85


class ProviderModel(msgspec.Struct, frozen=True, kw_only=True):
    """A provider, and the model that was named (`asked`); `model` is None if it is not listed."""

    provider: Provider
    model: Model | None = None
    asked: str = ""

    @property
    def name(self) -> str:
        """As it is typed: openai, or azure:gpt-4o-mini."""
        return f"{self.provider.name}:{self.asked}" if self.asked else self.provider.name

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats of files that the provider takes."""
        return self.provider.formats

    @property
    def limits(self) -> Limits:
        """What one file may hold."""
        return self.provider.limits

    @property
    def token_limit(self) -> int | None:
        """Tokens of one example, where the model is named and its limit known."""
        return self.model.example_tokens if self.model else None

    @property
    def encoding(self) -> str | None:
        """The name of the model's encoding, like o200k_base."""
        return self.model.encoding if self.model else None

    @property
    def training_ends(self) -> date | None:
        """The first day without new jobs: the platform's or the model's, whichever is earlier."""
        days = (self.provider.platform.closes, self.model.training_ends if self.model else None)
        return min((day for day in days if day), default=None)

    @property
    def shutdown(self) -> date | None:
        """The day from which the trained model does not run any more."""
        return self.model.shutdown if self.model else None


def reader(text: str, path: Path | None = None) -> ProviderModel:
    """The reader behind `provider` or `provider:model`, from the table (and the user's at `path`).

    A model that is not listed is kept by name, for the platform rules to judge. Raises UsageError
    for an unknown provider, and for a model that looks like a slip of the pen.
    """
    name, _, asked = text.partition(":")
    row = provider(name, path)
    known = model_of(row, asked) if asked else None
    if asked and known is None and (meant := slip(row, asked)):
        raise UsageError(
            f"{row.title} has no model {excerpt(asked)!r} in the table.",
            f"Did you mean {row.name}:{meant}?",
        )
    return ProviderModel(provider=row, model=known, asked=asked)


def nearest_model(row: Provider, asked: str) -> str | None:
    """The name in the table that looks most like what was typed."""
    import difflib

    names = [name for known in row.models for name in (known.name, *known.aliases)]
    near = difflib.get_close_matches(asked, names, n=1, cutoff=0.5)
    return near[0] if near else None


def slip(row: Provider, asked: str) -> str | None:
    """The name that was meant, where only letters are wrong: gpt-5 is no misspelt gpt-4."""
    import difflib

    near = nearest_model(row, asked)
    if near is None or re.findall(r"\d+", near) != re.findall(r"\d+", asked):
        return None
    return near if difflib.SequenceMatcher(None, asked, near).ratio() >= _TYPO else None
