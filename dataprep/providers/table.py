"""The shape of the table of providers. `None` means that the facts are silent.

What a user's own row may leave out has a default; the shipped table says all of it.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

Confidence = Literal["documented", "observed", "second-hand", "unknown"]
Positive = Annotated[int, msgspec.Meta(ge=1)]
Amount = Annotated[float, msgspec.Meta(gt=0)]
Name = Annotated[str, msgspec.Meta(min_length=1)]


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all rows share: fixed once read, and no key that we do not know."""


class FactSource(_Row, frozen=True, kw_only=True):
    """Where something was read, and when."""

    what: Name
    where: Name
    seen: Name


class Price(_Row, frozen=True, kw_only=True):
    """What training costs, in US dollars per million tokens or per hour."""

    training_usd_per_million: Amount | None = None
    training_usd_per_hour: Amount | None = None
    as_of: Name = "a day not said"
    source: Name = "the user"
    confidence: Confidence = "unknown"


class Model(_Row, frozen=True, kw_only=True):
    """A base model that can, or could, be trained. `example_tokens` is the limit per example.

    A model without any method is one that people ask for and nobody can train.
    """

    name: Name
    methods: tuple[Literal["supervised", "dpo", "reinforcement"], ...]
    aliases: tuple[Name, ...] = ()
    encoding: str | None = None
    example_tokens: Positive | None = None
    price: Price | None = None
    training_ends: date | None = None
    shutdown: date | None = None
    confidence: Confidence = "unknown"
    sources: tuple[str, ...] = ()
    note: str = ""


class Limits(_Row, frozen=True, kw_only=True):
    """What one file and one job may hold; `suffix` in characters.

    `endings` are those of file names, empty where not known; above `parts_above_bytes` a file
    goes up in parts; `image_examples` is how many examples of a file may hold pictures.
    """

    file_bytes: Positive | None
    upload_bytes: Positive | None
    min_examples: Positive | None
    max_examples: Positive | None
    suffix: Positive | None
    byte_order_mark: bool | None
    endings: tuple[str, ...] = ()
    parts_above_bytes: Positive | None = None
    tokens_times_epochs: Positive | None = None
    image_examples: int | None = None


class PlatformState(_Row, frozen=True, kw_only=True):
    """Whether new jobs are taken; none are from the day `closes` on."""

    status: Literal["open", "closing", "closed"]
    closes: date | None
    existing_customers_only: bool | None
    note: str


class Provider(_Row, frozen=True, kw_only=True):
    """One provider; `protocol` names the client that speaks with it.

    `all_models` says that no other model than those listed can be trained there.
    """

    name: Name
    title: Name
    protocol: Literal["openai", "together", "fireworks", "mistral"]
    base_url: str | None
    key_variable: str | None
    formats: tuple[str, ...]
    limits: Limits
    platform: PlatformState
    models: tuple[Model, ...]
    confidence: Confidence
    sources: tuple[str, ...]
    all_models: bool = False
    note: str = ""


class Table(_Row, frozen=True, kw_only=True):
    """The whole table; `dated` is when it was gathered, as YYYY-MM or YYYY-MM-DD."""

    schema: Literal["urn:dataprep:schema:providers:1"]
    dated: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}(-\d{2})?$")]
    currency: Literal["USD"]
    sources: dict[str, FactSource]
    providers: tuple[Provider, ...]
