"""Rows of a table: which columns are asked, which is answered, and what stands with the question.

A pair of columns is known by its names (question and answer, instruction and response, ...). The
context, a table or schema stands above the question, options below it, lettered; a system column
is the system message, a history the turns before. SQuAD's answers, multiple choice by index or
letter, Dolly and text-to-SQL are tables of this kind, and so are two texts and their class.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from dataprep.finding import Fault, excerpt
from dataprep.formats.called_answers import TOOLS, calls_answered, calls_nothing
from dataprep.formats.cell_messages import messages_from_cell
from dataprep.formats.cells import as_it_stands, kind_of, scalar, set_aside, text_of, written_above
from dataprep.formats.column_answers import answer_of, refuse_score
from dataprep.formats.column_cells import without_cells
from dataprep.formats.format import (
    Reading,
    Row,
    RowFormat,
    Unreadable,
    pieces_below,
)
from dataprep.formats.literals import is_literal
from dataprep.formats.named_option import ChoiceRow, Naming, naming_of
from dataprep.formats.options import Options, options_of
from dataprep.formats.sides import Sides, by_name, sides_of
from dataprep.formats.spellings import call_ids
from dataprep.formats.transcript import Transcript

NAME = "columns"


def naming_in(rows: Iterable[Row], chosen: tuple[str, str] | None = None) -> Naming:
    """How the answers of these rows name their options."""
    return naming_of(_answers_of(rows, chosen))


def _answers_of(
    rows: Iterable[Row], chosen: tuple[str, str] | None
) -> Iterator[tuple[Any, Options]]:
    """The answers of rows that have options, each with those."""
    for row in rows:
        told = _without_cells(row, chosen)
        sides = sides_of(told, chosen)
        if sides is not None and sides.options:
            try:
                yield told.get(sides.answered), options_of(told, sides.options)
            except Unreadable:
                continue


def recognise(row: Row) -> bool:
    """Whether the names of two columns say what is asked and what is answered."""
    sides = sides_of(row)
    return sides is not None and not isinstance(row.get(sides.asked), list | dict)


def tidy(row: Row) -> tuple[Row, list[Fault]]:
    """The row without nulls, and with the lists and objects that its cells hold as text."""
    return _without_cells(row, None), []


def _without_cells(row: Row, chosen: tuple[str, str] | None) -> Row:
    sides = by_name(tuple(row), chosen)
    return without_cells(row, sides.answered if sides else None)


_NONE: frozenset[str] = frozenset()


def read(
    row: Row,
    sides: Sides | None = None,
    alone: frozenset[str] = _NONE,
    named: frozenset[str] = _NONE,
) -> Reading:
    """The question with what stands with it, and the answer, both as texts.

    `alone` are the uses that the user's templates make without us, so that nothing is read for
    them here; `named` are the columns that those templates read.
    """
    sides = sides or sides_of(row)
    if sides is None:
        raise Unreadable("S001", "", "no column says what is asked and what is answered")
    uses = {sides.asked: "prompt", sides.answered: "answer"}
    apart = {"prompt": sides.asked, "answer": sides.answered}
    _refuse_messages(row, [name for use, name in apart.items() if use not in alone])
    made = Transcript()
    if sides.system in row and sides.system is not None:
        uses[sides.system] = "system"
        if "system" not in alone and (system := text_of(row, sides.system, "system")):
            made.add("system", system, sides.system)
    if sides.history is not None and sides.history in row:
        uses[sides.history] = "prompt"
        if sides.history not in named:
            _add_history(made, row[sides.history], sides.history)
    pieces: list[tuple[str, str]] = []
    options = Options()
    if not {"prompt", "answer"} <= alone:
        options = options_of(row, sides.options, sides.asked, sides.answered)
    if "prompt" in alone:
        beside = (sides.second, *sides.above, *sides.below, *sides.options)
        uses.update((name, "prompt") for name in beside if name is not None and name in row)
        prompt = ""
    else:
        prompt, pieces = _asked(row, sides, options, uses)
    called = None if "answer" in alone else calls_answered(row, sides.answered)
    if called is None and calls_nothing(row, sides.answered) and "answer" not in alone:
        words = f"{excerpt(sides.answered)} calls none of the tools, and says nothing"
        raise Unreadable("S004", sides.answered, words, _NOT_CALLED)
    at = ChoiceRow(row, sides.asked, sides.options, sides.answered)
    is_said = called is None and "answer" not in alone
    if is_said and sides.second is not None:
        refuse_score(at)
    answer = answer_of(options, sides.naming, at, uses) if is_said else ""
    made.add("user", prompt, sides.asked)
    made.pieces.pop()
    for path, text in pieces:
        made.note(path, text, "user")
    made.add("assistant", answer, sides.answered)
    if "answer" in alone:
        made.pieces.pop()
    tools = _call(made, row, sides.answered, called, uses) if called else {}
    roles = [m["role"] for m in made.messages]
    plain = not tools and roles in (["user", "assistant"], _WITH_SYSTEM)
    return Reading(
        kind="pair" if plain else "chat",
        messages=made.messages,
        beside=tools,
        uses=uses,
        places=made.places,
        pieces=made.pieces,
    )


_NOT_CALLED = "Write an answer; or let convert leave such rows out: --drop-invalid."


def _call(
    made: Transcript, row: Row, name: str, called: tuple[list[Row], list[Row]], uses: dict[str, str]
) -> Row:
    """Let the last message make the calls that a column answers with; the tools of the row."""
    calls, tools = called
    made.messages[-1]["tool_calls"] = calls
    made.pieces[-1:] = [
        *pieces_below(row[name], name, "assistant"),
        *pieces_below(row[TOOLS], TOOLS, "user"),
    ]
    uses[TOOLS] = TOOLS
    list(call_ids({"messages": made.messages}))
    return {TOOLS: tools}


_WITH_SYSTEM = ["system", "user", "assistant"]


def _refuse_messages(row: Row, names: Iterable[str]) -> None:
    """Raise Unreadable for a conversation in the text of a cell, of which one side is meant."""
    for name in names:
        if isinstance(said := row.get(name), str) and messages_from_cell(said) is not None:
            words = f"{excerpt(name)} is a list of messages, written as a text"
            remedy = "Call the columns prompt and completion, or messages: those are read as such."
            raise Unreadable("S004", name, words, remedy)


def _asked(
    row: Row, sides: Sides, options: Options, uses: dict[str, str]
) -> tuple[str, list[tuple[str, str]]]:
    """The prompt: context above, the question, what belongs below it, and the options."""
    question = text_of(row, sides.asked)
    pieces: list[tuple[str, str]] = []
    parts: list[str] = []
    for name in sides.above:
        if name not in row:
            continue
        uses[name] = "prompt"
        if (text := _block(row, name, sides.asked)).strip():
            parts.append(text)
            pieces += [(name, text)]
    if sides.second is not None:
        uses[sides.second] = "prompt"
        texts = {sides.asked: question, sides.second: text_of(row, sides.second)}
        said = {name: text for name, text in texts.items() if text.strip()}
        parts += [f"{name}: {text}" for name, text in said.items()]
        pieces += said.items()
    elif question.strip():
        parts.append(question)
        pieces.append((sides.asked, question))
    for name in sides.below:
        if name in row:
            uses[name] = "prompt"
            if (text := text_of(row, name)).strip().lower() not in ("", "nan", "<noinput>"):
                parts.append(text)
                pieces.append((name, text))
    if options.texts:
        uses.update(dict.fromkeys((n for n in sides.options if row.get(n) is not None), "prompt"))
        parts.append("\n".join(options.shown()))
        pieces += [(sides.options[0], text) for text in options.texts if text is not None]
    return "\n\n".join(parts), pieces


def _block(row: Row, name: str, asked: str) -> str:
    """A context: a text, or texts one below the other."""
    value = row[name]
    if isinstance(value, str):
        if is_literal(value.strip()):
            words = f"{excerpt(name)} is a list or an object that Python wrote as a text"
            raise Unreadable("S004", name, words, as_it_stands(name, row, asked))
        return value
    if not isinstance(value, list | dict):
        return "" if value is None else scalar(value)
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return "\n\n".join(value)
    texts = [v.get("text", v.get("content")) if isinstance(v, dict) else None for v in value]
    if isinstance(value, list) and texts and all(isinstance(t, str) for t in texts):
        return "\n\n".join(map(str, texts))
    words = f"{excerpt(name)} is {kind_of(value)} of another kind than texts"
    raise Unreadable("S004", name, words, written_above(name, row, asked))


def _add_history(made: Transcript, value: Any, name: str) -> None:
    """The turns before: pairs of texts, or messages."""
    for number, turn in enumerate(value if isinstance(value, list) else ()):
        if isinstance(turn, list) and len(turn) == 2 and all(isinstance(t, str) for t in turn):
            made.add("user", turn[0], f"{name}[{number}][0]")
            made.add("assistant", turn[1], f"{name}[{number}][1]")
        elif isinstance(turn, dict) and {"role", "content"} <= turn.keys():
            made.add(turn["role"], turn["content"], f"{name}[{number}].content")
        else:
            words = f"{excerpt(name)} is a list of no turns"
            raise Unreadable("S004", name, words, set_aside(name))
    if value and not isinstance(value, list):
        words = f"{excerpt(name)} is {kind_of(value)}, and no list of turns"
        raise Unreadable("S004", name, words, set_aside(name))


FORMAT = RowFormat(NAME, "columns", recognise, read, tidy)
