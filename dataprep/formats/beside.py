"""What becomes of the keys that stand beside what a format reads: law 13, key by key.

A key is used by a documented rule, carried along as metadata, or left out by name. What could carry
meaning, and that nothing places, breaks S004 with the flags that would.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dataprep.finding import Fault, excerpt
from dataprep.formats.catalogue import COLUMNS, PAIR
from dataprep.formats.choices import ColumnChoices
from dataprep.formats.class_names import names_of
from dataprep.formats.copies import stands_in
from dataprep.formats.format import Reading, Row, RowRead, insert_system
from dataprep.formats.judging import (
    Judging,
    approve,
    disapprove,
    is_open_to_verdicts,
    is_said,
    may_reject,
)
from dataprep.formats.literals import is_literal
from dataprep.formats.meanings import (
    Meaning,
    folded,
    is_option,
    is_words,
    lettered,
    meaning_of,
    sets_a_scene,
)
from dataprep.formats.open_answer import answer_beside, unnamed_answer
from dataprep.formats.open_column import OpenColumn, kind_in_words, unjudged, ways_of
from dataprep.formats.sides import PAIR_NAMES
from dataprep.formats.uses import ASKED_FOR, CARRIED, COPY, LEFT_OUT, NOTHING
from dataprep.formats.verdict_words import Saying, is_of_row, is_removal, number_of
from dataprep.formats.verdicts import VerdictColumns, says_nothing

_REASONING = frozenset(("reasoning_content", "reasoning", "thinking"))


class Beside:
    """Places the keys of the rows of one file.

    `first` are its first rows; `read_names` are the columns that templates read. `is_graded` says
    that all of it is for a grader, so that no column is an answer.
    """

    def __init__(
        self,
        choices: ColumnChoices,
        first: Sequence[Row],
        read_names: frozenset[str],
        *,
        is_graded: bool = False,
    ) -> None:
        self._choices = choices
        self._same = _constants(first)
        self._verdicts = VerdictColumns(first)
        self._judging = Judging(choices, self._verdicts)
        self._read_names = read_names
        self._columns = frozenset(key for row in first for key in row)
        self._first = first
        self._is_graded = is_graded
        self._class_names: dict[str, frozenset[str]] = {}

    def account(self, row: Row, read: RowRead, reading: Reading) -> None:
        """Say of every key of the row, as it came, what became of it."""
        choices = self._choices
        keys = {key: use for key, use in reading.uses.items() if key in row or _is_inside(key)}
        made = [key for key in reading.uses if key not in keys]
        for path, values in [*reading.carried.items()]:
            keys[path] = self._judging.in_messages(path, values, read, reading)
        if (answer := self._open_answer(row, read, reading)) is not None:
            keys[answer] = ASKED_FOR
        for key, value in row.items():
            if key in keys:
                if isinstance(value, dict) and self._judging.rejects_beside(key, value, reading):
                    disapprove(read, reading)
                continue
            named = key in choices.carry | choices.leave_out | choices.named
            if made and not named and key not in read.row and value not in (None, [], {}, ""):
                keys[key] = made[0]  # a spelling that was mended
                continue
            keys[key] = self._beside(key, value, read, reading)
        read.keys = keys
        if choices.unjudged == "drop" or self._verdicts.expected:
            self._settle_unjudged(row, read, reading)

    def _settle_unjudged(self, row: Row, read: RowRead, reading: Reading) -> None:
        """Drop an answer that nobody judged, or ask (S004), in a file where others were."""
        choices = self._choices
        if choices.unjudged == "keep" or read.reason or not is_open_to_verdicts(reading):
            return
        if choices.unjudged == "drop":
            read.reason = "not-judged"
            return
        settled = choices.carry | choices.leave_out | choices.named | self._read_names
        roots = {
            name: name.partition(".")[0].removesuffix("[]") for name in self._verdicts.expected
        }
        expected = [name for name, root in roots.items() if settled.isdisjoint((name, root))]
        if expected and all(says_nothing(row, name) for name in expected):
            read.faults.append(unjudged(expected[0], row))

    def _open_answer(self, row: Row, read: RowRead, reading: Reading) -> str | None:
        """The column that looks like the answer to a question at the end, and is asked for."""
        choices = self._choices
        if self._is_graded or choices.completion is not None:
            return None
        key = answer_beside(row, read, reading)
        if key is None or key in choices.carry | choices.leave_out | choices.named:
            return None
        if key not in self._read_names:
            read.faults.append(unnamed_answer(key, row, reading, self._first))
            return key
        return None

    def keeps(self, key: str) -> bool:
        """Whether a word or a number under a key is carried along or left out, whatever it is."""
        choices = self._choices
        if key in choices.leave_out or key in choices.carry:
            return True
        return meaning_of(key) is Meaning.METADATA and not may_reject(key)

    def _beside(self, key: str, value: Any, read: RowRead, reading: Reading) -> str:
        """What becomes of one key that stands beside what the format reads."""
        choices = self._choices
        if key in choices.leave_out:
            return LEFT_OUT
        if key in choices.carry or key in choices.named or key in self._read_names:
            reading.carried[key] = value
            return CARRIED
        if value is None or value in ("", [], {}):
            return NOTHING
        meaning = meaning_of(key)
        is_replaced = key in reading.replaced and key not in lettered(read.row)
        if is_replaced and meaning in (None, Meaning.VERDICT, Meaning.CORRECTED):
            reading.carried[key] = value
            return CARRIED  # the template of the user stands in the place of the answer
        if meaning in (Meaning.CORRECTED, Meaning.REJECTED) and is_said(value):
            meaning = Meaning.VERDICT
        settle = _SETTLED.get(meaning) if meaning is not None else None
        use = settle(self, key, value, read, reading) if settle else None
        if use is None:
            use = self._unknown(key, value, meaning, read, reading)
        if use == CARRIED:
            reading.carried[key] = value
            if isinstance(value, dict) and self._judging.approves(key, value, reading):
                approve(reading)
        return use

    def _unknown(
        self, key: str, value: Any, meaning: Meaning | None, read: RowRead, reading: Reading
    ) -> str:
        """A key whose meaning does not settle what becomes of it."""
        if reading.kind == "preference" and (words := self._judging.against(key, value, read.row)):
            read.faults.append(words)
            return ASKED_FOR
        if reading.kind == "pair" and (told := self._of_pair(key, value, read, reading)):
            read.faults.append(told)
            return ASKED_FOR
        rejects = self._judging.rejects(key, value, meaning, reading)
        if meaning is Meaning.METADATA and not rejects:
            return CARRIED
        if meaning is Meaning.INDEX and not is_words(value):
            return LEFT_OUT
        if isinstance(value, str) and stands_in(value, reading, meaning):
            return COPY
        if meaning is None and self._choices.is_whole:
            return CARRIED  # the templates of the user say what is learned
        is_open_option = read.form in (COLUMNS, PAIR) and is_option(key)
        if not rejects and not is_open_option and not self._asks(key, value, meaning):
            return CARRIED
        is_note = meaning is None and folded(key) not in PAIR_NAMES and is_words(value)
        is_whole = reading.kind == "chat" and read.form not in (COLUMNS, PAIR)
        if is_note and is_whole and not sets_a_scene(key, value):
            return CARRIED  # a conversation is whole by itself
        read.faults.append(self._unplaced(key, value, meaning, read, reading))
        return ASKED_FOR

    def _of_pair(self, key: str, value: Any, read: RowRead, reading: Reading) -> Fault | None:
        """S004 for a title that asks, and for the name of a class whose number is learned."""
        if not isinstance(value, str) or self._choices.is_whole or key in self._read_names:
            return None
        if folded(key) == "title" and is_words(value) and value.rstrip().endswith("?"):
            words = f"{excerpt(key)} asks, and nothing says what becomes of it"
        elif key in self._names_of(next((k for k, u in reading.uses.items() if u == "answer"), "")):
            words = f"{excerpt(key)} is the name of the class whose number is the answer"
        else:
            return None
        column = self._open(key, value, None)
        return Fault("S004", excerpt(key), words, ways_of(column, reading, read, judges=False))

    def _open(self, key: str, value: Any, meaning: Meaning | None, bound: str = "") -> OpenColumn:
        """A column that is asked for, among the others of its file."""
        may_lack = any(row.get(key) in (None, "", [], {}) for row in self._first)
        prompt = self._choices.prompt
        return OpenColumn(key, value, meaning, prompt, bound, self._columns, may_lack)

    def _names_of(self, answered: str) -> frozenset[str]:
        """The columns of words that tell the numbers of an answer's column apart, one to one."""
        if answered not in self._class_names:
            self._class_names[answered] = names_of(answered, self._first)
        return self._class_names[answered]

    def _asks(self, key: str, value: Any, meaning: Meaning | None) -> bool:
        """Whether a value that nothing placed could be missed."""
        is_same = self._same.get(key, _VARIES) == value
        if meaning is None:  # a truth that differs from row to row may be a verdict
            return is_words(value) or (is_said(value, words_too=False) and not is_same)
        return is_words(value) or meaning is not Meaning.SPLIT or not is_same

    def _unplaced(
        self, key: str, value: Any, meaning: Meaning | None, read: RowRead, reading: Reading
    ) -> Fault:
        """S004, with the flags that say what a key is for."""
        kind = kind_in_words(value)
        what = f"holds {kind}" if meaning is None else f"holds {meaning} ({kind})"
        named = excerpt(key) or "a column without a name"
        words = f"{named} {what}, and nothing says what becomes of it"
        bound = self._verdicts.bound(key, value)
        column = self._open(key, value, meaning, bound)
        return Fault("S004", excerpt(key), words, ways_of(column, reading, read))

    # Documented rules, by the meaning of the name.

    def _system(self, key: str, value: Any, _: RowRead, reading: Reading) -> str | None:
        """A system column is the system message of a conversation that has none."""
        if not isinstance(value, str) or reading.kind == "text":
            return None
        if reading.messages and reading.messages[0]["role"] == "system":
            return COPY if reading.messages[0]["content"] == value else None
        insert_system(reading, value, key)
        return "system"

    def _reasoning(self, key: str, value: Any, _: RowRead, reading: Reading) -> str | None:
        """What was thought is kept with the answer, under a key that says so."""
        if key not in _REASONING or not isinstance(value, str) or reading.kind == "text":
            return None
        if value.strip().lower() in _SWITCHES:
            return CARRIED
        last = reading.messages[-1]
        if last["role"] != "assistant" or "reasoning" in last:
            return None
        reading.messages[-1] = {**last, "reasoning": value}
        reading.kind = "chat" if reading.kind == "pair" else reading.kind
        return "reasoning"

    def _verdict(self, key: str, value: Any, read: RowRead, reading: Reading) -> str | None:
        """A bad verdict makes the answer one that was not approved; a scale is asked for."""
        if reading.kind == "text":
            return None
        if twins := self._names_of(key):
            answered = next((k for k, use in reading.uses.items() if use == "answer"), None)
            return CARRIED if answered in twins else None  # the numbers of classes judge nothing
        is_class = folded(key) in _OF_CLASSES_TOO and self._choices.is_whole
        if number_of(value) is not None and (is_class or reading.kind == "preference"):
            return None  # it may be the class of a pair that the user made, or an index
        match self._verdicts.saying(key, value, reading):
            case Saying.UNCLEAR:
                return None
            case Saying.NOTHING:
                return CARRIED
            case Saying.BAD:
                disapprove(read, reading, is_gone=is_removal(key))
            case Saying.GOOD if not is_of_row(key):
                approve(reading)
        return "verdict"

    def _rejected(self, key: str, value: Any, _: RowRead, reading: Reading) -> str | None:
        """A worse answer beside a pair makes a preference of it."""
        if not isinstance(value, str) or reading.kind not in ("pair", "chat"):
            return None
        if is_literal(value.strip()):
            return None  # several, as Python wrote them in a cell
        if reading.messages[-1]["role"] != "assistant" or reading.answer is None:
            return None
        reading.kind = "preference"
        reading.rejected = [{"role": "assistant", "content": value}]
        reading.places = {**reading.places, "rejected": key}
        return "rejected"

    def _weight(self, key: str, value: Any, read: RowRead, reading: Reading) -> str | None:
        """A weight of 0 is not learned; one above it, up to 1, weighs."""
        try:
            weight = float(value)
        except (TypeError, ValueError):
            return None
        if not 0 <= weight <= 1:
            return None
        if weight == 0:
            read.reason = read.reason or "weight-0"
        reading.weight = weight
        return "weight"

    def _split(self, key: str, value: Any, _: RowRead, reading: Reading) -> str | None:
        """A split that is the same in all rows says nothing; another one is asked for."""
        same = self._same.get(key, _VARIES) == value and str(value).lower() not in _HELD_OUT
        return CARRIED if same else None


_VARIES = object()
_OF_CLASSES_TOO = ("label", "labels", "gold")
_SWITCHES = ("on", "off", "enabled", "disabled", "true", "false", "none", "low", "medium", "high")
_HELD_OUT = ("test", "eval", "evaluation", "true", "1")

_SETTLED: dict[Meaning, Callable[[Beside, str, Any, RowRead, Reading], str | None]] = {
    Meaning.SYSTEM: Beside._system,
    Meaning.REASONING: Beside._reasoning,
    Meaning.VERDICT: Beside._verdict,
    Meaning.REJECTED: Beside._rejected,
    Meaning.WEIGHT: Beside._weight,
    Meaning.SPLIT: Beside._split,
}


def _is_inside(key: str) -> bool:
    """Whether a key is a path, of a key that stands deeper in a row."""
    return "[]" in key or "." in key or key.endswith("[1:]")


def _constants(rows: Sequence[Row]) -> dict[str, Any]:
    """By key, the value that it has in all of the first rows (where there are several)."""
    if len(rows) < 2:
        return {}
    first, *others = rows
    return {
        key: value
        for key, value in first.items()
        if not isinstance(value, list | dict)
        and all(row.get(key, _VARIES) == value for row in others)
    }
