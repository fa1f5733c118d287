"""Wheel and sdist, built, judged by twine and tried as .github/workflows/release.yml does."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.real

ROOT = Path(__file__).resolve().parents[2]
OTHER = ("dataprep", "0.4.1")
"""Of the project that has the name on PyPI: the newest that this Python takes."""


def run(*command: str | Path, cwd: Path, wanted: int = 0) -> str:
    """What a command prints; it must leave with that code."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == wanted, done.stdout + done.stderr
    return done.stdout


def environment(folder: Path) -> Path:
    """The folder of programs of a new environment."""
    venv.create(folder, with_pip=True)
    return folder / "bin"


def install(programs: Path, *what: str | Path) -> None:
    command = [programs / "python", "-m", "pip", "install", "--quiet"]
    run(*command, "--disable-pip-version-check", *what, cwd=programs)


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with both files, of what stands in this tree now."""
    folder = tmp_path_factory.mktemp("dist")
    tools = environment(folder / "tools")
    install(tools, "build", "twine", "hatchling")
    source = folder / "source"
    names = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file() and not (ROOT / name).is_symlink():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    made = folder / "made"
    run(tools / "python", "-m", "build", "--no-isolation", "--outdir", made, cwd=source)
    run(tools / "python", "-m", "twine", "check", "--strict", *made.iterdir(), cwd=folder)
    return made


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    (found,) = dist.glob("dataprep_tune-*.whl")
    return found


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
        *("pyproject.toml", "PKG-INFO", ".gitignore"),
    }


def test_the_wheel_works_where_nothing_else_is_installed(wheel: Path, tmp_path: Path) -> None:
    said = run(sys.executable, ROOT / ".ci" / "release.py", "try", wheel, cwd=tmp_path)
    assert "All that is missing: pip install 'dataprep-tune[" in said
    assert "The base install: " in said


def test_doctor_sees_the_other_project_and_its_remedy_helps(wheel: Path, tmp_path: Path) -> None:
    """What both need comes from the environment of the tests: it is large."""
    programs = environment(tmp_path / "both")
    site = run(
        *(programs / "python", "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"),
        cwd=tmp_path,
    ).strip()
    (Path(site) / "shared.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", "utf-8")
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
