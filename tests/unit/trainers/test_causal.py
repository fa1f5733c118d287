"""Training LLaMA and Mistral: that they learn, in full, by LoRA and packed, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from dataprep import store, tokens
from dataprep.finding import EnvironmentProblem, UsageError
from tests.unit.trainers.converted import KINDS, convert_causal
from trainers import causal


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """90 examples to train on, 30 to validate and to test."""
    sizes = {"train": 90, "validation": 30, "test": 30}
    return convert_causal(tmp_path_factory.mktemp("data") / "out", sizes)


@pytest.fixture(scope="module")
def run(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "first"
    return causal.train(dataset, out=out, epochs=10, batch_tokens=500)


def scores(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run / "evaluation.json").read_text())
    return found


def test_a_new_llama_learns_to_answer(run: Path) -> None:
    kind = scores(run)["shapes"]["classification"]
    assert kind["majority"]["exact_match"] == 0.5
    assert kind["exact_match"] > 0.9
    assert scores(run)["loss"]["last"] < scores(run)["loss"]["first"] / 5


def test_the_run_folder_loads_with_transformers_and_answers_by_its_template(run: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(run / "model")
    net = AutoModelForCausalLM.from_pretrained(run / "model")
    messages = [{"role": "user", "content": "What is number 3 , the trout ?"}]
    asked = tokenizer.apply_chat_template(
        messages, add_generation_prompt=True, return_dict=True, return_tensors="pt"
    )
    said = net.generate(**asked, max_new_tokens=8, do_sample=False)
    text = tokenizer.decode(said[0, asked["input_ids"].shape[1] :], skip_special_tokens=True)
    assert text.split()[0] in KINDS
    assert "accuracy" in (run / "README.md").read_text()
    assert not (run / "checkpoints").exists()


def test_a_packed_mistral_learns_too(dataset: Path, tmp_path: Path) -> None:
    made = causal.train(
        dataset, out=tmp_path / "run", kind="mistral", epochs=16, batch_tokens=512, packing=True
    )
    assert json.loads((made / "model" / "config.json").read_text())["model_type"] == "mistral"
    assert scores(made)["exact_match"] > 0.9


def test_lora_leaves_the_model_as_it_is_and_saves_adapters_apart_and_merged(
    run: Path, dataset: Path, tmp_path: Path
) -> None:
    from peft import PeftModel

    made = causal.train(
        dataset, out=tmp_path / "run", model=str(run), lora=4, epochs=1, learning_rate=1e-2
    )
    base = AutoModelForCausalLM.from_pretrained(run / "model")
    merged = AutoModelForCausalLM.from_pretrained(made / "model")
    adapted = PeftModel.from_pretrained(base, made / "adapter").eval()
    ids = torch.tensor([[7, 8, 9, 10]])
    with torch.no_grad():
        assert torch.allclose(adapted(ids).logits, merged(ids).logits, atol=1e-4)
        with adapted.disable_adapter():
            assert not torch.allclose(adapted(ids).logits, merged(ids).logits, atol=1e-4)
    assert (made / "adapter" / "adapter_model.safetensors").is_file()


def test_rows_of_no_weight_are_not_learned(tmp_path: Path) -> None:
    birds = [float(n % 2) for n in range(60)]
    folder = convert_causal(tmp_path / "out", {"train": 60, "test": 30}, weights=birds)
    made = causal.train(folder, out=tmp_path / "run", epochs=10, batch_tokens=500)
    labels = scores(made)["shapes"]["classification"]["labels"]
    assert labels["bird"]["exact_match"] == 1
    assert labels["fish"]["exact_match"] == 0


def test_shards_are_read_like_a_file(dataset: Path, tmp_path: Path) -> None:
    from trainers.rows import TokenRows

    frame = pl.read_parquet(dataset / "causal" / "train.parquet")
    (tmp_path / "train").mkdir()
    for number in range(3):
        part = frame.slice(number * 30, 30)
        part.write_parquet(tmp_path / "train" / f"part-{number:05}.parquet")
    sharded, whole = (
        TokenRows(tmp_path, "train", "causal"),
        TokenRows(dataset / "causal", "train", "causal"),
    )
    assert len(sharded) == len(whole) == 90
    assert sharded.row(71).source.tolist() == whole.row(71).source.tolist()
    assert sharded.row(71).labels.tolist() == whole.row(71).labels.tolist()


def test_early_stopping_ends_the_run_and_keeps_the_best_weights(
    dataset: Path, tmp_path: Path
) -> None:
    made = causal.train(
        dataset,
        out=tmp_path / "run",
        epochs=40,
        batch_tokens=500,
        checkpoint_steps=4,
        patience=2,
        learning_rate=0.02,
    )
    lines = [json.loads(line) for line in (made / "metrics.jsonl").read_text().splitlines()]
    held = [line["held_out_loss"] for line in lines if "held_out_loss" in line]
    planned = 40 * 8
    assert max(line["step"] for line in lines) < planned
    assert min(held) not in held[-2:]
    net = AutoModelForCausalLM.from_pretrained(made / "model").eval()
    assert _held_out_loss(net, dataset) == pytest.approx(min(held), rel=1e-4)


def _held_out_loss(net: Any, dataset: Path) -> float:
    total, count = 0.0, 0
    for ids, labels in pl.read_parquet(dataset / "causal" / "validation.parquet")[
        "input_ids", "labels"
    ].iter_rows():
        with torch.no_grad():
            logits = net(torch.tensor([ids])).logits[0, :-1]
        wanted = torch.tensor(labels[1:])
        total += float(torch.nn.functional.cross_entropy(logits, wanted, reduction="sum"))
        count += int(wanted.ne(-100).sum())
    return total / count


def test_early_stopping_without_validation_is_refused(tmp_path: Path) -> None:
    folder = convert_causal(tmp_path / "out", {"train": 6})
    with pytest.raises(UsageError, match="needs a validation split"):
        causal.train(folder, out=tmp_path / "run", patience=2)


def rewritten(dataset: Path, out: Path, change: Any) -> Path:
    """The dataset with another train split, published as if it had been converted so."""
    with store.staging(out) as folder:
        shutil.copytree(dataset / "causal", folder / "causal")
        path = folder / "causal" / "train.parquet"
        change(pl.read_parquet(path)).write_parquet(path)
        store.publish(folder, out, {"targets": store.read_manifest(dataset)["targets"]})
    return out


def test_labels_that_are_all_masked_are_refused(dataset: Path, tmp_path: Path) -> None:
    masked = pl.col("labels").list.eval(pl.element() * 0 - 100)
    folder = rewritten(dataset, tmp_path / "out", lambda f: f.with_columns(masked))
    with pytest.raises(UsageError, match="Every label is masked"):
        causal.train(folder, out=tmp_path / "run")


def test_ids_outside_the_vocabulary_are_refused(dataset: Path, tmp_path: Path) -> None:
    beyond = pl.col("input_ids").list.eval(pl.element() + 60_000)
    folder = rewritten(dataset, tmp_path / "out", lambda f: f.with_columns(beyond))
    with pytest.raises(UsageError, match="and the model knows"):
        causal.train(folder, out=tmp_path / "run")


def test_a_missing_split_is_refused(dataset: Path, tmp_path: Path) -> None:
    from trainers.rows import TokenRows

    with pytest.raises(UsageError, match="has no validation split"):
        TokenRows(tmp_path, "validation", "causal")


def test_a_model_with_another_tokenizer_is_refused(
    run: Path, dataset: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    tokens.save_chat_tokenizer(tokens.train_chat_tokenizer(["quite other words"], 300), other)
    (other / "config.json").write_bytes((run / "model" / "config.json").read_bytes())
    with pytest.raises(UsageError, match="made for another tokenizer") as error:
        causal.train(dataset, out=tmp_path / "run", model=str(other))
    assert error.value.remedy == f"Convert again with --tokenizer {other}"


def test_pickled_weights_are_refused(run: Path, dataset: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pickled"
    folder.mkdir()
    for path in (run / "model").glob("*.json"):
        (folder / path.name).write_bytes(path.read_bytes())
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(UsageError, match="no weights as safetensors"):
        causal.train(dataset, out=tmp_path / "run", model=str(folder))


def test_a_t5_is_sent_to_its_own_trainer(dataset: Path, tmp_path: Path) -> None:
    shutil.copytree(dataset / "causal" / "tokenizer", tmp_path, dirs_exist_ok=True)
    (tmp_path / "config.json").write_text('{"model_type": "t5"}')
    with pytest.raises(UsageError, match="reads and writes apart"):
        causal.train(dataset, out=tmp_path / "run", model=str(tmp_path))


def test_a_trained_t5_is_named_as_such_and_not_as_another_tokenizer(
    dataset: Path, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "t5"}')
    with pytest.raises(UsageError, match="is a t5 model"):
        causal.train(dataset, out=tmp_path / "run", model=str(tmp_path))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file"),
        (b"not what it says", "is not a GGUF file"),
        (b"GGUF" + bytes(40), "model.gguf cannot be read"),
    ],
)
def test_a_gguf_file_that_is_none_is_refused(
    dataset: Path, tmp_path: Path, content: bytes | None, said: str
) -> None:
    """They were `output: None.` and an internal error."""
    pytest.importorskip("gguf")
    if content is not None:
        (tmp_path / "model.gguf").write_bytes(content)
    with pytest.raises(UsageError, match=said):
        causal.train(dataset, out=tmp_path / "run", model=str(tmp_path / "model.gguf"))


def test_a_hub_that_cannot_be_reached_is_the_environments_fault(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(EnvironmentProblem, match="could not be reached for 'no-one/no-llama'"):
        causal.train(dataset, out=tmp_path / "run", model="no-one/no-llama")


def test_a_model_that_mixes_up_packed_rows_is_refused_before_it_is_trained(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collate = causal.tensors.sequences

    def without_positions(*args: Any, **more: Any) -> Any:
        made = collate(*args, **more)
        made.pop("position_ids", None)
        return made

    monkeypatch.setattr(causal.tensors, "sequences", without_positions)
    with pytest.raises(UsageError, match="mixes up packed examples"):
        causal.train(dataset, out=tmp_path / "run", packing=True)
    assert not (tmp_path / "run").exists()
