"""Family C: what a conversation or a pair would teach."""

from dataprep.finding import Severity
from dataprep.rules.rule import Basis, Grain, Rule

_GUIDE = "OpenAI's supervised fine-tuning guide"
_CHAT = ("openai-chat",)

RULES = (
    Rule(
        code="C001",
        name="no-answer",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="hold a conversation without an assistant message",
        why="There is nothing to learn: the loss is taken on assistant messages alone.",
        remedy="Add the answer, or remove the example.",
        targets=_CHAT,
        basis=Basis.DOCUMENTED,
        source=_GUIDE,
        date="2026-11",
        bad='{"messages": [{"role": "user", "content": "Hi"}]}',
        good='{"messages": [{"role": "user", "content": "Hi"}, '
        '{"role": "assistant", "content": "Hello"}]}',
    ),
    Rule(
        code="C002",
        name="last-word-is-not-the-assistants",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="end with a message that is not the assistant's",
        why="What follows the last answer is never trained on, and the platform may refuse it.",
        remedy="Remove what follows the last assistant message.",
        targets=_CHAT,
        basis=Basis.OBSERVED,
        source="kohhnagata/clone-factory-v1 #3",
        date="2026-11",
        bad='{"messages": [{"role": "user", "content": "Hi"}, '
        '{"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Thanks"}]}',
        good='{"messages": [{"role": "user", "content": "Hi"}, '
        '{"role": "assistant", "content": "Hello"}]}',
    ),
    Rule(
        code="C003",
        name="empty-answer",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="hold an answer that is empty or only white space",
        why="The model learns to say nothing.",
        remedy="Fill in the answer, or remove the example.",
        basis=Basis.ADVICE,
        source="dataprep",
        date="2026-11",
        bad='{"prompt": "Capital of Kenya?", "completion": " "}',
        good='{"prompt": "Capital of Kenya?", "completion": "Nairobi"}',
    ),
    Rule(
        code="C004",
        name="nothing-is-trained",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="give every assistant message the weight 0",
        why="The example is paid for and trains nothing; no platform says so.",
        remedy="Give at least one assistant message the weight 1, or remove the example.",
        targets=_CHAT,
        basis=Basis.OBSERVED,
        source="mistral-finetune passes it with 0 trained tokens",
        date="2026-11",
        bad='{"messages": [{"role": "user", "content": "Hi"}, '
        '{"role": "assistant", "content": "Hello", "weight": 0}]}',
        good='{"messages": [{"role": "user", "content": "Hi"}, '
        '{"role": "assistant", "content": "Hello", "weight": 1}]}',
    ),
    Rule(
        code="C005",
        name="empty-prompt",
        grain=Grain.EXAMPLE,
        severity=Severity.WARNING,
        summary="ask with an empty prompt",
        why="The model learns to answer before it is asked.",
        remedy="Fill in the prompt; for continued pretraining use the ways `plain` or `denoising`.",
        basis=Basis.ADVICE,
        source="dataprep",
        date="2026-11",
        bad='{"prompt": "", "completion": "Nairobi"}',
        good='{"prompt": "Capital of Kenya?", "completion": "Nairobi"}',
    ),
    Rule(
        code="C006",
        name="arguments-are-not-json",
        grain=Grain.EXAMPLE,
        severity=Severity.ERROR,
        summary="call a tool with arguments that are not a JSON object",
        why="The platforms check only that it is a string; the model learns broken calls.",
        remedy="Write the arguments as a JSON object in a string.",
        targets=_CHAT,
        basis=Basis.OBSERVED,
        source="mistral-finetune and OpenAI's input schemas accept it",
        date="2026-11",
        bad='{"messages": [{"role": "user", "content": "Rain?"}, {"role": "assistant", '
        '"tool_calls": [{"id": "a", "type": "function", '
        '"function": {"name": "rain", "arguments": "{nope"}}]}]}',
        good='{"messages": [{"role": "user", "content": "Rain?"}, {"role": "assistant", '
        '"tool_calls": [{"id": "a", "type": "function", '
        '"function": {"name": "rain", "arguments": "{}"}}]}]}',
    ),
)
