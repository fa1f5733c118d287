"""A model as GGUF: what transformers reads back of it is what was written."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoTokenizer

from dataprep.finding import UsageError
from tests.unit.trainers import exported_models
from tests.unit.trainers.exported_models import loaded, logits
from trainers.export import export

pytest.importorskip("gguf")
CLOSE = 1e-3
"""Two answers may part where the two likeliest tokens lie as near as that."""


def prompts(size: int) -> list[torch.Tensor]:
    """Fifty of several lengths."""
    dice = torch.Generator().manual_seed(1)
    return [torch.randint(3, size, (1, 4 + n % 9), generator=dice) for n in range(50)]


def greedy(net: Any, asked: torch.Tensor) -> list[int]:
    settings: dict[str, Any] = {"do_sample": False, "max_new_tokens": 12, "pad_token_id": 0}
    said = net.generate(asked, attention_mask=torch.ones_like(asked), **settings)
    found: list[int] = said[0].tolist()
    return found


def parted(own: Any, written: Any, asked: torch.Tensor) -> bool:
    """Whether the answers part; an error unless the two likeliest tokens are as good as equal."""
    one, other = greedy(own, asked), greedy(written, asked)
    if one == other:
        return False
    at = next(n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    first, second = logits(own, torch.tensor([one[:at]]))[0, -1].topk(2).values.tolist()
    assert first - second < CLOSE
    return True


@pytest.mark.parametrize(
    "make", [exported_models.byte_level_model, exported_models.sentencepiece_model]
)
def test_logits_and_answers_are_those_of_the_model(make: Any, tmp_path: Path) -> None:
    folder = make(tmp_path / "model")
    made = export(folder, "gguf", out=tmp_path / "out", dtype="f32")
    assert made.notes[0].startswith("GGUF: float32, written by the gguf package ")
    own, written = loaded(folder), loaded(tmp_path / "out", gguf_file="model.gguf")
    asked = prompts(own.config.vocab_size)
    ids = torch.cat([p[:, :4] for p in asked])
    assert torch.allclose(logits(own, ids), logits(written, ids), atol=1e-4)
    assert sum(parted(own, written, p) for p in asked) == 0
    assert written.config.rope_parameters["rope_theta"] == own.config.rope_parameters["rope_theta"]
    assert written.config.head_dim == own.config.head_dim


@pytest.mark.parametrize(
    "make", [exported_models.byte_level_model, exported_models.sentencepiece_model]
)
def test_the_tokenizer_and_its_template_are_in_the_file(make: Any, tmp_path: Path) -> None:
    folder = make(tmp_path / "model")
    export(folder, "gguf", out=tmp_path / "out")
    own = AutoTokenizer.from_pretrained(folder)
    written = AutoTokenizer.from_pretrained(tmp_path / "out", gguf_file="model.gguf")
    for text in ("the thesis is a trout", "Grüße, 😀 \n  x", "<|user|> it's </s>"):
        wanted = own.encode(text, add_special_tokens=False)
        assert written.encode(text, add_special_tokens=False) == wanted
    assert written.chat_template == own.chat_template
    assert written.eos_token == own.eos_token
    assert written.bos_token == own.bos_token


def field(path: Path, name: str) -> Any:
    from gguf import GGUFReader

    found = GGUFReader(path).get_field(name)
    return None if found is None else found.contents()


def test_every_token_that_ends_an_answer_is_named(tmp_path: Path) -> None:
    """llama.cpp stops at eos, eot and eom; eos stays the tokenizer's, which templates write."""
    folder = exported_models.byte_level_model(tmp_path / "model")
    exported_models.write_settings(folder, "generation_config.json", eos_token_id=[4, 1, 5])
    export(folder, "gguf", out=tmp_path / "out")
    path = tmp_path / "out" / "model.gguf"
    ids = [field(path, f"tokenizer.ggml.{name}_token_id") for name in ("eos", "eot", "eom")]
    assert ids == [1, 4, 5]


def test_a_bos_is_added_where_the_template_writes_one(tmp_path: Path) -> None:
    export(exported_models.sentencepiece_model(tmp_path / "a"), "gguf", out=tmp_path / "with")
    export(exported_models.byte_level_model(tmp_path / "b"), "gguf", out=tmp_path / "without")
    found = [
        field(tmp_path / name / "model.gguf", "tokenizer.ggml.add_bos_token")
        for name in ("with", "without")
    ]
    assert found == [True, False]


def test_the_rope_of_llama_3_is_written_as_llama_cpp_divides_by_it(tmp_path: Path) -> None:
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

    rope = exported_models.LLAMA_3_ROPE
    folder = exported_models.byte_level_model(tmp_path / "m", rope_parameters=rope)
    export(folder, "gguf", out=tmp_path / "out")
    from gguf import GGUFReader

    tensors = GGUFReader(tmp_path / "out" / "model.gguf").tensors
    [factors] = [t.data for t in tensors if t.name == "rope_freqs.weight"]
    wanted, _ = ROPE_INIT_FUNCTIONS["llama3"](loaded(folder).config, "cpu")
    plain = 1 / 10_000.0 ** (torch.arange(0, 16, 2) / 16)
    assert torch.allclose(plain / torch.from_numpy(factors.copy()), wanted, rtol=1e-5)


def test_a_linear_rope_is_named(tmp_path: Path) -> None:
    rope = {"rope_type": "linear", "rope_theta": 1e4, "factor": 4.0}
    folder = exported_models.byte_level_model(tmp_path / "m", rope_parameters=rope)
    export(folder, "gguf", out=tmp_path / "out")
    path = tmp_path / "out" / "model.gguf"
    assert field(path, "llama.rope.scaling.type") == "linear"
    assert field(path, "llama.rope.scaling.factor") == 4.0


@pytest.mark.parametrize(("dtype", "near"), [("f16", 0.1), ("bf16", 0.8)])
def test_half_precision_is_written_as_asked(dtype: Any, near: float, tmp_path: Path) -> None:
    folder = exported_models.byte_level_model(tmp_path / "model")
    made = export(folder, "gguf", out=tmp_path / "out", dtype=dtype)
    assert made.notes[0].startswith({"f16": "GGUF: float16", "bf16": "GGUF: bfloat16"}[dtype])
    ids = torch.arange(10, 40)[None]
    own, written = loaded(folder), loaded(tmp_path / "out", gguf_file="model.gguf")
    scale = logits(own, ids).std()
    assert (logits(own, ids) - logits(written, ids)).abs().max() < near * scale


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model_type": "qwen2"}, "this is a qwen2 model"),
        ({"attention_bias": True}, "would lose its attention_bias"),
        ({"hidden_act": "gelu"}, "would lose its gelu"),
        (
            {"rope_parameters": {"rope_type": "dynamic", "rope_theta": 1e4, "factor": 2.0}},
            "rope dynamic",
        ),
    ],
)
def test_what_the_file_could_not_say_is_refused(
    changes: dict[str, Any], said: str, tmp_path: Path
) -> None:
    folder = exported_models.byte_level_model(tmp_path / "model")
    exported_models.write_settings(folder, "config.json", **changes)
    if "attention_bias" in changes:
        loaded(folder).save_pretrained(folder)  # with the weights that the config asks for
    with pytest.raises(UsageError, match=said) as error:
        export(folder, "gguf", out=tmp_path / "out")
    assert "--to merged" in error.value.remedy
    assert sorted(p.name for p in tmp_path.iterdir()) == ["model"]


def test_a_tokenizer_that_splits_texts_by_rules_of_its_own_is_refused(tmp_path: Path) -> None:
    from tokenizers import Regex, pre_tokenizers

    folder = exported_models.byte_level_model(tmp_path / "model")
    backend = AutoTokenizer.from_pretrained(folder)
    backend.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"[aeiou]|\s"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    backend.save_pretrained(folder)
    with pytest.raises(UsageError, match="a way to split texts that GGUF has no name for"):
        export(folder, "gguf", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_the_package_its_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    from dataprep.finding import EnvironmentProblem

    folder = exported_models.byte_level_model(tmp_path / "model")
    monkeypatch.setitem(sys.modules, "gguf", None)
    assert importlib.util.find_spec("transformers")
    with pytest.raises(EnvironmentProblem, match="gguf"):
        export(folder, "gguf", out=tmp_path / "out")
