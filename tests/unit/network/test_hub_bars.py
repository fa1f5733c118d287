"""The progress bars of the Hub's client are off where nobody would see them, and then as before."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from dataprep.network import hidden_hub_bars

pytest.importorskip("huggingface_hub")
hub: Any = import_module("huggingface_hub.utils")
client: Any = import_module("huggingface_hub.utils.tqdm")


@pytest.fixture(autouse=True)
def as_at_first(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(client, "HF_HUB_DISABLE_PROGRESS_BARS", None)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    before = dict(client.progress_bar_states)
    client.progress_bar_states.clear()
    yield
    client.progress_bar_states.clear()
    client.progress_bar_states.update(before)


def test_they_are_off_meanwhile_and_then_as_they_were() -> None:
    with hidden_hub_bars():
        assert hub.are_progress_bars_disabled()
    assert client.progress_bar_states == {}
    hub.disable_progress_bars("a.group")
    before = dict(client.progress_bar_states)
    with pytest.raises(ZeroDivisionError), hidden_hub_bars():
        assert hub.are_progress_bars_disabled("another.group")
        raise ZeroDivisionError
    assert client.progress_bar_states == before


def test_the_last_of_several_that_overlap_puts_them_back() -> None:
    first, second = hidden_hub_bars(), hidden_hub_bars()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert hub.are_progress_bars_disabled()
    second.__exit__(None, None, None)
    assert client.progress_bar_states == {}


def test_on_a_terminal_they_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with hidden_hub_bars():
        assert not hub.are_progress_bars_disabled()


@pytest.mark.parametrize("asked", [True, False])
def test_what_the_environment_says_holds_without_a_warning(
    monkeypatch: pytest.MonkeyPatch, *, asked: bool
) -> None:
    monkeypatch.setattr(client, "HF_HUB_DISABLE_PROGRESS_BARS", asked)
    with hidden_hub_bars():
        assert client.progress_bar_states == {}
    assert client.progress_bar_states == {}
