"""Tokenised conversations for LLaMA, Mistral and their like, and the tokenizer beside them.

One Parquet file a split with the columns input_ids, attention_mask and labels, and no other, as
Together's tokenised format wants it; `<split>.ids` holds the id of each row, a line each.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from dataprep import tokens
from dataprep.example import Batch, Example, Message
from dataprep.finding import Finding, Place
from dataprep.formats.chat import chat_row
from dataprep.recipe import Target
from dataprep.rules import found
from dataprep.targets.shards import Made, Note, Shards
from dataprep.targets.shortening import learned_end, shortened
from dataprep.targets.token_files import SPLITS, TokenFiles, ids_of
from dataprep.targets.written import Batches, Written, why_not
from dataprep.workers import uncollected

_THREADS = 2
TEXT = "plain"
"""The shape that is learned as a running text, without a template."""

_COUNTED = (
    "input",
    "target",
    "inputs_cut",
    "targets_cut",
    "nothing_to_learn",
    "template_refuses",
    "answers",
    "answers_unclosed",
    "thoughts",
    "thoughts_left_out",
)
"""What the manifest counts of a split: tokens as written, and examples of each kind."""

Coded = tokens.Tokenised | tokens.TemplateError
Conversation = tuple[list[Message], Any]
"""Messages, and the tools that came with them."""


@dataclass(slots=True)
class _Writing:
    """What the rows of a batch are made with."""

    tokenizer: tokens.AnyChatTokenizer
    target: Target
    not_for: tuple[str, ...]


def write(
    folder: Path,
    batches: Batches,
    target: Target,
    *,
    base: Path,
    not_for: tuple[str, ...] = (),
    shards: Path | None = None,
) -> Written:
    """Write `train.parquet`, `validation.parquet` and `test.parquet`, those that have rows.

    Without `target.tokenizer` one is trained on the train split. Examples that the template
    refuses (T020) or that leave nothing to learn (T003) are dropped; a cut answer is T001, any
    other cut T006, the way of which is in `shortening`; an answer of which nothing but its end is
    learned is T022. What the template does is said once: it closes answers with no token (T021),
    leaves thoughts out (T023), or writes the date (T024). Batches that lie finished in `shards`, a
    folder that the caller keeps, are not tokenised again.
    """
    folder.mkdir(parents=True)
    with uncollected():  # a vocabulary is read and hashed as half a million objects
        tokenizer = _tokenizer(target, base, _texts(batches("train"), not_for))
        tokens.save_chat_tokenizer(tokenizer, folder / "tokenizer")
        fingerprint = tokenizer.sha256
    decides: dict[str, Any] = {
        "target": "causal",
        "tokenizer": fingerprint,
        "date": tokenizer.day and tokenizer.day.isoformat(),
        "system": target.system,
        "limit": target.max_length,
        "not_for": list(not_for),
    }
    own = folder / ".shards"
    kept = Shards(shards or own, **decides)
    make = partial(_made, _Writing(tokenizer, target, not_for))
    files = TokenFiles(folder, _COUNTED)
    for split in SPLITS:
        files.write(split, kept.made(batches(split), make, threads=_THREADS), ids_beside=True)
    for counts in files.counts.values():
        counts["longest"] = counts["input_lengths"].get("max", 0)
    shutil.rmtree(own, ignore_errors=True)
    files.written.rows = files.rows.total()
    files.written.kept = frozenset(("reasoning",) if tokenizer.reasoning else ())
    files.written.findings += _of_template(files.counts.values(), target, tokenizer.day)
    files.written.entry = files.entry(
        tokenizer,
        chat_template={
            "text": tokenizer.template,
            "sha256": hashlib.sha256(tokenizer.template.encode()).hexdigest(),
            **({"date": tokenizer.day.isoformat()} if tokenizer.day else {}),
        },
        truncation="earlier turns, then the beginning of the last question; of a text the end",
        max_length=target.max_length,
    )
    return files.written


def _tokenizer(target: Target, base: Path, texts: Iterator[str]) -> tokens.AnyChatTokenizer:
    """The tokenizer that the target names, or else one that is trained on a sample of texts."""
    if target.tokenizer is None:
        return tokens.train_chat_tokenizer(tokens.sample(texts, 0), target.vocabulary)
    template = base / target.chat_template if target.chat_template else None
    day = date.fromisoformat(target.date) if target.date else None
    return tokens.load_chat_tokenizer(target.tokenizer, base, template, day)


def _of_template(
    counts: Iterable[dict[str, Any]], target: Target, day: date | None
) -> Iterator[Finding]:
    """What the chat template does to the answers of all splits, a finding for each kind."""
    counts = list(counts)
    name = target.chat_template or target.tokenizer or "the new tokenizer"
    answers, unclosed, thoughts, left_out = (
        sum(c[key] for c in counts)
        for key in ("answers", "answers_unclosed", "thoughts", "thoughts_left_out")
    )
    said = {}
    if unclosed:
        said["T021"] = (
            f"writes no closing token behind {unclosed:,} of {answers:,} answers: the model never"
            " learns to stop there"
        )
    if left_out:
        said["T023"] = f"leaves out {left_out:,} of the {thoughts:,} thoughts before answers"
    if day:
        said["T024"] = f"writes the date into a conversation: {day} here, and in all that reuses it"
    for code, what in said.items():
        yield found(code, f"the chat template of {name} {what}", Place(file=name))


def _texts(batches: Iterable[Batch], not_for: tuple[str, ...]) -> Iterator[str]:
    for batch in batches:
        for example in batch.rows():
            if example.shape not in not_for:
                said = (example.system, example.input, example.output)
                yield from (text for text in (*said, *_turns(example)) if text)


def _turns(example: Example) -> Iterator[str]:
    for turn in example.turns:
        yield turn.content or turn.tool_calls or ""


def _made(writing: _Writing, batch: Batch) -> Made:
    """The rows of one batch that have something to learn, in ids, cut to the limit."""
    note, counts = Note(), Counter(dict.fromkeys(_COUNTED, 0))
    examples = list(batch.rows())
    rows: list[tokens.Tokenised] = []
    limit = writing.target.max_length
    for at, made, said in _coded(writing, examples):
        if isinstance(made, str):
            note.dropped.append((at, *why_not(made)))
        elif isinstance(made, tokens.TemplateError):
            _refuse(note, at, "T020", made.message)
            counts["template_refuses"] += 1
        else:
            fitted = _fitted(writing, made, said)
            if (kept := _cut(note, at, made, fitted, limit=limit, counts=counts)) is not None:
                rows.append(kept)
    note.counts = dict(counts)
    return (_frame(writing, rows) if rows else pl.DataFrame()), note


def _coded(
    writing: _Writing, examples: list[Example]
) -> Iterator[tuple[int, Coded | str, Conversation | None]]:
    """Each example in ids, before anything is cut; or its shape, if it is not for this target.

    Beside them stands the conversation, where it is one.
    """
    render = chat_row(writing.target, reasoning=tokens.REASONING)
    chats = [e for e in examples if e.shape != TEXT and e.shape not in writing.not_for]
    said = [(row["messages"], row.get("tools")) for row in map(render, chats)]
    coded = zip(writing.tokenizer.encode_batch(said), said, strict=True)
    for at, example in enumerate(examples):
        if example.shape in writing.not_for:
            yield at, example.shape, None
        elif example.shape == TEXT:
            yield at, _text(writing.tokenizer, example.output), None
        else:
            yield at, *next(coded)


def _fitted(
    writing: _Writing, made: tokens.Tokenised, said: Conversation | None
) -> tuple[tokens.Tokenised, str]:
    """The row without what its limit leaves out of the prompt, and words for that."""
    limit = writing.target.max_length
    if said is None or len(made.input_ids) <= limit or learned_end(made) <= limit:
        return made, ""
    messages, tools = said
    encode = partial(writing.tokenizer.encode, tools=tools)
    short = shortened(messages, encode, writing.tokenizer.starts_of, limit)
    return (made, "") if short is None else (short.coded, short.in_words())


def _text(tokenizer: tokens.AnyChatTokenizer, text: str) -> Coded:
    """A running text in ids; an error in its place where the tokenizer refuses it."""
    try:
        return tokenizer.encode_text(text)
    except tokens.TemplateError as error:
        return error


def _cut(
    note: Note,
    at: int,
    made: tokens.Tokenised,
    fitted: tuple[tokens.Tokenised, str],
    *,
    limit: int,
    counts: Counter[str],
) -> tokens.Tokenised | None:
    """The row as it is learned; None where nothing of it would be."""
    whole, left_out = fitted
    kept = whole
    if len(whole.input_ids) > limit:
        kept = tokens.Tokenised(whole.input_ids[:limit], whole.labels[:limit])
    learned = kept.learned
    of_all = learned if kept is made else made.learned
    if not learned:
        why = "nothing is left to learn"
        if of_all:
            why = f"the answer begins behind token {limit:,}, where the row is cut"
        counts["nothing_to_learn"] += 1
        _refuse(note, at, "T003", why)
        return None
    cut, lost = len(made.input_ids) > limit, of_all - learned
    if cut:
        said = f"the row has {len(made.input_ids):,} tokens, and is cut at {limit:,}"
        said += f": {left_out}" if left_out else ""
        amount = f"{lost:,} of {of_all:,} answer tokens are lost"
        said += f"{', and so' if left_out else ':'} {amount}" if lost else ""
        note.said.append((at, "T001" if lost and not left_out else "T006", said))
    note.inputs.append(len(made.input_ids))
    note.targets.append(of_all)
    counts["input"] += len(kept.input_ids)
    counts["target"] += learned
    counts["inputs_cut"] += cut
    counts["targets_cut"] += lost > 0
    if told := whole.rendered:
        counts["answers"] += told.turns
        counts["answers_unclosed"] += told.unclosed
        counts["thoughts"] += told.thoughts
        counts["thoughts_left_out"] += told.thoughtless
        if told.hollow:
            where = ", ".join(f"messages[{index}]" for index in told.hollow)
            note.said.append((at, "T022", f"nothing but its end is learned of {where}"))
    return kept


def _refuse(note: Note, at: int, code: str, why: str) -> None:
    note.said.append((at, code, why))
    note.dropped.append((at, code, why))


def _frame(writing: _Writing, rows: list[tokens.Tokenised]) -> pl.DataFrame:
    ids = ids_of(writing.tokenizer.vocabulary)
    column = tokens.lists([row.input_ids for row in rows], ids)
    mask = column.list.eval(pl.element() * 0 + 1).cast(pl.List(pl.UInt8))
    labels = tokens.lists([row.labels for row in rows], pl.Int32())
    return pl.DataFrame({"input_ids": column, "attention_mask": mask, "labels": labels})
