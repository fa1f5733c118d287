"""Which key goes to which server: each to its own, and elsewhere only where a person says so."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from dataprep import providers
from dataprep.finding import EnvironmentProblem, Refused, UsageError
from dataprep.network.address import ServerAddress, address_in, server_address
from dataprep.patterns import LatePattern

AZURE_ENDPOINT = "AZURE_OPENAI_ENDPOINT"
_AZURE_PATH = "/openai/v1"
_NAME = LatePattern(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
NO_KEY = "none"
"""What is sent where a protocol wants a key and the server none: vLLM and llama.cpp ignore it."""


class KeyGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A server, and the environment variable whose key may go there; empty for no key at all."""

    address: ServerAddress
    variable: str = ""


def granted(url: str, named: str | None = None, table: Path | None = None) -> KeyGrant:
    """The server at `url`, with the variable that was `named` for it, else the provider's own.

    A server that no provider is known for gets no key unless one is named.
    """
    address = server_address(url)
    if named is not None and not _NAME.fullmatch(named):
        raise UsageError(
            "--key-variable takes the name of an environment variable, and never the key itself.",
            "Put the key into a variable of your own, and give its name: --key-variable MY_KEY.",
        )
    return KeyGrant(address=address, variable=named or own_variable(address, table))


def own_variable(address: ServerAddress, table: Path | None = None) -> str:
    """The variable of the provider whose own server this is; empty where it is nobody's.

    The servers are those of the table of providers, and the user's own resource at Azure.
    """
    for row in providers.table(table).providers:
        own = address_in(row.base_url) if row.base_url else None
        if row.name == "azure" and own is None:
            own = address_in(os.environ.get(AZURE_ENDPOINT, "").strip())
        if own is not None and row.key_variable and own.origin == address.origin:
            return row.key_variable
    return ""


def azure_address() -> str:
    """The address of the user's resource at Azure, with the path that speaks OpenAI's protocol."""
    endpoint = os.environ.get(AZURE_ENDPOINT, "").strip()
    example = "https://NAME.openai.azure.com"
    if not endpoint:
        raise UsageError(
            f"{AZURE_ENDPOINT} does not hold the address of your resource.",
            f"export {AZURE_ENDPOINT}={example} (or pass --base-url and --key-variable).",
        )
    address = server_address(endpoint, example)
    path = address.path if address.path.endswith(_AZURE_PATH) else address.path + _AZURE_PATH
    return address.site + path


def key_for(grant: KeyGrant) -> str:
    """The key that goes to this server, from the environment and from nowhere else.

    `NO_KEY` where none does. Raises EnvironmentProblem for a variable that holds none, Refused
    where it would go unencrypted over a network.
    """
    name = grant.variable
    if not name:
        return NO_KEY
    key = os.environ.get(name, "").strip()
    if not key:
        raise EnvironmentProblem(
            f"{name} is not set.",
            f"Put your key there: export {name}=... (it is never printed).",
        )
    if not (key.isascii() and key.isprintable()):
        raise EnvironmentProblem(f"{name} holds characters that no key has.", "Copy the key again.")
    refuse_unencrypted(grant.address, f"The key in {name}", "Use https://.")
    return key


def refuse_unencrypted(address: ServerAddress, what: str, remedy: str) -> None:
    """Raise Refused where a key would go over a network as anybody on the way can read it."""
    if not (address.encrypted or address.local):
        raise Refused(f"{what} would go to {address.host} unencrypted.", remedy)
