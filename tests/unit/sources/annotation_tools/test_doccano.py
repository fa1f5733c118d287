"""Exports of doccano: those that doccano 1.8.4 itself wrote, and the forms since 1.0.

The zips in tests/annotation_tools/doccano-1.8 hold a file for each member of a project.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.finding import UsageError
from tests.tool_exports import EXPORTS, Said, converted, findings, only, put, tasks

ZIPS = EXPORTS / "doccano-1.8"
EMOJI, BREAK = "Hi 😀 Bob in Rome", "Ann left Rome.\r\nBob too."
PEOPLE = {
    1: [
        Said("alice", [(5, 8, "Bob", "PER"), (12, 16, "Rome", "LOC")]),
        Said("bob", [(5, 8, "Bob", "PER")]),
    ],
    2: [Said("bob", [(0, 3, "Ann", "PER")])],
    3: [],
}


def test_spans_of_two_members_in_utf_16_units() -> None:
    given = only(ZIPS / "spans.zip")
    assert given.note == (
        "doccano 1.8, sequence labelling, spans in UTF-16 units (3 of 3 spans that the unit moves"
        " fit, 0 in code points and 0 in graphemes): 3 tasks, 2 annotators; left out:"
        " rows without labels, unfinished or empty (6)"
    )
    assert tasks(given) == PEOPLE


def test_relations_join_the_spans_by_their_ids() -> None:
    given = only(ZIPS / "relations.zip")
    assert "sequence labelling with relations" in given.note
    alice, _ = tasks(given)[4]
    assert alice.answers[2] == ("label-5-8", "in", "label-12-16")
    assert given.config is not None
    assert given.config.relations == ("in",)


@pytest.mark.parametrize("form", ["jsonl", "json", "csv"])
def test_classes_in_each_form(form: str) -> None:
    given = only(ZIPS / f"classes-{form}.zip")
    assert "doccano" in given.note
    assert ", classification: 3 tasks, 2 annotators" in given.note
    assert tasks(given) == {
        7: [Said("alice", [("category", ["good"])]), Said("bob", [("category", ["bad"])])],
        8: [Said("alice", [("category", ["bad", "good"])])],
        9: [],
    }


@pytest.mark.parametrize("form", ["jsonl", "json", "csv"])
def test_answers_are_no_classes(form: str) -> None:
    given = only(ZIPS / f"answers-{form}.zip")
    assert ", sequence to sequence: 3 tasks, 2 annotators" in given.note
    said = ["Bob is said to be in Rome now.", "Somebody says hello about Bob in Rome."]
    assert tasks(given)[13] == [Said("alice", [("answer", said)])]


def test_intents_and_slots() -> None:
    given = only(ZIPS / "intents.zip")
    assert "intents and slots" in given.note
    assert tasks(given)[16] == [Said("alice", [(5, 8, "Bob", "PER"), ("category", ["greet"])])]


def test_a_shared_project_names_nobody_and_gives_each_label_once() -> None:
    given = only(ZIPS / "shared.zip")
    assert ", classification: 3 tasks; left out" in given.note
    assert tasks(given)[10] == [Said("", [("category", ["good"])])]


def test_fast_text_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="is a fastText export"):
        only(ZIPS / "classes-fasttext.zip")


def test_people_who_disagree_go_to_the_adjudicator(tmp_path: Path) -> None:
    outcome, chats = converted(ZIPS / "classes-jsonl.zip", tmp_path / "out")
    asked = "Choose all labels that fit for the text: good, bad."
    assert chats == [(f"{asked}\n\n{BREAK}", "good, bad")]
    (disputed,) = json.loads((tmp_path / "out" / "adjudication.json").read_text("utf-8"))
    assert disputed["data"]["text"] == EMOJI
    assert {p["model_version"] for p in disputed["predictions"]} == {"alice", "bob"}
    assert outcome.journal.disputed == 1


def test_metadata_and_comments_stay_in_the_data(tmp_path: Path) -> None:
    from dataprep.sources import read

    first, second, _ = read(only(ZIPS / "spans.zip"))
    assert first.value.data == {"text": EMOJI, "src": "mail", "Comments": ["unsure"]}  # type: ignore[union-attr]
    assert second.value.data == {"text": BREAK}  # type: ignore[union-attr]


def test_all_and_unknown_beside_each_other_are_two_annotators(tmp_path: Path) -> None:
    """What two of them said of a text was one answer with both labels."""
    for name, label in {"all": "good", "unknown": "bad"}.items():
        row = {"id": 1, "text": "So good", "Comments": [], "label": [label]}
        put(tmp_path / f"{name}.jsonl", [row])
    good, bad = [("category", ["good"])], [("category", ["bad"])]
    assert tasks(only(tmp_path)) == {1: [Said("all", good), Said("unknown", bad)]}


def test_members_who_are_called_all_and_unknown_are_annotators_beside_others(
    tmp_path: Path,
) -> None:
    row = {"id": 1, "text": "So good", "Comments": []}
    for name, labels in {"all": ["good"], "unknown": ["bad"], "admin": []}.items():
        put(tmp_path / f"{name}.jsonl", [{**row, "label": labels}])
    good, bad = [("category", ["good"])], [("category", ["bad"])]
    assert tasks(only(tmp_path)) == {1: [Said("all", good), Said("unknown", bad)]}


@pytest.mark.parametrize("name", ["src", "question", "title", "answer"])
@pytest.mark.parametrize("labels", [["good"], []])
def test_a_text_of_the_metadata_is_no_question_of_a_training_row(
    tmp_path: Path, name: str, labels: list[str]
) -> None:
    rows = [
        {"id": 1, "text": "So good", name: "mail", "label": ["good"], "Comments": []},
        {"id": 2, "text": "Too bad", name: "web", "label": labels, "Comments": []},
    ]
    given = only(put(tmp_path / "all.jsonl", rows))
    assert given.note is not None
    assert given.note.startswith("doccano 1.8, classification: 2 tasks")


OLD_SPAN = {"label": 12, "start_offset": 0, "end_offset": 3, "user": 1}
OLD = {"id": 1, "text": "Ann left", "annotations": [OLD_SPAN], "meta": {}}
NAMES = [{"id": 12, "text": "PER", "suffix_key": "p", "background_color": "#fff"}]


def test_labels_that_are_numbers_are_refused_unless_their_names_lie_beside(tmp_path: Path) -> None:
    path = put(tmp_path / "project.jsonl", [OLD])
    with pytest.raises(UsageError, match=r"the labels are numbers \(12\)"):
        only(path)
    put(tmp_path / "label_config.json", NAMES)
    given = only(tmp_path)
    assert given.note == "doccano 1.0 to 1.2, sequence labelling: 1 task, 1 annotator"
    assert tasks(given) == {1: [Said("1", [(0, 3, "Ann", "PER")])]}


def test_users_of_1_0_are_annotators(tmp_path: Path) -> None:
    two = {**OLD_SPAN, "user": 2, "start_offset": 4, "end_offset": 8}
    put(tmp_path / "labels.json", NAMES)
    put(tmp_path / "project.jsonl", [{**OLD, "annotations": [OLD_SPAN, two]}])
    assert tasks(only(tmp_path))[1] == [
        Said("1", [(0, 3, "Ann", "PER")]),
        Said("2", [(4, 8, "left", "PER")]),
    ]


def test_text_labels_of_1_0_count_code_points(tmp_path: Path) -> None:
    row = {"id": 1, "text": EMOJI, "labels": [[5, 8, "PER"]], "annotation_approver": "bo"}
    given = only(put(tmp_path / "project.jsonl", [row]))
    assert "doccano 1.0 to 1.2, sequence labelling, spans in code points (1 of 1" in given.note
    assert tasks(given) == {1: [Said("", [(5, 8, "Bob", "PER")])]}


def test_rows_of_a_table_of_1_0_are_one_task_a_text(tmp_path: Path) -> None:
    path = tmp_path / "project.csv"
    rows = ["annotation_approver,id,label,text,user", ",1,15,So good,1", ",1,16,So good,2"]
    path.write_text("\n".join(rows) + "\n", "utf-8")
    put(tmp_path / "names.json", [NAMES[0] | {"id": 15, "text": "glad"}])
    with pytest.raises(UsageError, match=r"the labels are numbers \(16\)"):
        only(tmp_path)
    put(tmp_path / "names.json", [NAMES[0] | {"id": i, "text": f"c{i}"} for i in (15, 16)])
    assert tasks(only(tmp_path)) == {
        1: [Said("1", [("category", ["c15"])]), Said("2", [("category", ["c16"])])]
    }


def test_1_3_has_its_text_under_data(tmp_path: Path) -> None:
    row = {"id": 1, "data": "Ann left", "label": [[0, 3, "PER"]], "src": "mail"}
    given = only(put(tmp_path / "a.jsonl", [row]))
    assert given.note.startswith("doccano 1.3 to 1.6, sequence labelling: 1 task")
    assert tasks(given) == {1: [Said("", [(0, 3, "Ann", "PER")])]}


def test_spans_that_fit_two_units_alike_are_not_guessed_for_1_3(tmp_path: Path) -> None:
    row = {"id": 1, "data": "😀 !!!!!!", "label": [[3, 5, "X"]]}
    path = put(tmp_path / "a.jsonl", [row])
    with pytest.raises(UsageError, match="spans may count code points or UTF-16 units"):
        only(path)
    assert tasks(only(path, offsets="utf16")) == {1: [Said("", [(2, 4, "!!", "X")])]}


def test_what_nothing_decides_is_read_as_its_version_counts_and_said(tmp_path: Path) -> None:
    row = {"id": 1, "text": "😀 !!!!!!", "label": [[3, 5, "X"]], "Comments": []}
    given = only(put(tmp_path / "a.jsonl", [row]))
    assert "spans in UTF-16 units as doccano 1.8 counts" in given.note


def test_graphemes_are_told_by_the_words(tmp_path: Path) -> None:
    row = {"id": 1, "text": "👨🏻‍🚒 Ann\r\nlives", "label": [[6, 11, "VERB"]], "Comments": []}
    given = only(put(tmp_path / "a.jsonl", [row]))
    assert "spans in graphemes (1 of 1" in given.note
    assert tasks(given) == {1: [Said("", [(10, 15, "lives", "VERB")])]}


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        (
            {"id": 2, "text": "Ann", "label": [[0, 9, "PER"]]},
            "A002",
            "'PER' runs from 0 to 9 code points, in a text of 3 characters",
        ),
        (
            {"id": 2, "text": "Ann", "label": [{"from": 0, "to": 3, "tag": "PER"}]},
            "S001",
            "its 'label' holds what no doccano up to 1.8 writes",
        ),
        ({"id": 2, "text": "Ann", "label": {"PER": [0, 3]}}, "S001", "its 'label' is no list"),
        ({"id": 1, "text": "Bob", "label": [[0, 3, "PER"]]}, "S001", None),
        ({"id": 2, "label": []}, "S001", "has no text, so it is no row of doccano about texts"),
    ],
)
def test_bad_rows_are_refused_with_file_and_line(
    tmp_path: Path, row: dict[str, Any], code: str, words: str | None
) -> None:
    good = {"id": 1, "text": "Ann left", "label": [[0, 3, "PER"]], "Comments": []}
    given = only(put(tmp_path / "a.jsonl", [good, row]), format="doccano", offsets="codepoint")
    two = "the id 1 is that of another row: two documents of one name"
    assert findings(given) == [(code, words or two, 2)]
    assert list(tasks(given)) == [1]


def test_a_relation_to_nothing_is_named(tmp_path: Path) -> None:
    entity = {"id": 5, "label": "PER", "start_offset": 0, "end_offset": 3}
    relation = {"id": 7, "from_id": 5, "to_id": 99, "type": "R"}
    row = {"id": 1, "text": "Ann left", "entities": [entity], "relations": [relation]}
    outcome, _ = converted(put(tmp_path / "a.jsonl", [row]), tmp_path / "out")
    assert outcome.journal.counts.rules["A013"] == 1


def test_a_relation_leads_to_one_of_two_entities_at_a_place(tmp_path: Path) -> None:
    places = ((5, 0, 3, "PER"), (6, 0, 3, "ORG"), (7, 9, 13, "LOC"))
    entities = [
        {"id": id, "start_offset": start, "end_offset": end, "label": label}
        for id, start, end, label in places
    ]
    relation = {"id": 1, "from_id": 6, "to_id": 7, "type": "in"}
    row = {"id": 1, "text": "Ann left Rome", "entities": entities, "relations": [relation]}
    _, chats = converted(put(tmp_path / "a.jsonl", [row]), tmp_path / "out")
    ((_, answer),) = chats
    assert json.loads(answer)["relations"] == [
        {"head": {"text": "Ann", "label": "ORG"}, "type": "in", "tail": "Rome"}
    ]
