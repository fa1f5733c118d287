"""Family C, 3xx: pictures in a conversation."""

from dataprep.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
