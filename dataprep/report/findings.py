"""Findings as a person reads them: one a line while they are few, by rule when they are many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from dataprep.finding import Finding, Severity
from dataprep.report.counts import HELD, Counts
from dataprep.report.places import what_stands
from dataprep.report.terminal import NOUNS, STYLES, counted, plain, wrapped
from dataprep.rules import CATALOGUE

if TYPE_CHECKING:
    from rich.table import Table

SHOWN = 5
"""Places that are shown of a rule once findings are grouped."""

FEW = 10
"""Findings that need no table: one sees how many there are of each."""


def findings_text(
    findings: Iterable[Finding], console: Console, *, rows: int | None = None
) -> Counts:
    """Print findings, the worst first, and what they amount to; returns the counts.

    Up to HELD findings stand one a line, as `file:line: CODE message. Remedy.`; more are
    grouped by rule, with the first places of each. `rows` is how many rows were read.
    """
    counts = Counts.of(findings)
    print_counts(counts, console, rows=rows)
    return counts


def print_counts(
    counts: Counts,
    console: Console,
    *,
    rows: int | None = None,
    fixable: bool = True,
    command: str = "",
) -> None:
    """Print findings that were counted as they came; `fixable` says whether --fix is at hand.

    `command` is the check that --fix would be added to; without it the flags alone are named.
    """
    print_found(counts, console)
    if counts.total <= HELD:
        _print_reasons(console, counts)
    if counts.total > FEW and len(counts.rules) > 1:
        console.print(_by_rule(counts))
        console.print()
    _print(console, _verdict(counts, rows))
    if fixable and (hint := _fixable(counts, command)):
        _print(console, Text(hint))


def findings_parts(counts: Counts, rows: int | None = None) -> list[Table | Text]:
    """What the findings amount to, and those that are held (at most HELD of each rule), as tables.

    For notebooks, which show a table better than lines.
    """
    from rich.table import Table

    if not counts.total:
        return [_verdict(counts, rows)]
    each = Table("place", "code", "severity", "what stands there", "what to do")
    for finding in sorted((f for held in counts.first.values() for f in held), key=_worst)[:HELD]:
        place, what = plain(str(finding.place)), plain(what_stands(finding))
        remedy = plain(finding.remedy)
        each.add_row(place, Text(finding.code, "bold"), finding.severity.value, what, remedy)
    shown = each.row_count
    more = [] if shown == counts.total else [Text(f"… and {counts.total - shown:,} more")]
    by_rule = [_by_rule(counts)] if len(counts.rules) > 1 or more else []
    return [_verdict(counts, rows), *by_rule, each, *more]


def print_found(counts: Counts, console: Console) -> None:
    """Print the findings alone, those of one rule together where there are many."""
    if counts.total <= HELD:
        for finding in sorted((f for held in counts.first.values() for f in held), key=_worst):
            _print(console, _line(finding))
        return
    for code in counts.worst_first():
        _print_group(console, counts.first[code], counts.rules[code])


def print_formats(formats: Mapping[str, str], console: Console) -> None:
    """Say what each file was read as; files of one format share a line."""
    files: dict[str, list[str]] = {}
    once = len({Path(file).name for file in formats}) == len(formats)
    for file, form in formats.items():
        files.setdefault(form, []).append(Path(file).name if once else file)
    for form, names in files.items():
        more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
        _print(console, plain(f"Read as {form}: {', '.join(names[:FEW])}{more}", "dim"))


def finding_line(finding: Finding) -> str:
    """One finding on one line of plain text."""
    return _line(finding).plain


def _worst(finding: Finding) -> tuple[int, str, int, str]:
    place = finding.place
    return finding.severity.rank, place.file, place.line or 0, finding.code


def _line(finding: Finding) -> Text:
    style = STYLES[finding.severity]
    return Text.assemble(
        plain(f"{finding.place}: ", "bold"),
        (finding.code, f"bold {style}"),
        " ",
        plain(what_stands(finding)),
        " ",
        plain(finding.remedy, "dim"),
    )


def _print_reasons(console: Console, counts: Counts) -> None:
    """Why each rule that was broken matters, once a rule."""
    if not counts.total:
        return
    console.print()
    for code in counts.worst_first():
        style = f"bold {STYLES[counts.first[code][0].severity]}"
        reason = Text.assemble("Why ", (code, style), " matters: ")
        _print(console, reason.append_text(plain(CATALOGUE[code].why, "dim")))
    console.print()


def _print_group(console: Console, held: list[Finding], number: int) -> None:
    rule, severity = CATALOGUE[held[0].code], held[0].severity
    style = STYLES[severity]
    head = Text.assemble((rule.code, f"bold {style}"), " ", (rule.name, "bold"), "  ")
    _print(console, head.append(counted(number, NOUNS[severity]), style))
    for words in (rule.why, held[0].remedy):
        _print(console, Text.assemble("  ", plain(words, "dim")))
    for finding in held[:SHOWN]:
        place = plain(f"  {finding.place}: ", "bold")
        _print(console, Text.assemble(place, plain(what_stands(finding))))
    if number > SHOWN:
        _print(console, Text(f"  … and {number - SHOWN:,} more", "dim"))
    console.print()


def _by_rule(counts: Counts) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("findings", justify="right")
    for column in ("code", "rule", "severity"):
        table.add_column(column, overflow="fold")
    for code in counts.worst_first():
        severity = counts.first[code][0].severity
        style = STYLES[severity]
        table.add_row(
            f"{counts.rules[code]:,}",
            Text(code, f"bold {style}"),
            CATALOGUE[code].name,
            Text(severity.value, style),
        )
    return table


def _verdict(counts: Counts, rows: int | None) -> Text:
    among = "" if rows is None else f" in {counted(rows, 'row')}"
    if not counts.total:
        return Text(f"No findings{among}.", "green")
    parts = [counted(counts.severities[s], NOUNS[s]) for s in Severity if counts.severities[s]]
    worst = counts.worst_first()[0]
    said = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    return Text.assemble(
        (f"{said}{among}.", "bold"), f" What a code means: dataprep explain {worst}"
    )


def _fixable(counts: Counts, command: str) -> str:
    """How many findings have a fix, and the flag that makes it; empty where none has."""
    fixes = {code: CATALOGUE[code].fix for code in counts.rules}
    mendable = {code: counts.rules[code] - counts.by_hand[code] for code in fixes}
    safe = sum(mendable[code] for code, fix in fixes.items() if fix and fix.safe)
    unsafe = sum(mendable[code] for code, fix in fixes.items() if fix and not fix.safe)
    if not safe and not unsafe:
        return ""
    ways = [f"{safe:,} with --fix"] * bool(safe)
    ways += [f"{safe + unsafe:,} with --fix=all"] * bool(unsafe)
    flag = "--fix=all" if unsafe else "--fix"
    return f"Fixable: {', '.join(ways)}. See first: {f'{command} {flag}'.strip()} --diff"


def _print(console: Console, line: Text) -> None:
    """One line: wrapped with a hanging indent on a terminal, left whole for files and pipes."""
    if not console.is_terminal:
        console.print(line, soft_wrap=True)
        return
    indent = len(line.plain) - len(line.plain.lstrip(" ")) + 4
    for number, part in enumerate(wrapped(line, max(console.width - indent, 20))):
        console.print(Text(" " * indent if number else "").append_text(part), soft_wrap=True)
