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
