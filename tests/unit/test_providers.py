"""The table of providers: its contract, its names and its dates."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dataprep import contracts, providers
from dataprep.finding import UsageError

TABLE = Path(__file__).parents[2] / "dataprep" / "providers" / "table.json"


def raw() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(TABLE.read_text("utf-8"))
    return loaded


def test_the_table_keeps_its_schema() -> None:
    assert list(contracts.contract("providers").violations(raw())) == []
    assert contracts.contract("providers").accepts(raw())


def test_the_five_providers_are_there() -> None:
    names = [row.name for row in providers.table().providers]
    assert names == ["openai", "azure", "together", "fireworks", "nebius"]


def test_every_source_that_a_row_names_is_listed_and_every_one_listed_is_used() -> None:
    table = providers.table()
    used = {name for row in table.providers for name in row.sources}
    for row in table.providers:
        for model in row.models:
            used.update(model.sources)
            used.update({model.price.source} if model.price else set())
    assert used == set(table.sources)


def test_no_name_or_alias_stands_for_two_models_of_a_provider() -> None:
    for row in providers.table().providers:
        names = [name for model in row.models for name in (model.name, *model.aliases)]
        assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("gpt-4o-mini", "gpt-4o-mini-2024-07-18"),
        ("gpt-4o-mini-2024-07-18", "gpt-4o-mini-2024-07-18"),
        ("gpt-4o", "gpt-4o-2024-08-06"),
        ("gpt-4.1", "gpt-4.1-2025-04-14"),
        ("ft:gpt-4o-mini-2024-07-18:acme:tea:abc", "gpt-4o-mini-2024-07-18"),
    ],
)
def test_a_model_is_found_by_name_alias_and_fine_tuned_name(name: str, found: str) -> None:
    model = providers.model("openai", name)
    assert model is not None
    assert model.name == found


@pytest.mark.parametrize("name", ["gpt-9", "", "ft:", "ft:gpt-9:x"])
def test_a_model_that_is_not_in_the_table_is_none(name: str) -> None:
    assert providers.model("openai", name) is None


@pytest.mark.parametrize(
    ("name", "price", "shutdown"),
    [
        ("gpt-4o-2024-08-06", 25.0, date(2027, 1, 14)),
        ("gpt-4o-mini", 3.0, date(2027, 1, 14)),
        ("gpt-4.1", 25.0, date(2027, 1, 14)),
        ("gpt-4.1-mini", 5.0, date(2027, 1, 14)),
        ("gpt-4.1-nano", 1.5, date(2026, 10, 23)),
        ("gpt-3.5-turbo", 8.0, date(2026, 10, 23)),
        ("babbage-002", 0.4, date(2026, 10, 23)),
    ],
)
def test_prices_and_ends_are_those_of_the_facts(name: str, price: float, shutdown: date) -> None:
    model = providers.model("openai", name)
    assert model is not None
    assert model.price is not None
    assert model.price.training_usd_per_million == price
    assert model.price.as_of == "late 2025"
    assert model.shutdown == shutdown


def test_openai_takes_no_jobs_from_the_sixth_of_january() -> None:
    platform = providers.provider("openai").platform
    assert (platform.status, platform.closes) == ("closing", date(2027, 1, 6))


def test_what_the_facts_do_not_hold_is_none() -> None:
    unpriced = providers.model("openai", "gpt-4o-2024-11-20")
    assert unpriced is not None
    assert (unpriced.price, unpriced.example_tokens) == (None, None)
    assert providers.provider("together").models == ()
    assert providers.provider("fireworks").limits.file_bytes is None


@pytest.mark.parametrize(
    ("until", "left"),
    [
        (date(2027, 1, 6), 45),
        (date(2026, 11, 22), 0),
        (date(2026, 10, 23), -30),
        (None, None),
    ],
)
def test_the_days_left_are_counted_from_a_given_day(until: date | None, left: int | None) -> None:
    assert providers.days_left(until, date(2026, 11, 22)) == left


def test_an_unknown_provider_is_told_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="Did you mean nebius"):
        providers.provider("nebuis")
    with pytest.raises(UsageError, match="There are: azure, fireworks, nebius, openai, together"):
        providers.provider("xyz")


def test_a_users_own_table_replaces_the_shipped_one(tmp_path: Path) -> None:
    own = raw()
    own["dated"] = "2027-02-01"
    own["providers"][0]["models"][0]["price"]["training_usd_per_million"] = 99.0
    path = tmp_path / "own.json"
    path.write_text(json.dumps(own), "utf-8")
    model = providers.model("openai", "gpt-4o", path)
    assert model is not None
    assert model.price is not None
    assert model.price.training_usd_per_million == 99.0
    assert providers.table(path).dated == "2027-02-01"


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "\x00", '{"schema": "urn:dataprep:schema:providers:2"}']
)
def test_a_file_that_is_no_table_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"bad\.json is not a table of providers"):
        providers.table(path)


def test_an_unknown_key_in_a_table_is_told(tmp_path: Path) -> None:
    own = raw()
    own["providers"][0]["pirce"] = 1
    path = tmp_path / "own.json"
    path.write_text(json.dumps(own), "utf-8")
    with pytest.raises(UsageError, match="pirce"):
        providers.table(path)
    assert not contracts.contract("providers").accepts(own)


def test_a_table_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        providers.table(tmp_path / "none.json")
