"""Family P: secrets and personal data, before they leave the machine."""

from dataprep.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
