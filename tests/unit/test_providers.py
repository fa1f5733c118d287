"""The table of providers: its contract, its names and its dates."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
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


def test_the_six_providers_are_there() -> None:
    names = [row.name for row in providers.table().providers]
    assert names == ["openai", "azure", "together", "fireworks", "nebius", "mistral"]


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
    with pytest.raises(
        UsageError, match="There are: azure, fireworks, mistral, nebius, openai, together"
    ):
        providers.provider("xyz")


def test_a_whole_table_of_the_user_is_laid_over_the_shipped_one(tmp_path: Path) -> None:
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
    "text", ["", "[]", "{", "\x00", "[" * 100_000, '{"schema": "urn:dataprep:schema:providers:2"}']
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


# A user's own file holds only what differs.


def own_table(tmp_path: Path, **provider: Any) -> Path:
    path = tmp_path / "own.json"
    path.write_text(json.dumps({"providers": [{"name": "openai", **provider}]}), "utf-8")
    return path


def test_one_price_of_one_model_changes_and_all_else_stays(tmp_path: Path) -> None:
    price = {"price": {"training_usd_per_million": 4.0, "as_of": "our contract"}}
    path = own_table(tmp_path, models=[{"name": "gpt-4o-mini-2024-07-18", **price}])
    mini = providers.model("openai", "gpt-4o-mini", path)
    assert mini is not None
    assert mini.price is not None
    assert mini.price.training_usd_per_million == 4.0
    assert (mini.price.as_of, mini.example_tokens) == ("our contract", 65536)
    full = providers.model("openai", "gpt-4o", path)
    assert full == providers.model("openai", "gpt-4o")
    assert providers.provider("azure", path) == providers.provider("azure")


def test_the_environment_names_the_users_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATAPREP_PROVIDERS", str(own_table(tmp_path, title="Our OpenAI")))
    assert providers.provider("openai").title == "Our OpenAI"


@pytest.mark.parametrize(
    ("provider", "said"),
    [
        ({"pirce": 1}, r"unknown field `pirce` - at `providers\[openai\]`"),
        (
            {"models": [{"name": "gpt-4o-mini-2024-07-18", "example_tokens": "many"}]},
            r"Expected `int \| null`, got `str` - at "
            r"`providers\[openai\]\.models\[gpt-4o-mini-2024-07-18\]\.example_tokens`",
        ),
        (
            {"limits": {"min_examples": 0}},
            r"Expected `int` >= 1 - at `providers\[openai\]\.limits\.min_examples`",
        ),
        ({"models": [{"name": "new"}]}, r"missing required field `methods` - at `providers"),
        ({"models": 3}, r"Expected `array`, got `int` - at `providers\[openai\]\.models`"),
        (
            {"platform": {"closes": "soon"}},
            r"Invalid RFC3339 encoded date - at `providers\[openai\]\.platform\.closes`",
        ),
    ],
)
def test_a_mistake_in_the_users_table_is_told_with_its_place(
    tmp_path: Path, provider: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        providers.table(own_table(tmp_path, **provider))


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        (lambda t: t["providers"][0]["limits"].update(min_examples=0), False),
        (lambda t: t["providers"][0]["limits"].update(image_examples=0), True),
        (lambda t: t["providers"][0]["models"][0].update(methods=["magic"]), False),
        (lambda t: t["providers"][0]["models"][0].update(methods=[]), True),
        (lambda t: t["providers"][0].update(confidence="rumour"), False),
        (lambda t: t["providers"][0]["models"][0]["price"].update(as_of=""), False),
        (lambda t: t["providers"][0].pop("title"), False),
        (lambda t: t.update(dated="last week"), False),
    ],
)
def test_the_schema_and_the_reader_agree(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], fits: bool
) -> None:
    own = raw()
    change(own)
    assert contracts.contract("providers").accepts(own) == fits
    read = True
    try:
        msgspec.convert(own, providers.Table)
    except msgspec.ValidationError:
        read = False
    assert read == fits


def test_a_model_of_the_users_own_needs_a_name_and_a_method(tmp_path: Path) -> None:
    price = {"training_usd_per_million": 0.5}
    own = {"name": "together", "models": [{"name": "a/b", "methods": ["dpo"], "price": price}]}
    path = tmp_path / "own.json"
    path.write_text(json.dumps({"providers": [own]}), "utf-8")
    model = providers.model("together", "a/b", path)
    assert model is not None
    assert model.price is not None
    assert (model.price.as_of, model.confidence) == ("a day not said", "unknown")
    assert providers.reader("together:c/d", path).model is None


def test_whatever_is_changed_in_a_table_it_is_read_or_told(tmp_path: Path) -> None:
    rng = random.Random(3)  # noqa: S311
    path = tmp_path / "own.json"
    for number in range(300):
        own = path.with_stem(f"own{number}")
        own.write_text(json.dumps(mutated(raw(), rng)), "utf-8")
        try:
            providers.table(own)
        except UsageError as error:
            assert "is not a table of providers" in error.message


def mutated(value: Any, rng: random.Random) -> Any:
    if isinstance(value, dict) and value and rng.random() < 0.8:
        key = rng.choice(list(value))
        return {**value, key: mutated(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.8:
        at = rng.randrange(len(value))
        return [*value[:at], mutated(value[at], rng), *value[at + 1 :]]
    return rng.choice([None, [], -1, 0, 3.5, "x", "", {"a": 1}, [[]], True, {"name": 5}, 10**30])


# Who would read a file.


def test_a_reader_is_a_provider_and_perhaps_a_model() -> None:
    whole = providers.reader("azure:gpt-4o-mini")
    assert (whole.name, whole.token_limit) == ("azure:gpt-4o-mini", 65536)
    assert (whole.encoding, whole.limits.byte_order_mark) == ("o200k_base", True)
    assert (whole.training_ends, whole.shutdown) == (date(2027, 4, 1), date(2027, 10, 1))
    alone = providers.reader("together")
    assert (alone.name, alone.model, alone.token_limit) == ("together", None, None)
    assert "text" in alone.formats


def test_the_earlier_of_two_ends_counts() -> None:
    assert providers.reader("openai:gpt-4o").training_ends == date(2027, 1, 6)
    assert providers.reader("openai:gpt-4.1-nano").training_ends == date(2026, 10, 23)
    assert providers.reader("openai").training_ends == date(2027, 1, 6)


def test_a_slip_of_the_pen_is_told_and_another_model_is_kept() -> None:
    with pytest.raises(UsageError, match="Did you mean openai:gpt-4o-mini"):
        providers.reader("openai:gpt-4o-mimi")
    with pytest.raises(UsageError, match="Did you mean openai"):
        providers.reader("opnai:gpt-4o")
    other = providers.reader("openai:gpt-5")
    assert (other.model, other.asked) == (None, "gpt-5")


@pytest.mark.parametrize(
    ("dated", "told"),
    [
        ("2026-11", "at most 21 days old"),
        ("2026-11-21", "1 day old"),
        ("2026-11-22", "0 days old"),
        ("2024-01-01", "1,056 days old"),
        ("2027-01", "at most 0 days old"),
    ],
)
def test_the_age_of_a_table_is_told_in_days(dated: str, told: str) -> None:
    assert providers.age(dated, date(2026, 11, 22)) == told
