"""Three newcomers and a terminal: what they type, what they see, and what they type next.

The screens are kept in tests/golden/first_hour. Where one is to be another, look at it first, then
DATAPREP_WRITE_SCREENS=1 pytest tests/acceptance/test_first_hour.py writes them anew. What trains is
typed at 80 columns alone, since it takes most of the time; tests/real types all at both.
"""

from __future__ import annotations

import difflib
import os
import sys
from pathlib import Path

import pytest

from tests.first_hour import GOLDEN, ROOT, WAYS, Way, go, kept, shown, too_wide
from tests.terminal import ObeyedError, Screen, Terminal

pytest.importorskip("torch")

WRITES = bool(os.environ.get("DATAPREP_WRITE_SCREENS"))


def terminal(columns: int, folder: Path) -> Terminal:
    """One in which `dataprep` is that of this tree, on the day of the screens."""
    folder.mkdir()
    home = folder.with_name("home")
    home.mkdir()
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "TIKTOKEN_CACHE_DIR": str(home),
    }
    program = (sys.executable, ROOT / "tests" / "at_a_day.py")
    return Terminal(columns, folder, program, environment)


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_the_first_hour_of_a_newcomer(way: Way, columns: int, tmp_path: Path) -> None:
    screens, faults, offered = [], [], ""
    quick = columns != 80 and not WRITES
    for step, typed in go(way, terminal(columns, tmp_path / "work"), quick=quick):
        screens.append(shown(step, typed))
        said = screens[-1]
        if typed.code != step.code:
            faults.append(f"exit code {typed.code}, not {step.code}:\n{said}")
        if "Traceback" in said or "internal error" in said:
            faults.append(said)
        faults += [f"$ {step.line}\nwider than {columns}: {line}" for line in too_wide(step, typed)]
        if step.follows and not step.line.startswith(offered or "?"):
            faults.append(f"$ {step.line}\nis not what was named before: {offered!r}")
        offered = typed.offered
        if not offered and typed.code != 2:  # an error says what to do in words
            faults.append(f"$ {step.line}\nnames no next command:\n{said[-200:]}")
    assert not faults, "\n\n".join(faults)
    if WRITES:
        (GOLDEN / f"{way.name}-{columns}.txt").write_text("".join(screens), "utf-8")
    before = kept(way, columns)
    was = "".join(
        before.get(screen.partition("\n")[0].removeprefix("$ "), "") for screen in screens
    )
    now = "".join(screens)
    compared = difflib.unified_diff(was.splitlines(), now.splitlines(), "kept", "now", n=2)
    assert now == was, "\n".join(compared)
    assert quick or len(before) == len(screens)


@pytest.mark.parametrize(
    "foreign", ["\x1b]0;mine\x07", "\x1b[5mdark", "\x9b5m", "\u202edne", "\x07"]
)
def test_a_terminal_that_obeys_a_text_is_seen(foreign: str) -> None:
    with pytest.raises(ObeyedError):
        Screen(80).write(f"a text {foreign}")


def test_a_bar_is_seen_as_it_stands_at_last_and_a_wide_line_over_two_rows() -> None:
    screen = Screen(8)
    screen.write("\x1b[?25lone\r\n50 %\r\x1b[2K\x1b[1A\x1b[2K\x1b[1mdone\x1b[0m\r\n\x1b[?25h")
    screen.write("a line, wide 横断\r\n")
    assert screen.text() == "done\na line,\nwide 横\n断\n"
    assert screen.lines() == ["done", "a line, wide 横断", ""]
