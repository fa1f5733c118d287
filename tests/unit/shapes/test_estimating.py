"""Annotators count as they are reliable: choices, several choices, spans, and controls together."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dataprep.annotation import parse_config
from dataprep.annotation.estimated_consensus import Estimator
from dataprep.annotation.reliability import (
    Ballots,
    Method,
    Reliability,
    ReliabilityResult,
    estimated,
)
from dataprep.example import Example
from dataprep.finding import UsageError
from dataprep.recipe import Source
from dataprep.shapes.tasks import TaskShape, task_shape
from tests.building import (
    NER,
    SENTIMENT,
    SUMMARY,
    TOPICS,
    Json,
    annotated,
    choices,
    of_task,
    one,
    reasons,
    record,
    region,
)

METHODS: tuple[Method, ...] = ("dawid-skene", "mace")
LABELS = ("Positive", "Negative", "Neutral")
GOOD, BAD = choices("Positive"), choices("Negative")


def shape_of(
    config: str, tasks: list[Json], method: Method = "dawid-skene", **recipe: Any
) -> TaskShape:
    """The shape of an export, with what its tasks say of the annotators."""
    parsed = parse_config(config.encode())
    source = Source(path="export.json", annotators=method, **recipe)
    ballots = Ballots()
    first = task_shape(parsed, source)
    for task in tasks:
        first.count_votes(record(task), ballots)
    known = estimated(first.control.name, method, [ballots.packed()])
    return task_shape(parsed, source, None, {known.result.control: known} if known else {})


def moods(*labels: str, id: int = 1, text: str = "Fine.") -> Json:
    """A task that annotators 1 and so on answered."""
    said = [annotated(choices(x), by=n, at=n) for n, x in enumerate(labels, 1) if x]
    return of_task(text, *said, id=id)


def history(number: int = 60) -> list[Json]:
    """Annotators 1 and 2 agree on each label in turn; 3, 4 and 5 have labels of their own."""
    tasks = []
    for n in range(number):
        right = LABELS[n % 3]
        others = [LABELS[(n + n // 3 * step + step) % 3] for step in (0, 1, 2)]
        tasks.append(moods(right, right, *others, id=n))
    return tasks


@pytest.mark.parametrize("method", METHODS)
def test_two_reliable_annotators_stand_against_three_who_guess(method: Method) -> None:
    task = moods("Positive", "Positive", "Negative", "Negative", "Negative", id=99)
    shape = shape_of(SENTIMENT, [*history(), task], method)
    made = one(shape(record(task)))
    assert (made.output, made.annotators) == ("Positive", '["1","2"]')
    assert made.probability is not None
    assert made.probability > 0.9


def test_what_is_not_probable_enough_is_undecided_and_goes_to_the_adjudicator() -> None:
    pairs = [("Positive", "Positive"), ("Negative", "Negative")] * 9
    pairs += [("Positive", "Negative"), ("Negative", "Positive")] * 2
    tasks = [moods(*pair, id=n) for n, pair in enumerate(pairs)]
    made = shape_of(SENTIMENT, tasks)(record(tasks[-2]))
    assert made.examples == []
    assert reasons(made) == (["01-1 undecided", "02-2 undecided"], ["undecided"])
    assert made.disputed is not None
    assert [p["model_version"] for p in made.disputed["predictions"]] == ["2", "1"]


def test_a_single_answer_is_as_probable_as_its_annotator_is_reliable() -> None:
    good, bad = moods("Positive", id=98), moods("", "", "", "", "Positive", id=99)
    shape = shape_of(SENTIMENT, [*history(), good, bad])
    assert one(shape(record(good))).probability == 1
    lost = shape(record(bad))
    assert reasons(lost) == (["05-5 undecided"], ["undecided"])
    assert lost.disputed is not None


@pytest.mark.parametrize("method", METHODS)
def test_what_two_annotators_both_say_stands_where_the_label_is_rare(method: Method) -> None:
    tasks = [moods("Positive", "Positive", id=n) for n in range(97)]
    tasks += [moods("Negative", "Negative", id=n) for n in range(97, 100)]
    shape = shape_of(SENTIMENT, tasks, method)
    assert one(shape(record(tasks[0]))).output == "Positive"
    assert one(shape(record(tasks[-1]))).output == "Negative"


def test_what_all_of_several_say_stands_below_the_agreement_and_with_its_probability() -> None:
    tasks = history()
    tasks += [moods("", "", "Positive", "Positive", id=98)]
    shape = shape_of(SENTIMENT, tasks, "mace", agreement=1)
    made = one(shape(record(tasks[-1])))
    assert made.output == "Positive"
    assert made.probability is not None
    assert 0.1 < made.probability < 1


def test_what_all_say_falls_where_it_is_improbable_that_they_are_right() -> None:
    nobody = Reliability("mace", {}, ReliabilityResult("mood", "mace", ()))
    estimator = Estimator(nobody, 0.5)
    assert estimator.stands(0.1, by_all=True)
    assert not estimator.stands(0.099, by_all=True)
    assert not estimator.stands(0.5, by_all=False)
    assert estimator.stands(0.501, by_all=False)


def test_a_span_that_all_of_several_mark_stands_below_the_agreement() -> None:
    tasks = [*span_history(), spans([ANN], [], [ANN, OSLO], [LEE], id=98)]
    both = of_task(TEXT, annotated(OSLO, by=3), annotated(OSLO, by=4), id=99)
    made = one(shape_of(NER, [*tasks, both], agreement=1)(record(both)))
    assert found(made) == [("Oslo", "ORG")]
    assert made.probability is not None
    assert 0.1 < made.probability < 1


def test_without_a_task_of_two_annotators_the_answers_count_as_they_are() -> None:
    task = moods("Positive")
    made = one(shape_of(SENTIMENT, [task])(record(task)))
    assert (made.output, made.probability) == ("Positive", None)


def test_the_order_of_annotations_in_the_file_changes_nothing() -> None:
    tasks = history()
    turned = [{**task, "annotations": task["annotations"][::-1]} for task in tasks]
    made = [
        [shape(record(task)) for task in some]
        for some in (tasks, turned)
        for shape in [shape_of(SENTIMENT, some)]
    ]
    assert [s.examples for s in made[0]] == [s.examples for s in made[1]]


def test_the_latest_answer_of_an_annotator_votes() -> None:
    twice = of_task(
        "Fine.", annotated(BAD, by=1, at=1), annotated(GOOD, by=1, at=9), annotated(GOOD, by=2)
    )
    shape = shape_of(SENTIMENT, [*history(), twice])
    made = shape(record(twice))
    assert one(made).annotations == '["01-2","09-1"]'
    assert reasons(made) == (["01-1 not-chosen"], [])


def topics(*chosen: tuple[str, ...], id: int = 1) -> Json:
    said = [annotated(choices(*x, control="topics"), by=n) for n, x in enumerate(chosen, 1)]
    return of_task({"review": f"Review {id}."}, *said, id=id)


def test_each_of_several_choices_is_decided_by_itself() -> None:
    both, price, quality = ("price", "quality"), ("price",), ("quality",)
    tasks = [topics(price, price, both, id=n) for n in range(20)]
    tasks += [topics(quality, quality, quality, id=n) for n in range(20, 40)]
    made = one(shape_of(TOPICS, tasks)(record(tasks[0])))
    assert (made.output, made.annotators) == ("price", '["1","2","3"]')


TEXT = "Ann Lee met Bob in Oslo."
ANN, LEE, BOB = region(0, 7, "PER"), region(4, 7, "PER"), region(12, 15, "PER")
OSLO = region(19, 23, "ORG")


def spans(*marked: list[Json], id: int = 1) -> Json:
    return of_task(TEXT, *(annotated(*m, by=n) for n, m in enumerate(marked, 1)), id=id)


def found(example: Example) -> list[tuple[str, str]]:
    return [(e["text"], e["label"]) for e in json.loads(example.output)]


def span_history() -> list[Json]:
    """Annotators 1 and 2 agree; 3 misses Bob and takes Lee for the whole name; 4 marks Oslo."""
    return [spans([ANN, BOB], [ANN, BOB], [LEE], [ANN, OSLO], id=n) for n in range(30)]


@pytest.mark.parametrize("method", METHODS)
def test_spans_stand_by_those_who_are_reliable_on_their_words(method: Method) -> None:
    task = spans([ANN, BOB], [], [LEE], [LEE], id=99)
    shape = shape_of(NER, [*span_history(), task], method)
    made = one(shape(record(task)))
    assert found(made) == [("Ann Lee", "PER"), ("Bob", "PER")]
    assert made.probability is not None
    assert 0.5 < made.probability <= 1


def test_a_span_that_is_not_probable_enough_is_left_out_and_the_task_goes_on() -> None:
    tasks = [spans([ANN, BOB], [ANN, BOB], id=n) for n in range(6)]
    tasks += [spans([ANN, BOB], [ANN], id=n) for n in range(6, 9)]
    tasks += [spans([ANN], [ANN, BOB], id=n) for n in range(9, 12)]
    made = shape_of(NER, tasks, agreement=0.9)(record(tasks[6]))
    assert found(one(made)) == [("Ann Lee", "PER")]
    assert [(d.unit, d.reason) for d in made.drops] == [("region", "undecided")]
    assert made.disputed is not None
    assert [p["start"] for p in made.disputed["meta"]["dataprep"]["parts"]] == [12]


def test_spans_of_one_annotator_stand_as_they_are_with_blanks_at_their_ends_gone() -> None:
    alone = of_task(TEXT, annotated(region(0, 8, "PER"), region(4, 7, "PER"), by=1), id=99)
    made = one(shape_of(NER, [*span_history(), alone])(record(alone)))
    assert found(made) == [("Ann Lee", "PER"), ("Lee", "PER")]


RELATIONS = NER.replace("</View>", '<Relations><Relation value="knows"/></Relations></View>')


def related(*ends: tuple[str, str], by: int) -> Json:
    marked = [{**ANN, "id": "a"}, {**BOB, "id": "b"}]
    lines = [
        {"type": "relation", "from_id": x, "to_id": y, "direction": "right", "labels": ["knows"]}
        for x, y in ends
    ]
    return annotated(*marked, *lines, by=by)


def test_relations_are_decided_by_those_who_marked_their_ends() -> None:
    there, gone = ("a", "b"), ("b", "a")
    tasks = [
        of_task(TEXT, related(there, by=1), related(there, by=2), related(gone, by=3), id=n)
        for n in range(20)
    ]
    made = one(shape_of(RELATIONS, tasks)(record(tasks[0])))
    assert json.loads(made.output)["relations"] == [
        {"head": "Ann Lee", "type": "knows", "tail": "Bob"}
    ]


TOGETHER = """<View>
  <Text name="text" value="$text"/>
  <Labels name="label" toName="text"><Label value="PER"/></Labels>
  <Choices name="mood" toName="text"><Choice value="glad"/><Choice value="cross"/></Choices>
  <Rating name="stars" toName="text" maxRating="5"/>
  <TextArea name="note" toName="text" maxSubmissions="1"/>
</View>"""


def stars(n: int) -> Json:
    return {"from_name": "stars", "to_name": "text", "type": "rating", "value": {"rating": n}}


def note(text: str) -> Json:
    value = {"text": [text]}
    return {"from_name": "note", "to_name": "text", "type": "textarea", "value": value}


def test_controls_together_are_decided_one_by_one_and_free_text_by_the_majority() -> None:
    glad, cross = choices("glad", control="mood"), choices("cross", control="mood")
    tasks = [
        of_task(
            TEXT,
            annotated(ANN, glad, stars(5), note("Yes."), by=1),
            annotated(ANN, glad, stars(4), note("Yes."), by=2),
            annotated(LEE, cross, stars(5), note("No."), by=3),
            id=n,
        )
        for n in range(12)
    ]
    made = one(shape_of(TOGETHER, tasks, task="structured")(record(tasks[0])))
    assert json.loads(made.output) == {
        "label": [{"text": "Ann Lee", "label": "PER"}],
        "mood": "glad",
        "stars": 5,
        "note": "Yes.",
    }
    assert made.probability is not None


@pytest.mark.parametrize("method", METHODS)
def test_what_is_answered_freely_is_refused(method: Method) -> None:
    source = Source(path="export.json", annotators=method)
    with pytest.raises(UsageError, match=f"{method} tells annotators by labels that come again"):
        task_shape(parse_config(SUMMARY.encode()), source)


def test_everything_that_came_in_is_accounted_for() -> None:
    tasks = [*span_history(), spans([OSLO], [ANN], [BOB, OSLO], [LEE], id=99)]
    shape = shape_of(NER, tasks, agreement=0.8)
    counted = [shape(record(task)) for task in tasks]
    assert all(made.parts for made in counted)
    for made in counted:
        lost = [d for d in made.drops if d.unit == "annotation"]
        assert made.annotations == made.merged + len(lost)
        if made.parts:
            given, kept = made.parts.given["region"], made.parts.kept["region"]
            gone = sum(n for (unit, _), n in made.parts.dropped.items() if unit == "region")
            assert given == kept + gone
