"""What a check is told beside the rows, what it saw, and the raw form of what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from dataprep.checks.selection import Selection
from dataprep.contracts import Contract
from dataprep.finding import Fault, Finding, Place
from dataprep.formats import ContentAccount, Plain, RowFormat, RowRead

if TYPE_CHECKING:
    from dataprep.tokens import Counter, TokenAccount

OPENAI_TOKENS = 65_536
"""Tokens of one example, gpt-4o-2024-08-06 and gpt-4o-mini-2024-07-18 (OpenAI's guide)."""


@dataclass(slots=True)
class SeenRows:
    """What went by: rows that could be read; of each file its format, its content, and a note.

    A note says how the rows of a file stand in it, where that is not one a line.
    """

    rows: int = 0
    formats: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    content: dict[str, ContentAccount] = field(default_factory=dict)


def _today() -> date:
    return datetime.now(UTC).date()


def _silent(*_: object) -> None:
    """Tell nobody how far the work is."""


@dataclass(frozen=True, slots=True)
class Context:
    """The settings of a check.

    `completion` is the user's schema for answers. `counter` counts the tokens of a row, `account`
    those of all rows, in batches; without either, lengths are estimated. `token_limit` is in
    tokens of one example. `provider` and `model` are who will train, as the table of providers
    calls them. `evaluation` are the user's own evaluation files, `language` is the one that
    answers should be in (a code like `en`). `tokenizer` names one, and `survival` tells what is
    lost of an answer by it, for T5. `templates` are those of a manifest, for near copies.
    `progress` is told the stage, how much of it is done, and how much there is. `workers` are
    the processes that judge texts; None: more than one where that pays.
    """

    selection: Selection = field(default_factory=Selection)
    completion: Contract | None = None
    counter: Counter | None = None
    account: TokenAccount | None = None
    token_limit: int = OPENAI_TOKENS
    provider: str | None = None
    model: str | None = None
    evaluation: tuple[Path, ...] = ()
    near_duplicates: bool = True
    templates: Any = None
    language: str | None = None
    tokenizer: str | None = None
    survival: Callable[[str], Iterator[Fault]] | None = None
    today: date = field(default_factory=_today)
    progress: Callable[[str, int, int], None] = _silent
    workers: int | None = None
    seen: SeenRows = field(default_factory=SeenRows)


class Watch(Protocol):
    """Something that looks at all rows before it speaks: duplicates, balance, the upload.

    What it keeps of a row must be small (hashes, not text).
    """

    @property
    def codes(self) -> tuple[str, ...]:
        """The rules that it may find broken."""

    def add(self, read: RowRead, place: Place, part: str) -> None:
        """Look at one row that was read; `part` is the split or the file that it stands in."""

    def findings(self) -> Iterator[Finding]:
        """What all the rows showed; asked for once, at the end."""


@runtime_checkable
class Batched(Watch, Protocol):
    """A watch that is quicker with many plain rows at a time."""

    def add_plain(self, rows: Plain, form: RowFormat, file: str, part: str) -> None:
        """Look at many rows; each counts as one that was added by itself."""
