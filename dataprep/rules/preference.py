"""Family C, 2xx: preference pairs, a chosen and a rejected answer."""

from dataprep.finding import Fix, Severity
from dataprep.rules.rule import Basis, Grain, Rule

_SCHEMAS = "OpenAI's input schemas, openai-openapi 9a72a42"
_TOGETHER = "together 1.5.35, check_file"
_PAIRS = ("preference", "trl-preference")

RULES = (
    Rule(
        code="C201",
        name="nothing-preferred",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="prefer an answer to the very same answer",
        why="The pair says nothing: its loss is the same whatever the model does.",
        remedy="Mend one of the answers, or remove the pair.",
        targets=_PAIRS,
        basis=Basis.ADVICE,
        source="no other validator looks for it",
        date="2026-11",
        fix=Fix("drop-row", safe=False),
        bad='"preferred_output": [{..., "content": "Hello"}], "non_preferred_output": [{..., '
        '"content": "Hello"}]',
        good='"preferred_output": [{..., "content": "Hello"}], "non_preferred_output": [{..., '
        '"content": "What?"}]',
    ),
    Rule(
        code="C202",
        name="several-answers-in-one",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="hold more or less than one message in an output",
        why="Training is on one answer each, the last of the conversation. Azure alone takes "
        "several.",
        remedy="Put all messages but the last answer into the input.",
        targets=("preference",),
        except_for=("azure",),
        basis=Basis.DOCUMENTED,
        source="OpenAI's guide: we only train on one-turn conversations; " + _TOGETHER,
        date="2026-11",
        provider_message=(
            "The dataset is malformed, the `preferred_output` list must contain exactly one "
            "message on line 1."
        ),
        bad='"preferred_output": [{"role": "assistant", ...}, {"role": "assistant", ...}]',
        good='"preferred_output": [{"role": "assistant", ...}]',
    ),
    Rule(
        code="C203",
        name="output-of-another-role",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="hold an output that is not the assistant's",
        why="Only answers of the assistant can be preferred; the file is refused.",
        remedy="Give the message the role assistant.",
        targets=("preference",),
        basis=Basis.OBSERVED,
        source=_TOGETHER,
        date="2025-12",
        provider_message=(
            "The dataset is malformed, the first element of `preferred_output` must have the "
            "'assistant' role on line 1."
        ),
        bad='"preferred_output": [{"role": "user", "content": "Hello"}]',
        good='"preferred_output": [{"role": "assistant", "content": "Hello"}]',
    ),
    Rule(
        code="C204",
        name="input-ends-with-an-answer",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="end the input of a pair with the assistant's message",
        why="The outputs are two answers to one question; here the question has its answer "
        "already.",
        remedy="End the input with the user's message.",
        targets=("preference",),
        basis=Basis.OBSERVED,
        source=_TOGETHER,
        date="2025-12",
        provider_message=(
            "The last message in the input conversation must not be from the assistant on line 1."
        ),
        bad='"input": {"messages": [{"role": "user", ...}, {"role": "assistant", ...}]}',
        good='"input": {"messages": [{"role": "user", ...}]}',
    ),
    Rule(
        code="C205",
        name="fields-of-the-openapi-document",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="call the outputs preferred_completion and non_preferred_completion",
        why="OpenAI's OpenAPI document named them so; the platforms read preferred_output.",
        remedy="Rename them to preferred_output and non_preferred_output.",
        targets=("preference",),
        basis=Basis.OBSERVED,
        source=_SCHEMAS + ", against OpenAI's guide",
        date="2026-11",
        fix=Fix("rename-preference-fields", safe=True),
        bad='{"input": {...}, "preferred_completion": [...], "non_preferred_completion": [...]}',
        good='{"input": {...}, "preferred_output": [...], "non_preferred_output": [...]}',
    ),
    Rule(
        code="C206",
        name="pair-is-not-text",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="hold tool calls, pictures or parts in a pair",
        why="Preference fine-tuning trains on text alone.",
        remedy="Write the contents as strings, or remove the pair.",
        targets=("preference",),
        basis=Basis.DOCUMENTED,
        source="OpenAI's guide to direct preference optimization: text only",
        date="2026-11",
        bad='"preferred_output": [{"role": "assistant", "tool_calls": [...]}]',
        good='"preferred_output": [{"role": "assistant", "content": "Hello"}]',
    ),
    Rule(
        code="C207",
        name="nothing-says-what-was-asked",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="hold answers of which nothing says what was asked",
        why="An answer without its question teaches the model to say it to anything.",
        remedy="Name the question prompt or question, or let both answers begin with it.",
        basis=Basis.OBSERVED,
        source="trl#1858, TRL's extract_prompt",
        date="2026-11",
        bad='{"chosen": "Lima.", "rejected": "Quito."}',
        good='{"prompt": "The capital of Peru?", "chosen": "Lima.", "rejected": "Quito."}',
    ),
)
