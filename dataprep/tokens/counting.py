"""Counts the tokens of training rows: exactly where the tokenizer is at hand, else roughly.

Each message of a chat costs 3 tokens and its role 1 (amitness.com/notes/openai-finetuning-cost,
2025-03). What tools, tool calls, names and images cost is not documented.

User text is always counted as text: `<|endoftext|>` in a message is seven tokens, not one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from dataprep.tokens.estimate import ESTIMATE_ERROR, estimate

MESSAGE_TOKENS = 3  # <|im_start|>, <|im_sep|>, <|im_end|>
ROLE_TOKENS = 1
PICTURE_TOKENS = 85  # detail=low; what other details cost is not documented

Sizes = Callable[[Sequence[str]], Sequence[float]]


class CountedTexts(msgspec.Struct, gc=False):
    """What a row is made of: texts, texts whose cost is not documented (`loose`), and the rest."""

    texts: list[str]
    loose: list[str]
    messages: int = 0
    pictures: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing in the row has an undocumented cost."""
        return not self.loose and not self.pictures

    @property
    def characters(self) -> int:
        """The length of all texts."""
        return sum(map(len, self.texts)) + sum(map(len, self.loose))

    def fixed(self, per_message: int) -> int:
        """Tokens of what is no text."""
        return self.messages * per_message + self.pictures * PICTURE_TOKENS


class Count(NamedTuple):
    """The tokens of a row; `least` leaves out what has no documented cost (tools, names).

    `whole` says that there is no such thing in the row: then the two are one.
    """

    tokens: int
    least: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Counter:
    """A way to count. `error` is 0 for an exact one, else the share that it may be wrong by.

    `per_message` are the tokens around each message of a chat; 0 where a chat template that is
    not known here writes them.
    """

    source: str
    sizes: Sizes
    error: float = 0.0
    per_message: int = MESSAGE_TOKENS + ROLE_TOKENS

    @property
    def exact(self) -> bool:
        """Whether texts are counted by the tokenizer itself."""
        return self.error == 0

    def measure(self, made: Sequence[CountedTexts]) -> list[Count]:
        """The counts of many rows with what is not sure about them, in one batch."""
        sizes = self.sizes([text for p in made for text in (*p.texts, *p.loose)])
        counts, at = [], 0
        for parts in made:
            middle = at + len(parts.texts)
            end = middle + len(parts.loose)
            sure = parts.fixed(self.per_message) + sum(sizes[at:middle])
            loose = sum(sizes[middle:end])
            counts.append(Count(round(sure + loose), round(sure), parts.whole))
            at = end
        return counts

    def size(self, text: str) -> float:
        """The tokens of one text."""
        return self.sizes([text])[0]


def estimator(why: str) -> Counter:
    """Counts by script, within ESTIMATE_ERROR of o200k_base on running text."""
    return Counter(
        f"estimate: {why}", lambda texts: [estimate(text) for text in texts], error=ESTIMATE_ERROR
    )


def on_all_cores(size: Callable[[str], int]) -> Sizes:
    """Sizes of texts with a tokenizer that lets go of the interpreter's lock while it works.

    Each core takes every n-th text: one task a text (`encode_ordinary_batch`) costs more than
    most texts.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()

    def one(texts: Sequence[str]) -> list[int]:
        return [size(text) for text in texts]

    def all_of(texts: Sequence[str]) -> list[float]:
        slices = [texts[k::cores] for k in range(cores or 1)]
        if len(slices) == 1 or len(texts) < _WORTH_IT:
            return [*one(texts)]
        from concurrent.futures import ThreadPoolExecutor

        found = [0.0] * len(texts)
        with ThreadPoolExecutor(cores) as pool:
            for k, sizes in enumerate(pool.map(one, slices)):
                found[k::cores] = sizes
        return found

    return all_of


_WORTH_IT = 64
