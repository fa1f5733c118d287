"""What the data says about the task: labels, lengths, copies, conflicts, private content."""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import log2

from dataprep import near, sensitive, tokens
from dataprep.advising.reading import row_of
from dataprep.example import INSTRUCTING, Example, content_id
from dataprep.formats.counted_texts import measure
from dataprep.jsonio import Json
from dataprep.tokens import Counter as TokenCounter

BATCH = 1_000
COMPARED = 20_000
"""So many examples, the first ones, are compared for near duplicates."""
MOST_LABELS = 50
LABEL_TOKENS = 8
FEW = 10
"""A label with fewer examples is hardly learned, by any road."""
SHOWN = 50
HELD_OUT = ("validation", "test")


@dataclass(slots=True)
class Portrait:
    """Counted over all examples; lengths are of those that are trained on, in tokens."""

    counters: dict[str | None, TokenCounter]
    limits: dict[str | None, tuple[int, ...]]
    main: str | None
    splits: Counter[str] = field(default_factory=Counter)
    shapes: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    totals: Counter[str | None] = field(default_factory=Counter)
    over: dict[tuple[str | None, int], int] = field(default_factory=dict)
    inputs: array[int] = field(default_factory=lambda: array("I"))
    outputs: array[int] = field(default_factory=lambda: array("I"))
    asked: dict[int, int] = field(default_factory=dict)
    conflicting: set[int] = field(default_factory=set)
    pairs: set[int] = field(default_factory=set)
    same: int = 0
    private: Counter[str] = field(default_factory=Counter)
    held_private: int = 0
    turns: int = 0
    tools: int = 0
    images: int = 0
    signatures: near.Signatures = field(default_factory=near.Signatures)
    compared: int = 0

    def add(self, batch: Sequence[Example]) -> None:
        """Count some examples."""
        trained = [e for e in batch if e.split not in HELD_OUT]
        self._measure(trained)
        for example in batch:
            self._look(example)
        room = COMPARED - self.compared
        if room > 0 and batch:
            texts = [f"{e.input} {e.output}" for e in batch[:room]]
            self.signatures.add(texts)
            self.compared += len(texts)

    def _measure(self, trained: Sequence[Example]) -> None:
        rows = [row_of(example) for example in trained]
        for encoding, counter in self.counters.items():
            counts = [count.tokens for count in measure(rows, counter)]
            self.totals[encoding] += sum(counts)
            for limit in self.limits.get(encoding, ()):
                more = sum(count > limit for count in counts)
                self.over[encoding, limit] = self.over.get((encoding, limit), 0) + more
            if encoding == self.main:
                answers = counter.sizes([example.output for example in trained])
                for count, answer in zip(counts, map(round, answers), strict=True):
                    self.outputs.append(answer)
                    self.inputs.append(max(0, count - answer))

    def _look(self, example: Example) -> None:
        self.splits[example.split or "train"] += 1
        self.shapes[example.shape] += 1
        if example.label is not None:
            self.labels[example.label] += 1
        if len(self.answers) <= MOST_LABELS or example.output.strip() in self.answers:
            self.answers[example.output.strip()] += 1
        self._compare(_question(example), int(content_id(example.output.strip()), 16))
        kinds = {match.kind.name for text in _texts(example) for match in sensitive.matches(text)}
        self.private.update(kinds)
        self.held_private += bool(kinds)
        self.turns += sum(t.role not in INSTRUCTING for t in example.turns) > 2
        self.tools += any(t.tool_calls for t in example.turns) or '"tools":' in example.data
        self.images += any(t.parts and '"image_url"' in t.parts for t in example.turns)

    def _compare(self, question: int, answer: int) -> None:
        if self.asked.setdefault(question, answer) != answer:
            self.conflicting.add(question)
        self.same += (pair := hash((question, answer))) in self.pairs
        self.pairs.add(pair)

    @property
    def examples(self) -> int:
        """All examples."""
        return self.splits.total()

    @property
    def trained(self) -> int:
        """Those that are trained on."""
        return len(self.inputs)

    def task(self) -> str:
        """labels, spans, dialogue or text: by the shapes, else by how few and short answers are."""
        shape = self.shapes.most_common(1)[0][0]
        if shape in ("spans", "entities"):
            return "spans"
        short = quantile(self.outputs, 0.95) <= LABEL_TOKENS
        few = len(self.answers) <= min(MOST_LABELS, max(2, self.examples // 5))
        if shape in ("classification", "taxonomy", "rating") or (short and few):
            return "labels"
        return "dialogue" if 2 * self.turns > self.examples else "text"

    def to_json(self) -> Json:
        """As schemas/advice.schema.json says."""
        counter = self.counters[self.main]
        task = self.task()
        labels = self.labels or (self.answers if task == "labels" else Counter())
        close = self.signatures.pairs().height if self.compared else 0
        return {
            "examples": self.examples,
            "splits": dict(sorted(self.splits.items())),
            "task": task,
            "shapes": dict(sorted(self.shapes.items())),
            "labels": _labels(labels),
            "tokens": {
                "source": counter.source,
                "error": counter.error,
                "trained": self.totals[self.main],
                "input": _lengths(self.inputs),
                "answer": _lengths(self.outputs),
            },
            "duplicates": {
                "same": self.same,
                "near_pairs": close,
                "compared": self.compared,
                "conflicting": len(self.conflicting),
            },
            "private": {
                "examples": self.held_private,
                "kinds": dict(sorted(self.private.items())),
            },
            "several_turns": self.turns,
            "tools": self.tools,
            "images": self.images,
        }


def drawn(
    examples: Iterable[Example],
    encodings: dict[str | None, tuple[int, ...]],
    main: str | None,
    counter: Callable[[str], TokenCounter] = tokens.counter,
) -> Portrait:
    """The portrait of some examples; `encodings` with the limits that are tried on each."""
    counters = {
        name: counter(name) if name else tokens.estimator("the encoding of the model is unknown")
        for name in encodings
    }
    made = Portrait(counters=counters, limits=encodings, main=main)
    batch: list[Example] = []
    for example in examples:
        batch.append(example)
        if len(batch) == BATCH:
            made.add(batch)
            batch = []
    made.add(batch)
    return made


def quantile(lengths: Sequence[int], share: float) -> int:
    """The length that this share does not exceed; 0 where there is none."""
    ordered = sorted(lengths)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0


def entropy(counts: Iterable[int]) -> float:
    """Of a distribution, in bits."""
    known = [n for n in counts if n]
    total = sum(known)
    return -sum(n / total * log2(n / total) for n in known) + 0.0 if total else 0.0


def _labels(labels: Counter[str]) -> Json | None:
    if not labels:
        return None
    return {
        "count": len(labels),
        "entropy_bits": round(entropy(labels.values()), 3),
        "most_bits": round(log2(len(labels)), 3),
        "below_ten": sum(n < FEW for n in labels.values()),
        "examples": dict(labels.most_common(SHOWN)),
    }


def _lengths(lengths: Sequence[int]) -> Json:
    return {
        "total": sum(lengths),
        "median": quantile(lengths, 0.5),
        "p95": quantile(lengths, 0.95),
        "longest": max(lengths, default=0),
    }


def _question(example: Example) -> int:
    """The hash of what is asked: of a conversation, all before its last answer."""
    if not example.turns:
        return int(content_id(example.system or "", example.input.strip()), 16)
    last = max((i for i, t in enumerate(example.turns) if t.role == "assistant"), default=0)
    before = example.turns[:last]
    said = (part for t in before for part in (t.role, t.content or t.parts or ""))
    return int(content_id(*said), 16)


def _texts(example: Example) -> Iterable[str]:
    if not example.turns:
        return (example.input, example.output)
    return (t.content or _words(t.parts) for t in example.turns)


def _words(parts: str | None) -> str:
    found = json.loads(parts) if parts else None
    return "\n".join(p.get("text", "") for p in found) if isinstance(found, list) else ""
