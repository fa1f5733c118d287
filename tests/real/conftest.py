"""Wheel and sdist of what stands in this tree now, built once for all tests that ask for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real.environments import copy_source, environment, install, run


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with both files, of what stands in this tree now."""
    folder = tmp_path_factory.mktemp("dist")
    tools = environment(folder / "tools")
    install(tools, "build", "twine", "hatchling")
    source = copy_source(folder / "source")
    made = folder / "made"
    run(tools / "python", "-m", "build", "--no-isolation", "--outdir", made, cwd=source)
    run(tools / "python", "-m", "twine", "check", "--strict", *made.iterdir(), cwd=folder)
    return made


@pytest.fixture(scope="session")
def wheel(dist: Path) -> Path:
    (found,) = dist.glob("dataprep_tune-*.whl")
    return found
