"""Wheel and sdist, built, judged by twine and tried as .github/workflows/release.yml does."""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.real.environments import ROOT, environment, install, run, share_packages

pytestmark = pytest.mark.real

OTHER = ("dataprep", "0.4.1")
"""Of the project that has the name on PyPI: the newest that this Python takes."""


def test_the_wheel_holds_the_two_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"dataprep", "trainers", f"{'-'.join(wheel.name.split('-')[:2])}.dist-info"}
    assert {"dataprep/__main__.py", "dataprep/schemas/recipe.schema.json"} <= set(names)


def test_the_sdist_holds_the_source_and_no_part_of_the_tests(dist: Path) -> None:
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        tops = {name.split("/")[1] for name in archive.getnames() if "/" in name}
    assert tops == {
        *("dataprep", "trainers", "schemas", "README.md", "LICENSE", "CHANGELOG.md"),
        *("pyproject.toml", "hatch_build.py", "PKG-INFO", ".gitignore"),
    }


def test_the_wheel_works_where_nothing_else_is_installed(wheel: Path, tmp_path: Path) -> None:
    said = run(sys.executable, ROOT / ".ci" / "release.py", "try", wheel, cwd=tmp_path)
    assert "All that is missing: pip install 'dataprep-tune[" in said
    assert "The base install: " in said


def test_doctor_sees_the_other_project_and_its_remedy_helps(wheel: Path, tmp_path: Path) -> None:
    programs = environment(tmp_path / "both")
    share_packages(programs)
    install(programs, "--no-deps", wheel)
    doctor = (programs / "dataprep", "doctor")
    assert "No problems." in run(*doctor, cwd=tmp_path)
    install(programs, "--no-deps", "==".join(OTHER))
    said = run(*doctor, cwd=tmp_path, wanted=4)
    assert "Problem: dataprep 0.4.1, another distribution, owns " in said
    assert "Problem: dataprep/__init__.py of dataprep-tune" in said
    uninstall = (programs / "python", "-m", "pip", "uninstall", "--yes")
    run(*uninstall, "dataprep", cwd=tmp_path)
    said = run(*doctor, cwd=tmp_path, wanted=4)
    assert "is missing. Install it again: pip install --force-reinstall --no-deps" in said
    run(*uninstall, "dataprep-tune", cwd=tmp_path)
    install(programs, "--no-deps", wheel)
    assert "No problems." in run(*doctor, cwd=tmp_path)
