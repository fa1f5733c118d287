"""File names for what a server calls by an id: never a path, and never those of another id."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from itertools import count

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
"""Windows gives these names to devices, in every folder."""


def named(identity: str) -> str:
    """A file name for an id of the server's: the id itself where it is a plain word.

    A plain word has no dot, so that an ending makes no name of it that another id could have.
    """
    if _PLAIN.fullmatch(identity) and not _DEVICE.fullmatch(identity):
        return identity
    return "id-" + hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:16]


class FileNames:
    """The names in one folder: two ids never share one, also where upper case does not count."""

    def __init__(self, holders: Iterable[tuple[str, tuple[str, str]]] = ()) -> None:
        """`holders` are the names that are taken, each with the owner and the id that has it."""
        self._taken = {name.casefold(): holder for name, holder in holders}

    def of(self, identity: str, owner: str = "") -> str:
        """The name of an id of that owner (a server), the same whenever it is asked for."""
        holder = owner, identity
        for name in _candidates(identity, owner):
            if self._taken.setdefault(name.casefold(), holder) == holder:
                return name
        raise AssertionError("the candidates do not end")


def _candidates(identity: str, owner: str) -> Iterator[str]:
    yield named(identity)
    digest = hashlib.sha256(f"{owner} {identity}".encode("utf-8", "replace")).hexdigest()
    for number in count(1):
        yield f"id-{digest[:32]}-{number}"
