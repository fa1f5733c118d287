"""Compiles `source/` into the library of this folder: `python dataprep/scan/build.py`.

It stands by itself, without a dependency, since the build of the distribution loads it too, for
this machine or for one of `PLATFORMS`.
"""

from __future__ import annotations

import importlib.util
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
NAME = "_scan"

_SUFFIXES = {"Windows": ".dll", "Darwin": ".dylib"}
_FLAGS = ("-std=c11", "-O3", "-shared", "-fvisibility=hidden", "-Wall", "-Wextra")
_OF_ZIG = ("-s",)
"""For other machines without names of the debugger, which hold paths of this one."""
_OF_ZIG_FOR_MACOS = ("-Wl,-install_name,@rpath/_scan.dylib",)
"""A dylib names itself, by the path where it was written unless it is told otherwise."""
_PATIENCE = 300
"""Seconds for a compiler, of which one that unpacks its own headers first takes ten."""


class WheelPlatform(NamedTuple):
    """A kind of machine for which wheels are built on any other.

    `system` is what `platform.system()` says there; `zig` is its name behind `zig cc -target`, with
    the oldest C library or macOS that will do, which the name of the wheel promises. `older` is
    another name of the same platform, by which `pip download --platform` is often asked.
    """

    system: str
    zig: str
    older: str = ""


PLATFORMS = {
    "manylinux_2_17_x86_64": WheelPlatform(
        "Linux", "x86_64-linux-gnu.2.17", "manylinux2014_x86_64"
    ),
    "manylinux_2_17_aarch64": WheelPlatform(
        "Linux", "aarch64-linux-gnu.2.17", "manylinux2014_aarch64"
    ),
    "musllinux_1_2_x86_64": WheelPlatform("Linux", "x86_64-linux-musl"),
    "musllinux_1_2_aarch64": WheelPlatform("Linux", "aarch64-linux-musl"),
    "macosx_11_0_x86_64": WheelPlatform("Darwin", "x86_64-macos.11.0"),
    "macosx_11_0_arm64": WheelPlatform("Darwin", "aarch64-macos.11.0"),
    "win_amd64": WheelPlatform("Windows", "x86_64-windows-gnu"),
    "win_arm64": WheelPlatform("Windows", "aarch64-windows-gnu"),
}
"""By their names in those of wheels, which `make wheels` builds; all by ziglang."""


def wheel_tag(name: str) -> str:
    """The tag of the wheel of one of `PLATFORMS`, as it stands in the wheel's name."""
    return "py3-none-" + ".".join(sorted(filter(None, (name, PLATFORMS[name].older))))


def library(folder: Path = HERE, system: str = "") -> Path:
    """Where the library lies in a folder, for this system or another."""
    return folder / (NAME + _SUFFIXES.get(system or platform.system(), ".so"))


def sources() -> list[Path]:
    """The files that are compiled."""
    return sorted((HERE / "source").glob("*.c"))


def compiler() -> list[str]:
    """The command of a C compiler: the system's `cc`, else that of `ziglang`; empty for none."""
    cc = shutil.which("cc")
    if cc and _runs([cc, "--version"]):  # of some systems it only says how to install one
        return [cc]
    return _ziglang()


def compiler_for(other: WheelPlatform) -> list[str]:
    """The command of the compiler for another machine, which is ziglang; empty without it."""
    if not (zig := _ziglang()):
        return []
    macos = _OF_ZIG_FOR_MACOS if other.system == "Darwin" else ()
    return [*zig, "-target", other.zig, *_OF_ZIG, *macos]


def build(folder: Path = HERE, other: WheelPlatform | None = None) -> str:
    """Compile the library into a folder; returns why that cannot be done, in words, or nothing.

    It is for this machine, or for another. What lies there already is replaced at once, so that
    nobody loads half of it.
    """
    command = compiler_for(other) if other else compiler()
    if not command:
        return "ziglang is not installed" if other else "there is no C compiler"
    system = other.system if other else platform.system()
    to = library(folder, system)
    beside = to.with_name(to.name + ".new")
    position = () if system == "Windows" else ("-fPIC",)
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


def _ziglang() -> list[str]:
    known = importlib.util.find_spec("ziglang") is not None
    return [sys.executable, "-m", "ziglang", "cc"] if known else []


def _runs(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    if why := build():
        raise SystemExit(f"{why}; exports are read the plain way, which is slower")
