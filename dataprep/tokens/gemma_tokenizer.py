"""T5Gemma's tokenizer: Gemma's pieces, as transformers cuts them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from dataprep import jsonio
from dataprep.finding import UsageError

_MARKS = ("<pad>", "<eos>", "<bos>")
_SEPARATE = "a"


def is_gemma(content: bytes) -> bool:
    """Whether a tokenizer.json is one of Gemma's kind: BPE, with its marks of padding and ends."""
    try:
        read = jsonio.loads(content)
        vocabulary = read["model"]["vocab"]
        return read["model"]["type"] == "BPE" and all(mark in vocabulary for mark in _MARKS)
    except (jsonio.JsonError, LookupError, TypeError):
        return False


class GemmaTokenizer:
    """Text to ids and back, by a `transformers` tokenizer of Gemma's kind.

    An input begins and ends as that tokenizer has it (`<bos>` in front, as a rule).
    """

    def __init__(self, backend: Any, name: str) -> None:
        """Raises UsageError where the tokenizer does not say which tokens pad and end a text."""
        self.backend = backend
        self.name = name
        self.kind: Literal["trained", "given"] = "given"
        named = (backend.pad_token_id, backend.eos_token_id, backend.unk_token_id)
        if None in named:
            raise UsageError(
                f"{name} does not name its <pad>, <eos> and <unk>.",
                "Give the folder that holds tokenizer_config.json beside it.",
            )
        self.pad_id, self.eos_id, self.unk_id = (int(i) for i in named)
        self.vocabulary = int(max(backend.get_vocab().values())) + 1
        self._pieces: Any = backend.backend_tokenizer
        whole = backend(_SEPARATE)["input_ids"]
        self._pieces.encode_special_tokens = True  # a text that spells one stays text
        self._pieces.no_truncation()
        self._pieces.no_padding()
        self.begin, self.close = self._frame(whole)
        self.sha256 = self._fingerprint()

    def _frame(self, whole: list[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """What transformers puts before and behind a text."""
        (alone,) = self.encode_batch([_SEPARATE])
        at = next(n for n in range(len(whole)) if whole[n : n + len(alone)] == alone)
        return tuple(whole[:at]), tuple(whole[at + len(alone) :])

    def _fingerprint(self) -> str:
        model = json.loads(self._pieces.to_str())
        kept = {k: v for k, v in model.items() if k not in ("truncation", "padding")}
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text alone; `<eos>` in a text stays text."""
        coded = self._pieces.encode_batch(list(texts), add_special_tokens=False)
        return [list(one.ids) for one in coded]

    def encode_parts(self, parts: Iterable[str | int]) -> list[int]:
        """Raises UsageError: no token of this vocabulary marks a masked span."""
        raise UsageError(
            f"{self.name} has no tokens for masked spans, which denoising needs.",
            "Use a T5 tokenizer, or leave rows of the shape denoising out.",
        )

    def pieces_of(self, ids: Sequence[int]) -> list[str]:
        """Each id as a person reads it."""
        return [str(t).replace("▁", " ") for t in self.backend.convert_ids_to_tokens(list(ids))]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of some ids; special ones say nothing."""
        return self.decode_batch([ids])[0]

    def decode_batch(self, batch: Sequence[Sequence[int]]) -> list[str]:
        """The texts of several lists of ids."""
        texts: list[str] = self.backend.batch_decode(
            [list(ids) for ids in batch],
            skip_special_tokens=True,
            clean_up_tokenization_spaces=False,
        )
        return texts
