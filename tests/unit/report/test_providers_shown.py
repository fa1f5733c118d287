"""`dataprep providers`, and the account of tokens, as they are printed."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import pytest

from dataprep import providers
from dataprep.finding import Place, UsageError
from dataprep.report.providers import providers_json, show_providers
from dataprep.report.tokens import show_tokens, tokens_json
from dataprep.tokens import Count, Counter, TokenAccount, estimator

TODAY = date(2026, 11, 22)


def shown(name: str | None = None, file: Path | None = None) -> str:
    stream = io.StringIO()
    show_providers(stream, TODAY, name=name, file=file)
    return " ".join(stream.getvalue().split())


def test_every_provider_stands_in_the_overview_with_the_age_of_the_table() -> None:
    text = shown()
    for row in providers.table().providers:
        assert row.name in text
    assert "mistral closed unknown unknown unknown documented" in text
    assert text.endswith("The table is dated 2026-11, at most 21 days old.")


def test_one_provider_is_shown_whole_with_what_is_unknown() -> None:
    text = shown("openai")
    assert "new jobs: until 2027-01-06 (45 days)" in text
    assert "new customers: no, existing customers only" in text
    assert "gpt-4o-mini-2024-07-18 65,536 3 USD/M 2027-01-06 2027-01-14 supervised" in text
    assert "gpt-4o-2024-11-20 unknown unknown 2027-01-06 2027-01-14 supervised" in text
    assert "price of late 2025, second-hand" in text
    assert "source openai-deprecations: OpenAI, Deprecations" in text
    assert "largest file: unknown" in shown("fireworks")


def test_an_unknown_provider_is_told() -> None:
    with pytest.raises(UsageError, match="Did you mean azure"):
        shown("azur")


def test_a_users_table_is_named(tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    own.write_text('{"dated": "2026-11-20", "providers": []}', "utf-8")
    text = shown(file=own)
    assert "dated 2026-11-20, 2 days old, with" in text
    assert json.loads(providers_json(TODAY, file=own))["overridden_by"] == str(own)


def test_a_source_that_only_the_user_knows_is_no_stumbling_block(tmp_path: Path) -> None:
    model = {"name": "a/b", "methods": ["dpo"], "price": {"training_usd_per_million": 0.5}}
    own = tmp_path / "own.json"
    own.write_text(json.dumps({"providers": [{"name": "together", "models": [model]}]}), "utf-8")
    assert "a/b unknown 0.5 USD/M unknown unknown dpo" in shown("together", own)


def test_as_json_it_is_the_table_with_its_age() -> None:
    value = json.loads(providers_json(TODAY, name="azure"))
    assert [row["name"] for row in value["providers"]] == ["azure"]
    assert value["age"] == "at most 21 days old"
    assert value["providers"][0]["models"][0]["shutdown"] == "2027-10-01"
    assert len(json.loads(providers_json(TODAY))["providers"]) == 6


def account(counter: Counter) -> TokenAccount:
    made = TokenAccount(counter, 65_536, providers.reader("openai:gpt-4o-mini"))
    made.add("train", Count(100_000, 100_000, True))
    made.add("train", Count(1_000, 1_000, True))
    made.add("validation", Count(10, 10, True))
    made.add_over(Place(file="train.jsonl", line=1), 100_000, 312, 480)
    return made


def printed(made: TokenAccount) -> str:
    stream = io.StringIO()
    show_tokens(made, stream)
    return " ".join(stream.getvalue().split())


def test_an_exact_account_tells_tokens_epochs_cost_and_what_is_cut() -> None:
    text = printed(account(Counter("tiktoken, o200k_base", lambda texts: [0] * len(texts))))
    assert "train 2 101,000" in text
    assert "validation 1 10 10 10 10" in text
    assert "25 epochs, as OpenAI's cookbook reckons them: 2,525,000 tokens to train" in text
    assert "cost: 7.58 USD (3 USD a million at OpenAI, late 2025, second-hand)" in text
    assert "1 example over the limit of 65,536 tokens" in text
    assert "train.jsonl:1: 100,000 tokens, 312 of 480 answer tokens cut off" in text
    assert "about" not in text


def test_an_estimate_says_so_with_every_number() -> None:
    text = printed(account(estimator("no o200k_base rank file on this machine")))
    assert "about 2,525,000 tokens to train" in text
    assert "cost: about 7.58 USD" in text
    assert (
        "counted with estimate: no o200k_base rank file on this machine, right within 25%" in text
    )


def test_what_is_not_documented_is_told_with_its_bound() -> None:
    made = TokenAccount(Counter("tiktoken, o200k_base", lambda texts: [0] * len(texts)))
    made.add("train", Count(120, 100, False))
    text = printed(made)
    assert "(without tools and names: 100 tokens an epoch)" in text
    assert "limit of an example: unknown for this model" in text
    assert "cost: unknown (no price in the table; give one with --providers FILE)" in text


def test_the_account_as_data() -> None:
    value = tokens_json(account(Counter("tiktoken, o200k_base", lambda texts: [0] * len(texts))))
    assert value["splits"]["train"] == {
        "examples": 2,
        "tokens": 101_000,
        "tokens_least": 101_000,
        "median": 100_000,
        "p95": 100_000,
        "longest": 100_000,
        "trained": True,
    }
    assert value["over"] == [
        {"file": "train.jsonl", "line": 1, "tokens": 100_000, "cut": 312, "of": 480}
    ]
    assert (value["usd"], value["epochs"], value["exact"]) == (7.575, 25, True)
    assert json.dumps(value)
