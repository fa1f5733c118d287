"""Family C, 4xx: items of reinforcement fine-tuning, which a grader judges."""

from dataprep.finding import Severity
from dataprep.rules.rule import Basis, Grain, Rule

_AZURE = "Azure's how-to of reinforcement fine-tuning"
_ITEMS = ("reinforcement",)

RULES = (
    Rule(
        code="C401",
        name="item-does-not-end-with-the-user",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="end an item with a message that is not the user's",
        why="The model writes the answer itself, and the grader judges it: there is nothing "
        "left to write.",
        remedy="Remove the answer from the messages; give it under a key of its own, for the "
        "grader.",
        targets=_ITEMS,
        basis=Basis.DOCUMENTED,
        source=_AZURE,
        date="2026-11",
        bad='{"messages": [{"role": "user", ...}, {"role": "assistant", ...}]}',
        good='{"messages": [{"role": "user", ...}], "answer": "4"}',
    ),
    Rule(
        code="C402",
        name="system-message-in-an-item",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="hold a system message in an item",
        why="The o-series models, which alone are trained so, take no system messages.",
        remedy="Give the message the role developer.",
        targets=_ITEMS,
        basis=Basis.DOCUMENTED,
        source=_AZURE + "; OpenAI's input schemas, openai-openapi 9a72a42",
        date="2026-11",
        bad='{"role": "system", "content": "Be brief."}',
        good='{"role": "developer", "content": "Be brief."}',
    ),
    Rule(
        code="C403",
        name="nothing-for-the-grader",
        grain=Grain.EXAMPLE,
        severity=Severity.INFO,
        summary="hold an item without any key beside the messages",
        why="A grader that compares with a reference has none: it sees {{item.X}} for those "
        "keys only.",
        remedy="Add the reference under a key of its own, unless the grader needs none.",
        targets=_ITEMS,
        basis=Basis.ADVICE,
        source="dataprep",
        date="2026-11",
        bad='{"messages": [...]}',
        good='{"messages": [...], "answer": "4"}',
    ),
    Rule(
        code="C404",
        name="key-that-no-template-names",
        grain=Grain.EXAMPLE,
        severity=Severity.WARNING,
        summary="name a key so that {{item.X}} cannot name it",
        why="A grader's template reads {{item.X}}: with a space or a hyphen in X it reads nothing.",
        remedy="Use letters, digits and _ for the keys of an item.",
        targets=_ITEMS,
        basis=Basis.ADVICE,
        source="dataprep",
        date="2026-11",
        bad='{"messages": [...], "right answer": "4"}',
        good='{"messages": [...], "right_answer": "4"}',
    ),
)
