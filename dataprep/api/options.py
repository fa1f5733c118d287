"""The options of a call, of the types that the command line reads them as, or refused."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

import msgspec

from dataprep.finding import UsageError, excerpt
from dataprep.shell import flag_of


def typed(name: str, value: Any, kind: Any) -> Any:
    """The value as its option wants it; a number of NumPy is a number.

    Raises UsageError for one of another type.
    """
    plain = value.item() if hasattr(value, "item") else value
    try:
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        known = get_args(kind) if get_origin(kind) is Literal else ()
        remedy = f"Known: {', '.join(known)}." if known else f"{error}.".replace("null", "None")
        raise UsageError(f"{flag_of(name)} is {excerpt(repr(value))}.", remedy) from None
