"""Findings as text: few and many, on a terminal and in a pipe, with hostile data."""

import io
import re

import pytest
from rich.console import Console

from dataprep.finding import Finding, Place, Severity
from dataprep.report import Counts, console, finding_line, findings_text, print_counts
from dataprep.rules import found

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def pipe(findings: list[Finding], rows: int | None = None) -> str:
    stream = io.StringIO()
    findings_text(findings, console(stream), rows=rows)
    return stream.getvalue()


def terminal(findings: list[Finding], width: int, *, colour: bool = True) -> str:
    stream = io.StringIO()
    shown = Console(
        file=stream,
        width=width,
        force_terminal=True,
        color_system="standard",
        no_color=not colour,
        highlight=False,
        markup=False,
    )
    findings_text(findings, shown)
    return stream.getvalue()


def empty(line: int, file: str = "train.jsonl") -> Finding:
    place = Place(file=file, line=line)
    return found("C003", "completion is empty", place, remedy="Fill it in.")


FEW = [
    found("D001", "is the same as line 3", Place(file="train.jsonl", line=19), remedy="Cut it."),
    empty(17),
    found("S001", "prompt is a number", Place(file="train.jsonl", line=4), remedy="Quote it."),
]
MANY = [empty(n) for n in range(1, 1241)] + FEW


def test_a_few_findings_stand_one_a_line_the_worst_first() -> None:
    assert pipe(FEW, rows=20) == (
        "train.jsonl:4: S001 prompt is a number. Quote it.\n"
        "train.jsonl:17: C003 completion is empty. Fill it in.\n"
        "train.jsonl:19: D001 is the same as line 3. Cut it.\n"
        "\n"
        "Why C003 matters: The model learns to say nothing.\n"
        "Why S001 matters: A missing key, an extra one or a wrong type fails the job, after the "
        "upload.\n"
        "Why D001 matters: A repeated example weighs twice, and is paid for twice.\n"
        "\n"
        "2 errors and 1 warning in 20 rows. What a code means: dataprep explain C003\n"
        "Fixable: 2 with --fix=all. See first: --fix=all --diff\n"
    )


def test_many_findings_are_grouped_by_rule_with_their_number() -> None:
    assert pipe(MANY).splitlines() == [
        "C003 empty-answer  1,241 errors",
        "  The model learns to say nothing.",
        "  Fill it in.",
        "  train.jsonl:1: completion is empty.",
        "  train.jsonl:2: completion is empty.",
        "  train.jsonl:3: completion is empty.",
        "  train.jsonl:4: completion is empty.",
        "  train.jsonl:5: completion is empty.",
        "  … and 1,236 more",
        "",
        "S001 does-not-match-the-format  1 error",
        "  A missing key, an extra one or a wrong type fails the job, after the upload.",
        "  Quote it.",
        "  train.jsonl:4: prompt is a number.",
        "",
        "D001 duplicate-example  1 warning",
        "  A repeated example weighs twice, and is paid for twice.",
        "  Cut it.",
        "  train.jsonl:19: is the same as line 3.",
        "",
        "findings  code  rule                       severity",
        "   1,241  C003  empty-answer               error   ",
        "       1  S001  does-not-match-the-format  error   ",
        "       1  D001  duplicate-example          warning ",
        "",
        "1,242 errors and 1 warning. What a code means: dataprep explain C003",
        "Fixable: 1,242 with --fix=all. See first: --fix=all --diff",
    ]


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (["J006"], "Fixable: 1 with --fix. See first: --fix --diff"),
        (["D001", "D001"], "Fixable: 2 with --fix=all. See first: --fix=all --diff"),
        (
            ["J006", "D001"],
            "Fixable: 1 with --fix, 2 with --fix=all. See first: --fix=all --diff",
        ),
    ],
)
def test_the_last_line_says_what_can_be_mended(codes: list[str], said: str) -> None:
    findings = [found(code, "stands here", Place(file="t.jsonl", line=1)) for code in codes]
    assert pipe(findings).splitlines()[-1] == said
    assert "Fixable" not in pipe([found("J001", "is cut", Place(file="t.jsonl", line=1))])


def test_the_path_in_the_row_is_said_where_the_message_does_not_say_it() -> None:
    place = Place(file="t.jsonl", line=2, path="messages[1].content")
    bare = found("C003", "is empty", place, remedy="Fill it in.")
    whole = found("C003", "messages[1] says nothing", place, remedy="Fill it in.")
    assert finding_line(bare) == "t.jsonl:2: C003 messages[1].content: is empty. Fill it in."
    assert finding_line(whole) == "t.jsonl:2: C003 messages[1] says nothing. Fill it in."


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("messages[1].content is empty", "[1]: messages[1].content is empty."),
        ("J003 (row [1], byte 7)", "J003 (row [1], byte 7)."),
        ("[1].messages[1].content is empty", "[1].messages[1].content is empty."),
    ],
)
def test_the_row_of_a_list_is_said_also_where_a_message_of_it_has_its_number(
    message: str, said: str
) -> None:
    place = Place(file="rows.json", line=1, path="[1].messages[1].content")
    line = finding_line(found("C003", message, place, remedy="Fill it."))
    assert line == f"rows.json:1: C003 {said} Fill it."


def test_no_finding_is_said_too() -> None:
    assert pipe([], rows=1) == "No findings in 1 row.\n"
    assert pipe([]) == "No findings.\n"


def test_a_pipe_gets_one_line_a_finding_however_long_and_no_colour() -> None:
    long = found("C003", "completion is empty", Place(file="a/" * 200 + "t.jsonl", line=1))
    shown = pipe([long, *FEW])
    assert sum(line.count("jsonl:") for line in shown.splitlines()) == 4
    assert len(shown.splitlines()) == 4 + 1 + 3 + 1 + 2
    assert "\x1b" not in shown


@pytest.mark.parametrize("width", [80, 120])
def test_a_terminal_gets_lines_that_fit(width: int) -> None:
    for findings in (FEW, MANY):
        lines = ESCAPE.sub("", terminal(findings, width)).splitlines()
        assert max(map(len, lines)) <= width


def test_colour_is_for_terminals_without_no_color() -> None:
    assert "\x1b[1;31mC003" in terminal(FEW, 80)
    assert "\x1b[1;33mD001" in terminal(FEW, 80)
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", terminal(FEW, 80, colour=False))


def test_no_color_in_the_environment_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    shown = pipe(FEW)
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", shown)


HOSTILE = [
    "\x1b[31mred",
    "\x1b]0;title\x07",
    "\x9b2J",
    "\r\n\n",
    "\u202eevil",
    "\ud800",
    "\x7f\x08",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_control_characters_from_data_are_never_printed(text: str) -> None:
    hostile = found("S001", f"has {text}", Place(file=f"{text}.jsonl", line=1), remedy=f"Do {text}")
    for many in (1, 60):
        raw = pipe([hostile] * many)
        assert not set(text) & (set(raw) - set("\n" + "red title2Jevil[]0;m13"))
        assert "\N{REPLACEMENT CHARACTER}" in raw
        coloured = ESCAPE.sub("", terminal([hostile] * many, 80))
        assert all(c.isprintable() or c == "\n" for c in coloured)


def test_markup_in_data_is_shown_as_it_stands() -> None:
    assert "[red]x[/red] :smile:" in pipe([found("S001", "[red]x[/red] :smile:", Place())])


def test_a_finding_is_one_line_of_plain_text() -> None:
    assert finding_line(empty(3)) == "train.jsonl:3: C003 completion is empty. Fill it in."


def test_counts_are_kept_in_bounded_memory() -> None:
    counts = Counts.of(empty(n) for n in range(10_000))
    assert counts.rules == {"C003": 10_000}
    assert len(counts.first["C003"]) == 50
    assert counts.total == 10_000


def test_counts_answer_what_fail_on_asks() -> None:
    counts = Counts.of(FEW)
    assert counts.at_least(Severity.ERROR) == 2
    assert counts.at_least(Severity.WARNING) == 3
    assert counts.at_least(Severity.INFO) == 3
    assert counts.worst_first() == ["C003", "S001", "D001"]


def test_no_fix_is_offered_where_none_can_be_made() -> None:
    stream = io.StringIO()
    print_counts(Counts.of(FEW), console(stream), fixable=False)
    assert "--fix" not in stream.getvalue()
    assert "--fix=all" in pipe(FEW)


def test_what_no_fix_can_mend_is_not_promised() -> None:
    place = Place(file="t.jsonl", line=1)
    mended = found("C113", "messages[2] does not say which call it answers", place)
    by_hand = found("C113", "messages[2] answers no call", place, by_hand=True)
    assert "Fixable: 1 with --fix." in pipe([mended, by_hand])
    assert "Fixable" not in pipe([by_hand])
