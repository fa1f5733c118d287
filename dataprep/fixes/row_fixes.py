"""Fixes of a row. Each changes it in place, and leaves alone what it is not sure of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from dataprep.contracts import keys_of
from dataprep.fixes.paths import conversations, holders, parent
from dataprep.formats import FORMATS, Row, recognise, sharegpt
from dataprep.formats.cell_messages import from_string, lists_from_cells
from dataprep.formats.format import Unreadable
from dataprep.formats.meanings import Meaning, meaning_of
from dataprep.formats.pair import with_cells
from dataprep.formats.preference import RENAMED
from dataprep.formats.separators import stripped
from dataprep.formats.sharegpt_turns import with_calls
from dataprep.formats.spellings import CHAT, REASONING, Spelling

Repair = Callable[[Row, Sequence[str]], Row | None]


def _by_spelling(spelling: Spelling) -> Repair:
    """The fix that writes a row as OpenAI's chat does, in each conversation that stands in it."""

    def repair(row: Row, _: Sequence[str]) -> Row:
        for holder in holders(row):
            for _fault in spelling(holder):
                pass
        return row

    return repair


def _messages_as_list(row: Row, paths: Sequence[str]) -> Row:
    """The lists of messages that strings hold, wherever the rule found them."""
    for path in paths:
        holder, key = parent(row, path)
        if "." in path and isinstance(holder, dict) and isinstance(said := holder[key], str):
            holder[key] = from_string(said) or said
    return lists_from_cells(with_cells(row)[0], ("messages", *paths))[0]


def _calls_from_text(row: Row, paths: Sequence[str]) -> Row:
    """Calls that stand as text, in messages and in the turns of ShareGPT."""
    row = _by_spelling(CHAT["calls-from-text"])(row, paths) or row
    for key in {path.partition("[")[0] for path in paths} & {*sharegpt.LISTS, "messages"}:
        if isinstance(turns := row.get(key), list):
            row[key] = with_calls(turns, key)[0]
    return row


def _drop_trailing_turns(row: Row, _: Sequence[str]) -> Row:
    """Only of a conversation of its own: what is asked of a preference ends with the user."""
    for _fault in CHAT["drop-trailing-turns"](row):
        pass
    return row


def _drop_unknown_keys(row: Row, paths: Sequence[str]) -> Row:
    """Keys that say nothing of what is learned; what another format reads stays, and is found."""
    for path in paths:
        holder, key = parent(row, path)
        if isinstance(holder, dict) and not _is_read_elsewhere(key):
            del holder[key]
    return row


def _is_read_elsewhere(key: str) -> bool:
    """Whether a format reads the key, or its name says that it holds more than metadata."""
    if key in REASONING or key in _keys_of_formats():
        return True
    return meaning_of(key) not in (None, Meaning.METADATA, Meaning.INDEX)


@cache
def _keys_of_formats() -> frozenset[str]:
    return frozenset(key for name in FORMATS for key in keys_of(name))


def _rename_preference_fields(row: Row, _: Sequence[str]) -> Row:
    """The names of OpenAI's OpenAPI document, where the platforms read others."""
    renamed = {old: new for old, new in RENAMED.items() if old in row and new not in row}
    return {renamed.get(key, key): value for key, value in row.items()}


def _merge_turns(row: Row, _: Sequence[str]) -> Row:
    """Two messages of one role become one, with a blank line between their texts."""
    for messages in conversations(row):
        merged: list[Row] = []
        for message in messages:
            if merged and _same_speaker(merged[-1], message):
                merged[-1]["content"] += f"\n\n{message['content']}"
            else:
                merged.append(message)
        messages[:] = merged
    return row


def _same_speaker(one: Row, other: Row) -> bool:
    """Whether two messages differ in their texts alone."""
    plain = one.keys() == other.keys() and "role" in one and one["role"] != "tool"
    texts = isinstance(one.get("content"), str) and isinstance(other.get("content"), str)
    return plain and texts and all(one[key] == other[key] for key in one if key != "content")


def _repair_mojibake(row: Row, paths: Sequence[str]) -> Row:
    import ftfy  # a tenth of a second, and only here

    return _on_texts(row, paths, ftfy.fix_encoding)


def _redact(row: Row, paths: Sequence[str]) -> Row:
    """The texts that the rules point at, and the keys of the objects, without what is private."""
    from dataprep.sensitive import redacted, strings

    names = {path: name for path, _, name in strings(row)}
    for path in paths:
        holder, key = parent(row, path)
        named = row if not path else holder[key] if holder is not None else None
        if isinstance(named, str):
            holder[key] = redacted(named, names.get(path, ""))
        elif isinstance(named, dict):
            _redact_keys(named)
    return row


def _redact_keys(holder: Row) -> None:
    """Give every private key of an object a stand-in, numbered where there are several."""
    from dataprep.sensitive import redacted

    items = list(holder.items())
    taken = set(holder)
    holder.clear()
    for key, value in items:
        name, number = redacted(key), 2
        while name != key and name in taken:
            name, number = f"{redacted(key)} {number}", number + 1
        taken.add(name)
        holder[name] = value


def _on_texts(row: Row, paths: Sequence[str], change: Callable[[str], str]) -> Row:
    for path in paths:
        holder, key = parent(row, path)
        if holder is not None and isinstance(holder[key], str):
            holder[key] = change(holder[key])
    return row


def _drop_separators(row: Row, _: Sequence[str]) -> Row:
    """The marks of completion models, at the ends of what is asked and of what is answered."""
    form = recognise(row)
    if form is None:
        return row
    try:
        reading = form.read(form.tidy(row)[0])
    except (Unreadable, KeyError, TypeError, AttributeError, ValueError):
        return row  # it breaks its schema, which is said by S001
    for number, message in enumerate(reading.messages):
        path = f"messages[{number}].content"
        holder, key = parent(row, reading.places.get(path, path))
        text = holder[key] if holder is not None else None
        if isinstance(text, str) and text == message.get("content"):
            holder[key] = stripped(message["role"], text)
    return row


ROW_FIXES: dict[str, Repair] = {
    **{name: _by_spelling(spelling) for name, spelling in CHAT.items()},
    "calls-from-text": _calls_from_text,
    "messages-as-list": _messages_as_list,
    "drop-trailing-turns": _drop_trailing_turns,
    "drop-unknown-keys": _drop_unknown_keys,
    "rename-preference-fields": _rename_preference_fields,
    "merge-turns": _merge_turns,
    "drop-separators": _drop_separators,
    "repair-mojibake": _repair_mojibake,
    "redact": _redact,
}
