"""`python -m dataprep` is the command, under its own name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


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


AS_THE_ROOM = INTERRUPTED.replace("command.main()", "runpy.run_module('dataprep.cli')").replace(
    "import sys", "import runpy, sys"
)


@pytest.mark.parametrize("program", [INTERRUPTED, AS_THE_ROOM], ids=["dataprep", "dataprep.cli"])
@pytest.mark.parametrize("module", ["dataprep.cli.converting", "cyclopts", "dataprep.finding"])
def test_whoever_stops_it_while_it_is_loaded_is_told_that_nothing_was_begun(
    program: str, module: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program.replace("dataprep.cli.converting", module)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "Stopped. Nothing was begun.\n"
