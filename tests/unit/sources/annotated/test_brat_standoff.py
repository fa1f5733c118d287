"""The lines of brat's `.ann` files, against texts that shift offsets."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.annotation.marked_text import MarkedText, SpanMark, SpanRelation, SpanValue
from dataprep.sources.annotated.brat import BratDocument, parse
from dataprep.sources.annotated.problem import LineProblem
from tests.building import texts


def spans(document: BratDocument) -> list[tuple[int, int, str]]:
    assert document.problems == []
    return [(s.start, s.end, s.label) for s in document.marked.spans]


def problems(text: str, *lines: str) -> list[tuple[int, str, str]]:
    return [(p.line, p.code, p.message) for p in parse(text, "\n".join(lines)).problems]


def test_each_kind_of_line_is_read() -> None:
    ann = (
        "T1\tPER 0 3\tAnn\n"
        "T2\tORG 13 17\tACME\n"
        "R1\tWorksFor Arg1:T1 Arg2:T2\t\n"
        "A1\tNegated T1\n"
        "M1\tOld T2\n"
        "A2\tSure T1 High\n"
        "N1\tReference T1 Wiki:Q1\tAnn Smith\n"
        "N2\tReference Annotation:T2 Referent:Wiki:Q2\tACME\n"
        "*\tEquiv T1 T2\n"
        "#1\tAnnotatorNotes T1\tnot sure\n"
    )
    assert parse("Ann works at ACME", ann).marked == MarkedText(
        "Ann works at ACME",
        (
            SpanMark(0, 3, "PER", "T1", "label", "not sure"),
            SpanMark(13, 17, "ORG", "T2"),
        ),
        (
            SpanValue("T1", "Negated", ("true",)),
            SpanValue("T2", "Old", ("true",)),
            SpanValue("T1", "Sure", ("High",)),
            SpanValue("T1", "Reference", ("Wiki:Q1",), free=True),
            SpanValue("T2", "Reference", ("Wiki:Q2",), free=True),
        ),
        (SpanRelation("T1", "T2", "WorksFor"), SpanRelation("T1", "T2", "Equiv", True)),
    )


def test_offsets_count_code_points_after_crlf_became_lf() -> None:
    read = parse("👨🏻‍🚒 Ann\r\nlives", "T1\tVERB 9 14\tlives\r\n")
    assert spans(read) == [(9, 14, "VERB")]
    assert read.marked.text == "👨🏻‍🚒 Ann\nlives"


def test_a_span_that_the_browser_counted_in_utf_16_is_read_by_its_quote() -> None:
    read = parse("😀 Ann left", "T1\tPER 3 6\tAnn")
    assert (spans(read), read.in_utf16) == ([(2, 5, "PER")], 1)


def test_a_discontinuous_span_counted_in_utf_16_is_read_by_its_quote() -> None:
    read = parse("😀 North and South Korea", "T1\tLOC 3 8;19 24\tNorth Korea")
    assert (spans(read), read.in_utf16) == ([(2, 7, "LOC"), (18, 23, "LOC")], 1)


def test_the_pieces_of_a_discontinuous_span_are_joined_by_a_relation() -> None:
    ann = "T1\tLOC 0 5;16 21\tNorth Korea\nR1\tIn Arg1:T2 Arg2:T1\nT2\tLOC 10 21\tSouth Korea"
    read = parse("North and South Korea", ann)
    assert read.marked.spans == (
        SpanMark(0, 5, "LOC", "T1"),
        SpanMark(10, 21, "LOC", "T2"),
        SpanMark(16, 21, "LOC", "T1.2"),
    )
    assert read.marked.relations == (
        SpanRelation("T1", "T1.2", "continued_in"),
        SpanRelation("T2", "T1", "In"),
    )
    assert read.discontinuous == 1


def test_a_span_that_brat_divided_at_a_line_end_is_one() -> None:
    read = parse("in New\r\nYork now", "T1\tLOC 3 6;7 11\tNew York")
    assert (spans(read), read.joined, read.discontinuous) == ([(3, 11, "LOC")], 1, 0)


def test_until_brat_1_3_nothing_stood_between_the_pieces_of_a_quote() -> None:
    read = parse("North and South Korea", "T1\tLOC 0 5;16 21\tNorthKorea")
    assert spans(read) == [(0, 5, "LOC"), (16, 21, "LOC")]


def test_events_and_what_hangs_on_them_are_counted() -> None:
    ann = (
        "T1\tMove 4 8\tleft\n"
        "T2\tPER 0 3\tAnn\n"
        "E1\tMove:T1 Who:T2\n"
        "A1\tNegated E1\n"
        "#1\tAnnotatorNotes E1\twhy\n"
        "R1\tBefore Arg1:E1 Arg2:T2\n"
        "?1\tsomething else\n"
    )
    read = parse("Ann left", ann)
    assert spans(read) == [(0, 3, "PER"), (4, 8, "Move")]
    assert read.left_out == Counter(
        {
            "events": 1,
            "attributes of events": 1,
            "notes on events": 1,
            "relations of events": 1,
            "lines of an unknown kind": 1,
        }
    )


def test_a_span_past_the_end_is_named_with_its_line() -> None:
    assert problems("Ann", "T1\tPER 0 3\tAnn", "T2\tPER 10 13\tBob") == [
        (2, "A002", "T2 runs from 10 to 13, in a text of 3 characters")
    ]


def test_a_span_that_is_not_its_quote_is_named_with_both() -> None:
    assert problems("Ann left", "T1\tPER 1 4\tAnn") == [
        (1, "A003", "T1 quotes 'Ann', but at 1-4 code points give 'nn '")
    ]


def test_lines_that_name_nothing_or_are_broken_are_named() -> None:
    lines = ["T1\tPER 0 3\tAnn", "A1\tNeg T9", "R1\tIn Arg1:T1", "T2 PER 0 3", "T1\tPER 0 3\tAnn"]
    assert problems("Ann left", *lines) == [
        (2, "A013", "names T9, which the file does not have"),
        (3, "S001", "is no line of brat: 'R1�In Arg1:T1'"),
        (4, "S001", "is no span of brat: 'T2 PER 0 3'"),
        (5, "A013", "the id T1 stands twice in the file"),
    ]


def test_a_byte_order_mark_counts_where_the_quotes_say_so() -> None:
    marked = "\ufeffAnn left"
    assert spans(parse(marked, "T1\tPER 0 3\tAnn")) == [(0, 3, "PER")]
    assert spans(parse(marked, "T1\tPER 1 4\tAnn")) == [(0, 3, "PER")]


def test_an_empty_ann_marks_nothing() -> None:
    assert parse("Ann", "") == BratDocument(MarkedText("Ann"))
    assert (
        LineProblem(0, "A003", "x").finding("a.ann", more=2).message == "x; 2 more in this document"
    )


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, str, list[tuple[int, int, str]]]:
    """A text as it stands in a file, the lines of its `.ann`, and the spans that they mean."""
    written = draw(texts)
    text = written.replace("\r\n", "\n").replace("\r", "\n")
    marks: list[tuple[int, int, str]] = []
    lines = []
    for number in range(draw(st.integers(0, 4))):
        label = draw(st.sampled_from(["PER", "ORG", "B-cell", "a/b"]))
        borders = draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6, unique=True))
        borders = sorted(borders)[: len(borders) // 2 * 2]
        pieces = [
            (start, end)
            for start, end in zip(borders[::2], borders[1::2], strict=True)
            if "\n" not in text[start:end]
        ]
        if not pieces:
            continue
        places = ";".join(f"{start} {end}" for start, end in pieces)
        quote = " ".join(text[start:end] for start, end in pieces)
        lines.append(f"T{number}\t{label} {places}\t{quote}")
        whole = pieces[:1]
        for start, end in pieces[1:]:
            if text[whole[-1][1] : start].strip():
                whole.append((start, end))
            else:
                whole[-1] = whole[-1][0], end
        marks += [(start, end, label) for start, end in whole]
    return written, "\n".join(lines), sorted(marks)


@settings(max_examples=500, deadline=None)
@given(documents())
def test_generated_documents_give_the_spans_that_they_were_made_of(
    document: tuple[str, str, list[tuple[int, int, str]]],
) -> None:
    text, ann, marks = document
    if text.startswith("\ufeff"):
        return
    assert sorted(spans(parse(text, ann))) == marks
