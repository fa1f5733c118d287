"""A task is read fast, and never less strictly than the strict reader would."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from dataprep import jsonio
from dataprep.annotation import Annotation, Task, decode_task
from dataprep.jsonio import JsonError
from tests.building import annotated, choices, json_values, of_task, region, texts, written

TASK = '{"id": 1, "data": {"text": "Hi"}, "annotations": []}'


def refused(text: str | bytes) -> JsonError:
    with pytest.raises(JsonError) as caught:
        decode_task(text if isinstance(text, bytes) else text.encode())
    return caught.value


def both_ways(text: str) -> tuple[Task, Task]:
    """The task read as it stands, and with a key that the fast decoder does not know."""
    slow = text.rstrip().removesuffix("}") + ', "agreement": {"score": 0.5}}'
    return decode_task(text.encode()), decode_task(slow.encode())


def test_an_annotation_of_a_live_server_is_read_with_all_its_fields() -> None:
    task = decode_task(
        b'{"id":7,"annotations":[{"id":10,"completed_by":{"id":3,"email":"a@example.com"},'
        b'"result":[{"value":{"choices":["neu"]},"id":"c1","from_name":"sentiment",'
        b'"to_name":"text","type":"choices","origin":"manual"}],"was_cancelled":false,'
        b'"ground_truth":true,"created_at":"2026-11-22T06:37:26.259670Z","draft_created_at":null,'
        b'"lead_time":3.5,"prediction":{},"result_count":1,"unique_id":"a34d-421b","import_id":null,'
        b'"last_action":null,"bulk_created":false,"task":1,"project":7,"updated_by":1,'
        b'"parent_prediction":null,"parent_annotation":null,"last_created_by":null}],'
        b'"drafts":[],"predictions":[6,7],"data":{"text":"Fine."},"meta":{},"inner_id":1}'
    )
    (annotation,) = task.annotations or []
    (result,) = annotation.result or []
    assert (task.id, task.data) == (7, {"text": "Fine."})
    assert (annotation.annotator, annotation.key, annotation.ground_truth) == (
        "3",
        "a34d-421b",
        True,
    )
    assert (result.from_name, result.value) == ("sentiment", {"choices": ["neu"]})


@pytest.mark.parametrize(
    ("written", "annotator"),
    [
        ('"completed_by": 3', "3"),
        ('"completed_by": {"id": 3, "email": "a@example.com"}', "3"),
        ('"completed_by": {"email": "a@example.com"}', "a@example.com"),
        ('"completed_by": "a@example.com"', "a@example.com"),
        ('"completed_by": null', ""),
        ('"lead_time": 1', ""),
    ],
)
def test_the_annotator_is_who_completed_it_in_every_form_of_an_export(
    written: str, annotator: str
) -> None:
    task = decode_task(f'{{"data": {{}}, "annotations": [{{{written}}}]}}'.encode())
    assert [a.annotator for a in task.annotations or []] == [annotator]


def test_an_annotation_without_unique_id_is_known_by_its_id() -> None:
    assert Annotation(id=12).key == "12"
    assert Annotation(id=0).key == "0"
    assert Annotation(id=12, unique_id="a-b").key == "a-b"
    assert Annotation().key == ""


@pytest.mark.parametrize(
    "text",
    [
        '{"id": 1, "id": 1, "data": {}}',
        '{"data": {"text": "a"}, "data": {"text": "a"}}',
        '{"data": {"text": "a", "text": "b"}}',
        '{"data": {"text" : "a" , "text" : "b"}}',
        '{"data": {"text": "a", "te\\u0078t": "b"}}',
        '{"data": {"deep": [{"a": {"b": 1, "b": 1}}]}}',
        '{"data": {}, "annotations": [{"id": 1, "id": 2}]}',
        '{"data": {}, "annotations": [], "annotations": []}',
        '{"data": {}, "annotations": [{"result": [{"type": "a", "type": "b"}]}]}',
        '{"data": {}, "annotations": [{"result": [{"value": {"start": 1, "start": 2}}]}]}',
        '{"data": {}, "annotations": [{"result": [{"meta": {"a": 1, "a": 2}}]}]}',
        '{"data": {}, "meta": {"a": 1, "a": 2}}',
        '{"data": {}, "agreement": {"a": 1, "a": 2}}',
        '{"data": {}, "agreement": 1, "agreement": 1}',
        '{"data": {}, "annotations": [{"reviews": [{"a": 1, "a": 2}]}]}',
    ],
)
def test_a_duplicate_key_is_refused_at_every_level_known_or_unknown(text: str) -> None:
    error = refused(text)
    assert error.code == "J003"
    assert "stands twice" in error.message


def test_escaped_quotation_marks_do_not_make_up_for_a_lost_key() -> None:
    # Written again, these values hold as many quotation marks as the lost key and value had.
    error = refused('{"data": {"t": "a", "t": "\\u0022\\u0022\\u0022\\u0022"}}')
    assert (error.code, error.message) == ("J003", 'the key "t" stands twice in one object')
    assert refused('{"data": {"t": "", "t": "\\"", "u": "\\u0022\\u0022\\u0022"}}').code == "J003"


def test_a_quotation_mark_in_a_text_is_no_reason_to_refuse_it() -> None:
    task = decode_task(b'{"data": {"text": "\\u0022Hi\\u0022, \\"he\\" said: \\\\u0022"}}')
    assert task.data == {"text": '"Hi", "he" said: \\u0022'}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"data": {"n": NaN}}', "J004"),
        ('{"data": {"n": -Infinity}}', "J004"),
        ('{"data": {"n": 1e400}}', "J004"),
        ('{"data": {}, "agreement": 1e400}', "J004"),
        ('{"data": {}, "annotations": [{"lead_time": 1e400}]}', "J004"),
        ('{"data": {"n": ' + "9" * 5000 + "}}", "J004"),
        ('{"data": {"t": "a\\ud83d b"}}', "J007"),
        ('{"data": {"\\ude00": 1}}', "J007"),
        ('{"data": {}, "agreement": "\\ud83d"}', "J007"),
        (b'{"data": {"t": "\xff"}}', "J002"),
        (b'{"data": {"t": "\xed\xa0\xbd"}}', "J002"),
        (b'{"data": {}, "agreement": "\xff"}', "J002"),
        ('{"data": {"t": "\x01"}}', "J001"),
        ('{"data": {"t": "\\x41"}}', "J001"),
        ('{"data": {}} {}', "J001"),
        ("", "J001"),
    ],
)
def test_what_strict_json_forbids_is_refused_in_fields_that_nobody_asked_for_too(
    text: str | bytes, code: str
) -> None:
    assert refused(text).code == code


def test_a_value_that_nests_too_deep_is_refused_on_the_fast_way_too() -> None:
    at_most = '{"data": {"d": %s}}' % ("[" * 62 + "]" * 62)
    too_deep = '{"data": {"d": %s}}' % ("[" * 63 + "]" * 63)
    assert decode_task(at_most.encode()).data is not UNSET
    assert refused(too_deep).code == "J008"
    assert refused('{"data": {"d": %s}}' % ("[" * 100_000)).code == "J008"


def test_a_deep_value_is_not_hidden_by_many_flat_results_or_brackets_in_texts() -> None:
    results = ",".join(['{"value": {"labels": ["A"]}}'] * 200)
    deep = '{"a":' * 64 + '"]]]]]}}}}}"' + "}" * 64
    assert refused(f'{{"data": {deep}, "annotations": [{{"result": [{results}]}}]}}').code == "J008"


def test_a_long_annotation_with_brackets_in_its_texts_is_not_too_deep() -> None:
    regions = [region(0, 1, "PER", quote="[" * 70) for _ in range(100)]
    task = decode_task(json.dumps(of_task("[{" * 70, annotated(*regions))).encode())
    assert [len(a.result or ()) for a in task.annotations or []] == [100]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"id": true, "data": {}}', "expected `int | str`, got `bool` - at `$.id`"),
        ('{"data": []}', "expected `object`, got `array` - at `$.data`"),
        ('{"data": null}', "expected `object`, got `null` - at `$.data`"),
        ('{"data": {}, "annotations": {}}', "expected `array`, got `object` - at `$.annotations`"),
        ('{"data": {}, "annotations": ""}', "expected `array`, got `str` - at `$.annotations`"),
        ('{"data": {}, "annotations": 0}', "expected `array`, got `int` - at `$.annotations`"),
        (
            '{"data": {}, "annotations": [5]}',
            "expected `object`, got `int` - at `$.annotations[0]`",
        ),
        (
            '{"data": {}, "annotations": [{"result": {}}]}',
            "expected `array`, got `object` - at `$.annotations[0].result`",
        ),
        (
            '{"data": {}, "annotations": [{"result": [[[]]]}]}',
            "expected `object`, got `array` - at `$.annotations[0].result[0]`",
        ),
        (
            '{"data": {}, "annotations": [{"result": [{"value": null}]}]}',
            "expected `object`, got `null` - at `$.annotations[0].result[0].value`",
        ),
    ],
)
def test_a_value_of_another_type_than_label_studio_writes_is_named(text: str, message: str) -> None:
    error = refused(text)
    assert (error.code, error.message) == ("S001", message)


@pytest.mark.parametrize("text", ["[]", "5", "null", '"text"', "true"])
def test_a_task_that_is_no_object_is_refused(text: str) -> None:
    error = refused(text)
    assert (error.code, error.message) == ("J005", "is not an object")


def test_a_row_of_json_min_is_no_task() -> None:
    error = refused('{"text": "Fine.", "id": 1, "sentiment": "Positive", "annotator": 1}')
    assert (error.code, error.message) == ("S001", "has no 'data', so it is no task of an export")


@pytest.mark.parametrize("key", ["annotations", "drafts", "predictions"])
def test_a_list_that_is_null_is_read_as_empty(key: str) -> None:
    assert not decode_task(f'{{"data": {{}}, "{key}": null}}'.encode()).annotations


def test_an_export_of_2020_with_completions_and_skipped_is_read() -> None:
    task = decode_task(
        b'{"id": 348, "data": {"text": "Fine."}, "completions": [{"id": 1, '
        b'"created_at": 1593512345, "lead_time": 2, "result": [{"from_name": "sentiment", '
        b'"id": "a", "source": "$text",'
        b' "to_name": "text", "type": "choices", "value": {"choices": ["Positive"]}}]},'
        b' {"id": 2, "skipped": true, "result": []}]}'
    )
    first, second = task.annotations or []
    assert (first.created_at, first.was_cancelled, second.was_cancelled) == (
        1593512345,
        UNSET,
        True,
    )
    assert [r.value for r in first.result or ()] == [{"choices": ["Positive"]}]


def test_a_time_of_2019_with_a_fraction_is_read_in_seconds() -> None:
    task = decode_task(b'{"data": {}, "completions": [{"created_at": 1571212345.75}]}')
    assert [a.created_at for a in task.annotations or ()] == [1571212345]


def test_results_in_lists_of_their_own_are_read_as_one_list() -> None:
    nested = json.dumps(
        {"data": {}, "completions": [{"result": [[choices("A")], [], choices("B")]}]}
    )
    (annotation,) = decode_task(nested.encode()).annotations or ()
    assert [r.value for r in annotation.result or ()] == [{"choices": ["A"]}, {"choices": ["B"]}]


def test_an_aggregated_completion_gives_the_annotations_of_its_people() -> None:
    completion = {
        "aggregated": True,
        "aggregated_completed_by": [103, 104],
        "aggregated_ids": [7, 8],
        "result": [[choices("A")], [choices("B")]],
    }
    task = decode_task(json.dumps({"data": {}, "completions": [completion]}).encode())
    assert [(a.annotator, a.key, a.result[0].value) for a in task.annotations or ()] == [  # type: ignore[index]
        ("103", "7", {"choices": ["A"]}),
        ("104", "8", {"choices": ["B"]}),
    ]


def test_an_annotation_of_a_target_storage_is_read_as_a_task_with_that_annotation() -> None:
    stored = {**annotated(choices("A"), by=3), "task": {"id": 12, "data": {"text": "Hi"}}}
    task = decode_task(json.dumps(stored).encode())
    assert (task.id, task.data) == (12, {"text": "Hi"})
    assert [(a.annotator, a.key) for a in task.annotations or ()] == [("3", "01-3")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"id": 1, "result": [], "task": 12}',
            "is an annotation without its task, so its text is not here",
        ),
        (
            '{"id": 1, "completions": []}',
            "has annotations and no 'data', so the texts that they are about are not here",
        ),
    ],
)
def test_annotations_without_the_data_of_their_task_are_named(text: str, message: str) -> None:
    assert (refused(text).code, refused(text).message) == ("S001", message)


PREDICTED = {
    "id": 1,
    "data": {"text": "Hi"},
    "annotations": [annotated(choices("A"))],
    "predictions": [
        {"id": 5, "model_version": "m-2", "score": 0.5, "cluster": None, "result": [choices("B")]},
        6,
    ],
    "drafts": [{"id": 9, "user": 4, "was_postponed": False, "result": [choices("C")]}],
}


def test_predictions_stand_as_annotations_of_their_model_when_asked() -> None:
    task = decode_task(json.dumps(PREDICTED).encode(), "predictions")
    (annotation,) = task.annotations or ()
    assert (annotation.annotator, annotation.key) == ("m-2", "5")
    assert [r.value for r in annotation.result or ()] == [{"choices": ["B"]}]


def test_drafts_stand_as_annotations_of_their_user_when_asked() -> None:
    task = decode_task(json.dumps({**PREDICTED, "agreement": 1}).encode(), "drafts")
    (annotation,) = task.annotations or ()
    assert (annotation.annotator, annotation.key, annotation.was_cancelled) == ("4", "9", False)
    assert [r.value for r in annotation.result or ()] == [{"choices": ["C"]}]


def test_predictions_are_read_over_unless_asked_for() -> None:
    task = decode_task(json.dumps(PREDICTED).encode())
    assert [a.key for a in task.annotations or ()] == ["01-1"]


@pytest.mark.parametrize("predictions", ["[7, 8]", "[]", "null"])
def test_a_task_without_the_bodies_of_its_predictions_has_none(predictions: str) -> None:
    text = f'{{"data": {{}}, "annotations": [{{}}], "predictions": {predictions}}}'
    assert decode_task(text.encode(), "predictions").annotations == []


def test_a_prediction_of_another_type_than_label_studio_writes_is_named() -> None:
    with pytest.raises(JsonError, match="expected `array`, got `int`") as caught:
        decode_task(b'{"data": {}, "predictions": [{"result": 5}]}', "predictions")
    assert caught.value.code == "S001"


def test_keys_of_the_enterprise_edition_are_read_over() -> None:
    fast, slow = both_ways(
        json.dumps(of_task("Hi", annotated(choices("Positive")))).replace(
            '"unique_id"', '"reviews": [], "history": [{"a": 1}], "state": "DONE", "unique_id"'
        )
    )
    assert fast == slow
    assert [a.key for a in fast.annotations or ()] == ["01-1"]


annotations = st.builds(
    annotated,
    st.one_of(
        texts.map(choices),
        st.builds(lambda s, q: region(0, s, "PER", quote=q), st.integers(1, 9), texts),
        texts.map(written),
    ),
    by=st.integers(1, 3),
    at=st.integers(0, 59),
    skipped=st.booleans(),
    truth=st.booleans(),
)
tasks = st.builds(
    lambda data, given, meta: {**of_task(data, *given), "meta": meta, "predictions": [1]},
    st.dictionaries(texts, json_values, max_size=4),
    st.lists(annotations, max_size=3),
    json_values,
)


@given(tasks, st.booleans(), st.sampled_from([None, 2]))
@settings(deadline=None)
def test_the_fast_and_the_strict_way_give_the_same_task(
    task: dict[str, Any], ascii_only: bool, indent: int | None
) -> None:
    fast, slow = both_ways(json.dumps(task, ensure_ascii=ascii_only, indent=indent))
    assert fast == slow
    assert fast.data == jsonio.loads(json.dumps(task["data"]).encode())


@given(st.text(alphabet='{}[]":,\\u0022dat1 ', max_size=60))
@settings(deadline=None, max_examples=300)
def test_whatever_is_refused_is_refused_with_a_code(inner: str) -> None:
    text = f'{{"data": {inner}}}'.encode()
    try:
        strict: Any = jsonio.loads(text)
    except JsonError as error:
        strict = error.code
    try:
        read: Any = decode_task(text).data
    except JsonError as error:
        read = error.code
    if isinstance(strict, dict) and isinstance(strict["data"], dict):
        assert read == strict["data"]
    else:
        assert read == ("S001" if isinstance(strict, dict) else strict)
