"""Family C, 1xx: tools, the calls an assistant makes, and what they return."""

from dataprep.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
