"""Training a T5: that it learns, that its arithmetic is right, and what it refuses."""

from __future__ import annotations

import json
import resource
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from dataprep import store
from dataprep.finding import EnvironmentProblem, NothingToDo, UsageError
from dataprep.tokens import train_tokenizer
from tests.unit.trainers.converted import KINDS, convert
from trainers import loop, t5
from trainers.progress import Clock, TrainingProgress


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """90 examples to train on, 30 to test."""
    return convert(tmp_path_factory.mktemp("data") / "out", {"train": 90, "test": 30})


@pytest.fixture(scope="module")
def run(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of some forty steps."""
    out = tmp_path_factory.mktemp("runs") / "first"
    return t5.train(dataset, out=out, epochs=6, batch_tokens=700)


def journal(run: Path) -> list[dict[str, Any]]:
    lines = map(json.loads, (run / "metrics.jsonl").read_text().splitlines())
    return [line for line in lines if "loss" in line]


def test_the_loss_falls(run: Path) -> None:
    lines = journal(run)
    assert 20 <= lines[-1]["step"] <= 60
    assert lines[-1]["loss"] < lines[0]["loss"] / 5
    assert all(line["tokens_per_second"] > 0 for line in lines)


def test_the_answers_are_better_than_the_most_frequent_one(run: Path) -> None:
    scores = json.loads((run / "evaluation.json").read_text())
    assert (scores["split"], scores["examples"]) == ("test", 30)
    kind = scores["shapes"]["classification"]
    assert kind["majority"] == {"answer": "bird", "exact_match": 0.5}
    assert kind["exact_match"] > 0.65
    assert kind["labels"]["bird"]["examples"] == 15
    assert len(scores["samples"]) == 5


def test_the_run_folder_names_its_data_and_loads_with_transformers(
    run: Path, dataset: Path
) -> None:
    settings = json.loads((run / "run.json").read_text())
    assert settings["dataset"]["digest"] == store.read_manifest(dataset)["digest"]
    assert settings["learning_rate"] == 0.01
    assert settings["precision"] == "fp32"
    tokenizer = AutoTokenizer.from_pretrained(run / "model")
    net = AutoModelForSeq2SeqLM.from_pretrained(run / "model")
    asked = tokenizer(["What is number 3, the trout? "], return_tensors="pt")
    said = net.generate(**asked, max_new_tokens=8, do_sample=False)
    [text] = tokenizer.batch_decode(said, skip_special_tokens=True)
    assert text.split()[0] in KINDS
    assert (run / "model" / "model.safetensors").is_file()
    assert "exact match" in (run / "README.md").read_text()
    assert not list(run.glob(".*"))


def test_a_run_folder_can_be_trained_further(run: Path, dataset: Path, tmp_path: Path) -> None:
    seen: list[TrainingProgress] = []
    further = t5.train(
        dataset, out=tmp_path / "b", model=str(run), epochs=0.5, on_progress=seen.append
    )
    assert journal(further)[0]["loss"] < 2
    assert json.loads((further / "run.json").read_text())["learning_rate"] == 0.001
    assert seen[-1].step == seen[-1].steps


def test_the_same_seed_gives_the_same_losses(dataset: Path, tmp_path: Path) -> None:
    runs = [
        t5.train(dataset, out=tmp_path / name, epochs=0.5, batch_tokens=700) for name in ("a", "b")
    ]
    first, again = ([line["loss"] for line in journal(r)] for r in runs)
    assert first == again


def test_a_changed_file_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    folder = convert(tmp_path / "out", {"train": 6})
    path = folder / "t5" / "train.parquet"
    pl.read_parquet(path).head(5).write_parquet(path)
    with pytest.raises(UsageError, match=r"t5/train\.parquet was changed"):
        t5.train(folder, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_missing_split_is_refused(tmp_path: Path) -> None:
    folder = convert(tmp_path / "out", {"train": 6, "test": 3})
    (folder / "t5" / "test.parquet").unlink()
    with pytest.raises(UsageError, match=r"t5/test\.parquet is missing"):
        t5.train(folder, out=tmp_path / "run")


def test_a_dataset_without_a_training_split_is_nothing_to_do(tmp_path: Path) -> None:
    folder = convert(tmp_path / "out", {"train": 6})
    manifest = store.read_manifest(folder)
    manifest["targets"]["t5"]["splits"] = {"test": 3}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(NothingToDo, match="no examples to train on"):
        t5.train(folder, out=tmp_path / "run")


def test_a_dataset_for_another_road_is_refused(tmp_path: Path) -> None:
    with store.staging(tmp_path / "out") as folder:
        store.publish(folder, tmp_path / "out", {"targets": {"openai-chat": {}}})
    with pytest.raises(UsageError, match="no dataset for T5"):
        t5.train(tmp_path / "out", out=tmp_path / "run")


def test_without_held_out_data_there_are_no_scores_and_no_failure(tmp_path: Path) -> None:
    folder = convert(tmp_path / "out", {"train": 12})
    made = t5.train(folder, out=tmp_path / "run", epochs=1)
    scores = json.loads((made / "evaluation.json").read_text())
    assert (scores["split"], scores["examples"]) == (None, 0)
    assert scores["loss"]["first"] > 0


def test_a_model_with_another_tokenizer_is_refused(
    run: Path, dataset: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.json").write_bytes((run / "model" / "config.json").read_bytes())
    train_tokenizer(["quite other words"], 300, other)
    with pytest.raises(UsageError, match="made for another tokenizer") as error:
        t5.train(dataset, out=tmp_path / "run", model=str(other))
    assert error.value.remedy == f"Convert again with --tokenizer {other}"


def test_a_folder_that_holds_no_model_is_refused(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no model"):
        t5.train(dataset, out=tmp_path / "run", model=str(dataset))


def test_pickled_weights_are_refused(run: Path, dataset: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pickled"
    folder.mkdir()
    for name in ("config.json", "spiece.model"):
        (folder / name).write_bytes((run / "model" / name).read_bytes())
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(UsageError, match="no weights as safetensors"):
        t5.train(dataset, out=tmp_path / "run", model=str(folder))


def test_a_model_that_is_no_t5_is_refused(run: Path, dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "spiece.model").write_bytes((run / "model" / "spiece.model").read_bytes())
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}')
    with pytest.raises(UsageError, match="is a gpt2 model, not a T5"):
        t5.train(dataset, out=tmp_path / "run", model=str(tmp_path))


def test_a_hub_that_cannot_be_reached_is_the_environments_fault(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(EnvironmentProblem, match="could not be reached for 'no-one/no-t5'"):
        t5.train(dataset, out=tmp_path / "run", model="no-one/no-t5")


def test_fp16_is_refused_with_the_reason(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="activations overflow"):
        t5.train(dataset, out=tmp_path / "run", precision="fp16")


def test_a_run_folder_that_is_used_is_left_alone(run: Path, dataset: Path) -> None:
    with pytest.raises(UsageError, match="no run replaces another"):
        t5.train(dataset, out=run)
    with pytest.raises(UsageError, match="finished, and --resume goes on with one that is not"):
        t5.train(dataset, out=run, resume=True)


def test_a_loss_that_is_nan_ends_the_run_and_leaves_the_journal(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summed = loop.summed_loss
    monkeypatch.setattr(
        loop, "summed_loss", lambda model, inputs: summed(model, inputs) * float("nan")
    )
    with pytest.raises(UsageError, match="became nan at step 1"):
        t5.train(dataset, out=tmp_path / "run")
    assert (tmp_path / "run" / "metrics.jsonl").is_file()
    assert not (tmp_path / "run" / "README.md").exists()


def test_a_disk_that_is_full_is_said_without_a_traceback(dataset: Path, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, hard))
    try:
        with pytest.raises(EnvironmentProblem, match="could not be written"):
            t5.train(dataset, out=tmp_path / "run", epochs=0.1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not (tmp_path / "run" / "README.md").exists()


def test_time_that_is_up_stops_the_run_with_a_model(dataset: Path, tmp_path: Path) -> None:
    made = t5.train(dataset, out=tmp_path / "run", epochs=500, max_minutes=0.01)
    assert journal(made)[-1]["seconds"] < 10
    assert (made / "README.md").is_file()


def test_the_rate_warms_up_and_falls_to_nothing_by_steps_or_by_time() -> None:
    clock = Clock(100, None)
    assert clock.share_of_rate(0) == pytest.approx(0.2)
    assert clock.share_of_rate(50) == pytest.approx(50 / 95)
    assert clock.share_of_rate(100) == 0
    late = Clock(100, 1)
    late.start -= 60
    assert late.share_of_rate(50) == 0
    assert late.over


def test_packed_lines_learn_as_well(dataset: Path, tmp_path: Path) -> None:
    made = t5.train(
        dataset, out=tmp_path / "run", epochs=6, batch_tokens=400, packing=True, pack_width=256
    )
    assert json.loads((made / "run.json").read_text())["packing"] is True
    scores = json.loads((made / "evaluation.json").read_text())
    assert scores["loss"]["last"] < scores["loss"]["first"] / 5


def test_lora_trains_adapters_alone_and_saves_them_apart_and_merged(
    run: Path, dataset: Path, tmp_path: Path
) -> None:
    made = t5.train(dataset, out=tmp_path / "run", model=str(run), lora=4, epochs=1)
    names = {path.name for path in (made / "adapter").iterdir()}
    assert {"adapter_model.safetensors", "adapter_config.json"} <= names
    before = load_file(run / "model" / "model.safetensors")
    after = load_file(made / "model" / "model.safetensors")
    assert before.keys() == after.keys()
    assert torch.equal(before["shared.weight"], after["shared.weight"])
    layer = "encoder.block.0.layer.0.SelfAttention.q.weight"
    assert not torch.equal(before[layer], after[layer])


def test_answers_are_scored_as_people_write_them_not_as_the_codec_spells_them(
    tmp_path: Path,
) -> None:
    folder = convert(
        tmp_path / "out", {"train": 60, "test": 6}, answer='{{"is": "{}"}}\n', codec="always"
    )
    entry = store.read_manifest(folder)["targets"]["t5"]
    assert entry["codec"] is not None
    made = t5.train(folder, out=tmp_path / "run", epochs=2, batch_tokens=700)
    samples = json.loads((made / "evaluation.json").read_text())["samples"]
    assert {s["wanted"] for s in samples} <= {'{"is": "bird"}\n', '{"is": "fish of the sea"}\n'}
    assert "codec" in (made / "README.md").read_text()
