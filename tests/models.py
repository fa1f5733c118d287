"""Small SentencePiece models with the normaliser and the special pieces of T5's own."""

from __future__ import annotations

import io
from collections.abc import Iterable

import sentencepiece


def sentencepiece_model(texts: Iterable[str], size: int) -> bytes:
    """A unigram model of about `size` pieces: no byte fallback, so what it never saw is <unk>."""
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_writer=written,
        vocab_size=size,
        hard_vocab_limit=False,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        minloglevel=2,
    )
    return written.getvalue()
