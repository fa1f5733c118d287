"""A T5 tokenizer: a SentencePiece unigram model, with 100 sentinels behind its pieces.

SentencePiece is the reference (seqio uses it), and seven times as fast as its ports. It never
turns user text into a special token: `</s>` and `<extra_id_0>` in a text stay text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from dataprep.finding import UsageError, extra_missing

SENTINELS = 100
_CONTROL = 3
_BYTE = 6


class Tokenizer:
    """Text to ids and back. Ids from `pieces` to `vocabulary` are the sentinels, 0 the last."""

    def __init__(self, model: bytes, *, name: str, kind: Literal["trained", "given"]) -> None:
        """Raises UsageError when the bytes are no SentencePiece model that T5 could use."""
        self.model = model
        self.name = name
        self.kind: Literal["trained", "given"] = kind
        self._processor = _processor(model, name)
        self.pieces: int = self._processor.get_piece_size()
        self.vocabulary: int = self.pieces + SENTINELS
        self.pad_id: int = self._processor.pad_id()
        self.eos_id: int = self._processor.eos_id()
        self.unk_id: int = self._processor.unk_id()
        self.begin: tuple[int, ...] = ()
        self.close: tuple[int, ...] = (self.eos_id,)
        if min(self.pad_id, self.eos_id, self.unk_id) < 0:
            raise UsageError(
                f"{name} has no <pad>, </s> or <unk>, which T5 needs.",
                "Give a T5 tokenizer, or leave --tokenizer out and one is trained.",
            )
        self.sha256 = fingerprint(model)

    @property
    def pad_piece(self) -> str:
        """How the padding is spelled, `<pad>` as a rule."""
        return str(self._processor.id_to_piece(self.pad_id))

    @property
    def eos_piece(self) -> str:
        """How the end is spelled, `</s>` as a rule."""
        return str(self._processor.id_to_piece(self.eos_id))

    @property
    def unk_piece(self) -> str:
        """How the unknown is spelled, `<unk>` as a rule."""
        return str(self._processor.id_to_piece(self.unk_id))

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, without </s>; no text ever gives a special id."""
        if not texts:
            return []
        ids: list[list[int]] = self._processor.encode(list(texts))
        return ids

    def encode_parts(self, parts: Iterable[str | int]) -> list[int]:
        """Texts and sentinels (by number, from 0) in their order; white space between them goes."""
        ids: list[int] = []
        for part in parts:
            if isinstance(part, int):
                ids.append(self.sentinel(part))
            else:
                ids += self._processor.encode(part.strip())
        return ids

    def sentinel(self, number: int) -> int:
        """The id of `<extra_id_number>`; raises UsageError beyond the hundredth."""
        if number >= SENTINELS:
            raise UsageError(
                f"A text has more than {SENTINELS} masked spans.", "Use shorter chunks."
            )
        return self.vocabulary - 1 - number

    def pieces_of(self, ids: Sequence[int]) -> list[str]:
        """Each id as a person reads it; sentinels as <extra_id_0>."""
        return [
            self._processor.id_to_piece(i).replace("▁", " ")
            if i < self.pieces
            else f"<extra_id_{self.vocabulary - 1 - i}>"
            for i in map(int, ids)
        ]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of some ids; <pad> and </s> say nothing, sentinels show as <extra_id_0>."""
        return self.decode_batch([ids])[0]

    def decode_batch(self, batch: Sequence[Sequence[int]]) -> list[str]:
        """The texts of several lists of ids."""
        silent = {self.pad_id, self.eos_id}
        used = set().union(*batch)
        plain = list(batch)
        if not used.isdisjoint(silent):
            plain = [[i for i in ids if i not in silent] for ids in batch]
        if max(used, default=0) < self.pieces:
            texts: list[str] = self._processor.decode(plain) if plain else []
            return texts
        return [self._decode_parts(list(ids)) for ids in plain]

    def _decode_parts(self, ids: list[int]) -> str:
        parts: list[str] = []
        run: list[int] = []
        for i in [*ids, self.vocabulary]:
            if i < self.pieces:
                run.append(i)
                continue
            if run:
                parts.append(self._processor.decode(run))
                run = []
            if i < self.vocabulary:
                parts.append(f"<extra_id_{self.vocabulary - 1 - i}>")
        return " ".join(parts)


def _processor(model: bytes, name: str) -> Any:
    try:
        from sentencepiece import SentencePieceProcessor
    except ImportError:
        raise extra_missing("train", "sentencepiece") from None
    try:
        processor = SentencePieceProcessor(model_proto=model)
        processor.encode("")
    except (RuntimeError, OSError):
        processor = None
    if processor is None or processor.get_piece_size() == 0:
        raise UsageError(
            f"{name} is not a SentencePiece model.",
            "Give the spiece.model or tokenizer.json of a T5 model.",
        )
    return processor


def parsed(model: bytes) -> Any:
    """The model as a protocol buffer: pieces, scores and the normaliser."""
    try:
        from sentencepiece import sentencepiece_model_pb2 as definition
    except ImportError:
        raise extra_missing("train", "protobuf") from None
    proto: Any = definition.ModelProto()  # type: ignore[attr-defined]
    proto.ParseFromString(model)
    return proto


def fingerprint(model: bytes) -> str:
    """sha256 over what decides the ids: pieces, scores, kinds and the normaliser.

    A model rebuilt from a tokenizer.json has the same one as its original, though not its bytes.
    """
    proto = parsed(model)
    normaliser = proto.normalizer_spec
    digest = hashlib.sha256(normaliser.precompiled_charsmap)
    digest.update(f"{normaliser.remove_extra_whitespaces}{normaliser.add_dummy_prefix}".encode())
    for piece in proto.pieces:
        kind = piece.type if piece.type in (_CONTROL, _BYTE) else 1
        digest.update(f"\n{piece.piece}\t{piece.score:.9g}\t{kind}".encode())
    return digest.hexdigest()
