"""A fix is held against what it may bring about: a safe one errors, an unsafe one everything."""

from pathlib import Path
from typing import Any

import pytest

from dataprep.checks import Context
from dataprep.finding import Fix, Place
from dataprep.fixes import line
from dataprep.fixes.file import FoundLines, Settler
from dataprep.fixes.line import LineMender
from dataprep.rules import CATALOGUE, found

SAFE, UNSAFE = Fix("integer-weight", safe=True), Fix("redact", safe=False)
WARNING, ERROR = "C505", "C003"


def test_the_rules_of_this_test_are_a_warning_and_an_error() -> None:
    assert CATALOGUE[WARNING].severity == "warning"
    assert CATALOGUE[ERROR].severity == "error"


@pytest.mark.parametrize(
    ("fix", "revealed", "kept"),
    [(SAFE, WARNING, True), (SAFE, ERROR, False), (UNSAFE, WARNING, False), (UNSAFE, ERROR, False)],
)
def test_a_line_is_mended_unless_its_fix_reveals_what_counts(
    fix: Fix, revealed: str, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = LineMender({"C010": fix}, None, Context())
    told = {b"old": "C010", b"new": revealed}
    monkeypatch.setattr(
        judge,
        "_faults",
        lambda raw, target: [found(told[raw], "is so", Place(line=1))],
        raising=False,
    )
    monkeypatch.setattr(line, "mend", lambda *_: b"new")
    assert judge.mended(b"old", []) == (b"new" if kept else b"old")


@pytest.mark.parametrize(
    ("fix", "revealed", "kept"),
    [(SAFE, WARNING, True), (SAFE, ERROR, False), (UNSAFE, WARNING, False), (UNSAFE, ERROR, False)],
)
def test_a_file_is_written_unless_its_fixes_reveal_what_counts(
    tmp_path: Path, fix: Fix, revealed: str, kept: bool
) -> None:
    path, staged = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    path.write_bytes(b"old\nother\n")

    def check(file: Path) -> list[Any]:
        told = {b"old": "C010", b"new": revealed}
        lines = file.read_bytes().split()
        return [
            found(told[raw], "is so", Place(line=number))
            for number, raw in enumerate(lines, 1)
            if raw in told
        ]

    settler = Settler(
        path,
        {"C010": fix},
        check,
        lambda raw, _: raw.replace(b"old", b"new"),
        FoundLines.of(check(path)),
    )
    assert settler.settle(staged) is kept
    assert staged.exists() is kept
