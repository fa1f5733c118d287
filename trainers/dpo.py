"""Preferences by TRL's DPO: what it does right is its own, the tokens come from our renderer."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Unpack

from dataprep.finding import UsageError, extra_missing
from dataprep.formats.preference import INPUT, OUTPUTS
from dataprep.tokens import AnyChatTokenizer
from trainers import alignment, run_folder
from trainers.options import CommonChoices, CommonOptions, Keep

TARGET = "preference"


def train(
    folder: Path,
    *,
    out: Path,
    model: str,
    beta: float = 0.1,
    keep: Keep = "best",
    **choices: Unpack[CommonChoices],
) -> Path:
    """Train `model` on the pairs of `folder` (an output of convert with the target preference).

    Returns the run folder. Batches are TRL's, of eight pairs. `keep` says which weights are saved:
    those of the lowest loss on the validation split, where there is one, or the last. Raises
    UsageError for choices and data that it cannot use.
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
        own={"beta": beta, "keep": keep},
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
        eval_dataset=Dataset.from_list(start.held_out) if start.held_out else None,
        processing_class=start.tokenizer.backend,
    )


def _judge(_: Any, logged: list[dict[str, Any]]) -> dict[str, Any]:
    found = {"chosen_over_rejected": "rewards/accuracies"}
    found["held_out_chosen_over_rejected"] = "eval_rewards/accuracies"
    shares = {name: [line[key] for line in logged if key in line] for name, key in found.items()}
    return {name: known[-1] for name, known in shares.items() if known}
