"""ByT5's tokenizer: the bytes of UTF-8, behind three special ids.

Source: Xue et al. 2022, "ByT5", 3.1; transformers' documentation of ByT5 for the sentinels, which
are the last byte ids, counted down from 258.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Literal

from dataprep.finding import UsageError

_SPECIAL = 3
_BYTES = 256
_LAST = _SPECIAL + _BYTES - 1
UNUSED_BYTES = 11
"""0xF5 to 0xFF stand in no UTF-8: as sentinels they cannot be mistaken for text."""


class ByteTokenizer:
    """Text to ids and back; ids from 259 to 383 are transformers' own names, in no text."""

    vocabulary = 384
    pad_id, eos_id, unk_id = 0, 1, 2
    begin: tuple[int, ...] = ()
    close: tuple[int, ...] = (1,)
    sha256 = hashlib.sha256(b"ByT5: pad, eos, unk, 256 bytes").hexdigest()

    def __init__(self, name: str) -> None:
        self.name = name
        self.kind: Literal["trained", "given"] = "given"

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, without </s>; `</s>` in a text stays text."""
        return [[byte + _SPECIAL for byte in text.encode("utf-8", "replace")] for text in texts]

    def encode_parts(self, parts: Iterable[str | int]) -> list[int]:
        """Texts and sentinels (by number, from 0) in their order; white space between them goes."""
        ids: list[int] = []
        for part in parts:
            if isinstance(part, int):
                ids.append(self.sentinel(part))
            else:
                ids += self.encode_batch([part.strip()])[0]
        return ids

    def sentinel(self, number: int) -> int:
        """The id that stands for the masked span of that number; raises UsageError beyond 10."""
        if number >= UNUSED_BYTES:
            raise UsageError(
                f"A text has more than {UNUSED_BYTES} masked spans, as many as ByT5 tells apart.",
                "Use shorter chunks.",
            )
        return _LAST - number

    def pieces_of(self, ids: Sequence[int]) -> list[str]:
        """Each id as a person reads it: ASCII as such, other bytes in hex."""
        return [self._piece(i) for i in map(int, ids)]

    def _piece(self, number: int) -> str:
        byte = number - _SPECIAL
        if byte < 0:
            return ("<pad>", "</s>", "<unk>")[number]
        if number > _LAST - UNUSED_BYTES:
            return f"<extra_id_{_LAST - number if byte < _BYTES else number - _LAST - 1}>"
        return chr(byte) if byte < 128 and chr(byte).isprintable() else f"<0x{byte:02X}>"

    def decode(self, ids: Sequence[int]) -> str:
        """The text of some ids; special ones say nothing, and neither do broken bytes."""
        return self.decode_batch([ids])[0]

    def decode_batch(self, batch: Sequence[Sequence[int]]) -> list[str]:
        """The texts of several lists of ids."""
        return [self._decoded(ids) for ids in batch]

    def _decoded(self, ids: Sequence[int]) -> str:
        parts: list[str] = []
        run = bytearray()
        for number in [*ids, _LAST]:  # the last one only ends the last run
            if _SPECIAL <= number <= _LAST - UNUSED_BYTES:
                run.append(number - _SPECIAL)
                continue
            if _LAST - UNUSED_BYTES < number <= _LAST:
                if text := run.decode("utf-8", "ignore"):
                    parts.append(text)
                run.clear()
                parts.append(f"<extra_id_{_LAST - number}>")
        return " ".join(parts[:-1])
