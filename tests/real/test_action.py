"""action.yml: its shell steps, run by bash as GitHub's runner runs them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.real

ROOT = Path(__file__).resolve().parents[2]
GOOD = '{"prompt": "Capital of Kenya?", "completion": "Nairobi"}\n'
BAD = '{"prompt": "Capital of Kenya?", "completion": NaN}\n'
_EXPRESSION = re.compile(r"\$\{\{ *(inputs|github)\.([a-z_-]+) *\}\}")


def action() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    return loaded


def run(folder: Path, name: str, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The step of that name; `inputs` with _ for -."""
    made = action()
    given = {key: str(value.get("default", "")) for key, value in made["inputs"].items()}
    given |= {key.replace("_", "-"): value for key, value in inputs.items()}
    known = {"inputs": given, "github": {"action_path": str(ROOT)}}
    (step,) = [step for step in made["runs"]["steps"] if step.get("name") == name]
    assert step["shell"] == "bash"
    env = {
        key: _EXPRESSION.sub(lambda found: known[found[1]][found[2]], value)
        for key, value in step["env"].items()
    }
    (folder / "step.sh").write_text(step["run"], "utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "step.sh"],
        cwd=folder,
        env={**os.environ, **env, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "data" / "good one.jsonl").write_text(GOOD, "utf-8")
    (tmp_path / "data" / "deep" / "bad.jsonl").write_text(BAD, "utf-8")
    return tmp_path


def test_what_is_found_becomes_annotations_and_fails_the_step(folder: Path) -> None:
    done = run(folder, "Check", files="data/**/*.jsonl")
    assert done.returncode == 1, done.stderr
    first = done.stdout.splitlines()[0]
    assert first.startswith("::error file=data/deep/bad.jsonl,line=1,col=47,title=J004 ")


def test_a_good_file_passes_whatever_blanks_its_name_has(folder: Path) -> None:
    done = run(folder, "Check", files="data/good one.jsonl")
    assert (done.returncode, done.stdout) == (0, "No findings.\n"), done.stderr
    done = run(folder, "Check", files="\ndata/good*.jsonl\n\n", target="prompt-completion")
    assert (done.returncode, done.stdout) == (0, "No findings.\n"), done.stderr


def test_sarif_is_written_too_and_the_step_fails_all_the_same(folder: Path) -> None:
    done = run(folder, "Check", files="data/deep/bad.jsonl", sarif_file="out.sarif")
    assert done.returncode == 1, done.stderr
    log = json.loads((folder / "out.sarif").read_text("utf-8"))
    assert [result["ruleId"] for result in log["runs"][0]["results"]] == ["J004"]


def test_more_arguments_reach_the_command_one_a_line(folder: Path) -> None:
    done = run(folder, "Check", files="data/deep/bad.jsonl", arguments="--ignore\nJ004\n")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_name_is_never_run_nor_read_as_a_flag(folder: Path) -> None:
    for hostile in ("$(touch run)", "`touch run`", "; touch run", "--help"):
        done = run(folder, "Check", files=hostile)
        assert done.returncode == 2, done.stdout + done.stderr
    assert not (folder / "run").exists()


def test_a_file_that_is_not_there_is_an_error(folder: Path) -> None:
    done = run(folder, "Check", files="data/none.jsonl")
    assert done.returncode == 2
    assert "data/none.jsonl" in done.stderr


def test_no_input_is_put_into_a_script() -> None:
    assert not any("${{" in step.get("run", "") for step in action()["runs"]["steps"])


def test_the_install_step_takes_this_very_version_by_default(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin" / "python"
    fake.write_text('#!/bin/sh\necho "$@"\n', "utf-8")
    fake.chmod(0o755)
    made = action()
    (step,) = [s for s in made["runs"]["steps"] if s.get("name") == "Install dataprep"]
    for version, wanted in (("", str(ROOT)), ("dataprep-tune==1.0", "dataprep-tune==1.0")):
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", step["run"]],
            env={"VERSION": version, "HERE": str(ROOT), "PATH": f"{fake.parent}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split()[-1] == wanted
