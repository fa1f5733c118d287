"""Greedy answers of a model folder by plain `generate`, alike for every side; their score."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

from trainers import metrics

from .texts import Pair, Texts

BATCH = 32
MOST_TOKENS = 32
"""Of an answer; the labels and all but a few synopses have fewer."""


def score(model: Path, base: str, tokenizer: Path, pairs: Sequence[Pair], texts: Texts) -> float:
    """The metric of the set, from 0 to 1, of the model's answers to the first of each pair."""
    said = _answers(model, base, tokenizer, [asked for asked, _ in pairs])
    wanted = [answer for _, answer in pairs]
    return float(metrics.scores(texts.shape, wanted, said)[texts.metric])


def _answers(model: Path, base: str, tokenizer: Path, prompts: Sequence[str]) -> list[str]:
    words: Any = AutoTokenizer.from_pretrained(tokenizer)
    net, is_causal = _loaded(model, base)
    if words.pad_token is None:
        words.pad_token = words.eos_token
    words.padding_side = "left" if is_causal else "right"
    asked = [_rendered(words, prompt) for prompt in prompts] if is_causal else list(prompts)
    order = sorted(range(len(asked)), key=lambda at: len(asked[at]))
    said = [""] * len(asked)
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        batch = words(
            [asked[at] for at in chosen],
            return_tensors="pt",
            padding=True,
            add_special_tokens=not is_causal,
        )
        batch.pop("token_type_ids", None)
        with torch.inference_mode():
            made = net.generate(
                **batch,
                do_sample=False,
                max_new_tokens=MOST_TOKENS,
                pad_token_id=words.pad_token_id,
            )
        behind = batch["input_ids"].shape[1] if is_causal else 0
        texts = words.batch_decode(made[:, behind:], skip_special_tokens=True)
        for at, text in zip(chosen, texts, strict=True):
            said[at] = text.strip()
    return said


def _rendered(words: Any, prompt: str) -> str:
    asked = [{"role": "user", "content": prompt}]
    return str(words.apply_chat_template(asked, add_generation_prompt=True, tokenize=False))


def _loaded(model: Path, base: str) -> tuple[Any, bool]:
    net: Any
    if (model / "adapter_config.json").is_file():
        from peft import PeftModel

        net = AutoModelForCausalLM.from_pretrained(base, dtype="float32")
        return PeftModel.from_pretrained(net, str(model)).eval(), True
    if '"is_encoder_decoder": true' in (model / "config.json").read_text("utf-8"):
        net = AutoModelForSeq2SeqLM.from_pretrained(model)
        return net.eval(), False
    net = AutoModelForCausalLM.from_pretrained(model, dtype="float32")
    return net.eval(), True
