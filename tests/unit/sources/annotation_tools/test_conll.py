"""Column files become tasks: documents, columns, schemes, and lines that are none of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.finding import UsageError
from dataprep.sources.annotated import columns
from tests.marked_exports import findings, items, marks, put, records
from tests.tool_exports import opened

CONLL_2003 = """-DOCSTART- -X- -X- O

EU NNP I-NP I-ORG
rejects VBZ I-VP O
German JJ I-NP I-MISC
call NN I-NP O

Peter NNP I-NP I-PER
Blackburn NNP I-NP I-PER

-DOCSTART- -X- -X- O

BRUSSELS NNP I-NP I-LOC
Paris NNP I-NP B-LOC
"""


def test_conll_2003_gives_a_task_for_each_document(tmp_path: Path) -> None:
    path = put(tmp_path / "eng.testa", CONLL_2003)
    first, second = records(path)
    assert first.value.data["text"] == "EU rejects German call\nPeter Blackburn"
    assert marks(first) == [(0, 2, "ORG"), (11, 17, "MISC"), (23, 38, "PER")]
    assert marks(second) == [(0, 8, "LOC"), (9, 14, "LOC")]
    assert [record.place.line for record in (first, second)] == [3, 13]
    (one,) = opened(path)
    assert one.note == (
        "CoNLL columns, IOB1: I- opens 4 spans, B- 1 behind one of its type;"
        " a task is a document; tokens joined by blanks, so that their offsets are new: 2 tasks;"
        " left out: columns (2)"
    )


def test_one_mark_at_the_top_divides_nothing(tmp_path: Path) -> None:
    path = put(tmp_path / "a.conll", "-DOCSTART- -X- O O\n\na NN O B-X\n\nb NN O O\n")
    assert [r.value.data["text"] for r in records(path)] == ["a", "b"]


def test_the_export_of_label_studio_keeps_its_reader(tmp_path: Path) -> None:
    path = put(tmp_path / "a.conll", "-DOCSTART- -X- O\n\nAnn -X- _ B-PER\nleft -X- _ O\n")
    assert [given.format for given in opened(path)] == ["label-studio"]


def test_a_file_that_begins_like_the_export_of_label_studio_is_none_of_it(tmp_path: Path) -> None:
    text = "-DOCSTART- -X- O O\n\nU.N. NNP I-NP I-ORG\nEkeus NNP I-NP I-PER\nLeeds NNP I-NP B-PER\n"
    path = put(tmp_path / "eng.testa", f"{text}\n-DOCSTART- -X- O O\n\nRome NNP I-NP I-LOC\n")
    assert [given.format for given in opened(path)] == ["conll"]
    first, second = records(path)
    assert marks(first) == [(0, 4, "ORG"), (5, 10, "PER"), (11, 16, "PER")]
    assert marks(second) == [(0, 4, "LOC")]


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        (
            "Ann I-PER\nLee E-PER\nBob I-PER\nRome I-LOC\n",
            "IOE1: I- ends 2 spans, E- 1 before one of its type",
            [(0, 7, "PER"), (8, 11, "PER"), (12, 16, "LOC")],
        ),
        (
            "Ann I-PER\nLee E-PER\nBob E-PER\nleft O\nRome E-LOC\n",
            "IOE2: E- ends 3 spans",
            [(0, 7, "PER"), (8, 11, "PER"), (17, 21, "LOC")],
        ),
    ],
)
def test_spans_may_be_told_by_their_ends(
    tmp_path: Path, text: str, form: str, expected: list[tuple[int, int, str]]
) -> None:
    path = put(tmp_path / "a.conll", text)
    assert form in opened(path)[0].note
    assert marks(records(path)[0]) == expected


def test_germeval_has_two_columns_of_tags_that_nest(tmp_path: Path) -> None:
    text = (
        "#\thttp://de.wikipedia.org/wiki/X [2009-10-17]\n"
        "1\tTSG\tB-ORG\tO\n2\tBonn\tI-ORG\tB-LOC\n3\tgewann\tO\tO\n\n"
        "#\tanother\n1\tSie\tO\tO\n"
    )
    first, second = records(put(tmp_path / "NER-de-train.tsv", text))
    assert first.value.data["text"] == "TSG Bonn gewann"
    assert marks(first) == [(0, 8, "ORG"), (4, 8, "LOC")]
    assert second.value.data["text"] == "Sie"


def test_a_token_may_be_a_no_break_space_or_begin_with_a_number_sign(tmp_path: Path) -> None:
    path = put(tmp_path / "wnut.conll", "#news\tB-TAG\n\xa0\tO\n#\tO\nAnn\tB-PER\n\nx\tO\n")
    first, _ = records(path)
    assert first.value.data["text"] == "#news \xa0 # Ann"
    assert marks(first) == [(0, 5, "TAG"), (10, 13, "PER")]


def test_lines_may_end_with_crlf_and_blanks(tmp_path: Path) -> None:
    path = put(tmp_path / "a.iob2", "\ufeffAnn B-PER \r\n  \r\nleft O\r\n")
    assert [marks(record) for record in records(path)] == [[(0, 3, "PER")], []]


def test_a_token_without_a_form_is_left_out_where_it_has_no_tag(tmp_path: Path) -> None:
    path = put(tmp_path / "a.conll", "Ann B-PER\n O\nleft O\n\n B-PER\n")
    (record, problem) = items(path)
    assert marks(record) == [(0, 3, "PER")]  # type: ignore[arg-type]
    assert problem.message == "has the tag 'B-PER' and no token"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Ann B-PER\n\nBob O\nSmith I-PER\n",
            "a.conll:4: A020 'I-PER' stands after another tag, and IOB2 opens with B-",
        ),
        (
            "Ann S-PER\n\nBob B-PER\nleft O\n",
            "a.conll:3: A020 a span of 'PER' that began here is not ended, as BIOES wants",
        ),
        (
            "Ann I-PER\nleft O\n\nBob E-PER\nEve E-PER\n",
            "a.conll:1: A020 a span of 'PER' that began here is not ended, as IOE2 wants",
        ),
        ("Ann B-PER\nleft O\n\nBob\n", "a.conll:4: S001 has 1 column, and the file has 2"),
        ("Ann B-PER\nleft O\n\nBob O O\n", "a.conll:4: S001 has 3 columns, and the file has 2"),
    ],
)
def test_a_line_that_cannot_be_is_named_and_its_sentence_dropped(
    tmp_path: Path, text: str, said: str
) -> None:
    path = put(tmp_path / "a.conll", text)
    assert findings(path) == [said]
    assert len(items(path)) == 2


def test_bytes_of_latin_1_are_named(tmp_path: Path) -> None:
    path = put(tmp_path / "esp.train.conll", "Ann B-PER\n\nMa\u00f1ana O\n".encode("latin-1"))
    assert findings(path) == ["esp.train.conll:3: J002 byte 0xf1 is not UTF-8"]


def test_labels_that_change_in_the_middle_are_a_warning_with_the_line(tmp_path: Path) -> None:
    text = "A B-PER\nB B-LOC\n\nC B-PER\n\nD B-PERSON\nE B-PLACE\n\nF B-PERSON\n"
    assert findings(put(tmp_path / "a.conll", text)) == [
        "a.conll:6: A022 from here on the labels are PERSON, PLACE, and before they were LOC, PER"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Ann NNP\nleft VBD\n", "every token has a tag and none is O: parts of speech"),
        ("Ann S-PER\nleft U-PER\n", "the tags are of BIOES and BILOU at once"),
        ("Ann\nleft\n", "has one column, and no tags"),
        ("\n \n", "holds no token"),
    ],
)
def test_a_file_without_a_scheme_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        opened(put(tmp_path / "a.conll", text))


@pytest.mark.parametrize(
    "text",
    [
        "token\ttag\nAnn\tB-PER\n",
        "question\tanswer\nWhat?\tO\n",
        "Running text, a line.\n\nAnother one.\n",
        "a\tO\nb\tO\n",
    ],
)
def test_tables_and_texts_are_not_taken_for_columns(tmp_path: Path, text: str) -> None:
    for ending in ("tsv", "txt"):
        (one,) = opened(put(tmp_path / f"some.{ending}", text))
        assert one.format != "conll"


def test_each_file_of_a_folder_is_an_export_of_its_own(tmp_path: Path) -> None:
    put(tmp_path / "train.conll", "Ann B-PER\n\nx O\n")
    put(tmp_path / "test.conll", "Bob B-PER\n\ny O\n")
    assert sorted(Path(one.name).name for one in opened(tmp_path)) == ["test.conll", "train.conll"]


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\t #"), min_size=1, max_size=5)
SENTENCES = st.lists(
    st.lists(st.tuples(WORDS, st.sampled_from(["O", "PER", "ORG"])), min_size=1, max_size=6),
    min_size=1,
    max_size=4,
)


@settings(max_examples=500, deadline=None)
@given(SENTENCES)
def test_generated_files_give_the_text_and_the_spans_that_they_were_made_of(
    given_sentences: list[list[tuple[str, str]]],
) -> None:
    lines: list[bytes] = []
    expected = []
    for sentence in given_sentences:
        at, held = 0, []
        for word, label in sentence:
            tag = label if label == "O" else f"B-{label}"
            lines.append(f"{word}\t{tag}\r\n".encode())
            if label != "O":
                held.append((at, at + len(word), label))
            at += len(word) + 1
        lines.append(b"\r\n")
        expected.append((" ".join(word for word, _ in sentence), held))
    layout = columns.layout_of(lambda: columns.sentences(lines))
    assert isinstance(layout, columns.ColumnLayout)
    read = []
    for document in columns.documents(columns.sentences(lines), layout):
        assert document.problems == []
        marked = document.text.marked()
        read.append((marked.text, [(s.start, s.end, s.label) for s in marked.spans]))
    assert read == expected
