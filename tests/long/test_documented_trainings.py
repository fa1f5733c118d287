"""The trainings that the help and the documentation show, as they stand, with small weights.

A folder under the name of a model of the hub is read in its place.
"""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest

from dataprep.cli import run
from tests.building import BAD, GOOD, SENTIMENT, annotated, of_task
from tests.documented import ShownLine, shown_lines
from tests.unit.trainers import aligned

pytest.importorskip("torch")
pytestmark = pytest.mark.long

BASES = {
    "meta-llama/Llama-3.2-1B-Instruct": "Qwen3",
    "mistralai/Mistral-7B-Instruct-v0.3": "Mistral 7B v0.3",
}
T5 = "google-t5/t5-small"
OF_RUNS = ("predict", "chat", "export")
TRAINED = ("train t5", "train llama", "train mistral", "train dpo", "train kto", "train grpo")
SENT = ("export runs/llama --to hub",)
"""What is sent to the hub: tests/unit/trainers/test_export_hub.py plays it."""


def lines_of(*beginnings: str) -> list[ShownLine]:
    """The shown lines that begin so, each once."""
    shown = {" ".join(each.words): each for each in shown_lines()}
    return [
        each
        for line, each in shown.items()
        if line.startswith(beginnings) and line not in SENT and not line.startswith(SENT)
    ]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Converted folders, one a kind of training, and small models under the names of large ones."""
    from transformers import AutoTokenizer, T5Config, T5ForConditionalGeneration

    from tests.unit.trainers import tiny_models

    desk = tmp_path_factory.mktemp("desk")
    names = ("sparrow", "trout", "robin", "salmon")
    rows = [
        {
            "prompt": f"What is number {n}, the {names[n % 4]}?",
            "completion": ("bird", "fish")[n % 2],
        }
        for n in range(60)
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (desk / "rows.jsonl").write_text(text)
    (desk / "prompts.jsonl").write_text(text)
    made = ("convert", str(desk / "rows.jsonl"), "-q", "-o")
    assert run([*made, str(desk / "texts"), "--to", "t5,causal"]) == 0
    words = AutoTokenizer.from_pretrained(desk / "texts/t5/tokenizer")
    sizes = {"d_model": 32, "d_kv": 8, "d_ff": 48, "num_layers": 1, "num_heads": 2}
    t5 = T5ForConditionalGeneration(
        T5Config(vocab_size=len(words), decoder_start_token_id=0, pad_token_id=0, **sizes)
    )
    t5.save_pretrained(desk / T5)
    shutil.copytree(desk / "texts/t5/tokenizer", desk / T5, dirs_exist_ok=True)
    for name, kind in BASES.items():
        tiny_models.build(kind, desk / "texts", desk / name)
    aligned.verdicts(desk / "kto")
    aligned.items(desk / "grpo", train=[aligned.item(n) for n in range(8)])
    aligned.near(desk)
    pairs = [
        {
            "input": {"messages": [{"role": "user", "content": row["prompt"]}]},
            "preferred_output": [{"role": "assistant", "content": row["completion"]}],
            "non_preferred_output": [{"role": "assistant", "content": "nothing of it"}],
        }
        for row in rows
    ]
    (desk / "pairs.jsonl").write_text("".join(json.dumps(pair) + "\n" for pair in pairs))
    assert (
        run(
            [
                *made[:1],
                str(desk / "pairs.jsonl"),
                *made[2:],
                str(desk / "dpo"),
                "--to",
                "preference",
            ]
        )
        == 0
    )
    shutil.copytree(desk / "texts", desk / "out")
    llama = [str(desk / "out"), "--epochs", "1", "-o", str(desk / "runs/llama")]
    assert run(["train", "llama", *llama]) == 0
    assert run(["train", "t5", *llama[:-1], str(desk / "runs/t5")]) == 0
    return desk


@pytest.mark.parametrize("shown", lines_of(*TRAINED), ids=lambda shown: shown.line)
def test_a_training_that_is_shown_runs_as_it_stands(
    shown: ShownLine, desk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if "--load-in-4bit" in shown.words:
        pytest.importorskip("bitsandbytes")
    kind = shown.words[1]
    for name in ("google-t5", "meta-llama", "mistralai", "grader.json"):
        (tmp_path / name).symlink_to(desk / name)
    if f"runs/{kind}" not in ("runs/llama", "runs/t5"):
        (tmp_path / "runs").mkdir()
        (tmp_path / "runs/llama").symlink_to(desk / "runs/llama")
    data = kind if kind in ("dpo", "kto", "grpo") else "texts"
    shutil.copytree(desk / data, tmp_path / "out")
    tasks = [of_task(f"Film {n}, seen twice.", annotated((GOOD, BAD)[n % 2])) for n in range(40)]
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    (tmp_path / "config.xml").write_text(SENTIMENT)
    monkeypatch.chdir(tmp_path)
    assert run(shown.words) == 0
    assert (tmp_path / "runs" / kind / "README.md").is_file()


@pytest.mark.parametrize("shown", lines_of(*OF_RUNS), ids=lambda shown: shown.line)
def test_what_is_shown_of_a_run_runs_as_it_stands(
    shown: ShownLine, desk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "runs").symlink_to(desk / "runs")
    shutil.copy(desk / "prompts.jsonl", tmp_path)
    shutil.copytree(desk / "texts", tmp_path / "out")
    monkeypatch.setattr("sys.stdin", io.StringIO("What is it?\n/quit\n"))
    monkeypatch.chdir(tmp_path)
    assert run(shown.words) == 0


def test_the_lines_are_found() -> None:
    assert len(lines_of(*TRAINED)) >= 9
    assert len(lines_of(*OF_RUNS)) >= 5
