"""What judges an answer without being a column of verdicts: deep in a row, in messages, in words.

`beside` places the keys of a row by their meaning; here it is told whether a value rejects the
answer all the same, and what a verdict in a message says of the answer beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from dataprep.finding import Fault, excerpt
from dataprep.formats.cells import set_aside
from dataprep.formats.choices import ColumnChoices
from dataprep.formats.flags import column_flag, template_flag, variable
from dataprep.formats.format import Reading, Row, RowRead
from dataprep.formats.meanings import Meaning, folded, meaning_of
from dataprep.formats.uses import ASKED_FOR, CARRIED, LEFT_OUT
from dataprep.formats.verdict_words import (
    Saying,
    is_of_row,
    is_removal,
    is_strict,
    number_of,
    sounds_bad,
    truth_of,
)
from dataprep.formats.verdicts import VerdictColumns, inside

_HELD = (str, int, float, bool, dict)
_CONTAINERS = ("metadata", "meta", "info", "extra", "extras", "attributes")
_OF_STATES = ("state", "tags", "tag", "annotation")
_OF_MODERATION = ("openaimoderation", "detoxify", "detoxifymoderation", "emojis", "toxicity")
"""Tables of scores that a service gives every message of a log."""


_OF_AN_ANSWER = ("pair", "chat", "feedback")
"""Kinds of readings that have one answer, which may be a bad one."""


class Judging:
    """Tells what the values of a file say of its answers, by the columns of verdicts in it."""

    def __init__(self, choices: ColumnChoices, verdicts: VerdictColumns) -> None:
        self._choices, self._verdicts = choices, verdicts

    def in_messages(self, path: str, values: Any, read: RowRead, reading: Reading) -> str:
        """What becomes of a key inside messages: of a verdict on an answer what it says."""
        if path in self._choices.leave_out:
            del reading.carried[path]
            return LEFT_OUT
        name = path.rpartition(".")[2]
        if name == path or path in self._choices.carry or path in reading.unjudged:
            return CARRIED
        values = _of_answers(values if isinstance(values, list) else [values], reading)
        given = [value for value in values if value not in (None, "", [], {})]
        if reading.kind == "preference" and given:
            return self._in_preference(path, values, read, reading)
        if not given or reading.kind not in _OF_AN_ANSWER:
            return CARRIED
        meaning = meaning_of(name)
        if meaning in (Meaning.CORRECTED, Meaning.REJECTED) and all(map(is_said, given)):
            meaning = Meaning.VERDICT
        if meaning is Meaning.REJECTED:
            return _asked_for(path, meaning, read)
        if meaning not in (Meaning.VERDICT, Meaning.CORRECTED):
            if any(self.rejects(name, value, meaning, reading) for value in given):
                return _asked_for(path, Meaning.VERDICT, read)
            return CARRIED
        said = [self._verdicts.saying(name, value, reading) for value in given]
        last = values[-1] not in (None, "", [], {})
        if Saying.UNCLEAR in said or Saying.BAD in (said[:-1] if last else said):
            return _asked_for(path, meaning, read)
        if Saying.BAD in said:
            disapprove(read, reading, is_gone=is_removal(name))
        elif Saying.GOOD in said and last and not is_of_row(name):
            approve(reading)
        return "verdict" if said and Saying.NOTHING not in said else CARRIED

    def _in_preference(
        self, path: str, values: Sequence[Any], read: RowRead, reading: Reading
    ) -> str:
        """What becomes of a key inside the answers of a preference: one against it is asked for."""
        root, _, name = path.partition("[]")
        keys = {use: key for key, use in reading.uses.items()}
        if "answer" not in reading.uses.get(root, "") or not isinstance(values[-1], _HELD):
            return CARRIED
        other = reading.carried.get(f"{keys.get('rejected', '')}[]{name}")
        theirs = number_of(other[-1]) if isinstance(other, list) and other else None
        mine = number_of(values[-1])
        is_less = mine is not None and theirs is not None and mine < theirs
        held = [(name.strip("."), values[-1])]
        if isinstance(values[-1], dict):
            held = [(inner, said) for _, inner, said in inside(values[-1], path)]
        speaks = any(self._speaks_against(inner, said, reading) for inner, said in held)
        is_less = is_less or speaks
        return _asked_for(path, Meaning.VERDICT, read) if is_less else CARRIED

    def _speaks_against(self, name: str, value: Any, reading: Reading) -> bool:
        """Whether a verdict on the better answer rejects it, or may."""
        if meaning_of(name) not in (Meaning.VERDICT, Meaning.REJECTED, Meaning.CORRECTED):
            return False
        said = self._verdicts.saying(name, value, reading)
        return said is Saying.BAD or (said is Saying.UNCLEAR and truth_of(value) is not None)

    def rejects(self, key: str, value: Any, meaning: Meaning | None, reading: Reading) -> bool:
        """Whether a value that is no verdict by its name rejects the answer all the same."""
        if reading.kind == "text":
            return False
        may_hold = meaning is None or folded(key) in _CONTAINERS or isinstance(value, dict | list)
        may_hold = may_hold and folded(key) not in _OF_MODERATION
        if reading.kind not in _OF_AN_ANSWER:
            return may_hold and self._says_inside(value, key, reading, Saying.BAD)
        is_state = folded(key) in _OF_STATES
        if (meaning is None or is_state) and is_strict(value, of_state=is_state):
            return True
        if meaning is None and self._verdicts.may_judge(key, value):
            return True
        return may_hold and self._says_inside(value, key, reading, Saying.BAD, Saying.UNCLEAR)

    def rejects_beside(self, key: str, value: Any, reading: Reading) -> bool:
        """Whether something inside a value, which no template reads, rejects the answer."""
        if self._choices.approved is None or reading.kind not in _OF_AN_ANSWER:
            return False
        if key in self._choices.carry | self._choices.leave_out:
            return False
        read = set(re.findall(r"\w+", self._choices.approved))
        others = ((n, v) for _, n, v in inside(value, key) if n not in read)
        return any(self._verdicts.saying(n, v, reading) is Saying.BAD for n, v in others)

    def approves(self, key: str, value: Any, reading: Reading) -> bool:
        """Whether something inside a value approves the answer, and nothing says otherwise."""
        found = inside(value, key) if reading.kind in _OF_AN_ANSWER else ()
        said = {self._verdicts.saying(name, inner, reading) for _, name, inner in found}
        return said - {Saying.NOTHING} == {Saying.GOOD}

    def _says_inside(self, value: Any, key: str, reading: Reading, *sayings: Saying) -> bool:
        """Whether something inside a value says one of these of the answer."""
        return any(
            self._verdicts.saying(name, inner, reading) in sayings
            for _, name, inner in inside(value, key)
        )

    def against(self, key: str, value: Any, row: Row) -> Fault | None:
        """S004 for what speaks against the chosen answer of a preference, in an object too."""
        if isinstance(value, dict):
            found = (self.against(inner, said, value) for inner, said in value.items())
            fault = next((fault for fault in found if fault is not None), None)
            return fault and Fault(
                "S004", excerpt(key), f"in {excerpt(key)}, {fault.message}", set_aside(key)
            )
        other = next((name for name in row if name == key.replace("chosen", "rejected")), key)
        mine, theirs = number_of(value), number_of(row.get(other))
        if other != key and mine is not None and theirs is not None and mine < theirs:
            words = f"{excerpt(key)} is below {excerpt(other)}"
            good = f"{_own(key, row)} >= {_own(other, row)}"
        elif self._verdicts.of_chosen(key, value) in (Saying.BAD, Saying.UNCLEAR):
            words = f"{excerpt(key)} is {excerpt(str(value).lower())}"
            good = f"not {_own(key, row)}" if sounds_bad(key) else _own(key, row)
        else:
            return None
        remedy = (
            f"Train the others alone: {template_flag('approved', f'{{{{ {good} }}}}')}; "
            f"carry it along: {column_flag('carry', key)}; "
            f"leave it out: {column_flag('leave-out', key)}."
        )
        return Fault("S004", excerpt(key), f"{words}, against the answer that was chosen", remedy)


def may_reject(key: str) -> bool:
    """Whether values under a name of metadata may reject an answer all the same."""
    return folded(key) in (*_OF_STATES, *_CONTAINERS)


def _asked_for(path: str, meaning: Meaning | None, read: RowRead) -> str:
    """Note that somebody must say what becomes of a key inside messages."""
    ways = f"carry it along: {column_flag('carry', path)}; leave it out: "
    remedy = f"{ways[0].upper()}{ways[1:]}{column_flag('leave-out', path)}."
    words = f"{excerpt(path)} holds {meaning}, and nothing says what becomes of it"
    read.faults.append(Fault("S004", excerpt(path), words, remedy))
    return ASKED_FOR


def _own(key: str, row: Row) -> str:
    """A column as it is called inside a template."""
    return variable(key, row).removeprefix("{{ ").removesuffix(" }}")


def disapprove(read: RowRead, reading: Reading, *, is_gone: bool = False) -> None:
    """Note that the answer was not approved: it teaches a reader of verdicts, and nobody else."""
    if reading.kind not in _OF_AN_ANSWER or is_gone or reading.answer is None:
        read.reason = read.reason or "not-approved"
        return
    reading.kind, reading.verdict = "feedback", False


def approve(reading: Reading) -> None:
    """Note that the answer was approved, where nothing else says that it was not."""
    if reading.verdict is None and reading.answer is not None:
        reading.verdict = True


def is_open_to_verdicts(reading: Reading) -> bool:
    """Whether there is an answer that nobody judged."""
    return reading.verdict is None and reading.kind in _OF_AN_ANSWER and bool(reading.messages)


def _of_answers(values: Sequence[Any], reading: Reading) -> Sequence[Any]:
    """What is said beside answers, of what is said beside messages; all where it cannot be told."""
    if len(values) != len(reading.messages):
        return values
    return [
        value
        for value, message in zip(values, reading.messages, strict=True)
        if message["role"] == "assistant"
    ]


def is_said(value: Any, *, words_too: bool = True) -> bool:
    """Whether a value is a truth: true or false, and of numbers and words yes, no, 1, 0 too."""
    if isinstance(value, bool) or (isinstance(value, str) and value.strip().lower() in _TRUTHS):
        return True
    return words_too and truth_of(value) is not None


_TRUTHS = ("true", "false", "yes", "no")
