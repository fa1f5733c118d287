"""The client of a provider's SDK: what it holds, and what it lets go."""

from __future__ import annotations

import gc

from dataprep.network import granted
from trainers.openai.client import connect


def test_a_client_that_is_let_go_closes_its_connections() -> None:
    address = "http://localhost:9/v1"
    client = connect(granted(address), address)
    http = client._client
    assert not http.is_closed
    del client
    gc.collect()
    assert http.is_closed
