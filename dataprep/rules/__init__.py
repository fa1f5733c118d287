"""The catalogue of rules: one file a family, no logic."""

from __future__ import annotations

from dataprep.finding import Finding, Place
from dataprep.rules import annotation, chat, duplicates, json_text, schema, tokens
from dataprep.rules.rule import Basis, Grain, Rule

__all__ = ["CATALOGUE", "FAMILIES", "Basis", "Grain", "Rule", "found"]

FAMILIES = {
    "J": "JSON and bytes",
    "S": "schema",
    "A": "annotations",
    "C": "chat and pairs",
    "T": "tokens and lengths",
    "D": "duplicates and leaks",
}

CATALOGUE: dict[str, Rule] = {
    rule.code: rule
    for family in (json_text, schema, annotation, chat, tokens, duplicates)
    for rule in family.RULES
}


def found(code: str, message: str, place: Place, *, remedy: str = "", example: str = "") -> Finding:
    """A finding of a rule, with the rule's severity, and its remedy unless one is given."""
    rule = CATALOGUE[code]
    return Finding(
        code=code,
        severity=rule.severity,
        message=message,
        remedy=remedy or rule.remedy,
        place=place,
        example=example,
    )
