"""Conversations as OpenAI has them: `messages` with roles, tools and weights.

What vendors and libraries write beside or instead of it is read too (spellings.py); what a model
thought before it answered is kept as reasoning, under whichever of its keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from dataprep import jsonio
from dataprep.contracts import contract, keys_of, load
from dataprep.example import INSTRUCTING, Example, Message, Turn
from dataprep.finding import Fault
from dataprep.formats import spellings
from dataprep.formats.format import BuildRow, Piece, Reading, Row, RowFormat, message_pieces
from dataprep.formats.literals import from_cell

if TYPE_CHECKING:
    from dataprep.recipe import Target

NAME = "openai-chat"

TURN = "\x1e"
"""Stands between the turns of a conversation that is told as one text: ASCII's record separator."""

BESIDE = tuple(key for key in keys_of(NAME) if key != "messages")
"""The keys of a row that stand beside its messages."""

KEYS: dict[str, frozenset[str]] = {
    shape["properties"]["role"]["const"]: frozenset(shape["properties"])
    for shape in load(NAME)["$defs"].values()
    if "const" in shape.get("properties", {}).get("role", ())
}
"""The roles of a chat, and the keys that a message of each may have."""

CALLING = ("tool_calls", "function_call")
"""The keys of a message that call."""

SAID = frozenset({"role", "content"})
"""The keys of a message that is said and no more."""

_IN_MESSAGES = frozenset().union(*KEYS.values())
_COLUMNS = _IN_MESSAGES - {"refusal", "function_call"}
_PLAIN_ROLES = frozenset({"system", "user", "assistant", "tool"})
_OF_CALLS = {"id", "type", "function"}
_decode = msgspec.json.Decoder().decode


def recognise(row: Row) -> bool:
    """Whether there are messages that say by `role` who speaks (or no message at all)."""
    messages = row.get("messages")
    if isinstance(messages, str):
        messages = from_cell(messages)
    if not isinstance(messages, list):
        return False
    turn = next((m for m in messages if isinstance(m, dict)), None)
    return turn is None or not ({"from", "value"} <= turn.keys() and "role" not in turn)


def tidy(row: Row) -> tuple[Row, list[Fault]]:
    """The row in OpenAI's spelling, with what is not OpenAI's as it stood."""
    if _is_plain_row(row):
        return row, []
    return spellings.spelled(row, spellings.CHAT)


def _is_plain_row(row: Row) -> bool:
    """Whether there is nothing to spell otherwise: an answer last, and calls as OpenAI has them."""
    messages = row.get("messages")
    if not isinstance(messages, list) or not messages:
        return False
    if any(key in row and not (key == "tools" and _are_tools(row[key])) for key in BESIDE):
        return False
    return all(map(_is_plain_message, messages)) and bool(messages[-1]["role"] == "assistant")


def _is_plain_message(message: Any) -> bool:
    if not isinstance(message, dict):
        return False
    role = message.get("role")
    if not isinstance(role, str) or role not in _PLAIN_ROLES:
        return False
    if role == "tool" and ("tool_call_id" not in message or "name" in message):
        return False
    for key, value in message.items():
        if key == "content":
            plain = not isinstance(value, list)
        elif key == "tool_calls":
            plain = isinstance(value, list) and bool(value) and all(map(_is_plain_call, value))
        else:
            plain = (
                key in ("role", "name", "tool_call_id") and isinstance(value, str) and value != ""
            )
        if not plain:
            return False
    return True


def _is_plain_call(call: Any) -> bool:
    if not isinstance(call, dict) or call.keys() != _OF_CALLS:
        return False
    function = call["function"]
    named = isinstance(call["id"], str) and isinstance(call["type"], str)
    if not named or not isinstance(function, dict) or "arguments" not in function:
        return False
    return not isinstance(function["arguments"], dict)


def _are_tools(tools: Any) -> bool:
    if not isinstance(tools, list) or not tools:
        return False
    return all(isinstance(tool, dict) and "function" in tool for tool in tools)


def own(row: Row) -> tuple[Row, dict[str, str], Row]:
    """The row as its strict schema knows it; what each key became; and what stands aside.

    Reasoning is moved under its one key, out of parts of type `thinking` too. Aside are keys of
    messages that no format knows, as lists with an entry a message.
    """
    uses = {key: "messages" if key == "messages" else key for key in row if key in _KEYS}
    strict = {key: row[key] for key in uses}
    aside: Row = {}
    messages = row.get("messages")
    if not isinstance(messages, list) or all(
        isinstance(m, dict) and m.keys() <= _IN_MESSAGES and not thinks_in_parts(m)
        for m in messages
    ):
        return strict, uses, aside
    kept: list[Any] = []
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            kept.append(message)
            continue
        kept.append({key: value for key, value in message.items() if key in _IN_MESSAGES})
        if thinks_in_parts(message):
            kept[-1]["content"] = _texts_of_parts(message["content"], "text")
            uses["messages[].content[].thinking"] = "reasoning"
        for key, value in message.items():
            if key in _IN_MESSAGES:
                continue
            if key in spellings.REASONING and isinstance(value, str):
                uses[f"messages[].{key}"] = "reasoning"
            else:
                aside.setdefault(f"messages[].{key}", [None] * len(messages))[index] = value
    return {**strict, "messages": kept}, uses, aside


_KEYS = frozenset(keys_of(NAME))


def thoughts(row: Row) -> dict[int, tuple[str, str]]:
    """By the index of a message, the key and the text of what was thought before it.

    What stands under several keys is one thought, one text below the other, unless they are one.
    """
    found = {}
    for index, message in spellings.messages_of(row):
        told = {k: message[k] for k in spellings.REASONING if isinstance(message.get(k), str)}
        if thinks_in_parts(message):
            told["content"] = _texts_of_parts(message["content"], "thinking")
        if told:
            found[index] = (next(iter(told)), joined_thoughts(told.values()))
    return found


def thinks_in_parts(message: Mapping[str, Any]) -> bool:
    """Whether an answer is a list of texts and thoughts, as Mistral and transformers write it."""
    content = message.get("content")
    if message.get("role") != "assistant" or not isinstance(content, list):
        return False
    kinds = {_kind_of_part(part) for part in content}
    return "thinking" in kinds <= {"thinking", "text"}


def _kind_of_part(part: Any) -> str | None:
    """`text` or `thinking`; None for a part that is neither, or holds no text."""
    kind = part.get("type") if isinstance(part, dict) else None
    known = kind in ("text", "thinking") and _part_text(part, kind) is not None
    return kind if known else None


def _part_text(part: Mapping[str, Any], kind: str) -> str | None:
    """The text of a part; Mistral has that of a thought as a list of text parts."""
    value = part.get(kind)
    if kind == "thinking" and isinstance(value, list):
        texts = [_part_text(one, "text") if isinstance(one, dict) else None for one in value]
        known = [text for text in texts if text is not None]
        return "".join(known) if len(known) == len(texts) else None
    return value if isinstance(value, str) else None


def _texts_of_parts(content: Sequence[Mapping[str, Any]], kind: str) -> str:
    return "".join(_part_text(part, kind) or "" for part in content if part["type"] == kind)


def joined_thoughts(texts: Iterable[str]) -> str:
    """Several thoughts as one; a text that is said twice, or says nothing, stands once at most."""
    told = dict.fromkeys(texts)
    return "\n\n".join(text for text in told if text.strip()) or next(iter(told), "")


def read(row: Row) -> Reading:
    """The conversation; `row` keeps the schema but for what `own` leaves aside."""
    strict, uses, aside = own(row)
    messages: list[Message] = strict["messages"]
    pieces: list[Piece] | None = None
    if known := thoughts(row):
        messages = [
            {**m, "reasoning": known[n][1]} if n in known else m for n, m in enumerate(messages)
        ]
        pieces = []
        for piece in message_pieces("messages", messages):
            at, _, key = piece.path.rpartition("].")
            path = piece.path
            if key == "reasoning":
                path = f"{at}].{known[int(at.removeprefix('messages['))][0]}"
            pieces.append(piece._replace(path=path))
    return Reading(
        kind="chat",
        messages=messages,
        beside={key: strict[key] for key in BESIDE if key in strict},
        uses=uses,
        pieces=pieces,
        carried=aside,
    )


# What is asked, and what is answered.


def last_answer(messages: Sequence[Mapping[str, Any]]) -> int:
    """The index of the last assistant message, or -1."""
    for index in range(len(messages) - 1, -1, -1):
        if messages[index]["role"] == "assistant":
            return index
    return -1


def last_learned_answer(messages: Sequence[Mapping[str, Any]]) -> int:
    """The index of the last assistant message whose weight is not 0, or -1."""
    for index in range(len(messages) - 1, -1, -1):
        if messages[index]["role"] == "assistant" and messages[index].get("weight") != 0:
            return index
    return -1


def halves(messages: Sequence[Message], beside: Row) -> tuple[bytes, bytes] | None:
    """All before the last answer, and the answer: as text where it is text alone."""
    at = last_answer(messages)
    if at < 0:
        return None
    before = messages[:at]
    answer = {key: value for key, value in messages[at].items() if key != "weight"}
    if not beside.get("tools") and all(map(_is_plain, (*before, answer))):
        turns = [turn for m in before for turn in (m["role"], m["content"])]
        return TURN.join(turns).encode(), answer["content"].encode()
    asked = jsonio.canonical([before, beside.get("tools")]) if before else b""
    return asked, jsonio.canonical(answer)


def _is_plain(message: Row) -> bool:
    content = message.get("content")
    return len(message) == 2 and isinstance(content, str) and TURN not in content


def text_of(message: Mapping[str, Any]) -> str:
    """The text of a message; of content parts, the texts one below the other."""
    content = message.get("content")
    if isinstance(content, list):
        return "\n".join(part["text"] for part in content if part["type"] == "text")
    return content or ""


def image_urls(messages: Sequence[Message]) -> list[tuple[str, str]]:
    """The path and the URL of every picture of a conversation."""
    return [
        (f"messages[{index}].content[{number}].image_url.url", part["image_url"]["url"])
        for index, message in enumerate(messages)
        if isinstance(content := message.get("content"), list)
        for number, part in enumerate(content)
        if part["type"] == "image_url"
    ]


# As the turns of an example, and back.


def turn(message: Mapping[str, Any]) -> Turn:
    """A message as a turn.

    `parts` is the canonical JSON of content that is not text: a list of parts, or null. It is
    None where content is text or is absent, and `content` then tells the two apart.
    """
    content = message.get("content")
    special = "content" in message and not isinstance(content, str)
    calls = message.get("tool_calls")
    return Turn(
        role=message["role"],
        content=None if content is None else text_of(message),
        name=message.get("name"),
        tool_calls=None if calls is None else jsonio.canonical(calls).decode(),
        tool_call_id=message.get("tool_call_id"),
        weight=message.get("weight"),
        parts=jsonio.canonical(content).decode() if special else None,
        reasoning=message.get("reasoning"),
    )


def of_messages(messages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """By the index of a message, what a turn has no column for: a refusal, a function_call."""
    return {
        str(index): kept
        for index, message in enumerate(messages)
        if (kept := {k: v for k, v in message.items() if k not in _COLUMNS and k != "reasoning"})
    }


def chat_row(target: Target | None, *, reasoning: str | None = None) -> BuildRow:
    """OpenAI's chat messages, with the tools that came with a conversation.

    `reasoning` is the key under which the reader takes what the model thought; without one it is
    left out.
    """

    system = target.system if target is not None else None

    def build(example: Example) -> Row:
        if not example.turns:
            return {"messages": _exchange(example, system)}
        data = _decode(example.data) if example.data != "{}" else {}
        messages = conversation(example, data.get("of_messages", {}), reasoning)
        for message in messages:
            if message["role"] == "developer":
                message["role"] = "system"
        if system is not None and messages[0]["role"] not in INSTRUCTING:
            messages.insert(0, {"role": "system", "content": system})
        row: Row = {"messages": messages}
        if data:
            row.update((key, data[key]) for key in BESIDE if key in data)
        return row

    return build


def _exchange(example: Example, system: str | None) -> list[Row]:
    """The pair as a short conversation; a system message of its own comes before the target's."""
    messages = [
        {"role": "user", "content": example.input},
        {"role": "assistant", "content": example.output},
    ]
    if (said := example.system if example.system is not None else system) is not None:
        messages.insert(0, {"role": "system", "content": said})
    return messages


def conversation(example: Example, more: Row, reasoning: str | None = None) -> list[Row]:
    """The turns as they came; `more` holds what only this format knows, by index of the message.

    That is a refusal, or a function_call.
    """
    messages = [_message(turn) for turn in example.turns]
    if reasoning is not None:
        for message, turn in zip(messages, example.turns, strict=True):
            if turn.reasoning is not None:
                message[reasoning] = turn.reasoning
    if not more:
        return messages
    return [message | more.get(str(i), {}) for i, message in enumerate(messages)]


def _message(turn: Turn) -> Row:
    """One turn; content that was null stays null, and content that was absent stays absent."""
    message: Row = {"role": turn.role}
    if turn.parts is not None:
        message["content"] = _decode(turn.parts)
    elif turn.content is not None:
        message["content"] = turn.content
    if turn.tool_calls is not None:
        message["tool_calls"] = _decode(turn.tool_calls)
    if turn.name is not None:
        message["name"] = turn.name
    if turn.tool_call_id is not None:
        message["tool_call_id"] = turn.tool_call_id
    if turn.weight is not None:
        message["weight"] = int(turn.weight) if turn.weight == int(turn.weight) else turn.weight
    return message


def accepts(row: Row) -> bool:
    """Whether a tidy row keeps the strict schema, but for what stands aside."""
    return contract(NAME).accepts(own(row)[0])


FORMAT = RowFormat(NAME, "conversations (messages)", recognise, read, tidy, writes=True)
