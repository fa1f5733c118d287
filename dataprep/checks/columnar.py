"""Many lines at a time: those that are text alone, and with which nothing is wrong, end here.

Whatever is in doubt is left to engine.py, which reads and judges it row by row; a test holds the
two against each other. In doubt is what msgspec would let pass (it keeps the last of duplicate
keys), what a rule might object to, and what more than its roles and its length could decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, NamedTuple

import msgspec

from dataprep.checks.context import Context
from dataprep.checks.hinted_texts import HintedRow, objected
from dataprep.checks.per_row.chat import UNSAID
from dataprep.checks.per_row.schema import RowJudge
from dataprep.checks.prefilter import Hints
from dataprep.checks.screens import TextRules
from dataprep.contracts import contract
from dataprep.formats import CHAT, PAIR, Plain, Row, RowFormat
from dataprep.formats.chat import TURN
from dataprep.formats.plain_rows import PlainChat, PlainPair

_BYTES_A_TOKEN = 8
"""A token is at least a byte, a character at most four, and a turn costs some tokens more."""

_MARKS = ("", "[", "{")
"""How a text begins that may be none, or hold a list or an object."""

_MOST_TURNS = 256
"""Messages of a conversation whose roles are judged apart: a longer one is judged as it is."""
_REMEMBERED = 10_000
"""Sequences of roles whose verdict is kept."""


_HIDDEN = int(TextRules.HIDDEN)

_Told = tuple[str, str, Sequence[str]]
"""Of a row, what is asked, what is answered, and all the texts."""


class Settled(NamedTuple):
    """What became of some lines: the plain rows, and the indices of the others."""

    plain: Plain
    left: list[int]


class Columnar:
    """Settles the lines of a file that is in one format."""

    def __init__(self, form: RowFormat, context: Context, judge: RowJudge) -> None:
        self._form, self._judge_of_rows, self._context = form, judge, context
        self._hints = Hints(context)
        self._sound: dict[tuple[str, ...], bool] = {}
        limit = context.token_limit or float("inf")
        self._longest = (
            limit if context.counter is None and context.account is None else limit / _BYTES_A_TOKEN
        )
        chat = form is CHAT
        kind = PlainChat if chat else PlainPair
        self._decode: Callable[[bytes], Any] = msgspec.json.Decoder(kind).decode
        self._halves: Callable[[Any, bytes], _Told | None]
        self._halves = self._of_chat if chat else self._of_pair

    @staticmethod
    def knows(form: RowFormat, context: Context) -> bool:
        """Whether rows of a format can be settled here, under these settings."""
        known = form in (CHAT, PAIR)
        counted = context.counter is not None or context.account is not None
        exact = counted and form is PAIR
        judged = (context.completion, context.language, context.survival)
        return known and not exact and not any(judged)

    def settle(self, raws: Sequence[bytes], first: int) -> Settled:
        """The plain rows among some lines, of which the first has the number `first`."""
        told: list[_Told | None] = []
        hinted: list[HintedRow] = []
        for index, (raw, rules) in enumerate(zip(raws, self._hints.rules_of(raws), strict=True)):
            row = None if rules & _HIDDEN else self._row(raw)
            told.append(None if row is None else self._halves(row, raw))
            if rules and row is not None and told[-1] is not None:
                hinted.append(HintedRow(index, _texts_of(row)))
        for index in objected(hinted, self._hints, self._context) if hinted else ():
            told[index] = None
        left = [index for index, one in enumerate(told) if one is None]
        kept = [first + index for index, one in enumerate(told) if one is not None]
        plain = [one for one in told if one is not None]
        asked, answers, texts = zip(*plain, strict=True) if plain else ((), (), ())
        return Settled(Plain(kept, asked, answers, texts), left)

    def _row(self, raw: bytes) -> PlainChat | PlainPair | None:
        """A row of texts alone; None for any other."""
        try:
            row: PlainChat | PlainPair = self._decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        return row

    def _of_chat(self, row: PlainChat, raw: bytes) -> _Told | None:
        """Both halves of a conversation, as formats.py gives them; None where it is in doubt."""
        messages = row.messages
        roles = tuple([message.role for message in messages])
        if len(roles) > _MOST_TURNS:
            return None
        sound = self._sound.get(roles)
        if not (self._judge(roles) if sound is None else sound):
            return None
        contents = [message.content for message in messages]
        if not all(contents) or True in map(str.isspace, contents):
            return None
        answer = contents[-1]
        if not UNSAID.isdisjoint(map(str.strip, contents)):
            return None
        asked = TURN.join(chain.from_iterable(zip(roles[:-1], contents)))  # noqa: B905
        # Of "messages" there are two marks, and of each message those of two keys and two values.
        marks = 2 + 8 * len(roles)
        if len(asked) + len(answer) >= self._longest or _marked(raw, marks, asked, answer):
            return None
        return asked, answer, contents

    def _of_pair(self, row: PlainPair, raw: bytes) -> _Told | None:
        asked, answer = row.prompt.strip(), row.completion.strip()
        if (
            asked[:1] in _MARKS
            or answer[:1] in _MARKS
            or answer in UNSAID
            or len(asked) + len(answer) >= self._longest
        ):
            return None
        if _marked(raw, 8, row.prompt, row.completion):
            return None
        return asked, answer, (asked, answer)

    def _judge(self, roles: tuple[str, ...]) -> bool:
        """Whether these roles, with texts that are not blank, are a sound conversation.

        What the rules find of a made-up one is remembered, as far as memory goes.
        """
        said = [{"role": role, "content": f"text {n}"} for n, role in enumerate(roles)]
        row: Row = {"messages": said}
        sound = (
            roles[-1:] == ("assistant",)
            and not self._form.tidy(row)[1]
            and contract(self._form.name).accepts(row)
            and not self._judge_of_rows.sound(self._form.read(row), self._form, row)
        )
        if len(self._sound) < _REMEMBERED:
            self._sound[roles] = sound
        return sound


def _texts_of(row: PlainChat | PlainPair) -> Sequence[str]:
    """The texts of a row as they stand in it, in their order."""
    if isinstance(row, PlainChat):
        return [message.content for message in row.messages]
    return row.prompt, row.completion


def _marked(raw: bytes, marks: int, asked: str, answer: str) -> bool:
    """Whether a line has other quotation marks than it should, and those within its texts.

    Others are those of a key that was given twice.
    """
    over = raw.count(b'"') - marks
    return over != 0 and over != asked.count('"') + answer.count('"')
