"""The real `openai` SDK against a mock of the platform that we did not write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from dataprep.finding import EnvironmentProblem
from tests.real.aimock import Aimock, running
from tests.unit.trainers.openai_folder import ready_folder
from tests.unit.trainers.racing import Racer, Service, data_for
from trainers.openai import JobPlan, plan, run
from trainers.openai.watch import News

pytestmark = pytest.mark.real


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aimock]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-of-dataprep")
    with running() as started:
        yield started


def made_for(server: Aimock, tmp_path: Path, run_dir: str = "run") -> JobPlan:
    folder = tmp_path / "out"
    if not folder.exists():
        ready_folder(folder)
    return plan(
        folder,
        model="gpt-4o-mini-2024-07-18",
        base_url=server.base_url,
        suffix="tea",
        seed=7,
        run_dir=tmp_path / run_dir,
    )


def ledger_of(made: JobPlan) -> list[dict[str, Any]]:
    lines = (made.run_dir / "job.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_job_goes_from_upload_to_model_once_and_only_once(server: Aimock, tmp_path: Path) -> None:
    made = made_for(server, tmp_path)
    news: list[News] = []
    outcome = run(made, say=news.append, poll=0.05)

    assert outcome.status == "succeeded"
    assert re.fullmatch(r"ft:gpt-4o-mini-2024-07-18:aimock:tea:[\w-]+", outcome.model or ""), (
        outcome.model
    )
    assert [n.message for n in news if n.kind == "status"][-1] == "succeeded"

    rows = ledger_of(made)
    assert [(row["step"], row["state"]) for row in rows if row["step"] != "watch"] == [
        ("plan", "begin"),
        ("upload", "begin"),
        ("upload", "done"),
        ("upload", "begin"),
        ("upload", "done"),
        ("create", "begin"),
        ("create", "done"),
        ("rivals", "done"),
        ("end", "done"),
    ]
    assert [row["sha256"] for row in rows if row["step"] == "upload"] == [
        made.files[0].sha256,
        made.files[0].sha256,
        made.files[1].sha256,
        made.files[1].sha256,
    ]
    assert rows[-1]["model"] == outcome.model
    assert "sk-test" not in (made.run_dir / "job.jsonl").read_text("utf-8")

    again = run(made, poll=0.05)  # from its ledger
    elsewhere = run(made_for(server, tmp_path, "run2"), poll=0.05)  # from the server's list
    assert (again.job, elsewhere.job) == (outcome.job, outcome.job)
    calls = server.calls()
    assert calls.count("POST /v1/files") == 2
    assert calls.count("POST /v1/fine_tuning/jobs") == 1


def test_a_job_that_was_left_is_followed_again(server: Aimock, tmp_path: Path) -> None:
    made = made_for(server, tmp_path)

    def interrupt(news: News) -> None:
        if news.kind == "status":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(made, say=interrupt, poll=0.05)
    assert run(made, poll=0.05).status == "succeeded"
    assert server.calls().count("POST /v1/fine_tuning/jobs") == 1


def test_two_homes_at_once_leave_one_job_alive(server: Aimock, tmp_path: Path) -> None:
    options = {"model": "gpt-4o-mini-2024-07-18", "suffix": "tea"}
    service = Service(serve=running, variable="OPENAI_API_KEY", options=options)
    data = data_for(service, tmp_path / "out")
    racers = [
        Racer(
            service, server.base_url, data, tmp_path / side, tmp_path / f"home-{side}", pauses=True
        )
        for side in ("one", "two")
    ]
    ended = [racer.ended() for racer in racers]
    assert [run.status for run in ended] == ["succeeded", "succeeded"], ended
    there = openai.OpenAI(base_url=server.base_url).fine_tuning.jobs.list().data
    alive = [job.id for job in there if job.status != "cancelled"]
    assert alive == [ended[0].job] == [ended[1].job]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("--chaos-ratelimit", "429"),
        ("--chaos-malformed", "not its protocol"),
        ("--chaos-disconnect", "the connection failed"),
        ("--chaos-drop", "500"),
    ],
)
def test_a_server_in_trouble_is_told_and_nothing_is_sent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: str, words: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-of-dataprep")
    with running(fault, "1") as server:
        made = made_for(server, tmp_path)
        with pytest.raises(EnvironmentProblem) as caught:
            run(made, poll=0.05, sleep=lambda _: None)
    assert words in str(caught.value)
    assert [row["step"] for row in ledger_of(made)] == ["plan"]
