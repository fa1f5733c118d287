"""Exports of Argilla: answers of several users, their status, suggestions, and every question.

The files in tests/annotation_tools/argilla-2 were written by argilla 2.8.0 itself.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest

from dataprep.finding import UsageError
from tests.tool_exports import EXPORTS, Said, converted, findings, guesses, only, put, tasks

ONE, TWO = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
FIRST = [
    ("topic", ["news"]),
    ("tags", ["x", "y"]),
    ("stars", 4),
    ("why", ["because it tells what happened there"]),
    ("rank", ["b", "a"]),
    (5, 8, "Bob", "PER"),
    (12, 16, "Rome", "LOC"),
]
FORMS = ("flat.json", "datasets.jsonl", "datasets.parquet")


def argilla(tmp_path: Path, name: str, *, settings: bool = False) -> Path:
    """One of the files that the library wrote, by itself or with its settings."""
    shutil.copy(EXPORTS / "argilla-2" / name, tmp_path / name)
    if settings:
        shutil.copytree(EXPORTS / "argilla-2" / ".argilla", tmp_path / ".argilla")
    return tmp_path / name


@pytest.mark.parametrize("name", FORMS)
def test_each_form_with_a_status_gives_the_same_answers(tmp_path: Path, name: str) -> None:
    given = only(argilla(tmp_path, name))
    assert given.format == "argilla"
    assert tasks(given) == {
        "r0": [Said(ONE, FIRST), Said(TWO, [], skipped=True)],
        "r1": [Said(ONE, [("topic", ["sport"])]), Said(TWO, [("topic", ["sport"])])],
        "r2": [],
    }
    assert findings(given) == []


def test_a_form_without_status_says_that_skips_and_drafts_look_submitted(tmp_path: Path) -> None:
    given = only(argilla(tmp_path, "to_json.json"))
    assert [code for code, _, _ in findings(given)] == ["A009"]
    assert tasks(given)["r0"][1] == Said(TWO, [("topic", ["sport"])])
    assert tasks(given)["r1"][1] == Said(TWO, [("topic", ["sport"]), (0, 3, "Ann", "PER")])


def test_suggestions_are_predictions_and_drafts_are_drafts(tmp_path: Path) -> None:
    path = argilla(tmp_path, "flat.json")
    suggested = [("m1", [("topic", ["news"]), (5, 8, "Bob", "PER")])]
    assert guesses(only(path))["r0"] == suggested
    drafts = only(path, **{"from": "drafts"})
    assert tasks(drafts)["r1"] == [Said(TWO, [(0, 3, "Ann", "PER")])]
    predictions = only(path, **{"from": "predictions"})
    assert tasks(predictions)["r0"] == [Said("m1", [("topic", ["news"]), (5, 8, "Bob", "PER")])]


def test_people_counted_utf_16_and_the_program_code_points(tmp_path: Path) -> None:
    note = only(argilla(tmp_path, "flat.json")).note
    assert "spans in UTF-16 units (2 of 2 spans that the unit moves fit" in note


def test_suggestions_that_are_numbers_of_classes_are_left_out_and_counted(tmp_path: Path) -> None:
    given = only(argilla(tmp_path, "datasets.jsonl"))
    assert given.note.endswith("left out: suggestions that are numbers of classes (3)")
    assert guesses(given)["r0"] == [("m1", [(5, 8, "Bob", "PER")])]


def test_the_settings_beside_say_what_a_question_is(tmp_path: Path) -> None:
    given = only(argilla(tmp_path, "flat.json", settings=True))
    assert "rank (ranking)" in given.note
    assert tasks(given)["r0"][0].answers[4] == ("rank", {"rank": ["b", "a"]})
    folder = only(tmp_path)
    assert "rank (ranking)" in folder.note
    assert len(folder.made_from) == 2


def test_each_question_is_learned_as_its_kind(tmp_path: Path) -> None:
    path = argilla(tmp_path, "flat.json", settings=True)
    _, chats = converted(path, tmp_path / "topic")
    assert chats == [
        ("Choose one label for the text: news, sport.\n\ntitle: T0\n\nHi 😀 Bob in Rome", "news"),
        ("Choose one label for the text: news, sport.\n\ntitle: T1\n\nAnn left.", "sport"),
    ]
    _, chats = converted(path, tmp_path / "ner", control="ner")
    assert [answer for _, answer in chats] == [
        '[{"text":"Bob","label":"PER"},{"text":"Rome","label":"LOC"}]'
    ]


def record(key: str, **more: Any) -> dict[str, Any]:
    known = {"id": key, "fields": {"text": "Ann left."}, "metadata": {}, "suggestions": {}}
    return {**known, "vectors": {}, "status": "completed", "responses": {}, **more}


def answered(**answers: list[tuple[str, Any]]) -> dict[str, Any]:
    return {
        "responses": {
            name: [{"user_id": user, "value": value} for user, value in many]
            for name, many in answers.items()
        }
    }


def span(start: int, end: int, label: str = "PER") -> dict[str, Any]:
    return {"start": start, "end": end, "label": label}


def test_rankings_of_fields_are_learned_as_preferences(tmp_path: Path) -> None:
    fields = {"prompt": "Who left?", "reply-1": "Ann left.", "reply-2": "Bob."}
    rows = [
        record("a", fields=fields, **answered(best=[("u1", ["reply-1", "reply-2"])])),
        record("b", fields=fields, **answered(best=[("u1", ["reply-2", "reply-1"])])),
    ]
    given = only(put(tmp_path / "ranked.json", rows))
    assert given.config is not None
    assert list(given.config.objects) == ["prompt", "best_ranked"]
    _, chats = converted(put(tmp_path / "again.json", rows), tmp_path / "out")
    assert chats == [("Who left?", "Ann left."), ("Who left?", "Bob.")]


def test_a_ranking_with_ties_leaves_the_others_alone(tmp_path: Path) -> None:
    fields = {"prompt": "Who left?", "a": "Ann left.", "b": "Bob."}
    tied = [{"rank": 1, "value": "a"}, {"rank": 1, "value": "b"}]
    rows = [
        record("1", fields=fields, **answered(best=[("u1", ["a", "b"])])),
        record("2", fields=fields, **answered(best=[("u1", ["b", "a"]), ("u2", ["b", "a"])])),
        record("3", fields=fields, **answered(best=[("u1", tied)])),
    ]
    path = put(tmp_path / "rank.json", rows)
    assert "left out: rankings with ties (1)" in only(path).note
    outcome, chats = converted(path, tmp_path / "out")
    assert chats == [("Who left?", "Ann left."), ("Who left?", "Bob.")]
    assert not outcome.refused


def test_a_span_past_the_end_costs_its_record_with_file_and_line(tmp_path: Path) -> None:
    rows = [
        record("a", **answered(ner=[("u1", [span(0, 3)])])),
        record("b", **answered(ner=[("u1", [span(0, 99)])])),
    ]
    given = only(put(tmp_path / "ner.json", rows))
    assert findings(given)[1:] == [
        ("A002", "'PER' runs from 0 to 99 code points, in a text of 9 characters", 2)
    ]
    assert list(tasks(given)) == ["a"]


def test_a_bad_answer_costs_the_answers_of_its_user_alone(tmp_path: Path) -> None:
    answers = answered(ner=[("u1", [span(0, 99)]), ("u2", [span(0, 3)])], topic=[("u1", "news")])
    guess = {"ner": {"value": [span(0, 77)], "agent": "m1"}, "topic": {"value": "a", "agent": "m1"}}
    given = only(put(tmp_path / "ner.json", [record("a", **answers, suggestions=guess)]))
    assert findings(given)[1:] == [
        ("A002", "'PER' runs from 0 to 99 code points, in a text of 9 characters", 1),
        ("A002", "'PER' runs from 0 to 77 code points, in a text of 9 characters", 1),
    ]
    assert tasks(given) == {"a": [Said("u2", [(0, 3, "Ann", "PER")])]}
    assert guesses(given) == {"a": [("m1", [("topic", ["a"])])]}


def test_spans_that_fit_both_units_are_not_guessed(tmp_path: Path) -> None:
    fields = {"text": "😀 !!!!!!"}
    rows = [record("a", fields=fields, **answered(ner=[("u1", [span(3, 5)])]))]
    path = put(tmp_path / "ner.json", rows)
    with pytest.raises(UsageError, match="may count code points or UTF-16 units"):
        only(path)
    given = only(path, offsets="utf16")
    assert tasks(given) == {"a": [Said("u1", [(2, 4, "!!", "PER")])]}


def test_two_records_of_one_id_are_named(tmp_path: Path) -> None:
    rows = [record("a", **answered(topic=[("u1", "x")])) for _ in range(2)]
    given = only(put(tmp_path / "twice.json", rows))
    assert findings(given)[1] == (
        "S001",
        "the id 'a' is that of another record: two documents of one name",
        2,
    )


def test_an_annotator_without_a_name_is_nobody_and_each_a_voter(tmp_path: Path) -> None:
    rows = [record("a", **answered(topic=[(None, "x"), (None, "y")]))]  # type: ignore[list-item]
    given = only(put(tmp_path / "nobody.json", rows))
    assert tasks(given) == {"a": [Said("", [("topic", ["x"])]), Said("", [("topic", ["y"])])]}


def test_a_status_of_a_newer_version_is_refused_by_name(tmp_path: Path) -> None:
    row = {"id": "a", "text": "Ann", "q.responses": ["x"], "q.responses.users": ["u"]}
    given = only(put(tmp_path / "new.jsonl", [row | {"q.responses.status": ["archived"]}]))
    assert findings(given) == [("S001", "an answer has the status archived, which is not known", 1)]


def test_columns_of_which_nobody_says_the_text_are_asked_for(tmp_path: Path) -> None:
    about = {"q.responses": ["x"], "q.responses.users": ["u"], "q.responses.status": ["submitted"]}
    path = put(tmp_path / "some.jsonl", [{"id": "a", "body": "Ann", "source": "mail", **about}])
    with pytest.raises(UsageError, match="the columns body, source hold text"):
        only(path)
    assert (
        only(path, text="body").note
        == "Argilla 2.x columns, q (classification): 1 task, 1 annotator"
    )
