"""Family T: lengths and what a tokenizer makes of a text."""

from dataprep.finding import Severity
from dataprep.rules.rule import Basis, Grain, Rule

_T5 = "t5-small's vocabulary, run over 80,000 lines"

RULES = (
    Rule(
        code="T001",
        name="answer-cut-off",
        grain=Grain.EXAMPLE,
        severity=Severity.WARNING,
        summary="be so long that truncation cuts the answer",
        why="The platforms cut from the end without a word: the model learns unfinished answers.",
        remedy="Shorten the example, or raise the limit of the target.",
        basis=Basis.DOCUMENTED,
        source="OpenAI's supervised fine-tuning guide: longer examples will be truncated",
        date="2026-11",
        bad='{"prompt": "Sum up.", "completion": "70,000 tokens ..."}',
        good='{"prompt": "Sum up.", "completion": "A short summary."}',
    ),
    Rule(
        code="T002",
        name="answer-does-not-survive",
        grain=Grain.EXAMPLE,
        severity=Severity.WARNING,
        summary="hold an answer that encoding and decoding changes",
        why="T5's vocabulary has no braces, and folds newlines: the model cannot learn the answer.",
        remedy="Use spans_as: list, or a tokenizer that knows these characters.",
        targets=("t5",),
        basis=Basis.OBSERVED,
        source=_T5,
        date="2026-11",
        bad='{"prompt": "Extract.", "completion": "{\\"name\\": \\"Ada\\"}"}',
        good='{"prompt": "Extract.", "completion": "name: Ada"}',
    ),
    Rule(
        code="T003",
        name="nothing-left-to-learn",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="leave no token to learn once it is encoded",
        why="The loss of the example is zero or undefined; it trains nothing.",
        remedy="Fill in the answer, or remove the example.",
        targets=("t5",),
        basis=Basis.OBSERVED,
        source="marin-community/marin #7237, huggingface/trl #6671",
        date="2026-11",
        bad='{"prompt": "Say it.", "completion": "\\u200b"}',
        good='{"prompt": "Say it.", "completion": "it"}',
    ),
)
