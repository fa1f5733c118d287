"""What of an example a target cannot hold: named, so that it can be counted and said."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from dataprep.example import INSTRUCTING, Batch, Example, Turn
from dataprep.finding import Drop
from dataprep.formats.alpaca import plain_turns
from dataprep.formats.spellings import DECLARED


def _has_several_turns(example: Example) -> bool:
    return sum(t.role not in INSTRUCTING for t in example.turns) > 2


def _has_tools(example: Example) -> bool:
    return bool(example.turns) and any(_data(example, key) for key in DECLARED)


def _has_tool_calls(example: Example) -> bool:
    return any(
        t.tool_calls or t.role in ("tool", "function") for t in example.turns
    ) or "function_call" in _of_messages(example)


def _has_images(example: Example) -> bool:
    return any(t.parts and '"image_url"' in t.parts for t in example.turns)


_WEIGHT = "weights of whole rows"

_TESTS: dict[str, Callable[[Example], bool]] = {
    "several turns": _has_several_turns,
    "tools": _has_tools,
    "tool calls": _has_tool_calls,
    "images": _has_images,
    "weights": lambda e: any(t.weight is not None for t in e.turns),
    "names": lambda e: any(t.name for t in e.turns),
    "refusals": lambda e: "refusal" in _of_messages(e),
    "system roles": lambda e: any(t.role == "system" for t in e.turns),
    "rejected answers": lambda e: e.rejected is not None,
    "grader's keys": lambda e: e.shape == "reinforcement",
    "reasoning": lambda e: any(t.reasoning for t in e.turns),
    _WEIGHT: lambda e: e.weight != 1,
}
"""What there may be in an example beside one question and its answer."""

_CHAT = frozenset(_TESTS) - {"rejected answers", "grader's keys", "reasoning", _WEIGHT}
_PREFERENCE = frozenset(("several turns", "tools", "system roles", "rejected answers"))
_TEXT = frozenset(("system roles",))

KEPT: dict[str, frozenset[str]] = {
    "openai-chat": _CHAT,
    "azure": _CHAT,
    "together": _CHAT,
    "fireworks": _CHAT,
    "nebius": _CHAT,
    "preference": _PREFERENCE,
    "trl-preference": _PREFERENCE,
    "kto": _CHAT - {"weights"} | {"rejected answers"},
    "reinforcement": _CHAT - {"weights", "system roles"} | {"grader's keys"},
    "causal": _CHAT - {"images", "names", "refusals"} | {_WEIGHT},
    "sharegpt": frozenset(("several turns", "system roles", "tools", "tool calls")),
    "alpaca": _TEXT,
    "prompt-completion": _TEXT,
    "t5": _TEXT | {_WEIGHT},
    "label-studio": frozenset(("rejected answers",)),
}
"""What each target holds. The system message of a pair goes where the reader looks for it.

A causal target holds reasoning too where its chat template takes it, and says so itself.
"""

_MISSING = {
    target: [(name, test) for name, test in _TESTS.items() if name not in kept]
    for target, kept in KEPT.items()
}


_WITH_VERDICT = ("feedback", "preference", "comparison", "disapproved")
"""Shapes of examples whose answers somebody judged."""


def why_untaught(example: Example, target: str) -> tuple[str, str] | None:
    """Why an example has no answer that a target may teach, and its detail; None where it has.

    A reader that knows no weights would learn the answer all the same.
    """
    kept = KEPT.get(target, frozenset())
    if example.shape == "reinforcement" and "grader's keys" not in kept and not example.output:
        return "no-answer", "a grader compares with it, and nobody answered"
    last = example.turns[-1] if example.turns else None
    if "refusals" not in kept and last is not None and _refuses(example, last):
        return "refusal", "the answer refuses, under a key of its own that the target has not"
    if last is not None and last.weight == 0 and "weights" not in kept and target in KEPT:
        return "weight-0", "the answer is not learned, and the target has no weights"
    if target == "kto" and example.shape not in _WITH_VERDICT:
        return "not-judged", "nobody said whether the answer is good"
    return None


def _refuses(example: Example, last: Turn) -> bool:
    """Whether all that the last turn says is a refusal."""
    is_silent = last.role == "assistant" and not (last.content or last.tool_calls or last.parts)
    return is_silent and "refusal" in _of_messages(example)


def lost(example: Example, target: str) -> tuple[str, ...]:
    """The names of what is lost when the example is written for that target; often none."""
    if not example.turns and example.rejected is None and example.weight == 1:
        return ()
    names = tuple(name for name, test in _MISSING.get(target, ()) if test(example))
    if names and (also := _kept_of(example, target)):
        names = tuple(name for name in names if name not in also)
    return names


def _kept_of(example: Example, target: str) -> frozenset[str]:
    """What the target keeps of such an example, beyond what it keeps of any."""
    if target == "alpaca" and example.turns and plain_turns(example.turns) is not None:
        return frozenset(("several turns",))
    if target == "label-studio" and example.shape == "chat":
        return frozenset(("several turns", "system roles"))
    return frozenset()


def count_lost(example: Example, target: str, counts: dict[str, int]) -> None:
    """Add one to the count of everything that is lost of this example."""
    for name in lost(example, target):
        counts[name] = counts.get(name, 0) + 1


def lost_of(
    batches: Iterable[Batch], drops: Iterable[Drop], target: str, kept: frozenset[str] = frozenset()
) -> dict[str, int]:
    """The same counted over all examples of a dataset that the target did not drop.

    `kept` is what was kept beyond what the target keeps of any dataset.
    """
    gone = {(d.place.file, d.place.line, d.place.task) for d in drops}
    counts: dict[str, int] = {}
    for batch in batches:
        if not len(batch.turns) and not _holds_more(batch):
            continue
        for example in batch.rows():
            if (example.file, example.line, example.task) not in gone:
                count_lost(example, target, counts)
    return {name: n for name, n in counts.items() if name not in kept}


def _holds_more(batch: Batch) -> bool:
    """Whether examples without turns hold what a target could lose: a worse answer, a weight."""
    rows = batch.examples
    return rows["rejected"].null_count() < len(batch) or bool((rows["weight"] != 1).any())


def _data(example: Example, key: str) -> Any:
    """One key of the data of an example; None where it is not there."""
    if f'"{key}"' not in example.data:
        return None
    return msgspec.json.decode(example.data).get(key)


def _of_messages(example: Example) -> set[str]:
    """The keys of messages that turns have no column for."""
    rest = _data(example, "of_messages") or {}
    return {key for kept in rest.values() for key in kept}
