"""Which key goes where: a provider's to its own server, and elsewhere the one that was named."""

from __future__ import annotations

import pytest

from dataprep.finding import EnvironmentProblem, Refused, UsageError
from dataprep.network import azure_address, granted, key_for


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai")
    monkeypatch.setenv("MINE", " sk-mine\n")
    monkeypatch.delenv("AZURE_OPENAI_ENDPOINT", raising=False)


@pytest.mark.parametrize(
    ("url", "variable"),
    [
        ("https://api.openai.com/v1", "OPENAI_API_KEY"),
        ("https://api.openai.com:443/v1/", "OPENAI_API_KEY"),
        ("https://api.tokenfactory.nebius.com/v1", "NEBIUS_API_KEY"),
        ("https://api.together.ai/v1", "TOGETHER_API_KEY"),
        ("http://api.openai.com/v1", ""),
        ("https://api.openai.com:8443/v1", ""),
        ("https://api.openai.com.example/v1", ""),
        ("https://tea.openai.azure.com/openai/v1", ""),
        ("https://gateway.example/v1", ""),
        ("http://127.0.0.1:8000/v1", ""),
    ],
)
def test_a_key_belongs_to_the_server_of_its_provider(url: str, variable: str) -> None:
    assert granted(url).variable == variable


def test_azures_key_belongs_to_the_resource_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://tea.openai.azure.com/")
    assert granted("https://tea.openai.azure.com/openai/v1").variable == "AZURE_OPENAI_API_KEY"
    assert granted("https://other.openai.azure.com/openai/v1").variable == ""
    assert azure_address() == "https://tea.openai.azure.com/openai/v1"


def test_without_a_key_of_its_own_a_server_gets_none() -> None:
    assert key_for(granted("https://gateway.example/v1")) == "none"
    assert key_for(granted("http://127.0.0.1:8000/v1")) == "none"


def test_a_named_key_goes_over_https_or_to_this_machine_alone() -> None:
    assert key_for(granted("https://gateway.example/v1", "MINE")) == "sk-mine"
    assert key_for(granted("http://localhost:8000/v1", "MINE")) == "sk-mine"
    for url in ("http://gateway.example/v1", "http://192.168.1.7:8000/v1"):
        with pytest.raises(Refused, match=r"The key in MINE would go to .* unencrypted"):
            key_for(granted(url, "MINE"))


def test_azures_resource_over_http_gets_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "http://tea.openai.azure.com")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "az-mine")
    with pytest.raises(Refused, match="AZURE_OPENAI_API_KEY would go to tea"):
        key_for(granted(azure_address()))


@pytest.mark.parametrize("value", ["sk-proj-abcdef", "", "A B", "1KEY", "KEY=x", "x" * 200])
def test_a_key_in_the_place_of_its_name_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(UsageError, match="never the key itself") as refused:
        granted("https://gateway.example/v1", value)
    assert value not in str(refused.value) or not value


def test_a_variable_that_holds_no_key_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE", "sk-ключ")
    with pytest.raises(EnvironmentProblem, match="characters that no key has"):
        key_for(granted("https://gateway.example/v1", "MINE"))
    with pytest.raises(EnvironmentProblem, match="YOURS is not set"):
        key_for(granted("https://gateway.example/v1", "YOURS"))
