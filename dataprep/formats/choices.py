"""What the user says of the columns of a file: by the recipe, or by flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChoices:
    """What the user said of the columns of a file; templates are those of the recipe."""

    prompt: str | None = None
    completion: str | None = None
    system: str | None = None
    approved: str | None = None
    unjudged: Literal["ask", "keep", "drop"] = "ask"
    text: str | None = None
    label: str | None = None
    group: str | None = None
    strata: str | None = None
    split: str | None = None
    carry: frozenset[str] = frozenset()
    leave_out: frozenset[str] = frozenset()

    @property
    def templates(self) -> tuple[str, ...]:
        """Those that are given."""
        return tuple(filter(None, (self.prompt, self.completion, self.system)))

    @property
    def is_whole(self) -> bool:
        """Whether the templates alone make the pair, so that no format is needed."""
        return self.prompt is not None and self.completion is not None

    @property
    def fills_answers(self) -> bool:
        """Whether a template makes the answers of conversations that stand in the rows."""
        return self.completion is not None and not self.is_whole

    @property
    def named(self) -> frozenset[str]:
        """The columns that are named for what they are."""
        named = {self.label, self.group, self.strata, self.split, self.text} - {None}
        return frozenset(str(name) for name in named)
