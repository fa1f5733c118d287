"""Exact counts with OpenAI's own rank files, which litellm's wheel carries; no network for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataprep.formats.counted_texts import count
from dataprep.tokens import ESTIMATE_ERROR, Counter, counter, estimate, ranks
from tests.real.wheels import unpacked
from tests.unit.trainers.test_openai_cost import COUNTED

pytestmark = pytest.mark.real

# The example of amitness.com/notes/openai-finetuning-cost, counted there as 21 tokens.
TALK = {
    "messages": [
        {"role": "system", "content": "You are a helpful assistant"},
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "Hello there!"},
    ]
}


@pytest.fixture(scope="module")
def folder() -> Path:
    inside = "litellm/litellm_core_utils/tokenizers/"
    return unpacked("litellm", "1.109.1", inside) / inside


@pytest.fixture(autouse=True)
def no_download(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> bytes:
        raise AssertionError(f"{path} would be downloaded")

    monkeypatch.setattr("tiktoken.load.read_file", refuse)


@pytest.fixture(scope="module")
def exact(folder: Path) -> Counter:
    return counter("openai:gpt-4o-mini", str(folder))


def test_the_files_are_found_in_a_folder_in_a_cache_and_by_their_bytes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert counter("gpt-3.5-turbo", str(folder)).source == "tiktoken, cl100k_base"
    copy = tmp_path / "ranks"
    copy.write_bytes((folder / ranks.RANKS["o200k_base"][0]).read_bytes())
    assert counter(None, str(copy)).source == "tiktoken, o200k_base"
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(folder))
    assert counter("azure:gpt-4o").source == "tiktoken, o200k_base"


def test_a_conversation_counts_four_tokens_a_message(exact: Counter) -> None:
    # 5, 1 and 3 tokens of text
    assert count(TALK, exact) == 21
    assert exact.exact


@pytest.mark.parametrize("script", COUNTED)
def test_the_counts_that_the_estimate_is_held_to_are_right(exact: Counter, script: str) -> None:
    text, counted = COUNTED[script]
    assert exact.size(text) == counted
    assert abs(estimate(text) - counted) <= counted * ESTIMATE_ERROR


@pytest.mark.parametrize("text", ["<|endoftext|>", "<|im_start|>user", "<|im_end|>"])
def test_special_tokens_in_a_text_are_many_tokens_and_not_one(exact: Counter, text: str) -> None:
    assert exact.size(text) > 3


def test_a_batch_over_all_cores_is_what_one_by_one_is(exact: Counter) -> None:
    texts = [text[: 7 * n] for n in range(1, 30) for text, _ in COUNTED.values()]
    assert exact.sizes(texts) == [exact.size(text) for text in texts]


@pytest.mark.parametrize("blank", [" ", "\n"])
def test_a_million_blanks_do_not_kill_the_tokenizer(exact: Counter, blank: str) -> None:
    size = exact.size("a" + blank * 1_000_000 + "b")
    assert 1_000 < size < 100_000
