"""Family S: a row against the JSON Schema of what it claims to be."""

from dataprep.finding import Severity
from dataprep.rules.rule import Basis, Grain, Rule

RULES = (
    Rule(
        code="S001",
        name="does-not-match-the-format",
        grain=Grain.LINE,
        severity=Severity.ERROR,
        summary="hold a row that does not match the schema of its format",
        why="A missing key, an extra one or a wrong type fails the job, after the upload.",
        remedy="Change the row to what `dataprep schema FORMAT` prints.",
        basis=Basis.DOCUMENTED,
        source="OpenAI's fine-tuning guides and input schemas",
        date="2025-05",
        provider_message="The job failed due to an invalid training file. Invalid file format.",
        bad='{"prompt": "Capital of Kenya?", "completion": 7}',
        good='{"prompt": "Capital of Kenya?", "completion": "Nairobi"}',
    ),
    Rule(
        code="S002",
        name="breaks-your-schema",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="hold a completion that breaks the JSON Schema given in the recipe",
        why="The model learns the exceptions too, and the code that parses its answers breaks.",
        remedy="Mend the annotation or the schema, or let convert leave it out: --drop-invalid.",
        basis=Basis.ADVICE,
        source="the recipe's checks.completion_schema",
        date="2026-11",
        bad='{"prompt": "Extract.", "completion": "{\\"name\\": 7}"}   (name: string)',
        good='{"prompt": "Extract.", "completion": "{\\"name\\": \\"Ada\\"}"}',
    ),
    Rule(
        code="S003",
        name="mixes-formats",
        grain=Grain.FILE,
        severity=Severity.ERROR,
        summary="mix two formats in one file",
        why="The platform takes the format of the first line and refuses the others.",
        remedy="Write one file for each format.",
        basis=Basis.OBSERVED,
        source="community.openai.com/t/966285",
        date="2024-10",
        provider_message="Unexpected file format, expected either prompt/completion pairs or "
        "chat messages.",
        bad='{"prompt": "Hi", "completion": "Hello"}\n'
        '{"messages": [{"role": "user", "content": "Hi"}, '
        '{"role": "assistant", "content": "Hello"}]}',
        good='{"prompt": "Hi", "completion": "Hello"}\n{"prompt": "Bye", "completion": "See you"}',
    ),
    Rule(
        code="S004",
        name="key-without-a-place",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="hold a key that could carry meaning, and that nothing says the use of",
        why="A context, a verdict or a second text that is left out by a guess teaches wrong "
        "answers, and no count of rows shows it.",
        remedy="Tell convert its use: --prompt, --completion or --system with a template that "
        "names it, --carry KEY, or --leave-out KEY.",
        basis=Basis.OBSERVED,
        source="14 of 40 public situations; axolotl#3217, alpaca-qlora#5, trl#1116",
        date="2026-11",
        bad='{"question": "And then?", "answer": "He left.", "remark": "scene two of act one"}',
        good='{"question": "And then?", "answer": "He left.", "context": "scene two of act one"}',
    ),
    Rule(
        code="S005",
        name="answer-names-no-option",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="answer a multiple choice by an index or a letter that none of the options has",
        why="The right option cannot be told, and an index alone would be learned as the answer.",
        remedy="Correct the answer, or tell convert which text is learned, with --completion.",
        basis=Basis.OBSERVED,
        source="copies of MMLU, ARC and MedMCQA, which count from 0, from 1, or by letters",
        date="2026-11",
        bad='{"question": "Which is a gas?", "options": ["iron", "argon"], "answer": 7}',
        good='{"question": "Which is a gas?", "options": ["iron", "argon"], "answer": "B"}',
    ),
)
