"""llama.cpp itself, from the wheels of xllamacpp in an environment of their own, on our GGUF."""

from __future__ import annotations

import json
import subprocess
import urllib.request
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoTokenizer

from tests.unit.trainers import exported_models
from tests.unit.trainers.converted import convert_causal, example
from tests.unit.trainers.exported_models import loaded, logits
from tests.unit.trainers.test_export_gguf import CLOSE, greedy, prompts
from trainers import causal
from trainers.export import export

pytestmark = pytest.mark.long
Ask = Callable[[str, dict[str, Any]], dict[str, Any]]

SERVER = """
import sys, xllamacpp
p = xllamacpp.CommonParams()
p.model.path, p.n_ctx, p.n_parallel, p.warmup, p.use_jinja = sys.argv[1], 512, 1, False, True
p.cache_type_k = p.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
p.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
p.cpuparams.n_threads = p.cpuparams_batch.n_threads = 1
server = xllamacpp.Server(p)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("llama") / "venv"
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", "xllamacpp"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"xllamacpp cannot be installed: {done.stderr[-200:]}")
    return python


@contextmanager
def llama_cpp(python: Path, path: Path) -> Iterator[Ask]:
    """A server of llama.cpp on a GGUF file, as a function from an address and JSON to JSON."""
    command = [python, "-c", SERVER, path]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        where = server.stdout.readline().strip()

        def ask(address: str, body: dict[str, Any]) -> dict[str, Any]:
            sent = urllib.request.Request(  # noqa: S310
                f"{where}/{address}",
                json.dumps(body).encode(),
                {"Content-Type": "application/json"},
            )
            with urllib.request.urlopen(sent, timeout=60) as told:  # noqa: S310
                found: dict[str, Any] = json.load(told)
            return found

        try:
            yield ask
        finally:
            server.kill()


MODELS = {
    "byte level": exported_models.byte_level_model,
    "rope of Llama 3": lambda folder: exported_models.byte_level_model(
        folder, rope_parameters=exported_models.LLAMA_3_ROPE
    ),
    "sentencepiece": exported_models.sentencepiece_model,
}


@pytest.mark.parametrize("name", MODELS)
def test_greedy_answers_are_those_of_transformers(name: str, python: Path, tmp_path: Path) -> None:
    folder = MODELS[name](tmp_path / "model")
    export(folder, "gguf", out=tmp_path / "out", dtype="f32")
    net, parted = loaded(folder), 0
    greedily = {"n_predict": 12, "temperature": 0, "top_k": 1, "return_tokens": True}
    with llama_cpp(python, tmp_path / "out" / "model.gguf") as ask:
        for asked in prompts(net.config.vocab_size):
            ids = asked[0].tolist()
            said = ask("completion", {"prompt": ids, "cache_prompt": False, **greedily})["tokens"]
            wanted = greedy(net, asked)[len(ids) :]
            at = next(
                (n for n, (a, b) in enumerate(zip(said, wanted, strict=False)) if a != b), None
            )
            if at is not None:
                parted += 1
                before = torch.tensor([[*ids, *wanted[:at]]])
                first, second = logits(net, before)[0, -1].topk(2).values.tolist()
                assert first - second < CLOSE
    assert parted <= 2, f"{name}: {parted} of 50 answers part where two tokens are as likely"


@pytest.mark.parametrize("name", ["byte level", "sentencepiece"])
def test_texts_become_the_ids_of_the_tokenizer(name: str, python: Path, tmp_path: Path) -> None:
    folder = MODELS[name](tmp_path / "model")
    export(folder, "gguf", out=tmp_path / "out")
    own = AutoTokenizer.from_pretrained(folder)
    texts = ["the thesis is a trout", "  Grüße, 😀 \n\n x", "What's it? 12345 ROBIN", "a\tb"]
    with llama_cpp(python, tmp_path / "out" / "model.gguf") as ask:
        for text in texts:
            found = ask("tokenize", {"content": text, "add_special": False})["tokens"]
            assert found == own.encode(text, add_special_tokens=False), text


@pytest.mark.parametrize("kind", ["llama", "mistral"])
def test_a_trained_model_answers_and_stops_as_here(kind: Any, python: Path, tmp_path: Path) -> None:
    data = convert_causal(tmp_path / "data", {"train": 90, "validation": 30})
    run = causal.train(data, out=tmp_path / "run", kind=kind, epochs=5, batch_tokens=500)
    export(run, "gguf", out=tmp_path / "out")
    tokenizer, net = AutoTokenizer.from_pretrained(run / "model"), loaded(run / "model")
    with llama_cpp(python, tmp_path / "out" / "model.gguf") as ask:
        for number in range(50):
            messages = [{"role": "user", "content": example(number, "test").input}]
            body = {"messages": messages, "max_tokens": 24, "temperature": 0, "top_k": 1}
            told = ask("v1/chat/completions", body)
            asked = tokenizer.apply_chat_template(
                messages, add_generation_prompt=True, return_dict=True, return_tensors="pt"
            )
            ids = net.generate(**asked, max_new_tokens=24, do_sample=False)[0]
            width = asked["input_ids"].shape[1]
            choice = told["choices"][0]
            assert choice["message"]["content"] == tokenizer.decode(
                ids[width:], skip_special_tokens=True
            )
            assert (choice["finish_reason"], told["usage"]["prompt_tokens"]) == ("stop", width)
