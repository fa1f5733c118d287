"""What a fix did, as a person reads it."""

import io
from collections.abc import Mapping
from pathlib import Path

from dataprep.report import console, print_fixed


def said(out: Path | None, changed: int = 0, removed: int = 0, **codes: Mapping[str, int]) -> str:
    stream = io.StringIO()
    mended, left = codes.get("mended", {}), codes.get("left", {})
    shown = console(stream)
    print_fixed(out, shown, changed=changed, removed=removed, mended=mended, left=left)
    return stream.getvalue()


def test_it_says_how_many_lines_changed_and_which_findings_are_gone() -> None:
    mended = {"D001": 1, "C010": 1300}
    assert said(Path("t.fixed.jsonl"), 1200, 1, mended=mended) == (
        "t.fixed.jsonl: 1,200 lines changed and 1 line removed. Mended: C010 1,300, D001 1.\n"
    )


def test_it_says_what_is_left() -> None:
    assert said(Path("t\x1b.jsonl"), 1, mended={"C010": 1}, left={"C009": 2}) == (
        "t\N{REPLACEMENT CHARACTER}.jsonl: 1 line changed. Mended: C010 1.\n"
        "Left as they are: C009 2; their fix does not fit, or would break another rule.\n"
    )


def test_it_says_that_nothing_was_written() -> None:
    assert said(None) == "Nothing was mended, and no file was written.\n"


def test_it_says_how_many_rows_became_copies_and_how_they_are_kept() -> None:
    stream = io.StringIO()
    print_fixed(
        Path("t.jsonl"),
        console(stream),
        changed=1,
        removed=3,
        mended={"D001": 1, "P101": 3},
        left={},
        copies_made=2,
    )
    assert stream.getvalue() == (
        "t.jsonl: 1 line changed and 3 lines removed. Mended: D001 1, P101 3.\n"
        "2 of the removed rows were no copy before: without what was masked or mended nothing"
        " tells such rows apart. To keep all copies: --ignore D001\n"
    )
