"""A trained model in a merged folder: what is in it, what is refused, and that nothing is lost."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, T5Config, T5ForConditionalGeneration

from dataprep.cli import run as command
from dataprep.finding import EnvironmentProblem, UsageError
from dataprep.tokens import train_chat_tokenizer
from tests.unit.trainers import exported_models
from tests.unit.trainers.exported_models import loaded, logits
from trainers import model_files, models
from trainers.card import BY_TOOL
from trainers.export import export, merged

IDS = torch.tensor([[7, 8, 9, 10]])


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A base in bfloat16."""
    folder = exported_models.byte_level_model(tmp_path / "base")
    loaded(folder).to(torch.bfloat16).save_pretrained(folder)
    return folder


def adapters(base: Path, folder: Path) -> Path:
    """Adapters for a base, far from nought, as peft saves them."""
    torch.manual_seed(1)
    made: Any = get_peft_model(
        loaded(base), LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM")
    )
    for name, weights in made.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weights, std=0.05)
    made.save_pretrained(folder)
    AutoTokenizer.from_pretrained(base).save_pretrained(folder)
    return folder


def test_adapters_are_merged_into_their_base_in_its_dtype(base: Path, tmp_path: Path) -> None:
    folder = adapters(base, tmp_path / "adapter")
    made = export(folder, "merged", out=tmp_path / "out")
    assert made.place == str(tmp_path / "out")
    assert made.notes == ("weights: safetensors, bfloat16",)
    found = loaded(tmp_path / "out")
    assert found.dtype == torch.bfloat16
    adapted = PeftModel.from_pretrained(
        loaded(base, dtype=torch.float32), folder
    ).merge_and_unload()
    for name, weights in adapted.state_dict().items():
        assert torch.equal(found.state_dict()[name], weights.to(torch.bfloat16)), name
    assert not torch.equal(logits(found, IDS), logits(loaded(base), IDS))
    own = AutoTokenizer.from_pretrained(tmp_path / "out")
    assert own.encode("a bird") == AutoTokenizer.from_pretrained(base).encode("a bird")
    assert not (tmp_path / "out" / "adapter_config.json").exists()


def test_the_base_on_the_hub_is_that_of_the_revision(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = adapters(base, tmp_path / "adapter")
    named = {"base_model_name_or_path": "someone/a-llama", "revision": "0123abc"}
    exported_models.write_settings(folder, "adapter_config.json", **named)
    asked: list[tuple[str, dict[str, Any]]] = []
    given = models.AutoModelForCausalLM.from_pretrained
    config = model_files.AutoConfig.from_pretrained(base)

    def from_hub(where: str, **more: Any) -> Any:
        asked.append((where, dict(more)))
        more.pop("revision")
        return given(base, config=config, **more)

    def config_from_hub(where: str, **more: Any) -> Any:
        asked.append((where, more))
        return config

    monkeypatch.setattr(model_files.AutoConfig, "from_pretrained", config_from_hub)
    monkeypatch.setattr(models.AutoModelForCausalLM, "from_pretrained", from_hub)
    monkeypatch.setattr(merged, "_refuse_other_words", lambda *_: None)
    export(folder, "merged", out=tmp_path / "out", dtype="f32")
    for where, more in asked:
        assert (where, more["revision"]) == ("someone/a-llama", "0123abc")
    assert [more.get("use_safetensors") for _, more in asked] == [None, True]


def test_weights_are_cut_into_shards_of_safetensors(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merged, "_SHARD", "50KB")
    export(base, "merged", out=tmp_path / "out")
    assert len(list((tmp_path / "out").glob("model-*.safetensors"))) > 1
    assert torch.equal(logits(loaded(tmp_path / "out"), IDS), logits(loaded(base), IDS))


def test_a_run_is_exported_in_the_dtype_of_its_base_with_its_card(
    base: Path, tmp_path: Path
) -> None:
    run = finished(tmp_path / "run", base)
    export(run, "merged", out=tmp_path / "out")
    assert loaded(tmp_path / "out").dtype == torch.bfloat16
    said = (tmp_path / "out" / "README.md").read_text()
    assert said == '# A model\n\nAutoTokenizer.from_pretrained(".")\n'  # predict asks runs
    export(run, "merged", out=tmp_path / "whole", dtype="f32")
    assert loaded(tmp_path / "whole").dtype == torch.float32


def finished(run: Path, base: Path) -> Path:
    """What a finished run looks like, its model in fp32."""
    shutil.copytree(base, run / "model")
    loaded(base).float().save_pretrained(run / "model")
    (run / "run.json").write_text(json.dumps({"model": str(base), "family": "causal"}))
    use = f'{BY_TOOL}AutoTokenizer.from_pretrained("model")\n'
    (run / "README.md").write_text(f"# A model\n\n{use}")
    return run


def test_a_t5_is_exported_whole_and_refused_as_gguf(tmp_path: Path) -> None:
    shape = {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 1, "num_heads": 4}
    net = T5ForConditionalGeneration(T5Config(vocab_size=100, decoder_start_token_id=0, **shape))
    net.save_pretrained(tmp_path / "t5")
    export(tmp_path / "t5", "merged", out=tmp_path / "out")
    found = AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "out")
    assert all(map(torch.equal, found.state_dict().values(), net.state_dict().values()))
    for to in ("gguf", "ollama"):
        with pytest.raises(UsageError, match="and this is a t5 model"):
            export(tmp_path / "t5", to, out=tmp_path / to)  # type: ignore[arg-type]


def test_adapters_of_another_base_are_refused(base: Path, tmp_path: Path) -> None:
    folder = adapters(base, tmp_path / "adapter")
    other = exported_models.byte_level_model(tmp_path / "other", hidden_size=32)
    with pytest.raises(UsageError, match=r"do not fit .*other: it is another model") as error:
        export(folder, "merged", out=tmp_path / "out", base=str(other))
    assert error.value.remedy == "Name the base that they were trained on with --base."
    # peft loads what fits of them into this one, and says nothing
    fewer = exported_models.byte_level_model(tmp_path / "fewer", num_hidden_layers=1)
    with pytest.raises(UsageError, match=r"do not fit .*fewer: it is another model"):
        export(folder, "merged", out=tmp_path / "out", base=str(fewer))
    words = exported_models.byte_level_model(tmp_path / "words")
    train_chat_tokenizer(["quite other words"], 300).backend.save_pretrained(words)
    with pytest.raises(UsageError, match=r"do not fit .*words: it is another model"):
        export(folder, "merged", out=tmp_path / "out", base=str(words))
    assert not (tmp_path / "out").exists()


def test_a_base_that_was_moved_is_named_anew(base: Path, tmp_path: Path) -> None:
    folder = adapters(base, tmp_path / "adapter")
    place = base.rename(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="and no model is there") as error:
        export(folder, "merged", out=tmp_path / "out")
    assert error.value.remedy == "Name the base with --base."
    export(folder, "merged", out=tmp_path / "out", base=str(place))
    assert loaded(tmp_path / "out").dtype == torch.bfloat16


class Disk(NamedTuple):
    total: int
    used: int
    free: int


def test_a_model_that_does_not_fit_the_disk_is_refused_before_it_is_written(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Disk(10**9, 10**9 - 10**5, 10**5))
    for to in ("merged", "gguf", "ollama"):
        with pytest.raises(EnvironmentProblem, match=r"has 0\.00 GB free. Nothing was written"):
            export(base, to, out=tmp_path / "deep" / "out")  # type: ignore[arg-type]
    assert not (tmp_path / "deep").exists()


def test_a_write_that_fails_leaves_nothing(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(merged.shutil, "copyfile", full)
    with pytest.raises(EnvironmentProblem, match="No space left"):
        export(base, "merged", out=tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["base"]


def test_an_output_that_exists_is_left_alone(base: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    with pytest.raises(UsageError, match="is there already, and no export replaces anything"):
        export(base, "merged", out=tmp_path / "out")
    assert (tmp_path / "out" / "mine").read_text() == "mine"


def test_pickled_weights_are_refused(base: Path, tmp_path: Path) -> None:
    (base / "model.safetensors").unlink()
    torch.save({}, base / "pytorch_model.bin")
    with pytest.raises(UsageError, match="no weights as safetensors, and pickled ones"):
        export(base, "merged", out=tmp_path / "out")


def test_adapters_of_a_pickled_base_are_refused(base: Path, tmp_path: Path) -> None:
    folder = adapters(base, tmp_path / "adapter")
    (base / "model.safetensors").unlink()
    torch.save({}, base / "pytorch_model.bin")
    with pytest.raises(UsageError, match="no weights as safetensors, and pickled ones"):
        export(folder, "merged", out=tmp_path / "out")


def test_adapters_that_are_pickled_are_refused(base: Path, tmp_path: Path) -> None:
    folder = adapters(base, tmp_path / "adapter")
    (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin")
    with pytest.raises(UsageError, match="no adapters as safetensors, and pickled ones"):
        export(folder, "merged", out=tmp_path / "out")


def test_a_run_that_is_not_finished_is_refused(base: Path, tmp_path: Path) -> None:
    run = finished(tmp_path / "run", base)
    (run / "README.md").unlink()
    with pytest.raises(UsageError, match="holds a run that was not finished") as error:
        export(run, "merged", out=tmp_path / "out")
    assert "--resume" in error.value.remedy


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no trained model"):
        export(tmp_path, "merged", out=tmp_path / "out")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--to", "merged"], "merged needs a folder. Name one with --out."),
        (["--to", "hub"], "A push to the hub needs the name. Add --name OWNER/NAME."),
        (
            ["--to", "hub", "--name", "a/b", "--out", "OUT"],
            "A push to the hub writes no folder.",
        ),
        (["--to", "merged", "--out", "OUT", "--name", "a/b"], "merged takes no name."),
        (
            ["--to", "merged", "--out", "OUT", "--system", "Be."],
            "merged holds no system message.",
        ),
        (["--to", "merged", "--out", "OUT", "--base", "b"], "is whole, and needs no base."),
        (["--to", "merged", "--out", "OUT"], "The model is in OUT."),
        (["--to", "ollama", "--out", "OUT"], "Next: ollama create base -f OUT/Modelfile"),
    ],
)
def test_the_command_says_what_it_made_and_what_it_lacks(
    flags: list[str], said: str, base: Path, tmp_path: Path, capfd: Any
) -> None:
    out = str(tmp_path / "out")
    given = [out if flag == "OUT" else flag for flag in flags]
    made = said.startswith(("The model is in", "Next: "))
    assert command(["export", str(base), *given]) == (0 if made else 2)
    assert said.replace("OUT", out) in capfd.readouterr().err
    assert (tmp_path / "out").exists() == made
