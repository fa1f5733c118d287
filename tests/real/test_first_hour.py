"""The three ways of tests/acceptance/test_first_hour.py, typed with a wheel in a new environment.

What the wheel needs is taken from the environment of the tests. The screens are the same ones, but
for those that tell days until something ends.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.first_hour import WAYS, Way, go, kept, shown
from tests.real.environments import environment, install, share_packages
from tests.terminal import Terminal

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel."""
    found = environment(tmp_path_factory.mktemp("first-hour") / "venv")
    share_packages(found)
    install(found, "--no-deps", wheel)
    return found


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_the_screens_are_the_same_from_a_wheel(
    way: Way, columns: int, programs: Path, tmp_path: Path
) -> None:
    work, home = tmp_path / "work", tmp_path / "home"
    work.mkdir()
    home.mkdir()
    environ = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "OMP_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "TIKTOKEN_CACHE_DIR": str(home),
    }
    terminal = Terminal(columns, work, [programs / "dataprep"], environ)
    screens = kept(way, columns)
    for step, typed in go(way, terminal):
        assert typed.code == step.code, shown(step, typed)
        if not step.dated:
            assert shown(step, typed) == screens[step.line]
