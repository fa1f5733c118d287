"""The one renderer: which text a model reads, which it is to answer, and in which tokens.

The checks, the dataset, the trainer and the reports all ask here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from dataprep.example import INSTRUCTING, Batch, Example, Turn
from dataprep.finding import Finding, Place
from dataprep.rules import found
from dataprep.tokens.codec import Codec
from dataprep.tokens.text_tokenizer import TextTokenizer

PairText = str | tuple[str | int, ...]
"""A text, or its parts, where an int is the sentinel of that number."""


class Shown(NamedTuple):
    """One row for a person: each token as text, and whether a loss is taken on it."""

    id: str
    tokens: list[tuple[str, bool]]


class Pair(NamedTuple):
    """What goes in and what is to come out."""

    input: PairText
    target: PairText


class Fact(NamedTuple):
    """What encoding made of one pair. Tokens are counted with </s>, before anything is cut."""

    input_tokens: int
    target_tokens: int
    input_cut: bool
    target_cut: bool
    unk_in_target: bool
    survives: bool
    empty_target: bool
    lost: str = ""

    @property
    def sound(self) -> bool:
        """Whether there is nothing to say about the pair."""
        return self.survives and not (self.input_cut or self.target_cut or self.empty_target)


@dataclass(frozen=True, slots=True)
class Encoded:
    """Ids for T5, one entry a pair, each ending in </s>, and what is to be known about them."""

    input_ids: list[list[int]]
    labels: list[list[int]]
    facts: list[Fact]


def render_pair(example: Example) -> Pair:
    """The pair of an example.

    A system message stands before the input. Of a conversation the last answer is the target,
    and all before it the input, each turn behind its role when there is more than one. Masked
    words of a denoising example become sentinels.
    """
    if example.shape == "denoising":
        return _masked(example)
    if example.turns:
        return _conversation(example)
    system = f"{example.system}\n\n" if example.system else ""
    return Pair(system + example.input, example.output)


def render_batch(batch: Batch) -> list[Pair]:
    """The pairs of a batch, a row each: the same as `render_pair`, without an object a row."""
    examples = batch.examples
    if batch.turns.height or "denoising" in examples["shape"]:
        return [render_pair(example) for example in batch.rows()]
    inputs, outputs = examples["input"].to_list(), examples["output"].to_list()
    if examples["system"].null_count() < examples.height:
        systems = examples["system"].to_list()
        inputs = [f"{s}\n\n{said}" if s else said for s, said in zip(systems, inputs, strict=True)]
    return list(map(Pair, inputs, outputs))


def _masked(example: Example) -> Pair:
    data = json.loads(example.data)
    text, seen, hidden, at = data["text"], [], [], 0
    for number, (start, end) in enumerate(data["spans"]):
        seen += [text[at:start], number]
        hidden += [number, text[start:end]]
        at = end
    return Pair((*seen, text[at:]), tuple(hidden))


def _conversation(example: Example) -> Pair:
    turns = list(example.turns)
    last = max((i for i, t in enumerate(turns) if t.role == "assistant"), default=len(turns))
    before = [t for t in turns[:last] if t.role not in INSTRUCTING]
    parts = [_said(t) for t in turns[:last] if t.role in INSTRUCTING]
    if not parts and example.system:
        parts.append(example.system)
    if len(before) == 1:
        parts.append(_said(before[0]))
    else:
        parts.append("\n".join(f"{t.role}: {_said(t)}" for t in before))
    return Pair("\n\n".join(parts), _said(turns[last]) if last < len(turns) else "")


def _said(turn: Turn) -> str:
    """The words of a turn; where it has none, the tools that it calls, as JSON."""
    return turn.content or turn.tool_calls or ""


def encode_pairs(
    tokenizer: TextTokenizer,
    pairs: Sequence[Pair],
    max_input: int,
    max_target: int,
    codec: Codec | None = None,
) -> Encoded:
    """Token ids of pairs, at most `max_input` and `max_target` of them, </s> always the last.

    With a codec both halves are spelled by it first.
    """
    inputs = _encode(tokenizer, _spelled([pair.input for pair in pairs], codec))
    targets = _encode(tokenizer, _spelled([pair.target for pair in pairs], codec))
    read = tokenizer.decode_batch(targets)
    if codec is not None:
        read = [codec.decode(text) for text in read]
    limits = (max_input, max_target)
    facts = [
        _fact(tokenizer, pair, (source, target), limits, back)
        for pair, source, target, back in zip(pairs, inputs, targets, read, strict=True)
    ]
    begin, close = list(tokenizer.begin), list(tokenizer.close)
    for ids in inputs:
        ids[:] = [*begin, *ids[: max_input - len(begin) - len(close)], *close]
    for ids in targets:
        del ids[max_target - 1 :]
        ids.append(tokenizer.eos_id)
    return Encoded(input_ids=inputs, labels=targets, facts=facts)


def _spelled(texts: list[PairText], codec: Codec | None) -> list[PairText]:
    if codec is None:
        return texts
    plain = iter(codec.encode_batch([text for text in texts if isinstance(text, str)]))
    return [
        next(plain)
        if isinstance(text, str)
        else tuple(codec.encode(part.strip()) if isinstance(part, str) else part for part in text)
        for text in texts
    ]


def _encode(tokenizer: TextTokenizer, texts: list[PairText]) -> list[list[int]]:
    if set(map(type, texts)) <= {str}:
        return tokenizer.encode_batch(cast("list[str]", texts))
    encoded = iter(tokenizer.encode_batch([t for t in texts if isinstance(t, str)]))
    return [
        next(encoded) if isinstance(text, str) else tokenizer.encode_parts(text) for text in texts
    ]


def _fact(
    tokenizer: TextTokenizer,
    pair: Pair,
    ids: tuple[list[int], list[int]],
    limits: tuple[int, int],
    read: str,
) -> Fact:
    source, target = ids
    most_in, most_out = limits
    framed = len(source) + len(tokenizer.begin) + len(tokenizer.close)
    unknown = tokenizer.unk_id in target
    if read == pair.target and read[:1].isalnum() and not unknown:
        cut = (framed > most_in, len(target) >= most_out)
        return Fact(framed, len(target) + 1, *cut, False, True, False)
    wanted = pair.target if isinstance(pair.target, str) else _plain(pair.target)
    same = read.strip() == wanted.strip()
    known = read
    if unknown:
        known = tokenizer.decode([i for i in target if i != tokenizer.unk_id])
    return Fact(
        framed,
        len(target) + 1,
        framed > most_in,
        len(target) >= most_out,
        unknown,
        same,
        not _visible(known),
        "" if same else "".join(sorted(set(wanted) - set(read))),
    )


def _plain(parts: Iterable[str | int]) -> str:
    shown = (p.strip() if isinstance(p, str) else f"<extra_id_{p}>" for p in parts)
    return " ".join(shown)


def _visible(text: str) -> bool:
    return text[:1].isalnum() or any(c.isprintable() and not c.isspace() for c in text)


def judge(
    fact: Fact, place: Place, max_target: int, example: str = "", max_input: int = 0
) -> list[Finding]:
    """The findings of one pair, by `complaints`."""
    said = complaints(fact, max_input, max_target)
    return [found(code, message, place, example=example) for code, message in said]


def complaints(fact: Fact, max_input: int, max_target: int) -> list[tuple[str, str]]:
    """T003 when nothing is left to learn; else T001 and T006 for what is cut, T002 for a change."""
    if fact.empty_target:
        return [("T003", "the answer holds no token that could be learned")]
    said = []
    if fact.target_cut:
        cut = f"the answer has {fact.target_tokens:,} tokens, and is cut at {max_target:,}"
        said.append(("T001", cut))
    if fact.input_cut:
        cut = f"the input has {fact.input_tokens:,} tokens, and is cut at {max_input:,}"
        said.append(("T006", cut))
    if not fact.survives:
        said.append(("T002", _changed(fact)))
    return said


def _changed(fact: Fact) -> str:
    if not fact.lost:
        return "encoding and decoding changes the white space or the spelling of the answer"
    shown = " ".join(c if c.isprintable() else ascii(c)[1:-1] for c in fact.lost[:5])
    more = f" and {len(fact.lost) - 5} more" if len(fact.lost) > 5 else ""
    return f"encoding and decoding loses characters of the answer: {shown}{more}"
