"""What becomes of the keys that stand beside what a format reads: law 13, key by key.

A key is used by a documented rule, carried along as metadata, or left out by name. What could carry
meaning, and that nothing places, breaks S004 with the flags that would.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from dataprep.finding import Fault, excerpt
from dataprep.formats import columns, feedback
from dataprep.formats.catalogue import COLUMNS, PAIR
from dataprep.formats.choices import ColumnChoices
from dataprep.formats.format import Reading, Row, RowRead, insert_system, pieces_of
from dataprep.formats.meanings import Meaning, folded, is_words, lettered, meaning_of
from dataprep.formats.templating import variable

CARRIED, LEFT_OUT = "carried along", "left out"
COPY, NOTHING = "copy of another", "null"

_REASONING = frozenset(("reasoning_content", "reasoning", "thinking"))
_GOOD = frozenset(("accept", "accepted", "approve", "approved", "good", "up", "like", "yes"))
_BAD = frozenset(
    ("reject", "rejected", "bad", "down", "dislike", "fail", "failed", "no", "ignore", "deleted")
)
_BAD_IF_TRUE = frozenset(map(folded, ("deleted", "is_deleted", "toxic", "rejected_flag")))


class Beside:
    """Places the keys of the rows of one file.

    `same` has the value of each key that is the same in all first rows; `read_names` are the
    columns that templates read.
    """

    def __init__(
        self, choices: ColumnChoices, same: Mapping[str, Any], read_names: frozenset[str]
    ) -> None:
        self._choices = choices
        self._same = same
        self._read_names = read_names

    def account(self, row: Row, read: RowRead, reading: Reading) -> None:
        """Say of every key of the row, as it came, what became of it."""
        keys = {key: use for key, use in reading.uses.items() if key in row or _is_inside(key)}
        made = [key for key in reading.uses if key not in keys]
        for path in reading.carried:
            keys[path] = CARRIED
        for key, value in row.items():
            if key in keys:
                continue
            named = key in self._choices.carry | self._choices.leave_out | self._choices.named
            if made and not named and key not in read.row and value not in (None, [], {}, ""):
                keys[key] = made[0]  # a spelling that was mended
                continue
            keys[key] = self._beside(key, value, read, reading)
        read.keys = keys

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
        settle = _SETTLED.get(meaning) if meaning is not None else None
        use = settle(self, key, value, read, reading) if settle else None
        if use is None:
            use = self._unknown(key, value, meaning, read, reading)
        if use == CARRIED:
            reading.carried[key] = value
        return use

    def _unknown(
        self, key: str, value: Any, meaning: Meaning | None, read: RowRead, reading: Reading
    ) -> str:
        """A key whose meaning does not settle what becomes of it."""
        if meaning in (Meaning.METADATA, Meaning.INDEX):
            if meaning is Meaning.METADATA:
                return CARRIED
            if not is_words(value):
                return LEFT_OUT
        if isinstance(value, str) and _stands_in(value, reading):
            return COPY
        if meaning is None and (
            self._choices.is_whole or (key in reading.replaced and key not in lettered(read.row))
        ):
            return CARRIED  # the templates of the user say what is learned
        asks = is_words(value) or (meaning is not None and self._matters(key, value, meaning))
        if not asks:
            return CARRIED
        is_note = meaning is None and folded(key) not in columns.PAIR_NAMES
        if is_note and reading.kind == "chat" and read.form not in (COLUMNS, PAIR):
            return CARRIED  # a conversation is whole by itself
        read.faults.append(self._unplaced(key, value, meaning, read, reading))
        return "asked for"

    def _matters(self, key: str, value: Any, meaning: Meaning) -> bool:
        """Whether a short value of a known meaning would be missed."""
        if meaning in (Meaning.SPLIT, Meaning.VERDICT):
            return bool(self._same.get(key, _VARIES) != value)
        return True

    def _unplaced(
        self, key: str, value: Any, meaning: Meaning | None, read: RowRead, reading: Reading
    ) -> Fault:
        """S004, with the flags that say what a key is for."""
        kind = _kind(value)
        what = f"holds {kind}" if meaning is None else f"holds {meaning} ({kind})"
        words = f"{excerpt(key)} {what}, and nothing says what becomes of it"
        return Fault(
            "S004", excerpt(key), words, _flags(key, meaning, reading, read, self._choices.prompt)
        )

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
        last = reading.messages[-1]
        if last["role"] != "assistant" or "reasoning" in last:
            return None
        reading.messages[-1] = {**last, "reasoning": value}
        reading.kind = "chat" if reading.kind == "pair" else reading.kind
        return "reasoning"

    def _verdict(self, key: str, value: Any, read: RowRead, reading: Reading) -> str | None:
        """A bad verdict drops the row; a good one is said; a score or a class is asked for."""
        if reading.kind == "text":
            return None
        said = value.strip().lower() if isinstance(value, str) else value
        bad_if_true = folded(key) in _BAD_IF_TRUE
        told = feedback.verdict(value) if isinstance(value, bool) else None
        if isinstance(said, str):
            told = True if said in _GOOD else False if said in _BAD else feedback.verdict(value)
            if told is None:
                return CARRIED  # a class or a state, not a verdict
        if told is None:
            return None
        if told is bad_if_true:
            read.reason = read.reason or "not-approved"
        return "verdict"

    def _rejected(self, key: str, value: Any, _: RowRead, reading: Reading) -> str | None:
        """A worse answer beside a pair makes a preference of it."""
        if not isinstance(value, str) or reading.kind not in ("pair", "chat"):
            return None
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
    return "[]" in key or "." in key


def _stands_in(value: str, reading: Reading) -> bool:
    """Whether a text is one of those that are used already."""
    return any(piece.text.strip() == value.strip() for piece in pieces_of(reading))


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "text" if is_words(value) else "words"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else "a number"


def _flags(
    key: str, meaning: Meaning | None, reading: Reading, read: RowRead, prompt: str | None
) -> str:
    """The flags that settle what a column is for, the likeliest first."""
    own, shown = variable(key, read.row), _quoted(key)
    asked = _asked(reading, read.row) if prompt is None else prompt.replace("\n", r"\n")
    ways = []
    if meaning is Meaning.SPLIT:
        ways.append(f"honour it: --split-by {shown}")
    elif meaning in (Meaning.VERDICT, Meaning.REJECTED, Meaning.WEIGHT, Meaning.MEDIA):
        pass
    elif meaning is Meaning.SYSTEM:
        ways.append(f"make it the system message: --system '{own}'")
    elif reading.kind in ("pair", "chat", "feedback", "preference"):
        ways.append(f"put it in the prompt: --prompt '{own}\\n\\n{asked}'")
        if reading.kind == "pair":
            ways.append(f"learn it: --completion '{own}'")
    ways += [f"carry it along: --carry {shown}", f"leave it out: --leave-out {shown}"]
    first, *others = ways
    return f"{first[0].upper()}{first[1:]}; {'; '.join(others)}."


def _asked(reading: Reading, row: Row) -> str:
    """What a template says for all that is asked today: the one column, or our name for it."""
    asked = [key for key, use in reading.uses.items() if use == "prompt" and key in row]
    if reading.kind != "pair" or (len(asked) != 1 and "input" not in row):
        return "{{ input }}"
    return r"\n\n".join(variable(key, row) for key in asked)


def _quoted(name: str) -> str:
    shown = excerpt(name)
    return shown if re.fullmatch(r"[\w.\[\]-]+", shown) else f"'{shown}'"
