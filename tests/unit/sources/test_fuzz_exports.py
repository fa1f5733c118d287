"""Broken exports, 24,000 of them, end in records, findings and named errors, and in nothing else.

Small exports of every text control are damaged with a seed of their own, byte by byte and value
by value. A failure says its number: `attempt(NUMBER, folder)` makes the same file again.
"""

from __future__ import annotations

import copy
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dataprep.example import Record
from dataprep.finding import DataprepError, Finding
from dataprep.recipe import Source
from dataprep.shapes import LOOKED_AT, shape_for
from dataprep.sources import Input, read
from tests.building import Json
from tests.exports import EXPORTS

MUTATIONS = 24_000
PARTS = 4


RAW = ["1e999", "-1e308", "NaN", "-0", "9" * 30, "9" * 5000, '"\\ud83d"', '"\\u0000\\u001b[2J"']
"""JSON texts that the standard library would not write; they go in by a placeholder."""
ODD: list[Any] = [
    *(f"@{n}@" for n in range(len(RAW))),
    *(None, True, False, 0, 1, -1, 3, 2**31, 2**63, -(2**64), 0.5, 1e300),
    *("", " ", "0", "-1", "text", "left", "Positive", "😀", "\ud800", "a" * 300, "\x7f", "\u2028"),
    *("/p[1]/b[9]/text()[1]", "/p[999999999999]", "relation", "choices", "$text", "{{", "<b"),
    *([], {}, [[]], [None], {"": None}, ["Positive", 1], [{"a": []}], {"text": {"text": 1}}),
]
INSERTED = [b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\x00", b"\xff", b"\xed\xa0\x80"]
POLICIES = ["majority", "first", "latest", "ground-truth-first", "all", "by-annotator"]


def broken_bytes(raw: bytes, dice: random.Random) -> bytes:
    """The text after one to four blows: a byte changed, put in, taken out, or a piece of it."""
    text = bytearray(raw)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(text) or 1)
        end = at + dice.randint(1, 30)
        match dice.randrange(6):
            case 0:
                text[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                text[at:at] = dice.choice(INSERTED)
            case 2:
                del text[at:end]
            case 3:
                text[at:at] = text[at:end]
            case 4:
                text[at : at + 1] = bytes([text[at] ^ (1 << dice.randrange(8))]) if text else b"["
            case 5:
                del text[dice.randrange(len(text) or 1) :]
    return bytes(text)


def holders(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every list or object inside, with each of its keys."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from holders(value[key])


def nested(value: Any, levels: int) -> Any:
    for _ in range(levels):
        value = [value] if levels % 2 else {"x": value}
    return value


def change(holder: Any, key: Any, other: tuple[Any, Any], dice: random.Random) -> None:
    """One blow to a value in its list or object; `other` is some other place of the export."""
    value = holder[key]
    match dice.randrange(8):
        case 0:
            del holder[key]
        case 1:
            holder[key] = copy.deepcopy(dice.choice(ODD))
        case 2 if isinstance(holder, list):
            holder.insert(key, copy.deepcopy(value))
        case 2:
            holder[f"{key}{dice.choice(['', ' ', '2', 's'])}"] = copy.deepcopy(value)
            holder[dice.choice(["value", "text", "id", "task", "completions", ""])] = value
        case 3:
            there = copy.deepcopy(other[0][other[1]])
            other[0][other[1]] = copy.deepcopy(value)
            holder[key] = there
        case 4:
            holder[key] = nested(value, dice.choice([1, 1, 2, 3, 60, 70]))
        case 5 if isinstance(value, int | float):
            holder[key] = value + dice.choice([-9, -2, -1, 0.5, 1, 2, 9, 10**6, 10**25])
        case 5 if isinstance(value, str):
            holder[key] = value + dice.choice(["😀", "\u0301", "\r\n", "\x00", "\udc00", "}}"])
        case 6:
            holder[key] = json.dumps(value)
        case 7:
            holder[key] = list(value) if isinstance(value, dict | str) else {"0": value}


def broken_values(tasks: list[Json], dice: random.Random) -> bytes:
    """The export after one to three blows to its values."""
    export: Any = copy.deepcopy(tasks)
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        places = list(holders(export))
        if not places:
            break
        change(*dice.choice(places), dice.choice(places), dice)
    raw = json.dumps(export)
    for number, text in enumerate(RAW):
        raw = raw.replace(f'"@{number}@"', text)
    if dice.randrange(10) == 0:
        raw = "\n".join(json.dumps(task) for task in export) if isinstance(export, list) else raw
    return raw.encode("utf-8", "surrogatepass")


def outcome(path: Path, source: Source) -> Counter[str]:
    """What comes of a file, counted; anything but records, findings and named errors fails."""
    seen: Counter[str] = Counter()
    try:
        file = Input(path, path.name, "label-studio", source.of)
        items = list(read(file))
        records = [item for item in items if isinstance(item, Record)]
        findings = [item for item in items if isinstance(item, Finding)]
        assert len(records) + len(findings) == len(items) > 0
        seen["records"] += len(records)
        shape = None
        if records:
            shape, _ = shape_for(records[:LOOKED_AT], source, path.parent, 0)
        for record in records:
            made = shape(record) if shape else None
            assert made
            dropped = Counter(drop.unit for drop in made.drops)
            assert made.annotations == len(record.value.annotations or ())
            assert made.annotations == made.merged + dropped["annotation"]
            assert dropped["record"] == (0 if made.examples else 1)
            findings += made.findings
            seen["examples"] += len(made.examples)
            for one in made.examples:
                (one.id + one.input + one.output + one.data).encode()
        for finding in findings:
            f"{finding.place} {finding.message} {finding.remedy}".encode()
            assert finding.remedy
        seen["findings"] += len(findings)
    except DataprepError as error:
        seen["errors"] += 1
        str(error).encode()
        assert error.remedy
    return seen


def attempt(number: int, folder: Path) -> Counter[str]:
    """Damage an export in the way of this number, and read it."""
    dice = random.Random(number)  # noqa: S311
    name, other = dice.choices(list(EXPORTS), k=2)
    tasks = EXPORTS[name][1]
    structural = dice.random() < 0.7
    raw = (
        broken_values(tasks, dice) if structural else broken_bytes(json.dumps(tasks).encode(), dice)
    )
    (folder / "export.json").write_bytes(raw)
    source = Source(
        path="export.json",
        label_config=dice.choice([f"{name}.xml", f"{name}.xml", f"{other}.xml", None]),
        annotators=dice.choice(POLICIES),  # type: ignore[arg-type]
        offsets=dice.choice(["auto", "auto", "codepoint", "utf16"]),  # type: ignore[arg-type]
        empty=dice.choice(["drop", "negative"]),  # type: ignore[arg-type]
    )
    return outcome(folder / "export.json", source)


@pytest.mark.parametrize("part", range(PARTS))
def test_damaged_exports_end_in_records_findings_and_named_errors(
    part: int, tmp_path: Path
) -> None:
    for name, (config, _) in EXPORTS.items():
        (tmp_path / f"{name}.xml").write_text(config)
    seen: Counter[str] = Counter()
    for number in range(part, MUTATIONS, PARTS):
        began = time.monotonic()
        try:
            seen += attempt(number, tmp_path)
        except Exception as error:
            raw = (tmp_path / "export.json").read_bytes()
            raise AssertionError(f"mutation {number}: {raw[:2000]!r}") from error
        assert time.monotonic() - began < 10, f"mutation {number} takes its time"
    assert min(seen[kind] for kind in ("records", "examples", "findings", "errors")) > 100


@pytest.mark.parametrize("name", EXPORTS)
def test_the_export_gives_examples_and_no_finding_before_it_is_damaged(
    name: str, tmp_path: Path
) -> None:
    config, tasks = EXPORTS[name]
    (tmp_path / "config.xml").write_text(config)
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    source = Source(path="export.json", label_config="config.xml", annotators="all")
    seen = outcome(tmp_path / "export.json", source)
    assert (seen["records"], seen["errors"]) == (1, 0)
    assert seen["examples"] > 0
