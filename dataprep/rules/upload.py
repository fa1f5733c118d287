"""Family U: the file that would be uploaded, and the platform that would take it."""

from dataprep.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
