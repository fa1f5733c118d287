"""The commands that carry a key, at any server and with the key of any provider."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from dataprep.finding import DataprepError
from trainers import rescue
from trainers.openai import jobs, plan, run

KEYS = {
    "openai": "OPENAI_API_KEY",
    "azure": "AZURE_OPENAI_API_KEY",
    "nebius": "NEBIUS_API_KEY",
    "together": "TOGETHER_API_KEY",
}
KEY = "sk-test-abcdefgh"


def set_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same key for every provider, and one that is no business of theirs."""
    for name in (*KEYS.values(), "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, KEY)
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.0)
    monkeypatch.setattr("openai._base_client.MAX_RETRY_DELAY", 0.0)


def train(url: str, provider: str, folder: Path, room: Path) -> Any:
    made = plan(
        folder,
        provider=provider,
        base_url=url,
        key_variable=KEYS[provider],
        model="gpt-4o-mini",
        accept=("shutdown", "cost", "findings"),
        run_dir=room / "run",
    )
    return run(msgspec.structs.replace(made, gates=()), poll=0, sleep=lambda _: None)


def command(name: str, url: str, provider: str, folder: Path, room: Path) -> Any:
    """One command of the command line, at that server with that provider's key."""
    given = (provider, url, KEYS[provider])
    match name:
        case "train":
            return train(url, provider, folder, room)
        case "jobs":
            return jobs.listed(*given, folder=room, sleep=lambda _: None)
        case "cancel":
            return jobs.cancel("ftjob-1", *given, folder=room, sleep=lambda _: None)
        case "attach":
            return jobs.attach("ftjob-1", *given, folder=room, poll=0, sleep=lambda _: None)
    only = ("file-1",) if name == "rescue of a file" else ()
    named = {"provider": provider, "base_url": url, "key_variable": KEYS[provider]}
    return rescue.rescue(room / "rescued", only=only, **named, sleep=lambda _: None)


COMMANDS = [
    (name, provider)
    for name in ("train", "jobs", "cancel", "attach", "rescue", "rescue of a file")
    for provider in KEYS
    if not (name.startswith("rescue") and provider == "together")
]


def words_of(name: str, url: str, provider: str, folder: Path, room: Path) -> str:
    """What a command says that fails, or what a rescue of one file says of that file."""
    try:
        made = command(name, url, provider, folder, room)
    except DataprepError as error:
        assert error.exit_code in (1, 2, 4, 5)
        assert error.remedy
        return str(error)
    assert name.startswith("rescue")
    return str(made)
