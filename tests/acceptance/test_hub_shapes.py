"""The well-known data sets of the Hub by the names of their columns, as `datasets` writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Run

CLASS = "class"
"""Stands for a column of classes: its names, then its rows."""

SETS: dict[str, dict[str, Any]] = {
    "sst2": {
        "idx": [0, 1],
        "sentence": ["a film to love", "hidden by the task"],
        "label": (CLASS, ["negative", "positive"], [1, -1]),
    },
    "snli": {
        "premise": ["A man eats an apple."],
        "hypothesis": ["A man eats fruit."],
        "label": (CLASS, ["entailment", "neutral", "contradiction"], [0]),
    },
    "squad_v2": {
        "id": ["a", "b"],
        "title": ["Rome", "Rome"],
        "context": ["Rome is in Italy.", "Rome is old."],
        "question": ["Where is Rome?", "Who built it?"],
        "answers": [
            {"text": ["Italy"], "answer_start": [11]},
            {"text": [], "answer_start": []},
        ],
    },
    "cnn_dailymail": {
        "article": ["A storm hit the coast on Monday."],
        "highlights": ["Storm hits coast ."],
        "id": ["c1"],
    },
    "samsum": {"id": ["1"], "dialogue": ["Ann: hi\nBob: hello"], "summary": ["They greet."]},
    "mmlu": {
        "question": ["2 + 2?", "3 + 3?"],
        "subject": ["math", "math"],
        "choices": [["1", "2", "3", "4"], ["6", "5", "7", "8"]],
        "answer": (CLASS, ["A", "B", "C", "D"], [3, 0]),
    },
    "arc": {
        "id": ["M1"],
        "question": ["Which is hot?"],
        "choices": [{"text": ["ice", "fire"], "label": ["A", "B"]}],
        "answerKey": ["B"],
    },
    "conll2003": {
        "id": ["0"],
        "tokens": [["Ada", "Lovelace", "saw", "Rome"]],
        "ner_tags": ([CLASS], ["O", "B-PER", "I-PER", "B-LOC"], [[1, 2, 0, 3]]),
    },
}

SAID = {
    "sst2": "sentence → prompt, label → completion (1), label → unlabelled (1); carried along: idx",
    "snli": "premise → prompt, label → completion, hypothesis → prompt",
    "squad_v2": "question → prompt, answers → completion, context → prompt, answers.text →"
    " completion (1), answers.text → unanswerable (1); carried along: id, title",
    "cnn_dailymail": "article → prompt, highlights → completion; carried along: id",
    "samsum": "dialogue → prompt, summary → completion; carried along: id",
    "mmlu": "question → prompt, answer → completion, choices → prompt; carried along: subject",
    "arc": "question → prompt, answerKey → completion, choices → prompt; carried along: id",
    "conll2003": "token rows, ner_tags in IOB2",
}

LEARNED = {
    ("a film to love", "positive"),
    ("premise: A man eats an apple.\n\nhypothesis: A man eats fruit.", "entailment"),
    ("Rome is in Italy.\n\nWhere is Rome?", "Italy"),
    ("Rome is old.\n\nWho built it?", "unanswerable"),
    ("A storm hit the coast on Monday.", "Storm hits coast ."),
    ("Ann: hi\nBob: hello", "They greet."),
    ("2 + 2?\n\nA) 1\nB) 2\nC) 3\nD) 4", "4"),
    ("3 + 3?\n\nA) 6\nB) 5\nC) 7\nD) 8", "6"),
    ("Which is hot?\n\nA) ice\nB) fire", "fire"),
    (
        "List the entities in the text with their labels: PER, LOC.\n\nAda Lovelace saw Rome",
        '[{"text":"Ada Lovelace","label":"PER"},{"text":"Rome","label":"LOC"}]',
    ),
}


def saved(folder: Path, name: str, columns: dict[str, Any]) -> None:
    """One data set as Parquet, with the features that `datasets` notes in it."""
    datasets = pytest.importorskip("datasets")
    features: dict[str, Any] = {}
    rows: dict[str, Any] = {}
    for key, values in columns.items():
        rows[key] = values[2] if isinstance(values, tuple) else values
        if isinstance(values, tuple):
            label = datasets.ClassLabel(names=values[1])
            features[key] = label if values[0] == CLASS else datasets.Sequence(label)
    made = datasets.Dataset.from_dict(rows)
    whole = datasets.Features({**made.features, **features})
    datasets.Dataset.from_dict(rows, features=whole).to_parquet(folder / f"{name}.parquet")


def test_each_becomes_what_its_makers_meant_and_says_so(dataprep: Run, tmp_path: Path) -> None:
    for name, columns in SETS.items():
        saved(tmp_path, name, columns)
    given = [f"{name}.parquet" for name in SETS]
    run = dataprep("convert", *given, "--to", "prompt-completion", "-o", "out")
    assert run.returncode == 0, run.stderr
    for name, said in SAID.items():
        assert f"{name}.parquet: {said}" in run.stderr
    lines = [
        line
        for path in (tmp_path / "out/prompt-completion").iterdir()
        for line in path.read_text().splitlines()
    ]
    learned = [(row["prompt"], row["completion"]) for row in map(json.loads, lines)]
    assert set(learned) == LEARNED
    assert len(learned) == len(LEARNED)


def test_a_translation_asks_for_its_direction_and_takes_it(dataprep: Run, tmp_path: Path) -> None:
    saved(tmp_path, "wmt", {"translation": [{"en": "Good morning", "fr": "Bonjour"}]})
    run = dataprep("convert", "wmt.parquet", "--to", "prompt-completion", "-o", "out")
    assert run.returncode == 2
    flags = ("--prompt", "{{ translation.en }}", "--completion", "{{ translation.fr }}")
    assert "--prompt '{{ translation.en }}' --completion '{{ translation.fr }}'" in run.stderr
    run = dataprep("convert", "wmt.parquet", *flags, "--to", "prompt-completion", "-o", "out")
    assert run.returncode == 0, run.stderr
    (path,) = (tmp_path / "out/prompt-completion").iterdir()
    assert json.loads(path.read_text()) == {"prompt": "Good morning", "completion": "Bonjour"}
