"""What a turn says of whether it is learned, under other keys than weight.

Source: Axolotl, docs/dataset-formats/conversation (message_field_training and
message_field_training_detail); ms-swift, docs/Customization; 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dataprep.finding import Fault
from dataprep.formats.choices import ColumnChoices
from dataprep.formats.format import Reading

LOSS_MARKS = {"train": True, "training": True, "loss": True, "masked": False}
"""Keys of a turn that say whether it is learned, and the value that says yes."""

_UNREAD = ("train_detail", "training_detail", "train", "training")
"""Keys that say it of a part of a turn, which nobody here reads, or say something unknown."""

_TRUTHS = {"true": True, "false": False}


def learned(mark: str, value: Any) -> bool | None:
    """Whether a mark says that its turn is learned; None where it says something else."""
    if isinstance(value, str):
        value = _TRUTHS.get(value.lower())
    elif mark != "loss" and type(value) is int and value in (0, 1):
        value = bool(value)
    return value is LOSS_MARKS[mark] if isinstance(value, bool) else None


def unread_marks(reading: Reading, choices: ColumnChoices) -> Iterator[Fault]:
    """S004 for marks in messages that are not read, unless the user says what becomes of them."""
    for path in [path for path in reading.carried if path.rpartition("].")[2] in _UNREAD]:
        if "[]" not in path or path in choices.carry:
            continue
        if path in choices.leave_out:
            del reading.carried[path]
            reading.uses[path] = "left out"
            continue
        words = f"{path} says which part of a message is learned, and is not read"
        remedy = (
            "Say it of whole messages, with a weight of 0 or 1; "
            f"or learn all: --carry '{path}'; or: --leave-out '{path}'."
        )
        yield Fault("S004", path, words, remedy)
