"""Every command that carries a key against servers that send it elsewhere, or say too much."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dataprep.finding import DataprepError, EnvironmentProblem
from dataprep.network import AnswerTooLarge, NetworkLimits, RedirectRefused
from tests.unit.network.hostile import STATUSES, answering, hostile, two_hosts
from tests.unit.trainers.carrying import COMMANDS, KEY, command, set_keys, train, words_of
from tests.unit.trainers.converted import convert
from tests.unit.trainers.openai_folder import ready_folder
from tests.unit.trainers.openai_server import platform
from tests.unit.trainers.together_server import together
from trainers import rescue
from trainers.asking import evaluate


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    set_keys(monkeypatch)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ready_folder(tmp_path_factory.mktemp("ready") / "out")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sizes = {"train": 4, "validation": 2, "test": 2}
    return convert(tmp_path_factory.mktemp("asked") / "out", sizes)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(("name", "provider"), COMMANDS)
def test_no_command_follows_a_server_that_sends_it_elsewhere(
    name: str, provider: str, status: int, folder: Path, tmp_path: Path
) -> None:
    with two_hosts(status) as (first, other):
        said = words_of(name, first.url + "/v1", provider, folder, tmp_path)
        assert first.requests
        assert other.untouched
    assert f"asks to go on at {other.url}" in said
    assert KEY not in said


@pytest.mark.parametrize("status", STATUSES)
def test_evaluate_follows_no_server_that_sends_it_elsewhere(
    status: int, dataset: Path, tmp_path: Path
) -> None:
    with two_hosts(status) as (first, other):
        with pytest.raises(RedirectRefused, match=r"\(30"):
            evaluate(
                dataset,
                out=tmp_path / "e",
                endpoint=first.url + "/v1",
                models=["m"],
                key_variable="OPENAI_API_KEY",
            )
        assert first.requests[0][1]["authorization"] == f"Bearer {KEY}"
        assert other.untouched


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("provider", ["openai", "azure", "nebius"])
@pytest.mark.parametrize("call", ["POST /v1/files", "POST /v1/fine_tuning/jobs"])
def test_neither_the_training_file_nor_the_job_goes_on_to_another_server(
    provider: str, status: int, call: str, folder: Path, tmp_path: Path
) -> None:
    with platform() as server, hostile(answering()) as other:
        server.faults[call] = [(status, {}, {"location": other.url + "/v1/files"})]
        with pytest.raises(RedirectRefused, match="Nothing was sent there"):
            train(server.url, provider, folder, tmp_path)
        assert other.untouched
        assert server.count(call) == 1


@pytest.mark.parametrize("status", (*STATUSES[:1], *STATUSES[2:]))
def test_togethers_storage_sends_the_training_file_nowhere_else(
    status: int, folder: Path, tmp_path: Path
) -> None:
    with together() as server, hostile(answering()) as other:
        real = server.answer

        def answer(method: str, path: str, body: bytes) -> tuple[int, Any, dict[str, str]]:
            if method == "PUT":
                return status, {}, {"location": other.url + "/elsewhere"}
            return real(method, path, body)

        server.answer = answer  # type: ignore[method-assign]
        with pytest.raises(RedirectRefused):
            train(server.url, "together", folder, tmp_path)
        assert other.untouched


@pytest.mark.parametrize(
    "place",
    [
        "http://127.0.0.1.evil.example/x",
        "http://storage.example/x",
        "ftp://127.0.0.1/x",
        "https://ann:secret@storage.example/x",
        "/v1/x",
        "",
    ],
)
def test_together_names_no_place_where_the_data_would_go_open(
    place: str, folder: Path, tmp_path: Path
) -> None:
    with together() as server:
        real = server.answer

        def answer(method: str, path: str, body: bytes) -> tuple[int, Any, dict[str, str]]:
            status, made, headers = real(method, path, body)
            return status, made, headers | ({"location": place} if status == 302 else {})

        server.answer = answer  # type: ignore[method-assign]
        with pytest.raises(EnvironmentProblem, match="names no place for the file"):
            train(server.url, "together", folder, tmp_path)


# What they say.


def everything_too_large() -> Any:
    bomb = gzip.compress(bytes(10_000_000)) * 10
    return answering(bomb, headers={"content-encoding": "gzip"})


SPEAKERS = [c for c in COMMANDS if c[1] in ("openai", "together")]
"""Each command by each of the two protocols."""


@pytest.mark.parametrize(("name", "provider"), SPEAKERS)
def test_an_answer_that_unpacks_without_end_ends_every_command_in_words(
    name: str, provider: str, folder: Path, tmp_path: Path
) -> None:
    with hostile(everything_too_large()) as server:
        said = words_of(name, server.url + "/v1", provider, folder, tmp_path)
    assert "16,000,000 bytes" in said


def test_an_answer_to_a_question_is_bounded_too(dataset: Path, tmp_path: Path) -> None:
    with hostile(everything_too_large()) as server, pytest.raises(AnswerTooLarge):
        evaluate(dataset, out=tmp_path / "e", endpoint=server.url + "/v1", models=["m"])


RUBBISH = (
    b"<!DOCTYPE html><title>Log in</title>",
    b"[" * 100_000,
    b"\xff\xff{",
    b"null",
    b"",
    b'{"data": [{"id": "../../x", "status": 7}], "id": 7}',
)


@pytest.mark.parametrize(("name", "provider"), SPEAKERS)
def test_a_page_or_rubbish_is_words_for_every_command(
    name: str, provider: str, folder: Path, tmp_path: Path
) -> None:
    left = list(RUBBISH)

    def behave(request: Any) -> None:
        answering(left[0])(request)

    with hostile(behave) as server:
        while left:
            try:
                command(name, server.url + "/v1", provider, folder, tmp_path / str(len(left)))
            except DataprepError as error:
                assert error.remedy
            else:
                # A list with an odd id is a list all the same; a rescue lists what it lacks.
                assert name.startswith("rescue") or (name, left[0][:1]) == ("jobs", b"{")
            left.pop(0)


def test_a_result_file_without_measure_leaves_the_job_as_it_ended(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainers.openai.client.LIMITS", NetworkLimits(answer_bytes=20_000))
    with platform() as server:
        server.results = {"file-large": b"step,train_loss\n" + b"1,2.5\n" * 5000}
        made = train(server.url, "openai", folder, tmp_path)
        assert (made.status, made.job) == ("succeeded", "ftjob-1")
    assert not (tmp_path / "run" / "results").exists()


def test_a_server_that_turns_hostile_while_a_job_runs_is_left_and_the_job_goes_on(
    folder: Path, tmp_path: Path
) -> None:
    look = "GET /v1/fine_tuning/jobs/ftjob-1"
    with platform() as server, hostile(answering()) as other:
        server.faults[look] = [(302, {}, {"location": other.url})]
        with pytest.raises(EnvironmentProblem, match="The job itself goes on"):
            train(server.url, "openai", folder, tmp_path)
        assert train(server.url, "openai", folder, tmp_path).status == "succeeded"
        assert len(server.jobs) == 1
        assert other.untouched


def endless(request: Any) -> None:
    """Pages with ever new rows, and more behind each."""
    number = request.path.rpartition("after=")[2]
    first = int(number) + 1 if number.isdigit() else 0
    rows = [{"id": str(n), "status": "running", "filename": "x"} for n in range(first, first + 5)]
    answering(json.dumps({"data": rows, "has_more": True}).encode())(request)


def repeating(request: Any) -> None:
    """The same page for ever."""
    answering(b'{"data": [{"id": "1", "status": "running"}], "has_more": true}')(request)


@pytest.mark.parametrize("behave", [endless, repeating])
def test_pages_without_an_end_end(
    behave: Callable[[Any], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainers.openai.client.MAX_PAGES", 5)
    with hostile(behave) as server:
        try:
            rescue.rescue(tmp_path / "r", base_url=server.url + "/v1", sleep=lambda _: None)
        except DataprepError as error:
            assert error.exit_code != 70
        assert len(server.requests) < 50
