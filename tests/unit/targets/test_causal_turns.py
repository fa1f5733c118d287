"""The tokenised turns of an assistant: reasoning kept or named, calls learned, ends looked for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dataprep import jsonio
from dataprep.example import Batch, Example, Turn
from dataprep.finding import Severity
from dataprep.recipe import Target
from dataprep.targets import Written, causal, finish, lost, shards, write
from dataprep.tokens import IGNORED, load_chat_tokenizer, save_chat_tokenizer
from tests.building import example
from tests.unit.tokens.chat_tokenizers import QWEN, call, tokenizer_of

CASES = Path(__file__).parents[2] / "cases"
ASKED = Turn(role="user", content="One?")
THOUGHT = example(
    1, turns=(ASKED, Turn(role="assistant", content="1.", reasoning="Count.")), shape="messages"
)
PLAIN = example(2, turns=(ASKED, Turn(role="assistant", content="1.")), shape="messages")
CALLS = jsonio.dumps([call("Rome")]).decode()


def batches_of(*rows: Example) -> Any:
    def batches(split: str | None) -> Iterable[Batch]:
        return [Batch.of(list(rows))] if split in (None, "train") else []

    return batches


def tokenised(folder: Path, template: str, *rows: Example) -> tuple[Written, list[str]]:
    """What was written by a tokenizer with that template, and the text that is learned of a row."""
    save_chat_tokenizer(tokenizer_of(template), folder / "given")
    target = Target(name="causal", tokenizer="given")
    written = causal.write(folder / "causal", batches_of(*rows), target, base=folder)
    tokenizer = load_chat_tokenizer(str(folder / "given"))
    frame = pl.read_parquet(folder / "causal" / "train.parquet")
    labels = frame["labels"].to_list()
    return written, [tokenizer.decode([i for i in row if i != IGNORED]) for row in labels]


def test_reasoning_is_learned_where_the_template_takes_it(tmp_path: Path) -> None:
    written, learned = tokenised(tmp_path, QWEN, THOUGHT, PLAIN)
    assert learned == [
        "<think>\nCount.\n</think>\n\n1.<|im_end|>\n",
        "<think>\n\n</think>\n\n1.<|im_end|>\n",
    ]
    assert written.findings == []
    notes = finish(Target(name="causal"), tmp_path, batches_of(THOUGHT, PLAIN), written)
    assert (written.entry.get("lost"), notes) == (None, [])


def test_reasoning_is_named_as_lost_where_the_template_takes_none(tmp_path: Path) -> None:
    deaf = "{% for m in messages %}<|im_start|>{{ m.content }}<|im_end|>{% endfor %}"
    written, learned = tokenised(tmp_path, deaf, THOUGHT, PLAIN)
    assert learned == ["<|im_start|>1.<|im_end|>"] * 2
    notes = finish(Target(name="causal"), tmp_path, batches_of(THOUGHT, PLAIN), written)
    assert written.entry["lost"] == {"reasoning": 1}
    assert notes == ["causal loses what it has no place for: reasoning (1 example)"]


@pytest.mark.parametrize(
    "target",
    [
        *["openai-chat", "azure", "together", "fireworks", "nebius", "reinforcement", "kto"],
        *["prompt-completion", "alpaca", "sharegpt", "t5", "label-studio"],
    ],
)
def test_every_other_target_names_the_reasoning_that_it_loses(target: str) -> None:
    assert lost(THOUGHT, target) == ("reasoning",)
    assert lost(PLAIN, target) == ()


def test_a_chat_that_is_written_the_short_way_has_its_lost_reasoning_counted(
    tmp_path: Path,
) -> None:
    target = Target(name="openai-chat")
    written = write(target, tmp_path, batches_of(THOUGHT, PLAIN), base=tmp_path, seed=0)
    assert (written.rows, written.lost) == (2, {"reasoning": 1})
    text = (tmp_path / "openai-chat" / "train.jsonl").read_text("utf-8")
    assert "Count." not in text


def test_a_call_is_learned_and_one_that_would_be_lost_is_refused_by_name(tmp_path: Path) -> None:
    turns = (
        ASKED,
        Turn(role="assistant", tool_calls=CALLS),
        Turn(role="tool", content="9 degrees", tool_call_id="abcdefghi"),
        Turn(role="assistant", content="Cold."),
    )
    talk = example(3, turns=turns, shape="messages")
    _, learned = tokenised(tmp_path / "a", QWEN, talk)
    assert learned == [
        '<tool_call>weather{"city": "Rome"}</tool_call><|im_end|>\n'
        "<think>\n\n</think>\n\nCold.<|im_end|>\n"
    ]
    deaf = "{% for m in messages %}<|im_start|>{{ m.content }}<|im_end|>{% endfor %}"
    written, _ = tokenised(tmp_path / "b", deaf, talk, PLAIN)
    assert [(f.code, f.message) for f in written.findings] == [
        ("T020", "the chat template leaves out the tool call in messages[1]")
    ]
    assert [(d.reason, d.detail) for d in written.drops] == [
        ("T020", "the chat template leaves out the tool call in messages[1]")
    ]


def test_a_template_that_closes_no_answer_is_found_once_and_by_name(tmp_path: Path) -> None:
    bad = (CASES / "T021" / "bad.jinja").read_text("utf-8")
    written, learned = tokenised(tmp_path, bad, PLAIN, PLAIN)
    assert learned == ["1.\n", "1.\n"]
    (finding,) = written.findings
    assert (finding.code, finding.severity, finding.place.file) == (
        "T021",
        Severity.WARNING,
        "given",
    )
    assert finding.message == (
        "the chat template of given writes no closing token behind 2 of 2 answers: the model"
        " never learns to stop there"
    )
    assert (written.rows, written.drops) == (2, [])
    assert written.entry["tokens"]["train"]["answers_unclosed"] == 2


def test_a_template_that_closes_every_answer_is_not_found(tmp_path: Path) -> None:
    good = (CASES / "T021" / "good.jinja").read_text("utf-8")
    written, learned = tokenised(tmp_path, good, PLAIN)
    assert learned == ["1.<eos>\n"]
    assert written.findings == []


def test_a_template_file_is_named_in_place_of_the_tokenizer(tmp_path: Path) -> None:
    save_chat_tokenizer(tokenizer_of(QWEN), tmp_path / "given")
    (tmp_path / "own.jinja").write_text((CASES / "T021" / "bad.jinja").read_text("utf-8"))
    target = Target(name="causal", tokenizer="given", chat_template="own.jinja")
    written = causal.write(tmp_path / "causal", batches_of(PLAIN), target, base=tmp_path)
    (finding,) = written.findings
    assert finding.message.startswith("the chat template of own.jinja writes no closing token")


def test_another_thought_or_another_id_of_a_call_is_another_shard(tmp_path: Path) -> None:
    kept = shards.Shards(tmp_path / "shards")
    made: list[int] = []

    def make(batch: Batch) -> shards.Made:
        made.append(len(batch))
        return pl.DataFrame(), shards.Note()

    other = example(1, turns=(ASKED, Turn(role="assistant", content="1.", reasoning="Guess.")))
    named = example(1, turns=(ASKED, Turn(role="assistant", content="1.", tool_call_id="a")))
    for row in (THOUGHT, other, named, THOUGHT):
        one = example(1, turns=row.turns, shape="messages")
        list(kept.made([Batch.of([one])], make))
    assert made == [1, 1, 1]
