"""The SDK as far as `connect` uses it, for an environment without it: its client and tokens."""

from __future__ import annotations

import importlib.util
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest


class ApiError(Exception):
    """The SDK's, as far as we read it."""

    def __init__(self, status_code: int) -> None:
        super().__init__()
        self.status_code = status_code


class HttpClient:
    """The client inside the SDK: every call brings the token, a personal one is exchanged first."""

    def __init__(self, address: str, token: str, seconds: float, client: Any) -> None:
        self.address, self.token, self.seconds, self.client = address, token, seconds, client

    def request(
        self,
        path: str,
        *,
        method: str,
        params: dict[str, Any] | None,
        json: Any,
        request_options: dict[str, Any],
    ) -> Any:
        return self.client.request(
            method=method,
            url=self.address + path,
            params=params,
            json=json,
            headers=self._headers(),
            timeout=request_options["timeout_in_seconds"],
        )

    @contextmanager
    def stream(self, path: str, *, method: str, headers: dict[str, str]) -> Iterator[Any]:
        more = self._headers() | headers
        url = self.address + path
        with self.client.stream(method, url, headers=more, timeout=self.seconds) as reply:
            yield reply

    def _headers(self) -> dict[str, str]:
        if self.token.count(".") != 2:
            return {"authorization": f"Token {self.token}"}
        url = self.address + "api/token/refresh/"
        answer = self.client.request(method="POST", url=url, json={"refresh": self.token})
        if answer.status_code != 200:
            raise ApiError(answer.status_code)
        return {"authorization": f"Bearer {answer.json()['access']}"}


class LabelStudio:
    """The door of the SDK."""

    def __init__(self, *, base_url: str, api_key: str, timeout: float, httpx_client: Any) -> None:
        client = HttpClient(base_url, api_key, timeout, httpx_client)
        self._client_wrapper = types.SimpleNamespace(httpx_client=client)


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the stand-in in the place of the SDK, where the true one is not installed."""
    if importlib.util.find_spec("label_studio_sdk") is not None:
        return
    sdk: Any = types.ModuleType("label_studio_sdk")
    sdk.LabelStudio = LabelStudio
    errors: Any = types.ModuleType("label_studio_sdk.core.api_error")
    errors.ApiError = ApiError
    monkeypatch.setitem(sys.modules, "httpx", httpx2)
    monkeypatch.setitem(sys.modules, "label_studio_sdk", sdk)
    monkeypatch.setitem(sys.modules, "label_studio_sdk.core", types.ModuleType("core"))
    monkeypatch.setitem(sys.modules, "label_studio_sdk.core.api_error", errors)
