"""A text without its secrets and personal data: a stand-in such as [EMAIL] for each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dataprep.sensitive.fields import items_named, named
from dataprep.sensitive.match import with_stand_ins
from dataprep.sensitive.matching import matches

_MOST_ROUNDS = 8
"""Times that a text is searched again: what stood beside a match may show once it is gone."""


def redacted(text: str, name: str = "") -> str:
    """The text with a stand-in for everything that was found in it; idempotent.

    What was JSON stays JSON, and so does what stands in its strings. `name` is the key of the
    object that the text is the value of.
    """
    made = _replaced(text, name)
    if made == text or _keeps_json(text, made):
        return made
    return _replaced(_written(_redacted_value(json.loads(text)), text), name)


def _replaced(text: str, name: str) -> str:
    for _ in range(_MOST_ROUNDS):
        found = list(matches(text, name))
        if not found:
            break
        text = with_stand_ins(text, found)
    return text


def _keeps_json(before: str, after: str) -> bool:
    """Whether all that was an object or a list, in a string of one too, still is."""
    was = _parsed(before)
    if was is None:
        return True
    now = _parsed(after)
    if now is None:
        return False
    return all(_keeps_json(*pair) for pair in zip(_leaves(was), _leaves(now), strict=False))


def _parsed(text: str) -> Any:
    """The object or the list that a text is, or None."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _leaves(value: Any) -> Iterator[str]:
    """Every value that is neither an object nor a list, as a text."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict | list):
            waiting += one.values() if isinstance(one, dict) else one
        else:
            yield str(one)


def _redacted_value(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {
            redacted(key): _redacted_value(inside, told) for key, inside, told in named(value, name)
        }
    if isinstance(value, list):
        return [_redacted_value(inside, told) for _, inside, told in items_named(value, name)]
    if isinstance(value, bool) or value is None:
        return value
    text = str(value)
    made = redacted(text, name)
    return value if made == text else made


def _written(value: Any, like: str) -> str:
    """The value as JSON, with escapes where the text had nothing else."""
    return json.dumps(value, ensure_ascii=like.isascii())
