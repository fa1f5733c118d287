"""What format a row is in, and whether it keeps that format's schema (S001, S003).

A format is a row of FORMATS: a new one needs a schema in schemas/, the checks of its rows, and
how a row divides into prompt and answer.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from dataprep import jsonio
from dataprep.checks.chat import chat_faults, pair_faults
from dataprep.checks.completions import completion_faults, schema_faults
from dataprep.checks.context import Context, Fault, Row
from dataprep.checks.lengths import length_faults
from dataprep.contracts import contract
from dataprep.finding import UsageError, excerpt


@dataclass(frozen=True, slots=True)
class Format:
    """One format of fine-tuning files.

    `telling` are the keys of which one is enough to recognise a row; the schema has the
    format's `name`. `faults` and `answer` see only rows that keep the schema. `halves` gives
    what is asked and what is answered as bytes, for hashing; None where there is no answer.
    """

    name: str
    telling: tuple[str, ...]
    faults: Callable[[Row, Context], Iterator[Fault]]
    answer: Callable[[Row], str | None]
    halves: Callable[[Row], tuple[bytes, bytes] | None]


def _pair_faults(row: Row, _: Context) -> Iterator[Fault]:
    return pair_faults(row)


def _chat_faults(row: Row, context: Context) -> Iterator[Fault]:
    yield from chat_faults(row)
    yield from length_faults(row, context)


def _last_answer(row: Row) -> int:
    """The index of the last assistant message, or -1."""
    messages = row["messages"]
    for index in range(len(messages) - 1, -1, -1):
        if messages[index]["role"] == "assistant":
            return index
    return -1


def _chat_answer(row: Row) -> str | None:
    at = _last_answer(row)
    content = row["messages"][at].get("content") if at >= 0 else None
    return content if isinstance(content, str) else None


def _chat_halves(row: Row) -> tuple[bytes, bytes] | None:
    at = _last_answer(row)
    if at < 0:
        return None
    before = row["messages"][:at]
    asked = jsonio.canonical([before, row.get("tools")]) if before else b""
    answer = {key: value for key, value in row["messages"][at].items() if key != "weight"}
    return asked, jsonio.canonical(answer)


def _pair_halves(row: Row) -> tuple[bytes, bytes]:
    return row["prompt"].strip().encode(), row["completion"].strip().encode()


FORMATS = (
    Format(
        name="openai-chat",
        telling=("messages",),
        faults=_chat_faults,
        answer=_chat_answer,
        halves=_chat_halves,
    ),
    Format(
        name="prompt-completion",
        telling=("prompt", "completion"),
        faults=_pair_faults,
        answer=lambda row: str(row["completion"]),
        halves=_pair_halves,
    ),
)


def sniff(row: Any) -> Format | None:
    """The format that the keys of a row speak for."""
    if isinstance(row, dict):
        for known in FORMATS:
            if any(key in row for key in known.telling):
                return known
    return None


def format_named(name: str) -> Format:
    """The format of that name; raises UsageError with the nearest one."""
    formats = {known.name: known for known in FORMATS}
    if name in formats:
        return formats[name]
    near = difflib.get_close_matches(name, formats, n=1)
    remedy = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(formats)}."
    raise UsageError(f"{excerpt(name)!r} is not a format that can be checked.", remedy)


def unknown_format(row: Any, wanted: Format | None) -> Fault:
    """S001 for a row of no format, or of another than the one that was asked for."""
    if not isinstance(row, dict):
        return Fault("J005", "", "the row is not a JSON object")
    form = sniff(row)
    if form is not None and wanted is not None:
        return Fault("S001", "", f"the row is {form.name}, not {wanted.name}")
    keys = excerpt(", ".join(islice(row, 10))) or "no keys"
    expected = " or ".join(" and ".join(known.telling) for known in FORMATS)
    return Fault("S001", "", f"the row has {keys}: expected {expected}")


def broken_faults(row: Row, form: Format, *, explain: bool) -> Iterator[Fault]:
    """S001 for a row that breaks the schema of its format; in detail only where asked."""
    if explain:
        yield from schema_faults("S001", row, contract(form.name), "the row")
    else:
        yield Fault("S001", "", f"the row breaks the format {form.name}, like many before it")


def sound_faults(row: Row, form: Format, context: Context) -> Iterator[Fault]:
    """Everything that a row tells by itself, once it keeps the schema of its format."""
    yield from form.faults(row, context)
    if context.completion is not None and (answer := form.answer(row)) is not None:
        yield from completion_faults(answer, context.completion)
