"""Training a tokenizer on the user's own texts: the same texts give the same bytes.

Nothing is normalised away, and what has no piece becomes its bytes: newlines, tabs, braces,
emoji and runs of spaces survive encoding and decoding, and no text ever holds an <unk>. (T5's
own vocabulary loses newlines and `< \\ ^ { } ~`.) The one exception is U+2581, SentencePiece's
own sign for a space.
"""

from __future__ import annotations

import heapq
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from dataprep.example import content_id
from dataprep.finding import NothingToDo, extra_missing
from dataprep.tokens.tokenizer import Tokenizer

SAMPLE = 20_000_000
"""Characters that a tokenizer is trained on, at most."""

_LINE = 2_000
_FIXED = 3 + 256  # <pad> </s> <unk> and the bytes


def train_tokenizer(texts: Iterable[str], vocabulary: int, folder: Path) -> Tokenizer:
    """A unigram model of about `vocabulary` pieces, written to `folder/spiece.model`.

    Smaller where the texts do not hold so many pieces, larger where their characters need it.
    Raises NothingToDo for texts that hold no character.
    """
    try:
        from sentencepiece import SentencePieceTrainer
    except ImportError:
        raise extra_missing("train", "sentencepiece") from None
    lines = [line for text in texts for line in _lines(text)]
    alphabet = {" "}.union(*map(set, lines))
    if not any(line.strip() for line in lines):
        raise NothingToDo(
            "There is no text in the train split to train a tokenizer on.",
            "Give one with --tokenizer, or more examples.",
        )
    written = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=written,
        model_type="unigram",
        vocab_size=max(vocabulary, _FIXED + len(alphabet) + 1),
        hard_vocab_limit=False,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        byte_fallback=True,
        character_coverage=0.9995,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        max_sentence_length=8 * _LINE,
        num_threads=1,
        minloglevel=2,
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "spiece.model").write_bytes(written.getvalue())
    return Tokenizer(written.getvalue(), name="trained on the train split", kind="trained")


def _lines(text: str) -> Iterator[str]:
    """A text in pieces short enough for the trainer, which skips what is longer."""
    for start in range(0, len(text), _LINE):
        line = text[start : start + _LINE]
        if line.strip():
            yield line


def sample(texts: Iterable[str], seed: int, characters: int = SAMPLE) -> list[str]:
    """At most so many characters of the texts, chosen by a hash of the text and the seed.

    The order of the texts changes nothing, and memory stays bounded by the sample.
    """
    kept: list[tuple[int, str]] = []
    size = 0
    for text in texts:
        heapq.heappush(kept, (-int(content_id(str(seed), text), 16), text))
        size += len(text)
        while size > characters and len(kept) > 1:
            size -= len(heapq.heappop(kept)[1])
    return [text for _, text in sorted(kept, reverse=True)]
