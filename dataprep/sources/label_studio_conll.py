"""CoNLL2003 as Label Studio writes it: tokens with their tags, without the texts they are from."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from typing import Any

from dataprep import jsonio
from dataprep.annotation import task_of
from dataprep.example import Record
from dataprep.finding import Finding, Place
from dataprep.rules import found
from dataprep.sources.label_studio_forms import CONLL

Tagged = tuple[str, str]

_PARTS = 4
_LOST = (
    "is a CoNLL export, which has no spacing, line breaks, ids, annotators, nested spans,"
    " second labels or other controls; the texts are its tokens joined by spaces"
)


def read(mapped: mmap.mmap, start: int, name: str) -> Iterator[Record | Finding]:
    """One task for each text; the copies of several annotators that follow each other are one."""
    remedy = "Export the project again, as JSON."
    yield found("A009", _LOST, Place(file=name), remedy=remedy)
    held: list[list[Tagged]] = []
    first = (0, 0)
    index = 0
    for line, at, block in _blocks(mapped, start, name):
        if isinstance(block, Finding):
            yield block
            continue
        if held and _tokens(held[0]) != _tokens(block):
            yield _record(held, first, index, name)
            index += 1
            held = []
        if not held:
            first = (line, at)
        held.append(block)
    if held:
        yield _record(held, first, index, name)


def _blocks(
    mapped: mmap.mmap, start: int, name: str
) -> Iterator[tuple[int, int, list[Tagged] | Finding]]:
    """Line and offset of each block of tokens, and the block, or what is wrong with it."""
    block: list[Tagged] = []
    wrong: Finding | None = None
    at, line, begun, begun_at = start, 0, 1, start
    while at < len(mapped):
        end = mapped.find(b"\n", at)
        end = len(mapped) if end < 0 else end
        raw = mapped[at:end].rstrip(b"\r")
        line += 1
        if not block and wrong is None:
            begun, begun_at = line, at
        if not raw.strip():
            if block or wrong:
                yield begun, begun_at, wrong or block
            block, wrong = [], None
        elif raw.strip() != CONLL:
            tagged = _tagged(raw, Place(file=name, line=line))
            if isinstance(tagged, Finding):
                wrong = wrong or tagged
            else:
                block.append(tagged)
        at = end + 1
    if block or wrong:
        yield begun, begun_at, wrong or block


def _tagged(raw: bytes, place: Place) -> Tagged | Finding:
    try:
        parts = jsonio.decode(raw).split(" ", _PARTS - 1)
    except jsonio.JsonError as error:
        where = Place(file=place.file, line=place.line, column=error.column)
        return found(error.code, error.message, where)
    tag = parts[-1]
    if len(parts) != _PARTS or not (tag == "O" or tag.startswith(("B-", "I-"))):
        return found("S001", "is not a token, -X-, _ and a tag", place, remedy="Export again.")
    return parts[0], tag


def _tokens(block: list[Tagged]) -> list[str]:
    return [token for token, _ in block]


def _record(blocks: list[list[Tagged]], first: tuple[int, int], index: int, name: str) -> Record:
    text = " ".join(_tokens(blocks[0]))
    annotations = [{"result": list(_results(block, text))} for block in blocks]
    task = task_of({"data": {"text": text}, "annotations": annotations})
    return Record(Place(file=name, line=first[0], task=index), first[1], task)


def _results(block: list[Tagged], text: str) -> Iterator[dict[str, Any]]:
    """A region for each run of B- and I- tags of one label; offsets are code points."""
    runs: list[tuple[str, int, int]] = []
    at = 0
    before = ""
    for token, tag in block:
        label = tag[2:]
        if label:
            if tag.startswith("I-") and label == before:
                runs[-1] = (label, runs[-1][1], at + len(token))
            else:
                runs.append((label, at, at + len(token)))
        before = label
        at += len(token) + 1
    for number, (label, start, end) in enumerate(runs):
        value = {"start": start, "end": end, "text": text[start:end], "labels": [label]}
        known = {"from_name": "label", "to_name": "text", "type": "labels"}
        yield {"id": f"r{number}", **known, "value": value}
