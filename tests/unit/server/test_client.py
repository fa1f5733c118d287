"""Addresses and tokens: what is taken, what is refused, and that no token is ever shown."""

from __future__ import annotations

import gc
import sys
import types
from typing import Any

import httpx2
import pytest

from dataprep.finding import DataprepError, EnvironmentProblem, UsageError
from dataprep.server import api_token, connect
from dataprep.server.client import address_of

TOKEN = "0123456789" * 4


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("http://localhost:8080", "http://localhost:8080"),
        ("localhost:8080/", "http://localhost:8080"),
        ("https://example.com/studio/projects/7/data", "https://example.com/studio"),
        ("https://example.com/api", "https://example.com"),
    ],
)
def test_the_address_of_a_page_is_that_of_its_server(given: str, address: str) -> None:
    assert address_of(given) == address


@pytest.mark.parametrize("given", ["", "ftp://example.com", "http://", "http://a:b@example.com"])
def test_what_is_no_address_is_refused_and_not_repeated(given: str) -> None:
    with pytest.raises(UsageError) as error:
        address_of(given)
    assert "a:b" not in str(error.value)


def test_the_token_comes_from_the_environment() -> None:
    assert api_token({"LABEL_STUDIO_API_KEY": f" {TOKEN}\n"}, None) == TOKEN


def test_the_token_is_asked_for_where_somebody_can_answer() -> None:
    assert api_token({}, lambda _: TOKEN) == TOKEN


def test_without_a_token_and_a_terminal_it_is_said_where_to_put_it() -> None:
    with pytest.raises(EnvironmentProblem, match="Set LABEL_STUDIO_API_KEY") as refused:
        api_token({}, None)
    assert refused.value.exit_code == 4, "as for the keys of the other roads"


@pytest.mark.parametrize(
    "token", ["s3cret", f"{TOKEN}\nX-Other: 1", f"{TOKEN} {TOKEN}", "tökën" * 9]
)
def test_a_token_that_cannot_be_one_is_refused_and_not_repeated(token: str) -> None:
    with pytest.raises(UsageError) as error:
        connect("http://localhost:8080", token)
    assert token not in str(error.value)


def test_without_the_sdk_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "label_studio_sdk", None)
    with pytest.raises(EnvironmentProblem, match=r"pip install 'dataprep-tune\[label-studio\]'"):
        connect("http://localhost:8080", TOKEN)


class ApiError(Exception):
    """The SDK's, as far as we read it; its text holds all that it was given."""

    status_code: int | None = 401


def install(monkeypatch: pytest.MonkeyPatch, label_studio: Any) -> None:
    """Put a stand-in of the SDK in the place of the SDK."""
    fake: Any = types.ModuleType("label_studio_sdk")
    fake.LabelStudio = label_studio
    inner: Any = types.ModuleType("label_studio_sdk.core.api_error")
    inner.ApiError = ApiError
    monkeypatch.setitem(sys.modules, "httpx", httpx2)
    monkeypatch.setitem(sys.modules, "label_studio_sdk", fake)
    monkeypatch.setitem(sys.modules, "label_studio_sdk.core", types.ModuleType("core"))
    monkeypatch.setitem(sys.modules, "label_studio_sdk.core.api_error", inner)


def test_an_expired_token_is_said_without_showing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def label_studio(**given: Any) -> None:
        raise ApiError(given["api_key"])

    install(monkeypatch, label_studio)
    with pytest.raises(DataprepError, match="does not take the token") as error:
        connect("http://localhost:8080", TOKEN)
    assert TOKEN not in str(error.value)
    assert error.value.__suppress_context__


def test_a_connection_that_is_let_go_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    def label_studio(**given: Any) -> Any:
        http = given["httpx_client"]
        return types.SimpleNamespace(_client_wrapper=types.SimpleNamespace(httpx_client=http))

    install(monkeypatch, label_studio)
    wire: Any = connect("http://localhost:8080", TOKEN)
    http = wire._http
    assert not http.is_closed
    del wire
    gc.collect()
    assert http.is_closed
