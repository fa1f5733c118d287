"""Tokens of training rows: exact where the tokenizer is at hand, else an estimate that says so."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dataprep import providers
from dataprep.finding import EnvironmentProblem, Place, UsageError
from dataprep.formats import counted_texts
from dataprep.tokens import (
    Count,
    Counter,
    TokenAccount,
    Tokenizer,
    counter,
    encoding_of_model,
    estimate,
    held_out,
    ranks,
)
from dataprep.tokens.counting import on_all_cores


def words_of(texts: Sequence[str]) -> list[float]:
    return [len(text.split()) for text in texts]


WORDS = Counter("words", words_of)
CALL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def said(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


@pytest.mark.parametrize(
    ("row", "count"),
    [
        ({"messages": [said("user", "a b"), said("assistant", "c")]}, Count(11, 11, True)),
        ({"messages": [said("user", "a", name="ann lee")]}, Count(7, 5, False)),
        ({"messages": [said("assistant", None, tool_calls=[CALL])]}, Count(5, 4, False)),
        ({"messages": [said("user", "a")], "tools": [{"x": "b c"}]}, Count(7, 5, False)),
        (
            {"messages": [said("user", [{"type": "text", "text": "a b"}, {"type": "image_url"}])]},
            Count(91, 91, False),
        ),
        ({"prompt": "a b", "completion": "c"}, Count(3, 3, True)),
        ({"text": "a b c"}, Count(3, 3, True)),
        ({"instruction": "a", "input": "b", "output": "c d"}, Count(4, 4, True)),
        ({"conversations": [{"from": "human", "value": "a b"}]}, Count(6, 6, True)),
        (
            {
                "input": {"messages": [said("user", "a")]},
                "preferred_output": [said("assistant", "b c")],
                "non_preferred_output": [said("assistant", "d")],
            },
            Count(16, 16, True),
        ),
        ({"prompt": "a", "chosen": "b c", "rejected": "d"}, Count(16, 16, True)),
        (
            {
                "prompt": [said("user", "a")],
                "chosen": [said("assistant", "b")],
                "rejected": [said("assistant", "c d e")],
            },
            Count(17, 17, True),
        ),
    ],
)
def test_every_format_is_counted(row: dict[str, Any], count: Count) -> None:
    assert counted_texts.measure([row], WORDS) == [count]
    assert counted_texts.count(row, WORDS) == count.tokens


def test_many_rows_are_counted_in_one_call() -> None:
    calls: list[int] = []

    def sizes(texts: Sequence[str]) -> list[float]:
        calls.append(len(texts))
        return words_of(texts)

    rows = [{"prompt": "a b", "completion": "c"}, {"text": "d"}, {"prompt": "", "completion": "e"}]
    counts = counted_texts.measure(rows, Counter("words", sizes))
    assert [count.tokens for count in counts] == [3, 1, 1]
    assert calls == [5]


def test_texts_keep_their_sizes_whatever_core_they_are_counted_on() -> None:
    texts = ["x" * n for n in range(1_003)]
    assert on_all_cores(len)(texts) == list(range(1_003))
    assert on_all_cores(len)(["abc"]) == [3]
    assert on_all_cores(len)([]) == []


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        (None, "o200k_base"),
        ("cl100k_base", "cl100k_base"),
        ("openai:gpt-4o-mini", "o200k_base"),
        ("azure:gpt-4.1", "o200k_base"),
        ("gpt-3.5-turbo", "cl100k_base"),
        ("ft:gpt-4o-mini-2024-07-18:acme::abc", "o200k_base"),
        ("openai", None),
        ("together:some/model", None),
        ("nobody", None),
    ],
)
def test_the_encoding_of_a_model_stands_in_the_table(
    model: str | None, encoding: str | None
) -> None:
    assert encoding_of_model(model) == encoding


@pytest.mark.parametrize("text", [" " * 300_000, "\n" * 300_000, "x\n " * 100_000, "^" * 300_000])
def test_an_estimate_of_a_strange_text_takes_no_more_time_than_its_length(text: str) -> None:
    began = time.process_time()
    assert estimate(text) <= len(text)
    assert time.process_time() - began < 5


# What is at hand.


@pytest.fixture
def no_download(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(path: str) -> bytes:
        raise AssertionError(f"{path} would be downloaded")

    monkeypatch.setattr("tiktoken.load.read_file", refuse)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path / "empty"))


@pytest.mark.usefixtures("no_download")
def test_without_ranks_the_count_is_an_estimate_that_says_why() -> None:
    made = counter("openai:gpt-4o-mini")
    assert (made.exact, made.error) == (False, 0.25)
    assert made.source == "estimate: no o200k_base rank file on this machine"
    assert counter("nobody").source == "estimate: the encoding of the model is unknown"
    assert counted_texts.count({"text": "The report was sent back."}, made) == 6


@pytest.mark.usefixtures("no_download")
def test_an_encoding_that_is_asked_for_by_name_must_be_there() -> None:
    with pytest.raises(EnvironmentProblem, match="no o200k_base rank file on this machine"):
        counter(None, "o200k_base")


@pytest.mark.usefixtures("no_download")
def test_a_rank_file_is_known_by_its_bytes_under_any_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    content = b"IQ== 0\n"
    sha256 = hashlib.sha256(content).hexdigest()
    monkeypatch.setitem(ranks.RANKS, "o200k_base", ("a" * 40, sha256))
    path = tmp_path / "mine.tiktoken"
    path.write_bytes(content)
    assert ranks.encoding_of(path) == "o200k_base"
    path.write_bytes(content + b"IA== 1\n")
    assert ranks.encoding_of(path) is None
    with pytest.raises(UsageError, match="is not a rank file that tiktoken knows"):
        counter(None, str(path))


@pytest.mark.usefixtures("no_download")
def test_tiktoken_gets_the_users_file_and_its_own_setting_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import os

    path = tmp_path / "mine"
    path.write_bytes(b"ranks")
    monkeypatch.setitem(ranks.RANKS, "o200k_base", ("b" * 40, hashlib.sha256(b"ranks").hexdigest()))
    seen: list[bytes] = []

    class Encoding:
        def encode_ordinary(self, text: str) -> list[int]:
            return [0] * len(text)

    def get_encoding(name: str) -> Encoding:
        seen.append((Path(os.environ["TIKTOKEN_CACHE_DIR"]) / ("b" * 40)).read_bytes())
        return Encoding()

    monkeypatch.setattr("tiktoken.get_encoding", get_encoding)
    made = counter("openai:gpt-4o", str(path))
    assert (made.source, made.exact, made.size("seven")) == ("tiktoken, o200k_base", True, 5)
    assert seen == [b"ranks"]
    assert os.environ["TIKTOKEN_CACHE_DIR"] == str(tmp_path / "empty")


def test_the_names_of_the_rank_files_are_those_that_tiktoken_looks_for() -> None:
    for encoding, (name, _) in ranks.RANKS.items():
        url = f"https://openaipublic.blob.core.windows.net/encodings/{encoding}.tiktoken"
        assert hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest() == name


def test_a_sentencepiece_model_counts_and_knows_no_special_text(t5_model: Path) -> None:
    made = counter(None, str(t5_model))
    reference = Tokenizer(t5_model.read_bytes(), name="t", kind="given")
    text = "The river rises </s> in the hills."
    assert made.size(text) == len(reference.encode_batch([text])[0])
    assert (made.exact, made.per_message) == (True, 0)
    in_folder = counter(None, str(t5_model.parent))
    assert in_folder.source.startswith("SentencePiece")


def test_special_tokens_in_a_text_stay_text_for_a_tokenizer_json(tmp_path: Path) -> None:
    import tokenizers

    made = tokenizers.Tokenizer(
        tokenizers.models.WordLevel({"a": 0, "<": 1, "/": 2, "s": 3, ">": 4, "[U]": 5}, "[U]")
    )
    made.pre_tokenizer = tokenizers.pre_tokenizers.Sequence(
        [tokenizers.pre_tokenizers.Whitespace(), tokenizers.pre_tokenizers.Punctuation()]
    )
    made.add_special_tokens(["</s>"])
    made.enable_truncation(3)
    path = tmp_path / "tokenizer.json"
    made.save(str(path))
    counted = counter(None, str(path))
    assert counted.size("a </s> a") == 6
    assert counted.source == f"tokenizers, {path}"
    assert counter(None, str(tmp_path)).size("a a") == 2


@pytest.mark.parametrize("content", ["", "{}", "[1]"])
def test_a_json_file_that_is_no_tokenizer_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(content, "utf-8")
    with pytest.raises(UsageError, match=r"is not a tokenizer\.json"):
        counter(None, str(path))


def test_what_is_no_tokenizer_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no tokenizer"):
        counter(None, str(tmp_path))
    with pytest.raises(UsageError, match="no such file or folder"):
        counter(None, "./nowhere.model")
    (tmp_path / "x.model").write_bytes(b"no model")
    with pytest.raises(UsageError, match="is not a SentencePiece model"):
        counter(None, str(tmp_path / "x.model"))


# The account.


def test_an_account_bills_what_is_trained_on_and_no_more() -> None:
    account = TokenAccount(WORDS, 100, providers.reader("openai:gpt-4o-mini"))
    for _ in range(100):
        account.add("train", Count(1_000, 900, False))
    account.add("validation", Count(5_000, 5_000, True))
    assert (account.examples, account.tokens, account.epochs) == (100, 100_000, 3)
    assert account.dollars == pytest.approx(0.9)
    assert not account.whole
    assert account.splits["validation"].longest == 5_000


def test_epochs_are_those_that_are_asked_for() -> None:
    account = TokenAccount(WORDS, None, providers.reader("openai:gpt-4o"), asked_epochs=7)
    account.add("all", Count(1_000_000, 0, True))
    assert (account.epochs, account.dollars) == (7, 175.0)


@pytest.mark.parametrize("reader", [None, "together", "azure:gpt-4o-mini", "openai:o4-mini"])
def test_an_unknown_price_makes_an_unknown_cost(reader: str | None) -> None:
    account = TokenAccount(WORDS, None, providers.reader(reader) if reader else None)
    account.add("train", Count(10, 10, True))
    assert account.dollars is None


def test_a_file_that_is_only_held_out_is_counted_as_if_it_were_trained_on() -> None:
    account = TokenAccount(WORDS)
    account.add("test.jsonl", Count(10, 10, True))
    assert account.tokens == 10


def test_quantiles_are_lengths_that_stand_in_the_data() -> None:
    account = TokenAccount(WORDS)
    for tokens in (5, 1, 4, 2, 3, 100):
        account.add("train", Count(tokens, tokens, True))
    split = account.splits["train"]
    assert (split.quantile(0), split.quantile(0.5), split.quantile(0.95)) == (1, 4, 100)


def test_only_the_first_examples_over_the_limit_are_held() -> None:
    account = TokenAccount(WORDS, 10)
    for line in range(1, 101):
        account.add_over(Place(file="t", line=line), 11, 1, 5)
    assert (account.over_limit, len(account.over), account.over[-1].place.line) == (100, 20, 20)


@pytest.mark.parametrize(
    ("part", "held"),
    [
        ("validation", True),
        ("out/openai-chat/validation.jsonl", True),
        ("val.jsonl.gz", True),
        ("my_dev.jsonl", True),
        ("test-2.jsonl", True),
        ("eval", True),
        ("train", False),
        ("contest.jsonl", False),
        ("evaluated.jsonl", False),
        ("testimony.jsonl", False),
        ("", False),
    ],
)
def test_what_is_held_out_is_told_by_its_name(part: str, held: bool) -> None:
    assert held_out(part) == held
