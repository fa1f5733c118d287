"""A folder that `transformers.AutoTokenizer.from_pretrained` loads, with `spiece.model` beside.

Two kinds are written. A tokenizer with T5's own normaliser becomes a `T5Tokenizer`, as everyone
knows it: it reads `</s>` in a text as the special token, and breaks a few ties otherwise
(about 1 line in 7,000). A tokenizer that keeps white space and falls back to bytes, like those
we train, cannot be one, since T5Tokenizer splits at white space: it gets a pipeline of its own,
which gives the ids of SentencePiece and leaves special strings in a text as text.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dataprep.finding import UsageError, excerpt, extra_missing
from dataprep.names import utf8_path
from dataprep.panics import caught_panics
from dataprep.tokens.gemma_tokenizer import GemmaTokenizer
from dataprep.tokens.loading import load_transformers
from dataprep.tokens.text_tokenizer import TextTokenizer
from dataprep.tokens.tokenizer import SENTINELS, Tokenizer, parsed

LONGEST = 1_000_000
_LITERAL = r"<(?=0x[0-9A-F]{2}>|/s>|pad>|unk>|extra_id_\d+>)"
"""Where a text spells a special piece: cut behind the `<`, so that no piece matches."""


def save_tokenizer(tokenizer: TextTokenizer, folder: Path) -> None:
    """Write what AutoTokenizer loads; of T5's own kind also `spiece.model`."""
    try:
        load_transformers()
        from transformers import ByT5Tokenizer
    except ImportError:
        raise extra_missing("train", "transformers") from None
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(tokenizer, Tokenizer):
        _save_pieces(tokenizer, folder)
        return
    made: Any = ByT5Tokenizer(model_max_length=LONGEST)
    if isinstance(tokenizer, GemmaTokenizer):
        made = tokenizer.backend
    with utf8_path(folder) as place:
        made.save_pretrained(place)


def _save_pieces(tokenizer: Tokenizer, folder: Path) -> None:
    (folder / "spiece.model").write_bytes(tokenizer.model)
    proto = parsed(tokenizer.model)
    special = {
        "pad_token": tokenizer.pad_piece,
        "eos_token": tokenizer.eos_piece,
        "unk_token": tokenizer.unk_piece,
        "model_max_length": LONGEST,
    }
    try:
        with caught_panics():
            made = _backend(proto, tokenizer, special)
    except Exception as error:  # the library raises no narrower class
        raise UsageError(
            f"{tokenizer.name} cannot be written as a tokenizer.json: {excerpt(str(error), 80)}.",
            "Give the model as it was published, or leave --tokenizer out.",
        ) from None
    with utf8_path(folder) as place:
        made.save_pretrained(place)


def _backend(proto: Any, tokenizer: Tokenizer, special: dict[str, Any]) -> Any:
    from transformers import PreTrainedTokenizerFast, T5Tokenizer

    if proto.normalizer_spec.remove_extra_whitespaces and not proto.trainer_spec.byte_fallback:
        charsmap = proto.normalizer_spec.precompiled_charsmap or None
        return T5Tokenizer(vocab=_vocabulary(proto), _spm_precompiled_charsmap=charsmap, **special)
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=_pipeline(proto, tokenizer),
        extra_special_tokens=[f"<extra_id_{i}>" for i in range(SENTINELS)],
        split_special_tokens=True,
        clean_up_tokenization_spaces=False,
        **special,
    )


def _vocabulary(proto: Any) -> list[tuple[str, float]]:
    sentinels = [(f"<extra_id_{i}>", 0.0) for i in reversed(range(SENTINELS))]
    return [(p.piece, p.score) for p in proto.pieces] + sentinels


def _pipeline(proto: Any, tokenizer: Tokenizer) -> Any:
    """SentencePiece's steps in the words of the `tokenizers` library."""
    from tokenizers import (
        Regex,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )
    from tokenizers import Tokenizer as Fast

    spec = proto.normalizer_spec
    fast = Fast(
        models.Unigram(
            _vocabulary(proto), tokenizer.unk_id, byte_fallback=proto.trainer_spec.byte_fallback
        )
    )
    steps: list[Any] = [normalizers.Replace(" ", "▁")]
    if spec.precompiled_charsmap:
        steps.insert(0, normalizers.Precompiled(spec.precompiled_charsmap))
    if spec.remove_extra_whitespaces:
        steps = [
            *steps[:-1],
            normalizers.Strip(),
            normalizers.Replace(Regex(" {2,}"), " "),
            steps[-1],
        ]
    undone: list[Any] = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    if spec.add_dummy_prefix:
        steps.append(normalizers.Prepend("▁"))
        undone.append(decoders.Strip(" ", 1, 0))
    fast.normalizer = normalizers.Sequence(steps)
    fast.pre_tokenizer = pre_tokenizers.Split(Regex(_LITERAL), "isolated")
    fast.decoder = decoders.Sequence(undone)
    eos = tokenizer.eos_piece
    fast.post_processor = processors.TemplateProcessing(
        single=["$A", eos], pair=["$A", eos, "$B", eos], special_tokens=[(eos, tokenizer.eos_id)]
    )
    return fast
