"""Every request that the closed road sends is one that OpenAI's own document allows."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dataprep import store
from dataprep.conversion import convert
from dataprep.recipe_file import parse
from tests.building import CORPORA
from tests.real.prism import Judge, judging, running
from tests.unit.trainers.openai_folder import ready_folder
from tests.unit.trainers.openai_server import Platform, platform
from trainers.openai import attach, cancel, listed, plan, run

DOCUMENT = CORPORA / "openai-openapi-2.3.0.yaml"
BEFORE_THE_END = date(2026, 9, 1)

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DOCUMENT.exists(), reason="no corpora at $DATAPREP_CORPORA"),
]


@pytest.fixture(scope="module")
def prism() -> Iterator[str]:
    with running(DOCUMENT) as url:
        yield url


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-of-dataprep")
    with platform() as running_here:
        yield running_here


@pytest.fixture
def judge(prism: str, server: Platform) -> Iterator[Judge]:
    with judging(prism, server.url) as judge:
        yield judge


def ran(folder: Path, judge: Judge, run_dir: Path, **options: Any) -> None:
    made = plan(
        folder,
        provider="openai",
        base_url=judge.base_url,
        today=BEFORE_THE_END,
        run_dir=run_dir,
        **options,
    )
    assert run(made, poll=0).status == "succeeded"


def preferences(folder: Path) -> Path:
    rows = [
        {
            "input": {"messages": [{"role": "user", "content": f"Is {n} even?"}]},
            "preferred_output": [{"role": "assistant", "content": "yes" if n % 2 == 0 else "no"}],
            "non_preferred_output": [{"role": "assistant", "content": "perhaps"}],
        }
        for n in range(30)
    ]
    (folder / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    recipe = parse("sources: [{path: train.jsonl}]\ntargets: [preference]")
    assert not convert(recipe, folder, folder / "pairs").refused
    return folder / "pairs"


def test_the_judge_refuses_what_the_document_does_not_allow(judge: Judge) -> None:
    request = urllib.request.Request(  # noqa: S310  loopback
        judge.base_url + "/fine_tuning/jobs",
        data=json.dumps(
            {"model": "gpt-4o-mini", "training_file": "file-1", "suffix": "x" * 65}
        ).encode(),
        headers={"content-type": "application/json", "authorization": "Bearer sk-test"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  loopback
        assert answer.status == 200  # from the server behind, which does not judge
    (refused,) = judge.refused()
    assert refused.startswith("POST /fine_tuning/jobs: ")
    assert "suffix must NOT have more than 64 characters" in refused


def test_a_supervised_job_with_every_option(judge: Judge, tmp_path: Path) -> None:
    ran(
        ready_folder(tmp_path / "out"),
        judge,
        tmp_path / "run",
        suffix="tea",
        seed=7,
        n_epochs=3,
        batch_size=4,
        learning_rate_multiplier=0.5,
    )
    assert judge.refused() == []
    assert {
        "POST /files",
        "GET /files",
        "POST /fine_tuning/jobs",
        "GET /fine_tuning/jobs",
        "GET /fine_tuning/jobs/ftjob-1",
        "GET /fine_tuning/jobs/ftjob-1/events",
    } <= set(judge.asked())


def test_a_supervised_job_with_no_option_and_its_results(
    judge: Judge, server: Platform, tmp_path: Path
) -> None:
    server.results = {"file-result": b"step,train_loss\n1,0.5\n"}
    ran(ready_folder(tmp_path / "out"), judge, tmp_path / "run")
    assert judge.refused() == []
    assert "GET /files/file-result/content" in judge.asked()


def test_a_job_on_preferences_with_its_beta(judge: Judge, server: Platform, tmp_path: Path) -> None:
    ran(
        preferences(tmp_path),
        judge,
        tmp_path / "run",
        model="gpt-4o-2024-08-06",
        beta=0.1,
        n_epochs=1,
        seed=0,
    )
    assert judge.refused() == []
    (request,) = server.bodies
    assert request["method"]["type"] == "dpo"
    assert request["method"]["dpo"]["hyperparameters"]["beta"] == 0.1


def test_a_large_file_in_parts(
    judge: Judge, server: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainers.openai.upload.PART_BYTES", 1000)
    own = {"providers": [{"name": "openai", "limits": {"parts_above_bytes": 1000}}]}
    (tmp_path / "table.json").write_text(json.dumps(own))
    ran(
        ready_folder(tmp_path / "out"),
        judge,
        tmp_path / "run",
        table=tmp_path / "table.json",
    )
    assert judge.refused() == []
    asked = judge.asked()
    assert asked.count("POST /uploads/upload-1/parts") >= 3
    assert {"POST /uploads", "POST /uploads/upload-1/complete"} <= set(asked)


def test_listing_attaching_and_cancelling(judge: Judge, server: Platform, tmp_path: Path) -> None:
    from rich.console import Console

    ran(ready_folder(tmp_path / "out"), judge, tmp_path / "run")
    assert [row.job for row in listed(base_url=judge.base_url, folder=tmp_path)] == ["ftjob-1"]
    with (tmp_path / "screen").open("w") as screen:
        came_back = attach(
            "ftjob-1",
            console=Console(file=screen),
            base_url=judge.base_url,
            runs=tmp_path / "elsewhere",
            poll=0,
        )
    assert came_back.status == "succeeded"
    server.statuses, server.jobs[0]["polls"] = ["running"], 0
    assert cancel("ftjob-1", base_url=judge.base_url, folder=tmp_path).status == "cancelled"
    assert judge.refused() == []
    assert "POST /fine_tuning/jobs/ftjob-1/cancel" in judge.asked()


def test_what_the_targets_write_is_what_is_sent(
    judge: Judge, server: Platform, tmp_path: Path
) -> None:
    folder = preferences(tmp_path)
    ran(folder, judge, tmp_path / "run", model="gpt-4o-2024-08-06")
    written = (folder / "preference/train.jsonl").read_bytes()
    assert written in [content for _, content in server.contents]
    assert "preference/train.jsonl" in store.read_manifest(folder)["files"]
