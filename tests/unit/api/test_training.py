"""Training from Python: the options of the command, refused early, and a process left as it was."""

from __future__ import annotations

import inspect
import json
import logging
import os
import random
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import pytest
import torch

import dataprep
from dataprep.api import asking
from dataprep.api.training_kinds import KINDS, OwnOptions, options_of
from dataprep.cli import alignment, answering, app, open_weights, roads
from dataprep.cli.training_flags import CommonFlags, TrainingFlags
from trainers import causal, dpo, grpo, kto, t5
from trainers.options import TrainingChoices

COMMANDS: dict[str, tuple[Callable[..., int], Callable[..., Path]]] = {
    "t5": (open_weights.t5, t5.train),
    "llama": (open_weights.llama, causal.train),
    "mistral": (open_weights.mistral, causal.train),
    "dpo": (alignment.dpo, dpo.train),
    "kto": (alignment.kto, kto.train),
    "grpo": (alignment.grpo, grpo.train),
}
hub_bars: Any = import_module("huggingface_hub.utils.tqdm")
NAMED = {"folder", "out", "model"}
PLANNED = {"plan", "gpu"}
"""Of the function `plan`."""


def defaults(function: Callable[..., Any]) -> dict[str, Any]:
    parameters = inspect.signature(function).parameters
    return {
        n: str(p.default) if isinstance(p.default, Path) else p.default
        for n, p in parameters.items()
    }


@pytest.mark.parametrize("kind", COMMANDS)
def test_a_training_takes_the_flags_of_its_command(kind: str) -> None:
    command, trained = COMMANDS[kind]
    flagged = defaults(command)
    shared, _, _ = (flagged.pop(name) for name in ("flags", "source", "how"))
    flags = {each.name for each in fields(shared)} | flagged.keys()
    assert options_of(kind) == flags - NAMED - PLANNED
    ours = {name: flagged[name] for name in KINDS[kind].own}
    assert ours == {name: defaults(trained)[name] for name in KINDS[kind].own}
    assert flagged["out"] == str(Path("runs", kind))
    assert isinstance(shared, CommonFlags if KINDS[kind].given else TrainingFlags)


def test_every_kind_of_this_machine_has_a_command_and_every_option_a_type() -> None:
    below = {name for name in app["train"] if not name.startswith("-")}
    assert below - {"openai", "azure", "nebius", "together"} == set(KINDS) == set(COMMANDS)
    typed = get_type_hints(OwnOptions).keys() | get_type_hints(TrainingChoices).keys()
    assert typed == {name for kind in KINDS for name in options_of(kind)}


def test_predict_and_evaluate_take_the_flags_of_their_commands() -> None:
    asked = {**defaults(answering.predict), "out": "predictions"}  # of a file, as it is not said
    assert (
        asked.pop("as_is")
        == inspect.signature(dataprep.TrainedRun.answer).parameters["as_is"].default
    )
    for command, function in (
        (asked, dataprep.predict),
        (defaults(roads.evaluate), dataprep.evaluate),
    ):
        assert {k: v for k, v in defaults(function).items() if k != "progress"} == command


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("t6", {}, "There is no training 't6'. Known: t5, llama, mistral, dpo, kto, grpo, openai,"),
        ("dpo", {}, "dpo starts from a model that answers already. Name it with --model"),
        ("t5", {"epoks": 3}, "epoks is no option of train t5. Did you mean epochs?"),
        ("t5", {"beta": 0.1}, "beta is no option of train t5. It is for dpo, kto, grpo."),
        ("t5", {"epochs": "3"}, "--epochs is '3'. Give a number above 0."),
        (
            "t5",
            {"optim": "sgd"},
            "--optim is 'sgd'. It is one of: auto, adamw_torch, adamw_8bit, ",
        ),
        ("t5", {"size": "huge"}, "--size is 'huge'. It is one of: tiny, mini, small."),
        ("t5", {"epochs": 0}, "--epochs is 0. Give a number above 0."),
        ("t5", {}, "nowhere: no such file."),
    ],
)
def test_what_cannot_be_asked_is_refused(
    kind: Any, options: Any, said: str, tmp_path: Path
) -> None:
    with pytest.raises(dataprep.UsageError) as caught:
        dataprep.train(kind, "nowhere", out=tmp_path / "run", **options)
    assert str(caught.value).startswith(said)
    assert not (tmp_path / "run").exists()


def state() -> dict[str, Any]:
    """What a caller may rely on in its own process."""
    return {
        "environment": dict(os.environ),
        "random": random.getstate(),
        "numpy": np.random.get_state()[1].tolist(),  # type: ignore[union-attr]
        "torch": torch.get_rng_state().tolist(),
        "threads": torch.get_num_threads(),
        "filters": list(warnings.filters),
        "signals": [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)],
        "levels": [logging.getLogger(name).level for name in ("transformers", "huggingface_hub")],
        "alive": threading.enumerate(),
        "kernels": "kernels" in sys.modules,
        "bars": dict(hub_bars.progress_bar_states),
    }


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A tiny T5 on forty rows, in a process whose state was looked at before and after."""
    folder = tmp_path_factory.mktemp("trained")
    rows = [{"prompt": f"Is {n} even?", "completion": "no" if n % 2 else "yes"} for n in range(40)]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    data = dataprep.convert(
        folder / "rows.jsonl", to="t5", out=folder / "out", near_duplicates="off"
    )
    steps: list[int] = []
    hub_bars.progress_bar_states["some.downloads"] = False
    before = state()
    run = dataprep.train(
        "t5",
        data,
        out=folder / "run",
        epochs=np.int64(1),
        progress=lambda now: steps.append(now.step),
    )
    return {"run": run, "data": data, "before": before, "after": state(), "steps": steps}


def test_the_process_is_afterwards_as_it_was(trained: dict[str, Any]) -> None:
    before, after = trained["before"], trained["after"]
    assert [name for name in before if before[name] != after[name]] == []
    assert trained["steps"]


def test_a_run_tells_what_it_is_and_how_good(trained: dict[str, Any]) -> None:
    run = trained["run"]
    assert run == dataprep.TrainedRun(str(run.folder))
    assert repr(run).startswith(
        f"TrainedRun({str(run.folder)!r}, data={str(run.data)!r}): from scratch, tiny, "
    )
    assert "exact match" in run._repr_html_()
    assert run.settings["epochs"] == 1
    assert run.to_polars()["step"].max() == max(trained["steps"])
    assert (run.model / "config.json").is_file()
    assert run.card.startswith("---\nlibrary_name: transformers")


def test_a_run_that_is_not_finished_says_so(tmp_path: Path) -> None:
    run = dataprep.TrainedRun(tmp_path / "nowhere")
    assert repr(run) == f"TrainedRun('{tmp_path}/nowhere'): no finished run"
    assert "no finished run" in run._repr_html_()
    with pytest.raises(dataprep.UsageError, match=r"run\.json: No such file"):
        run.settings  # noqa: B018  reading is the test
    with pytest.raises(dataprep.UsageError, match="no finished run of dataprep train"):
        run.answer("a text")


def test_a_text_is_answered_and_nothing_is_written(trained: dict[str, Any]) -> None:
    run = trained["run"]
    before = sorted(run.folder.rglob("*"))
    answers = run.answer("Is 7 even?", "Is 8 even?", max_new_tokens=3)
    assert [type(each) for each in answers] == [str, str]
    assert run.answer("Is 8 even?", max_new_tokens=3) == answers[1:]
    assert sorted(run.folder.rglob("*")) == before


def test_predictions_and_scores_are_tables(trained: dict[str, Any], tmp_path: Path) -> None:
    run, data = trained["run"], trained["data"]
    made = dataprep.predict(run, data, out=tmp_path / "answers", split="train", max_new_tokens=3)
    assert len(made) == data.splits["train"] == made.new
    assert made.to_polars().columns == ["id", "expected", "answer"]
    assert repr(made).endswith(f"predictions.jsonl'): {len(made)} answers, {len(made)} of them new")
    assert "<th" in made._repr_html_()
    scores = dataprep.evaluate(
        data, run=run, split="train", limit=4, max_tokens=3, out=tmp_path / "scores"
    )
    assert repr(scores).startswith(
        f"Evaluation('{tmp_path}/scores'): 4 train examples; {run.folder}"
    )
    assert "most frequent answer" in scores._repr_html_()


def test_a_plan_is_for_trainings_in_batches_of_our_own() -> None:
    with pytest.raises(dataprep.UsageError, match=r"kind is .dpo.\. It is one of: t5, llama"):
        dataprep.plan("dpo", "nowhere", model="x")  # type: ignore[arg-type]
    with pytest.raises(dataprep.UsageError, match="nowhere: no such file"):
        dataprep.plan("t5", "nowhere", gpu="24GB")


def test_text_of_a_model_is_never_markup(tmp_path: Path) -> None:
    path = tmp_path / "predictions.jsonl"
    evil = "<img src=x onerror=alert(1)>"
    path.write_text(json.dumps({"id": "1", evil: evil, "answer": evil}) + "\n")
    page = asking.Predictions(path, 1)._repr_html_()
    assert "<img" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") == 3


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_that_no_library_takes_is_refused_before_a_run_folder(
    tmp_path: Path, seed: int
) -> None:
    with pytest.raises(dataprep.UsageError, match="--seed is"):
        dataprep.train("t5", tmp_path, out=tmp_path / "run", seed=seed)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("texts", "most", "words"),
    [
        ((3,), 8, "What is asked is a text."),
        ((["a", "b"],), 8, "What is asked is a text."),
        (("a",), 0, "max_new_tokens is 0."),
        (("a",), "3", "max_new_tokens is '3'."),
        (("a",), 10**30, "max_new_tokens is 1000"),
    ],
)
def test_what_a_run_cannot_be_asked_is_told_before_it_is_loaded(
    tmp_path: Path, texts: tuple[Any, ...], most: Any, words: str
) -> None:
    with pytest.raises(dataprep.DataprepError) as caught:
        dataprep.TrainedRun(tmp_path).answer(*texts, max_new_tokens=most)
    assert words in str(caught.value)
