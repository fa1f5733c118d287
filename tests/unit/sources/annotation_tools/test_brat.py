"""Folders of brat become tasks: pairs of files, annotators, and files that lack their pair."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from dataprep.finding import Finding
from tests.marked_exports import findings, items, marks, put, records, results
from tests.tool_exports import converted, opened

ANN = "T1\tPER 0 3\tAnn\nT2\tLOC 9 13\tRome\nR1\tLeft Arg1:T1 Arg2:T2\nA1\tSure T1 High\n"
TEXT = "Ann left Rome"


def pair(folder: Path, name: str, text: str = TEXT, ann: str | None = ANN) -> None:
    put(folder / f"{name}.txt", text)
    if ann is not None:
        put(folder / f"{name}.ann", ann)


def test_a_pair_of_files_is_a_task(tmp_path: Path) -> None:
    pair(tmp_path, "doc")
    (record,) = records(tmp_path)
    assert record.value.id == "doc"
    assert record.value.data == {"text": "Ann left Rome"}
    assert marks(record) == [(0, 3, "PER"), (9, 13, "LOC")]
    sure, relation = results(record)[2:]
    assert (sure.from_name, sure.id, sure.value["choices"]) == ("Sure", "T1", ["High"])
    assert (relation.from_id, relation.to_id, relation.labels) == ("T1", "T2", ["Left"])


def test_either_file_of_a_pair_may_be_named(tmp_path: Path) -> None:
    pair(tmp_path, "doc")
    pair(tmp_path, "other")
    for ending in ("ann", "txt"):
        (record,) = records(tmp_path / f"doc.{ending}")
        assert record.value.id == "doc"


def test_a_zip_holds_the_same_documents(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "corpus.zip", "w") as archive:
        archive.writestr("corpus/doc.txt", TEXT)
        archive.writestr("corpus/doc.ann", ANN)
    (record,) = records(tmp_path / "corpus.zip")
    assert marks(record) == [(0, 3, "PER"), (9, 13, "LOC")]


def test_folders_that_share_their_texts_are_annotators(tmp_path: Path) -> None:
    for name in ("one", "two"):
        pair(tmp_path / "ann_a", name)
        pair(tmp_path / "ann_b", name, ann="T1\tORG 0 3\tAnn\n")
    first, second = records(tmp_path)
    assert [a.annotator for a in first.value.annotations] == ["ann_a", "ann_b"]
    assert (marks(second, 0)[0], marks(second, 1)) == ((0, 3, "PER"), [(0, 3, "ORG")])
    (given,) = opened(tmp_path)
    assert given.note == "brat, a folder for each annotator: 2 tasks, 2 annotators"


def test_folders_that_share_few_texts_are_not_annotators(tmp_path: Path) -> None:
    for folder in ("news", "mail"):
        pair(tmp_path / folder, "intro")
        for number in range(3):
            pair(tmp_path / folder, f"{folder}{number}", text=f"Ann left Rome {number}{folder}")
    assert len(records(tmp_path)) == 8
    assert {a.annotator for r in records(tmp_path) for a in r.value.annotations} == {""}


def test_the_folders_of_splits_are_no_annotators(tmp_path: Path) -> None:
    pair(tmp_path / "train", "doc")
    pair(tmp_path / "test", "doc")
    assert [r.value.id for r in records(tmp_path)] == ["test/doc", "train/doc"]


def test_one_name_with_two_texts_is_two_documents(tmp_path: Path) -> None:
    pair(tmp_path / "a", "doc")
    pair(tmp_path / "b", "doc", text="Ann left Rome.")
    assert [(r.value.id, r.value.data["text"]) for r in records(tmp_path)] == [
        ("a/doc", "Ann left Rome"),
        ("b/doc", "Ann left Rome."),
    ]


def test_an_ann_without_its_txt_is_named(tmp_path: Path) -> None:
    pair(tmp_path, "good")
    put(tmp_path / "lost.ann", ANN)
    assert findings(tmp_path) == [
        "lost.ann: A021 has no lost.txt beside it, so its text is not here"
    ]
    assert len(items(tmp_path)) == 2


def test_a_txt_without_an_ann_is_a_task_without_annotations(tmp_path: Path) -> None:
    pair(tmp_path, "good")
    pair(tmp_path, "fresh", ann=None)
    pair(tmp_path, "opened", ann="")
    assert [(r.value.id, len(r.value.annotations)) for r in records(tmp_path)] == [
        ("fresh", 0),
        ("good", 1),
        ("opened", 1),
    ]


def test_the_first_bad_line_of_a_document_is_named_and_the_others_counted(tmp_path: Path) -> None:
    pair(tmp_path, "doc", ann="T1\tPER 0 3\tAnn\nT2\tPER 90 93\tBob\nT3\tPER 1 4\tAnn\n")
    assert findings(tmp_path) == [
        "doc.ann:2: A002 T2 runs from 90 to 93, in a text of 13 characters; 1 more in this document"
    ]


def test_lines_without_tabs_are_named_and_not_taken_for_a_text_alone(tmp_path: Path) -> None:
    pair(tmp_path, "doc", ann="T1 PER 0 3 Ann\n")
    assert findings(tmp_path) == ["doc.ann:1: S001 is no span of brat: 'T1 PER 0 3 Ann'"]


def test_spans_that_the_browser_counted_in_utf_16_are_named(tmp_path: Path) -> None:
    pair(tmp_path, "doc", text="😀 Ann left Rome", ann="T1\tPER 3 6\tAnn\n")
    assert findings(tmp_path) == ["doc.ann: A004 1 span counted in UTF-16 units, and read so"]


def test_what_is_not_held_is_counted_and_the_settings_of_brat_are_no_data(tmp_path: Path) -> None:
    pair(tmp_path, "doc", ann=ANN + "T3\tMove 4 8\tleft\nE1\tMove:T3 Who:T1\nA2\tNeg E1\n")
    pair(tmp_path, "far", text="North and South Korea", ann="T1\tLOC 0 5;16 21\tNorth Korea\n")
    put(tmp_path / "annotation.conf", "[entities]\nPER\n")
    (given,) = opened(tmp_path)
    assert given.note == (
        "brat, 1 discontinuous span in pieces that the relation continued_in joins: 2 tasks;"
        " left out: events (1), attributes of events (1)"
    )


def test_bytes_that_are_not_utf_8_are_named(tmp_path: Path) -> None:
    put(tmp_path / "doc.txt", b"Ann\xff left")
    put(tmp_path / "doc.ann", "T1\tPER 0 3\tAnn\n")
    assert findings(tmp_path) == ["doc.txt:1:4: J002 byte 0xff is not UTF-8"]


PROMPT = (
    "List the entities in the text with their labels: PER, LOC. List the relations between them"
    " too: Left."
)


def test_annotators_are_merged_and_what_they_disagree_on_is_kept(tmp_path: Path) -> None:
    for who, ann in (("a", ANN), ("b", ANN), ("c", "T1\tPER 0 3\tAnn\n")):
        pair(tmp_path / "in" / who, "one", ann=ann)
        pair(tmp_path / "in" / who, "two", text="Bob stayed", ann="T1\tPER 0 3\tBob\n")
    outcome, pairs = converted(tmp_path / "in", tmp_path / "out")
    assert pairs == [
        (
            f"{PROMPT}\n\nAnn left Rome",
            '{"entities":[{"text":"Ann","label":"PER","Sure":"High"},{"text":"Rome","label":"LOC"}],'
            '"relations":[{"head":"Ann","type":"Left","tail":"Rome"}]}',
        ),
        (
            f"{PROMPT}\n\nBob stayed",
            '{"entities":[{"text":"Bob","label":"PER"}],"relations":[]}',
        ),
    ]
    (first, *_) = outcome.agreement
    assert [one.annotator for one in first.annotators] == ["a", "b", "c"]


@pytest.mark.parametrize("ann", ["T1\tPER 9 99\tAnn\n", "R1\tIn Arg1:T1 Arg2:T2\n", "T1 PER\n"])
def test_what_to_do_about_a_line_is_about_the_line(tmp_path: Path, ann: str) -> None:
    (tmp_path / "a.txt").write_text("Ann left.", "utf-8")
    (tmp_path / "a.ann").write_text(ann, "utf-8")
    (one,) = [item for item in items(tmp_path) if isinstance(item, Finding)]
    assert one.remedy == "Mend the line, or pass --drop-invalid to leave its document out."


SHARED = "RFLAT-1 activates RANTES"
GIVEN = "T1\tProtein 0 7\tRFLAT-1\nT2\tProtein 18 24\tRANTES\n"
ASKED = (
    "T3\tPositive_regulation 8 17\tactivates\nE1\tPositive_regulation:T3 Theme:T2 Cause:T1\n"
    "M1\tSpeculation E1\nR1\tSubunit-Complex Arg1:T1 Arg2:T2\n"
)


def shared_task(folder: Path, given: str = GIVEN, asked: str = ASKED) -> Path:
    folder.mkdir()
    (folder / "PMID-1.txt").write_text(SHARED)
    (folder / "PMID-1.a1").write_text(given)
    (folder / "PMID-1.a2").write_text(asked)
    return folder


def test_the_two_files_of_a_shared_task_are_read_as_the_marks_of_one(tmp_path: Path) -> None:
    folder = shared_task(tmp_path / "bionlp")
    for path in (folder, folder / "PMID-1.txt", folder / "PMID-1.a1", folder / "PMID-1.a2"):
        (record,) = records(path)
        assert marks(record) == [
            (0, 7, "Protein"),
            (8, 17, "Positive_regulation"),
            (18, 24, "Protein"),
        ]
    (given,) = opened(folder)
    assert given.note == (
        "brat, 1 document of BioNLP: 1 task; left out: events (1), attributes of events (1)"
    )
    assert [Path(name).name for name, _ in given.made_from] == [
        "PMID-1.txt",
        "PMID-1.a1",
        "PMID-1.a2",
    ]


@pytest.mark.parametrize(
    ("given", "asked", "said"),
    [
        (GIVEN, "E1\tA:T1\nT2\tProtein 0 7\tRFLAT-1\n", "PMID-1.a2:2: A013 the id T2 stands twice"),
        ("\nT1\tProtein 1 7\tRFLAT-1\n", ASKED, "PMID-1.a1:2: A003"),
        (GIVEN.rstrip("\n"), "R1\tPart A:T1 B:T9\n", "PMID-1.a2:1: A013 names T9"),
    ],
)
def test_what_is_wrong_in_one_of_the_two_files_is_named_there(
    tmp_path: Path, given: str, asked: str, said: str
) -> None:
    (finding,) = findings(shared_task(tmp_path / "bionlp", given, asked))
    assert finding.startswith(said)


def test_entities_alone_are_read_and_an_ann_stands_above_both(tmp_path: Path) -> None:
    folder = shared_task(tmp_path / "bionlp")
    (folder / "PMID-1.a2").unlink()
    (record,) = records(folder)
    assert marks(record) == [(0, 7, "Protein"), (18, 24, "Protein")]
    (folder / "PMID-1.ann").write_text("T1\tGene 0 7\tRFLAT-1\n")
    (record,) = records(folder)
    assert marks(record) == [(0, 7, "Gene")]
    assert opened(folder)[0].note.endswith("left out: files .a1 and .a2 beside an .ann (1)")


def test_an_a1_without_its_text_is_named(tmp_path: Path) -> None:
    folder = shared_task(tmp_path / "bionlp")
    (folder / "PMID-1.txt").unlink()
    (finding,) = findings(folder)
    assert finding.startswith("PMID-1.a1: A021 has no PMID-1.txt beside it")
