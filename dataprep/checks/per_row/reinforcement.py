"""Family C, 4xx: items of reinforcement fine-tuning. Rows here keep their format's schema."""

from __future__ import annotations

from collections.abc import Iterator

from dataprep.checks.per_row.chat import blank
from dataprep.checks.per_row.images import picture_faults
from dataprep.checks.per_row.tools import tool_faults
from dataprep.example import INSTRUCTING
from dataprep.finding import Fault, excerpt
from dataprep.formats import Row
from dataprep.formats.reinforcement import OF_THE_FORMAT, REFERENCE


def reinforcement_faults(row: Row) -> Iterator[Fault]:
    """C003, C005, C012 and C401 to C404, and what holds for the calls and pictures of any chat."""
    messages = row["messages"]
    for index, message in enumerate(messages):
        role, at = message["role"], f"messages[{index}]"
        if role == "system":
            yield Fault("C402", f"{at}.role", f"{at} is a system message")
        elif role == "user" and blank(message["content"]):
            yield Fault("C005", f"{at}.content", f"{at}.content is empty: nothing is asked")
        if index and role in INSTRUCTING:
            yield Fault("C012", at, f"the {role} message {at} is not the first message")
    if role != "user":
        yield Fault("C401", at, f"{at}, the last message, is of the role {role}, not user")
    yield from tool_faults(row)
    yield from picture_faults(row)
    yield from _keys(row)


def _keys(row: Row) -> Iterator[Fault]:
    """C003, C403 and C404, for what the grader is given."""
    given = [key for key in row if key not in OF_THE_FORMAT]
    if isinstance(answer := row.get(REFERENCE), str) and blank(answer):
        yield Fault("C003", REFERENCE, f"{REFERENCE} is empty")
    if not given:
        yield Fault("C403", "", "the item has no key for the grader")
    for key in given:
        if not (key.isidentifier() and key.isascii()):
            shown = excerpt(key)
            yield Fault("C404", shown, f"{{{{item.X}}}} cannot name the key {shown!r}")
