"""A conversation over the limit loses from its prompt, and its last answer is learned whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from dataprep.example import Example, Message, Turn
from dataprep.targets.shortening import ShortenedRow, learned_end, shortened
from dataprep.tokens import IGNORED, TemplateError, Tokenised
from tests.unit.targets.test_causal import TRAIN, example, write

WORDS: list[str] = []


def number(word: str) -> int:
    """The id of a word: words are tokens here."""
    if word not in WORDS:
        WORDS.append(word)
    return WORDS.index(word)


def encode(messages: Sequence[Message]) -> Tokenised:
    """Role and words of each message, of which those of answers with a weight are learned."""
    ids: list[int] = []
    labels: list[int] = []
    for message in messages:
        said = [number(word) for word in (message["content"] or "").split()]
        learned = message["role"] == "assistant" and message.get("weight", 1) != 0
        ids += [number(f"<{message['role']}>"), *said]
        labels += [IGNORED, *(said if learned else [IGNORED] * len(said))]
    return Tokenised(ids, labels)


def starts_of(text: str) -> list[int]:
    return [at for at in range(len(text)) if text[at] != " " and (at == 0 or text[at - 1] == " ")]


def fit(limit: int, *messages: tuple[str, str]) -> ShortenedRow | None:
    said: list[Message] = [{"role": role, "content": text} for role, text in messages]
    return shortened(said, encode, starts_of, limit)


def read(row: ShortenedRow | None) -> str:
    assert row is not None
    return " ".join(WORDS[number] for number in row.coded.input_ids)


SYSTEM = ("system", "be brief")
FIRST = (("user", "a b c d"), ("assistant", "e f"))
SECOND = (("user", "g h i"), ("assistant", "j"))
LAST = (("user", "k l m n"), ("assistant", "o p"))


@pytest.mark.parametrize(
    ("limit", "kept", "turns", "question"),
    [
        (19, "<user> g h i <assistant> j <user> k l m n <assistant> o p", 2, 0),
        (16, "<user> k l m n <assistant> o p", 4, 0),
        (11, "<user> k l m n <assistant> o p", 4, 0),
        (10, "<user> l m n <assistant> o p", 4, 1),
        (8, "<user> n <assistant> o p", 4, 3),
    ],
)
def test_earlier_turns_go_first_then_the_beginning_of_the_question(
    limit: int, kept: str, turns: int, question: int
) -> None:
    made = fit(limit, SYSTEM, *FIRST, *SECOND, *LAST)
    assert read(made) == f"<system> be brief {kept}"
    assert made is not None
    assert (made.turns, made.question) == (turns, question)
    assert len(made.coded.input_ids) <= limit


def test_an_answer_that_does_not_fit_without_a_question_is_left_to_the_caller() -> None:
    assert fit(7, SYSTEM, *FIRST, *SECOND, *LAST) is None


def test_a_call_goes_with_its_results_and_the_system_never() -> None:
    steps = [("assistant", "call one"), ("tool", "r1"), ("tool", "r2"), ("assistant", "call two")]
    said = [("user", "q"), *steps, ("tool", "r3"), ("system", "now"), ("assistant", "done")]
    assert read(fit(13, *said)) == (
        "<user> q <assistant> call two <tool> r3 <system> now <assistant> done"
    )
    assert read(fit(10, *said)) == "<user> q <system> now <assistant> done"


CALL = ("assistant", "call one"), ("tool", "r1"), ("tool", "r2")
THOUGHT = (("assistant", "let me see"),)


@pytest.mark.parametrize(
    ("limit", "said", "words"),
    [
        (10, [*LAST[:1], *CALL, *LAST[1:]], "its first call with its results is left out"),
        (
            10,
            [*LAST[:1], *CALL, *CALL, *LAST[1:]],
            "its first 2 calls with their results are left out",
        ),
        (
            7,
            [*FIRST, *LAST[:1], *CALL, *LAST[1:]],
            "its first 2 turns, its first call with its results and the first token of its "
            "question are left out",
        ),
        (8, [*FIRST[:1], *LAST], "its first turn is left out"),
        (9, [*LAST[:1], *THOUGHT, *LAST[1:]], "its first answer to the question is left out"),
        (
            14,
            [*LAST[:1], *THOUGHT, *CALL, *LAST[1:]],
            "its first answer to the question and its first call with its results are left out",
        ),
        (6, LAST, "the first 2 tokens of its question are left out"),
    ],
)
def test_what_is_left_out_is_called_what_it_is(
    limit: int, said: list[tuple[str, str]], words: str
) -> None:
    """Of a row with one question the call stood there as its first turns."""
    made = fit(limit, *said)
    assert made is not None
    assert made.in_words() == words


def test_what_follows_the_last_learned_answer_costs_nothing_before_it() -> None:
    said: list[Message] = [
        {"role": "user", "content": "k l m n"},
        {"role": "assistant", "content": "o p"},
        {"role": "user", "content": "q r s t u v"},
    ]
    made = shortened(said, encode, starts_of, 8)
    assert made is not None
    assert (made.turns, made.question, learned_end(made.coded)) == (0, 0, 8)


def test_a_question_with_a_picture_is_not_cut() -> None:
    picture: dict[str, Any] = {"type": "image_url", "image_url": {"url": "https://a.b/c.png"}}
    said: list[Message] = [
        {"role": "user", "content": [picture]},
        {"role": "assistant", "content": "o p"},
    ]

    def without_pictures(messages: Sequence[Message]) -> Tokenised:
        return encode([{**m, "content": str(m["content"])} for m in messages])

    assert shortened(said, without_pictures, starts_of, 3) is None


def test_a_template_that_refuses_what_is_left_leaves_the_row_as_it_is() -> None:
    def refusing(_: Sequence[Message]) -> Tokenised:
        raise TemplateError("the chat template refuses the conversation", "Use another.")

    said: list[Message] = [{"role": role, "content": text} for role, text in (*FIRST, *LAST)]
    assert shortened(said, refusing, starts_of, 9) is None


def test_text_that_is_tokenised_anew_still_fits() -> None:
    """A token that is cut in front may part the ones behind it in another way."""

    def growing(messages: Sequence[Message]) -> Tokenised:
        coded = encode(messages)
        cut = not str(messages[0]["content"]).startswith("k")
        more = [number("+")] if cut else []
        return Tokenised([*more, *coded.input_ids], [*[IGNORED] * len(more), *coded.labels])

    said: list[Message] = [{"role": role, "content": text} for role, text in LAST]
    made = shortened(said, growing, starts_of, 7)
    assert read(made) == "+ <user> m n <assistant> o p"
    assert made is not None
    assert made.question == 2


def test_a_row_that_was_dropped_is_written_whole_but_for_its_prompt(tmp_path: Path) -> None:
    import polars as pl

    from dataprep.tokens import load_chat_tokenizer

    write(tmp_path / "first", TRAIN)
    far = Example(
        id="far", file="a.jsonl", shape="x", input="long " * 50 + "Which animal is number 3?",
        output="a dog", split="train",
    )  # fmt: skip
    turns = [
        Turn(role=role, content=text) for role, text in (("user", "Rain?"), ("assistant", "No."))
    ]
    talk = example(1, turns=(*turns * 20, *turns), shape="talk")
    written = write(tmp_path, [far, talk], tokenizer="first/causal/tokenizer", max_length=40)
    assert [(f.code, f.example) for f in written.findings] == [("T006", "far"), ("T006", "train-1")]
    assert not written.drops
    frame = pl.read_parquet(tmp_path / "causal" / "train.parquet")
    decode: Callable[[list[int]], str] = load_chat_tokenizer(str(tmp_path / "causal")).decode
    first, second = (decode(ids) for ids in frame["input_ids"].to_list())
    assert first.startswith("<|user|>")
    assert first.endswith("Which animal is number 3?<|end|><|assistant|>a dog<|end|>")
    assert second.startswith("<|user|>Rain?<|end|>")
    assert second.endswith("<|assistant|>No.<|end|>")
    assert frame["input_ids"].list.len().max() <= 40
    assert "tokens of its question are left out" in written.findings[0].message
    assert "answer tokens are lost" in written.findings[1].message
    told = written.entry["tokens"]["train"]
    assert (told["inputs_cut"], told["targets_cut"], told["nothing_to_learn"]) == (2, 1, 0)
