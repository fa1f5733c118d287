"""What must hold for a release; the workflow calls it, and `make dist` does here.

python .ci/release.py version [TAG]   the version of the code, the CHANGELOG and the tag agree
python .ci/release.py try WHEEL       the wheel works where nothing else is installed; of one that
                                      is for a platform, the compiled library is used
"""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
_COUNTING = """
import sys
from dataprep.__main__ import main
from dataprep.scan import library

compiled = library.opened(library.library())
if why := library.why_not():
    sys.exit(f"the compiled library is not used: {why}")
called = []
sign = compiled.scan_sign
compiled.scan_sign = lambda *given: called.append(given) or sign(*given)
try:
    main()
finally:
    print(f"The compiled library was asked {len(called)} times.")
"""
"""`dataprep`, which says at the end how often the compiled library was asked for signatures."""


def version() -> str:
    """The one that stands in the code."""
    return str(runpy.run_path(str(ROOT / "dataprep" / "_version.py"))["__version__"])


def disagreements(code: str, changelog: str, tag: str = "") -> list[str]:
    """What contradicts the version of the code, in words; with a tag it must be a release."""
    newest = re.search(r"^## (\S+)(.*)$", changelog, re.MULTILINE)
    if newest is None:
        return ["CHANGELOG.md has no heading with a version."]
    found = []
    if newest[1] != code:
        found.append(f"CHANGELOG.md begins with {newest[1]}, dataprep/_version.py says {code}.")
    if tag and tag != f"v{code}":
        found.append(f"The tag is {tag}, dataprep/_version.py says {code}.")
    if tag and "unreleased" in newest[2]:
        found.append(f"CHANGELOG.md calls {newest[1]} unreleased. Give it its date.")
    return found


def try_wheel(wheel: Path) -> None:
    """Install the wheel in an environment of its own and run it there, away from its source."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        home, work = folder / "venv", folder / "work"
        work.mkdir()
        venv.create(home, with_pip=True)
        bin_ = home / ("Scripts" if os.name == "nt" else "bin")
        python, dataprep = str(bin_ / "python"), str(bin_ / "dataprep")
        before = _bytes(home)
        _run(work, python, "-m", "pip", "install", "--quiet", str(wheel.resolve()))
        brought = _bytes(home)
        _expect(_run(work, dataprep, "--version").strip() == version(), "the version")
        _expect(_run(work, python, "-m", "dataprep", "--version").strip() == version(), "-m")
        doctor = _run(work, dataprep, "doctor")
        print(doctor)
        _expect("No problems." in doctor and "installed by pip" in doctor, "doctor")
        rows = [{"prompt": f"What is {n} + 1?", "completion": f"It is {n + 1}."} for n in range(20)]
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (work / "rows.jsonl").write_text(lines, "utf-8")
        _run(work, dataprep, "convert", "rows.jsonl", "--to", "openai-chat", "-o", "out")
        _run(work, dataprep, "verify", "out")
        _run(work, dataprep, "check", "out")
        if not wheel.name.endswith("-none-any.whl"):
            again = ("convert", "rows.jsonl", "--to", "openai-chat", "-o", "again")
            asked = _run(work, python, "-c", _COUNTING, *again).splitlines()[-1]
            print(asked)
            _expect(asked != "The compiled library was asked 0 times.", "the compiled library")
        total = sum(brought.values()) - sum(before.values())
        print(f"The base install: {total / 1e6:.0f} MB.")
        for package in sorted(brought, key=lambda each: -brought[each])[:6]:
            print(f"  {package} {brought[package] / 1e6:.0f} MB")


def _bytes(home: Path) -> dict[str, int]:
    """The size of each package of an environment."""
    sizes: dict[str, int] = {}
    for site in (home / "lib").glob("python*/site-packages"):
        for file in site.rglob("*"):
            if file.is_file():
                package = file.relative_to(site).parts[0]
                sizes[package] = sizes.get(package, 0) + file.stat().st_size
    return sizes


def _run(folder: Path, *command: str) -> str:
    """What a command prints; its failure ends everything, with what it said."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} left with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def _expect(holds: bool, what: str) -> None:
    if not holds:
        sys.exit(f"{what} is not as it should be.")


def main(arguments: list[str]) -> None:
    """Do what the first word says."""
    match arguments:
        case ["version", *tag]:
            changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
            problems = disagreements(version(), changelog, "".join(tag))
            sys.exit("\n".join(problems) or 0)
        case ["try", wheel]:
            try_wheel(Path(wheel))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
