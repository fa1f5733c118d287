"""Compiles `source/` into the library of this folder: `python dataprep/scan/build.py`.

It stands by itself, without a dependency, since the build of the distribution loads it too.
"""

from __future__ import annotations

import importlib.util
import platform
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAME = "_scan"

_SUFFIXES = {"Windows": ".dll", "Darwin": ".dylib"}
_FLAGS = ("-std=c11", "-O3", "-shared", "-fvisibility=hidden", "-Wall", "-Wextra")
_PATIENCE = 300
"""Seconds for a compiler, of which one that unpacks its own headers first takes ten."""


def library(folder: Path = HERE) -> Path:
    """Where the library lies for this machine."""
    return folder / (NAME + _SUFFIXES.get(platform.system(), ".so"))


def sources() -> list[Path]:
    """The files that are compiled."""
    return sorted((HERE / "source").glob("*.c"))


def compiler() -> list[str]:
    """The command of a C compiler: the system's `cc`, else that of `ziglang`; empty for none."""
    cc = shutil.which("cc")
    if cc and _runs([cc, "--version"]):  # of some systems it only says how to install one
        return [cc]
    if importlib.util.find_spec("ziglang") is not None:
        return [sys.executable, "-m", "ziglang", "cc"]
    return []


def build(folder: Path = HERE) -> str:
    """Compile the library into a folder; returns why that cannot be done, in words, or nothing.

    What lies there already is replaced at once, so that nobody loads half of it.
    """
    command = compiler()
    if not command:
        return "there is no C compiler"
    to = library(folder)
    beside = to.with_name(to.name + ".new")
    position = () if platform.system() == "Windows" else ("-fPIC",)
    files = map(str, sources())
    try:
        done = subprocess.run(  # noqa: S603  a compiler, and files of this folder
            [*command, *_FLAGS, *position, "-o", str(beside), *files],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE,
            check=False,
        )
        if done.returncode:
            return f"the C compiler failed: {(done.stderr.strip().splitlines() or ['?'])[-1]}"
        beside.replace(to)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"the C compiler failed: {error}"
    finally:
        beside.unlink(missing_ok=True)
    return ""


def _runs(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    if why := build():
        raise SystemExit(f"{why}; exports are read the plain way, which is slower")
