"""`python -m dataprep` is the command, under its own name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_package_runs_as_a_module_under_its_own_name() -> None:
    for arguments in (["--help"], ["convert", "--help"], ["train", "t5", "--help"]):
        done = subprocess.run(
            [sys.executable, "-m", "dataprep", *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parents[3],
        )
        assert done.returncode == 0, done.stderr
        usage = " ".join(["Usage: dataprep", *arguments[:-1]])
        assert done.stdout.splitlines()[0].startswith(usage)


INTERRUPTED = """
import sys, dataprep.__main__ as command

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "dataprep.cli.converting":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupting())
sys.argv = ["dataprep", "convert", "rows.jsonl"]
command.main()
"""


def test_whoever_stops_it_while_it_is_loaded_is_told_that_nothing_was_begun() -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "Stopped. Nothing was begun.\n"
