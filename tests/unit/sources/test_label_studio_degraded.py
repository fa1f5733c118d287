"""JSON_MIN, CSV and CoNLL become the tasks they were made of, as far as they still tell."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET

from dataprep.annotation import Task, parse_config
from dataprep.example import Record
from dataprep.finding import Finding, UsageError
from dataprep.sources import label_studio
from tests.building import NER, SENTIMENT, SUMMARY

Json = dict[str, Any]


def row(id: int | str | None, by: int | None, number: int | None, **answers: Any) -> Json:
    """A row of JSON_MIN: data, id, answers, then who and when."""
    data = answers.pop("data", {"text": f"Text {id}"})
    times = {"created_at": "2026-11-22T10:00:00Z", "updated_at": "2026-11-22T10:00:00Z"}
    who = {"annotator": by, "annotation_id": number, **times, "lead_time": None}
    return {**data, "id": id, **answers, **who}


def tasks_of(
    path: Path, raw: str | list[Json], config: str | None = None
) -> tuple[list[Task], list[Finding]]:
    file = path / "export"
    file.write_text(raw if isinstance(raw, str) else json.dumps(raw), "utf-8", newline="")
    known = parse_config(config.encode()) if config else None
    items = list(label_studio.read(file, "export", config=known))
    tasks = [item.value for item in items if isinstance(item, Record)]
    return tasks, [item for item in items if isinstance(item, Finding)]


def table(rows: list[Json], delimiter: str = ",") -> str:
    """The same rows as Label Studio's CSV has them: columns sorted, texts quoted."""
    names = sorted({key for each in rows for key in each})
    out = io.StringIO()
    writer = csv.DictWriter(
        out, names, quoting=csv.QUOTE_NONNUMERIC, delimiter=delimiter, restval=""
    )
    writer.writeheader()
    writer.writerows({k: _cell(v) for k, v in each.items()} for each in rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else "" if value is None else value


def answers(task: Task) -> list[tuple[Any, str, list[Any]]]:
    """Id, annotator, and the control, type and value of each result, for each annotation."""
    return [
        (a.id, a.annotator, [(r.from_name, r.type, r.value) for r in a.result or ()])
        for a in task.annotations or ()
    ]


TWO_PEOPLE = [
    row(1, 3, 12, sentiment="Negative"),
    row(1, 1, 11, sentiment="Positive"),
    row(2, None, None),
    row(3, 1, 13),
]


@pytest.mark.parametrize(
    ("config", "remedy"),
    [
        (
            None,
            "Export the project as JSON; else pass --label-config, and columns are told by it.",
        ),
        (SENTIMENT, "Export the project as JSON, where it can be had."),
    ],
)
def test_a_config_is_advised_where_none_is_known(
    tmp_path: Path, config: str | None, remedy: str
) -> None:
    _, (finding, *_) = tasks_of(tmp_path, TWO_PEOPLE, config)
    assert (finding.code, finding.remedy) == ("A009", remedy)


@pytest.mark.parametrize("config", [None, SENTIMENT])
def test_the_rows_of_a_task_become_its_annotations(tmp_path: Path, config: str | None) -> None:
    tasks, _ = tasks_of(tmp_path, TWO_PEOPLE, config)
    assert [(t.id, t.data) for t in tasks] == [
        (1, {"text": "Text 1"}),
        (2, {"text": "Text 2"}),
        (3, {"text": "Text 3"}),
    ]
    assert answers(tasks[0]) == [
        (12, "3", [("sentiment", "choices", {"choices": ["Negative"]})]),
        (11, "1", [("sentiment", "choices", {"choices": ["Positive"]})]),
    ]
    assert answers(tasks[1]) == []
    assert answers(tasks[2]) == [(13, "1", [])]


@pytest.mark.parametrize("delimiter", [",", "\t"])
@pytest.mark.parametrize("config", [None, SENTIMENT])
def test_a_table_gives_the_tasks_that_json_min_gives(
    tmp_path: Path, config: str | None, delimiter: str
) -> None:
    tasks, (finding,) = tasks_of(tmp_path, table(TWO_PEOPLE, delimiter), config)
    expected, _ = tasks_of(tmp_path, TWO_PEOPLE, config)
    assert [(t.id, t.data, answers(t)) for t in tasks] == [
        (t.id, t.data, answers(t)) for t in expected
    ]
    assert finding.code == "A009"


def test_a_finding_says_what_is_lost_and_what_was_taken_for_a_control(tmp_path: Path) -> None:
    _, (finding,) = tasks_of(tmp_path, TWO_PEOPLE)
    assert (finding.code, finding.severity, str(finding.place)) == ("A009", "warning", "export")
    assert finding.message == (
        "is a JSON_MIN export, which has no relations, region ids, predictions, drafts, skips"
        " and ground truths; controls by their order: sentiment (Choices)"
    )
    assert "pass --label-config" in finding.remedy


def test_a_config_says_what_a_bare_text_means(tmp_path: Path) -> None:
    rows = [row(1, 1, 1, summary="Fine."), row(2, 1, 2, summary={"text": ["a", "b"]})]
    rows.append(row(3, 1, 3, summary=""))
    tasks, _ = tasks_of(tmp_path, rows, SUMMARY)
    assert [a[2] for t in tasks for a in answers(t)] == [
        [("summary", "textarea", {"text": ["Fine."]})],
        [("summary", "textarea", {"text": ["a", "b"]})],
        [("summary", "textarea", {"text": [""]})],
    ]


def test_without_a_config_long_answers_are_texts_and_short_ones_are_choices(tmp_path: Path) -> None:
    _, (finding,) = tasks_of(tmp_path, [row(1, 1, 1, a="A whole sentence.", b="yes", c=["x", "y"])])
    assert "by their order: a (TextArea), b (Choices), c (Choices)" in finding.message


def test_spans_keep_their_offsets_and_their_quotes(tmp_path: Path) -> None:
    span = {"start": 0, "end": 3, "text": "Bob", "labels": ["PER"]}
    bare = {"start": 4, "end": 6, "text": "is"}
    rows = [row(1, 1, 1, label=[span, bare], data={"text": "Bob is"})]
    for raw in (rows, table(rows)):
        tasks, _ = tasks_of(tmp_path, raw, NER)
        (annotation,) = tasks[0].annotations or ()
        assert [(r.type, r.value) for r in annotation.result or ()] == [
            ("labels", span),
            ("labels", bare),
        ]
        assert [r.to_name for r in annotation.result or ()] == ["text", "text"]


def test_every_kind_of_value_says_its_type(tmp_path: Path) -> None:
    given = {
        "t": [{"taxonomy": [["A", "B"]]}],
        "r": [{"rating": 4}],
        "n": [{"number": 7.5}],
        "d": [{"datetime": "2026-11-22"}],
        "p": [{"selected": "left"}],
        "k": [{"ranker": {"k": ["a"]}}],
        "c": {"choices": ["a, b", "c"]},
        "h": [{"start": "/p[1]", "end": "/p[1]", "text": "x", "hypertextlabels": ["A"]}],
        "m": [{"role": "user", "content": "Hi"}],
    }
    tasks, _ = tasks_of(tmp_path, [row(1, 1, 1, **given)])
    ((_, _, results),) = answers(tasks[0])
    assert [(name, kind) for name, kind, _ in results] == [
        ("t", "taxonomy"),
        ("r", "rating"),
        ("n", "number"),
        ("d", "datetime"),
        ("p", "pairwise"),
        ("k", "ranker"),
        ("c", "choices"),
        ("h", "hypertextlabels"),
        ("m", "chatmessage"),
    ]
    assert results[6][2] == {"choices": ["a, b", "c"]}
    assert results[8][2] == {"chatmessage": {"role": "user", "content": "Hi"}}


def test_an_answer_on_a_region_that_is_not_told_is_left_out_and_said(tmp_path: Path) -> None:
    config = NER.replace("</View>", '<TextArea name="norm" toName="text" perRegion="true"/></View>')
    span = {"start": 0, "end": 4, "text": "Text", "labels": ["PER"]}
    tasks, (finding,) = tasks_of(tmp_path, [row(1, 1, 1, label=[span], norm="Book")], config)
    assert answers(tasks[0])[0][2] == [("label", "labels", span)]
    assert finding.message.endswith(
        "controls by the labeling config: label (Labels);"
        " left out, as their regions are not told: norm"
    )


def test_bare_numbers_are_read_by_the_config(tmp_path: Path) -> None:
    config = '<View><Text name="t" value="$text"/><Rating name="r" toName="t"/></View>'
    tasks, _ = tasks_of(tmp_path, [row(1, 1, 1, r=4)], config)
    assert answers(tasks[0])[0][2] == [("r", "rating", {"rating": 4})]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("4", 4),
        ("-2", -2),
        ("0.5", 0.5),
        ("1e3", 1000.0),
        (" 4", " 4"),
        ("true", "true"),
        ("4 of 5", "4 of 5"),
    ],
)
@pytest.mark.parametrize("tag", ["Rating", "Number"])
def test_a_number_in_a_table_is_one_where_the_config_asks_for_one(
    tmp_path: Path, tag: str, cell: str, value: Any
) -> None:
    config = f'<View><Text name="text" value="$text"/><{tag} name="stars" toName="text"/></View>'
    (task,), _ = tasks_of(tmp_path, table([row(1, 1, 1, stars=cell)]), config)
    ((_, _, ((name, kind, said),)),) = answers(task)
    assert (name, kind, said) == ("stars", tag.lower(), {tag.lower(): value})
    assert type(said[tag.lower()]) is type(value)


def test_a_nested_choice_is_told_from_two_choices_by_the_config(tmp_path: Path) -> None:
    config = (
        '<View><Text name="t" value="$text"/><Choices name="c" toName="t" allowNested="true">'
        '<Choice value="A"><Choice value="B"/></Choice></Choices></View>'
    )
    tasks, _ = tasks_of(tmp_path, [row(1, 1, 1, c=["A", "B"]), row(2, 1, 2, c=["B", "A"])], config)
    assert [v for t in tasks for _, _, v in answers(t)[0][2]] == [
        {"choices": [["A", "B"]]},
        {"choices": ["B"]},
        {"choices": ["A"]},
    ]


def test_the_numbered_names_of_a_repeater_are_controls(tmp_path: Path) -> None:
    config = (
        '<View><Repeater on="$u"><Text name="u_{{idx}}" value="$u[{{idx}}].text"/>'
        '<Choices name="act_{{idx}}" toName="u_{{idx}}"><Choice value="x"/></Choices></Repeater>'
        "</View>"
    )
    rows = [row(1, 1, 1, data={"u": [{"text": "a"}]}, act_0="x", act_12="x", act_="x")]
    tasks, _ = tasks_of(tmp_path, rows, config)
    assert [name for name, _, _ in answers(tasks[0])[0][2]] == ["act_0", "act_12"]


def test_rows_with_one_id_and_other_data_are_other_tasks(tmp_path: Path) -> None:
    rows = [row("a", 1, n, data={"text": f"Text {n}"}, sentiment="Positive") for n in (1, 2)]
    tasks, _ = tasks_of(tmp_path, rows, SENTIMENT)
    assert [t.data for t in tasks] == [{"text": "Text 1"}, {"text": "Text 2"}]


def test_rows_of_a_task_that_stand_apart_are_said(tmp_path: Path) -> None:
    rows = [row(i, 1, n, sentiment="Positive") for n, i in enumerate([1, 2, 1, 2])]
    tasks, findings = tasks_of(tmp_path, rows, SENTIMENT)
    assert [t.id for t in tasks] == [1, 2, 1, 2]
    assert [(f.code, f.message) for f in findings][1:] == [
        ("A009", "rows of task 1 stand apart, and were read as several tasks")
    ]


COLLIDING = (
    '<View><Text name="t" value="$text"/><TextArea name="text" toName="t"/>'
    '<Choices name="id" toName="t"><Choice value="a"/></Choices></View>'
)


def test_a_control_that_overwrote_its_data_is_named(tmp_path: Path) -> None:
    rows = [row("a", 1, 1, data={"text": "Written."}), row(37, None, None, data={"text": "Source"})]
    tasks, (finding,) = tasks_of(tmp_path, rows, COLLIDING)
    assert "a control stands where the data had: text, id" in finding.message
    assert [(t.id, t.data) for t in tasks] == [(UNSET, {}), (37, {"text": "Source"})]
    assert answers(tasks[0])[0][2] == [
        ("text", "textarea", {"text": ["Written."]}),
        ("id", "choices", {"choices": ["a"]}),
    ]


def test_a_table_has_moved_the_data_that_a_control_overwrote(tmp_path: Path) -> None:
    moved = {"_data_text": "Source", "_data_id": "my-id"}
    rows = [row("a", 1, 1, data={**moved, "text": "Written."}), row(37, None, None, data=moved)]
    tasks, (finding,) = tasks_of(tmp_path, table(rows), COLLIDING)
    assert "stands where" not in finding.message
    assert [(t.id, t.data) for t in tasks] == [
        (UNSET, {"id": "my-id", "text": "Source"}),
        (37, {"id": "my-id", "text": "Source"}),
    ]
    assert [len(t.annotations or ()) for t in tasks] == [1, 0]


def test_a_text_that_looks_like_json_stays_a_text_where_the_config_shows_it(tmp_path: Path) -> None:
    rows = [row(1, 1, 1, data={"text": "[1, 2]", "more": [1]}, sentiment="Positive")]
    tasks, _ = tasks_of(tmp_path, table(rows), SENTIMENT)
    assert tasks[0].data == {"more": [1], "text": "[1, 2]"}


def test_an_empty_text_stays_empty_and_other_empty_cells_are_no_data(tmp_path: Path) -> None:
    rows = [row(1, 1, 1, data={"text": "", "more": "", "source": "x"}, sentiment="Positive")]
    tasks, _ = tasks_of(tmp_path, table(rows), SENTIMENT)
    assert tasks[0].data == {"source": "x", "text": ""}


def test_a_table_that_tells_no_control_says_so(tmp_path: Path) -> None:
    rows = [row(1, 1, 1, sentiment="Positive"), row(2, 1, 2, sentiment="Negative")]
    _, (finding,) = tasks_of(tmp_path, table(rows))
    assert finding.message.endswith("and no column could be told to be a control")


def test_a_column_that_repeats_is_the_control_of_a_table(tmp_path: Path) -> None:
    rows = [row(n, 1, n, sentiment=("Positive", "Negative")[n % 2]) for n in range(8)]
    _, (finding,) = tasks_of(tmp_path, table(rows))
    assert finding.message.endswith("controls by what the columns hold: sentiment (Choices)")


def test_sorted_json_min_is_told_by_what_it_holds(tmp_path: Path) -> None:
    rows = json.dumps(TWO_PEOPLE, sort_keys=True)
    tasks, (finding,) = tasks_of(tmp_path, rows)
    assert "by what the columns hold: sentiment (Choices)" in finding.message
    assert tasks[0].data == {"text": "Text 1"}


def test_a_broken_row_does_not_hide_the_others(tmp_path: Path) -> None:
    good = json.dumps(row(1, 1, 1, sentiment="Positive"))
    tasks, findings = tasks_of(tmp_path, f'[{good}, {{"a": 1, "a": 2}}, 5, {good}]', SENTIMENT)
    assert [f.code for f in findings] == ["A009", "J003", "J005"]
    assert sum(len(t.annotations or ()) for t in tasks) == 2


def test_json_min_with_one_row_a_line_is_read(tmp_path: Path) -> None:
    tasks, _ = tasks_of(tmp_path, "\n".join(map(json.dumps, TWO_PEOPLE)), SENTIMENT)
    assert [(t.id, len(t.annotations or ())) for t in tasks] == [(1, 2), (2, 0), (3, 1)]


def test_a_value_of_another_type_than_label_studio_writes_is_named(tmp_path: Path) -> None:
    rows = [{**row(1, 1, 1, sentiment="Positive"), "annotator": [1]}]
    _, findings = tasks_of(tmp_path, rows, SENTIMENT)
    assert [f.code for f in findings] == ["A009", "S001"]


CONLL = """-DOCSTART- -X- O
Tim -X- _ B-PER
Cook -X- _ I-PER
𝕏 -X- _ B-ORG
, -X- _ O
Ada -X- _ I-PER
Bob -X- _ B-PER

Tim -X- _ O
Cook -X- _ O
𝕏 -X- _ O
, -X- _ O
Ada -X- _ O
Bob -X- _ O

Next -X- _ O
"""


def test_tags_become_spans_in_code_points_and_copies_become_annotations(tmp_path: Path) -> None:
    tasks, (finding,) = tasks_of(tmp_path, CONLL)
    assert [t.data for t in tasks] == [{"text": "Tim Cook 𝕏 , Ada Bob"}, {"text": "Next"}]
    first, second = answers(tasks[0])
    assert [(v["start"], v["end"], v["text"], v["labels"]) for _, _, v in first[2]] == [
        (0, 8, "Tim Cook", ["PER"]),
        (9, 10, "𝕏", ["ORG"]),
        (13, 16, "Ada", ["PER"]),
        (17, 20, "Bob", ["PER"]),
    ]
    assert second[2] == []
    assert finding.message.startswith("is a CoNLL export, which has no spacing, line breaks, ids")


def test_a_broken_line_of_tags_loses_its_text_alone(tmp_path: Path) -> None:
    raw = CONLL.replace("Next -X- _ O", "Next O") + "\nLast -X- _ O"
    tasks, findings = tasks_of(tmp_path, raw)
    assert [t.data for t in tasks] == [{"text": "Tim Cook 𝕏 , Ada Bob"}, {"text": "Last"}]
    assert [(f.code, f.place.line) for f in findings] == [("A009", None), ("S001", 16)]


@pytest.mark.parametrize(
    ("raw", "form"),
    [(json.dumps(TWO_PEOPLE), "JSON_MIN"), (table(TWO_PEOPLE), "CSV"), (CONLL, "CoNLL")],
)
def test_predictions_are_not_to_be_had_from_a_degraded_export(
    tmp_path: Path, raw: str, form: str
) -> None:
    (tmp_path / "export").write_text(raw)
    with pytest.raises(UsageError, match=f"{form} export, which holds no predictions.*snapshot"):
        list(label_studio.read(tmp_path / "export", "export", "predictions"))
