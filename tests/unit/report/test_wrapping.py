"""Lines are wrapped between words and on a terminal alone; a path or a command stays whole."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dataprep import report
from dataprep.report.terminal import rule, wrapped

PATH = "/data/of-the-project/a-folder-with-a-long-name/and-another-one/train.jsonl"


def shown(text: str | Text | Table, *, terminal: bool, monkeypatch: pytest.MonkeyPatch) -> str:
    """What stands on a screen of forty columns, or in a pipe."""
    monkeypatch.setenv("COLUMNS", "40")
    stream = io.StringIO()
    stream.isatty = lambda: terminal  # type: ignore[method-assign]
    monkeypatch.setenv("TERM", "xterm")
    screen: Console = report.console(stream)
    screen.no_color = True
    screen.print(text)
    return stream.getvalue()


def test_nothing_is_wrapped_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    words = "It says more than forty columns can hold, and stays on one line for grep and for diff."
    assert shown(words, terminal=False, monkeypatch=monkeypatch) == f"{words}\n"
    table = Table("file", box=None, pad_edge=False, show_header=False)
    table.add_row(f"{words} {PATH}")
    assert shown(table, terminal=False, monkeypatch=monkeypatch) == f"{words} {PATH}\n"


def test_a_path_stays_whole_on_a_terminal_that_is_narrower(monkeypatch: pytest.MonkeyPatch) -> None:
    said = shown(f"It was written to {PATH} and is whole.", terminal=True, monkeypatch=monkeypatch)
    assert said == f"It was written to\n{PATH}\nand is whole.\n"


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        (
            "Four errors in 20 rows. See: dataprep explain C003",
            ["Four errors in 20 rows. See:", "dataprep explain C003"],
        ),
        (
            "Made. Next: dataprep convert --recipe a-recipe.yaml -o out/",
            ["Made. Next:", "dataprep convert --recipe a-recipe.yaml -o out/"],
        ),
        (
            "Write user here; dataprep convert does, and so does dataprep check --fix. Or wait.",
            [
                "Write user here; dataprep convert does,",
                "and so does dataprep check --fix. Or",
                "wait.",
            ],
        ),
        (
            "There is none. Make one: dataprep convert ... -o FOLDER",
            ["There is none. Make one:", "dataprep convert ... -o FOLDER"],
        ),
    ],
)
def test_a_command_stays_whole_on_a_terminal(
    said: str, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shown(said, terminal=True, monkeypatch=monkeypatch).splitlines() == lines


def test_a_sentence_is_wrapped_whatever_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error is a sentence; a text whose line is left to the terminal is data."""
    words = "It says more than forty columns can hold: see what stands there."
    stream = io.StringIO()
    stream.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setenv("COLUMNS", "40")
    screen = report.console(stream)
    screen.print(words, soft_wrap=True)
    screen.print(Text(words), soft_wrap=True)
    first, second, whole = stream.getvalue().splitlines()
    assert (first, second) == (
        "It says more than forty columns can",
        "hold: see what stands there.",
    )
    assert whole == words


def test_words_of_two_columns_each_are_counted_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [line.plain for line in wrapped(Text("横断 歩道 ab"), 9)] == ["横断 歩道", "ab"]
    assert [line.plain for line in wrapped(Text("a\n\n  b c"), 3)] == ["a", "", "  b", "c"]


def test_a_style_goes_on_over_the_break() -> None:
    first, second = wrapped(Text("one two", "bold"), 4)
    assert (first.plain, second.plain, second.style) == ("one", "two", "bold")


@pytest.mark.parametrize(("encoding", "dash"), [("utf-8", "─"), ("ascii", "-"), ("cp1252", "-")])
def test_a_rule_never_cuts_its_head(encoding: str, dash: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    screen = report.console(stream)
    rule(screen, "short")
    rule(screen, f"{PATH}:1 pairs")
    stream.flush()
    assert raw.getvalue().decode(encoding) == f"short {dash * 74}\n{PATH}:1 pairs\n"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_json_stays_json_where_the_stream_lacks_a_character(encoding: str) -> None:
    value = {"a": 'ü 横 👍 "quoted" \\ back'}
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors="backslashreplace")
    report.write(json.dumps(value, ensure_ascii=False), stream)
    stream.flush()
    assert json.loads(raw.getvalue().decode(encoding)) == value
