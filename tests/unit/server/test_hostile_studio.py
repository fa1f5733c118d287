"""push and pull against servers that send them elsewhere, say too much, or never come to an end."""

from __future__ import annotations

import base64
import gzip
import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dataprep import server as studio
from dataprep.cli import run
from dataprep.cli import serving as commands
from dataprep.finding import DataprepError, EnvironmentProblem, Refused
from dataprep.network import AnswerTooLarge, NetworkLimits, RedirectRefused
from dataprep.server.wire import NoAnswer
from tests.unit.network.hostile import STATUSES, answering, hostile, two_hosts
from tests.unit.server import stand_in
from tests.unit.server.loopback import CONFIG

LEGACY = "0123456789" * 4
COMMANDS = ("push", "push into a project", "pull", "pull of a snapshot")
NEVER = time.time() + 1e9


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


PERSONAL = ".".join(
    (part({"alg": "HS256", "typ": "JWT"}), part({"token_type": "refresh", "exp": NEVER}), "c2ln")
)


@pytest.fixture(autouse=True)
def _sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in.install(monkeypatch)
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", LEGACY)


def command(name: str, url: str, room: Path) -> Any:
    """One command of the command line, at that server."""
    room.mkdir(exist_ok=True)
    (room / "tasks.json").write_text('[{"data": {"text": "a"}}]', "utf-8")
    (room / "config.xml").write_text(CONFIG, "utf-8")
    match name:
        case "push":
            return commands.push(room / "tasks.json", url=url, label_config=room / "config.xml")
        case "push into a project":
            return commands.push(room / "tasks.json", url=url, project=7)
        case "pull":
            return commands.pull(7, url=url, out=room / "out", wait=0)
    return commands.pull(7, url=url, out=room / "out", wait=0, snapshot=3)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("token", [LEGACY, PERSONAL])
@pytest.mark.parametrize("name", COMMANDS)
def test_no_token_goes_on_to_another_server(
    name: str, token: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", token)
    with two_hosts(status) as (first, other):
        with pytest.raises(EnvironmentProblem, match="asks to go on at") as refused:
            command(name, first.url, tmp_path)
        assert len(first.requests) == 1
        assert other.untouched
    assert f"pass its address yourself: {other.url}" in str(refused.value)
    assert token not in str(refused.value)


def test_a_server_that_has_moved_to_https_is_named(tmp_path: Path) -> None:
    def moved(request: Any) -> None:
        place = f"https://studio.example{request.path}"
        answering(status=301, headers={"location": place})(request)

    with hostile(moved) as server, pytest.raises(RedirectRefused) as refused:
        command("pull", server.url, tmp_path)
    assert "pass its address yourself: https://studio.example" in str(refused.value)


def test_a_slash_that_is_missing_does_no_harm(tmp_path: Path) -> None:
    def behave(request: Any) -> None:
        if request.path == "/api/projects/7/":
            answering(status=301, headers={"location": "/api/projects/7/?moved=1"})(request)
        else:
            answering(b'{"title": "x", "label_config": "<View/>"}')(request)

    with hostile(behave) as server:
        wire = studio.connect(server.url, LEGACY)
        assert wire.request("GET", "api/projects/7/").status_code == 200
        assert server.calls == ["GET /api/projects/7/", "GET /api/projects/7/?moved=1"]


def download(request: Any, away: str) -> None:
    """A project whose snapshot is to be had elsewhere."""
    if request.path.endswith("/download"):
        return answering(status=302, headers={"location": away})(request)
    return answering(b'{"status": "completed", "id": 3, "label_config": "<View/>"}')(request)


def test_a_snapshot_is_not_fetched_from_another_server(tmp_path: Path) -> None:
    with hostile(answering()) as other, hostile(lambda r: download(r, other.url)) as server:
        with pytest.raises(RedirectRefused):
            command("pull of a snapshot", server.url, tmp_path)
        assert other.untouched
    assert not (tmp_path / "out" / "export.json").exists()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_token_goes_over_open_http_only_to_this_machine_or_where_one_says_so(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match=r"token would go to studio\.example unencrypted") as refused:
        command(name, "http://studio.example", tmp_path)
    assert "--unencrypted" in str(refused.value)
    assert studio.connect("http://studio.example", LEGACY, unencrypted=True).address
    assert studio.connect("https://studio.example", LEGACY).address
    assert studio.connect("http://localhost:8080", LEGACY).address


# What they say.


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("token", [LEGACY, PERSONAL])
def test_an_answer_that_unpacks_without_end_is_not_unpacked(
    name: str, token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", token)
    bomb = answering(gzip.compress(bytes(10_000_000)) * 10, headers={"content-encoding": "gzip"})
    with hostile(bomb) as server, pytest.raises(AnswerTooLarge, match="64,000,000 bytes"):
        command(name, server.url, tmp_path)


RUBBISH = (
    b"<!DOCTYPE html><title>Log in</title>",
    b"[" * 100_000,
    b"\xff\xff{",
    b"null",
    b"",
    b'{"id": "../../x"}',
    b'{"id": 1e400}',
    b'{"id": -1}',
    b'{"id": true, "status": "failed"}',
    b'{"id": {"id": 3}, "tasks": 7, "total": "many", "counters": [], "label_config": 7}',
)


@pytest.mark.parametrize("body", RUBBISH)
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("token", [LEGACY, PERSONAL])
def test_a_page_or_rubbish_is_words(
    name: str, token: str, body: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", token)
    with hostile(answering(body)) as server, pytest.raises(DataprepError) as refused:
        command(name, server.url, tmp_path)
    assert refused.value.exit_code in (2, 4)


def tasks_without_end(request: Any) -> None:
    """A project with ever more tasks than were listed."""
    if "/tasks/" in request.path:
        body = {"total": 10**9, "tasks": [{"id": 1, "data": {"text": request.path}}]}
        return answering(json.dumps(body).encode())(request)
    return answering(b'{"id": 7, "label_config": "<View/>"}')(request)


def test_a_list_of_tasks_without_an_end_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["dataprep.server.push"], "_MOST_PAGES", 5)
    with hostile(tasks_without_end) as server:
        with pytest.raises(EnvironmentProblem, match="lists more than 2,500 tasks"):
            command("push into a project", server.url, tmp_path)
        assert len(server.requests) == 6


def test_a_download_of_single_bytes_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["dataprep.server.download"], "RECONNECTS", 10)

    def behave(request: Any) -> None:
        if not request.path.endswith("/download"):
            return download(request, "")
        request.send_response(206 if "Range" in request.headers else 200)
        request.send_header("content-length", "1000000")
        request.end_headers()
        request.wfile.write(b"[")
        return None

    with hostile(behave) as server:
        wire = studio.connect(server.url, LEGACY)
        waiting = studio.Waiting(pause=lambda _: None)
        with pytest.raises(EnvironmentProblem, match="--snapshot 3"):
            studio.pull(wire, 7, tmp_path / "out", snapshot=3, waiting=waiting)
        assert len(server.requests) == 12
    assert not list((tmp_path / "out").iterdir())


def test_an_export_has_a_limit_of_its_own(tmp_path: Path) -> None:
    def behave(request: Any) -> None:
        if not request.path.endswith("/download"):
            return download(request, "")
        return answering(b"[" + b" " * 5000)(request)

    limits = NetworkLimits(stream_bytes=4000)
    with hostile(behave) as server:
        wire = studio.connect(server.url, LEGACY, limits=limits)
        with pytest.raises(AnswerTooLarge, match="4,000 bytes"):
            studio.pull(wire, 7, tmp_path, snapshot=3)
    assert not list(tmp_path.iterdir())


def test_a_server_that_drips_is_given_up(tmp_path: Path) -> None:
    def behave(request: Any) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nx-drip: ")
        for _ in range(10_000):
            request.wfile.write(b"x")

    limits = NetworkLimits(grace=0.0, pace=1e12)
    with hostile(behave) as server:
        wire = studio.connect(server.url, LEGACY, limits=limits)
        with pytest.raises(NoAnswer, match="did not answer in time"):
            wire.request("GET", "api/projects/7/")


@pytest.mark.parametrize("wait", [float("nan"), float("inf"), -1.0, 1e9])
def test_a_wait_without_an_end_is_refused(wait: float, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["pull", "7", f"--wait={wait}"]) == 2
    assert "Give a number from 0 to 10,080." in capsys.readouterr().err
