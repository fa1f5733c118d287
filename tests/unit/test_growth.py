"""Inputs that once grew faster than their size: each at three sizes, and the largest in time."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import polars as pl
import pytest

from dataprep.cli import run
from dataprep.example import Record
from dataprep.finding import Finding
from dataprep.sources import label_studio, memory_map, tables
from dataprep.sources.label_studio_columns import Column, Columns, _numbered

GROWTH = 8.0
"""Times that four times the input may take: 4 is linear, 16 is the square."""

SOON = 1.0
"""Seconds of processor time within which growth does not matter."""

Row = dict[str, Any]


Checked = tuple[float, int, str]
"""Seconds of processor time, the exit code, and what was printed."""


@pytest.fixture
def check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], Checked]:
    """Checks a file of the folder in which the test stands."""
    monkeypatch.chdir(tmp_path)

    def checked(name: str) -> Checked:
        start = process_time()
        code = run(["check", name])
        taken = process_time() - start
        printed = capsys.readouterr()
        return taken, code, printed.out + printed.err

    return checked


def emails_and_empty_answers(count: int) -> Row:
    turns: list[Row] = []
    for number in range(count):
        asked = f"mail me at joe{number}@corp{number}.com"
        turns += [{"role": "user", "content": asked}, {"role": "assistant", "content": ""}]
    return {"messages": turns}


def turns(count: int) -> Row:
    roles = ("user", "assistant")
    said = [{"role": roles[n % 2], "content": f"say {n}"} for n in range(2 * count)]
    return {"messages": said}


def instructions(count: int) -> Row:
    told = [{"role": "system", "content": f"say {n}"} for n in range(count)]
    said = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    return {"messages": [*told, *said]}


def pictures(count: int) -> Row:
    urls = [{"type": "image_url", "image_url": {"url": f"https://a.b/{n}"}} for n in range(count)]
    said = [{"role": "user", "content": urls}, {"role": "assistant", "content": "b"}]
    return {"messages": said}


def tools(count: int) -> Row:
    schema: Row = {"type": "object", "properties": {}}
    given = [
        {"type": "function", "function": {"name": f"f{n}", "parameters": schema}}
        for n in range(count)
    ]
    return {**instructions(1), "tools": given}


def calls(count: int) -> Row:
    made = [
        {"id": f"c{n}", "type": "function", "function": {"name": "f", "arguments": '{"a": "x"}'}}
        for n in range(count)
    ]
    results = [{"role": "tool", "tool_call_id": f"c{n}", "content": "ok"} for n in range(count)]
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    return {
        "tools": [{"type": "function", "function": {"name": "f", "parameters": schema}}],
        "messages": [
            {"role": "user", "content": "q"},
            {"role": "assistant", "tool_calls": made},
            *results,
            {"role": "assistant", "content": "done"},
        ],
    }


def keys(count: int) -> Row:
    return {"prompt": "a b", "completion": "c d", **{f"k{n}": n for n in range(count)}}


def words(count: int) -> Row:
    return {"prompt": "word " * count, "completion": "c d"}


def marks(count: int) -> Row:
    said = ["<tool_call>", "[INST]", "{{", "<code>", "\u200b", "a\n"]
    return {"prompt": "".join(mark * count for mark in said), "completion": "b"}


@pytest.mark.parametrize(
    ("row", "size"),
    [
        (emails_and_empty_answers, 500),
        (turns, 1_000),
        (instructions, 6_000),
        (pictures, 1_000),
        (tools, 500),
        (calls, 500),
        (keys, 2_000),
        (words, 50_000),
        (marks, 1_000),
    ],
)
def test_the_time_to_check_one_row_grows_with_its_size(
    row: Callable[[int], Row], size: int, check: Callable[[str], Checked]
) -> None:
    times = []
    for count in (10, size, 2 * size, 4 * size):  # the first may import
        Path("a.jsonl").write_text(json.dumps(row(count)) + "\n")
        times.append(check("a.jsonl")[0])  # once: a second time much would be remembered
    assert times[3] < max(GROWTH * times[1], SOON), times


HUGE = "word " * 20_000_000
SMALL = {"prompt": "a b", "completion": "c d"}


def jsonl(path: Path, row: Row) -> None:
    path.write_text(json.dumps(SMALL) + "\n" + json.dumps(row) + "\n")


def json_list(path: Path, row: Row) -> None:
    path.write_text(json.dumps([SMALL, row]))


def csv(path: Path, row: Row) -> None:
    path.write_text("prompt,completion\na b,c d\n" + ",".join(map(str, row.values())) + "\n")


def parquet(path: Path, row: Row) -> None:
    pl.DataFrame([SMALL, row]).write_parquet(path)


@pytest.mark.parametrize(
    ("name", "write", "code", "words"),
    [
        ("a.jsonl", jsonl, 1, "a.jsonl:2: J012 is 100,000,035 bytes long, more than 33,554,432."),
        ("a.json", json_list, 1, "J012 [1]: is 100,000,035 bytes long, more than 33,554,432."),
        ("a.csv", csv, 1, "a.csv:3: J012 is 100,000,005 bytes long, more than 33,554,432."),
        ("a.parquet", parquet, 1, "a.parquet:2: J012 is 100,000,032 bytes long"),
    ],
)
def test_a_row_of_100_megabytes_is_refused_in_words(
    name: str,
    write: Callable[[Path, Row], None],
    code: int,
    words: str,
    check: Callable[[str], Checked],
) -> None:
    write(Path(name), {"prompt": HUGE, "completion": "b c"})
    taken, ended, printed = check(name)
    assert taken < 20
    assert (ended, words in printed) == (code, True)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (
            "k.jsonl",
            '{"prompt":"a","completion":"b",' + ",".join(f'"k{n}":1' for n in range(50_000)) + "}",
            "k.jsonl:1: J012 has 50,002 keys, more than 10,000.",
        ),
        (
            "k.csv",
            ",".join(f"k{n}" for n in range(50_000)) + "\n",
            "k.csv:1: the header has 50,000 columns, more than 10,000.",
        ),
        (
            "v.jsonl",
            '{"prompt":"a","completion":"b","x":[' + "1," * 600_000 + "1]}",
            "v.jsonl:1: J012 holds more than 500,000 values.",
        ),
        ("deep.jsonl", "[" * 100_000, "deep.jsonl:1:65: J008 nests deeper than 64 levels"),
    ],
)
def test_a_row_of_too_many_keys_or_levels_is_refused_in_words(
    name: str, text: str, words: str, check: Callable[[str], Checked]
) -> None:
    Path(name).write_text(text)
    taken, _, printed = check(name)
    assert taken < 5
    assert words in printed


def test_a_task_of_100_megabytes_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"id": n, "data": {"text": t}} for n, t in ((1, HUGE), (2, "a"))]))
    start = process_time()
    first, second = label_studio.read(path, "a.json")
    assert process_time() - start < 20
    assert isinstance(first, Finding)
    assert first.message == "is 100,000,031 bytes long, more than 67,108,864"
    assert isinstance(second, Record)


def test_a_row_of_fifty_megabytes_of_pictures_is_judged(
    check: Callable[[str], Checked],
) -> None:
    picture = base64.b64encode(b"\xff\xd8\xff\xe0" + b"pixels" * 1_250_000).decode()
    parts = [{"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{picture}"}}] * 5
    asked = [{"type": "text", "text": "What is it?"}, *parts]
    row = {"messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": "A"}]}
    Path("a.jsonl").write_text(json.dumps(row) + "\n")
    taken, code, printed = check("a.jsonl")
    assert (code, "No findings in 1 row." in printed) == (0, True)
    assert taken < 10


def test_a_text_that_is_only_called_a_picture_is_searched_for_secrets(
    check: Callable[[str], Checked],
) -> None:
    key = "AKIA" + "Q4WZ7XN2PLM5RTYB"
    url = "data:image/jpeg;base64," + "A" * 2_000 + f" {key} "
    asked = [{"type": "image_url", "image_url": {"url": url}}]
    row = {"messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": "A"}]}
    Path("a.jsonl").write_text(json.dumps(row) + "\n")
    assert "P001" in check("a.jsonl")[2]


def test_the_rows_beside_a_line_that_is_too_long_are_read(
    check: Callable[[str], Checked], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MAX_TEXT", 100)
    Path("a.csv").write_text("prompt,completion\na,b\n" + "x" * 500 + ",y\nc,\n")
    _, code, printed = check("a.csv")
    assert code == 1
    assert "a.csv:3: J012 is 503 bytes long" in printed
    assert "a.csv:4: C003 completion is empty" in printed


def test_a_name_of_many_indices_is_looked_for_in_time_that_grows_with_the_key() -> None:
    name = "".join(f"{{{{i{n}}}}}" for n in range(8))
    columns = Columns({}, "", repeated=((_numbered(f"{name}x"), Column("a", "Choices")),))
    start = process_time()
    assert columns.control("1" * 5_000 + "y") is None
    assert columns.control("1" * 5_000 + "x") == Column("1" * 5_000 + "x", "Choices")
    assert process_time() - start < SOON


def test_a_gzip_stream_that_unpacks_to_far_more_than_its_size_is_refused_in_words(
    check: Callable[[str], Checked], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_map, "UNPACKED", 1_000_000)
    Path("zeros.jsonl.gz").write_bytes(gzip.compress(b"\0" * 20_000_000))
    _, code, printed = check("zeros.jsonl.gz")
    assert code == 2
    assert "zeros.jsonl.gz has 19,4" in printed
    assert "bytes, and unpacks to more than 3,89" in printed
