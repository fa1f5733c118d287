"""A text that is encoded in segments has the ids and labels of the text encoded whole."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import pytest
from tokenizers import (
    AddedToken,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import PreTrainedTokenizerFast

from dataprep.tokens.byte_heads import ByteHeads
from dataprep.tokens.segments import AnsweredText, SegmentEncoder, WholeTextEncoder
from tests.unit.tokens.chat_tokenizers import QWEN, assistant, tokenizer_of, user

END, UNKNOWN = "</s>", "<unk>"
SPECIAL = ("<s>", END, "<|im_start|>", "<|im_end|>", "<|im_end|>x")
WORDS = (
    *("Hello", " world", "user", "assistant", "\n", "\n\n", " ", "   ", "a", "<", "|im_end|>"),
    *("e\u0301", "\u00e9", "\U0001f600", "\U0001f468\u200d\U0001f469", "\u4f60\u597d", "\u00a0"),
    *("<think>", "</think>", "THINK", "think", "\t", "12345", "it's", "\u2581", "\u0120"),
)


def byte_level(*, prefix: bool = False, trim: bool = False) -> Tokenizer:
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    made.post_processor = processors.ByteLevel(trim_offsets=trim, add_prefix_space=prefix)
    return trained(made, trainers.BpeTrainer, pre_tokenizers.ByteLevel.alphabet())


def metaspace(scheme: str) -> Tokenizer:
    made = Tokenizer(models.Unigram())
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=scheme)
    return trained(made, trainers.UnigramTrainer, [], unk_token=UNKNOWN)


def prepending() -> Tokenizer:
    """As Llama 2 has it: a blank before every text, and bytes for what is not known."""
    made = Tokenizer(models.BPE(byte_fallback=True, unk_token=UNKNOWN, fuse_unk=True))
    steps = [normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")]
    made.normalizer = normalizers.Sequence(steps)
    return trained(made, trainers.BpeTrainer, [], special_tokens=[UNKNOWN])


def normalising(step: Any) -> Tokenizer:
    made = byte_level()
    made.normalizer = step
    return made


def trained(made: Tokenizer, kind: Callable[..., Any], alphabet: Any, **more: Any) -> Tokenizer:
    trainer = kind(vocab_size=400, initial_alphabet=alphabet, show_progress=False, **more)
    made.train_from_iterator([" ".join(WORDS), "Hello world user assistant think" * 3], trainer)
    return made


def encoder_of(backend: Any) -> SegmentEncoder | None:
    return SegmentEncoder.fitting(backend, Lock())


def backend_of(made: Tokenizer, tokens: Iterable[AddedToken] = (), **more: Any) -> Any:
    special = [AddedToken(text, special=True, normalized=False) for text in SPECIAL]
    made.add_special_tokens(special)
    made.add_tokens([*tokens])
    made.decoder = decoders.ByteLevel()
    backend: Any = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=made, eos_token=END, clean_up_tokenization_spaces=False, **more
    )
    return backend


THINK = [AddedToken(text, special=False, normalized=False) for text in ("<think>", "</think>")]
BLANK = [AddedToken(text, special=False, normalized=False) for text in ("\n\n", "  ", "\u2581")]
NORMALISED = [AddedToken(text, special=False, normalized=True) for text in ("think", "\u00e9")]
FITTING: dict[str, Callable[[], Any]] = {
    "bytes": lambda: backend_of(byte_level(), THINK),
    "bytes behind a blank": lambda: backend_of(byte_level(prefix=True), THINK),
    "bytes, offsets trimmed": lambda: backend_of(byte_level(trim=True), THINK),
    "bytes behind a blank, trimmed": lambda: backend_of(byte_level(prefix=True, trim=True), THINK),
    "blank tokens": lambda: backend_of(byte_level(), BLANK),
    "pieces, the first behind a blank": lambda: backend_of(metaspace("first"), BLANK),
    "pieces, all behind a blank": lambda: backend_of(metaspace("always"), THINK),
    "a blank before a text": lambda: backend_of(prepending(), BLANK),
    "composed": lambda: backend_of(normalising(normalizers.NFC()), NORMALISED),
    "in small letters": lambda: backend_of(normalising(normalizers.Lowercase()), NORMALISED),
    "stripped": lambda: backend_of(normalising(normalizers.Strip()), THINK),
}


def marked_texts(rng: random.Random, many: int) -> list[AnsweredText]:
    """Texts of words and tokens, with spans that begin and end anywhere in them."""
    texts: list[AnsweredText] = [("", ()), ("<s>", ((0, 3),)), ("a", ((0, 1),))]
    for _ in range(many):
        text = "".join(rng.choices((*WORDS, *SPECIAL, *SPECIAL), k=rng.randint(1, 14)))
        places = sorted(rng.sample(range(len(text) + 1), k=min(2 * rng.randint(0, 3), len(text))))
        spans = list(zip(places[::2], places[1::2], strict=False))
        rng.shuffle(spans)
        texts.append((text, spans))
        texts.append(conversation(rng))
    return texts


def conversation(rng: random.Random) -> AnsweredText:
    """Turns as templates write them, the answers learned from behind their headers."""
    text, spans = "", []
    for role in ("user", "assistant") * rng.randint(1, 2):
        header = rng.choice(("<|im_start|>", "<|im_end|>", "")) + rng.choice((role, "", "\n\n"))
        said = "".join(rng.choices(WORDS, k=rng.randint(0, 5)))
        begin = len(text) + len(header)
        text += f"{header}{said}{rng.choice(SPECIAL)}"
        if role == "assistant":
            spans.append((begin, len(text)))
    return text, spans


@pytest.mark.parametrize("name", FITTING)
def test_ids_and_labels_are_those_of_the_text_encoded_whole(name: str) -> None:
    backend = FITTING[name]()
    quick = encoder_of(backend)
    assert quick is not None
    texts = marked_texts(random.Random(name), 700)  # noqa: S311
    whole = WholeTextEncoder(backend, Lock()).encode_batch(texts)
    for text, coded, wanted in zip(texts, quick.encode_batch(texts), whole, strict=True):
        assert coded == wanted, text


def test_a_token_behind_which_a_span_ends_is_learned_and_the_next_is_not() -> None:
    quick = encoder_of(tokenizer_of("").backend)
    assert quick is not None
    text = "<|im_start|>ab<|im_end|>c"
    ((ids, labels),) = quick.encode_batch([(text, [(13, 24)])])
    start, end, a, b, c = (256 + 2, 256 + 3, *(ids[n] for n in (1, 2, 4)))
    assert ids == [start, a, b, end, c]
    assert labels == [-100, -100, b, end, -100]


def test_a_token_that_goes_on_beyond_a_header_is_learned() -> None:
    backend = FITTING["bytes"]()
    quick = encoder_of(backend)
    assert quick is not None
    text = "<|im_start|>Hello worldHello world<|im_end|>"
    for start in range(12, len(text)):
        wanted = WholeTextEncoder(backend, Lock()).encode_batch([(text, [(start, len(text))])])
        assert quick.encode_batch([(text, [(start, len(text))])]) == wanted, start


@pytest.mark.parametrize(
    "name, counts",
    [
        *(("bytes", True), ("bytes behind a blank", False), ("composed", False)),
        *(("pieces, all behind a blank", False), ("a blank before a text", False)),
    ],
)
def test_headers_are_counted_by_their_spelling_in_bytes_alone(name: str, counts: bool) -> None:
    tokenizer = FITTING[name]().backend_tokenizer
    heads = ByteHeads.fitting(tokenizer, set(SPECIAL))
    assert (heads is not None) is counts
    if heads is not None:
        ids = tokenizer.encode("<|im_start|>user\n\nHello", add_special_tokens=False).ids
        header = tokenizer.encode("<|im_start|>user\n\n", add_special_tokens=False).ids
        assert heads.count("<|im_start|>user\n\n", ids) == len(header)
        assert heads.count("user", ids) is None


def test_headers_are_not_counted_where_blanks_are_taken_out() -> None:
    made = byte_level()
    split = pre_tokenizers.Split("\n", "removed")
    made.pre_tokenizer = pre_tokenizers.Sequence([split, made.pre_tokenizer])
    assert ByteHeads.fitting(made, set(SPECIAL)) is None


@pytest.mark.parametrize("takes", ["lstrip", "rstrip", "single_word"])
def test_a_token_that_depends_on_what_is_beside_it_is_left_to_the_whole_text(takes: str) -> None:
    token: dict[str, Any] = {takes: True, "normalized": False}
    assert encoder_of(backend_of(byte_level(), [AddedToken("<x>", **token)])) is None


def test_blank_tokens_whose_offsets_are_trimmed_are_left_to_the_whole_text() -> None:
    assert encoder_of(backend_of(byte_level(trim=True), BLANK)) is None


def test_a_tokenizer_that_reads_special_tokens_as_text_is_left_to_the_whole_text() -> None:
    backend = backend_of(byte_level(), THINK, split_special_tokens=True)
    assert encoder_of(backend) is None


def test_a_tokenizer_with_ways_of_its_own_is_left_to_the_whole_text() -> None:
    class Own(PreTrainedTokenizerFast):
        def _encode_plus(self, *given: Any, **more: Any) -> Any:
            return super()._encode_plus(*given, **more)

    made = byte_level()
    made.add_special_tokens([AddedToken(END, special=True)])
    own: Any = Own(tokenizer_object=made, eos_token=END)  # type: ignore[no-untyped-call]
    assert encoder_of(own) is None


def test_threads_that_encode_at_once_give_the_ids_of_one_after_the_other() -> None:
    """Some conversations spell a token of the template, which sets the tokenizer to read texts."""
    said = ("Hello", "<|im_end|>", "a <|im_start|>user b", "world" * 50)
    talks = [([user(said[n % 4]), assistant(f"{said[n % 3]} {n}")], None) for n in range(600)]
    tokenizer = tokenizer_of(QWEN)
    wanted = [tokenizer.encode(*talk) for talk in talks]
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(tokenizer.encode_batch, [talks[n::6] for n in range(6)]))
    assert [parts[n % 6][n // 6] for n in range(600)] == wanted


def test_spellings_are_found_as_by_an_alternation_of_them_the_longest_first() -> None:
    import re

    from dataprep.tokens.token_pattern import token_pattern

    rng = random.Random(1)  # noqa: S311
    for _ in range(500):
        spelled = {"".join(rng.choices("ab<|", k=rng.randint(1, 5))) for _ in range(9)}
        longest_first = sorted(spelled, key=len, reverse=True)
        plain = re.compile("|".join(map(re.escape, longest_first)))
        text = "".join(rng.choices("ab<|", k=40))
        found = [match.span() for match in token_pattern(spelled).finditer(text)]
        assert found == [match.span() for match in plain.finditer(text)], (spelled, text)
    assert token_pattern([]).search("anything") is None
