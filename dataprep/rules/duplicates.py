"""Family D: the same thing twice, the same question with two answers, and leaks."""

from dataprep.finding import Fix, Severity
from dataprep.rules.rule import Basis, Grain, Rule

RULES = (
    Rule(
        code="D001",
        name="duplicate-example",
        grain=Grain.SPLIT,
        severity=Severity.WARNING,
        summary="repeat an example",
        why="A repeated example weighs twice, and is paid for twice.",
        remedy="Remove the copies, or keep them if the weight is meant.",
        basis=Basis.ADVICE,
        source="20 Newsgroups, BBC and Reuters hold 20 to 82 of them",
        date="2026-11",
        fix=Fix("remove-duplicates", safe=False),
        bad='{"prompt": "Hi", "completion": "Hello"}\n{"prompt": "Hi", "completion": "Hello"}',
        good='{"prompt": "Hi", "completion": "Hello"}\n{"prompt": "Bye", "completion": "See you"}',
    ),
    Rule(
        code="D002",
        name="conflicting-answers",
        grain=Grain.SPLIT,
        severity=Severity.WARNING,
        summary="answer one prompt in two ways",
        why="The model is pulled both ways and learns neither.",
        remedy="Decide for one answer, or make the prompts differ.",
        basis=Basis.ADVICE,
        source="no other validator looks for it",
        date="2026-11",
        bad='{"prompt": "2 + 2?", "completion": "4"}\n{"prompt": "2 + 2?", "completion": "5"}',
        good='{"prompt": "2 + 2?", "completion": "4"}\n{"prompt": "2 + 3?", "completion": "5"}',
    ),
    Rule(
        code="D003",
        name="leak-between-splits",
        grain=Grain.SPLIT,
        severity=Severity.ERROR,
        summary="hold a prompt that stands in another split too",
        why="The evaluation measures memory, not learning.",
        remedy="Remove the row from one of the two files; `dataprep convert` never makes this.",
        basis=Basis.DOCUMENTED,
        source="OpenAI: the same data should not be in train and validation",
        date="2026-11",
        bad='train.jsonl:      {"prompt": "2 + 2?", "completion": "4"}\n'
        'validation.jsonl: {"prompt": "2 + 2?", "completion": "4"}',
        good='train.jsonl:      {"prompt": "2 + 2?", "completion": "4"}\n'
        'validation.jsonl: {"prompt": "3 + 3?", "completion": "6"}',
    ),
)
