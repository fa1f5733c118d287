"""The token of the Hugging Face Hub goes to its own client alone, and never unencrypted."""

from __future__ import annotations

import os
import sys

from dataprep.network.address import address_in

_ADDRESS = "HF_ENDPOINT"
_SILENCE = "HF_HUB_DISABLE_IMPLICIT_TOKEN"
"""huggingface_hub's own switch: no token goes along that nobody asked for."""


def hub_is_open() -> bool:
    """Whether HF_ENDPOINT names a server to which anybody on the way can read what is sent."""
    found = address_in(os.environ.get(_ADDRESS, ""))
    return found is not None and not (found.encrypted or found.local)


def keep_hub_token() -> None:
    """Have huggingface_hub send no token of its own to such a server, in any command.

    What is public there is read all the same. Where the library is loaded already it is told too.
    """
    if not hub_is_open():
        return
    os.environ[_SILENCE] = "1"
    if (constants := sys.modules.get("huggingface_hub.constants")) is not None:
        constants.HF_HUB_DISABLE_IMPLICIT_TOKEN = True  # type: ignore[attr-defined]
