"""What to do about a row that breaks its format, with the names of the row in it."""

from __future__ import annotations

import re

from dataprep.finding import Fault
from dataprep.formats import alpaca, chat, pair
from dataprep.formats.cells import set_aside, written_out
from dataprep.formats.flags import column_flag, is_nameable
from dataprep.formats.format import Row, RowFormat, Unreadable
from dataprep.formats.loss_marks import is_mark
from dataprep.rules import CATALOGUE

_SIDES = {
    (pair.NAME, "prompt"): "prompt",
    (pair.NAME, "completion"): "completion",
    (alpaca.NAME, "instruction"): "prompt",
    (alpaca.NAME, "output"): "completion",
}
"""The columns of pairs by the flag whose template takes their place."""


def with_names(fault: Fault, form: RowFormat, row: Row) -> Fault:
    """The fault; a remedy that would be the catalogue's own names the format, or the column."""
    if fault.remedy:
        return fault
    flag = _SIDES.get((form.name, fault.path))
    if fault.code == "S001" and flag and isinstance(row.get(fault.path), list | dict):
        return fault._replace(remedy=written_out(fault.path, row, flag))
    if fault.code == "S001":
        return fault._replace(remedy=schema_remedy(fault, form.name))
    if fault.code == "S004" and is_of_conversation(fault.path, form, row):
        return fault._replace(remedy=_TAKE_OUT)
    key = _key_of(fault.path, row)
    if fault.code != "S004" or key not in row or not is_nameable(key):
        return fault
    if "[" in fault.path and isinstance(row[key], list):
        return fault._replace(
            remedy="Take it out of the message, or say there as a text what it is."
        )
    words = "Say what it is for: --prompt, --completion or --system with a template that names it."
    return fault._replace(remedy=f"{words} Or else: {set_aside(key)}")


_TAKE_OUT = "Take it out of the conversation, or let convert leave the row out: --drop-invalid."


def _key_of(path: str, row: Row) -> str:
    """The key of a row in which a path begins."""
    return path if path in row else re.split(r"[.\[]", path, maxsplit=1)[0]


def is_of_conversation(path: str, form: RowFormat | None, row: Row) -> bool:
    """Whether a path leads into a key without which a row is none of its format.

    No flag can set such a key aside.
    """
    key = _key_of(path, row)
    if form is None or key not in row or key == path or "[]" in path:
        return False
    rest = {name: value for name, value in row.items() if name != key}
    if not form.recognise(rest):
        return True
    try:
        form.read(form.tidy(rest)[0])
    except (Unreadable, KeyError, TypeError, AttributeError, ValueError):
        return True
    return False


def with_flags(fault: Fault) -> Fault:
    """The fault of an extra key, or of a weight, with the flags of convert that set it aside.

    Keys that other messages need are set aside by none: the flag would take them out of all.
    """
    path = _path_of_key(fault)
    is_whole = is_nameable(path) and not {"…", "\N{REPLACEMENT CHARACTER}"} & set(path)
    whole, _, key = path.rpartition("[].")
    if fault.remedy or not path or not is_whole or key in _OF_OTHERS:
        return fault
    carry, leave = column_flag("carry", path), column_flag("leave-out", path)
    if fault.code == "C009" and whole and is_mark(key):
        words = "It says whether the message is learned, which is not read here. Learn all of them"
        return fault._replace(remedy=f"{words}: {leave}, or {carry}.")
    if fault.code == "C009":
        words = f"Leave the key out: dataprep convert does with {leave}, and carries it along"
        return fault._replace(remedy=f"{words} beside the file with {carry}.")
    words = "Write 0 or 1, without a point and without quotes; or have convert learn all of them"
    return fault._replace(remedy=f"{words}: {leave}.")


def _path_of_key(fault: Fault) -> str:
    """The path by which a flag names the key of a fault; nothing where no flag reaches it."""
    path = re.sub(r"\[\d+\]", "[]", fault.path)
    if fault.code == "C010":
        return path if path.endswith("[].weight") else ""
    named = _named(fault.message) if fault.code == "C009" else ""
    if not named or path == named or path.endswith(f"[].{named}"):
        return path if named else ""
    return "" if "." in path else f"{path.removesuffix('[]')}[].{named}"


def _named(message: str) -> str:
    """The key that a message calls unknown at its end; empty where it calls none."""
    _, _, named = message.partition("unknown key '")
    return named[:-1] if named.endswith("'") else ""


_OF_OTHERS = frozenset().union(*chat.KEYS.values()) - {"name", "weight"}


def schema_remedy(fault: Fault, name: str) -> str:
    """What to do about a row that breaks the schema of that name."""
    if fault.message.endswith("lacks 'name'"):
        return "Add it: `name` says which function answered."
    return CATALOGUE[fault.code].remedy.replace("FORMAT", name)
