"""spaCy's training data becomes tasks: pairs, rows, lines, literals, spaCy 2, and DocBin."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.finding import EnvironmentProblem, UsageError
from dataprep.sources.annotated.spacy_rows import SpacySpan, examples
from tests.building import texts
from tests.marked_exports import findings, items, marks, put, records, results
from tests.tool_exports import opened

PAIR = ["Ann 😊 left Rome.", {"entities": [[0, 3, "PER"], [11, 15, "LOC"]], "cats": {"A": 1.0}}]
READ = [(0, 3, "PER"), (11, 15, "LOC")]


def read(path: Path, text: str) -> list[list[tuple[int, int, str]]]:
    return [marks(record) for record in records(put(path, text))]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([PAIR]),
        json.dumps([PAIR], indent=2),
        json.dumps(PAIR) + "\n",
        json.dumps({"text": PAIR[0], **PAIR[1]}) + "\n",  # type: ignore[dict-item]
        json.dumps([{"text": PAIR[0], **PAIR[1]}]),  # type: ignore[dict-item]
        json.dumps({"classes": ["PER"], "annotations": [PAIR, None]}),
        str([(PAIR[0], PAIR[1])]),
    ],
)
def test_every_form_of_an_example_is_read(tmp_path: Path, text: str) -> None:
    path = put(tmp_path / "train.json", text)
    (record,) = records(path)
    assert marks(record) == READ
    assert results(record)[2].value == {"choices": ["A"]}
    assert [one.format for one in opened(path)] == ["spacy"]


def test_groups_of_spans_may_overlap_and_are_controls_of_their_own(tmp_path: Path) -> None:
    row = {"text": "Ann Smith left", "spans": {"sc": [[0, 9, "X"], [4, 14, "Y"]], "names": []}}
    (record,) = records(put(tmp_path / "a.jsonl", json.dumps(row)))
    assert [result.from_name for result in results(record)] == ["sc", "sc"]
    assert marks(record) == [(0, 9, "X"), (4, 14, "Y")]


def test_a_doc_as_json_is_read(tmp_path: Path) -> None:
    row = {
        "text": "Ann left",
        "ents": [{"start": 0, "end": 3, "label": "PER"}],
        "tokens": [{"id": 0, "start": 0, "end": 3}, {"id": 1, "start": 4, "end": 8}],
    }
    assert read(tmp_path / "a.json", json.dumps([row])) == [[(0, 3, "PER")]]


def test_the_json_of_spacy_2_has_tags_and_a_raw_text(tmp_path: Path) -> None:
    tokens = [("Ann", "B-PER"), ("Smith", "L-PER"), ("left", "O"), (".", "O")]
    sentences = [{"tokens": [{"orth": orth, "ner": ner} for orth, ner in tokens], "brackets": []}]
    unknown = [{"tokens": [{"orth": "Bob", "ner": "-"}, {"orth": "ran", "ner": "O"}]}]
    paragraphs: list[Any] = [
        {"raw": "Ann  Smith left.", "sentences": sentences, "cats": [{"label": "A", "value": 1}]},
        {"sentences": sentences},
        {"raw": "Bob ran", "sentences": unknown},
    ]
    path = put(tmp_path / "a.json", json.dumps([{"id": 0, "paragraphs": paragraphs}]))
    first, second, third = records(path)
    assert (first.value.data["text"], marks(first)) == ("Ann  Smith left.", [(0, 10, "PER")])
    assert (second.value.data["text"], marks(second)) == ("Ann Smith left .", [(0, 9, "PER")])
    assert third.value.annotations == []
    assert opened(path)[0].note == (
        "spaCy, classes, entities: 3 tasks; left out: texts of tokens joined by blanks, with new"
        " offsets (1), texts with unknown tokens (-) (1)"
    )


@pytest.mark.parametrize(
    ("annotations", "said"),
    [
        ({"entities": [[0, 90, "PER"]]}, "A002 'PER' runs from 0 to 90 code points, in a text of"),
        ({"entities": [[5, 5, "PER"]]}, "A002 'PER' runs from 5 to 5 code points"),
        ({"entities": [[0, 3, "A"], [2, 5, "B"]]}, "A023 has the entities A 0-3 and B 2-5, which"),
        ({"entities": [[0, 3, "A"], [0, 3, "A"]]}, "A023 has the entities A 0-3 and A 0-3, which"),
        ({"entities": [["a", 3, "A"]]}, "S001 has a span that is not start, end and label"),
        ({"entities": ["B-PER", "O"]}, "S001 has entities as tags, whose tokens are not here"),
        ({"entities": [], "cats": {"A": "x"}}, "S001 has a class whose value is no number"),
    ],
)
def test_what_cannot_be_is_named_with_its_line(tmp_path: Path, annotations: Any, said: str) -> None:
    good = json.dumps(PAIR)
    path = put(tmp_path / "a.jsonl", f"{good}\n{json.dumps(['Ann left', annotations])}\n{good}\n")
    (found,) = findings(path)
    assert found.removeprefix("a.jsonl:2").partition(": ")[2].startswith(said)
    assert len(items(path)) == 3


def test_spans_that_fit_words_in_utf_16_alone_are_refused_and_can_be_asked_for(
    tmp_path: Path,
) -> None:
    path = put(tmp_path / "a.jsonl", json.dumps(["😊 Ann left", {"entities": [[3, 6, "PER"]]}]))
    with pytest.raises(UsageError, match="spans fit words in UTF-16 units"):
        opened(path)
    (record,) = records(path, offsets="utf16")
    assert marks(record) == [(2, 5, "PER")]


def test_borders_inside_of_words_are_counted(tmp_path: Path) -> None:
    row = ["Ann left Rome", {"entities": [[0, 2, "PER"], [8, 13, "LOC"]]}]
    (one,) = opened(put(tmp_path / "a.jsonl", json.dumps(row)))
    assert one.note == (
        "spaCy, entities, 2 spans with a border inside of a word or on a blank: 1 task"
    )


def test_a_text_whose_entities_nobody_said_is_no_answer(tmp_path: Path) -> None:
    rows = [
        ["Ann", {"entities": [[0, 3, "PER"]]}],
        ["Bob", {"links": {}}],
        ["Eve", {"entities": []}],
    ]
    told = records(put(tmp_path / "a.json", json.dumps(rows)))
    assert [len(record.value.annotations) for record in told] == [1, 0, 1]


@pytest.mark.parametrize(
    "row",
    [{"text": "a b", "cats": {"A": 0, "B": 0.0}}, ["a b", {"cats": {"A": 0.1}}]],
)
def test_classes_of_which_none_was_chosen_are_an_answer(tmp_path: Path, row: Any) -> None:
    (record,) = records(put(tmp_path / "a.jsonl", json.dumps(row) + "\n"))
    assert [annotation.result for annotation in record.value.annotations] == [[]]


def test_a_literal_that_is_none_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "a.json", "[('Ann', {'entities': [(0, 3, 'PER')]}),\n ('Bob', oops())]")
    assert findings(path) == ["a.json: J001 is neither JSON nor a literal of Python"]


def test_without_spacy_a_docbin_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "spacy.tokens", None)
    with pytest.raises(EnvironmentProblem) as caught:
        opened(put(tmp_path / "train.spacy", b"x"))
    assert caught.value.remedy == "Install it with: pip install 'dataprep-tune[spacy]'"


def docbin(path: Path) -> Path:
    """A DocBin with entities, groups, classes, no annotation at all, and unknown spaces."""
    spacy = pytest.importorskip("spacy")
    from spacy.tokens import Doc, DocBin, Span

    nlp = spacy.blank("en")
    first = nlp("Ann 😊 left Rome.")
    first.ents = [Span(first, 0, 1, "PER", kb_id="Q1"), Span(first, 3, 4, "LOC")]
    first.spans["sc"] = [Span(first, 0, 3, "X"), Span(first, 2, 4, "Y")]
    first.cats = {"A": 1.0, "B": 0.0}
    nothing = nlp("Nothing here")
    nothing.ents = []
    unknown = Doc(nlp.vocab, words=["a", "b"])
    DocBin(docs=[first, nothing, nlp("Nobody looked"), unknown]).to_disk(path)
    return path


def test_a_docbin_gives_entities_groups_and_classes(tmp_path: Path) -> None:
    path = docbin(tmp_path / "train.spacy")
    first, nothing, nobody, unknown = records(path)
    assert marks(first) == [(0, 3, "PER"), (11, 15, "LOC"), (0, 10, "X"), (6, 15, "Y")]
    assert results(first)[4].value == {"choices": ["A"]}
    assert [len(r.value.annotations) for r in (nothing, nobody, unknown)] == [1, 0, 0]
    assert opened(path)[0].note == (
        "spaCy, classes, entities, group sc: 4 tasks; left out: links to a knowledge base (1),"
        " texts of tokens joined by blanks, with new offsets (1)"
    )


def test_five_hundred_docs_of_a_docbin_give_the_offsets_that_spacy_gives(tmp_path: Path) -> None:
    spacy = pytest.importorskip("spacy")
    from spacy.tokens import Doc, DocBin, Span

    draw, vocab = random.Random(12), spacy.blank("en").vocab  # noqa: S311
    docs, expected = [], []
    for _ in range(500):
        words = [
            draw.choice(["Ann", "😀", "e\u0301", "漢字", "\r\n", "a\u200db"]) for _ in range(6)
        ]
        doc = Doc(vocab, words=words, spaces=[draw.random() < 0.5 for _ in words])
        doc.ents = [Span(doc, at, at + 2, "PER") for at in (0, 2, 4) if draw.random() < 0.5]
        doc.spans["sc"] = [Span(doc, 0, draw.randint(1, 6), "X"), Span(doc, 1, 4, "Y")]
        marked = [(e.start_char, e.end_char, e.label_) for e in (*doc.ents, *doc.spans["sc"])]
        docs.append(doc)
        expected.append((doc.text, marked))
    DocBin(docs=docs).to_disk(tmp_path / "train.spacy")
    told = records(tmp_path / "train.spacy")
    assert [(record.value.data["text"], marks(record)) for record in told] == expected


@pytest.mark.parametrize("kept", [1, 10, -2])
def test_a_docbin_that_is_cut_off_is_refused(tmp_path: Path, kept: int) -> None:
    path = docbin(tmp_path / "train.spacy")
    put(path, path.read_bytes()[:kept])
    with pytest.raises(UsageError, match="is no whole DocBin of spaCy"):
        opened(path)


def test_a_file_that_is_no_docbin_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("spacy")
    with pytest.raises(UsageError, match="is no whole DocBin of spaCy: no zlib stream"):
        opened(put(tmp_path / "train.spacy", b"not packed"))


@settings(max_examples=500, deadline=None)
@given(texts, st.lists(st.integers(0, 60), min_size=0, max_size=6, unique=True))
def test_generated_examples_give_their_spans(text: str, borders: list[int]) -> None:
    held = sorted(border for border in borders if border <= len(text))
    spans = [
        (start, end, "PER")
        for start, end in zip(held[::2], held[1::2], strict=False)
        if start < end
    ]
    value = json.loads(json.dumps([text, {"entities": spans, "spans": {"sc": spans}}]))
    (made,) = examples(value)
    assert made.text == text
    assert made.spans == [SpacySpan(*s) for s in spans] + [SpacySpan(*s, "sc") for s in spans]


def test_what_stands_beside_an_example_stays_in_the_data(tmp_path: Path) -> None:
    row = {"text": "Ann left", "entities": [[0, 3, "PER"]], "doc": "d1", "meta": {"page": 2}}
    (record,) = records(put(tmp_path / "a.jsonl", json.dumps({**row, "links": [1]}) + "\n"))
    assert record.value.data == {"text": "Ann left", "doc": "d1", "meta": {"page": 2}}
    (one,) = opened(tmp_path / "a.jsonl")
    assert one.note == "spaCy, entities: 1 task; left out: rows with links (1)"
