"""The distribution is called dataprep-tune: `dataprep` on PyPI is another project's."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from dataprep._version import DISTRIBUTION, __version__

ROOT = Path(__file__).parents[2]
ADVICE = re.compile(r"""dataprep(\[|[=<>~]=)|pip install +['"]?dataprep\b(?!-tune)""")
"""What makes pip take the other project."""
PLACES = (
    *("dataprep", "trainers", "tests", "docs", "benchmarks", "samples", "schemas"),
    *(".ci", ".github"),
)
KINDS = {".py", ".md", ".yml", ".yaml", ".json", ".toml", ".ipynb", ".sh", ""}


def texts() -> list[Path]:
    """Everything that speaks to people: code, tests, docs, workflows."""
    found = [path for path in ROOT.iterdir() if path.is_file()]
    for place in PLACES:
        found += [path for path in (ROOT / place).rglob("*") if path.is_file()]
    raw = ROOT / "samples" / "raw"
    return [
        path
        for path in found
        if path.suffix in KINDS and raw not in path.parents and path != Path(__file__)
    ]


def test_nothing_advises_to_install_the_other_project() -> None:
    read = texts()
    assert {"README.md", "action.yml", "finding.py", "training_flags.py"} <= {p.name for p in read}
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in read
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if ADVICE.search(line)
    ]
    assert wrong == []


def test_the_name_and_the_version_stand_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["name"] == DISTRIBUTION == "dataprep-tune"
    assert "version" not in project["project"]
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "dataprep/_version.py"
    assert project["project"]["scripts"] == {"dataprep": "dataprep.__main__:main"}
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    newest = re.search(r"^## (\S+)", changes, re.MULTILINE)
    assert newest is not None
    assert newest[1] == __version__


def test_the_readme_says_never_both_in_one_environment() -> None:
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert "pip install 'dataprep-tune[" in readme
    assert "never both in one environment" in readme
