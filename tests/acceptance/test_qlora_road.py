"""QLoRA as a user walks it: convert, train over a base in 4 bits, predict, export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataprep import cli
from tests.acceptance.conftest import Run

pytest.importorskip("torch")
pytest.importorskip("bitsandbytes")


def test_adapters_are_trained_over_4_bits_and_leave_with_the_whole_base(
    dataprep: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    from safetensors.torch import load_file

    from tests.unit.trainers import tiny_models

    monkeypatch.chdir(tmp_path)
    names = ("sparrow", "trout", "robin", "salmon")
    rows = [
        {
            "prompt": f"What is number {n}, the {names[n % 4]}?",
            "completion": ("bird", "fish")[n % 2],
        }
        for n in range(60)
    ]
    Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert cli.run(["convert", "rows.jsonl", "--to", "causal", "-o", "out"]) == 0
    tiny_models.build("Mistral 7B v0.3", Path("out"), Path("base"))
    flags = ("--lora", "4", "--load-in-4bit", "--optim", "adamw_8bit", "--epochs", "2")
    trained = dataprep("train", "mistral", "out", "--model", "base", "-o", "run", *flags)
    assert trained.returncode == 0, trained.stderr
    assert ", QLoRA of rank 4, alpha 8: 3,712 parameters on down_proj, " in trained.stdout
    assert "- base: 15,360 of its " in trained.stdout
    assert ", adamw_8bit, fp32, seed 0" in trained.stdout
    assert trained.stderr == "The run is in run. Next: dataprep predict run 'a text'\n"
    capfd.readouterr()
    assert cli.run(["predict", "run", "rows.jsonl", "-o", "said", "--max-new-tokens", "2"]) == 0
    assert len(Path("said/predictions.jsonl").read_text().splitlines()) == 60
    assert cli.run(["export", "run", "--to", "merged", "-o", "merged"]) == 0
    said = capfd.readouterr().err
    assert "base: read in 4 bits in training, and merged with the adapters as it was before" in said
    assert cli.run(["export", "run/adapter", "--to", "merged", "-o", "again"]) == 0
    merged, again, base = (load_file(f"{n}/model.safetensors") for n in ("merged", "again", "base"))
    assert merged.keys() == again.keys() == base.keys()
    assert all(bool((merged[name] == again[name]).all()) for name in merged)
    assert not all(bool((merged[name] == base[name]).all()) for name in merged)
