"""Preferences by TRL's DPO: what it does right is its own, the tokens come from our renderer."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Unpack

from dataprep.finding import UsageError, extra_missing
from dataprep.formats.preference import INPUT, OUTPUTS
from dataprep.tokens import AnyChatTokenizer
from trainers import alignment, run_folder
from trainers.options import CommonChoices, CommonOptions

TARGET = "preference"


def train(
    folder: Path, *, out: Path, model: str, beta: float = 0.1, **choices: Unpack[CommonChoices]
) -> Path:
    """Train `model` on the pairs of `folder` (an output of convert with the target preference).

    Returns the run folder. Batches are TRL's, of eight pairs. Raises UsageError for choices and
    data that it cannot use.
    """
    if not 0 < beta < float("inf"):
        raise UsageError(f"--beta is {beta:g}.", "Give a number above 0.")
    start = alignment.prepare(
        folder,
        TARGET,
        pair_ids,
        out=out,
        model=model,
        options=CommonOptions(**choices),
        own={"beta": beta},
    )

    def make(run: run_folder.RunFolder) -> Any:
        return _trainer(start, run, beta)

    return start.train(make, _judge)


def pair_ids(tokenizer: AnyChatTokenizer, row: dict[str, Any]) -> dict[str, list[int]]:
    """A pair in ids: what stands before the answers, and either answer with its end."""
    asked, tools = row[INPUT]["messages"], row[INPUT].get("tools")
    (prompt, chosen), (_, rejected) = (
        alignment.answer_ids(tokenizer, [*asked, *row[side]], tools) for side in OUTPUTS
    )
    return {"prompt_ids": prompt, "chosen_ids": chosen, "rejected_ids": rejected}


def _trainer(start: alignment.Alignment, run: run_folder.RunFolder, beta: float) -> Any:
    try:
        from datasets import Dataset
        from trl import DPOConfig, DPOTrainer  # type: ignore[attr-defined]
    except ImportError:
        raise extra_missing("preference", "trl") from None

    class InOurIds(DPOTrainer):
        """DPOTrainer with pairs that are tokenised already."""

        def _prepare_dataset(self, dataset: Any, *_: Any, **__: Any) -> Any:
            return dataset

    return InOurIds(
        model=start.net,
        args=DPOConfig(**start.arguments(run), beta=beta, max_length=None),
        train_dataset=Dataset.from_list(start.rows),
        processing_class=start.tokenizer.backend,
    )


def _judge(_: Any, logged: list[dict[str, Any]]) -> dict[str, Any]:
    shares = [line["rewards/accuracies"] for line in logged if "rewards/accuracies" in line]
    return {"chosen_over_rejected": shares[-1]} if shares else {}
