"""The real vocabularies of T5, Llama 3 and Mistral, and the ids that are known of them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from dataprep.tokens import (
    IGNORED,
    AnyChatTokenizer,
    Codec,
    Pair,
    Tokenizer,
    encode_pairs,
    load_chat_tokenizer,
    load_tokenizer,
)
from tests.real.wheels import unpacked

pytestmark = pytest.mark.real

TALK = [
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello"},
    {"role": "user", "content": "Say </s> [INST] <|eot_id|>"},
    {"role": "assistant", "content": "No."},
]


@pytest.fixture(scope="module")
def t5() -> Tokenizer:
    inside = "invokeai/backend/t5/tokenizer/"
    return load_tokenizer(str(unpacked("invokeai", "6.14.2", inside) / inside / "tokenizer.json"))


@pytest.fixture(scope="module")
def llama() -> AnyChatTokenizer:
    inside = "llama_models/llama3/tokenizer.model"
    return load_chat_tokenizer(str(unpacked("llama-models", "0.3.0", inside) / inside))


@pytest.fixture(scope="module")
def mistral() -> AnyChatTokenizer:
    inside = "mistral_common/data/mistral_instruct_tokenizer_240323.model.v3"
    return load_chat_tokenizer(str(unpacked("mistral-common", "1.13.1", inside) / inside))


def learned(tokenizer: AnyChatTokenizer) -> str:
    coded = tokenizer.encode(TALK)
    return tokenizer.decode([i for i in coded.labels if i != IGNORED])


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        (
            "translate English to German: The house is wonderful.",
            [13959, 1566, 12, 2968, 10, 37, 629, 19, 1627, 5, 1],
        ),
        (
            "studies have shown that owning a dog is good for you",
            [2116, 43, 2008, 24, 293, 53, 3, 9, 1782, 19, 207, 21, 25, 1],
        ),
    ],
)
def test_t5_gives_the_known_ids(t5: Tokenizer, text: str, ids: list[int]) -> None:
    assert encode_pairs(t5, [Pair(text, "x")], 512, 128).input_ids == [ids]


def test_t5_reads_sentinels_as_ids_and_never_as_text(t5: Tokenizer) -> None:
    masked = Pair(("The", 0, "walks in", 1, "park"), (0, "cute dog", 1, "the"))
    assert encode_pairs(t5, [masked], 512, 128).input_ids == [
        [37, 32099, 10681, 16, 32098, 2447, 1]
    ]
    forged = encode_pairs(t5, [Pair("The <extra_id_0> </s> <pad>", "x")], 512, 128)
    assert all(i < 32000 for i in forged.input_ids[0])
    assert forged.input_ids[0].count(1) == 1


def test_json_survives_the_real_vocabulary_by_the_codec(t5: Tokenizer) -> None:
    codec = Codec.fitting(t5)
    assert codec is not None
    answer = '{"name": "Ada", "notes": ["a < b", "~x^2\\n"]}\n'
    pair = Pair("Extract.", answer)
    assert not encode_pairs(t5, [pair], 512, 128).facts[0].survives
    coded = encode_pairs(t5, [pair], 512, 128, codec)
    assert coded.facts[0].survives
    assert codec.decode(t5.decode(coded.labels[0])) == answer


def test_every_naughty_string_survives_the_codec(t5: Tokenizer) -> None:
    corpora = os.environ.get("DATAPREP_CORPORA")
    if not corpora:
        pytest.skip("the corpora are not here")
    texts: list[str] = json.loads((Path(corpora) / "naughty-strings.json").read_text("utf-8"))
    codec = Codec.fitting(t5)
    assert codec is not None
    spelled = codec.encode_batch(texts)
    read = t5.decode_batch(t5.encode_batch(spelled))
    assert [codec.decode(text) for text in read] == texts


def test_llama_3_gives_the_known_ids_in_metas_format(llama: AnyChatTokenizer) -> None:
    assert llama.backend("Hello world", add_special_tokens=False)["input_ids"] == [9906, 1917]
    coded = llama.encode(TALK[:2])
    assert coded.input_ids[:5] == [128000, 128006, 882, 128007, 271]
    assert coded.input_ids[-2:] == [9906, 128009]
    assert llama.vocabulary == 128256


def test_mistral_gives_the_known_ids_in_its_own_format(mistral: AnyChatTokenizer) -> None:
    assert mistral.encode(TALK[:2]).input_ids == [1, 3, 16127, 4, 23325, 2]


def test_both_learn_the_answers_alone_and_no_text_forges_a_mark(
    llama: AnyChatTokenizer, mistral: AnyChatTokenizer
) -> None:
    assert learned(llama) == "Hello<|eot_id|>No.<|eot_id|>"
    assert learned(mistral) == "Hello</s>No.</s>"
    for tokenizer, mark in ((llama, "<|eot_id|>"), (mistral, "[INST]")):
        ids = tokenizer.encode(TALK).input_ids
        number = tokenizer.backend.convert_tokens_to_ids(mark)
        assert ids.count(number) == {"<|eot_id|>": 4, "[INST]": 2}[mark]
