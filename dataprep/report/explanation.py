"""What a rule means, as Markdown: `dataprep explain CODE` and docs/rules/ show the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import msgspec

from dataprep.finding import Fix, UsageError, excerpt
from dataprep.rules import CATALOGUE, FAMILIES, Basis, Grain, Rule, nearest

if TYPE_CHECKING:
    from rich.console import Console

_GRAINS = {
    Grain.LINE: "each line, while it is read",
    Grain.RECORD: "each annotation, before annotators are merged",
    Grain.EXAMPLE: "each example",
    Grain.SPLIT: "all examples together",
    Grain.FILE: "the file as a whole",
}
_BASES = {
    Basis.DOCUMENTED: "documented",
    Basis.OBSERVED: "observed when run",
    Basis.ADVICE: "our advice",
}


def explain(code: str) -> str:
    """The page of a rule, in Markdown. Raises UsageError with the nearest code."""
    rule = CATALOGUE.get(code.upper())
    if rule is None:
        near = nearest(code)
        remedy = (
            f"Did you mean {near}?" if near in CATALOGUE else "See them all: dataprep explain --all"
        )
        raise UsageError(f"There is no rule {excerpt(code)!r}.", remedy)
    return "\n\n".join(
        [
            f"# {rule.code} {rule.name}",
            f"The data must not {rule.summary}.",
            f"**Why it matters.** {rule.why}",
            f"**What to do.** {rule.remedy}",
            _facts(rule),
            f"## Bad\n\n{_fenced(rule.bad)}",
            f"## Good\n\n{_fenced(rule.good)}\n",
        ]
    )


def explain_all() -> str:
    """The index of the catalogue, in Markdown: one line a rule, by family."""
    parts = ["# The rules", "`dataprep explain CODE` prints the page of one rule."]
    for letter, name in FAMILIES.items():
        rows = [
            f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.severity} | {rule.summary} |"
            for rule in CATALOGUE.values()
            if rule.code.startswith(letter)
        ]
        head = "| code | name | severity | the data must not ... |\n| --- | --- | --- | --- |\n"
        parts.append(f"## {letter}: {name}\n\n{head}" + "\n".join(rows))
    return "\n\n".join(parts) + "\n"


def print_markdown(text: str, console: Console) -> None:
    """Markdown rendered on a terminal, and as it is in a pipe."""
    from dataprep.report.terminal import plain_lines

    if console.is_terminal:
        from rich.markdown import Markdown

        console.print(Markdown(text, hyperlinks=False))
    else:
        console.print(plain_lines(text), soft_wrap=True, end="")


def _facts(rule: Rule) -> str:
    facts = [
        f"severity: {rule.severity}",
        f"judges: {_GRAINS[rule.grain]}",
        f"targets: {', '.join(rule.targets) or 'all'}",
        f"known from: {rule.source} ({_BASES[rule.basis]}, {rule.date})",
    ]
    if rule.provider_message:
        facts.append(f"prevents the provider's message: “{rule.provider_message}”")
    if rule.fix is not None:
        facts.append(f"fix: {_fix(rule.fix)}")
    return "\n".join(f"- {fact}" for fact in facts)


def _fix(fix: Fix) -> str:
    if fix.safe:
        return f"{fix.name}, safe: `dataprep check FILE --fix` writes a mended file"
    return f"{fix.name}, may change what is learned: `dataprep check FILE --fix=all`"


def _fenced(case: str) -> str:
    return f"```json\n{case}\n```"


def catalogue_json(codes: Sequence[str] = ()) -> str:
    """The rules with these codes, all when none is named, as one JSON list."""
    wanted = [code.upper() for code in codes] or list(CATALOGUE)
    for code in wanted:
        explain(code)
    rules = [asdict(CATALOGUE[code]) for code in wanted]
    return json.dumps(rules, indent=1, ensure_ascii=False, default=msgspec.to_builtins) + "\n"
