"""What a rule is. The catalogue holds no logic: checks and readers name a rule by its code."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from dataprep.finding import Fix, Severity


class Grain(enum.StrEnum):
    """The material that a rule judges; it runs as soon as that material exists."""

    LINE = "line"
    RECORD = "record"
    EXAMPLE = "example"
    SPLIT = "split"
    FILE = "file"


class Basis(enum.StrEnum):
    """How we know: a vendor's document, behaviour seen when run, or our own advice."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the catalogue.

    `summary` completes the sentence "the data must not ..."; `why` says what it does to the
    training; `remedy` is the default advice of a finding. `targets` empty means every target.
    `bad` and `good` are one case each, as text.
    """

    code: str
    name: str
    grain: Grain
    severity: Severity
    summary: str
    why: str
    remedy: str
    basis: Basis
    source: str
    date: str
    bad: str
    good: str
    targets: tuple[str, ...] = ()
    provider_message: str = ""
    fix: Fix | None = None
