"""Family B: how answers are spread over a dataset."""

from dataprep.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
