"""The metrics, on answers whose scores are known."""

from __future__ import annotations

import importlib

import pytest

from trainers.metrics import (
    by_slice,
    chrf,
    exact_match,
    macro_f1,
    metrics_for,
    rouge_l,
    scores,
    span_f1,
    spans,
)


def test_exact_match_minds_all_but_white_space_at_the_ends() -> None:
    assert exact_match(["a b", "c"], [" a b\n", "C"]) == 0.5
    assert exact_match([], []) == 0


def test_macro_f1_counts_a_rare_label_as_much_as_a_frequent_one() -> None:
    # cat: 2 right of 3, none false: 0.8; dog: 1 right of 1, 1 false: 2/3.
    assert macro_f1(["cat", "cat", "cat", "dog"], ["cat", "cat", "dog", "dog"]) == pytest.approx(
        (0.8 + 2 / 3) / 2
    )
    assert macro_f1(["cat"], ["zebra"]) == 0


def test_macro_f1_agrees_with_scikit_learn_where_every_answer_is_a_label() -> None:
    metrics = importlib.import_module("sklearn.metrics")
    wanted, said = list("aabbbccddd"), list("abbbbcaddc")
    assert macro_f1(wanted, said) == pytest.approx(metrics.f1_score(wanted, said, average="macro"))


@pytest.mark.parametrize(
    "answer",
    [
        '[{"text": "Ada", "label": "PER"}, {"text": "Rome; Italy", "label": "LOC"}]',
        "PER: Ada; LOC: Rome;; Italy",
        "<PER>Ada</PER> in <LOC>Rome; Italy</LOC>.",
    ],
)
def test_spans_are_read_from_each_of_the_three_forms(answer: str) -> None:
    assert set(spans(answer)) == {("PER", "Ada"), ("LOC", "Rome; Italy")}


@pytest.mark.parametrize("answer", ["none", "", "[not json", '[{"text": 1}]', "[1]"])
def test_an_answer_without_spans_holds_none(answer: str) -> None:
    assert not spans(answer)


def test_span_f1_counts_what_is_found_twice_only_once() -> None:
    wanted = ["PER: Ada; LOC: Rome", "none"]
    assert span_f1(wanted, ["PER: Ada; PER: Ada", "none"]) == pytest.approx(0.5)
    assert span_f1(wanted, wanted) == 1
    assert span_f1(["none"], ["none"]) == 1


def test_rouge_and_chrf_are_those_of_their_libraries() -> None:
    wanted, said = ["the cat sat on the mat"], ["the cat on the mat"]
    assert rouge_l(wanted, said) == pytest.approx(2 * 1 * (5 / 6) / (1 + 5 / 6))
    assert chrf(wanted, wanted) == pytest.approx(1.0)
    assert 0.5 < chrf(wanted, said) < 1
    assert rouge_l([], []) == chrf([], []) == 0


def test_the_shape_chooses_the_metrics() -> None:
    assert list(metrics_for("classification")) == ["exact_match", "accuracy", "macro_f1"]
    assert list(metrics_for("spans")) == ["exact_match", "span_f1"]
    assert list(metrics_for("qa")) == ["exact_match", "rouge_l", "chrf"]
    assert scores("classification", ["a"], ["a"]) == {
        "exact_match": 1.0,
        "accuracy": 1.0,
        "macro_f1": 1.0,
    }


def test_slices_come_apart_and_rows_without_one_are_left_out() -> None:
    found = by_slice("classification", ["a", "b", "a"], ["a", "a", "a"], ["en", "de", None])
    assert found == {
        "de": {"examples": 1, "exact_match": 0.0, "accuracy": 0.0, "macro_f1": 0.0},
        "en": {"examples": 1, "exact_match": 1.0, "accuracy": 1.0, "macro_f1": 1.0},
    }
