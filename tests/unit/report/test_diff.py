"""The diff of a fix: `patch` makes the new file of it."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest

from dataprep.report import Edit, write_diff

OLD = b"\xef\xbb\xbfone\ntwo\nthree\r\nfour\nfive\nsix"


def diff(edits: list[Edit]) -> str:
    stream = io.StringIO()
    assert write_diff(edits, "old", "new", stream) == len(edits)
    return stream.getvalue()


EDITS = [
    Edit(1, b"\xef\xbb\xbfone\n", b"one\n"),
    Edit(2, b"two\n", None),
    Edit(3, b"three\r\n", b"THREE\r\n"),
    Edit(5, b"five\n", None),
    Edit(6, b"six", b"SIX"),
]


def test_each_change_is_a_hunk_of_its_own_line() -> None:
    assert diff(EDITS[1:4]) == (
        "--- old\n+++ new\n@@ -2 +1,0 @@\n-two\n@@ -3 +2 @@\n-three\r\n+THREE\r\n"
        "@@ -5 +3,0 @@\n-five\n"
    )


@pytest.mark.skipif(shutil.which("patch") is None, reason="patch is not installed")
def test_patch_makes_the_new_file(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(OLD)
    subprocess.run(
        ["patch", "--binary", "--quiet", "old"],
        input=diff(EDITS).encode(),
        cwd=tmp_path,
        check=True,
    )
    assert (tmp_path / "old").read_bytes() == b"one\nTHREE\r\nfour\nSIX"


def test_no_edit_is_no_diff() -> None:
    assert diff([]) == ""


def test_what_a_terminal_would_obey_is_never_shown() -> None:
    shown = diff([Edit(1, b"\x1b[31m \x07 \xc2\x9b \xff\n", b"\xe2\x80\xae\n")])
    assert all(c.isprintable() or c == "\n" for c in shown)
