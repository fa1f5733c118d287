"""The true command line, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ROOT / "samples"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def dataprep(tmp_path: Path) -> Run:
    """Run `dataprep ARGUMENTS` in an empty folder; returns code, stdout and stderr."""

    def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
        return subprocess.run(
            [sys.executable, "-m", "dataprep.cli", *map(str, arguments)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            **options,  # type: ignore[call-overload]
        )

    return run


@pytest.fixture
def export() -> Path:
    """A real classification export of a live server."""
    return SAMPLES / "classification" / "export.json"


@pytest.fixture
def config() -> Path:
    """Its labeling config."""
    return SAMPLES / "classification" / "config.xml"
