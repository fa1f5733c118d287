"""New environments of Python, and what is installed and run in them."""

from __future__ import annotations

import os
import subprocess
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def installing_below(home: Path) -> Iterator[None]:
    """Let one process at a time install into a folder, which git does not look into."""
    home.mkdir(exist_ok=True)
    with FileLock(home / ".lock"):
        (home / ".gitignore").write_text("*\n", "utf-8")
        yield


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


def copy_source(folder: Path) -> Path:
    """What stands in this tree now, but for what git ignores, in a folder of its own."""
    names = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file() and not (ROOT / name).is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    return folder


def share_packages(programs: Path) -> None:
    """Let an environment see the packages of this one: those that the tests need are large."""
    where = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    site = Path(run(programs / "python", "-c", where, cwd=programs).strip())
    (site / "shared.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", "utf-8")
