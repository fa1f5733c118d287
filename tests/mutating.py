"""Rows of the formats with one thing wrong in them, at every depth; and files that are damaged."""

from __future__ import annotations

import copy
import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

FORMATS = Path(__file__).parent / "formats"
GOOD = sorted(FORMATS.glob("*/good*.jsonl"))
WRONG: tuple[Any, ...] = (None, [], {}, 5, [None], {"x": 1}, "", True, ["x"], [{}], "x y")
"""What stands where another type was meant."""

_DROPPED = object()
_MORE: tuple[tuple[str, Any], ...] = (
    ("role", ["user"]),
    ("role", "assitant"),
    ("content", [None]),
    ("content", [{"type": "text", "text": 5}]),
    ("tool_calls", [{}]),
    ("tool_calls", [{"function": {"name": "rain", "arguments": ["x"]}}]),
    ("name", {"x": 1}),
    ("system", [None]),
    ("history", [["x"]]),
    ("tools", [{"type": []}]),
    ("label", "true"),
    ("kto_tag", "false"),
    ("rejected", [None]),
    ("rejected_message", None),
    ("choices", [None]),
    ("response", {"body": {"choices": 5}}),
    ("train", False),
    ("weight", [1]),
)
"""Keys that mean something, beside what is there."""

Row = dict[str, Any]
Way = tuple[str | int, ...]


def good_rows() -> Iterator[tuple[str, Row]]:
    """Every good row of every format, with the name of the format."""
    for path in GOOD:
        for line in path.read_text("utf-8").splitlines():
            yield path.parent.name, json.loads(line)


def mutations(row: Row, each: int, random: Random) -> Iterator[Row]:
    """The row with one place changed: every place in as many ways as `each` says, by chance."""
    for path, value in _places(row):
        ways = [(path, wrong) for wrong in (*WRONG, _DROPPED)] if path else []
        if isinstance(value, dict):
            ways += [((*path, key), more) for key, more in _MORE]
        yield from (_changed(row, *way) for way in random.sample(ways, min(each, len(ways))))


def _places(value: Any, path: Way = ()) -> Iterator[tuple[Way, Any]]:
    yield path, value
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, held in inner:
            yield from _places(held, (*path, key))


def _changed(row: Row, path: Way, value: Any) -> Row:
    changed = copy.deepcopy(row)
    holder: Any = changed
    for key in path[:-1]:
        holder = holder[key]
    if value is _DROPPED:
        del holder[path[-1]]
    else:
        holder[path[-1]] = copy.deepcopy(value)
    return changed


_BYTES = (
    b"\x00",
    b"\xff",
    b"\xff\xff\xff\x7f",
    b"\n",
    b'"',
    b"\\",
    b"{",
    b"[",
    b"<",
    b"&",
    b"\x80",
)
_TOKENS = re.compile(rb'"[^"\n]{0,40}"|-?\d+(?:\.\d+)?|true|false|null')
_VALUES = (
    *(b"null", b"-1", b"0", b"18446744073709551616", b"1e999", b'""', b"[]", b"{}", b"true"),
    *(b'"\\ud800"', b'"\\u0000\\u001b[2J\\u202e"', b'"x"', b"[[[[]]]]", b'{"": {}}', b"NaN"),
)


def damaged(content: bytes, random: Random) -> bytes:
    """The bytes of a file with one to three places changed, as disks, networks and hands do."""
    ways = (_flipped, _cut, _without, _twice, _written_over, _put_in, _other_value, _other_value)
    for _ in range(random.choice((1, 1, 2, 3))):
        content = random.choice(ways)(content, random)
    return content


def damaged_inside(content: bytes, random: Random) -> bytes:
    """The same for an archive: what is damaged is a file within it, or the gzip stream's text."""
    if content.startswith(b"\x1f\x8b"):
        return gzip.compress(damaged(gzip.decompress(content), random), mtime=0)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    chosen = random.choice(sorted(members))
    if random.random() < 0.1:
        del members[chosen]
    else:
        members[chosen] = damaged(members[chosen], random)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, held in members.items():
            archive.writestr(name, held)
    return made.getvalue()


def damaged_json(content: bytes, random: Random) -> bytes:
    """JSON, or lines of it, with one value changed, so that it is still JSON."""
    lines = content.splitlines()
    whole = not lines or (len(lines) > 1 and lines[0] in (b"{", b"["))
    at = 0 if whole else random.randrange(len(lines))
    try:
        value = json.loads(content if whole else lines[at])
        spots = list(_places({"held": value}))[1:]
        if random.random() < 0.6:  # what stands above decides more
            spots = [spot for spot in spots if len(spot[0]) <= 3]
        path, _ = random.choice(spots)
        wrong = random.choice((*WRONG, -1, 2**70, 1e300, "\ud800", [[]], _DROPPED))
        changed = _changed({"held": value}, path, wrong)
    except (ValueError, IndexError):
        return damaged(content, random)
    made = json.dumps(changed.get("held")).encode()
    if whole:
        return made
    lines[at] = made
    return b"\n".join(lines) + b"\n"


def _flipped(content: bytes, random: Random) -> bytes:
    if not content:
        return content
    at = random.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << random.randrange(8)]) + content[at + 1 :]


def _span(content: bytes, random: Random) -> tuple[int, int]:
    at = random.randrange(len(content) + 1)
    return at, min(at + random.choice((1, 4, 16, 200)), len(content))


def _cut(content: bytes, random: Random) -> bytes:
    return content[: _span(content, random)[0]]


def _without(content: bytes, random: Random) -> bytes:
    start, end = _span(content, random)
    return content[:start] + content[end:]


def _twice(content: bytes, random: Random) -> bytes:
    start, end = _span(content, random)
    return content[:end] + content[start:end] + content[end:]


def _written_over(content: bytes, random: Random) -> bytes:
    start, end = _span(content, random)
    return content[:start] + random.choice(_BYTES) * (end - start) + content[end:]


def _put_in(content: bytes, random: Random) -> bytes:
    start, _ = _span(content, random)
    return content[:start] + random.choice(_BYTES) + content[start:]


def _other_value(content: bytes, random: Random) -> bytes:
    found = list(_TOKENS.finditer(content[:100_000]))
    if not found:
        return _flipped(content, random)
    chosen = random.choice(found)
    return content[: chosen.start()] + random.choice(_VALUES) + content[chosen.end() :]
