"""Fixes of a whole file: the same rows one a line, in UTF-8, and nothing else changed."""

import gzip
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dataprep import checker, fixes
from dataprep.checks import Context, Selection

PAIRS = [
    {"prompt": "Capital of Kenya?", "completion": "Nairobi", "n": 1.0},
    {"prompt": "Capital of Peru?", "completion": "Lima", "n": 1e3},
    {"prompt": "Where is Zoë?", "completion": "In Orléans.", "n": 0.10},
]
TEXTS = [
    '{"prompt": "Capital of Kenya?", "completion": "Nairobi", "n": 1.0}',
    '{"prompt": "Capital of Peru?", "completion": "Lima", "n": 1000.0}',
    '{"prompt": "Where is Zoë?", "completion": "In Orléans.", "n": 0.1}',
]
LINES = "".join(f"{text}\n" for text in TEXTS)


def table() -> str:
    rows = "".join(f"{r['prompt']},{r['completion']},{r['n']}\n" for r in PAIRS)
    return f"prompt,completion,n\n{rows}"


OF_TABLE = "".join(
    f'{{"prompt":"{r["prompt"]}","completion":"{r["completion"]}","n":"{r["n"]}"}}\n' for r in PAIRS
)
QUOTED = "".join('"' + text.replace('"', '""') + '"\n' for text in TEXTS)
COMPACT = "".join(json.dumps(r, ensure_ascii=False, separators=(",", ":")) + "\n" for r in PAIRS)

CAUSES: dict[str, tuple[str, str, str]] = {
    "indented": (
        "\n".join(json.dumps(r, indent=2, ensure_ascii=False) for r in PAIRS),
        "J013",
        LINES,
    ),
    "indented, CRLF": (
        "\r\n".join(json.dumps(r, indent=2, ensure_ascii=False) for r in PAIRS).replace(
            "\n  ", "\r\n  "
        ),
        "J013",
        LINES,
    ),
    "on one line": ("".join(TEXTS), "J013", LINES),
    "CR alone": ("\r".join(TEXTS), "J013", LINES),
    "a list": (json.dumps(PAIRS, indent=4, ensure_ascii=False), "J013", LINES),
    "a wrapper": ('{"train": [' + ", ".join(TEXTS) + "]}", "J013", LINES),
    "a list with a row a line": ("[\n" + ",\n".join(TEXTS) + "\n]\n", "J015", LINES),
    "commas": ("".join(f"{text},\n" for text in TEXTS), "J015", LINES),
    "Python": ("".join(f"{row!r}\n" for row in PAIRS), "J014", LINES),
    "no comma": (LINES.replace('", "completion": "L', '" "completion": "L'), "J016", LINES),
    "a table": (table(), "J017", OF_TABLE),
    "cells": (QUOTED, "J017", COMPACT),
    "columns": (
        json.dumps({k: [r[k] for r in PAIRS] for k in PAIRS[0]}, ensure_ascii=False),
        "J013",
        COMPACT,
    ),
}


def file(folder: Path, raw: str | bytes, name: str = "t.jsonl") -> Path:
    path = folder / name
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return path


def mend(path: Path, **settings: Any) -> tuple[fixes.Fixed, bytes | None]:
    out = path.with_name(f"mended-{path.name}")
    made = fixes.fix(path, out, context=Context(near_duplicates=False, **settings))
    return made, out.read_bytes() if out.exists() else None


@pytest.mark.parametrize(("raw", "code", "wanted"), CAUSES.values(), ids=list(CAUSES))
def test_each_cause_is_mended_and_a_second_fix_does_nothing(
    tmp_path: Path, raw: str, code: str, wanted: str
) -> None:
    path = file(tmp_path, raw)
    made, written = mend(path)
    assert written is not None
    assert written.decode() == wanted
    assert (made.mended[code], made.left) == (1, {})
    assert path.read_bytes() == raw.encode()
    assert [f for f in checker.check([made.out or path]) if f.severity == "error"] == []
    assert mend(made.out or path)[1] is None


@pytest.mark.parametrize(("raw", "code", "wanted"), CAUSES.values(), ids=list(CAUSES))
def test_utf_16_and_what_it_says_are_mended_at_once(
    tmp_path: Path, raw: str, code: str, wanted: str
) -> None:
    made, written = mend(file(tmp_path, raw.encode("utf-16")))
    assert written is not None
    assert written.decode() == wanted
    assert made.mended.keys() >= {"J002", code}


def test_utf_16_alone_becomes_the_same_lines_in_utf_8(tmp_path: Path) -> None:
    for encoding in ("utf-16", "utf-16-be"):
        raw = ("\ufeff" if encoding.endswith("be") else "") + LINES
        _, written = mend(file(tmp_path, raw.encode(encoding)))
        assert written == LINES.encode()
        (tmp_path / "mended-t.jsonl").unlink()


def test_a_compressed_file_stays_compressed(tmp_path: Path) -> None:
    raw = json.dumps(PAIRS, indent=1, ensure_ascii=False).encode()
    _, written = mend(file(tmp_path, gzip.compress(raw), "t.jsonl.gz"))
    assert written is not None
    assert gzip.decompress(written).decode() == LINES


def test_values_stay_as_they_were_written(tmp_path: Path) -> None:
    raw = (
        '{\n  "prompt": "\\u00e9 \\/ tab\\t",\n  "completion": "a,\\n b",\n'
        '  "n": [\n    1e5,\n    -0.0,\n    12345678901234567890\n  ]\n}\n'
    )
    _, written = mend(file(tmp_path, raw + '{"prompt": "a", "completion": "b"}'))
    assert written is not None
    assert written.decode().splitlines()[0] == (
        '{"prompt": "\\u00e9 \\/ tab\\t", "completion": "a,\\n b", '
        '"n": [1e5, -0.0, 12345678901234567890]}'
    )


def test_lines_that_no_cause_explains_stay_byte_for_byte(tmp_path: Path) -> None:
    odd = '{"prompt": "Mood?", "completion": NaN},  \r\n{"prompt": \n{"a": 1}\r\n'
    _, written = mend(file(tmp_path, f"{TEXTS[0]},\n" + odd))
    assert written is not None
    assert written.decode() == f"{TEXTS[0]}\n" + odd.replace("},  \r\n", "}\r\n")


def test_fixes_of_lines_follow_those_of_the_whole_file(tmp_path: Path) -> None:
    rows = [
        {
            "messages": [
                {"role": "user", "content": f"Question {n}?"},
                {"role": "assistant", "content": f"Answer {n}.", "weight": 1.0},
            ]
        }
        for n in range(3)
    ]
    made, written = mend(file(tmp_path, "\n".join(json.dumps(r, indent=2) for r in rows)))
    assert written is not None
    assert [json.loads(line)["messages"][1]["weight"] for line in written.splitlines()] == [1] * 3
    assert b'"weight": 1}' in written
    assert made.mended == {"J013": 1, "C010": 3}


def test_a_document_with_a_row_that_cannot_be_read_is_left_as_it_is(tmp_path: Path) -> None:
    rows = [json.dumps(row, indent=2) for row in PAIRS]
    rows[1] = rows[1].replace('"Lima"', '"Li\nma"')
    made, written = mend(file(tmp_path, "\n".join(rows)))
    assert written is None
    assert made.left == {"J013": 1}
    assert made.after.rules["J001"] == 1


def test_only_the_rules_that_are_selected_are_mended(tmp_path: Path) -> None:
    raw = "".join(f"{text},\n" for text in TEXTS).encode("utf-16")
    _, written = mend(file(tmp_path, raw), selection=Selection(["J002"]))
    assert written == "".join(f"{text},\n" for text in TEXTS).encode()
    (tmp_path / "mended-t.jsonl").unlink()
    assert mend(file(tmp_path, raw), selection=Selection(["J015"]))[1] is None


def test_a_byte_order_mark_is_another_rules(tmp_path: Path) -> None:
    raw = "\ufeff" + json.dumps(PAIRS, ensure_ascii=False, indent=2)
    _, written = mend(file(tmp_path, raw), selection=Selection(["J013"]))
    assert written == ("\ufeff" + LINES).encode()
    (tmp_path / "mended-t.jsonl").unlink()
    assert mend(file(tmp_path, raw))[1] == LINES.encode()


@pytest.mark.parametrize(("raw", "code", "wanted"), CAUSES.values(), ids=list(CAUSES))
def test_patch_makes_the_mended_file_of_the_diff(
    tmp_path: Path, raw: str, code: str, wanted: str
) -> None:
    path = file(tmp_path, raw)
    stream = io.StringIO()
    fixes.preview(path, stream, context=Context(near_duplicates=False))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.jsonl"]
    if code == "J013" and "\r{" in raw:
        return  # a terminal would obey the CRs, which are shown as U+FFFD
    diff = stream.getvalue().encode()
    subprocess.run(["patch", "--binary", "--quiet", str(path)], input=diff, check=True)
    assert path.read_text("utf-8") == wanted


def test_a_workbook_under_the_name_of_jsonl_has_no_fix(tmp_path: Path) -> None:
    made, written = mend(file(tmp_path, b"PK\x03\x04 xl/workbook.xml"))
    assert written is None
    assert made.left == {"J017": 1}
