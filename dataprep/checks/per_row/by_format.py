"""Which rules a row is judged by, once it is read: those of the format that its kind is in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dataprep.checks.per_row.chat import chat_faults, pair_faults
from dataprep.checks.per_row.images import picture_faults
from dataprep.checks.per_row.preference import preference_faults
from dataprep.checks.per_row.reinforcement import reinforcement_faults
from dataprep.checks.per_row.tools import tool_faults
from dataprep.finding import Fault
from dataprep.formats import Row


def _text_faults(row: Row) -> Iterator[Fault]:
    if not row["text"].strip():
        yield Fault("C003", "text", "text is empty")


JUDGES: dict[str, tuple[Callable[[Row], Iterator[Fault]], ...]] = {
    "preference": (preference_faults,),
    "openai-chat": (chat_faults, tool_faults, picture_faults),
    "reinforcement": (reinforcement_faults,),
    "prompt-completion": (pair_faults,),
    "text": (_text_faults,),
}
"""By the name of a native format (formats/native.py)."""
