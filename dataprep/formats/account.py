"""Conservation of content: what became of every key of the rows of one file, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from dataprep import sensitive
from dataprep.example import content_id
from dataprep.finding import excerpt
from dataprep.formats.format import RowRead
from dataprep.formats.uses import CARRIED, COPY, LEFT_OUT, NOTHING, UNLABELLED

SHOWN = 8
"""Keys that a line names of those carried along, or left out; the manifest has all."""


_ALIKE = 1_000
"""Kinds of rows that are counted whole, before their keys are."""


@dataclass(slots=True)
class ContentAccount:
    """What became of the keys of some rows; `mended` counts the rows, by rule."""

    form: str = ""
    rows: int = 0
    mended: Counter[str] = field(default_factory=Counter)
    _keys: Counter[tuple[str, str]] = field(default_factory=Counter)
    _alike: Counter[tuple[tuple[str, str], ...]] = field(default_factory=Counter)

    def add(self, read: RowRead) -> None:
        """Count one row that was read."""
        self.rows += 1
        self._alike[tuple(read.keys.items())] += 1
        if len(self._alike) > _ALIKE:
            self._count()
        if read.mended:
            self.mended.update({fault.code for fault in read.mended})

    def merge(self, later: ContentAccount) -> None:
        """Count what was read after this."""
        self.form = self.form or later.form
        self.rows += later.rows
        self.keys.update(later.keys)
        self.mended += later.mended

    @property
    def keys(self) -> Counter[tuple[str, str]]:
        """The rows in which a key became something."""
        self._count()
        return self._keys

    def _count(self) -> None:
        for keys, rows in self._alike.items():
            self._keys.update(dict.fromkeys(keys, rows))
        self._alike.clear()

    def of(self, use: str) -> dict[str, int]:
        """The keys that became this, with the rows of each."""
        return {key: n for (key, became), n in self.keys.items() if became == use}

    def unlabelled(self) -> str:
        """The columns of classes that rows do not say, with their counts; empty where all do."""
        return _listed(self.of(UNLABELLED), 0)

    def to_json(self) -> dict[str, Any]:
        """As the manifest holds it: by key, what it became and in how many rows."""
        keys: dict[str, dict[str, int]] = {}
        for (key, use), n in sorted(self.keys.items()):
            entry = keys.setdefault(_named(key), {})
            entry[use] = entry.get(use, 0) + n
        account: dict[str, Any] = {"format": self.form, "rows": self.rows, "keys": keys}
        if self.mended:
            account["mended"] = dict(sorted(self.mended.items()))
        return account

    def words(self) -> str:
        """One line for a person: what each column became."""
        uses = [
            (key, "completion" if use == "answer" else use, n)
            for (key, use), n in self.keys.items()
            if use not in (CARRIED, LEFT_OUT, COPY, NOTHING)
        ]
        used = [f"{_use(key, use)}{_count(n, self.rows)}" for key, use, n in uses]
        parts = [", ".join(used)] if used else []
        for name in (CARRIED, COPY, LEFT_OUT):
            if found := self.of(name):
                parts.append(f"{name}: {_listed(found, self.rows)}")
        if self.mended:
            codes = (f"{code} ({n:,})" for code, n in sorted(self.mended.items()))
            parts.append(f"mended: {', '.join(codes)}")
        return "; ".join(parts)


def _named(key: str) -> str:
    """A key as it is; only one that holds something private is told by its hash."""
    private = any(True for _ in sensitive.matches(key))
    return f"private-{content_id(key)}" if private else key


def _shown(key: str) -> str:
    """A key for a person; one that holds something private is not shown."""
    if any(True for _ in sensitive.matches(key)):
        return "a column with a private name"
    return excerpt(key) or "a column without a name"


def _use(key: str, use: str) -> str:
    """A key and what it became, which may be what it is called."""
    return _shown(key) if key == use else f"{_shown(key)} → {use}"


def _listed(found: dict[str, int], rows: int) -> str:
    """Keys with their counts, where not every row has them."""
    shown = [f"{_shown(key)}{_count(n, rows)}" for key, n in found.items()]
    more = f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
    return ", ".join(shown[:SHOWN]) + more


def _count(n: int, rows: int) -> str:
    """The rows of which something is said, where it is not all of them."""
    return "" if n == rows else f" ({n:,})"
