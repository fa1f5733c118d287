"""A region of HTML is resolved through its xpath, and given in the text that a reader sees."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dataprep.annotation import hypertext
from dataprep.annotation.offsets import BadSpan, Offsets, Span, squashed
from tests.building import LABEL_STUDIO, texts

LETTER = "<div><p>🙂 Dear <b>Alice</b>,</p><p>From Acme &amp; Co.</p></div>"


def seen(html: str, *, inline: bool = False) -> str:
    return hypertext.plain_text(html, inline=inline).text


def region(start: str, begin: int, end: str, until: int, quote: str | None = None) -> Any:
    value = {"start": start, "end": end, "startOffset": begin, "endOffset": until}
    return value if quote is None else {**value, "text": quote}


def at(html: str, value: Any) -> tuple[str, str] | BadSpan:
    """The marked text, and how it was read."""
    document = hypertext.plain_text(html)
    read = hypertext.resolve(document, value)
    if isinstance(read, BadSpan):
        return read
    return document.text[read.start : read.end], read.unit


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (LETTER, "🙂 Dear Alice,\n\nFrom Acme & Co."),
        ("one<br>two<br><br>three", "one\ntwo\n\nthree"),
        ("<ul><li>one<li>two</ul>", "one\ntwo"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a\tb\nc"),
        ("  a \r\n\t b <b> c</b> ", "a b c"),
        ("<pre>\n  two  blanks\n</pre>", "  two  blanks\n"),
        ("&lt;b&gt; &#x1F600; caf&eacute; &nbsp;x", "<b> 😀 café \xa0x"),
        ("a<script>var b = '<p>';</script><style>p {}</style><!-- c -->d", "ad"),
        ("<p>a<span style='DISPLAY: none'>hidden</span> b<i hidden>c</i></p>", "a b"),
        ("<html><head><title>T</title></head><body>x</body></html>", "x"),
        ("\ufeff<!DOCTYPE html><p>x", "x"),
        ("x<![if !mso]>y<![endif]>z<?php ?>!", "xyz!"),
        ("", ""),
        ("a < b and c", "a < b and c"),
        ("a<b", "a"),  # a tag that never ends, as in a browser
    ],
)
def test_the_plain_text_is_what_a_reader_sees(html: str, text: str) -> None:
    assert seen(html) == text


@pytest.mark.parametrize(
    ("html", "path", "words"),
    [
        (LETTER, "/div[1]/p[1]/b[1]/text()[1]", "Alice"),
        (LETTER, "/div[1]/p[1]/text()[2]", ","),
        ("<table><tr><td>a<td>b</table>", "/table[1]/tbody[1]/tr[1]/td[2]/text()[1]", "b"),
        ("<table><td>a</table>", "/table[1]/tbody[1]/tr[1]/td[1]/text()[1]", "a"),
        ("<table><col><tr><th>a</table>", "/table[1]/tbody[1]/tr[1]/th[1]/text()[1]", "a"),
        ("<table><thead><tr><td>a<tbody><tr><td>b", "/table[1]/tbody[1]/tr[1]/td[1]", "b"),
        ("<table>lost<tr><td>a</table>", "/text()[1]", "lost"),
        ("<table><div>lost</div><tr><td>a</table>", "/div[1]/text()[1]", "lost"),
        ("<table><br><p><table>x", "/table[1]", ""),
        ("<table><p><table><tr><td>a", "/table[2]/tbody[1]/tr[1]/td[1]", "a"),
        ("<table><tr><td><table><tr><td>a</table>b", "/table[1]/tbody[1]/tr[1]/td[1]", "ab"),
        ("<p>a<p>b", "/p[2]/text()[1]", "b"),
        ("<p>a<div>b</div>c</p>d", "/text()[1]", "c"),
        ("<p>a<div>b</div>c</p>d", "/p[2]", ""),  # a browser makes an empty one of </p>
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", "/ul[1]/li[2]/text()[1]", "c"),
        ("<dl><dt>a<dd>b<dt>c</dl>", "/dl[1]/dt[2]/text()[1]", "c"),
        ("<b>a<p>b</p>c</b>", "/b[1]/p[1]/text()[1]", "b"),
        ("<p><b>a<p>b</p>c", "/p[2]/b[1]/text()[1]", "b"),
        ("a<!-- x -->b", "/text()[2]", "b"),
        ("<h1>a<h2>b", "/h2[1]/text()[1]", "b"),
        ("<a href=x>a<a href=y>b", "/a[2]/text()[1]", "b"),
        ("<form><div>a</form>b</div>c", "/form[1]/div[1]/text()[1]", "ab"),
        ("<div>a</span></div>b", "/text()[1]", "b"),
        ("<html><head><meta x><title>t</title></head>\n<body><p>a", "/p[1]/text()[1]", "a"),
        ("<p>a</p></body></html><p>b", "/p[2]/text()[1]", "b"),
        ("<P>a</P><BR/>b", "/html[1]/body[1]/p/text()", "a"),
        ("<p>a</br>b</p>", "/p[1]/text()[2]", "b"),
    ],
)
def test_an_xpath_means_the_node_that_a_browser_makes(html: str, path: str, words: str) -> None:
    document = hypertext.plain_text(html)
    node = hypertext._node(document, path)
    assert node is not None
    assert document.counted[node.start : node.end] == words


@pytest.mark.parametrize(
    "path", ["/p[2]", "/p[1]/b[1]", "p[1]", "/p[", "//p[1]", "/p[99999999999]", 3, None, "x" * 9999]
)
def test_an_xpath_that_leads_nowhere_has_no_node(path: Any) -> None:
    assert hypertext._node(hypertext.plain_text("<p>a</p>"), path) is None


def test_offsets_in_a_text_node_count_utf16_units() -> None:
    path = "/p[1]/text()[1]"
    assert at("<p>😀😀 Bob</p>", region(path, 5, path, 8, "Bob")) == ("Bob", "xpath")
    assert at("<p>😀😀 Bob</p>", region(path, 5, path, 8)) == ("Bob", "xpath")


def test_code_points_in_a_text_node_are_read_where_the_quote_says_so() -> None:
    path = "/p[1]/text()[1]"
    assert at("<p>😀😀 Bob!!</p>", region(path, 3, path, 6, "Bob")) == ("Bob", "xpath")


def test_a_span_runs_over_several_nodes_and_blocks() -> None:
    value = region("/div[1]/p[1]/b[1]/text()[1]", 0, "/div[1]/p[2]/text()[1]", 9, None)
    assert at(LETTER, {**value, "text": "Alice,\\n\\nFrom Acme"}) == (
        "Alice,\n\nFrom Acme",
        "xpath",
    )
    assert at(LETTER, value) == ("Alice,\n\nFrom Acme", "xpath")


def test_an_element_may_stand_for_where_it_starts_or_for_its_children() -> None:
    html = "<div><p>one</p><p>two</p></div><div>three</div>"
    assert at(html, region("/div[1]", 1, "/div[2]", 0, "two")) == ("two", "xpath")
    assert at(html, region("/div[1]/p[2]", 0, "/div[1]/p[2]", 1, "two")) == ("two", "xpath")


def test_global_offsets_are_read_where_the_xpath_fails() -> None:
    value = region("/section[9]", 0, "/section[9]", 5, "Alice")
    assert at(LETTER, {**value, "globalOffsets": {"start": 7, "end": 12}}) == ("Alice", "global")
    assert at(LETTER, {"start": 7, "end": 12, "text": "Alice"}) == ("Alice", "global")
    assert at(LETTER, {"start": 8, "end": 13, "text": "Alice"}) == ("Alice", "global")  # UTF-16


def test_a_line_break_is_one_and_a_script_nothing_in_global_offsets() -> None:
    html = "a<br>b<script>xyz</script><i>Bob</i>"
    value = {"globalOffsets": {"start": 3, "end": 6}, "text": "Bob"}
    assert at(html, value) == ("Bob", "global")


def test_a_quote_that_stands_once_is_found_and_named() -> None:
    path = "/div[1]/p[2]/text()[1]"
    assert at(LETTER, region(path, 0, path, 4, "Acme & Co.")) == ("Acme & Co.", "quote")
    assert at(LETTER, region("/x[1]", 0, "/x[1]", 5, "Alice")) == ("Alice", "quote")


def test_a_quote_that_stands_often_is_found_only_near_its_xpath() -> None:
    html = f"<p>Bob</p><p>{'far ' * 200}</p><p>x Bob</p>"
    path = "/p[3]/text()[1]"
    document = hypertext.plain_text(html)
    assert hypertext.resolve(document, region(path, 0, path, 3, "Bob")) == Span(808, 811, "quote")
    assert at(html, region("/q[1]", 0, "/q[1]", 3, "Bob")) == BadSpan(
        "A002", "quotes 'Bob', but its xpath and offsets lead nowhere in the document"
    )


def test_a_span_that_cannot_be_resolved_shows_both_readings() -> None:
    path = "/div[1]/p[1]/b[1]/text()[1]"
    value = {**region(path, 0, path, 5, "Eve"), "globalOffsets": {"start": 2, "end": 6}}
    assert at(LETTER, value) == BadSpan(
        "A003", "quotes 'Eve', but its xpath gives 'Alice', its global offsets give 'Dear'"
    )


def test_without_a_quote_both_readings_must_agree() -> None:
    path = "/div[1]/p[1]/b[1]/text()[1]"
    value = region(path, 0, path, 5)
    agreed = {**value, "globalOffsets": {"start": 7, "end": 12}}
    assert at(LETTER, agreed) == ("Alice", "xpath")
    assert at(LETTER, {**value, "globalOffsets": {"start": 2, "end": 6}}) == BadSpan(
        "A003", "has no quote, and its xpath gives 'Alice', its global offsets give 'Dear'"
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({}, "has no xpath and no offset that lies inside the document"),
        ({"start": -1, "end": 3}, "has no xpath and no offset that lies inside the document"),
        ({"start": "/p[1]", "end": "/p[1]", "startOffset": "0", "endOffset": True}, "has no xpath"),
        ({"start": 0, "end": 1, "text": " \\n "}, "quotes no visible text"),
        ({"start": 1, "end": 2}, "marks no visible text"),
    ],
)
def test_a_region_that_marks_nothing_is_refused(value: Any, said: str) -> None:
    bad = at("<p>a</p> <p>b</p>", value)
    assert isinstance(bad, BadSpan)
    assert bad.code == "A002"
    assert bad.message.startswith(said)


@given(st.lists(texts, min_size=1, max_size=5), st.data())
@settings(max_examples=500, deadline=None)
def test_a_span_of_generated_html_is_its_quote(words: list[str], data: st.DataObject) -> None:
    words = [w.replace("\0", "").replace("\r", "\n") for w in words]
    assume(all(words) and not any("\ufeff" in w for w in words))
    html = "<div>" + "".join(f"<p><b>{escape(w)}</b></p>" for w in words) + "</div>"
    number = data.draw(st.integers(0, len(words) - 1))
    word = words[number]
    start = data.draw(st.integers(0, len(word) - 1))
    end = data.draw(st.integers(start + 1, len(word)))
    quote = word[start:end]
    assume(squashed(quote))
    path = f"/div[1]/p[{number + 1}]/b[1]/text()[1]"
    before, after = (len(word[:n].encode("utf-16-le")) // 2 for n in (start, end))
    document = hypertext.plain_text(html)
    read = hypertext.resolve(document, region(path, before, path, after, quote))
    assert isinstance(read, Span)
    assert read.unit == "xpath"
    assert squashed(document.text[read.start : read.end]) == squashed(quote)
    assert hypertext.resolve(document, region(path, before, path, after)) == read


_TAGS = [
    "p",
    "div",
    "b",
    "i",
    "a",
    "table",
    "tr",
    "td",
    "tbody",
    "th",
    "ul",
    "li",
    "dd",
    "form",
    "script",
    "style",
    "br",
    "pre",
    "select",
    "option",
    "h1",
]
_SOUP = st.lists(
    st.sampled_from(
        [f"<{t}>" for t in _TAGS]
        + [f"</{t}>" for t in _TAGS]
        + [
            "<!--",
            "-->",
            "<![",
            "<!",
            "<?",
            "<",
            "&amp",
            "&#0;",
            "😀",
            "Bob",
            " \n",
            "<a b='",
            '">',
        ]
    ),
    max_size=40,
).map("".join)


@given(_SOUP, st.none() | st.just("Bob"), st.integers(-2, 40), st.integers(-2, 40))
@settings(max_examples=500, deadline=None)
def test_any_soup_of_tags_is_read_and_a_span_is_never_another_text(
    html: str, quote: str | None, start: int, end: int
) -> None:
    for inline in (False, True):
        document = hypertext.plain_text(html, inline=inline)
        value = {"globalOffsets": {"start": start, "end": end}} | ({"text": quote} if quote else {})
        read = hypertext.resolve(document, value)
        if isinstance(read, Span):
            marked = document.text[read.start : read.end]
            assert marked
            assert quote is None or squashed(marked) == quote


@pytest.mark.parametrize("piece", ["<", "<a ", "<!--", "<![x[", "<div>", "<b><p>x</b>", "<table>x"])
def test_hostile_html_takes_time_in_proportion(piece: str) -> None:
    document = hypertext.plain_text(piece * 5_000)
    assert len(document.text) <= len(piece) * 5_000 * 2


_PUBLIC = "public/HumanSignal__label-studio-frontend__examples_"


@pytest.mark.skipif(not LABEL_STUDIO.is_dir(), reason="no corpora at $DATAPREP_CORPORA")
@pytest.mark.parametrize(
    ("file", "field", "counts"),
    [
        ("exports/hypertext/snapshot_full.json", "html", {"xpath": 1}),
        (f"{_PUBLIC}html_document_annotations_1.json", "text", {"xpath": 3}),
        # one end offset lies 19 characters before the end of what it quotes
        (f"{_PUBLIC}rich_text_html_annotations_1.json", "text", {"xpath": 3, "quote": 1}),
    ],
)
def test_the_regions_of_the_corpora_resolve(file: str, field: str, counts: dict[str, int]) -> None:
    read = json.loads(Path(LABEL_STUDIO / file).read_bytes())
    offsets = Offsets()
    for task in read if isinstance(read, list) else [read]:
        document = hypertext.plain_text(task["data"][field])
        for result in task["annotations"][0]["result"]:
            offsets.counted(hypertext.resolve(document, result["value"]), result["value"])
    assert offsets.counts == counts
