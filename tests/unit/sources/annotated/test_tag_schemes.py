"""Schemes of tags: told by evidence, decoded as seqeval decodes them, and held to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.sources.annotated.tag_schemes import (
    LabelChange,
    TagEvidence,
    Tagging,
    TagScheme,
    TagStyle,
)

SEQEVAL = Path(__file__).parent / "seqeval.json"
"""Sequences of tags with their spans by seqeval 1.2.2, in its strict mode: see the key `made`."""


def tagging(*sentences: str) -> Tagging:
    evidence = TagEvidence()
    for number, sentence in enumerate(sentences, 1):
        evidence.add(sentence.split(), number)
    told = evidence.tagging()
    assert isinstance(told, Tagging)
    return told


def refusal(*sentences: str) -> str:
    evidence = TagEvidence()
    for sentence in sentences:
        evidence.add(sentence.split())
    told = evidence.tagging()
    assert isinstance(told, str)
    return told


def spans(told: Tagging, sentence: str) -> list[tuple[int, int, str]]:
    read, problems = told.spans(sentence.split())
    assert problems == []
    return [tuple(span) for span in read]


@pytest.mark.parametrize(
    ("sentences", "scheme", "why"),
    [
        (["B-PER I-PER O", "B-ORG B-ORG"], "IOB2", "B- opens 3 spans"),
        (
            ["I-PER I-PER O", "I-ORG B-ORG", "I-LOC I-PER"],
            "IOB1",
            "I- opens 4 spans, B- 1 behind one of its type",
        ),
        (["B-PER E-PER O", "S-ORG"], "BIOES", "1 B-, 1 E-, 1 S-"),
        (["B-PER L-PER O", "U-ORG"], "BILOU", "1 B-, 1 U-, 1 L-"),
        (["B-PER M-PER E-PER O", "S-ORG"], "BMES", "1 B-, 1 E-, 1 S-, 1 M-"),
        (["I-PER E-PER O", "E-ORG E-ORG"], "IOE2", "E- ends 3 spans"),
        (
            ["I-PER I-PER O", "E-ORG I-ORG", "I-LOC I-PER"],
            "IOE1",
            "I- ends 4 spans, E- 1 before one of its type",
        ),
        (
            ["PER PER O", "ORG"],
            "IO",
            "tags without B- and I-, so that touching spans of one type are one",
        ),
        (
            ["I-PER I-PER O", "I-ORG"],
            "IO",
            "3 I- and no B-, so that touching spans of one type are one",
        ),
    ],
)
def test_the_scheme_is_told_by_evidence(sentences: list[str], scheme: str, why: str) -> None:
    told = tagging(*sentences)
    assert (told.scheme, told.why) == (scheme, why)


@pytest.mark.parametrize(
    ("sentences", "style"),
    [
        (["B-PER I-PER O"], TagStyle.PREFIX),
        (["B_PER I_PER O"], TagStyle.PREFIX),
        (["PER-B PER-I O"], TagStyle.SUFFIX),
        (["B I O"], TagStyle.LETTER),
        (["PERSON PERSON O"], TagStyle.PLAIN),
    ],
)
def test_the_style_of_tags_is_told(sentences: list[str], style: TagStyle) -> None:
    told = tagging(*sentences)
    assert told.style is style
    assert spans(told, sentences[0])[0][:2] == (0, 2)


def test_an_end_tag_ends_a_span_as_a_begin_tag_begins_one() -> None:
    told = tagging("I-PER E-PER E-PER O E-ORG")
    assert spans(told, "I-PER E-PER E-PER O E-ORG") == [(0, 2, "PER"), (2, 3, "PER"), (4, 5, "ORG")]
    told = tagging("I-PER E-PER I-PER O I-ORG", "I-LOC", "O I-LOC")
    assert told.scheme == "IOE1"
    assert spans(told, "I-PER E-PER I-PER O I-ORG") == [(0, 2, "PER"), (2, 3, "PER"), (4, 5, "ORG")]


def test_a_label_keeps_its_own_hyphens() -> None:
    assert spans(tagging("B-PER-NOM I-PER-NOM O"), "B-PER-NOM I-PER-NOM O") == [(0, 2, "PER-NOM")]


def test_what_is_no_single_scheme_is_refused_in_words() -> None:
    assert refusal("S-PER U-ORG") == "the tags are of BIOES and BILOU at once (1 S-, 1 U-)"
    assert (
        refusal("I-PER L-PER O")
        == "no span begins with B- or is one token (1 I-, 1 L-), as BILOU wants"
    )
    assert refusal("NN VB NN") == (
        "every token has a tag and none is O: parts of speech, and no spans"
    )


@pytest.mark.parametrize(
    ("scheme", "sentence", "token", "message"),
    [
        ("IOB2", "O I-PER", 1, "'I-PER' stands after another tag, and IOB2 opens with B-"),
        ("IOB2", "I-PER O", 0, "'I-PER' stands at the beginning of a sentence, and IOB2 opens"),
        ("IOB2", "B-PER I-ORG", 1, "'I-ORG' stands after another tag, and IOB2 opens with B-"),
        ("IOE2", "O I-PER", 1, "a span of 'PER' that began here is not ended, as IOE2 wants"),
        ("IOE2", "I-PER E-ORG", 0, "a span of 'PER' that began here is not ended, as IOE2 wants"),
        ("IOB2", "B-PER PER", 1, "'PER' is no tag of IOB2, as the others are"),
        ("BIOES", "B-PER O", 0, "a span of 'PER' that began here is not ended, as BIOES wants"),
        ("BIOES", "O E-PER", 1, "'E-PER' stands after another tag, and BIOES opens with B-"),
        ("BIOES", "B-PER B-PER E-PER", 0, "a span of 'PER' that began here is not ended"),
        ("BILOU", "O L-PER", 1, "'L-PER' stands after another tag, and BILOU opens with B-"),
    ],
)
def test_a_tag_that_the_scheme_forbids_is_named(
    scheme: str, sentence: str, token: int, message: str
) -> None:
    _, problems = Tagging(TagScheme(scheme), TagStyle.PREFIX).spans(sentence.split())
    assert problems[0].token == token
    assert problems[0].message.startswith(message)


def test_in_iob1_an_inside_tag_opens_a_span() -> None:
    told = tagging("I-PER B-PER I-PER I-ORG O", "I-PER")
    assert spans(told, "I-PER B-PER I-PER I-ORG O") == [(0, 1, "PER"), (1, 3, "PER"), (3, 4, "ORG")]


def test_where_no_tag_is_of_one_token_a_lone_begin_is() -> None:
    assert spans(tagging("B-PER E-PER O B-ORG O"), "B-PER E-PER O B-ORG O") == [
        (0, 2, "PER"),
        (3, 4, "ORG"),
    ]


def test_labels_that_change_in_the_middle_are_found() -> None:
    evidence = TagEvidence()
    rows = ["B-PER I-PER O", "B-LOC B-PER", "B-PERSON O", "B-PLACE O B-PERSON"]
    for number, sentence in enumerate(rows, 1):
        evidence.add(sentence.split(), number * 10)
    told = evidence.tagging()
    assert isinstance(told, Tagging)
    assert evidence.change(told) == LabelChange(30, ("LOC", "PER"), ("PERSON", "PLACE"))


def test_labels_that_merely_come_late_are_no_change() -> None:
    evidence = TagEvidence()
    for number, sentence in enumerate(["B-PER", "B-LOC B-PER", "B-ORG B-MISC B-PER"], 1):
        evidence.add(sentence.split(), number)
    assert evidence.change(Tagging(TagScheme.IOB2, TagStyle.PREFIX)) is None


def oracle_cases() -> list[tuple[str, list[str], list[list[object]]]]:
    held = json.loads(SEQEVAL.read_text("utf-8"))["cases"]
    return [(scheme, tags, spans) for scheme, rows in held.items() for tags, spans in rows]


def needless_begin(tags: list[str]) -> bool:
    """Whether a B- stands where IOB1 needs none; seqeval drops its span, and it is read here."""
    pairs = zip(["O", *tags], tags, strict=False)
    return any(tag.startswith("B-") and before[2:] != tag[2:] for before, tag in pairs)


def test_a_begin_tag_that_iob1_does_not_need_opens_a_span_and_is_told() -> None:
    told = tagging("I-PER O I-PER", "O B-ORG")
    assert spans(told, "O B-ORG") == [(1, 2, "ORG")]
    assert told.why.endswith("and 1 where it is not needed")


def test_seqeval_reads_the_same_spans() -> None:
    valid = 0
    for scheme, tags, expected in oracle_cases():
        read, problems = Tagging(TagScheme(scheme), TagStyle.PREFIX).spans(tags)
        if not problems and not (scheme == "IOB1" and needless_begin(tags)):
            valid += 1
            assert [list(span) for span in read] == expected, (scheme, tags)
    assert valid > 400


CHUNKS = st.lists(
    st.tuples(st.sampled_from(["O", "PER", "ORG", "B-cell"]), st.integers(1, 3)), max_size=8
)


def encoded(chunks: list[tuple[str, int]], scheme: str) -> list[str]:
    """The tags of spans that follow each other, and of single tokens outside of them."""
    tags: list[str] = []
    before = "O"
    for label, size in chunks:
        if label == "O":
            tags.append("O")
        elif scheme == "IOB1":
            tags += [f"{'B' if before == label else 'I'}-{label}", *[f"I-{label}"] * (size - 1)]
        elif scheme == "IOB2":
            tags += [f"B-{label}", *[f"I-{label}"] * (size - 1)]
        elif size == 1:
            tags.append(f"{'S' if scheme == 'BIOES' else 'U'}-{label}")
        else:
            end = "E" if scheme == "BIOES" else "L"
            tags += [f"B-{label}", *[f"I-{label}"] * (size - 2), f"{end}-{label}"]
        before = label
    return tags


@pytest.mark.parametrize("scheme", ["IOB1", "IOB2", "BIOES", "BILOU"])
@settings(max_examples=500, deadline=None)
@given(chunks=CHUNKS)
def test_generated_spans_come_back(scheme: str, chunks: list[tuple[str, int]]) -> None:
    expected, at = [], 0
    for label, size in chunks:
        if label == "O":
            at += 1
        else:
            expected.append((at, at + size, label))
            at += size
    read, problems = Tagging(TagScheme(scheme), TagStyle.PREFIX).spans(encoded(chunks, scheme))
    assert ([tuple(span) for span in read], problems) == (expected, [])
