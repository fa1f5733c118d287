"""CoNLL-U files become tasks: the text of the comments, ranges, empty nodes, entities in MISC."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.finding import UsageError
from dataprep.sources.annotated import conllu
from tests.marked_exports import findings, marks, put, records
from tests.tool_exports import opened

CONLLU = Path(__file__).parent / "conllu.json"
"""Sentences with their tokens and texts by conllu 6.0.0: see the key `made`."""


def row(id: str, form: str, misc: str = "_") -> str:
    return "\t".join([id, form, "_", "_", "_", "_", "_", "_", "_", misc])


def sentence(*rows: str, comments: tuple[str, ...] = ()) -> str:
    return "\n".join([*comments, *rows]) + "\n\n"


VAMONOS = sentence(
    row("1-2", "vámonos"),
    row("1", "vamos"),
    row("2", "nos"),
    row("3", "al", "NER=B-LOC"),
    row("4", "mar", "NER=I-LOC|SpaceAfter=No"),
    row("4.1", "ya"),
    row("5", "."),
    comments=("# sent_id = s1", "# text = vámonos al  mar."),
)


def test_the_text_of_the_comment_and_the_surface_of_ranges_count(tmp_path: Path) -> None:
    (record,) = records(put(tmp_path / "a.conllu", VAMONOS))
    assert record.value.id == "s1"
    assert record.value.data["text"] == "vámonos al  mar."
    assert marks(record) == [(8, 15, "LOC")]


def test_without_a_text_the_spaces_of_misc_count(tmp_path: Path) -> None:
    text = sentence(
        row("1", "Ann", "NER=B-PER|SpacesAfter=\\s\\s"),
        row("2-3", "can't", "SpaceAfter=No"),
        row("2", "ca", "SpaceAfter=No"),
        row("3", "n't"),
        row("4", "😀"),
        row("5", "Rome", "NER=B-LOC"),
    )
    (record,) = records(put(tmp_path / "a.conllu", text))
    assert record.value.data["text"] == "Ann  can't😀 Rome"
    assert marks(record) == [(0, 3, "PER"), (12, 16, "LOC")]


def test_a_document_is_one_task_with_its_paragraphs(tmp_path: Path) -> None:
    text = (
        sentence(row("1", "Ann", "NER=B-PER"), comments=("# newdoc id = d1", "# newpar"))
        + sentence(row("1", "Bob", "NER=B-PER|SpaceAfter=No"))
        + sentence(row("1", "Eve", "NER=B-PER"), comments=("# newpar",))
        + sentence(row("1", "Dan", "NER=B-PER"), comments=("# newdoc id = d2",))
    )
    first, second = records(put(tmp_path / "a.conllu", text))
    assert (first.value.id, first.value.data["text"]) == ("d1", "Ann Bob\n\nEve")
    assert marks(first) == [(0, 3, "PER"), (4, 7, "PER"), (9, 12, "PER")]
    assert (second.value.id, second.place.line) == ("d2", 10)


def test_what_stands_beside_the_entities_is_counted(tmp_path: Path) -> None:
    text = "1\tAnn\tAnn\tPROPN\tNNP\tNumber=Sing\t0\troot\t_\tname=B-PER|Translit=x\n\n"
    (given_,) = opened(put(tmp_path / "a.conllu", text))
    assert given_.note == (
        "CoNLL-U, name of MISC in IOB2 (B- opens 1 span): 1 task; left out: lemmas (1),"
        " parts of speech (1), sets of features (1), dependencies (1), Translit in MISC (1)"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            sentence(row("1", "Ann", "NER=B-PER"), comments=("# text = Bob",)),
            "a.conllu:2: A003 has the form 'Ann', and # text has 'Bob'",
        ),
        (
            sentence(row("1", "Ann", "NER=B-PER"), comments=("# text = Ann left",)),
            "a.conllu:2: A003 is the last token, and # text goes on with 'left'",
        ),
        (
            sentence(row("1", "Ann", "NER=B-PER"), row("3", "x")),
            "a.conllu:2: S001 has the id 3, and 2 comes next",
        ),
        (
            sentence(row("1", "Ann", "NER=B-PER"), "2\tx"),
            "a.conllu:2: S001 has 2 columns, and CoNLL-U has 10",
        ),
        (
            sentence(row("1", "Ann", "NER=B-PER"), row("2", "x"), row("3", "y", "NER=I-PER")),
            "a.conllu:3: A020 'I-PER' stands after another tag, and IOB2 opens with B-",
        ),
        (
            2 * sentence(row("1", "Ann", "NER=B-PER"), comments=("# newdoc id = d",)),
            "a.conllu:4: S001 'd' is the name of another document of this file",
        ),
    ],
)
def test_what_cannot_be_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    assert findings(put(tmp_path / "a.conllu", text)) == [said]


def test_a_treebank_without_entities_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "a.conllu", sentence(row("1", "Ann", "SpaceAfter=No")))
    with pytest.raises(UsageError, match="no key of MISC has tags of entities, as NER=B-PER; MISC"):
        opened(path)


def test_a_file_is_known_by_its_columns(tmp_path: Path) -> None:
    (one,) = opened(put(tmp_path / "a.conll", VAMONOS))
    assert one.format == "conllu"


def test_conllu_gives_the_same_tokens_and_ranges() -> None:
    cases = json.loads(CONLLU.read_text("utf-8"))["cases"]
    assert len(cases) > 20
    for text, words, surfaces in cases:
        (read,) = conllu.sentences(line.encode() + b"\n" for line in text.split("\n"))
        assert [read.surfaces[word.surface].form for word in read.words] == words
        assert [piece.form for piece in read.surfaces] == surfaces


FORMS = st.text(st.characters(codec="utf-8", categories=["L", "N", "S", "P"]), min_size=1)
TOKENS = st.lists(
    st.tuples(FORMS, st.sampled_from(["", " ", "  "]), st.sampled_from(["O", "PER", "LOC"])),
    min_size=1,
    max_size=8,
)


@settings(max_examples=500, deadline=None)
@given(TOKENS, st.booleans())
def test_generated_sentences_give_the_text_and_the_spans_that_they_were_made_of(
    tokens: list[tuple[str, str, str]], commented: bool
) -> None:
    text, expected, rows = "", [], []
    for number, (form, after, label) in enumerate(tokens, 1):
        tag = "" if label == "O" else f"NER=B-{label}|"
        spaces = "SpaceAfter=No" if not after else "SpacesAfter=" + after.replace(" ", "\\s")
        rows.append(row(str(number), form, tag + spaces))
        if label != "O":
            expected.append((len(text), len(text) + len(form), label))
        text += form + after
    text = text.rstrip(" ")
    comments = (f"# text = {text}",) if commented else ()
    lines = [line.encode() + b"\r\n" for line in sentence(*rows, comments=comments).split("\n")]
    evidence = conllu.EntityEvidence()
    for read in conllu.sentences(lines):
        evidence.add(read)
    told = evidence.told()
    if isinstance(told, str):
        assert expected == []
        return
    (document,) = conllu.documents(conllu.sentences(lines), told[0], told[1])
    assert document.problems == []
    assert document.marked.text == text
    assert [(s.start, s.end, s.label) for s in document.marked.spans] == expected


PLUS = (
    "# global.columns = ID FORM UPOS MISC X:NE\n"
    "# text = Ann left Rome.\n"
    "1\tAnn\tPROPN\t_\tB-PER\n2\tleft\tVERB\t_\t_\n"
    "3\tRome\tPROPN\tSpaceAfter=No\tB-LOC\n4\t.\tPUNCT\t_\t*\n\n"
)


@pytest.mark.parametrize("name", ["a.conllup", "a.conllu", "a.txt"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_column_of_conllu_plus_may_hold_the_entities(
    tmp_path: Path, name: str, start: str
) -> None:
    path = put(tmp_path / name, start + PLUS)
    (record,) = records(path)
    assert record.value.data["text"] == "Ann left Rome."
    assert marks(record) == [(0, 3, "PER"), (9, 13, "LOC")]
    assert opened(path)[0].note == (
        "CoNLL-U Plus, column X:NE in IOB2 (B- opens 2 spans): 1 task;"
        " left out: parts of speech (4)"
    )


def test_columns_of_conllu_plus_may_lack_ids_and_misc(tmp_path: Path) -> None:
    text = (
        "# global.columns = FORM NER SENTIMENT\nAnn\tB-PER\tgood\nleft\tO\tbad\n\nBob\tB-PER\t_\n"
    )
    path = put(tmp_path / "a.conllup", text)
    first, second = records(path)
    assert (first.value.data["text"], marks(first)) == ("Ann left", [(0, 3, "PER")])
    assert marks(second) == [(0, 3, "PER")]
    assert opened(path)[0].note.endswith("left out: column SENTIMENT (2)")


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("ID LEMMA NER", "a.conllup:1: S001 names no column FORM, which holds the text"),
        ("FORM NER NER", "a.conllup:1: S001 names the column NER twice"),
        ("FORM NER", "a.conllup:2: S001 has 3 columns, and # global.columns has 2"),
    ],
)
def test_columns_that_cannot_be_are_named(tmp_path: Path, columns: str, said: str) -> None:
    rows = "1\tAnn\tB-PER\n"
    plain = "\n# global.columns = ID FORM NER\n1\tAnn\tB-PER\n"
    path = put(tmp_path / "a.conllup", f"# global.columns = {columns}\n{rows}{plain}")
    (finding,) = findings(path)
    assert finding.startswith(said)


def test_a_column_without_tags_is_named_where_there_are_no_entities(tmp_path: Path) -> None:
    text = "# global.columns = ID FORM PARSEME:MWE\n1\tAnn\t1:VID\n"
    words = "MISC has nothing, and beside it stand: column PARSEME:MWE"
    with pytest.raises(UsageError, match=words):
        opened(put(tmp_path / "a.cupt", text))
