"""Graders as functions: what they reward, and what of them is refused in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.finding import UsageError
from trainers.formula import Formula
from trainers.graders import Grader, grader_of, read_grader, rewards
from trainers.similarity import METRICS

SAID, WANTED = "{{ sample.output_text }}", "{{ item.reference_answer }}"


def check(operation: str, said: str = SAID, wanted: str = WANTED) -> dict[str, Any]:
    return {
        "type": "string_check",
        "name": "check",
        "operation": operation,
        "input": said,
        "reference": wanted,
    }


def alike(metric: str) -> dict[str, Any]:
    return {
        "type": "text_similarity",
        "name": "alike",
        "evaluation_metric": metric,
        "input": SAID,
        "reference": WANTED,
    }


@pytest.mark.parametrize(
    ("operation", "answer", "reward"),
    [
        ("eq", "Paris", 1),
        ("eq", "paris", 0),
        ("ne", "Rome", 1),
        ("ne", "Paris", 0),
        ("like", "It is Paris.", 1),
        ("like", "it is paris.", 0),
        ("ilike", "it is PARIS.", 1),
        ("ilike", "Rome", 0),
    ],
)
def test_a_string_check_compares_as_the_platform_says(
    operation: str, answer: str, reward: int
) -> None:
    assert grader_of(check(operation)).grade({"reference_answer": "Paris"}, answer) == reward


@pytest.mark.parametrize(
    ("metric", "said", "wanted", "reward"),
    [
        # The example of rapidfuzz's documentation: fuzz.ratio is 96.55.
        ("fuzzy_match", "this is a test", "this is a test!", 28 / 29),
        ("fuzzy_match", "", "", 1.0),
        ("fuzzy_match", "abc", "xyz", 0.0),
        # Lin, ROUGE, 2004, section 3: "police killed the gunman" has an LCS of 3 of 4 words
        # with "police kill the gunman", and 2 of 4 with "the gunman kill police".
        ("rouge_l", "police kill the gunman", "police killed the gunman", 0.75),
        ("rouge_l", "the gunman kill police", "police killed the gunman", 0.5),
        ("rouge_1", "the cat", "the cat sat", 0.8),
        ("rouge_2", "the cat", "the cat sat", 2 / 3),
        ("bleu", "the cat sat on the mat", "the cat sat on the mat", 1.0),
        # Of the 10 n-grams (n to 4) of "the cat sat on", six stand in the 6 of "the cat sat".
        ("gleu", "the cat sat", "the cat sat on", 0.6),
        ("gleu", "", "the cat", 0.0),
    ],
)
def test_similarity_is_that_of_the_metrics_own_definition(
    metric: str, said: str, wanted: str, reward: float
) -> None:
    found = grader_of(alike(metric)).grade({"reference_answer": wanted}, said)
    assert found == pytest.approx(reward, abs=1e-4)


def test_every_metric_gives_1_to_an_equal_text_and_0_to_one_without_a_common_character() -> None:
    text = "one two three four five six"
    for name, metric in METRICS.items():
        assert metric(text, text) == pytest.approx(1), name
        assert metric("xxx", "öäü") == 0, name


def multi(formula: str) -> Grader:
    parts = {"same": check("eq"), "near": alike("fuzzy_match")}
    return grader_of({"type": "multi", "graders": parts, "calculate_output": formula})


@pytest.mark.parametrize(
    ("formula", "reward"),
    [
        ("0.25 * same + 0.75 * near", 0.75 * 28 / 29),
        ("max(same, near) ^ 2", (28 / 29) ** 2),
        ("2 * 3 ^ 2 - same", 18),
        ("-min(same, 1) + floor(1.5) + ceil(1.5) + abs(-1)", 4),
        ("sqrt(4) + exp(0) + log(1)", 3),
        ("near / same", 0),
        ("sqrt(0 - 1)", 0),
        ("9 ^ 9 ^ 9", 0),
    ],
)
def test_a_multi_grader_counts_by_its_formula(formula: str, reward: float) -> None:
    item = {"reference_answer": "this is a test!"}
    assert multi(formula).grade(item, "this is a test") == pytest.approx(reward)


@pytest.mark.parametrize(
    "formula",
    [
        "__import__('os').getcwd()",
        "same.real",
        "other + 1",
        "min()",
        "max(key=same)",
        "[same]",
        "same if near else 0",
        "True",
        "'a' * 9",
        "same +",
        "",
        "(" * 300,
        "1+" * 600 + "1",
    ],
)
def test_a_formula_holds_arithmetic_and_nothing_else(formula: str) -> None:
    with pytest.raises(UsageError, match="formula"):
        Formula.read(formula, {"same", "near"})


def test_fields_of_an_item_and_of_a_json_answer_are_read_deep() -> None:
    grader = grader_of(check("eq", "{{ sample.output_json.city[0] }}", "{{item.meta.city}}"))
    item = {"meta": {"city": "Rome"}}
    assert grader.grade(item, '{"city": ["Rome"]}') == 1
    assert grader.grade(item, '{"city": []}') == 0
    assert grader.grade(item, "no JSON") == 0
    other = grader_of(check("eq", "{{ sample.output_json }}", "{{ item.wanted }}"))
    assert other.grade({"wanted": {"a": 1}}, '{"a":1}') == 1


def test_a_user_text_is_no_template_and_no_code() -> None:
    item = {"reference_answer": "{{ item.secret }}", "secret": "x"}
    assert grader_of(check("eq")).grade(item, "{{ item.secret }}") == 1
    assert grader_of(check("eq")).grade(item, "x") == 0


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"type": "score_model", "name": "judge"}, "'judge' is a score_model, which asks a model"),
        ({"type": "label_model"}, "which asks a model: it cannot run here"),
        ({"type": "python", "source": "x"}, "'python' is a python, which runs code"),
        ({"type": "magic"}, "no grader of the type 'magic'"),
        ("text", "no grader of the type None"),
        (check("is"), "has the operation 'is'"),
        (alike("cosine"), "cannot run here. It needs embeddings"),
        (alike("meteor"), "cannot run here. It needs WordNet"),
        (alike("luck"), "cannot run here. Known: fuzzy_match"),
        ({**check("eq"), "input": None}, "has no input"),
        (check("eq", "{{ env.HOME }}"), "is not understood"),
        (check("eq", "{{ item.a | tojson }}"), "is not understood"),
        (check("eq", "{{ sample.output_tools }}"), "sample.output_tools, which is not known"),
        ({"type": "multi", "graders": {}, "calculate_output": "1"}, "has no graders"),
        (
            {"type": "multi", "graders": {"a": {"type": "python"}}, "calculate_output": "a"},
            "runs code",
        ),
    ],
)
def test_a_grader_that_cannot_run_here_is_refused_in_words(entry: Any, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        grader_of(entry)
    assert said in str(refused.value)


def test_an_item_without_what_the_grader_reads_is_refused_by_the_key() -> None:
    with pytest.raises(UsageError, match=r"reads item\.reference_answer, which the row has not"):
        grader_of(check("eq")).refuse_lacking({"answer": "x"})


def test_a_file_may_hold_the_method_of_a_job(tmp_path: Path) -> None:
    path = tmp_path / "grader.json"
    path.write_text(json.dumps({"type": "reinforcement", "reinforcement": {"grader": check("eq")}}))
    assert read_grader(path).entry == check("eq")
    path.write_text("{")
    with pytest.raises(UsageError, match="is no JSON"):
        read_grader(path)
    with pytest.raises(UsageError, match=r"none\.json"):
        read_grader(tmp_path / "none.json")


def test_a_reward_that_is_no_finite_number_is_0() -> None:
    grader = Grader(lambda item, _: item["reward"], {}, frozenset())
    items = [{"reward": value} for value in (0.5, float("inf"), float("nan"))]
    assert rewards(grader, items, ["", "", ""]) == [0.5, 0.0, 0.0]
