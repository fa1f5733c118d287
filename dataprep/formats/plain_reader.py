"""The short way of reading: rows of texts alone, of a kind that was read the long way before.

What a plain row becomes follows from its keys, from who speaks, and from the types of what is
carried along: it is found out once, from the first row of the kind, and then read off. All that a
text could change goes the long way, and a test holds the two ways together.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from dataprep.example import Message
from dataprep.formats import alpaca, sharegpt
from dataprep.formats.calls import CALLING
from dataprep.formats.catalogue import CHAT, COLUMNS, PAIR
from dataprep.formats.chat import SAID
from dataprep.formats.column_answers import NO_CLASS, may_be_named
from dataprep.formats.format import Reading, ReadingKind, Row, RowFormat, RowRead
from dataprep.formats.options import is_bare
from dataprep.formats.uses import CARRIED, LEFT_OUT

_REMEMBERED = 10_000
"""Kinds of rows that are remembered."""

_SCALARS = (bool, int, float, type(None))
_TURN = {"from", "value"}
_PAIRS, _TALKS = (PAIR, COLUMNS, alpaca.FORMAT), (CHAT, sharegpt.FORMAT)

IsSaid = Callable[[Sequence[str]], bool]
"""Whether no rule could object to some texts."""


_content = itemgetter("content")


class _Sides(NamedTuple):
    """The columns of a pair: what is asked, one below the other, and what is answered."""

    asked: tuple[str, ...]
    answered: str

    def messages(self, row: Row) -> list[Message] | None:
        """Both as messages; None where one of several says that there is nothing.

        None too for a text that may be a list or an object, or stand for no class.
        """
        asked = [row[name] for name in self.asked]
        if any(text.lstrip()[:1] in ("[", "{") for text in (*asked, row[self.answered])):
            return None
        if row[self.answered] in NO_CLASS:
            return None
        if len(asked) > 1 and any(text.strip().lower() in alpaca.NOTHING_SAID for text in asked):
            return None
        return [
            {"role": "user", "content": "\n\n".join(asked)},
            {"role": "assistant", "content": row[self.answered]},
        ]


class _Talk(NamedTuple):
    """The key of a conversation, the key of what is said in it, and who speaks."""

    key: str
    text: str
    roles: tuple[str, ...]

    def messages(self, row: Row) -> list[Message] | None:
        """All of it in our words; None where somebody says nothing."""
        turns = row[self.key]
        if self.text == "content":
            said: list[Message] = turns
        else:
            said = [
                {"role": role, "content": turn[self.text]}
                for role, turn in zip(self.roles, turns, strict=True)
            ]
        return said if all(map(_content, said)) else None


class _Kind(NamedTuple):
    """What all rows of a kind become."""

    form: RowFormat
    reading: ReadingKind
    said: _Sides | _Talk
    carried: tuple[str, ...]
    uses: dict[str, str]
    keys: dict[str, str]


class PlainReader:
    """Reads the plain rows of one file; `is_kept` tells the columns whose use no value changes.

    `has_options` says that answers of the file name options, so that a letter alone may be none.
    """

    def __init__(
        self, is_kept: Callable[[str], bool], is_said: IsSaid, *, has_options: bool = False
    ) -> None:
        self._is_kept, self._is_said, self._has_options = is_kept, is_said, has_options
        self._kinds: dict[Hashable, _Kind | None] = {}

    def read(self, row: Any) -> RowRead | None:
        """What comes of a row with which nothing can be wrong; None for the long way."""
        kind = self._kinds.get(_kind_of(row))
        if kind is None or (messages := kind.said.messages(row)) is None:
            return None
        if self._has_options and type(kind.said) is _Sides and is_bare(row[kind.said.answered]):
            return None
        texts = [value for value in row.values() if type(value) is str and value]
        if type(kind.said) is _Talk:
            texts += [message["content"] for message in messages]
        if True in map(str.isspace, texts) or not self._is_said(texts):
            return None
        reading = Reading(kind=kind.reading, messages=messages, uses=kind.uses)
        for name in kind.carried:
            reading.carried[name] = row[name]
        return RowRead(kind.form, reading, row, keys=kind.keys)

    def learn(self, row: Any, read: RowRead) -> None:
        """Remember how a row without a fault was read, where all rows of its kind would be."""
        name = _kind_of(row)
        if name is not None and name not in self._kinds and len(self._kinds) < _REMEMBERED:
            self._kinds[name] = self._known(row, read)

    def _known(self, row: Row, read: RowRead) -> _Kind | None:
        form, reading = read.form, read.reading
        if form is None or reading is None or read.faults or read.mended or read.reason:
            return None
        said = _talk(row, reading) if form in _TALKS else _sides(row, reading)
        if said is None or form not in (*_PAIRS, *_TALKS) or _says_more(reading):
            return None
        if isinstance(said, _Sides) and any(map(may_be_named, row)):
            return None
        told = (said.key,) if isinstance(said, _Talk) else (*said.asked, said.answered)
        others = {key: use for key, use in read.keys.items() if key not in told}
        carried = tuple(key for key, use in others.items() if use == CARRIED)
        if read.keys.keys() != row.keys() or reading.carried != {key: row[key] for key in carried}:
            return None
        for key, use in others.items():
            kept = use in (CARRIED, LEFT_OUT) and self._is_kept(key)
            if not kept and row[key] not in (None, ""):
                return None
        return _Kind(form, reading.kind, said, carried, reading.uses, read.keys)


def _sides(row: Row, reading: Reading) -> _Sides | None:
    """The columns that make a pair, as they stand."""
    asked = tuple(p.path for p in reading.pieces or () if p.role == "user")
    answered = [key for key, use in reading.uses.items() if use == "answer"]
    told = [row.get(name) for name in (*asked, *answered)]
    if len(answered) != 1 or not asked or not all(type(text) is str for text in told):
        return None
    said = _Sides(asked, answered[0])
    return said if reading.kind == "pair" and reading.messages == said.messages(row) else None


def _talk(row: Row, reading: Reading) -> _Talk | None:
    """The conversation, where all of it is said as it stands."""
    key = next((key for key, value in row.items() if type(value) is list), None)
    if key is None or reading.kind != "chat":
        return None
    turns = row[key]
    if any(turn.keys() != turns[0].keys() for turn in turns):
        return None
    text = "content" if turns and turns[0].keys() == SAID else "value"
    if text == "value" and any(turn["from"].lower() in CALLING for turn in turns):
        return None
    said = _Talk(key, text, tuple(message["role"] for message in reading.messages))
    if len(turns) != len(said.roles) or reading.messages != said.messages(row):
        return None
    return said


def _says_more(reading: Reading) -> bool:
    """Whether a reading holds what a plain one leaves at its default."""
    plain = reading.verdict is None and reading.weight == 1 and not reading.left_out
    return not plain or bool(reading.rejected or reading.beside or reading.item)


def _kind_of(row: Any) -> Hashable | None:
    """What rows of a kind have in common; None for a row that is not plain."""
    if type(row) is not dict:
        return None
    kinds: list[str | type] = []
    for key, value in row.items():
        kinds.append(key)
        said = type(value)
        if said is str:
            if not value:
                kinds.append(str)
        elif said in _SCALARS:
            kinds.append(said)
        elif said is not list or list in kinds or not _add_turns(value, kinds):
            return None
    return tuple(kinds)


def _add_turns(turns: list[Any], kinds: list[str | type]) -> bool:
    """Add who speaks in a list; False where it holds anything but texts that somebody says."""
    kinds.append(list)
    spelling: type
    for turn in turns:
        if type(turn) is not dict:
            return False
        if turn.keys() == SAID:
            spelling, role, content = dict, turn["role"], turn["content"]
        elif turn.keys() == _TURN:
            spelling, role, content = tuple, turn["from"], turn["value"]
        else:
            return False
        if type(role) is not str or type(content) is not str:
            return False
        kinds += (spelling, role)
    return True
