"""Runs commands where nothing is installed but what the distribution itself needs.

`python without_extras.py` reads a JSON list of command lines from standard input and writes, for
each, its code and what it said.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tomllib
from collections.abc import Sequence
from importlib import metadata
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def base() -> set[str]:
    """The distributions that come without any extra: the requirements, and theirs, and so on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pending, found = [Requirement(each) for each in project["dependencies"]], set()
    while pending:
        requirement = pending.pop()
        name = canonicalize_name(requirement.name)
        if name in found:
            continue
        found.add(name)
        for line in metadata.requires(requirement.name) or []:
            brought = Requirement(line)
            extras = requirement.extras or {""}
            marker = brought.marker
            if marker is None or any(marker.evaluate({"extra": e}) for e in extras):
                pending.append(brought)
    return found


class BareFinder:
    """Finds what PathFinder finds, but neither modules nor metadata of other distributions."""

    def __init__(self) -> None:
        self._kept = base()
        self.hidden = {
            module
            for module, owners in metadata.packages_distributions().items()
            if not self._kept & {canonicalize_name(owner) for owner in owners if owner}
        } - {"dataprep", "trainers"}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """None for a module that is not there in a bare environment."""
        if name.partition(".")[0] in self.hidden:
            return None
        return PathFinder.find_spec(name, path, target)

    def find_distributions(self, *context: Any) -> Any:
        """The distributions that are there."""
        for found in PathFinder.find_distributions(*context):
            if canonicalize_name(found.metadata["Name"] or "") in self._kept:
                yield found

    def invalidate_caches(self) -> None:
        """As of PathFinder."""
        PathFinder.invalidate_caches()


def run_each(commands: list[list[str]]) -> list[dict[str, Any]]:
    """The code, standard output and standard error of each."""
    from dataprep.cli import run

    results = []
    for command in commands:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(command)
        results.append({"code": code, "out": out.getvalue(), "err": err.getvalue()})
    return results


def main() -> None:
    """Hide the rest, then run."""
    bare = BareFinder()
    sys.meta_path[:] = [bare if f is PathFinder else f for f in sys.meta_path]
    for name in [name for name in sys.modules if name.partition(".")[0] in bare.hidden]:
        del sys.modules[name]
    sys.stdout.write(json.dumps(run_each(json.load(sys.stdin))))


if __name__ == "__main__":
    main()
