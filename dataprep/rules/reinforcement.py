"""Family C, 4xx: items of reinforcement fine-tuning, which a grader judges."""

from dataprep.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
