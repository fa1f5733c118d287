"""Who is spoken to: address, key and protocol, from the table and the environment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from dataprep import network, providers
from dataprep.finding import UsageError
from dataprep.network import KeyGrant
from dataprep.providers import Provider
from trainers.openai.client import connect
from trainers.openai.together import TogetherWire
from trainers.openai.wire import OpenAIWire

_TOGETHER = ("https://api.together.ai/v1", "TOGETHER_API_KEY")
SPOKEN = ("openai", "together")


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A server: enough to come back to it from a ledger. `name` is empty for an unknown one.

    `key_variable` is empty where no key goes to it. `typed` and `key_named` say that a person gave
    the address and the variable.
    """

    name: str = ""
    protocol: str = "openai"
    base_url: str = ""
    key_variable: str = ""
    key_named: bool = False
    typed: bool = False

    def wire(self, sleep: Callable[[float], None]) -> OpenAIWire | TogetherWire:
        """A connection; raises as `connect` does, and UsageError for a closed platform."""
        if not self.base_url:
            raise UsageError(
                f"{self.name} has no address any more: its platform is closed.",
                "Name another provider, or the server with --base-url.",
            )
        address = network.server_address(self.base_url)
        grant = KeyGrant(address=address, variable=self.key_variable)
        client = connect(grant, self.base_url, "api-key" if self.name == "azure" else None)
        spoken: type[Any] = TogetherWire if self.protocol == "together" else OpenAIWire
        made: OpenAIWire | TogetherWire = spoken(client, sleep)
        return made

    @property
    def flags(self) -> dict[str, str]:
        """What a command needs to come back to this server, beside the provider's name."""
        address = {"base_url": self.base_url} if self.typed else {}
        return address | ({"key_variable": self.key_variable} if self.key_named else {})


def server_of(
    name: str | None,
    base_url: str | None,
    table: Path | None = None,
    key_variable: str | None = None,
) -> tuple[Server, Provider | None]:
    """The server, and the row of the table whose dates, prices and limits hold there.

    The provider is OpenAI, unless `base_url` names another server: then none that is not named.
    The key is the provider's at its own server; at any other it is the one in `key_variable`, or
    none. Raises UsageError for a provider whose protocol nobody here speaks.
    """
    if name is None and base_url is not None:
        return _server(base_url, key_variable, table), None
    row = providers.provider(name or "openai", table)
    if row.protocol not in SPOKEN and row.platform.status != "closed":
        raise UsageError(
            f"{row.title} does not speak the protocol of OpenAI or Together.",
            f"Upload openai-chat/train.jsonl with {row.title}'s own client.",
        )
    if base_url is not None:
        server = _server(base_url, key_variable, table)
        return msgspec.structs.replace(server, name=row.name, protocol=row.protocol), row
    address, key = (row.base_url, row.key_variable)
    if row.protocol == "together":
        address, key = address or _TOGETHER[0], key or _TOGETHER[1]
    if row.name == "azure":
        address = network.azure_address()
    if address is None and row.platform.status != "closed":
        raise UsageError(f"{row.title} has no one address.", f"Pass --base-url. {row.note}")
    if address and key_variable is not None:
        key = network.granted(address, key_variable, table).variable
    server = Server(
        name=row.name,
        protocol=row.protocol,
        base_url=(address or "").rstrip("/"),
        key_variable=key or "",
        key_named=key_variable is not None,
    )
    return server, row


def _server(base_url: str, key_variable: str | None, table: Path | None) -> Server:
    grant = network.granted(base_url, key_variable, table)
    return Server(
        base_url=base_url.rstrip("/"),
        key_variable=grant.variable,
        key_named=key_variable is not None,
        typed=True,
    )
