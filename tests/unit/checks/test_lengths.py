"""T001 and T004: what would be cut off. Tokens are words here, so that they can be counted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dataprep import providers
from dataprep.checks import Context, Selection
from dataprep.checks.columnar import plain_of
from dataprep.checks.per_file.lengths import Cut, LengthWatch, cuts, length_faults
from dataprep.finding import Place
from dataprep.formats import FORMATS, Reading, pieces_of
from dataprep.formats.native import halves_of
from dataprep.tokens import Counter, TokenAccount
from tests.unit.checks.rows import assistant, chat, check, codes, pair, read, user

ONLY_LENGTHS = Selection(["T001", "T004"])
LIMIT = 65_536
CASES = Path(__file__).parents[2] / "cases"


def words_of(texts: Sequence[str]) -> list[float]:
    return [len(text.split()) for text in texts]


WORDS = Counter("words", words_of)
"""4 tokens around each message, one for each word."""


def reading(row: dict[str, Any]) -> Reading:
    """What the row says."""
    found = read(row).reading
    assert found is not None
    return found


@pytest.mark.parametrize("code", ["T001", "T004"])
@pytest.mark.parametrize("name", ["bad", "good"])
def test_the_cases(code: str, name: str) -> None:
    folder = CASES / code
    settings = json.loads((folder / "settings.json").read_text("utf-8"))
    row = json.loads((folder / f"{name}.jsonl").read_text("utf-8"))
    faults = list(length_faults(row, reading(row), Context(**settings)))
    assert [fault.code for fault in faults] == ([code] if name == "bad" else [])


def test_an_estimate_speaks_only_where_it_is_sure() -> None:
    usual = chat(user("word " * LIMIT), assistant("Hi"))
    sure = chat(user("word " * 88_000), assistant("Hi"))
    context = Context(selection=ONLY_LENGTHS)
    assert codes(usual, context=context) == []
    (finding,) = check(sure, context=context)
    assert (finding.code, finding.place.path) == ("T004", "messages[1]")
    assert finding.message == (
        "the example has about 88,009 tokens, over the limit of 65,536, and the prompt alone "
        "fills it: all about 1 answer tokens would be cut off"
    )


@pytest.mark.parametrize(
    ("limit", "code", "message"),
    [
        # 4 + 2 of the question, 3 before the answer, 5 words, 1 mark of the end: 15
        (15, None, ""),
        (14, "T001", "what follows the last answer would be cut off"),
        (13, "T001", "the last 1 of 5 answer tokens would be cut off"),
        (10, "T001", "the last 4 of 5 answer tokens would be cut off"),
        (9, "T004", "the prompt alone fills it: all 5 answer tokens would be cut off"),
        (3, "T004", "the prompt alone fills it: all 5 answer tokens would be cut off"),
    ],
)
def test_what_is_cut_is_told_to_the_token(limit: int, code: str | None, message: str) -> None:
    row = chat(user("one two"), assistant("a b c d e"))
    context = Context(selection=ONLY_LENGTHS, counter=WORDS, token_limit=limit)
    faults = list(length_faults(row, reading(row), context))
    assert [fault.code for fault in faults] == ([code] if code else [])
    assert all(fault.message.endswith(message) for fault in faults)
    if faults:
        assert faults[0].message.startswith(f"the example has 15 tokens, over the limit of {limit}")


def test_the_last_answer_counts_and_turns_behind_it_go_first() -> None:
    row = chat(user("a"), assistant("b c"), user("d e f g"))
    context = Context(counter=WORDS, token_limit=15)
    (fault,) = length_faults(row, FORMATS["openai-chat"].read(row), context)
    assert (fault.code, fault.path) == ("T001", "messages[1]")
    assert fault.message.endswith("what follows the last answer would be cut off")


@pytest.mark.parametrize(
    ("row", "cut"),
    [
        (pair("a b c", "d e f"), Cut(6, 3, 3, 2, "completion")),
        ({"instruction": "a b", "input": "c", "output": "d e"}, Cut(5, 3, 2, 1, "completion")),
        ({"text": "a b c d e f"}, Cut(6, 0, 6, 2, "text")),
        (
            {"prompt": "a", "chosen": "b", "rejected": "c d e f"},
            Cut(13, 8, 4, 4, "non_preferred_output[0]"),
        ),
    ],
)
def test_rows_of_other_formats_are_cut_too(row: dict[str, Any], cut: Cut) -> None:
    assert list(cuts(reading(row), WORDS, 4)) == [cut]


def test_of_a_preference_pair_the_longer_answer_decides() -> None:
    row = {
        "input": {"messages": [user("a")]},
        "preferred_output": [assistant("b")],
        "non_preferred_output": [assistant("b c d")],
    }
    assert list(cuts(reading(row), WORDS, 11)) == [Cut(12, 8, 3, 0, "non_preferred_output[0]")]
    assert list(cuts(reading(row), WORDS, 12)) == []  # 17 tokens in both, and none too long


def test_a_sharegpt_conversation_is_cut_at_its_last_answer() -> None:
    turns = [{"from": "human", "value": "a b"}, {"from": "gpt", "value": "c d e"}]
    assert list(cuts(reading({"conversations": turns}), WORDS, 10)) == [
        Cut(13, 9, 3, 2, "messages[1]")
    ]


def test_pictures_do_not_count_as_characters() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 9999}}
    row = chat(user([picture]), assistant("a"))
    assert list(length_faults(row, reading(row), Context(token_limit=100))) == []


def test_without_a_known_limit_nothing_is_too_long() -> None:
    row = chat(user("word " * 100_000), assistant("Hi"))
    assert list(length_faults(row, reading(row), Context(token_limit=0))) == []


# In batches, into an account.


def counted(
    account: TokenAccount, rows: Sequence[dict[str, Any]], part: str = "train"
) -> LengthWatch:
    watch = LengthWatch(Context(account=account))
    for number, row in enumerate(rows, 1):
        watch.add(read(row), Place(file=f"{part}.jsonl", line=number), part)
    return watch


def test_an_account_holds_every_row_and_the_row_check_leaves_them_to_it() -> None:
    account = TokenAccount(WORDS, limit=12)
    rows = [chat(user("a"), assistant("b c")), chat(user("a"), assistant("b c d e f"))]
    (finding,) = counted(account, rows).findings()
    assert str(finding.place) == "train.jsonl:2"
    assert finding.message == (
        "the example has 14 tokens, over the limit of 12: the last 1 of 5 answer tokens would be "
        "cut off"
    )
    assert (account.tokens, account.examples, account.over_limit) == (25, 2, 1)
    assert [(over.cut, over.of) for over in account.over] == [(1, 5)]
    assert (
        list(length_faults(rows[1], reading(rows[1]), Context(account=account, token_limit=1)))
        == []
    )


def test_rows_are_counted_in_batches_and_none_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[int] = []

    def sizes(texts: Sequence[str]) -> list[float]:
        batches.append(len(texts))
        return words_of(texts)

    monkeypatch.setattr("dataprep.checks.per_file.lengths.BATCH", 40)
    account = TokenAccount(Counter("words", sizes))
    rows = [chat(user("x" * 10), assistant("y"))] * 7
    assert list(counted(account, rows).findings()) == []
    assert account.examples == 7
    assert len(batches) > 1
    assert sum(batches) == 14


@pytest.mark.parametrize(
    "rows",
    [
        [
            chat(user("a b"), assistant("c d e f g")),
            chat(assistant("x")),
            chat(user("q"), assistant("r")),
        ],
        [pair("a b", "c d e f g h i j k l m n o"), pair("a", "b")],
    ],
)
def test_rows_that_are_text_alone_count_as_they_do_one_by_one(rows: list[dict[str, Any]]) -> None:
    slowly, quickly = TokenAccount(WORDS, limit=13), TokenAccount(WORDS, limit=13)
    found = [str(f) for f in counted(slowly, rows).findings()]
    watch = LengthWatch(Context(account=quickly))
    asked = [_asked_in(row) for row in rows]
    texts = [[piece.text for piece in pieces_of(reading(row))] for row in rows]
    form = read(rows[0]).form
    assert form is not None
    plain = plain_of(range(1, len(rows) + 1), asked, texts)
    watch.add_plain(plain, form, "train.jsonl", "train")
    assert [str(f) for f in watch.findings()] == found
    assert quickly.splits == slowly.splits
    assert len(found) == 1


def _asked_in(row: dict[str, Any]) -> str:
    halves = halves_of(read(row))
    assert halves is not None
    return halves[0].decode()


def test_azures_two_billion_are_tokens_times_epochs() -> None:
    reader = providers.reader("azure:gpt-4o-mini")

    def said(tokens_each: int, epochs: int) -> list[str]:
        account = TokenAccount(
            Counter("fixed", lambda texts: [tokens_each] * len(texts), per_message=0),
            None,
            reader,
            epochs,
        )
        return [f.message for f in counted(account, [pair("a", "b")]).findings()]

    assert said(500_000_000, 2) == []
    assert said(500_000_001, 2) == [
        "1,000,000,002 tokens in 2 epochs are 2,000,000,004: Azure OpenAI takes at most "
        "2,000,000,000"
    ]


def test_without_an_account_the_watch_does_nothing() -> None:
    watch = LengthWatch(Context(counter=WORDS))
    row = pair("a", "b")
    watch.add(read(row), Place(file="a", line=1), "a")
    assert list(watch.findings()) == []
