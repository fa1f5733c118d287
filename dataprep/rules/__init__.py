"""The catalogue of rules: one file a family, no logic."""

from __future__ import annotations

from dataprep.finding import Finding, Place
from dataprep.rules import (
    annotation,
    balance,
    chat,
    duplicates,
    json_text,
    pictures,
    preference,
    privacy,
    quality,
    reinforcement,
    schema,
    tokenised,
    tokens,
    tools,
    upload,
)
from dataprep.rules.rule import Basis, Grain, Rule, holds

__all__ = ["CATALOGUE", "FAMILIES", "Basis", "Grain", "Rule", "found", "holds", "nearest"]

FAMILIES = {
    "J": "JSON and bytes",
    "S": "schema",
    "A": "annotations",
    "C": "chat and pairs",
    "T": "tokens and lengths",
    "D": "duplicates and leaks",
    "P": "secrets and personal data",
    "U": "the upload and its platform",
    "B": "balance",
}

_FAMILIES_IN_ORDER = (
    json_text,
    schema,
    annotation,
    chat,
    tools,
    preference,
    pictures,
    reinforcement,
    quality,
    tokens,
    tokenised,
    duplicates,
    privacy,
    upload,
    balance,
)

CATALOGUE: dict[str, Rule] = {
    rule.code: rule for family in _FAMILIES_IN_ORDER for rule in family.RULES
}


def found(
    code: str,
    message: str,
    place: Place,
    *,
    remedy: str = "",
    example: str = "",
    by_hand: bool = False,
) -> Finding:
    """A finding of a rule, with the rule's severity, and its remedy unless one is given."""
    rule = CATALOGUE[code]
    return Finding(
        code=code,
        severity=rule.severity,
        message=message,
        remedy=remedy or rule.remedy,
        place=place,
        example=example,
        by_hand=by_hand,
    )


def nearest(code: str) -> str | None:
    """The code or family that somebody who typed this most likely meant; of equals, the first."""
    import difflib

    known = {name.lower(): name for name in (*FAMILIES, *CATALOGUE)}
    near = set(difflib.get_close_matches(code.lower(), known, n=len(known), cutoff=0.5))
    likeness = {
        name: difflib.SequenceMatcher(None, name, code.lower()).ratio()
        for name in known
        if name in near
    }
    return known[max(likeness, key=likeness.__getitem__)] if likeness else None
