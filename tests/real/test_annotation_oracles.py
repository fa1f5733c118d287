"""Our readers of annotated text beside those that others wrote, on generated documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from dataprep.annotation.marked_text import CONTINUED, MarkedText
from dataprep.sources.annotated import brat, conllu
from dataprep.sources.annotated import webanno as tsv
from dataprep.sources.annotated.tag_schemes import Tagging, TagScheme, TagStyle
from tests.marked_exports import marks, put, records
from tests.real.annotated_documents import (
    LABELS,
    LETTERS,
    Mark,
    runs,
    standoff,
    tags_of,
    treebank,
    webanno,
)
from tests.real.oracles import BRAT, CONLLU, SEQEVAL, WEBANNO

pytestmark = pytest.mark.real

MANY = 500
FEWER = 200

# -- tags -----------------------------------------------------------------------------------


INCOMPLETE = {"IOE1"}
"""Schemes whose strict mode "hasn't yet been able to handle some cases", as seqeval's source says:
an end tag behind O, and one before another span, lose their span there."""


class TagRow(NamedTuple):
    """The tags of a sentence, and their spans by seqeval: strictly, and as `get_entities` reads."""

    tags: list[str]
    strict: list[list[Any]]
    lenient: list[list[Any]]


@pytest.fixture(scope="module")
def tag_rows() -> dict[tuple[str, str], list[TagRow]]:
    """For each scheme, sentences that hold to it, and sentences of tags by chance."""
    random = Random(4)  # noqa: S311
    asked: dict[tuple[str, str], list[list[str]]] = {}
    for scheme, letters in LETTERS.items():
        sizes = random.choices(range(1, 13), k=MANY)
        asked[scheme, "sound"] = [tags_of(scheme, n, runs(random, n)) for n in sizes]
        tags = ["O", *(f"{letter}-{label}" for letter in letters for label in LABELS[:2])]
        asked[scheme, "wild"] = [random.choices(tags, k=random.randint(1, 6)) for _ in sizes]
    every = [{"scheme": key[0], "tags": tags} for key, rows in asked.items() for tags in rows]
    read = iter(SEQEVAL.answers(every))
    return {key: [TagRow(tags, *next(read)) for tags in rows] for key, rows in asked.items()}


@pytest.mark.parametrize("scheme", LETTERS)
def test_seqeval_reads_the_same_spans_of_columns(
    tag_rows: dict[tuple[str, str], list[TagRow]], scheme: str, tmp_path: Path
) -> None:
    rows = tag_rows[scheme, "sound"]
    columns = ("".join(f"w{at}\t{tag}\n" for at, tag in enumerate(row.tags)) for row in rows)
    read = records(put(tmp_path / "a.conll", "\n".join(columns)))
    for row, record in zip(rows, read, strict=True):
        places = list(words_of(record.value.data["text"]))
        theirs = row.lenient if scheme in INCOMPLETE else row.strict
        ours = [(places[s][0], places[e - 1][1], label) for s, e, label in theirs]
        assert marks(record) == ours, row
        assert theirs == row.lenient or scheme == "BILOU", "get_entities knows no L and no U"


def words_of(text: str) -> Iterator[tuple[int, int]]:
    """Where each word of a text of single blanks begins and ends."""
    at = 0
    for word in text.split(" "):
        yield at, at + len(word)
        at += len(word) + 1


@pytest.mark.parametrize("scheme", sorted(LETTERS.keys() - INCOMPLETE))
def test_what_seqeval_drops_is_named_and_the_rest_read_alike(
    tag_rows: dict[tuple[str, str], list[TagRow]], scheme: str
) -> None:
    tagging, sound = Tagging(TagScheme(scheme), TagStyle.PREFIX), 0
    for tags, strict, _ in tag_rows[scheme, "wild"]:
        if scheme == "IOB1" and needless_begin(tags):
            continue  # seqeval drops its span; the note of our reader counts it, and it is read
        read, problems = tagging.spans(tags)
        covered = {at for start, end, _ in strict for at in range(start, end)}
        tagged = {at for at, tag in enumerate(tags) if tag != "O"}
        assert bool(problems) == (covered != tagged), (tags, strict, problems)
        if not problems:
            sound += 1
            assert [list(span) for span in read] == strict, tags
    assert sound > MANY // 20


def needless_begin(tags: list[str]) -> bool:
    """Whether a B- stands where IOB1 needs none."""
    before = ["O", *tags]
    return any(t.startswith("B-") and b[2:] != t[2:] for b, t in zip(before, tags, strict=False))


# -- CoNLL-U --------------------------------------------------------------------------------


def test_conllu_reads_the_same_sentences() -> None:
    random = Random(1)  # noqa: S311
    files = [treebank(random) for _ in range(MANY)]
    for made, theirs in zip(files, CONLLU.answers({"text": f.text} for f in files), strict=True):
        raw = [line.encode() + b"\n" for line in made.text.split("\n")]
        read = list(conllu.sentences(raw))
        assert [one.problems for one in read] == [[] for _ in made.sentences]
        for ours, (about, tokens) in zip(read, theirs, strict=True):
            assert (ours.name, ours.text) == (about["sent_id"], about.get("text"))
            words = [t for t in tokens if t[0].isdigit()]
            ranges = [t for t in tokens if "-" in t[0]]
            cut = [{k: v.partition("=")[0] for k, v in w.misc.items()} for w in ours.words]
            assert cut == [w[2] for w in words], "conllu drops what follows a second ="
            inside = {n for id, *_ in ranges for n in id.split("-")}
            shown = [form for id, form, _ in tokens if "." not in id and id not in inside]
            assert [piece.form for piece in ours.surfaces] == shown
            assert ours.beside["empty nodes"] == len(tokens) - len(words) - len(ranges)
        told = evidence(read)
        if told is None:
            assert all(not spans for _, spans in made.sentences)
            continue
        documents = list(conllu.documents(read, *told))
        assert [(d.marked.text, spans_of(d.marked)) for d in documents] == made.sentences


def evidence(read: list[conllu.ConlluSentence]) -> tuple[str, Tagging] | None:
    seen = conllu.EntityEvidence()
    for sentence in read:
        seen.add(sentence)
    told = seen.told()
    return None if isinstance(told, str) else told[:2]


def spans_of(marked: MarkedText) -> list[Mark]:
    return [(span.start, span.end, span.label) for span in marked.spans]


# -- brat -----------------------------------------------------------------------------------


def test_bioc_and_pybrat_read_the_same_standoff() -> None:
    random = Random(2)  # noqa: S311
    pairs = [standoff(random) for _ in range(FEWER)]
    spans = 0
    for pair, theirs in zip(pairs, BRAT.answers(pairs), strict=True):
        made = brat.parse(pair["text"], pair["ann"])
        assert (made.problems, made.marked.text) == ([], theirs["text"]), pair
        spans += len(theirs["spans"])
        ours = made.marked
        covered: dict[str, tuple[str, set[int]]] = {}
        for piece in ours.spans:
            label, places = covered.setdefault(piece.id.partition(".")[0], (piece.label, set()))
            assert label == piece.label
            places.update(written(ours.text, piece.start, piece.end))
        for read in (theirs["spans"], theirs["fragments"]):
            assert covered == {
                id: (label, {at for piece in pieces for at in written(ours.text, *piece)})
                for id, label, pieces, _ in read
            }, pair
        one_way = sorted([r.label, r.head, r.tail] for r in ours.relations if r.label == "In")
        assert one_way == sorted(theirs["relations"])
        flags = sorted([v.span, v.name, *v.values] for v in ours.values if not v.free)
        assert flags == sorted([on, n, *(v or ["true"])] for on, n, v in theirs["attributes"])
        names = sorted([v.span, *v.values] for v in ours.values if v.free)
        assert names == sorted(theirs["names"])
        notes = sorted([s.id, s.note] for s in ours.spans if s.note)
        assert notes == sorted(theirs["notes"])
        alike = {end for r in ours.relations if r.both_ways for end in (r.head, r.tail)}
        assert alike == {end for _, ends in theirs["equivalences"] for end in ends}
        assert {r.label for r in ours.relations} <= {"In", "Equiv", CONTINUED}
    assert spans > FEWER


def written(text: str, start: int, end: int) -> list[int]:
    """The places of a piece that are no blanks, which our reader takes into a span or leaves."""
    return [at for at in range(start, end) if not text[at].isspace()]


# -- WebAnno TSV ----------------------------------------------------------------------------


def test_web_anno_tsv_reads_the_same_spans_and_writes_what_we_read() -> None:
    random = Random(3)  # noqa: S311
    texts = [webanno(random) for _ in range(FEWER)]
    spans = 0
    for text, answer in zip(texts, WEBANNO.answers({"text": t} for t in texts), strict=True):
        sentences, again = answer
        at, expected = 0, []
        for sentence, found in sentences:
            expected += [(at + start, at + stop, label) for start, stop, label in found]
            at += len(sentence) + 1
        spans += len(expected)
        for written_out in (text, again):
            made = tsv.parse(written_out.split("\n"))
            assert (made.problems, made.unit) == ([], "utf16"), written_out
            assert made.marked.text == " ".join(sentence for sentence, _ in sentences)
            assert sorted(spans_of(made.marked)) == sorted(expected), written_out
    assert spans > FEWER
