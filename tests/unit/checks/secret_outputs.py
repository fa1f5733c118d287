"""What a command prints and writes of rows that hold secrets."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from dataprep import jsonio
from tests.unit.checks.issued import Issued, placed
from tests.unit.checks.rows import check

BETWEEN = str.maketrans("", "", "\u200b\u2060\n")
"""What may split a secret."""

FORMS = ("text", "json", "jsonl", "sarif", "github", "junit")
FIXES = [["--fix=all", "--diff"], ["--fix=all"]]
COMMANDS = [*(["--output-format", form] for form in FORMS), *FIXES]
"""Flags of `check`, of which the last alone writes a file."""


def codes_in(row: Any) -> set[str]:
    """The codes of the secrets that are found in a row."""
    return {finding.code for finding in check(row) if finding.code.startswith("P0")}


def found_rows(seed: int, first: int = 0, step: int = 1) -> list[tuple[Issued, Any]]:
    """Secrets and rows with them, in each place in which they are found: every `step`th of all."""
    some = islice(placed(seed), first, None, step)
    return [(issued, row) for _, issued, row in some if codes_in(row)]


def seen_in_output(flags: list[str], rows: list[tuple[Issued, Any]], folder: Path) -> list[str]:
    """The kinds of which a piece stands in what `check` prints or writes of rows.

    Some rows are broken as well, so that there is more to say of them.
    """
    broken = [(i, {**row, "completion": 7, "messages": 3}) for i, row in rows[::7]]
    data = folder / "train.jsonl"
    data.write_bytes(b"".join(jsonio.dumps(row) + b"\n" for _, row in rows + broken))
    command = [sys.executable, "-m", "dataprep.cli", "check", "train.jsonl", *flags]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert "P001" in done.stdout or "[hidden]" in done.stdout or flags == FIXES[-1], done.stdout
    written = [p.read_text("utf-8") for p in folder.rglob("*") if p.is_file() and p != data]
    assert bool(written) == (flags == FIXES[-1])
    flat = "\n".join((done.stdout, done.stderr, *written)).translate(BETWEEN)
    seen = {flat[at : at + 12] for at in range(len(flat) - 11)}
    return [issued.kind for issued, _ in rows if not seen.isdisjoint(_pieces(issued.secret))]


def _pieces(text: str) -> list[str]:
    """Twelve characters in a row of a secret, letters and digits: fewer meet by chance."""
    pieces = (text[at : at + 12] for at in range(max(1, len(text) - 11)))
    return [p for p in pieces if any(a.isdigit() != b.isdigit() for a, b in pairwise(p))]
