"""Where a place in a text falls among its tokens, told by how byte-level tokens are spelled.

Each byte of a text is one character of a byte-level token, so that tokens which together spell the
beginning of a text end where it does. That costs less than the offsets of all tokens.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from dataprep.tokens.token_pattern import token_pattern

_LONGEST = 64
"""Characters of a beginning: a longer one holds what somebody said, and comes but once."""

_KEEPING = ("Digits", "Split", "ByteLevel")


class ByteHeads:
    """Counts the tokens of an added token and what a template writes behind it.

    `added` are the spellings of added tokens.
    """

    def __init__(self, tokenizer: Any, added: set[str]) -> None:
        from tokenizers import pre_tokenizers

        self._tokenizer = tokenizer
        self._added = added
        self._token = token_pattern(added)
        self._bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
        self._spelled = lru_cache(maxsize=256)(self._spell)

    @classmethod
    def fitting(cls, tokenizer: Any, added: set[str]) -> ByteHeads | None:
        """None for a tokenizer that is not of bytes, or changes a text before it is cut."""
        if tokenizer.normalizer is not None or type(tokenizer.model).__name__ != "BPE":
            return None
        if tokenizer.pre_tokenizer is None:
            return None
        state = json.loads(tokenizer.pre_tokenizer.__getstate__())
        steps = state["pretokenizers"] if state["type"] == "Sequence" else [state]
        kinds = [step["type"] for step in steps]
        if kinds.count("ByteLevel") != 1 or not set(kinds) <= set(_KEEPING):
            return None
        changing = any(s.get("behavior") == "Removed" or s.get("add_prefix_space") for s in steps)
        return None if changing else cls(tokenizer, added)

    def count(self, head: str, ids: list[int]) -> int | None:
        """So many of the ids of a text are those of `head`, with which it begins.

        None where it begins with no added token, or a token goes on beyond `head`.
        """
        left = self._spelled(head) if len(head) <= _LONGEST else None
        if left is None:
            return None
        for count in range(1, len(ids)):
            if not left:
                return count
            spelled = str(self._tokenizer.id_to_token(ids[count]))
            if not left.startswith(spelled):
                return None
            left = left[len(spelled) :]
        return None

    def _spell(self, head: str) -> str | None:
        """What stands behind the added token, as byte-level tokens spell it."""
        token = self._token.match(head)
        if token is None or any(longer.startswith(head) for longer in self._added - {head}):
            return None
        rest = head[token.end() :]
        return "".join(spelled for spelled, _ in self._bytes.pre_tokenize_str(rest)) if rest else ""
