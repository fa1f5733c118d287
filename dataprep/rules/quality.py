"""Family C, 5xx: what a text is like, whoever says it."""

from dataprep.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
