"""Exports of annotation tools as inputs: a file, a folder or a zip, recognised and surveyed."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from dataprep import checker, conversion
from dataprep.example import Record
from dataprep.finding import Finding, UsageError
from dataprep.recipe import Source
from dataprep.sources import Input, files, read, surveyed
from tests.tool_exports import converted

ALICE = [
    {"id": 1, "text": "Ann left Rome.", "label": [[0, 3, "PER"]]},
    {"id": 2, "text": "Nobody came.", "label": []},
]
BOB = [
    {"id": 1, "text": "Ann left Rome.", "label": [[0, 3, "PER"], [9, 13, "LOC"]]},
    {"id": 2, "text": "Nobody came.", "label": []},
]


def lines(rows: list[Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def put(path: Path, rows: list[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(lines(rows), "utf-8")
    return path


def zipped(path: Path, **members: list[Any]) -> Path:
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in members.items():
            archive.writestr(f"{name}.jsonl", lines(rows))
    return path


def opened(path: Path, **settings: Any) -> list[Input]:
    return [surveyed(one) for one in files(Source(path=str(path), **settings), Path())]


def said(given: Input) -> list[tuple[Any, dict[str, int]]]:
    """Each task with how many results each annotator gave."""
    return [
        (item.place.task, {a.annotator: len(a.result) for a in item.value.annotations})
        for item in read(given)
        if isinstance(item, Record)
    ]


def test_a_folder_of_user_files_is_one_export_of_several_annotators(tmp_path: Path) -> None:
    put(tmp_path / "alice.jsonl", ALICE)
    put(tmp_path / "bob.jsonl", BOB)
    (given,) = opened(tmp_path)
    assert given.format == "doccano"
    assert given.note == (
        "doccano, sequence labelling: 2 tasks, 2 annotators;"
        " left out: rows without labels, unfinished or empty (2)"
    )
    assert said(given) == [(1, {"alice": 1, "bob": 2}), (2, {})]


def test_a_zip_of_user_files_is_read_as_its_folder_is(tmp_path: Path) -> None:
    path = zipped(tmp_path / "labels.zip", alice=ALICE, bob=BOB)
    (given,) = opened(path)
    assert said(given) == [(1, {"alice": 1, "bob": 2}), (2, {})]
    assert given.made_from == ((str(path), path),)
    (record, _) = (item for item in read(given) if isinstance(item, Record))
    assert str(record.place) == f"{path}/alice.jsonl:1 task 1"


def test_a_folder_that_holds_zips_alone_is_read_as_they_are(tmp_path: Path) -> None:
    first = zipped(tmp_path / "a.zip", alice=ALICE, bob=BOB)
    second = zipped(tmp_path / "below/b.zip", all=ALICE)
    (tmp_path / "notes.odt").write_bytes(b"other")
    given = opened(tmp_path)
    assert [said(one) for one in given] == [
        [(1, {"alice": 1, "bob": 2}), (2, {})],
        [(1, {"": 1}), (2, {})],
    ]
    assert [one.name for one in given] == [str(first), str(second)]
    assert [one.made_from for one in given] == [((str(p), p),) for p in (first, second)]
    assert given[0].note.endswith("not read: notes.odt")
    (tmp_path / "notes.odt").unlink()
    asked = opened(tmp_path, format="doccano")
    assert [said(one) for one in asked] == [said(one) for one in given]


def test_a_readme_beside_zips_is_about_them_and_no_text_to_learn(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", alice=ALICE)
    (tmp_path / "README.md").write_text("What is in the zip.\n")
    (given,) = opened(tmp_path)
    assert said(given) == [(1, {"alice": 1}), (2, {})]
    assert given.note.endswith("not read: README.md")


def test_a_zip_beside_other_files_is_named_as_not_read(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", alice=ALICE)
    put(tmp_path / "alice.jsonl", ALICE)
    (given,) = opened(tmp_path)
    assert given.note.endswith("not read: a.zip")


def test_one_broken_zip_of_several_is_named_and_without_another_refused(tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(UsageError, match="is a zip that cannot be read"):
        opened(tmp_path)
    zipped(tmp_path / "a.zip", alice=ALICE)
    given, broken = opened(tmp_path)
    assert said(given) == [(1, {"alice": 1}), (2, {})]
    (finding,) = read(broken)
    assert isinstance(finding, Finding)
    assert (finding.code, finding.place.file) == ("J018", str(tmp_path / "b.zip"))


def test_the_labels_that_occur_are_the_config_of_the_export(tmp_path: Path) -> None:
    (given,) = opened(put(tmp_path / "bob.jsonl", BOB))
    assert given.config is not None
    assert given.config.controls["label"].labels == ("PER", "LOC")
    assert given.config.objects["text"].field == "text"


def test_each_folder_is_an_export_of_its_own(tmp_path: Path) -> None:
    put(tmp_path / "one" / "alice.jsonl", ALICE)
    put(tmp_path / "two" / "alice.jsonl", [{"id": 1, "text": "Other", "label": [[0, 5, "PER"]]}])
    assert [said(given) for given in opened(tmp_path)] == [
        [(1, {"alice": 1}), (2, {})],
        [(1, {"alice": 1})],
    ]


def test_rows_beside_an_export_are_read_as_rows(tmp_path: Path) -> None:
    put(tmp_path / "alice.jsonl", ALICE)
    put(tmp_path / "pairs.jsonl", [{"prompt": "Hi?", "completion": "Ho."}])
    assert [given.format for given in opened(tmp_path)] == ["doccano", "jsonl"]


def test_the_format_can_be_said_where_nothing_tells_it(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("id,text,label\n1,So good,glad#calm\n", "utf-8")
    assert [given.format for given in opened(path)] == ["csv"]
    (given,) = opened(path, format="doccano")
    (record,) = (item for item in read(given) if isinstance(item, Record))
    (result,) = record.value.annotations[0].result
    assert result.value == {"choices": ["glad", "calm"]}


def test_check_says_that_convert_reads_it(tmp_path: Path) -> None:
    path = put(tmp_path / "alice.jsonl", ALICE)
    (finding,) = checker.check([path])
    assert finding.code == "S001"
    assert finding.message == (
        "the file is an export of another annotation tool (doccano): dataprep convert reads those"
    )


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda z: z.writestr("a.txt", "Hello"), "is a zip without an export that is known"),
        (lambda z: z.writestr("../a.jsonl", lines(ALICE)), "holds a file outside of itself"),
    ],
)
def test_a_zip_that_holds_no_export_is_refused(tmp_path: Path, make: Any, words: str) -> None:
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w") as archive:
        make(archive)
    with pytest.raises(UsageError, match=words):
        opened(path)


def test_a_broken_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "labels.zip", alice=ALICE)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UsageError, match="is a zip that cannot be read"):
        opened(path)


def test_a_zip_with_one_name_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "labels.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("alice.jsonl", lines(ALICE))
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("alice.jsonl", lines(BOB))
    with pytest.raises(UsageError, match="two files named"):
        opened(path)


def test_another_text_under_the_same_id_is_no_other_annotation(tmp_path: Path) -> None:
    put(tmp_path / "alice.jsonl", ALICE)
    put(tmp_path / "carl.jsonl", [{"id": 1, "text": "Elsewhere", "label": [[0, 4, "LOC"]]}])
    (given,) = opened(tmp_path)
    (finding,) = (item for item in read(given) if isinstance(item, Finding))
    assert finding.code == "S001"
    assert finding.place.file.endswith("carl.jsonl")
    assert finding.place.line == 1
    assert "two documents of one name" in finding.message


def test_a_zip_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dataprep.sources.annotation_tools.zipped.MAX_UNPACKED", 100)
    monkeypatch.delattr("dataprep.sources.annotation_tools.zipped.temporary_folder")  # none is made
    path = zipped(tmp_path / "labels.zip", alice=ALICE, bob=BOB)
    with pytest.raises(UsageError, match="unpacks to more than 100 bytes"):
        opened(path)


def test_exports_are_read_by_several_workers_as_by_one(tmp_path: Path) -> None:
    paths = [zipped(tmp_path / f"{name}.zip", alice=ALICE, bob=BOB) for name in ("one", "two")]
    recipe, base = conversion.assembled(paths, None, ["openai-chat"], {"annotators": "latest"})
    made = []
    for workers in (1, 2):
        out = tmp_path / f"out-{workers}"
        conversion.convert(recipe, base, out, workers=workers)
        made.append((out / "openai-chat" / "train.jsonl").read_bytes())
    assert made[0] == made[1]
    assert made[0].count(b"\n") == 2


def test_a_text_that_is_an_address_is_a_text_where_texts_stand_in_the_export(
    tmp_path: Path,
) -> None:
    rows = [{"id": 1, "text": "https://example.com/ann", "label": [[20, 23, "PER"]]}]
    put(tmp_path / "all.jsonl", rows)
    _, ((asked, answered),) = converted(tmp_path / "all.jsonl", tmp_path / "out")
    assert asked.endswith("https://example.com/ann")
    assert answered == '[{"text":"ann","label":"PER"}]'


SAID = [{"role": "user", "content": "Who left?"}, {"role": "assistant", "content": "Ann."}]
ASKED = {"prompt": "Who left?", "completion": "Ann."}
TEXT = "Ann left Rome."


@pytest.mark.parametrize(
    "row",
    [
        {"text": TEXT, "answer": "accept"},
        {"text": TEXT, "question": "Accept or reject?", "answer": "reject"},
        {"messages": SAID, "_input_hash": 1, "_task_hash": 2, "answer": "accept"},
        {"messages": SAID, "text": TEXT, "label": [[0, 3, "PER"]]},
        {"messages": SAID, "text": TEXT, "cats": {"travel": 1.0}},
        {**ASKED, "text": TEXT, "entities": [[0, 3, "PER"]]},
        {"text": TEXT, "summary": "Ann left.", "entities": [[0, 3, "PER"]]},
        {**ASKED, "tokens": ["Ann", "left"], "tags": ["NNP", "VBD"]},
        {"question": "Who?", "answer": "Ann.", "tokens": ["Ann"], "ner_tags": [1]},
        {**ASKED, "annotators": [{"user_id": "1", "value": 4, "reason": "clear"}]},
        {**ASKED, "rating": {"user_id": "1", "value": 4, "status": "submitted"}},
    ],
)
def test_training_rows_with_marks_beside_them_stay_rows(tmp_path: Path, row: Any) -> None:
    (given,) = files(Source(path=str(put(tmp_path / "rows.jsonl", [row, row]))), Path())
    assert (given.format, given.export) == ("jsonl", None)


@pytest.mark.parametrize(
    ("good", "odd", "tool"),
    [
        ({"text": "Fine", "label": "A", "_input_hash": 1, "answer": "reject"}, {}, "prodigy"),
        (ALICE[0], {"id": 3, "label": "PER"}, "doccano"),
        ({"entities": [[0, 3, "PER"]]}, {"entities": [[0, 3]]}, "spacy"),
    ],
)
def test_where_some_rows_are_no_tools_the_refusal_names_the_tool(
    tmp_path: Path, good: dict[str, Any], odd: dict[str, Any], tool: str
) -> None:
    """One odd row among its first ones, and nothing said that the file was an export."""
    put(tmp_path / "a.jsonl", [{"text": "Ann left Rome.", **row} for row in (good, good, odd)])
    with pytest.raises(UsageError) as refused:
        converted(tmp_path / "a.jsonl", tmp_path / "out")
    assert f"of the first 3 no more than 2 are of {tool}" in str(refused.value).lower()
    assert f"--format {tool}" in str(refused.value)
