"""Answers with a verdict each, by TRL's KTO: thumbs and ratings teach without pairs.

Source: Ethayarajh et al., KTO: Model Alignment as Prospect Theoretic Optimization, 2024.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Unpack

from dataprep.finding import UsageError, extra_missing
from dataprep.shell import flag_of
from dataprep.tokens import AnyChatTokenizer
from trainers import alignment, run_folder
from trainers.options import CommonChoices, CommonOptions, Keep

TARGET = "kto"


def train(
    folder: Path,
    *,
    out: Path,
    model: str,
    beta: float = 0.1,
    desirable_weight: float = 1.0,
    undesirable_weight: float = 1.0,
    keep: Keep = "best",
    **choices: Unpack[CommonChoices],
) -> Path:
    """Train `model` on the verdicts of `folder` (an output of convert with the target kto).

    Returns the run folder. Batches are TRL's, of eight answers. `keep` says which weights are
    saved: those of the lowest loss on the validation split, where there is one, or the last. Raises
    UsageError for choices and data that it cannot use, such as answers that were all approved.
    """
    weights = {"desirable_weight": desirable_weight, "undesirable_weight": undesirable_weight}
    for name, value in {"beta": beta, **weights}.items():
        if not 0 < value < float("inf"):
            raise UsageError(f"{flag_of(name)} is {value:g}.", "Give a number above 0.")
    options = CommonOptions(**choices)
    alignment.refuse_changed(folder, TARGET)
    verdicts = [row["label"] for row in alignment.rows_of(folder, TARGET, "train")]
    _refuse_one_sided(folder, verdicts)
    start = alignment.prepare(
        folder,
        TARGET,
        verdict_ids,
        out=out,
        model=model,
        options=options,
        own={
            "beta": beta,
            **weights,
            "verdicts": [sum(verdicts), verdicts.count(False)],
            "keep": keep,
        },
    )

    def make(run: run_folder.RunFolder) -> Any:
        return _trainer(start, run, {"beta": beta, **weights})

    return start.train(make, _judge)


def verdict_ids(tokenizer: AnyChatTokenizer, row: dict[str, Any]) -> dict[str, Any]:
    """A judged answer in ids: what stands before it, itself with its end, and the verdict."""
    messages = [*row["prompt"], *row["completion"]]
    prompt, answer = alignment.answer_ids(tokenizer, messages, row.get("tools"))
    return {"prompt_ids": prompt, "completion_ids": answer, "label": row["label"]}


def with_mismatched(rows: Sequence[dict[str, Any]], batch: int) -> list[dict[str, Any]]:
    """The rows, each with the answer of another row of its batch, from which the KL is estimated.

    As TRL does it: the answers of a batch go on by one. A last batch of one row takes the answer
    before it, where TRL gives the row its own, which is no mismatch.
    """
    made: list[dict[str, Any]] = []
    for start in range(0, len(rows), batch):
        part = rows[start : start + batch]
        before = [part[-1] if len(part) > 1 or not made else made[-1], *part[:-1]]
        made += [
            {**row, "KL_completion_ids": other["completion_ids"]}
            for row, other in zip(part, before, strict=True)
        ]
    return made


def _refuse_one_sided(folder: Path, verdicts: Sequence[bool]) -> None:
    if verdicts and len(set(verdicts)) == 1:
        said = "approved" if verdicts[0] else "not approved"
        raise UsageError(
            f"All {len(verdicts):,} answers of {folder} are {said}: KTO learns from both kinds.",
            "Keep the others too; train on approved answers alone with: dataprep train llama",
        )


def _trainer(start: alignment.Alignment, run: run_folder.RunFolder, own: dict[str, Any]) -> Any:
    try:
        from trl import KTOConfig, KTOTrainer  # type: ignore[attr-defined]
    except ImportError:
        raise extra_missing("preference", "trl") from None

    class InOurIds(KTOTrainer):
        """KTOTrainer with answers that are tokenised already."""

        def _prepare_dataset(self, dataset: Any, *_: Any, **__: Any) -> Any:
            return dataset

    # TRL reads the rows in their order, since each has its neighbour's answer: they are mixed here.
    rows = list(start.rows)
    random.Random(start.options.seed).shuffle(rows)  # noqa: S311
    return InOurIds(
        model=start.net,
        ref_model=None if start.options.lora else copy.deepcopy(start.net),
        args=KTOConfig(**start.arguments(run), **own, max_length=None),
        train_dataset=_dataset(rows),
        eval_dataset=_dataset(start.held_out) if start.held_out else None,
        processing_class=start.tokenizer.backend,
    )


def _dataset(rows: Sequence[dict[str, Any]]) -> Any:
    from datasets import Dataset

    return Dataset.from_list(with_mismatched(rows, alignment.BATCH))


def _judge(_: Any, logged: list[dict[str, Any]]) -> dict[str, Any]:
    margins = [line["rewards/margins"] for line in logged if "rewards/margins" in line]
    return {"reward_margin": {"first": margins[0], "last": margins[-1]}} if margins else {}
