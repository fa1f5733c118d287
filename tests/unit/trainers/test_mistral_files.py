"""A run by a tokenizer file of Mistral's: trained, loaded, asked, and trained on from there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from dataprep import showing, store
from dataprep.finding import UsageError
from tests.unit.tokens import mistral_oracle as oracle
from tests.unit.trainers.converted import convert_causal
from trainers import causal, dpo
from trainers.export import ExportTarget, export
from trainers.predict import predict

SAID = "What is number 3, the trout? "


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    tekken = oracle.tekken(folder, "v11")
    return convert_causal(folder / "out", {"train": 24, "test": 4}, tokenizer=tekken)


@pytest.fixture(scope="module")
def run(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "first"
    return causal.train(dataset, out=out, kind="mistral", epochs=2, batch_tokens=500)


def test_the_dataset_shows_what_is_learned(dataset: Path) -> None:
    shown = showing.tokenised(dataset, "train", 1)[0].tokens
    assert "".join(piece for piece, _ in shown) == (
        "<s>[INST]What is number 0, the trout? [/INST]fish of the sea</s>"
    )
    assert "".join(piece for piece, learned in shown if learned) == "fish of the sea</s>"


def test_transformers_and_predict_answer_alike(run: Path, tmp_path: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(run / "model")
    net = AutoModelForCausalLM.from_pretrained(run / "model")
    asked = tokenizer.apply_chat_template(
        [{"role": "user", "content": SAID}],
        add_generation_prompt=True,
        return_dict=True,
        return_tensors="pt",
    )
    said = net.generate(**asked, max_new_tokens=20, do_sample=False)
    text = tokenizer.decode(said[0, asked["input_ids"].shape[1] :], skip_special_tokens=True)
    path = tmp_path / "prompts.jsonl"
    path.write_text(json.dumps({"prompt": SAID}), "utf-8")
    found = predict(run, path, out=tmp_path / "out", max_new_tokens=20)
    assert json.loads(found.path.read_text("utf-8"))["completion"] == text


def test_predict_asks_a_dataset_by_the_same_file(run: Path, dataset: Path, tmp_path: Path) -> None:
    assert predict(run, dataset, out=tmp_path / "out", max_new_tokens=8).answers == 4


def test_training_goes_on_from_the_run_and_from_no_other_vocabulary(
    run: Path, dataset: Path, tmp_path: Path
) -> None:
    model = str(run / "model")
    more = causal.train(dataset, out=tmp_path / "more", model=model, lora=2, epochs=1)
    assert (more / "model" / "tekken.json").is_file()
    other = convert_causal(
        tmp_path / "other", {"train": 4}, tokenizer=oracle.tekken(tmp_path, "v11", ranks=300)
    )
    with pytest.raises(UsageError, match="for another tokenizer"):
        causal.train(other, out=tmp_path / "not", model=model)


def test_preferences_are_learned_from_the_run(run: Path, tmp_path: Path) -> None:
    row = {
        "input": {"messages": [{"role": "user", "content": SAID}]},
        "preferred_output": [{"role": "assistant", "content": "fish"}],
        "non_preferred_output": [{"role": "assistant", "content": "bird"}],
    }
    with store.staging(tmp_path / "pairs") as folder:
        (folder / "preference").mkdir()
        (folder / "preference" / "train.jsonl").write_text((json.dumps(row) + "\n") * 8)
        store.publish(folder, tmp_path / "pairs", {"targets": {"preference": {"rows": 8}}})
    out = dpo.train(tmp_path / "pairs", out=tmp_path / "run", model=str(run), epochs=1)
    assert (out / "model" / "tekken.json").read_bytes() == (
        run / "model" / "tekken.json"
    ).read_bytes()


def test_the_run_is_exported_with_its_own_file_and_not_as_gguf(run: Path, tmp_path: Path) -> None:
    targets: tuple[ExportTarget, ...] = ("gguf", "ollama")
    for to in targets:
        with pytest.raises(UsageError, match="a file of Mistral's own, which is not written"):
            export(run, to, out=tmp_path / to)
        assert not (tmp_path / to).exists()
    export(run, "merged", out=tmp_path / "merged")
    one, other = (
        AutoModelForCausalLM.from_pretrained(folder).state_dict()
        for folder in (run / "model", tmp_path / "merged")
    )
    assert all(torch.equal(one[name], other[name]) for name in one)
    names = {path.name for path in (run / "model").iterdir()}
    assert {path.name for path in (tmp_path / "merged").iterdir()} == {*names, "README.md"}
