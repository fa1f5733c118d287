"""How the house speaks to a server: which address, which key goes there, and with what limits.

Every client that carries a key is made by `guarded`; every key is asked for by `key_for`.
"""

from dataprep.network.address import (
    ServerAddress,
    address_in,
    is_loopback,
    origin_of,
    same_place,
    server_address,
    shown,
)
from dataprep.network.guarded import guarded
from dataprep.network.hub_bars import hidden_hub_bars, restored_hub_bars
from dataprep.network.hub_token import hub_is_open, keep_hub_token
from dataprep.network.keys import (
    AZURE_ENDPOINT,
    KeyGrant,
    azure_address,
    granted,
    key_for,
    own_variable,
    refuse_unencrypted,
)
from dataprep.network.limits import LIMITS, NetworkLimits
from dataprep.network.problems import AnswerTooLarge, NetworkProblem, RedirectRefused

__all__ = [
    "AZURE_ENDPOINT",
    "LIMITS",
    "AnswerTooLarge",
    "KeyGrant",
    "NetworkLimits",
    "NetworkProblem",
    "RedirectRefused",
    "ServerAddress",
    "address_in",
    "azure_address",
    "granted",
    "guarded",
    "hidden_hub_bars",
    "hub_is_open",
    "is_loopback",
    "keep_hub_token",
    "key_for",
    "origin_of",
    "own_variable",
    "refuse_unencrypted",
    "restored_hub_bars",
    "same_place",
    "server_address",
    "shown",
]
