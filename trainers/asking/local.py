"""Puts the questions to a run folder of this machine; the network is not used."""

from __future__ import annotations

from pathlib import Path

from dataprep import store
from dataprep.finding import UsageError, extra_missing
from trainers.asking.kept import KeptAnswer, key_of
from trainers.run_folder import SETTINGS
from trainers.taught import plain_calls


def ask(
    run: Path, folder: Path, split: str, into: Path, max_tokens: int | None
) -> dict[str, KeptAnswer]:
    """The answers of a run to a split, by the ids of the examples.

    They are kept in `into`, by the weights, the dataset and the split, and never made twice.
    """
    try:
        from trainers import predict
    except ModuleNotFoundError as error:
        raise extra_missing("train", str(error.name)) from None
    most = max_tokens or 512
    name = key_of(identity(run), store.read_manifest(folder)["digest"], split, most)
    made = predict.predict(run, folder, out=into / name, split=split, max_new_tokens=most)
    return {row["id"]: _said(row["answer"]) for row in predict.answered(made.path)}


def identity(run: Path) -> str:
    """The hash of the weights and of the settings; raises UsageError for a folder without them."""
    weights = sorted((run / "model").glob("*.safetensors"))
    if not weights or not (run / SETTINGS).is_file():
        raise UsageError(
            f"{run} is no finished run of dataprep train.", "Name the folder that train wrote."
        )
    return key_of(*(store.sha256_of(path) for path in [run / SETTINGS, *weights]))


def _said(text: str) -> KeptAnswer:
    return KeptAnswer(text=plain_calls(text), kind="answered" if text.strip() else "empty")
