"""Agreement as a person and as a program reads it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from dataprep.annotation.agreement import Agreement, AgreementResult, ScaleKind
from dataprep.contracts import contract
from dataprep.report.agreement import agreement_table, to_json


def counted(kind: ScaleKind, *tasks: dict[str, Any], control: str = "sentiment") -> AgreementResult:
    agreement = Agreement(control, kind)
    for number, answers in enumerate(tasks, 1):
        agreement.add(str(number), list(answers.items()))
    return agreement.result()


def shown(result: AgreementResult, width: int = 80) -> list[str]:
    stream = io.StringIO()
    agreement_table(result, Console(file=stream, width=width))
    return [line.rstrip() for line in stream.getvalue().splitlines()]


SENTIMENT = counted(
    "nominal",
    {"1": "A", "2": "A", "3": "B"},
    {"1": "A", "2": "A"},
    {"1": "B", "2": "B"},
    {"1": "B", "2": "A"},
    {"1": "A"},
)


def test_the_measures_the_annotators_and_the_disputed_tasks_are_shown() -> None:
    assert shown(SENTIMENT) == [
        "Agreement on sentiment: 4 tasks with two answers or more",
        "measure               value",
        "observed agreement    0.583  mean over tasks",
        "Cohen's kappa         0.333  3 pairs of annotators, weighted by tasks",
        "Fleiss' kappa             -  tasks have 2 to 3 answers, and it wants one number",
        "Krippendorff's alpha  0.200  all annotators, nominal",
        "",
        "annotator  tasks  agrees with the others",
        "1              4                   0.600",
        "2              4                   0.600",
        "3              1                   0.000",
        "",
        "annotator  and  tasks  agreement  kappa     F1  most confused",
        "1          2        4      0.750  0.500  0.733  B / A 1",
        "1          3        1      0.000  0.000  0.000  A / B 1",
        "2          3        1      0.000  0.000  0.000  A / B 1",
        "",
        "label  given     F1  and where one gave it, another gave",
        "A          5  0.571  B 3",
        "B          4  0.400  A 3",
        "",
        "Most disputed tasks: 4, 1.",
    ]


def test_spans_are_shown_with_their_f1() -> None:
    one, other = (0, 5, "PER"), (7, 9, "ORG")
    result = counted("spans", {"a": {one, other}, "b": {one}}, {"a": {one}, "b": {(0, 4, "PER")}})
    assert shown(result) == [
        "Agreement on sentiment: 2 tasks with two answers or more",
        "measure                value",
        "the same set of spans  0.000  mean over tasks",
        "span F1, exact         0.400  same borders and label",
        "span F1, overlapping   0.800  same label, one common position",
        "",
        "annotator  tasks  agrees with the others",
        "a              2                   0.400",
        "b              2                   0.400",
        "",
        "label  given     F1  and where one gave it, another gave",
        "PER        4  0.500  other borders 2",
        "ORG        1  0.000  nothing 1",
        "",
        "Most disputed tasks: 2, 1.",
    ]


def test_free_texts_have_no_kappa() -> None:
    lines = shown(counted("text", {"1": "a summary", "3": "a summary"}, {"1": "a", "3": "b"}))
    assert "the same text  0.500  mean over tasks, letter by letter" in lines
    assert not any("kappa" in line or "alpha" in line for line in lines)


def test_one_line_says_that_nothing_can_be_compared() -> None:
    result = counted("nominal", {"1": "A"}, {"2": "B"})
    assert shown(result) == ["Agreement on sentiment: no task has two answers."]


def test_of_many_annotators_pairs_and_tasks_the_first_are_shown() -> None:
    result = counted("nominal", *[{f"a{n}": str(n) for n in range(12)} for _ in range(30)])
    text = shown(result)
    assert sum(line.startswith("a") and "30" in line for line in text) == 8 + 8
    assert "4 more" in text
    assert "58 more" in text
    assert text[-1] == "Most disputed tasks: 1, 2, 3, 4, 5, 6, 7, 8 and 12 more, in the manifest."


def test_the_confusions_of_a_label_are_the_most_frequent_and_the_rest_together() -> None:
    tasks = [{"a": "A", "b": other} for other in "BBBCCCDDEF"]
    text = shown(counted("nominal", *tasks))
    at = text.index("label  given     F1  and where one gave it, another gave")
    assert text[at + 1] == "A         10  0.000  B 3, C 3, D 2, other labels 2"
    assert text[at + 3] == "C          3  0.000  A 3"


def test_the_json_has_every_confusion() -> None:
    made = to_json(SENTIMENT)
    assert (made["label_count"], made["labels"][1]) == (
        2,
        {
            "label": "B",
            "answers": 4,
            "f1": {"value": 0.4},
            "instead_count": 1,
            "instead": [{"label": "A", "times": 3}],
            "other_borders": 0,
            "nothing": 0,
        },
    )
    assert made["pairs"][0]["f1"] == {"value": pytest.approx(11 / 15)}
    assert made["pairs"][0]["confusions"] == [{"labels": ["B", "A"], "times": 1}]
    assert "no_labels" not in made
    assert to_json(counted("text", {"1": "a", "2": "b"}))["no_labels"] == "answers are no labels"


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("kind", ["nominal", "ordinal", "interval"])
def test_long_and_hostile_names_fit_the_screen(kind: ScaleKind, width: int) -> None:
    agreement = Agreement("\x1b[31m" + "control " * 40, kind)
    for number in range(30):
        hostile = [("\x1b[31m[bold]" + "long" * 40 + str(n), n) for n in range(3)]
        agreement.add("\x07task" * 40 + str(number), hostile)
    text = shown(agreement.result(), width)
    assert max(map(len, text)) <= width
    assert not any("\x1b" in line or "\x07" in line for line in text)


@pytest.mark.parametrize("width", [80, 100])
def test_long_and_hostile_labels_fit_the_screen(width: int) -> None:
    labels = ["\x1b[31m[bold]" + "long " * 60 + str(n) for n in range(12)]
    tasks = [{"a": one, "b": other, "c": labels[0]} for one in labels for other in labels]
    text = shown(counted("nominal", *tasks), width)
    assert max(map(len, text)) <= width
    assert sum("\x1b" in line for line in text) == 0
    assert "4 more" in text


def test_the_json_has_every_measure_and_a_reason_where_there_is_none() -> None:
    made = to_json(SENTIMENT)
    assert made["fleiss"] == {
        "value": None,
        "reason": "tasks have 2 to 3 answers, and it wants one number",
    }
    assert made["cohen"] == {"value": pytest.approx(1 / 3)}
    assert made["disputed"][0] == {"task": "4", "answers": 2, "agreement": 0.0}
    assert (made["tasks"], made["answers"], made["alone"]) == (4, 9, 1)
    assert made["pairs"][0]["annotators"] == ["1", "2"]


def test_of_many_pairs_a_hundred_are_written_and_all_are_counted() -> None:
    made = to_json(counted("nominal", {f"a{n}": "A" for n in range(20)}))
    assert (made["pair_count"], len(made["pairs"])) == (190, 100)
    assert list(contract("agreement").violations(made)) == []


answers: dict[ScaleKind, Any] = {
    "nominal": st.sampled_from("ABC"),
    "ordinal": st.integers(1, 5),
    "interval": st.floats(allow_nan=False, allow_infinity=False),
    "spans": st.frozensets(st.sampled_from([(0, 5, "X"), (3, 9, "X"), (3, 9, "Y")])),
}


@given(
    st.sampled_from(sorted(answers)).flatmap(
        lambda kind: st.tuples(
            st.just(kind),
            st.lists(st.dictionaries(st.sampled_from("1234"), answers[kind]), max_size=6),
        )
    )
)
@settings(deadline=None)
def test_every_result_keeps_the_contract_and_is_json(case: tuple[ScaleKind, list[Any]]) -> None:
    kind, tasks = case
    made = to_json(counted(kind, *tasks))
    assert list(contract("agreement").violations(made)) == []
    assert json.loads(json.dumps(made, allow_nan=False)) == made
