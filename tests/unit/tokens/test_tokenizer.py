"""What goes in comes out, and no text is ever a special token."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataprep.finding import NothingToDo, UsageError
from dataprep.tokens import Tokenizer, load_tokenizer, sample, train_tokenizer

SPECIAL = ["</s>", "<pad>", "<unk>", "<extra_id_0>", "<extra_id_99>", "<0x41>", "a</s>b", "<s>"]
AWKWARD = [
    "one\ntwo\tthree\r\nfour",
    '{"name": ["Ada", {}]}',
    "< \\ ^ ` ~ | @",
    "  two  spaces  ",
    "\nfirst a newline",
    "😀 é ﷺ ½ \u00a0 \u0085 \u200b \x00",
]


@pytest.mark.parametrize("text", AWKWARD + SPECIAL)
def test_a_trained_tokenizer_gives_back_every_text(trained: Tokenizer, text: str) -> None:
    assert trained.decode(trained.encode_batch([text])[0]) == text


@given(text=st.text(st.characters(exclude_characters="\u2581", exclude_categories=["Cs"])))
def test_any_text_survives_but_for_the_sign_of_a_space(trained: Tokenizer, text: str) -> None:
    assert trained.decode(trained.encode_batch([text])[0]) == text


def test_the_sign_of_a_space_comes_back_as_a_space(trained: Tokenizer) -> None:
    assert trained.decode(trained.encode_batch(["a\u2581b"])[0]) == "a b"


@pytest.mark.parametrize("text", SPECIAL)
def test_no_text_of_a_user_gives_a_special_id(
    trained: Tokenizer, t5_model: Path, text: str
) -> None:
    ids = trained.encode_batch([text])[0]
    assert min(ids) > 2
    assert max(ids) < trained.pieces
    given = load_tokenizer(str(t5_model))
    assert not {given.pad_id, given.eos_id} & set(given.encode_batch([text])[0])
    assert max(given.encode_batch([text])[0]) < given.pieces


def test_the_special_ids_are_those_of_t5(trained: Tokenizer) -> None:
    assert (trained.pad_id, trained.eos_id, trained.unk_id) == (0, 1, 2)
    assert trained.vocabulary == trained.pieces + 100
    assert trained.sentinel(0) == trained.vocabulary - 1
    assert trained.sentinel(99) == trained.pieces


def test_sentinels_come_by_number_and_show_when_decoded(trained: Tokenizer) -> None:
    ids = trained.encode_parts(["The river ", 0, " the sea", 1])
    assert [i for i in ids if i >= trained.pieces] == [trained.sentinel(0), trained.sentinel(1)]
    assert trained.decode([0, *ids, 1]) == "The river <extra_id_0> the sea <extra_id_1>"


def test_a_text_with_more_than_a_hundred_masks_is_refused(trained: Tokenizer) -> None:
    with pytest.raises(UsageError, match="more than 100 masked spans"):
        trained.sentinel(100)


def test_nothing_encodes_to_nothing(trained: Tokenizer) -> None:
    assert trained.encode_batch([]) == []
    assert trained.encode_batch([""]) == [[]]
    assert trained.decode([]) == ""


def test_the_same_texts_give_the_same_bytes(tmp_path: Path) -> None:
    texts = ["a stitch in time saves nine", "nine times nine"] * 5
    first = train_tokenizer(texts, 300, tmp_path / "a")
    again = train_tokenizer(texts, 300, tmp_path / "b")
    assert first.model == again.model
    assert (tmp_path / "a" / "spiece.model").read_bytes() == first.model


def test_a_small_corpus_gives_a_small_vocabulary(tmp_path: Path) -> None:
    assert train_tokenizer(["hello world"], 4000, tmp_path).pieces < 300


def test_a_vocabulary_too_small_for_the_characters_grows_to_hold_them(tmp_path: Path) -> None:
    letters = "".join(map(chr, range(0x3B1, 0x3C9)))
    made = train_tokenizer([letters] * 20, 100, tmp_path)
    assert made.pieces > 259
    assert made.decode(made.encode_batch([letters])[0]) == letters


def test_a_long_text_is_learned_from_too(tmp_path: Path) -> None:
    made = train_tokenizer(["wonder wonderful wonderfully " * 5_000], 400, tmp_path)
    assert len(made.encode_batch(["wonderful"])[0]) < 5


@pytest.mark.parametrize("texts", [[], [""], [" \n "]])
def test_no_text_at_all_is_nothing_to_train_on(tmp_path: Path, texts: list[str]) -> None:
    with pytest.raises(NothingToDo, match="no text in the train split"):
        train_tokenizer(texts, 300, tmp_path)


def test_training_says_nothing_on_the_terminal(tmp_path: Path) -> None:
    code = (
        "import pathlib, dataprep.tokens as t;"
        f"t.train_tokenizer(['hello world'], 4000, pathlib.Path({str(tmp_path)!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_the_sample_keeps_to_its_size_whatever_the_order() -> None:
    texts = [f"text number {n}" for n in range(1000)]
    chosen = sample(texts, 0, characters=3000)
    assert 2900 < sum(map(len, chosen)) <= 3000
    assert sample(reversed(texts), 0, characters=3000) == chosen
    assert sample(texts, 1, characters=3000) != chosen


def test_a_small_corpus_is_sampled_whole() -> None:
    assert sorted(sample(["b", "a", "b"], 0)) == ["a", "b", "b"]
