"""What a model reads and answers, in text and in tokens."""

from __future__ import annotations

import json
from pathlib import Path

from dataprep.example import Example, Turn
from dataprep.finding import Place, Severity
from dataprep.tokens import Pair, Tokenizer, encode_pairs, judge, load_tokenizer, render_pair


def example(**fields: object) -> Example:
    made: dict[str, object] = {"id": "1", "file": "a", "shape": "generation"}
    return Example(**{**made, "input": "in", "output": "out", **fields})  # type: ignore[arg-type]


def fact(tokenizer: Tokenizer, target: str, most: int = 50) -> list[tuple[str, str]]:
    """Codes and messages for an answer."""
    facts = encode_pairs(tokenizer, [Pair("in", target)], 50, most).facts
    return [(f.code, f.message) for f in judge(facts[0], Place(file="a"), most)]


def test_a_pair_is_rendered_as_it_stands() -> None:
    assert render_pair(example()) == ("in", "out")


def test_a_system_message_stands_before_the_input() -> None:
    assert render_pair(example(system="Be brief.")) == ("Be brief.\n\nin", "out")


def test_one_exchange_is_a_pair_without_roles() -> None:
    turns = (
        Turn(role="system", content="Be brief."),
        Turn(role="user", content="Hi"),
        Turn(role="assistant", content="Hello"),
    )
    assert render_pair(example(turns=turns, system="Be brief.")) == ("Be brief.\n\nHi", "Hello")


def test_a_conversation_keeps_its_roles_and_ends_in_its_last_answer() -> None:
    turns = (
        Turn(role="user", content="Hi"),
        Turn(role="assistant", content="Hello"),
        Turn(role="user", content="Rain?"),
        Turn(role="assistant", tool_calls='[{"id":"a"}]'),
        Turn(role="user", content="Thanks"),
    )
    rendered = render_pair(example(turns=turns))
    assert rendered == ("user: Hi\nassistant: Hello\nuser: Rain?", '[{"id":"a"}]')


def test_a_conversation_without_an_answer_has_an_empty_target() -> None:
    assert render_pair(example(turns=(Turn(role="user", content="Hi"),))) == ("Hi", "")


def test_masked_words_become_sentinel_ids_even_beside_a_literal_one(trained: Tokenizer) -> None:
    text = "the <extra_id_0> river flows to the sea"
    data = json.dumps({"text": text, "spans": [[17, 22], [32, 39]]})
    pair = render_pair(example(shape="denoising", data=data))
    assert pair.input == ("the <extra_id_0> ", 0, " flows to ", 1, "")
    assert pair.target == (0, "river", 1, "the sea")
    made = encode_pairs(trained, [pair], 100, 100)
    first, second = trained.sentinel(0), trained.sentinel(1)
    assert [i for i in made.input_ids[0] if i >= trained.pieces] == [first, second]
    assert [i for i in made.labels[0] if i >= trained.pieces] == [first, second]
    assert judge(made.facts[0], Place(file="a"), 100) == []


def test_both_sides_end_in_eos_and_keep_to_their_limits(trained: Tokenizer) -> None:
    made = encode_pairs(trained, [Pair("sea " * 50, "town " * 50), Pair("sea", "town")], 8, 5)
    assert [len(made.input_ids[0]), len(made.labels[0])] == [8, 5]
    assert all(ids[-1] == 1 for ids in [*made.input_ids, *made.labels])
    long, short = made.facts
    assert (long.input_cut, long.target_cut) == (True, True)
    assert (short.input_cut, short.target_cut) == (False, False)
    assert short.target_tokens == len(made.labels[1])


def test_an_answer_of_exactly_the_limit_is_not_cut(trained: Tokenizer) -> None:
    tokens = len(trained.encode_batch(["the town"])[0]) + 1
    whole = encode_pairs(trained, [Pair("in", "the town")], 50, tokens).facts[0]
    cut = encode_pairs(trained, [Pair("in", "the town")], 50, tokens - 1).facts[0]
    assert (whole.target_cut, cut.target_cut) == (False, True)


def test_a_cut_answer_is_t001(trained: Tokenizer) -> None:
    [(code, message)] = fact(trained, "town " * 50, 5)
    assert code == "T001"
    assert message.endswith("is cut at 5")


def test_an_answer_with_braces_is_t002_for_t5s_vocabulary_and_fine_for_ours(
    t5_model: Path, trained: Tokenizer
) -> None:
    given = load_tokenizer(str(t5_model))
    [(code, message)] = fact(given, 'the {"town"}')
    assert code == "T002"
    assert message == 'encoding and decoding loses characters of the answer: " { }'
    assert fact(trained, 'the {"town"}') == []


def test_a_folded_newline_is_t002(t5_model: Path) -> None:
    [(code, message)] = fact(load_tokenizer(str(t5_model)), "the\nsea")
    assert (code, message) == (
        "T002",
        "encoding and decoding loses characters of the answer: \\n",
    )


def test_white_space_at_the_ends_is_no_change(t5_model: Path) -> None:
    assert fact(load_tokenizer(str(t5_model)), " the sea\n") == []


def test_an_answer_of_nothing_is_t003(t5_model: Path, trained: Tokenizer) -> None:
    given = load_tokenizer(str(t5_model))
    for tokenizer, target in [
        (trained, ""),
        (trained, " \n"),
        (trained, "\u200b"),
        (given, "😀"),
        (given, "{}"),
    ]:
        assert [code for code, _ in fact(tokenizer, target)] == ["T003"], target


def test_a_finding_names_its_place_and_its_example(trained: Tokenizer) -> None:
    facts = encode_pairs(trained, [Pair("in", "")], 50, 50).facts
    [finding] = judge(facts[0], Place(file="a.jsonl", line=3), 50, "f00")
    assert str(finding.place) == "a.jsonl:3"
    assert (finding.example, finding.severity) == ("f00", Severity.ERROR)
