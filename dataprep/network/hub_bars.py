"""The progress bars of the Hub's client: hidden where nobody would see them, and put back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import Lock
from typing import Any


@contextmanager
def hidden_hub_bars() -> Iterator[None]:
    """Show no bars meanwhile, but on a terminal; what HF_HUB_DISABLE_PROGRESS_BARS says holds.

    Raises ImportError without huggingface_hub.
    """
    client: Any = import_module("huggingface_hub.utils.tqdm")
    if client.HF_HUB_DISABLE_PROGRESS_BARS is not None or sys.stderr.isatty():
        yield
        return
    with _HIDDEN.by(client):
        yield


@contextmanager
def restored_hub_bars() -> Iterator[None]:
    """Whichever bars are shown and hidden now are afterwards, where the client is loaded."""
    client: Any = sys.modules.get("huggingface_hub.utils.tqdm")
    if client is None:
        yield
        return
    before = dict(client.progress_bar_states)
    try:
        yield
    finally:
        _put_back(client, before)


class _Hidden:
    """Hides the bars for as long as anybody is within: threads overlap."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._within = 0
        self._before: dict[str, bool] = {}

    @contextmanager
    def by(self, client: Any) -> Iterator[None]:
        """Hide them; the first that comes remembers how they were, and the last puts them back."""
        with self._lock:
            self._within += 1
            if self._within == 1:
                self._before = dict(client.progress_bar_states)
                client.disable_progress_bars()
        try:
            yield
        finally:
            with self._lock:
                self._within -= 1
                if not self._within:
                    _put_back(client, self._before)


def _put_back(client: Any, states: dict[str, bool]) -> None:
    client.progress_bar_states.clear()
    client.progress_bar_states.update(states)


_HIDDEN = _Hidden()
