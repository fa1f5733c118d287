"""What a run answers by `transformers serve` is what plain generate and predict say."""

from __future__ import annotations

import os
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from openai import OpenAI
from transformers import AutoModelForCausalLM

from tests.real.oracles import Oracle
from tests.unit.trainers.converted import convert_causal
from tests.unit.trainers.test_same_answers import ASKED, MOST, by_generate, by_predict
from trainers import causal
from trainers.export import export

pytestmark = pytest.mark.real

SERVING = Oracle("fastapi", "0.165.0", "", ("uvicorn==0.54.0",))
"""What the extra `serving` of transformers adds; transformers itself is ours."""
START = "from transformers.cli.transformers import main; main()"
PATIENCE = 120
"""Seconds for a server to answer."""


@contextmanager
def served(folder: Path, log: Path) -> Iterator[OpenAI]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(SERVING.python()), "-c", START, "serve", str(folder), "--device", "cpu"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    own = {"PYTHONPATH": sysconfig.get_path("purelib"), "HF_HUB_OFFLINE": "1"}
    with log.open("w") as written:
        server = subprocess.Popen(
            command, env={**os.environ, **own}, stdout=written, stderr=subprocess.STDOUT
        )
        try:
            wait_for(port, server, log)
            yield OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="none", timeout=PATIENCE)
        finally:
            server.terminate()
            server.wait(30)


def wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(log.read_text()[-2000:])


def answers_of(folder: Path, log: Path) -> list[str]:
    with served(folder, log) as client:
        return [_answer(client, str(folder), text) for text in ASKED]


def _answer(client: OpenAI, model: str, text: str) -> str:
    answer = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": text}],
        max_tokens=MOST,
        temperature=0,
    )
    return answer.choices[0].message.content or ""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert_causal(tmp_path_factory.mktemp("causal") / "out", {"train": 60, "test": 6})


@pytest.mark.parametrize("kind", ["llama", "mistral"])
def test_a_run_answers_by_transformers_serve_as_everywhere(
    kind: Any, data: Path, tmp_path: Path
) -> None:
    run = causal.train(data, out=tmp_path / "run", kind=kind, epochs=10, batch_tokens=500)
    wanted = by_generate(AutoModelForCausalLM.from_pretrained(run / "model"), run / "model")
    assert len(set(wanted)) > 1
    assert by_predict(run, tmp_path / "said") == wanted
    assert answers_of(run / "model", tmp_path / "whole.log") == wanted
    choices: dict[str, Any] = {"lora": 4, "epochs": 1, "learning_rate": 1e-2}
    tuned = causal.train(data, out=tmp_path / "tuned", model=str(run), **choices)
    export(tuned / "adapter", "merged", out=tmp_path / "merged")
    wanted = by_generate(AutoModelForCausalLM.from_pretrained(tuned / "model"), tuned / "model")
    assert answers_of(tmp_path / "merged", tmp_path / "merged.log") == wanted
