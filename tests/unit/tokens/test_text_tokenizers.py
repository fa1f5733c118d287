"""The tokenizers of ByT5 and T5Gemma: ids as transformers gives them, texts that come back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from transformers import AutoTokenizer, ByT5Tokenizer

from dataprep.finding import UsageError
from dataprep.tokens import (
    Codec,
    Pair,
    TextTokenizer,
    encode_pairs,
    load_tokenizer,
    save_tokenizer,
)
from tests.unit.tokens import gemma_folder

LINES = ["The trout, at 4°!", "  two  spaces\nand\ttabs ", '{"name": "Ada <b>"}', "日本 🐟 é", ""]
SPECIAL = "a </s> <eos> <pad> <extra_id_0>"


@pytest.fixture
def byt5(tmp_path: Path) -> Path:
    ByT5Tokenizer().save_pretrained(tmp_path / "byt5")
    return tmp_path / "byt5"


@pytest.fixture(params=[True, False], ids=["begins", "plain"])
def gemma(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return gemma_folder.write(tmp_path / "gemma", LINES * 3, begins=request.param)


def inputs(tokenizer: TextTokenizer, texts: list[str]) -> list[list[int]]:
    return encode_pairs(tokenizer, [Pair(text, "x") for text in texts], 999, 999).input_ids


def test_the_bytes_of_byt5_are_those_of_transformers(byt5: Path) -> None:
    tokenizer = load_tokenizer(str(byt5))
    assert inputs(tokenizer, LINES) == AutoTokenizer.from_pretrained(byt5)(LINES)["input_ids"]
    assert tokenizer.encode_batch(["é"]) == [[0xC3 + 3, 0xA9 + 3]]


def test_the_pieces_of_t5gemma_are_those_of_transformers(gemma: Path) -> None:
    tokenizer = load_tokenizer(str(gemma))
    assert inputs(tokenizer, LINES) == AutoTokenizer.from_pretrained(gemma)(LINES)["input_ids"]
    coded = encode_pairs(tokenizer, [Pair("the trout", "the trout")], 999, 999)
    assert coded.labels[0][-1] == tokenizer.eos_id
    assert coded.labels[0][:-1] == tokenizer.encode_batch(["the trout"])[0]


def test_a_long_input_keeps_what_stands_before_and_behind_it(gemma: Path, byt5: Path) -> None:
    for folder in (gemma, byt5):
        tokenizer = load_tokenizer(str(folder))
        text = "the trout " * 9
        (ids,) = encode_pairs(tokenizer, [Pair(text, "x")], 8, 8).input_ids
        framed = len(tokenizer.begin) + len(tokenizer.close)
        plain = tokenizer.encode_batch([text])[0]
        assert ids == [*tokenizer.begin, *plain[: 8 - framed], *tokenizer.close]


def test_texts_come_back_and_no_text_becomes_a_special_token(gemma: Path, byt5: Path) -> None:
    for folder in (gemma, byt5):
        tokenizer = load_tokenizer(str(folder))
        texts = [*LINES, SPECIAL]
        ids = tokenizer.encode_batch(texts)
        assert tokenizer.decode_batch(ids) == texts
        special = {tokenizer.pad_id, tokenizer.eos_id, *tokenizer.begin}
        assert not special.intersection(set().union(*ids))
        codec = Codec.fitting(tokenizer)
        assert codec is not None
        assert not codec.needed(texts)


def test_what_is_saved_is_the_same_to_us_and_to_transformers(
    gemma: Path, byt5: Path, tmp_path: Path
) -> None:
    for folder in (gemma, byt5):
        tokenizer = load_tokenizer(str(folder))
        again = tmp_path / f"{folder.name}-again"
        save_tokenizer(tokenizer, again)
        assert load_tokenizer(str(again)).sha256 == tokenizer.sha256
        assert AutoTokenizer.from_pretrained(again)(LINES)["input_ids"] == inputs(tokenizer, LINES)


def test_a_sentencepiece_model_beside_does_not_hide_the_tokenizer_of_gemma(
    gemma: Path, t5_model: Path
) -> None:
    """Published folders hold both, and read by the model there would be sentinels behind."""
    wanted = load_tokenizer(str(gemma)).sha256
    (gemma / "tokenizer.model").write_bytes(t5_model.read_bytes())
    assert load_tokenizer(str(gemma)).sha256 == wanted


def test_masked_spans_of_byt5_are_the_bytes_that_no_text_has(byt5: Path) -> None:
    """ByT5 counts its sentinels down from 258 (transformers' documentation of ByT5)."""
    tokenizer = load_tokenizer(str(byt5))
    ids = tokenizer.encode_parts([" the ", 0, "trout ", 1])
    assert ids == [
        *tokenizer.encode_batch(["the"])[0],
        258,
        *tokenizer.encode_batch(["trout"])[0],
        257,
    ]
    assert tokenizer.decode(ids) == "the <extra_id_0> trout <extra_id_1>"
    assert tokenizer.pieces_of([0, 1, 2, 68, 0xC3 + 3, 258, 259]) == [
        *("<pad>", "</s>", "<unk>", "A", "<0xC3>", "<extra_id_0>", "<extra_id_0>"),
    ]
    with pytest.raises(UsageError, match="more than 11 masked spans"):
        tokenizer.encode_parts(["a", 11])


def test_masked_spans_of_gemma_are_refused(gemma: Path) -> None:
    with pytest.raises(UsageError, match="has no tokens for masked spans"):
        load_tokenizer(str(gemma)).encode_parts(["a", 0])


def test_a_folder_with_the_settings_of_another_tokenizer_is_refused(tmp_path: Path) -> None:
    for content in (json.dumps({"tokenizer_class": "MyT5Tokenizer"}), "[]", "{", "null"):
        (tmp_path / "tokenizer_config.json").write_text(content)
        with pytest.raises(UsageError, match="holds no tokenizer"):
            load_tokenizer(str(tmp_path))
