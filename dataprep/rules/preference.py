"""Family C, 2xx: preference pairs, a chosen and a rejected answer."""

from dataprep.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
