"""The hook of .pre-commit-hooks.yaml, installed and run by pre-commit itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.real

ROOT = Path(__file__).resolve().parents[2]
GOOD = '{"prompt": "Capital of Kenya?", "completion": "Nairobi"}\n'
BAD = '{"prompt": "Capital of Kenya?", "completion": NaN}\n'


def git(folder: Path, *arguments: str) -> str:
    author = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    command = ["git", *author, "-c", "init.defaultBranch=main", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with what stands in ours now, whether committed or not."""
    copy = tmp_path_factory.mktemp("hooks")
    names = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "samples/", "docs/")):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    git(copy, "init", "--quiet")
    git(copy, "add", "--all")
    git(copy, "commit", "--quiet", "--message", "as it stands")
    return copy


@pytest.fixture
def project(hooks: Path, tmp_path: Path) -> Path:
    """A project whose commits are judged by the hook."""
    repo = {"repo": str(hooks), "rev": git(hooks, "rev-parse", "HEAD").strip()}
    config = {"repos": [{**repo, "hooks": [{"id": "dataprep-check"}]}]}
    (tmp_path / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    git(tmp_path, "init", "--quiet")
    return tmp_path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environment that it builds, once for all tests."""
    return tmp_path_factory.mktemp("home")


def run(project: Path, home: Path) -> subprocess.CompletedProcess[str]:
    git(project, "add", "--all")
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--all-files", "--verbose"],
        cwd=project,
        env={**os.environ, "PRE_COMMIT_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


def test_a_bad_file_stops_the_commit_and_others_are_not_read(project: Path, home: Path) -> None:
    (project / "train.jsonl").write_text(GOOD, "utf-8")
    (project / "notes.json").write_text("{", "utf-8")
    passed = run(project, home)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "No findings in 1 row." in passed.stdout
    (project / "data").mkdir()
    (project / "data" / "more.jsonl").write_text(BAD, "utf-8")
    failed = run(project, home)
    assert failed.returncode == 1, failed.stdout + failed.stderr
    assert "data/more.jsonl:1:47: J004 NaN is not a finite number." in failed.stdout
