"""C009: keys that a provider's format does not have; where none is asked for, they are metadata."""

from __future__ import annotations

from collections.abc import Iterator

from dataprep.contracts import is_closed, keys_of
from dataprep.finding import Fault, excerpt
from dataprep.formats import CHAT, Row, RowFormat
from dataprep.formats.chat import KEYS
from dataprep.formats.spellings import messages_of


def extra_key_faults(row: Row, form: RowFormat) -> Iterator[Fault]:
    """One fault for each key that the platforms refuse, in the row and in its messages."""
    if is_closed(form.name):
        known = keys_of(form.name)
        for key in row:
            if key not in known:
                shown = excerpt(key)
                yield Fault("C009", shown, f"the row has the unknown key {shown!r}")
    if form is not CHAT:
        return
    for index, message in messages_of(row):
        role = message.get("role")
        allowed = KEYS.get(role, frozenset(message)) if isinstance(role, str) else message.keys()
        for key, value in message.items():
            if key not in allowed and value not in (None, [], "") and key != "weight":
                at, shown = f"messages[{index}]", excerpt(key)
                yield Fault("C009", f"{at}.{shown}", f"{at} has the unknown key {shown!r}")
