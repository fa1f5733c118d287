"""Exact match, beside what the most frequent answer alone would reach."""

from __future__ import annotations

from trainers.evaluate import Answer, by_shape, exact_match, majority

ANSWERS = [
    Answer("1", "classification", "dog", "dog", "dog"),
    Answer("2", "classification", "dog", "dog", "cat"),
    Answer("3", "classification", "cat", "cat", " cat\n"),
    Answer("4", "generation", None, "Nairobi", "Lagos"),
]


def test_exact_match_minds_everything_but_white_space_at_the_ends() -> None:
    assert exact_match(ANSWERS) == 0.5
    assert exact_match([]) == 0.0


def test_the_majority_is_the_most_frequent_and_of_equals_the_first() -> None:
    assert majority(["dog", "cat", "cat "]) == "cat"
    assert majority(["dog", "cat"]) == "cat"
    assert majority([]) == ""


def test_scores_come_by_shape_and_label_beside_the_majority() -> None:
    scores = by_shape(ANSWERS, {"classification": ["dog", "dog", "cat"]}, {})
    assert scores["classification"] == {
        "examples": 3,
        "judged_as": "classification",
        "judged_by": "macro_f1",
        "exact_match": 0.6667,
        "accuracy": 0.6667,
        "macro_f1": 0.6667,
        "majority": {"answer": "dog", "exact_match": 0.6667},
        "labels": {
            "cat": {"examples": 1, "exact_match": 1.0},
            "dog": {"examples": 2, "exact_match": 0.5},
        },
    }
    assert scores["generation"]["exact_match"] == 0
    assert scores["generation"]["rouge_l"] == 0
    assert scores["generation"]["majority"] == {"answer": "", "exact_match": 0.0}
