"""A tokenizer of Gemma's kind with a few hundred pieces, as transformers saves one."""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import AutoTokenizer, GemmaTokenizer

_BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
_SPECIAL = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]


def write(folder: Path, texts: list[str], *, begins: bool) -> Path:
    """Train and save it; `begins` says whether <bos> is put before a text."""
    made = Tokenizer(models.BPE(byte_fallback=True, fuse_unk=True))
    made.normalizer = normalizers.Replace(" ", "▁")
    made.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    trainer = trainers.BpeTrainer(
        vocab_size=420, special_tokens=_SPECIAL + _BYTES, show_progress=False
    )
    made.train_from_iterator(texts, trainer)
    model = json.loads(made.to_str())["model"]
    merges = [tuple(pair) for pair in model["merges"]]
    gemma = GemmaTokenizer(vocab=model["vocab"], merges=merges, add_bos_token=begins)
    gemma.save_pretrained(folder)
    first = AutoTokenizer.from_pretrained(folder)("a")["input_ids"][0]
    assert (first == gemma.bos_token_id) == begins
    return folder
