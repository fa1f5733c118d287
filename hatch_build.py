"""Compiles dataprep/scan where the distribution is built; without a compiler it stays pure.

`HATCH_BUILD_NO_HOOKS=true` builds the pure wheel, which fits every machine.
"""

from __future__ import annotations

import importlib.util
import platform
import sysconfig
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
_OF_ZIGLANG = ("x86_64", "amd64", "aarch64", "arm64")
"""The machines for which its wheels are: elsewhere it could not be installed, nor could we."""


class CompileScan(BuildHookInterface):  # type: ignore[type-arg]
    """The hook that hatchling finds in this file."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """A compiler from the registry where the system has none."""
        known = platform.machine().lower() in _OF_ZIGLANG
        return ["ziglang>=0.13"] if known and not _building().compiler() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and put the library into a wheel for this machine; or say why there is none."""
        if self.target_name != "wheel":
            return
        building = _building()
        if why := building.build():
            self.app.display_warning(
                f"dataprep/scan is left out, so exports are read slower: {why}"
            )
        elif version == "standard":
            library = building.library().relative_to(ROOT).as_posix()
            build_data["artifacts"].append(f"/{library}")
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{_platform()}"


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
