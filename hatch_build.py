"""Compiles dataprep/scan where the distribution is built; without a compiler it stays pure.

`HATCH_BUILD_NO_HOOKS=true` builds the pure wheel, which fits every machine. `DATAPREP_WHEEL=NAME`
builds the wheel of another machine, by a name of `PLATFORMS` in dataprep/scan/build.py; hatchling
hands a hook no argument, so it is a variable.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import sysconfig
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
OTHER = "DATAPREP_WHEEL"
_ZIGLANG = "ziglang>=0.13"
_OF_ZIGLANG = ("x86_64", "amd64", "aarch64", "arm64")
"""The machines for which its wheels are: elsewhere it could not be installed, nor could we."""


class CompileScan(BuildHookInterface):  # type: ignore[type-arg]
    """The hook that hatchling finds in this file."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """A compiler from the registry where the system has none, or none for another machine."""
        if os.environ.get(OTHER):
            return [_ZIGLANG]
        known = platform.machine().lower() in _OF_ZIGLANG
        return [_ZIGLANG] if known and not _building().compiler() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and put the library into a wheel for this machine; or say why there is none."""
        if self.target_name != "wheel":
            return
        building = _building()
        if version == "standard" and (name := os.environ.get(OTHER)):
            self._compile_for(name, building, build_data)
        elif why := building.build():
            self.app.display_warning(
                f"dataprep/scan is left out, so exports are read slower: {why}"
            )
        elif version == "standard":
            library = building.library().relative_to(ROOT).as_posix()
            build_data["artifacts"].append(f"/{library}")
            _tag(build_data, f"py3-none-{_platform()}")

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the library of another machine, which by now is in the wheel."""
        if folder := getattr(self, "_folder", None):
            folder.cleanup()

    def _compile_for(self, name: str, building: ModuleType, build_data: dict[str, Any]) -> None:
        """Put the library of another machine into the wheel, and leave that of this one alone."""
        if name not in building.PLATFORMS:
            raise ValueError(f"{OTHER} is {name}, none of {', '.join(building.PLATFORMS)}.")
        other = building.PLATFORMS[name]
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        if why := building.build(folder, other):
            self._folder.cleanup()
            raise RuntimeError(f"dataprep/scan cannot be compiled for {name}: {why}")
        library = building.library(folder, other.system)
        build_data["force_include"][str(library)] = f"dataprep/scan/{library.name}"
        _tag(build_data, building.wheel_tag(name))


def _tag(build_data: dict[str, Any], tag: str) -> None:
    build_data["pure_python"] = False
    build_data["tag"] = tag


def _platform() -> str:
    """This machine as the names of wheels have it; what is compiled here runs on no other."""
    name = sysconfig.get_platform().replace("universal2", platform.machine())
    return name.replace("-", "_").replace(".", "_")


def _building() -> ModuleType:
    """dataprep/scan/build.py by itself: what the package needs is not there while it is built."""
    path = ROOT / "dataprep" / "scan" / "build.py"
    spec = importlib.util.spec_from_file_location("dataprep_scan_build", path)
    assert spec is not None and spec.loader is not None  # noqa: S101  the file is part of the source
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found
