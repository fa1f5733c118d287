"""Many lines at a time: those that are text alone, and with which nothing is wrong, end here.

The compiled reader reads them, and msgspec where it is not there. Whatever is in doubt is left to
engine.py, which reads and judges it row by row; a test holds the two against each other. In doubt
is what msgspec would let pass (it keeps the last of duplicate keys), what a rule might object to,
and what more than its roles and its length could decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from math import ceil, isinf
from typing import TYPE_CHECKING, Any, NamedTuple, get_args, get_type_hints

import msgspec
import numpy as np
import polars as pl

from dataprep import scan
from dataprep.checks.context import Context
from dataprep.checks.hinted_texts import hinted
from dataprep.checks.per_row.chat import UNSAID
from dataprep.checks.per_row.schema import RowJudge
from dataprep.checks.prefilter import Hints
from dataprep.checks.screens import TextRules
from dataprep.checks.text_judges import TextJudges
from dataprep.contracts import contract
from dataprep.formats import CHAT, PAIR, Plain, Row, RowFormat
from dataprep.formats.chat import TURN
from dataprep.formats.plain_rows import PlainChat, PlainMessage, PlainPair

if TYPE_CHECKING:
    from dataprep.scan import ScannedRows

_BYTES_A_TOKEN = 8
"""A token is at least a byte, a character at most four, and a turn costs some tokens more."""

_MARKS = ["", "[", "{"]
"""How a text begins that may be none, or hold a list or an object."""

_MOST_TURNS = 256
"""Messages of a conversation whose roles are judged apart: a longer one is judged as it is."""
_REMEMBERED = 10_000
"""Sequences of roles whose verdict is kept."""


_HIDDEN = int(TextRules.HIDDEN)

LETTERS = {role[0]: role for role in get_args(get_type_hints(PlainMessage)["role"])}
"""The roles by their first letters, as the compiled reader spells them."""

_SPACES = "".join(filter(str.isspace, map(chr, range(0x3001))))
"""What Python takes for white space; Polars has a smaller idea of it."""

_Told = tuple[str, Sequence[str]]
"""Of a row, what is asked, and all the texts, with the answer last."""


class Settled(NamedTuple):
    """What became of some lines: the plain rows, and the indices of the others."""

    plain: Plain
    left: list[int]


class Columnar:
    """Settles the lines of a file that is in one format."""

    def __init__(
        self,
        form: RowFormat,
        context: Context,
        judge: RowJudge,
        judges: TextJudges | None = None,
    ) -> None:
        self._judges_of_texts = judges or TextJudges(1)
        self._form, self._judge_of_rows = form, judge
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
        rows = self._read(raws)
        lines = raws if len(rows.lines) == len(raws) else [raws[n] for n in rows.lines.tolist()]
        rules = np.array(self._hints.rules_of(lines), dtype=np.int64)
        shown = rules & _HIDDEN == 0
        rows, rules = _kept(rows, shown), rules[shown]
        if rules.any():
            rows = _kept(rows, ~np.isin(rows.lines, self._objected(_kept(rows, rules != 0))))
        left = np.ones(len(raws), dtype=bool)
        left[rows.lines] = False
        if self._form is PAIR:
            rows = _stripped(rows)
        return Settled(rows._replace(lines=rows.lines + first), np.flatnonzero(left).tolist())

    def _objected(self, rows: Plain) -> list[int]:
        """The lines of the rows with a text to which a rule objects."""
        told = hinted(zip(rows.lines.tolist(), rows.texts(), strict=True), self._hints)
        return [*self._judges_of_texts.objected(told)]

    def _read(self, raws: Sequence[bytes]) -> Plain:
        """The rows of texts alone with which nothing is wrong but perhaps in the texts."""
        chat = self._form is CHAT
        most = scan.ENDLESS if isinf(self._longest) else ceil(self._longest)
        found = scan.read_rows(scan.CHAT if chat else scan.PAIR, raws, most)
        if found is None:
            return self._decoded(raws)
        return self._sound_chats(found) if chat else _sound_pairs(found)

    def _sound_chats(self, found: ScannedRows) -> Plain:
        """The conversations whose roles stand in a sound order."""
        rows = _as_plain(found, found.roles.str.len_bytes().to_numpy().astype(np.int64))
        known = {
            letters: self._is_sound(tuple(LETTERS[letter] for letter in letters))
            for letters in found.roles.unique()
        }
        sound = [letters for letters, verdict in known.items() if verdict]
        return _kept(rows, found.roles.is_in(sound).to_numpy())

    def _decoded(self, raws: Sequence[bytes]) -> Plain:
        """The same without the compiled reader."""
        lines: list[int] = []
        asked: list[str] = []
        texts: list[Sequence[str]] = []
        for index, raw in enumerate(raws):
            row = self._row(raw)
            told = None if row is None else self._halves(row, raw)
            if told is not None:
                lines.append(index)
                asked.append(told[0])
                texts.append(told[1])
        return plain_of(lines, asked, texts)

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
        if not self._is_sound(roles):
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
        return asked, contents

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
        return row.prompt, (row.prompt, row.completion)

    def _is_sound(self, roles: tuple[str, ...]) -> bool:
        known = self._sound.get(roles)
        return self._judge(roles) if known is None else known

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


def _sound_pairs(found: ScannedRows) -> Plain:
    """The pairs of which neither half may be JSON."""
    rows = _as_plain(found, np.full(len(found.row), 2, dtype=np.int64))
    starts = _stripped(rows).content.str.slice(0, 1).is_in(_MARKS)
    return _kept(rows, ~(starts.gather_every(2) | starts.gather_every(2, 1)).to_numpy())


def _as_plain(found: ScannedRows, counts: np.ndarray) -> Plain:
    """The columns of a scan, of rows with so many texts."""
    answers = found.content.gather(counts.cumsum() - 1)
    lines = found.row.to_numpy()
    return Plain(lines, found.asked, found.before, answers, found.content, counts)


def _stripped(rows: Plain) -> Plain:
    """Pairs without the blanks at the ends of their halves, which mean nothing there."""
    content = rows.content.str.strip_chars(_SPACES)
    asked = content.gather_every(2)
    return Plain(rows.lines, asked, asked, content.gather_every(2, 1), content, rows.counts)


def plain_of(lines: Sequence[int], asked: Sequence[str], texts: Sequence[Sequence[str]]) -> Plain:
    """Rows as columns, of which `texts` are all the texts of each."""
    before = ["\n".join(row[:-1]) for row in texts]
    return Plain(
        np.array(lines, dtype=np.int64),
        pl.Series(asked, dtype=pl.String),
        pl.Series(before, dtype=pl.String),
        pl.Series([row[-1] for row in texts], dtype=pl.String),
        pl.Series([*chain.from_iterable(texts)], dtype=pl.String),
        np.array([*map(len, texts)], dtype=np.int64),
    )


def _kept(rows: Plain, which: np.ndarray) -> Plain:
    """Some of the rows."""
    if which.all():
        return rows
    return Plain(
        rows.lines[which],
        rows.asked.filter(which),
        rows.before.filter(which),
        rows.answers.filter(which),
        rows.content.filter(np.repeat(which, rows.counts)),
        rows.counts[which],
    )


def _marked(raw: bytes, marks: int, asked: str, answer: str) -> bool:
    """Whether a line has other quotation marks than it should, and those within its texts.

    Others are those of a key that was given twice.
    """
    over = raw.count(b'"') - marks
    return over != 0 and over != asked.count('"') + answer.count('"')
