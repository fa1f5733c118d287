"""Jobs at providers from Python: a plan that sends nothing, and one job where that is asked for."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import dataprep
from dataprep.api.jobs import PROVIDERS, job_options
from dataprep.cli import closed_weights
from tests.unit.trainers.openai_folder import ready_folder
from tests.unit.trainers.openai_server import Platform, platform
from trainers.openai import JobOutcome, JobPlan

NAMED = {"folder", "model", "out"}
KEY = "sk-test-abcdefgh"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with platform() as running:
        yield running


@pytest.fixture
def named(server: Platform, tmp_path: Path) -> dict[str, Any]:
    """What a job at the platform of the test is asked with."""
    return {
        "base_url": server.url,
        "key_variable": "OPENAI_API_KEY",
        "out": tmp_path / "run",
        "seed": 7,
    }


@pytest.mark.parametrize("kind", PROVIDERS)
def test_a_job_takes_the_flags_of_its_command(kind: str) -> None:
    command: Callable[..., int] = getattr(closed_weights, kind)
    flags: set[str] = set()
    for name, parameter in inspect.signature(command).parameters.items():
        shared = name in ("job", "adapters")
        flags |= {f.name for f in fields(parameter.default)} if shared else {name}
    assert job_options(kind) == flags - NAMED


def test_without_a_yes_there_is_a_plan_and_nothing_is_sent(
    named: dict[str, Any], server: Platform, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = ready_folder(tmp_path / "out")
    for more in ({}, {"dry_run": True, "yes": True}):
        made = dataprep.train("openai", folder, **named, **more)
        assert isinstance(made, JobPlan)
    assert server.calls == []
    assert repr(made).endswith(
        "cost unknown, all gates open): a plan, nothing is sent without yes=True"
    )
    page = made._repr_html_()
    assert server.url in page
    assert KEY not in repr(made) + page
    assert capfd.readouterr() == ("", "")


def test_with_a_yes_one_job_is_made(
    named: dict[str, Any], server: Platform, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = ready_folder(tmp_path / "out")
    made = dataprep.train("openai", str(folder), yes=True, poll=0, **named)
    assert isinstance(made, JobOutcome)
    again = dataprep.train("openai", folder, yes=True, poll=0, **named)
    assert isinstance(again, JobOutcome)
    assert (made.job, made.status) == (again.job, "succeeded")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("nebius", {}, "Which model is nebius to train? Name it with --model."),
        ("openai", {"lora_rank": 3}, "lora_rank is no option of train openai."),
        ("azure", {"provider": "x"}, "provider is no option of train azure."),
        ("openai", {"epochs": 3}, "epochs is no option of train openai. Did you mean n_epochs?"),
        ("openai", {"beta": "x"}, "--beta is 'x'. Give a number above 0 to 2."),
        ("openai", {"poll": -1}, "--poll is -1. Give a number from 0 to 3,600."),
    ],
)
def test_what_cannot_be_asked_is_refused(kind: Any, options: dict[str, Any], said: str) -> None:
    with pytest.raises(dataprep.UsageError) as caught:
        dataprep.train(kind, "nowhere", **options)
    assert str(caught.value).startswith(said)


def test_a_job_without_a_folder_is_asked_for_one() -> None:
    with pytest.raises(dataprep.UsageError, match=r"^Which folder\? Give one made by convert; or"):
        dataprep.train("openai")
    with pytest.raises(dataprep.UsageError, match=r"^What is to be learned\? Give a folder"):
        dataprep.train("t5")  # type: ignore[call-overload]


def test_a_model_at_an_endpoint_is_asked_without_torch(tmp_path: Path) -> None:
    """It takes seconds to load, and nothing of it is needed."""
    code = (
        "import sys, dataprep\n"
        "try: dataprep.evaluate('nowhere', endpoint='http://127.0.0.1:9/v1', model='m')\n"
        "except dataprep.UsageError as error: print(error)\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("nowhere: no such folder"), done.stderr
    assert done.stdout.endswith("False\n")
