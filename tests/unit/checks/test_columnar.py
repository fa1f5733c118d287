"""Lines that are settled together are judged as they would be one by one."""

import json
import random
import re
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from dataprep import scan, sources
from dataprep.checks import Context, RowJudge, Selection, check_splits
from dataprep.checks.columnar import LETTERS, Columnar
from dataprep.checks.per_row.chat import UNSAID
from dataprep.finding import Finding
from dataprep.formats import FORMATS, Plain
from dataprep.recipe import Source
from dataprep.scan import build, library
from dataprep.sources.lines import Lines
from tests.unit.checks.rows import assistant, chat, pair, user

ROWS_C = (build.HERE / "source" / "rows.c").read_text()
CHAT = [
    chat(user("Capital of Peru?"), assistant("Lima")),
    chat({"role": "system", "content": "Be brief."}, user("Hi, \u201cyou\u201d"), assistant("Ho")),
    chat(user('Say "yes".\n\tNow'), assistant('"yes"'), user("Café 😀?"), assistant("Sí, señor")),
    chat(user("Rain?"), assistant("Hm", weight=0), user("Well?"), assistant("No.", weight=1)),
    chat(user("a"), assistant("b"), tools=[{"type": "function", "function": {"name": "f"}}]),
]
PAIRS = [pair("2 + 2?", "4"), pair(' Say "hi"\n', "hi \u2028"), pair("Café?", "Sí 😀")]
SNIPPETS = [
    *(b"\\ud800", b"\\ud83d\\ude00", b"\\u0022", b"\\u001e", b"\\u0041", b"\\\\", b"\\n", b"\\/"),
    *(
        b'"',
        b'"content": "x", ',
        b'"role": "user", ',
        b'{"prompt": "a", "prompt": "b"}',
        b"{}",
        b"NaN",
    ),
    *(
        b"1e999",
        b"\xff",
        b"\xc3\xa9",
        b"\xc3\x83\xc2\xa9",
        b"\x00",
        b"\x1e",
        b"[" * 70,
        b",",
        b"",
        b"  ",
    ),
    *(
        b"assistant",
        b"system",
        b"developer",
        b"tool",
        b"\xef\xbf\xbd",
        b"\xe2\x80\x8b",
        b"\xe2\x80\xa8",
    ),
    *(
        b"bob@example.org ",
        b"AKIA" + b"IOSFODNN7EXAMPLQ ",
        b"password: hunter2xyz9",
        b"4111 1111 1111 1111",
    ),
    *(
        b"As an AI language model, I cannot help",
        b"<div>",
        b"&nbsp;",
        b"{{name}}",
        b"<|im_start|>",
        b"\r",
    ),
]


def columnar(context: Context) -> Columnar:
    """What settles the lines of a chat file."""
    return Columnar(FORMATS["openai-chat"], context, RowJudge(context))


def mutated(rows: list[Any], number: int, seed: int) -> list[bytes]:
    dice = random.Random(seed)  # noqa: S311
    plain = [
        json.dumps(row, ensure_ascii=dice.random() < 0.3).encode() for row in rows for _ in "ab"
    ]
    lines = []
    for count in range(number):
        raw = bytearray(dice.choice(plain))
        if count % 3:
            for _ in range(dice.randint(1, 2)):
                at = dice.randrange(len(raw))
                piece = dice.choice([*SNIPPETS, bytes([dice.randrange(256)])])
                raw[at : at + dice.choice((0, 0, 1, 4))] = piece
        lines.append(bytes(raw).replace(b"\n", b" "))
    return lines


def both(path: Path, context: Context) -> tuple[list[Finding], list[Finding]]:
    """The findings of the lines together, and of the same read one by one."""
    (file,) = sources.files(Source(path=path.name), path.parent)
    apart = chain.from_iterable(
        item.rows() if isinstance(item, Lines) else [item] for item in sources.items(file)
    )
    together = list(check_splits({"f": sources.items(file)}, None, context))
    return together, list(check_splits({"f": apart}, None, context))


@pytest.mark.parametrize(("rows", "seed"), [(CHAT, 1), (PAIRS, 2)], ids=["chat", "pairs"])
def test_mutated_lines_give_the_same_findings_both_ways(
    tmp_path: Path, rows: list[Any], seed: int
) -> None:
    assert_alike(tmp_path / "f.jsonl", rows, 50_000, seed)


def assert_alike(path: Path, rows: list[Any], number: int, seed: int) -> None:
    """Mutated lines of some rows have the same findings together and one by one."""
    first = json.dumps(rows[0]).encode()
    path.write_bytes(b"\n".join([first, *mutated(rows, number, seed)]) + b"\n")
    together, one_by_one = both(path, Context(near_duplicates=False))
    assert together == one_by_one
    assert len({finding.code for finding in together}) > 15


@pytest.mark.skipif(not scan.available(), reason="the library is not compiled here")
@pytest.mark.parametrize(
    ("form", "rows", "seed"),
    [("openai-chat", CHAT, 3), ("prompt-completion", PAIRS, 4)],
    ids=["chat", "pairs"],
)
def test_the_compiled_reader_and_msgspec_make_the_same_rows_of_mutated_lines(
    form: str, rows: list[Any], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = mutated(rows, 8_000, seed)
    many = Columnar(FORMATS[form], Context(), RowJudge(Context()))
    quick, left = many.settle(lines, 1)
    monkeypatch.setenv(library.SWITCH, "off")
    plain, left_by_msgspec = many.settle(lines, 1)
    assert set(left_by_msgspec) <= set(left)
    assert len(left) < len(left_by_msgspec) + 20
    assert len(quick.lines) > 1_500
    of_both = dict(zip(plain.lines.tolist(), rows_of(plain), strict=True))
    assert rows_of(quick) == [of_both[line] for line in quick.lines.tolist()]


def rows_of(plain: Plain) -> list[tuple[str, str, str, list[str]]]:
    halves = (plain.asked.to_list(), plain.before.to_list(), plain.answers.to_list())
    return list(zip(*halves, plain.texts(), strict=True))


BLANK = [
    "\n",
    "\t",
    " \r\n",
    "\u0085",
    "\u00a0\n",
    "\u1680",
    "\u2003 ",
    "\u2028",
    "\u3000\u3000",
    " ",
]
UNSAID_TEXTS = ["nan", " [deleted] ", "\u00a0nan\n", "[removed]", "<nooutput>"]


@pytest.mark.parametrize("text", [*UNSAID_TEXTS, *BLANK])
def test_a_text_that_stands_for_none_is_left(text: str) -> None:
    for row in (chat(user("Rain?"), assistant(text)), chat(user(text), assistant("No."))):
        for spelled in (json.dumps(row), json.dumps(row, ensure_ascii=False)):
            assert columnar(Context()).settle([spelled.encode()], 1).left == [0]
    assert set(re.findall(r'KEY\("(.*?)"\)', ROWS_C.split("UNSAID[]")[1].split("};")[0])) == UNSAID


def test_the_roles_of_the_compiled_reader_are_those_of_a_plain_message() -> None:
    table = ROWS_C.split("ROLES[]")[1].split("};")[0]
    assert set(re.findall(r'KEY\("(.*?)"\)', table)) == set(LETTERS.values())
    assert len(LETTERS) == 6


@pytest.mark.parametrize("text", ['a "b"', "a\\b", "\u00e9", "x" * 300, "\x1e", "\u2028"])
def test_a_row_told_in_another_spelling_is_a_copy_of_the_first(tmp_path: Path, text: str) -> None:
    row = chat(user(text), assistant(f"re: {text}"))
    path = tmp_path / "f.jsonl"
    spellings = [
        json.dumps(row),
        json.dumps(row, ensure_ascii=False),
        json.dumps(row, separators=(",", ":")),
        json.dumps(chat(user(text), {"content": f"re: {text}", "role": "assistant"})),
        json.dumps(chat(user(text), assistant(f"re: {text}", weight=1))),
    ]
    path.write_text("\n".join(spellings), "utf-8")
    together, one_by_one = both(path, Context(selection=Selection(["D"]), near_duplicates=False))
    assert [f.place.line for f in together if f.code == "D001"] == [2, 3, 4, 5]
    assert together == one_by_one


def test_a_near_copy_is_told_at_the_later_line_whatever_way_it_was_read(tmp_path: Path) -> None:
    told = " ".join(f"word{n}" for n in range(60))
    rows = [chat(user(f"Town {n}?"), assistant(f"{n} " * 40)) for n in range(1_500)]
    rows[1] = chat(user("Tell it."), assistant(f"{told} once"), id="a")
    rows[3] = chat(user("Tell it all."), assistant(f"{told} twice"))
    path = tmp_path / "f.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    together, one_by_one = both(path, Context(selection=Selection(["D004"])))
    assert [str(finding) for finding in together] == [str(finding) for finding in one_by_one]
    (near,) = [finding for finding in together if (finding.place.line or 0) < 10]
    assert near.place.line == 4
    assert "line 2" in near.message


def test_most_plain_rows_are_settled_and_others_left() -> None:
    context = Context()
    lines = [json.dumps(row, ensure_ascii=False).encode() for row in CHAT]
    plain, left = columnar(context).settle(lines, 10)
    assert (plain.lines.tolist(), left) == ([10, 11, 12], [3, 4])
    assert plain.answers.to_list() == ["Lima", "Ho", "Sí, señor"]
    assert plain.asked[0] == "user\x1eCapital of Peru?"


@pytest.mark.parametrize(
    "raw",
    [
        b'{"messages": [{"role": "user", "role": "user", "content": "a"}, '
        b'{"role": "assistant", "content": "b"}]}',
        b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], '
        b'"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}',
        b'{"messages": [{"role": "user", "content": "\\u0022\\u0022\\u0022\\u0022", '
        b'"content": "a"}, {"role": "assistant", "content": "b"}]}',
        b'{"messages": [{"role": "user", "content": "\xff"}, '
        b'{"role": "assistant", "content": "b"}]}',
        b'{"messages": []}',
        b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": " "}]}',
    ],
)
def test_what_is_in_doubt_is_left(raw: bytes) -> None:
    assert columnar(Context()).settle([raw], 1).left == [0]


def test_a_row_over_the_limit_is_left() -> None:
    row = json.dumps(chat(user("x" * 500), assistant("y"))).encode()
    short = columnar(Context(token_limit=400))
    assert short.settle([row], 1).left == [0]
    assert columnar(Context(token_limit=600)).settle([row], 1).left == []
