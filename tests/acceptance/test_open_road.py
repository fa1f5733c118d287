"""The open road as a user walks it: convert, train, be killed, go on, predict."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.acceptance.conftest import Run

pytest.importorskip("torch")

KINDS = ("bird", "fish")
NAMES = (("sparrow", "robin", "heron"), ("trout", "salmon", "perch"))


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """120 questions with one of two answers."""
    lines = []
    for number in range(120):
        kind = number % 2
        name = NAMES[kind][number // 2 % 3]
        row = {"prompt": f"What is number {number}, the {name}?", "completion": KINDS[kind]}
        lines.append(json.dumps(row) + "\n")
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(lines))
    return path


def card_of(said: str) -> dict[str, str]:
    """What stands behind the names of a model card's list."""
    lines = [line[2:] for line in said.splitlines() if line.startswith("- ")]
    return dict(line.split(": ", 1) for line in lines if ": " in line)


@pytest.mark.parametrize(("command", "target"), [("t5", "t5"), ("llama", "causal")])
def test_rows_become_a_model_that_answers(
    dataprep: Run, rows: Path, tmp_path: Path, command: str, target: str
) -> None:
    assert dataprep("convert", rows, "--to", target, "-o", "out").returncode == 0
    flags = ("--epochs", "8", "--batch-tokens", "500")
    trained = dataprep("train", command, "out", "-o", "run", *flags)
    assert trained.returncode == 0, trained.stderr
    assert trained.stdout.startswith("# A ")
    card = card_of(trained.stdout)
    first, last = map(float, re.findall(r"\d+\.\d+", card["training loss"])[:2])
    assert last < first / 3
    (scored,) = (said for name, said in card.items() if name.startswith("pairs"))
    assert "exact match" in scored
    assert trained.stderr == "The run is in run. Next: dataprep predict run 'a text'\n"
    asked = tmp_path / "asked.jsonl"
    asked.write_text(json.dumps({"prompt": "What is number 3, the trout?"}) + "\n")
    said = dataprep("predict", "run", asked, "-o", "said", "--max-new-tokens", "8")
    assert said.returncode == 0, said.stderr
    answer = json.loads((tmp_path / "said" / "predictions.jsonl").read_text())["completion"]
    assert any(kind in answer for kind in KINDS)


def test_a_run_that_is_killed_goes_on_when_told(dataprep: Run, rows: Path, tmp_path: Path) -> None:
    dataprep("convert", rows, "--to", "causal", "-o", "out")
    flags = ("train", "llama", "out", "-o", "run", "--epochs", "6", "--checkpoint-steps", "2")
    process = subprocess.Popen(
        [sys.executable, "-m", "dataprep.cli", *flags],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 100
    while not list(tmp_path.glob("run/checkpoints/*/whole")):
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    refused = dataprep(*flags)
    assert refused.returncode == 2
    assert "Go on with --resume" in refused.stderr
    assert dataprep(*flags, "--resume").returncode == 0
    journal = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert any(json.loads(line).get("resumed") for line in journal)


def test_what_is_wrong_is_said_in_one_line(dataprep: Run, rows: Path) -> None:
    dataprep("convert", rows, "--to", "t5", "-o", "out")
    cases = {
        ("t5", "out", "--epochs", "0"): (2, "--epochs is 0. Give a number above 0."),
        ("t5", "out", "--lora", "-1"): (2, "lora is -1"),
        ("t5", "out", "--lora", "8"): (2, "its own weights are random"),
        ("t5", "out", "--load-in-4bit"): (2, "A model in 4 bits cannot learn itself"),
        ("t5", "out", "--precision", "fp16"): (2, "its activations overflow"),
        ("t5", "out", "--compile"): (2, "batches of one shape"),
        ("t5", "out", "--fsdp"): (2, "this is the only one"),
        ("llama", "out"): (2, "holds no dataset for a causal model"),
        ("dpo", "out", "--model", "run"): (2, "holds no preferences"),
        ("t5", "nowhere"): (2, "nowhere: no such file"),
        ("t5", "out", "-o", "out"): (2, "no run replaces another"),
    }
    for words, (code, said) in cases.items():
        done = dataprep("train", *words)
        assert (done.returncode, done.stdout) == (code, ""), words
        assert said in done.stderr, words
        assert len(done.stderr.splitlines()) == 1, words


def test_what_the_limits_of_t5_cut_is_printed_and_a_flag_sets_them(
    dataprep: Run, tmp_path: Path
) -> None:
    rows = [{"prompt": f"Count to {n}.", "completion": "dog " * n} for n in range(1, 201)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    whole = dataprep("convert", "rows.jsonl", "--to", "t5")
    assert whole.returncode == 0, whole.stderr
    assert "t5: the longest input has" in whole.stderr
    assert "T001" not in whole.stderr
    cut = dataprep("convert", "rows.jsonl", "--to", "t5", "--max-target", "9").stderr
    assert " cut at 9; --max-target " in cut
    assert "T001" in cut
