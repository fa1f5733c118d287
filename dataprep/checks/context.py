"""What a check is told beside the rows, what it saw, and the raw form of what it found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dataprep.checks.selection import Selection
from dataprep.contracts import Contract

Row = dict[str, Any]

OPENAI_TOKENS = 65_536
"""Tokens of one example, gpt-4o-2024-08-06 and gpt-4o-mini-2024-07-18 (OpenAI's guide)."""


class Fault(NamedTuple):
    """A rule broken inside one row; `path` like messages[2].content, empty for the row."""

    code: str
    path: str
    message: str


@dataclass(slots=True)
class Seen:
    """What went by: rows that could be read, and the format of each file (its first row's)."""

    rows: int = 0
    formats: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """The settings of a check.

    `completion` is the user's schema for answers. `count_tokens` counts a row exactly; without
    it lengths are estimated. `token_limit` is in tokens of one example.
    """

    selection: Selection = field(default_factory=Selection)
    completion: Contract | None = None
    count_tokens: Callable[[Mapping[str, Any]], int] | None = None
    token_limit: int = OPENAI_TOKENS
    seen: Seen = field(default_factory=Seen)
