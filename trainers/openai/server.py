"""Who is spoken to: address, key and protocol, from the table and the environment."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from dataprep import providers
from dataprep.finding import UsageError
from dataprep.providers import Provider
from trainers.openai.client import connect
from trainers.openai.together import TogetherWire
from trainers.openai.wire import OpenAIWire

AZURE_ENDPOINT = "AZURE_OPENAI_ENDPOINT"
_TOGETHER = ("https://api.together.ai/v1", "TOGETHER_API_KEY")
_SPOKEN = ("openai", "together")


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A server: enough to come back to it from a ledger. `name` is empty for an unknown one."""

    name: str = ""
    protocol: str = "openai"
    base_url: str = ""
    key_variable: str = "OPENAI_API_KEY"

    def wire(self, sleep: Callable[[float], None]) -> OpenAIWire | TogetherWire:
        """A connection; raises EnvironmentProblem without a key."""
        client = connect(
            self.base_url, self.key_variable, "api-key" if self.name == "azure" else None
        )
        spoken: type[Any] = TogetherWire if self.protocol == "together" else OpenAIWire
        made: OpenAIWire | TogetherWire = spoken(client, sleep)
        return made


def server_of(
    name: str | None, base_url: str | None, table: Path | None = None
) -> tuple[Server, Provider | None]:
    """The server, and the row of the table whose dates, prices and limits hold there.

    The provider is OpenAI, unless `base_url` names another server: then none that is not named.
    Raises UsageError for a provider whose protocol nobody here speaks.
    """
    if base_url is not None and not base_url.startswith(("http://", "https://")):
        raise UsageError(f"{base_url!r} is no address.", "Give it as https://HOST/v1")
    if name is None and base_url is not None:
        return Server(base_url=base_url.rstrip("/")), None
    row = providers.provider(name or "openai", table)
    if row.protocol not in _SPOKEN and row.platform.status != "closed":
        raise UsageError(
            f"{row.title} does not speak the protocol of OpenAI or Together.",
            f"Upload openai-chat/train.jsonl with {row.title}'s own client.",
        )
    address, key = (row.base_url, row.key_variable)
    if row.protocol == "together":
        address, key = address or _TOGETHER[0], key or _TOGETHER[1]
    if row.name == "azure" and base_url is None:
        address = _azure()
    address = base_url or address
    if address is None and row.platform.status != "closed":
        raise UsageError(f"{row.title} has no one address.", f"Pass --base-url. {row.note}")
    server = Server(
        name=row.name,
        protocol=row.protocol,
        base_url=(address or "").rstrip("/"),
        key_variable=key or "OPENAI_API_KEY",
    )
    return server, row


def _azure() -> str:
    """The address of the user's resource, with the path that speaks OpenAI's protocol."""
    endpoint = os.environ.get(AZURE_ENDPOINT, "").strip().rstrip("/")
    if not endpoint.startswith(("http://", "https://")):
        raise UsageError(
            f"{AZURE_ENDPOINT} does not hold the address of your resource.",
            f"export {AZURE_ENDPOINT}=https://NAME.openai.azure.com (or pass --base-url).",
        )
    return endpoint if endpoint.endswith("/openai/v1") else f"{endpoint}/openai/v1"
