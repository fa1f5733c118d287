"""Answers of servers with something wrong in one place, or in all: what a hostile server says."""

from __future__ import annotations

import json
from random import Random
from typing import Any

KEY = "sk-test-abcdefgh"
MARKUP = "[bold red]x[/] \x1b[2J\x1b]0;t\x07 \u202e \r\n- # <script> `id` $(id) ; rm x"
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1e308, -1e308, 10**30, 10**400, -(10**400), 0.1),
    *("", " ", ".", "..", "../../../tmp/x", "/etc/passwd", "a/b", "a\\b", "con", "x" * 70_000),
    *(MARKUP, "\x00", "\n", "\ud800", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"),
    *("succeeded", "failed", "cancelled", "running", "completed", "error", KEY, f"Bearer {KEY}"),
    *([], {}, [[]], [None], [{}], {"id": 1}, [1, "a", None], {"": {"": []}}, [["a"] * 3]),
)
_RAW = (b"NaN", b"-Infinity", b"1e999", b'{"a": 1, "a": 2}', b'"\xff"', b"9" * 5_000)
BODIES = (
    b"",
    b"<html><body>Sign in</body></html>",
    b"[" * 100_000,
    b'{"data": ' * 2_000,
    b"\xff\xfe\x00",
    b"null",
    b"7",
    b'"text"',
    b"[]",
    b"{}",
    b'{"data": null}',
    b'{"data": [{"id": "a"}], "has_more": true}',
)
_HOLE = "a hole for bytes that are no JSON"


def hostile_body(answer: Any, random: Random) -> bytes:
    """An answer with one to three places changed; now and then another body altogether."""
    if random.random() < 0.1:
        return random.choice(BODIES)
    changed = json.loads(json.dumps(answer))
    for _ in range(random.randint(1, 3)):
        changed = _changed(changed, random)
    body = json.dumps(changed).encode()
    return body.replace(json.dumps(_HOLE).encode(), random.choice(_RAW))


def _changed(value: Any, random: Random) -> Any:
    """The value with one place in it changed."""
    inner = value if isinstance(value, dict | list) and value and random.random() < 0.85 else None
    if inner is None:
        return _HOLE if random.random() < 0.1 else random.choice(VALUES)
    places = sorted(inner) if isinstance(inner, dict) else range(len(inner))
    place: Any = random.choice(places)
    match random.randrange(8):
        case 0:
            del inner[place]
        case 1 if isinstance(inner, list):
            inner.append(inner[place])
        case _:
            inner[place] = _changed(inner[place], random)
    return inner
