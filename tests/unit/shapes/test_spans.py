"""Labelled regions are written in three forms, of which each says where and what."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.annotation import Control, Result, decode_task, hypertext
from dataprep.shapes import spans
from dataprep.shapes.spans import Labelled
from tests.building import annotated, of_task, region, texts

ENTITIES = Control("label", "Labels", "text", ("PER", "ORG"))
TEXT = "Ada met Bob at Acme; they left."
ADA, BOB, ACME = Labelled(0, 3, "PER"), Labelled(8, 11, "PER"), Labelled(15, 19, "ORG")


def answer(
    text: str, *given: dict[str, Any], control: Control = ENTITIES
) -> tuple[set[Labelled], list[tuple[str, str]]]:
    task = decode_task(json.dumps(of_task(text, annotated(*given))).encode())
    (annotation,) = task.annotations or []
    found, problems = spans.answer(list(annotation.result or []), control, text)
    return set(found), [(code, said) for code, said in problems]


def test_every_label_of_a_region_is_a_span_of_its_own() -> None:
    assert answer(TEXT, region(0, 3, "PER", "ORG"), region(15, 19, "ORG")) == (
        {ADA, Labelled(0, 3, "ORG"), ACME},
        [],
    )


def test_the_same_region_twice_is_one_span() -> None:
    assert answer(TEXT, region(0, 3, "PER"), region(0, 3, "PER", quote="Ada")) == ({ADA}, [])


def test_a_region_without_labels_is_no_span() -> None:
    assert answer(TEXT, region(0, 3)) == (set(), [])
    bare = region(0, 3)
    del bare["value"]["labels"]
    assert answer(TEXT, bare) == (set(), [])


def test_hypertext_labels_are_read_too() -> None:
    hyper = region(0, 3)
    hyper["value"] = {"start": 0, "end": 3, "hypertextlabels": ["PER"]}
    assert answer(TEXT, hyper) == ({ADA}, [])


def test_a_label_that_the_config_does_not_have_is_named() -> None:
    assert answer(TEXT, region(0, 3, "PERS"), region(8, 11, "PER")) == (
        {BOB},
        [("A001", "'PERS' is no label of 'label'")],
    )
    unknown = Control("label", "Labels", "text", None)
    assert answer(TEXT, region(0, 3, "PER"), control=unknown) == ({ADA}, [])


def test_a_span_in_utf16_units_is_read_as_its_quote_says_and_named() -> None:
    assert answer("😀 Bob", region(3, 6, "PER", quote="Bob")) == (
        {Labelled(2, 5, "PER")},
        [("A004", "'Bob' was counted in UTF-16 units, and read so")],
    )


def test_a_bad_span_is_named_and_the_others_are_read() -> None:
    found, problems = answer(
        TEXT, region(0, 99, "PER"), region(8, 11, "PER"), region(0, 3, "PER", quote="Eve")
    )
    assert found == {BOB}
    assert [code for code, _ in problems] == ["A002", "A003"]


def test_as_json_the_spans_stand_in_the_order_of_the_text() -> None:
    assert spans.completion({ACME, ADA, BOB}, TEXT, "json") == (
        '[{"text":"Ada","label":"PER"},{"text":"Bob","label":"PER"},{"text":"Acme","label":"ORG"}]'
    )
    assert spans.completion([], TEXT, "json") == "[]"


def test_as_a_list_each_span_says_its_label_first() -> None:
    assert spans.completion({ACME, ADA}, TEXT, "list") == "PER: Ada; ORG: Acme"
    assert spans.completion([], TEXT, "list") == "none"


def test_in_a_list_line_breaks_are_blanks_and_semicolons_are_doubled() -> None:
    text = "one;\r\n two"
    whole = Labelled(0, len(text), "A; B")
    assert spans.completion([whole], text, "list") == "A;; B: one;; two"


def test_as_tags_the_text_is_repeated_with_its_labels() -> None:
    assert spans.completion({ACME, ADA}, TEXT, "inline") == (
        "<PER>Ada</PER> met Bob at <ORG>Acme</ORG>; they left."
    )
    assert spans.completion([], TEXT, "inline") == TEXT


def test_as_tags_the_marks_of_the_text_are_escaped() -> None:
    text = "a < b & c &lt; d"
    assert spans.completion([Labelled(4, 5, "B")], text, "inline") == (
        "a &lt; <B>b</B> &amp; c &amp;lt; d"
    )


def test_nested_spans_are_nested_tags_the_longer_outside() -> None:
    inner, outer = Labelled(0, 3, "PER"), Labelled(0, 11, "ORG")
    assert spans.completion([inner, outer], TEXT, "inline") == (
        "<ORG><PER>Ada</PER> met Bob</ORG> at Acme; they left."
    )
    same = [Labelled(0, 3, "PER"), Labelled(0, 3, "ORG")]
    assert spans.completion(same, "Ada", "inline") == "<ORG><PER>Ada</PER></ORG>"


def test_spans_that_touch_are_not_nested() -> None:
    touching = [Labelled(0, 3, "A"), Labelled(3, 7, "B")]
    assert spans.completion(touching, "Ada met", "inline") == "<A>Ada</A><B> met</B>"


def test_crossing_spans_cannot_be_tags() -> None:
    crossing = [Labelled(0, 7, "A"), Labelled(4, 11, "B")]
    assert spans.completion(crossing, TEXT, "inline") is None
    assert spans.completion(crossing, TEXT, "list") == "A: Ada met; B: met Bob"
    hidden = [Labelled(0, 11, "A"), Labelled(0, 3, "B"), Labelled(8, 19, "C")]
    assert spans.completion(hidden, TEXT, "inline") is None


@pytest.mark.parametrize(
    ("labels", "header", "said"),
    [
        (("PER", "ORG"), None, "List the entities in the text with their labels: PER, ORG."),
        (None, None, "List the entities in the text with their labels."),
        (("PER", "ORG"), "Find the names.", "Find the names."),
    ],
)
def test_the_instruction_names_what_to_look_for(
    labels: tuple[str, ...] | None, header: str | None, said: str
) -> None:
    assert spans.instruction(Control("label", "Labels", "text", labels), header) == said


def test_the_template_sees_the_spans_with_their_texts() -> None:
    assert list(spans.fields({BOB, ADA}, TEXT)) == [
        {"start": 0, "end": 3, "label": "PER", "text": "Ada"},
        {"start": 8, "end": 11, "label": "PER", "text": "Bob"},
    ]


def crosses(a: Labelled, b: Labelled) -> bool:
    return a.start < b.start < a.end < b.end or b.start < a.start < b.end < a.end


@given(texts, st.data())
@settings(deadline=None)
def test_tags_can_be_read_back_into_the_text_and_its_spans(text: str, data: st.DataObject) -> None:
    place = st.integers(0, len(text) - 1)
    found = {
        Labelled(
            start, data.draw(st.integers(start + 1, len(text))), data.draw(st.sampled_from("AB"))
        )
        for start in data.draw(st.lists(place, max_size=4))
    }
    tagged = spans.completion(found, text, "inline")
    if tagged is None:
        assert any(crosses(a, b) for a in found for b in found)
        return
    plain, opened, read = "", [], set()
    for piece in re.split(r"(</?[AB]>)", tagged):
        if not re.fullmatch(r"</?[AB]>", piece):
            assert "<" not in piece
            plain += html.unescape(piece)
        elif piece.startswith("</"):
            start, label = opened.pop()
            assert label == piece[2]
            read.add(Labelled(start, len(plain), label))
        else:
            opened.append((len(plain), piece[1]))
    assert (plain, read) == (text, found)


def test_a_span_that_only_its_quote_finds_is_warned_about() -> None:
    page = "<div><p>Dear <b>Alice</b>,</p></div>"
    nowhere = {"start": "/div[5]/b[1]/text()[1]", "end": "/div[5]/b[1]/text()[1]"}
    value = {**nowhere, "startOffset": 0, "endOffset": 5, "text": "Alice", "labels": ["PER"]}
    document = hypertext.plain_text(page)
    answer, problems = spans.answer(
        [Result(value=value, from_name="label", type="labels")],
        Control("label", "Labels", "text", ("PER",)),
        document.text,
        lambda region: hypertext.resolve(document, region),
    )
    assert [span.label for span in answer] == ["PER"]
    assert problems == [("A015", "'Alice' was found by its quote, not by its offsets")]
