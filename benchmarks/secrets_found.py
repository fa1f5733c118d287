"""Secrets: how many of each kind are found in each place, and what foreign text is taken for one.

The secrets are made by hand-written generators, from the issuers' documents; the foreign text is
what the installed packages brought along. No network is used.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this table."""
    parser.add_argument("--seeds", type=int, default=5, help="secrets of each kind and place")
    parser.add_argument("--lines", type=int, default=2_000, help="foreign lines")


def main(options: argparse.Namespace) -> None:
    """Print the table of places, what was missed, and the false alarms."""
    sys.path.insert(0, str(ROOT))  # the generators stand beside the tests
    from dataprep import jsonio
    from dataprep.checks import Context, Selection
    from dataprep.checks.prefilter import Hints
    from tests.unit.checks.issued import PLACES, placed
    from tests.unit.checks.secret_outputs import codes_in

    screens = Hints(Context(selection=Selection(["P"])))
    made, found = Counter[str](), Counter[str]()
    missed: dict[str, Counter[str]] = {place: Counter() for place in PLACES}
    kinds = set()
    for seed in range(options.seeds):
        for place, issued, row in placed(seed):
            kinds.add(issued.kind)
            made[place] += 1
            if screens.in_lines([jsonio.dumps(row)])[0] and codes_in(row):
                found[place] += 1
            else:
                missed[place][issued.kind] += 1
    print(f"{len(kinds)} kinds, {options.seeds} of each in each place")
    print("| place | found | missed |\n| --- | --- | --- |")
    for place in PLACES:
        names = ", ".join(f"{kind} {n}" for kind, n in missed[place].most_common())
        print(f"| {place} | {found[place] / made[place]:.1%} of {made[place]:,} | {names or '-'} |")
    _print_told(options.seeds)
    _print_alarms(options.lines)


def _print_told(seeds: int) -> None:
    from dataprep import sensitive
    from tests.unit.checks.told_forms import KEYS, PASSWORDS, made_up

    print("\n| told by | taken out whole |\n| --- | --- |")
    for kind, groups in (("key", KEYS), ("password", PASSWORDS)):
        for place, texts in groups.items():
            whole = [(text, made_up(kind, seed)) for text in texts for seed in range(seeds)]
            gone = sum(secret not in sensitive.redacted(t.format(secret)) for t, secret in whole)
            print(f"| {place} | {gone / len(whole):.1%} of {len(whole):,} |")


def _print_alarms(number: int) -> None:
    from dataprep import sensitive
    from tests.unit.checks import foreign_text

    lines = foreign_text.lines(number)
    alarms = [
        match.kind.name
        for line in lines
        for match in sensitive.matches(line)
        if match.kind.code.startswith("P0")
    ]
    print(f"\n{len(alarms)} false alarms in {len(lines):,} foreign lines {dict(Counter(alarms))}")
