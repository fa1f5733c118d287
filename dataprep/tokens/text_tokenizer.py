"""What T5 and its kin ask of a tokenizer: SentencePiece's, ByT5's bytes, or T5Gemma's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, Protocol


class TextTokenizer(Protocol):
    """Text to ids and back, for models that read one text and write another.

    An input stands between `begin` and `close`, an answer ends in `eos_id`.
    """

    name: str
    kind: Literal["trained", "given"]
    vocabulary: int
    pad_id: int
    eos_id: int
    unk_id: int
    sha256: str
    begin: tuple[int, ...]
    close: tuple[int, ...]

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text alone; no text ever gives a special id."""

    def encode_parts(self, parts: Iterable[str | int]) -> list[int]:
        """Texts and sentinels (by number, from 0) in their order; white space between them goes."""

    def pieces_of(self, ids: Sequence[int]) -> list[str]:
        """Each id as a person reads it."""

    def decode(self, ids: Sequence[int]) -> str:
        """The text of some ids; special ones say nothing, sentinels show as <extra_id_0>."""

    def decode_batch(self, batch: Sequence[Sequence[int]]) -> list[str]:
        """The texts of several lists of ids."""
