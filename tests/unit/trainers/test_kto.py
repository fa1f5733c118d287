"""Answers with a verdict each, by TRL's KTO, on ids of our own renderer."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import torch

from dataprep import store
from dataprep.conversion import convert
from dataprep.finding import NothingToDo, UsageError
from dataprep.recipe import Recipe, Source, Splits
from dataprep.tokens import load_chat_tokenizer
from tests.building import annotated, of_task
from tests.judged_exports import STARS, rated
from tests.unit.trainers.aligned import BAD, GOOD, row, verdicts
from tests.unit.trainers.chat_server import chat_server, message
from tests.unit.trainers.converted import convert_causal
from trainers import causal, kto
from trainers.asking import evaluate
from trainers.predict import predict

pytest.importorskip("trl")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model that has learned a little."""
    folder = tmp_path_factory.mktemp("base")
    dataset = convert_causal(folder / "out", {"train": 30, "test": 4})
    return causal.train(dataset, out=folder / "run", epochs=1)


@pytest.mark.parametrize("lora", [None, 4])
def test_an_approved_answer_gains_on_one_that_was_not(
    base: Path, tmp_path: Path, lora: int | None
) -> None:
    run = kto.train(
        verdicts(tmp_path / "out"),
        out=tmp_path / "run",
        model=str(base),
        epochs=4,
        learning_rate=1e-3,
        lora=lora,
    )
    scores = json.loads((run / "evaluation.json").read_text())
    # Before the first step the model is its own reference: each answer loses 1 - sigmoid(0).
    assert scores["loss"]["first"] == pytest.approx(0.5, abs=1e-4)
    assert scores["loss"]["last"] < 0.49
    assert scores["reward_margin"]["first"] == pytest.approx(0, abs=1e-4)
    assert scores["reward_margin"]["last"] > 0.05
    assert (run / "model" / "model.safetensors").is_file()
    assert (run / "adapter").exists() == (lora is not None)
    card = (run / "README.md").read_text().splitlines()
    assert "# A causal model, trained on verdicts by TRL's KTO, beta 0.1" in card
    assert "- 8 approved answers, 8 others; weights 1 and 1" in card


def test_the_loss_is_trls_own_on_the_same_ids(base: Path, tmp_path: Path) -> None:
    """TRL tokenises the same rows by the same template: each step has the loss that it has here."""
    from datasets import Dataset
    from transformers import AutoModelForCausalLM
    from trl import KTOConfig, KTOTrainer  # type: ignore[attr-defined]

    folder = verdicts(tmp_path / "out", good=8, bad=8)
    run = kto.train(
        folder,
        out=tmp_path / "run",
        model=str(base),
        epochs=2,
        learning_rate=1e-3,
        undesirable_weight=1.25,
        seed=3,
    )
    lines = [json.loads(x) for x in (run / "metrics.jsonl").read_text().splitlines()]
    tokenizer = load_chat_tokenizer(str(base / "model"))
    rows = [kto.verdict_ids(tokenizer, row(n, label=n < 8)) for n in range(16)]
    texts = [row(n, label=n < 8) for n in range(16)]
    random.Random(3).shuffle(texts)  # noqa: S311
    place = str(base / "model")
    trainer = KTOTrainer(
        model=AutoModelForCausalLM.from_pretrained(place, dtype=torch.float32),
        ref_model=AutoModelForCausalLM.from_pretrained(place, dtype=torch.float32),
        args=KTOConfig(
            output_dir=str(tmp_path / "trl"),
            num_train_epochs=2,
            per_device_train_batch_size=8,
            learning_rate=1e-3,
            warmup_steps=1,
            undesirable_weight=1.25,
            seed=3,
            bf16=False,
            use_cpu=True,
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            max_length=None,
        ),
        train_dataset=Dataset.from_list(texts),
        processing_class=tokenizer.backend,
    )
    assert sorted(map(str, rows)) == sorted(
        str({k: one[k] for k in ("prompt_ids", "completion_ids", "label")})
        for one in trainer.train_dataset
    )
    trainer.train()
    for key in ("loss", "kl", "rewards/chosen", "rewards/rejected"):
        wanted = [line[key] for line in trainer.state.log_history if key in line]
        assert len(wanted) == 4
        assert [line[key] for line in lines if key in line] == pytest.approx(wanted, abs=1e-6)


def test_each_answer_is_beside_one_of_another_prompt_of_its_batch() -> None:
    rows = [{"completion_ids": [n]} for n in range(5)]
    made = kto.with_mismatched(rows, 2)
    assert [one["KL_completion_ids"] for one in made] == [[1], [0], [3], [2], [3]]


@pytest.mark.parametrize(("good", "bad", "said"), [(4, 0, "approved"), (0, 4, "not approved")])
def test_verdicts_of_one_kind_are_refused_before_a_model_is_loaded(
    tmp_path: Path, good: int, bad: int, said: str
) -> None:
    folder = verdicts(tmp_path / "out", good=good, bad=bad)
    with pytest.raises(UsageError, match=f"All 4 answers of .* are {said}"):
        kto.train(folder, out=tmp_path / "run", model="nowhere")
    assert not (tmp_path / "run").exists()


def test_a_folder_without_verdicts_or_without_rows_is_refused(base: Path, tmp_path: Path) -> None:
    folder = convert_causal(tmp_path / "out", {"train": 3})
    with pytest.raises(UsageError, match="holds no answers with a verdict"):
        kto.train(folder, out=tmp_path / "run", model=str(base))
    with pytest.raises(NothingToDo, match="has no answers with a verdict to train on"):
        kto.train(verdicts(tmp_path / "none", 0, 0), out=tmp_path / "run", model=str(base))


def test_a_folder_that_was_changed_is_refused(tmp_path: Path) -> None:
    folder = verdicts(tmp_path / "out")
    (folder / "kto" / "train.jsonl").write_text("{")
    with pytest.raises(UsageError, match="is not as it was written"):
        kto.train(folder, out=tmp_path / "run", model="nowhere")


def test_a_row_of_which_nothing_is_learned_is_named(base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    rows = [row(0, label=True), row(1, label=False)]
    rows[1]["completion"][0]["weight"] = 0
    with store.staging(folder) as stage:
        (stage / "kto").mkdir()
        text = "".join(json.dumps(one) + "\n" for one in rows)
        (stage / "kto" / "train.jsonl").write_text(text)
        store.publish(stage, folder, {"targets": {"kto": {"rows": 2}}})
    with pytest.raises(UsageError, match=r"train\.jsonl:2: nothing of the answer is left"):
        kto.train(folder, out=tmp_path / "run", model=str(base))


def test_a_run_answers_prompts_and_is_compared_with_an_endpoint(base: Path, tmp_path: Path) -> None:
    """Its dataset has no token ids of held-out rows: the examples are asked, by its own tokens."""
    run = kto.train(verdicts(tmp_path / "out"), out=tmp_path / "run", model=str(base), epochs=1)
    (tmp_path / "prompts.jsonl").write_text('{"prompt": "Which?"}\n')
    found = predict(run, tmp_path / "prompts.jsonl", out=tmp_path / "said", max_new_tokens=4)
    assert found.answers == 1
    dataset = convert_causal(tmp_path / "asked", {"train": 4, "test": 4})
    with chat_server(lambda _: message("bird")) as server:
        made = evaluate(
            dataset,
            out=tmp_path / "e",
            runs=[run],
            endpoint=server.url,
            models=["m"],
            max_tokens=4,
        )
    assert made.table["compared"] == 4
    assert [road["asked"] for road in made.table["roads"]] == [4, 4]


def test_the_ratings_of_annotators_are_trained_on_as_they_are_converted(
    base: Path, tmp_path: Path
) -> None:
    stars = (5, 4, 1, 2, 3, 5)
    tasks = [
        of_task(
            {"prompt": f"Which is number {n}?", "response": GOOD if value > 3 else BAD},
            annotated(rated(value)),
            id=n,
        )
        for n, value in enumerate(stars)
    ]
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    (tmp_path / "config.xml").write_text(STARS)
    source = Source(path="export.json", label_config="config.xml")
    recipe = Recipe(
        sources=[source],
        splits=Splits(train=1, validation=0, test=0),
        targets=["kto"],
    )
    convert(recipe, tmp_path, tmp_path / "out")
    run = kto.train(tmp_path / "out", out=tmp_path / "run", model=str(base), epochs=1)
    card = (run / "README.md").read_text()
    assert "- 3 approved answers, 2 others; weights 1 and 1" in card
    assert "--undesirable-weight 1.5 would let both kinds count alike" in card


@pytest.mark.parametrize(("good", "bad"), [(5, 4), (2, 0)])
def test_the_weights_of_the_lowest_held_out_loss_are_saved(
    base: Path, tmp_path: Path, good: int, bad: int
) -> None:
    """Who is held out says the opposite of what is learned: each step is worse than the first.

    Nine rows leave a batch of one; verdicts of one kind alone have a loss too.
    """
    opposite = [{**row(n, label=n >= good), "label": n < good} for n in range(good + bad)]
    run = kto.train(
        verdicts(tmp_path / "out", held_out=opposite),
        out=tmp_path / "run",
        model=str(base),
        epochs=3,
        checkpoint_steps=1,
        learning_rate=1e-3,
        lr_scheduler_type="constant",
    )
    scores = json.loads((run / "evaluation.json").read_text())
    held = scores["held_out_loss"]
    assert scores["saved"] == {"step": 1, "of": "best"}
    assert held["lowest"] == held["saved"] == held["first"] < held["last"]
    said = (run / "README.md").read_text()
    assert f"held-out loss: {held['first']:.3f} at first, {held['saved']:.3f} at step 1" in said
