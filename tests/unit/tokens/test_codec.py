"""The codec: whatever a text holds, the tokenizer gives it back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.finding import UsageError
from dataprep.tokens import Codec, Pair, Tokenizer, encode_pairs, load_tokenizer
from tests.models import sentencepiece_model

ODD = "{}<>\\^`~\n\t\r |x0;nst()[]/'\"-éa\u0301\u1100\u1161½▁😀\u200d\u00a0\u0085"


@pytest.fixture(scope="module")
def gaps(gaps_model: Path) -> Tokenizer:
    return load_tokenizer(str(gaps_model))


@pytest.fixture(scope="module")
def codec(gaps: Tokenizer) -> Codec:
    found = Codec.fitting(gaps)
    assert found is not None
    return found


def back(tokenizer: Tokenizer, text: str) -> str:
    return tokenizer.decode(tokenizer.encode_batch([text])[0])


def test_json_is_spelled_with_characters_that_the_vocabulary_has(codec: Codec) -> None:
    assert codec.encode('{"a": "x"}') == '|("a": "x"|)'
    assert codec.encode("a\n  b") == "a|n |sb"
    assert codec.encode("a|b") == "a||b"
    assert codec.encode("😀") == "|x1F600;"


def test_what_looks_like_an_escape_in_a_text_stays_what_it_was(codec: Codec) -> None:
    for text in ("|(", "|x1F600;", "||n", "|"):
        assert codec.decode(codec.encode(text)) == text


def test_an_answer_that_is_no_whole_escape_is_left_as_the_model_said_it(codec: Codec) -> None:
    assert codec.decode("a |x1F6 b |q |xD800; |xFFFFFF;") == "a |x1F6 b |q |xD800; |xFFFFFF;"


@given(st.text() | st.text(st.sampled_from(ODD)))
@settings(max_examples=500, deadline=None)
def test_every_text_survives_the_codec_and_the_tokenizer(
    gaps: Tokenizer, codec: Codec, text: str
) -> None:
    [spelled] = codec.encode_batch([text])
    assert back(gaps, spelled) == spelled
    assert codec.decode(spelled) == text


def test_a_text_that_the_tokenizer_keeps_needs_no_codec(gaps: Tokenizer, codec: Codec) -> None:
    assert not codec.needed(["Ada said (to) the man", "a | b"])
    for text in ("a\nb", "{", "a  b", " a", "e\u0301"):
        assert codec.needed(["Ada", text])


def test_a_tokenizer_without_letters_to_spell_with_has_no_codec(tmp_path: Path) -> None:
    path = tmp_path / "spiece.model"
    path.write_bytes(sentencepiece_model(["привет мир"] * 9, 30))
    assert Codec.fitting(load_tokenizer(str(path))) is None


def test_pairs_are_spelled_and_judged_by_what_comes_back(gaps: Tokenizer, codec: Codec) -> None:
    pair = Pair("find {the} man", '{"man": "Ada"}')
    plain = encode_pairs(gaps, [pair], 60, 60)
    assert not plain.facts[0].survives
    spelled = encode_pairs(gaps, [pair], 60, 60, codec)
    assert spelled.facts[0].survives
    assert not spelled.facts[0].unk_in_target
    assert codec.decode(gaps.decode(spelled.labels[0])) == '{"man": "Ada"}'
    assert codec.decode(gaps.decode(spelled.input_ids[0])) == "find {the} man"


def test_the_manifest_names_the_codec_and_an_unknown_one_is_refused(
    gaps: Tokenizer, codec: Codec
) -> None:
    assert codec.entry == {"name": "escape-1", "lead": "|"}
    assert Codec.recorded(gaps, codec.entry).encode("{") == "|("
    with pytest.raises(UsageError, match="'escape-9'"):
        Codec.recorded(gaps, {"name": "escape-9", "lead": "|"})
