"""Tokens, epochs and dollars of a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trainers.openai import cost
from trainers.openai.cost import Tokeniser, Tokens

# Counted with o200k_base.
COUNTED = {
    "english": (
        "The capital of France is Paris, a city on the river Seine, known for museums and cafes.\n"
        "This package contains the documentation and examples for the library; it is not needed "
        "at run time.",
        39,
    ),
    "german": (
        "Dieses Paket enthält die Dokumentation und Beispiele für die Bibliothek; zur Laufzeit "
        "wird es nicht benötigt.\nÜberall sprießen Blumen, während die Kinder draußen fröhlich "
        "spielen und über Straßen laufen.",
        40,
    ),
    "french": (
        "Ce paquet contient la documentation et des exemples pour la bibliothèque ; il n'est pas "
        "nécessaire à l'exécution.\nL'été dernier, nous étions à la plage où les élèves jouaient "
        "déjà.",
        38,
    ),
    "russian": (
        "Этот пакет содержит документацию и примеры для библиотеки; во время выполнения он не "
        "нужен.\nСтолица Франции — Париж, город на реке Сене, известный своими музеями.",
        41,
    ),
    "arabic": (
        "تحتوي هذه الحزمة على التوثيق والأمثلة الخاصة بالمكتبة وليست مطلوبة أثناء التشغيل.",
        25,
    ),
    "hindi": ("इस पैकेज में पुस्तकालय के लिए दस्तावेज़ और उदाहरण हैं।", 17),
    "chinese": (
        "这个软件包包含该库的文档和示例,运行时不需要它。\n法国的首都是巴黎,位于塞纳河畔,以博物馆和咖啡馆闻名。",
        45,
    ),
    "japanese": (
        "このパッケージには、ライブラリの文書と例が含まれています。実行時には必要ありません。",
        28,
    ),
    "korean": ("이 패키지에는 라이브러리에 대한 문서와 예제가 포함되어 있습니다.", 19),
    "numbers": ("3.14159 2026-11-22 17:13:05 1,234,567.89 42% 555-0199 192.168.0.1", 41),
    "json": (
        '{"label": "positive", "score": 0.97, '
        '"spans": [{"start": 10, "end": 15, "text": "Paris"}]}',
        37,
    ),
}


def words(text: str) -> int:
    return len(text.split())


@pytest.mark.parametrize("script", COUNTED)
def test_the_estimate_is_within_the_error_it_states(script: str) -> None:
    text, counted = COUNTED[script]
    assert abs(cost.estimate(text) - counted) <= counted * cost.ESTIMATE_ERROR


def test_the_estimate_of_nothing_is_nothing() -> None:
    assert cost.estimate("") == 0


def test_each_message_costs_four_tokens_and_its_content() -> None:
    example = {
        "messages": [
            {"role": "system", "content": "one two three"},
            {"role": "user", "content": "four five"},
            {"role": "assistant", "content": "six"},
        ]
    }
    assert cost.tokens_of(example, words) == (18, True)


def test_a_weight_does_not_change_the_count() -> None:
    example = {"messages": [{"role": "assistant", "content": "six", "weight": 0}]}
    assert cost.tokens_of(example, words) == (5, True)


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ({"role": "assistant", "content": None}, 4),
        ({"role": "user", "content": [{"type": "text", "text": "a b"}]}, 6),
    ],
)
def test_parts_and_empty_contents_are_counted(message: dict[str, Any], count: int) -> None:
    assert cost.tokens_of({"messages": [message]}, words) == (count, True)


@pytest.mark.parametrize(
    ("example", "count"),
    [
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
            89,
        ),
        ({"messages": [{"role": "user", "content": "a", "name": "ann"}]}, 6),
        ({"messages": [{"role": "assistant", "tool_calls": [{"id": "1"}]}]}, 5),
        ({"messages": [{"role": "user", "content": "a"}], "tools": [{"x": "b c"}]}, 7),
    ],
)
def test_what_is_not_documented_makes_the_count_an_estimate(
    example: dict[str, Any], count: int
) -> None:
    assert cost.tokens_of(example, words) == (count, False)


@pytest.mark.parametrize(
    ("examples", "epochs"),
    [
        *((1, 25), (4, 25), (10, 10), (12, 8), (33, 3), (34, 3), (100, 3), (8333, 3)),
        *((8334, 2), (12_500, 2), (12_501, 1), (1_000_000, 1)),
    ],
)
def test_the_usual_epochs_are_those_of_the_cookbook(examples: int, epochs: int) -> None:
    assert cost.usual_epochs(examples) == epochs


def test_a_million_tokens_three_times_at_three_dollars_are_nine_dollars() -> None:
    assert cost.dollars(1_000_000, 3, 3.0) == 9.0


def test_an_unknown_price_makes_an_unknown_cost() -> None:
    assert cost.dollars(1_000_000, 3, None) is None


@pytest.mark.parametrize(
    ("amount", "text"), [(0.0104, "0.0104 USD"), (1.0, "1.00 USD"), (1234.5, "1,234.50 USD")]
)
def test_small_amounts_are_shown_with_four_digits(amount: float, text: str) -> None:
    assert cost.usd(amount) == text


def test_an_estimate_says_so_wherever_it_is_printed() -> None:
    guess = Tokens(count=1000, method="estimate", error=0.25)
    assert (str(guess), guess.most, guess.exact) == ("about 1,000 ±25%", 1250, False)
    exact = Tokens(count=1000, method="tiktoken")
    assert (str(exact), exact.most, exact.exact) == ("1,000", 1000, True)


# The rank file: used when it is there, and never downloaded.


@pytest.fixture
def no_download(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> bytes:
        raise AssertionError(f"{path} would be downloaded")

    monkeypatch.setattr("tiktoken.load.read_file", refuse)


@pytest.mark.usefixtures("no_download")
def test_without_a_rank_file_the_count_is_an_estimate_and_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    made = cost.tokeniser("o200k_base")
    assert made.name == "estimate: no o200k_base rank file on this machine"
    assert made.error == 0.25


@pytest.mark.usefixtures("no_download")
@pytest.mark.parametrize("folder", ["TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"])
def test_a_damaged_rank_file_is_not_used_and_stays_where_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str
) -> None:
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
    monkeypatch.setenv(folder, str(tmp_path))
    damaged = tmp_path / "fb374d419588a4632f3f557e76b4b70aebbca790"
    damaged.write_bytes(b"half a file")
    assert cost.tokeniser("o200k_base").error == 0.25
    assert damaged.read_bytes() == b"half a file"


@pytest.mark.usefixtures("no_download")
def test_a_cache_that_is_switched_off_means_an_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "")
    assert cost.tokeniser("o200k_base").error == 0.25


@pytest.mark.parametrize("encoding", [None, "r50k_base"])
def test_an_unknown_encoding_means_an_estimate(encoding: str | None) -> None:
    assert cost.tokeniser(encoding).error == 0.25


def test_special_tokens_in_a_text_are_plain_text_to_the_estimate() -> None:
    assert cost.estimate("<|endoftext|>") > 1
    assert Tokeniser(cost.estimate, "estimate", 0.25).count("") == 0
