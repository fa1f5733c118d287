"""A release: version, CHANGELOG and tag agree, and the workflow does what is done here."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

from dataprep.scan.build import PLATFORMS

ROOT = Path(__file__).parents[2]
RELEASE: dict[str, Any] = runpy.run_path(str(ROOT / ".ci" / "release.py"))


def workflow() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())
    return loaded


@pytest.mark.parametrize(
    ("heading", "tag", "said"),
    [
        ("## 1.2.0 (unreleased)", "", []),
        ("## 1.2.0 (2026-12-01)", "v1.2.0", []),
        (
            "## 1.2.0 (unreleased)",
            "v1.2.0",
            ["CHANGELOG.md calls 1.2.0 unreleased. Give it its date."],
        ),
        (
            "## 1.1.0 (2026-11-01)",
            "",
            ["CHANGELOG.md begins with 1.1.0, dataprep/_version.py says 1.2.0."],
        ),
        (
            "## 1.2.0 (2026-12-01)",
            "v1.3.0",
            ["The tag is v1.3.0, dataprep/_version.py says 1.2.0."],
        ),
        ("nothing", "", ["CHANGELOG.md has no heading with a version."]),
    ],
)
def test_what_contradicts_the_version_is_said(heading: str, tag: str, said: list[str]) -> None:
    changelog = f"# Changelog\n\n{heading}\n\n- A line.\n\n## 1.0.0 (2026-01-01)\n"
    if heading == "nothing":
        changelog = "# Changelog\n"
    assert RELEASE["disagreements"]("1.2.0", changelog, tag) == said


def test_the_versions_of_this_tree_agree() -> None:
    with pytest.raises(SystemExit) as ended:
        RELEASE["main"](["version"])
    assert ended.value.code == 0


def test_the_workflow_tries_each_python_and_publishes_without_a_token() -> None:
    jobs = workflow()["jobs"]
    assert jobs["try"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert jobs["publish"]["needs"] == ["build", "try", "try-elsewhere"]
    assert jobs["publish"]["if"] == "github.ref_type == 'tag'"
    assert workflow()["permissions"] == {}
    text = (ROOT / ".github/workflows/release.yml").read_text()
    assert "secrets." not in text
    assert "password" not in text


def test_the_workflow_tries_compiled_wheels_that_there_are() -> None:
    jobs = workflow()["jobs"]
    elsewhere = {each["wheel"] for each in jobs["try-elsewhere"]["strategy"]["matrix"]["include"]}
    assert elsewhere == {"manylinux_2_17_aarch64", "macosx_11_0_arm64", "win_amd64"}
    assert {*elsewhere, "manylinux_2_17_x86_64"} <= PLATFORMS.keys()
    lines = [step.get("run", "") for step in jobs["try"]["steps"]]
    assert "python .ci/release.py try dist/*manylinux_2_17_x86_64.whl" in lines
    assert "python .ci/release.py try dist/*-none-any.whl" in lines


def test_no_value_of_the_event_is_put_into_a_script() -> None:
    steps = [step for job in workflow()["jobs"].values() for step in job["steps"]]
    assert len(steps) >= 9
    assert not any("${{" in step.get("run", "") for step in steps)


def test_every_action_names_its_version() -> None:
    steps = [step for job in workflow()["jobs"].values() for step in job["steps"]]
    used = {step["uses"] for step in steps if "uses" in step}
    assert "pypa/gh-action-pypi-publish@release/v1" in used
    assert [
        each for each in used if not re.search(r"@(v\d+|release/v\d+|[0-9a-f]{40})$", each)
    ] == []
