"""What is compiled, where it could be: bytes in, proven columns and signatures out.

The readers of Label Studio exports and of plain rows settle what leaves nothing to judge; whatever
is in doubt is handed back. The words and signatures of texts are the same ones as without it. Where
there is no library everything works, slower. `source/scan.h` says what it offers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dataprep.scan.library import why_not

if TYPE_CHECKING:
    from dataprep.scan.rows import CHAT, ENDLESS, PAIR, ScannedRows, read_rows
    from dataprep.scan.tasks import LearnedControl, ScannedTasks, TaskPlan, ValueKind, read_tasks
    from dataprep.scan.texts import SignatureNumbers, signed, words_of

__all__ = [
    "CHAT",
    "ENDLESS",
    "PAIR",
    "LearnedControl",
    "ScannedRows",
    "ScannedTasks",
    "SignatureNumbers",
    "TaskPlan",
    "ValueKind",
    "available",
    "read_rows",
    "read_tasks",
    "signed",
    "why_not",
    "words_of",
]

_HOME = {
    **dict.fromkeys(("CHAT", "ENDLESS", "PAIR", "ScannedRows", "read_rows"), "rows"),
    **dict.fromkeys(
        ("LearnedControl", "ScannedTasks", "TaskPlan", "ValueKind", "read_tasks"), "tasks"
    ),
    **dict.fromkeys(("SignatureNumbers", "signed", "words_of"), "texts"),
}


def available() -> bool:
    """Whether the library is used here."""
    return not why_not()


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'dataprep.scan' has no attribute {name!r}")
    return getattr(import_module(f"dataprep.scan.{_HOME[name]}"), name)
