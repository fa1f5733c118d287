"""What a job would cost: tokens per example, epochs as the platform chooses them, price.

Exact counts need the rank file of the encoding on this machine; it is never downloaded. Without
it the count is an estimate that says so.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

# facts of tiktoken 0.14, tiktoken_ext/openai_public.py: file name in the cache (SHA-1 of its
# URL) and SHA-256 of its bytes.
_RANKS = {
    "o200k_base": (
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
    "cl100k_base": (
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
}
ESTIMATE_ERROR = 0.25
MESSAGE_TOKENS = 3  # <|im_start|>, <|im_sep|>, <|im_end|>
ROLE_TOKENS = 1
IMAGE_TOKENS = 85  # detail=low; what other details cost is not documented

_PIECE = re.compile(
    r"(?P<latin>[A-Za-z\u00c0-\u024f]+)"
    r"|(?P<dense>[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uffef])"
    r"|(?P<cyrillic>[\u0400-\u04ff]+)"
    r"|(?P<other>[\u0250-\u1fff]+)"
    r"|(?P<digits>\d{1,3})"
    r"|(?P<lines>\s*\n\s*)"
    r"|(?P<marks>(?:[^\w\s\u2100-\U0010ffff]|_)+)"
    r"|(?P<symbol>[^\w\s])"
)
# Measured against o200k_base: tokens of a piece, and of each character in it.
_RATES = {
    "latin": (1.0, 1 / 5.5),
    "dense": (0.78, 0.0),
    "cyrillic": (1.0, 1 / 4.2),
    "other": (1.0, 1 / 2.9),
    "digits": (1.0, 0.0),
    "lines": (0.8, 0.0),
    "marks": (1.0, 0.5),
    "symbol": (1.3, 0.0),
}


class Tokeniser(msgspec.Struct, frozen=True):
    """A way to count: `error` is 0 for an exact one, else the share it may be wrong by."""

    count: Callable[[str], float]
    name: str
    error: float


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """A number of tokens, and how far to trust it."""

    count: int
    method: str
    error: float = 0.0

    @property
    def exact(self) -> bool:
        """Whether the count is what the platform counts."""
        return self.error == 0

    @property
    def most(self) -> int:
        """The highest number that the stated error allows."""
        return round(self.count * (1 + self.error))

    def __str__(self) -> str:
        return f"{self.count:,}" if self.exact else f"about {self.count:,} ±{self.error:.0%}"


def tokeniser(encoding: str | None) -> Tokeniser:
    """The exact one where the rank file lies on this machine, else the estimate."""
    if encoding is None:
        return Tokeniser(estimate, "estimate: the encoding of the model is unknown", ESTIMATE_ERROR)
    if not _rank_file_is_here(encoding):
        return Tokeniser(
            estimate, f"estimate: no {encoding} rank file on this machine", ESTIMATE_ERROR
        )
    try:
        import tiktoken
    except ImportError:
        return Tokeniser(estimate, "estimate: tiktoken is not installed", ESTIMATE_ERROR)
    encode = tiktoken.get_encoding(encoding).encode_ordinary
    return Tokeniser(lambda text: len(encode(text)), f"tiktoken, {encoding}", 0.0)


def _rank_file_is_here(encoding: str) -> bool:
    """Whether tiktoken would find the file, whole; a damaged one it would download again."""
    folder = os.environ.get("TIKTOKEN_CACHE_DIR", os.environ.get("DATA_GYM_CACHE_DIR"))
    if folder is None:
        folder = str(Path(tempfile.gettempdir()) / "data-gym-cache")
    if not folder or encoding not in _RANKS:
        return False
    name, sha256 = _RANKS[encoding]
    try:
        return hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest() == sha256
    except OSError:
        return False


def estimate(text: str) -> float:
    """Tokens of a text by its script: on running text within a quarter of o200k_base."""
    total = 0.0
    for piece in _PIECE.finditer(text):
        least, each = _RATES[piece.lastgroup or "symbol"]
        total += max(least, each * (piece.end() - piece.start()))
    return total


def tokens_of(example: dict[str, Any], count: Callable[[str], float]) -> tuple[int, bool]:
    """The trained tokens of one chat example, and whether that is the whole truth.

    Each message costs 3 tokens, its role 1, and its content (amitness.com/notes/
    openai-finetuning-cost, 2025-03). What tools, tool calls, names and images cost is not
    documented: they are counted as their JSON, images as 85, and the answer is then False.
    """
    total, whole = 0.0, "tools" not in example and "functions" not in example
    for key in ("tools", "functions"):
        if key in example:
            total += count(_json(example[key]))
    for message in example["messages"]:
        total += MESSAGE_TOKENS + ROLE_TOKENS
        content = message.get("content")
        if isinstance(content, str):
            total += count(content)
        for part in content if isinstance(content, list) else ():
            is_text = part.get("type") == "text"
            total += count(part["text"]) if is_text else IMAGE_TOKENS
            whole = whole and is_text
        for key in ("name", "tool_calls", "function_call", "refusal"):
            if message.get(key):
                total, whole = total + count(_json(message[key])), False
    return round(total), whole


def _json(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def usual_epochs(examples: int) -> int:
    """What the platform chooses: 3, raised for fewer than 34 examples, lowered beyond 8,333.

    OpenAI cookbook, Chat_finetuning_data_prep: between 100 and 25,000 examples seen, 1 to 25
    epochs.
    """
    if examples * 3 < 100:
        return min(25, 100 // max(examples, 1))
    if examples * 3 > 25_000:
        return max(1, 25_000 // examples)
    return 3


def usd(amount: float) -> str:
    """An amount of US dollars, with four digits below one dollar."""
    return f"{amount:,.2f} USD" if amount >= 1 else f"{amount:.4f} USD"


def dollars(tokens: int, epochs: int, per_million: float | None) -> float | None:
    """tokens x epochs x price; None where the price is unknown. Validation is not billed."""
    return None if per_million is None else tokens * epochs * per_million / 1_000_000
