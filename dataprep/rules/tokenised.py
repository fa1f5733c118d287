"""Family T, 1xx: datasets of token ids."""

from dataprep.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
