"""Which server a command speaks to, and which key it brings: what a person says, and no ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.finding import DataprepError, EnvironmentProblem, UsageError
from tests.unit.network.hostile import Witness, answering, hostile
from tests.unit.trainers.carrying import COMMANDS, KEY, command, set_keys
from tests.unit.trainers.openai_folder import ready_folder
from tests.unit.trainers.openai_server import platform
from trainers import rescue
from trainers.openai import jobs


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    set_keys(monkeypatch)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ready_folder(tmp_path_factory.mktemp("ready") / "out")


def ledger_of(room: Path, **plan: Any) -> None:
    """A run folder as somebody else could send it."""
    begun = {"key": "k", "request": {}, "folder": "x", "files": []} | plan
    lines: list[dict[str, Any]] = [
        {"at": "2026-01-01T00:00:00+00:00", "step": "plan", "state": "begin", **begun},
        {"at": "2026-01-01T00:00:00+00:00", "step": "create", "state": "done", "job": "ftjob-1"}
        | {"key": "k"},
    ]
    (room / "foreign").mkdir(parents=True)
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (room / "foreign" / "job.jsonl").write_text(text, "utf-8")


FOREIGN = [
    {"provider": "", "key_variable": "AWS_SECRET_ACCESS_KEY"},
    {"provider": "openai", "key_variable": "OPENAI_API_KEY"},
    {"provider": "azure", "key_variable": "AZURE_OPENAI_API_KEY"},
    {"provider": "nebius", "protocol": "together", "key_variable": "HOME"},
    {"provider": "nobody", "key_variable": None},
    {"provider": ["openai"]},
    {},
]


@pytest.mark.parametrize("begun", FOREIGN)
@pytest.mark.parametrize("name", ["cancel", "attach"])
def test_a_foreign_ledger_chooses_neither_a_server_nor_a_key(
    name: str, begun: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://tea.openai.azure.com")
    with hostile(answering()) as other:
        ledger_of(tmp_path, base_url=other.url + "/v1", **begun)
        with pytest.raises(UsageError, match="no provider's own address") as refused:
            getattr(jobs, name)("ftjob-1", folder=tmp_path, sleep=lambda _: None)
        assert other.untouched
    assert f"--base-url {other.url}/v1 --key-variable NAME" in str(refused.value)
    assert "AWS" not in str(refused.value)


def test_a_password_in_the_address_of_a_ledger_is_not_shown(tmp_path: Path) -> None:
    ledger_of(tmp_path, base_url="https://ann:s3cr3t@evil.example/v1")
    with pytest.raises(UsageError) as refused:
        jobs.cancel("ftjob-1", folder=tmp_path)
    assert "s3cr3t" not in str(refused.value)


def own_table(room: Path, url: str) -> Path:
    """A user's own table, in which Nebius is at that address."""
    path = room / "table.json"
    path.write_text(json.dumps({"providers": [{"name": "nebius", "base_url": url}]}), "utf-8")
    return path


def test_a_known_server_of_a_ledger_gets_the_key_of_the_table_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEBIUS_API_KEY", "nb-test-abcdefgh")
    with platform() as server:
        monkeypatch.setenv("DATAPREP_PROVIDERS", str(own_table(tmp_path, server.url)))
        server.jobs.append({"id": "ftjob-1", "object": "fine_tuning.job", "polls": 0, "model": "m"})
        server.statuses = ["running"]
        ledger_of(
            tmp_path / "runs",
            provider="nebius",
            base_url=server.url,
            key_variable="AWS_SECRET_ACCESS_KEY",
        )
        made = jobs.cancel("ftjob-1", folder=tmp_path / "runs", sleep=lambda _: None)
        assert made.status == "cancelled"
        assert server.keys == {"Bearer nb-test-abcdefgh"}


def sent(server: Witness) -> set[str]:
    """The keys that came, and whatever else tells of an account."""
    names = ("authorization", "api-key", "openai-organization", "openai-project")
    return {headers[name] for _, headers, _ in server.requests for name in names if name in headers}


@pytest.mark.parametrize("named", [None, "OPENAI_API_KEY"])
def test_another_server_gets_a_key_only_where_it_is_named(
    named: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-mine")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-mine")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-admin-mine")
    with hostile(answering(b'{"data": []}')) as server:
        for provider in (None, "openai"):
            given = (provider, server.url + "/v1", named)
            assert jobs.listed(*given, folder=tmp_path) == []
        with pytest.raises(DataprepError):
            rescue.rescue(tmp_path / "r", base_url=server.url + "/v1", key_variable=named)
        expected = {f"Bearer {KEY}", "org-mine", "proj-mine"} if named else {"Bearer none"}
        assert sent(server) == expected


def test_a_server_that_wants_a_key_names_the_flag(tmp_path: Path) -> None:
    with (
        hostile(answering(b'{"error": {"message": "no"}}', 401)) as server,
        pytest.raises(EnvironmentProblem, match="--key-variable NAME"),
    ):
        jobs.listed(None, server.url + "/v1", folder=tmp_path)


@pytest.mark.parametrize(("name", "provider"), [c for c in COMMANDS if c[1] == "openai"])
@pytest.mark.parametrize(
    "url", ["https://ann:s3cr3t@api.openai.com/v1", "https://api.openai.com/v1?key=s3cr3t"]
)
def test_an_address_with_a_password_is_refused_and_not_shown(
    name: str, provider: str, url: str, folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="a user, a password or a query") as refused:
        command(name, url, provider, folder, tmp_path)
    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize("name", ["train", "jobs", "cancel", "attach", "rescue"])
def test_no_key_goes_over_open_http(name: str, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DataprepError, match="unencrypted") as refused:
        command(name, "http://models.example/v1", "openai", folder, tmp_path)
    assert refused.value.exit_code == 5
