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


PROVIDERS = frozenset(("openai", "azure", "together", "fireworks", "nebius", "mistral"))
"""The words among a rule's targets that name a provider; all others name a format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the catalogue.

    `summary` completes the sentence "the data must not ..."; `why` says what it does to the
    training; `remedy` is the default advice of a finding. `targets` names formats, providers
    or both, and empty means all; `except_for` names providers: see `holds`. `bad` and `good` are
    one case each, as text.
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
    except_for: tuple[str, ...] = ()
    provider_message: str = ""
    fix: Fix | None = None


def holds(rule: Rule, form_name: str, provider: str | None) -> bool:
    """Whether a rule holds for a format as a provider reads it.

    A rule that names formats holds for these alone. One that names providers is silent until
    one of them is asked for, so never when `provider` is None.
    """
    providers = PROVIDERS.intersection(rule.targets)
    formats = [target for target in rule.targets if target not in PROVIDERS]
    asked_for = provider in providers if providers else provider not in rule.except_for
    return asked_for and (not formats or form_name in formats)
