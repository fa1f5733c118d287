"""Who trains closed weights: limits, prices and dates from one dated table, `table.json`.

`None` means that the facts are silent. A user's own file of the same shape can replace the table.
"""

from __future__ import annotations

import difflib
import functools
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec

from dataprep.finding import UsageError

Confidence = Literal["ran", "source", "document", "mirror", "report", "inference"]


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all rows share: fixed once read, and no key that we do not know."""


class Source(_Row, frozen=True, kw_only=True):
    """Where something was read, and when."""

    what: str
    where: str
    seen: str


class Price(_Row, frozen=True, kw_only=True):
    """What training costs, in US dollars per million tokens or per hour."""

    training_usd_per_million: float | None
    training_usd_per_hour: float | None
    as_of: str
    source: str
    confidence: Confidence


class Model(_Row, frozen=True, kw_only=True):
    """A base model that can, or could, be trained. `example_tokens` is the limit per example."""

    name: str
    aliases: tuple[str, ...]
    methods: tuple[Literal["supervised", "dpo", "reinforcement"], ...]
    encoding: str | None
    example_tokens: int | None
    price: Price | None
    training_ends: date | None
    shutdown: date | None
    confidence: Confidence
    sources: tuple[str, ...]
    note: str = ""


class Limits(_Row, frozen=True, kw_only=True):
    """What one file and one job may hold; `suffix` in characters."""

    file_bytes: int | None
    upload_bytes: int | None
    min_examples: int | None
    max_examples: int | None
    suffix: int | None
    byte_order_mark: bool | None


class Platform(_Row, frozen=True, kw_only=True):
    """Whether new jobs are taken; none are from the day `closes` on."""

    status: Literal["open", "closing", "closed"]
    closes: date | None
    existing_customers_only: bool | None
    note: str


class Provider(_Row, frozen=True, kw_only=True):
    """One provider; `protocol` names the client that speaks with it."""

    name: str
    title: str
    protocol: Literal["openai", "together", "fireworks"]
    base_url: str | None
    key_variable: str | None
    formats: tuple[str, ...]
    limits: Limits
    platform: Platform
    models: tuple[Model, ...]
    confidence: Confidence
    sources: tuple[str, ...]
    note: str = ""


class Table(_Row, frozen=True, kw_only=True):
    """The whole table; `dated` is when it was gathered, as YYYY-MM or YYYY-MM-DD."""

    schema: Literal["urn:dataprep:schema:providers:1"]
    dated: str
    currency: Literal["USD"]
    sources: dict[str, Source]
    providers: tuple[Provider, ...]


@functools.cache
def table(path: Path | None = None) -> Table:
    """The shipped table, or the user's own at `path`; raises UsageError for a bad one."""
    shipped = files("dataprep.providers") / "table.json"
    try:
        return msgspec.json.decode((path or shipped).read_bytes(), type=Table)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.", "Check the path of the table.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} is not a table of providers: {error}.",
            "Its shape is schemas/providers.schema.json.",
        ) from None


def provider(name: str, path: Path | None = None) -> Provider:
    """The provider of that name; raises UsageError when the table has none."""
    rows = {row.name: row for row in table(path).providers}
    if name in rows:
        return rows[name]
    near = difflib.get_close_matches(name, rows, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(sorted(rows))}."
    raise UsageError(f"No provider is called {name!r}.", remedy)


def model(provider_name: str, name: str, path: Path | None = None) -> Model | None:
    """The model behind a name, an alias or a fine-tuned `ft:BASE:...`; None when unknown."""
    base = name.split(":")[1] if name.startswith("ft:") else name
    rows = provider(provider_name, path).models
    return next((row for row in rows if base == row.name or base in row.aliases), None)


def days_left(until: date | None, today: date) -> int | None:
    """Days from `today` to a date, 0 or less when it has come; None when the date is unknown."""
    return None if until is None else (until - today).days
