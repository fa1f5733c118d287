"""`rescue` and `evaluate` against a mock of the platform that we did not write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from dataprep.finding import UsageError
from tests.real.aimock import Aimock, running
from tests.unit.trainers.converted import convert
from tests.unit.trainers.openai_folder import example
from trainers import rescue
from trainers.asking import evaluate

pytestmark = pytest.mark.real

SIZES = {"train": 12, "test": 6}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aimock]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-of-dataprep")
    with running() as started:
        yield started


def test_a_job_that_the_sdk_made_comes_home(server: Aimock, tmp_path: Path) -> None:
    content = b"".join(json.dumps(example(n)).encode() + b"\n" for n in range(12))
    client = openai.OpenAI(base_url=server.base_url)
    file = client.files.create(file=("tea.jsonl", content), purpose="fine-tune")
    job = client.fine_tuning.jobs.create(
        model="gpt-4o-mini-2024-07-18", training_file=file.id, suffix="tea"
    )
    made = rescue.rescue(tmp_path / "r", base_url=server.base_url)
    assert [found.id for found in made.jobs] == [job.id]
    path = made.jobs[0].folder / "data" / f"training-{file.id}.jsonl"
    assert path.read_bytes() == content
    assert made.jobs[0].rows.examples == 12
    assert made.jobs[0].rows.lost["t5"] == {}


def test_questions_are_answered_from_the_mocks_own_fixtures(tmp_path: Path) -> None:
    fixtures = tmp_path / "fixtures"
    fixtures.mkdir()
    matched = [
        {"match": {"userMessage": kind}, "response": {"content": answer}}
        for kind, answer in (("heron", "bird"), ("robin", "bird"), ("What", "fish of the sea"))
    ]
    (fixtures / "birds.json").write_text(json.dumps({"fixtures": matched}))
    dataset = convert(tmp_path / "out", SIZES)
    with running("--fixtures", str(fixtures)) as server:
        made = evaluate(dataset, out=tmp_path / "e", endpoint=server.base_url, models=["gpt-4o"])
    scores = made.table["roads"][0]["shapes"]["classification"]
    # Of numbers 0 to 5 three are birds: the sparrow is the one that no fixture knows.
    assert (scores["examples"], scores["scores"]["exact_match"]) == (6, round(5 / 6, 4))


def test_a_server_that_knows_no_answer_is_an_error_in_words(server: Aimock, tmp_path: Path) -> None:
    dataset = convert(tmp_path / "out", SIZES)
    with pytest.raises(UsageError, match="404"):
        evaluate(dataset, out=tmp_path / "e", endpoint=server.base_url, models=["gpt-4o"])
