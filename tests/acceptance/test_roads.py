"""Both roads through the true command line: advice, plans, jobs, comparisons; nothing is sent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.conftest import Run

ROW = '{"prompt": "What is %d and %d?", "completion": "It is %d."}\n'


@pytest.fixture
def out(dataprep: Run, tmp_path: Path) -> Path:
    """A converted dataset of 60 sums, as chat and as pairs."""
    rows = "".join(ROW % (n, n, n + n) for n in range(60))
    (tmp_path / "rows.jsonl").write_text(rows, "utf-8")
    done = dataprep("convert", "rows.jsonl", "--to", "openai-chat", "--to", "azure", "-o", "out")
    assert done.returncode == 0, done.stderr
    return tmp_path / "out"


def test_a_job_is_shown_and_not_made_where_nobody_is_there(dataprep: Run, out: Path) -> None:
    done = dataprep("train", "openai", out, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    assert "The request: POST /fine_tuning/jobs" in done.stdout
    assert "this was a dry run" in done.stderr
    assert not (out.parent / "runs").exists()


def test_a_shut_gate_is_named_with_what_opens_it(dataprep: Run, tmp_path: Path, out: Path) -> None:
    done = dataprep("train", "openai", out, "--yes", "--max-cost", "0.0001")
    assert done.returncode == 5
    assert "cost: at most" in done.stderr
    assert "No job was made" in done.stderr
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("provider", ["azure", "nebius", "together"])
def test_every_provider_has_a_plan(dataprep: Run, out: Path, provider: str) -> None:
    model = "gpt-4o-mini" if provider == "azure" else "meta-llama/Meta-Llama-3.1-8B-Instruct"
    address = ("--base-url", "https://NAME.openai.azure.com") if provider == "azure" else ()
    done = dataprep("train", provider, out, "--model", model, "--dry-run", *address)
    assert done.returncode == 0, done.stderr
    assert "The request: POST" in done.stdout
    assert "Gates" in done.stdout


def test_without_a_folder_the_command_says_what_to_give(dataprep: Run) -> None:
    done = dataprep("train", "openai")
    assert done.returncode == 2
    assert "--attach" in done.stderr


def test_jobs_of_the_run_folders_are_listed_without_the_network(dataprep: Run) -> None:
    done = dataprep("jobs", "--local")
    assert done.returncode == 0, done.stderr
    assert "No run folder with a job" in done.stderr


@pytest.mark.parametrize("command", [("jobs",), ("rescue", "-o", "rescued")])
def test_a_key_that_is_not_there_is_asked_for_by_the_name_of_its_variable(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "OPENAI_API_KEY"}
    done = subprocess.run(
        [sys.executable, "-m", "dataprep.cli", *command],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert "OPENAI_API_KEY" in done.stderr
    assert not (tmp_path / "rescued").exists()


def test_advice_prices_what_is_known_and_says_unknown_for_the_rest(
    dataprep: Run, out: Path
) -> None:
    done = dataprep("advise", out)
    assert done.returncode == 0, done.stderr
    assert "| openai:gpt-4o-mini-2024-07-18 |" in done.stdout
    assert "unknown" in done.stdout
    assert "## The ranking" in done.stdout
    advice = json.loads(dataprep("advise", out, "--json").stdout)
    assert advice["about"]["examples"] == 60


def test_evaluation_needs_somebody_to_ask(dataprep: Run, out: Path) -> None:
    done = dataprep("evaluate", out)
    assert done.returncode == 2
    assert "--run" in done.stderr
    assert "--endpoint" in done.stderr
