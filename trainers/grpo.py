"""Items for a grader, by TRL's GRPO: answers are sampled, and those learned that are rewarded.

No reward model: rewards come from a grader that is a function. Source: Shao et al., DeepSeekMath
(Group Relative Policy Optimization), 2024.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Unpack

from dataprep.finding import UsageError, extra_missing
from dataprep.formats.reinforcement import OF_THE_FORMAT
from dataprep.jsonio import Json
from dataprep.shell import flag_of
from dataprep.tokens import AnyChatTokenizer
from trainers import alignment, answers, graders, run_folder
from trainers.graders import Grader
from trainers.options import CommonChoices, CommonOptions

TARGET = "reinforcement"


def train(
    folder: Path,
    *,
    out: Path,
    model: str,
    grader: Path | None = None,
    generations: int = 8,
    max_new_tokens: int = 256,
    temperature: float = 1.0,
    beta: float = 0.0,
    **choices: Unpack[CommonChoices],
) -> Path:
    """Train `model` on the items of `folder` (an output of convert with the target reinforcement).

    `grader` is a JSON file as a job of OpenAI or Azure has it; without one an answer is right if it
    is the `reference_answer`. To each item so many answers are sampled a step, of which those
    above the others are learned. Returns the run folder. Raises UsageError for choices, graders
    and data that it cannot use.
    """
    if generations < 2:
        raise UsageError(
            f"--generations is {generations}.", "Answers are compared: sample at least 2."
        )
    for name, value in {"max_new_tokens": max_new_tokens, "temperature": temperature}.items():
        if not 0 < value < float("inf"):
            raise UsageError(f"{flag_of(name)} is {value:g}.", "Give a number above 0.")
    if not 0 <= beta < float("inf"):
        raise UsageError(f"--beta is {beta:g}.", "Give 0 or more.")
    grading = graders.read_grader(grader)
    own = {
        "grader": grading.entry,
        "generations": generations,
        "max_new_tokens": max_new_tokens,
        "temperature": temperature,
        "beta": beta,
    }
    start = alignment.prepare(
        folder,
        TARGET,
        partial(item_ids, grading),
        out=out,
        model=model,
        options=CommonOptions(**choices),
        own=own,
    )

    def make(run: run_folder.RunFolder) -> Any:
        return _trainer(start, run, grading)

    def judge(net: Any, logged: list[Json]) -> Json:
        return _rewards(logged) | _held_out(folder, start, grading, net)

    return start.train(make, judge)


def item_ids(grader: Grader, tokenizer: AnyChatTokenizer, row: Json) -> Json:
    """An item as a prompt in ids, and what its grader compares with.

    A developer is the system to an open model. Raises UsageError where the grader lacks a key.
    """
    item = {key: value for key, value in row.items() if key not in OF_THE_FORMAT}
    grader.refuse_lacking(item)
    asked = [
        {**message, "role": "system"} if message["role"] == "developer" else message
        for message in row["messages"]
    ]
    return {"ids": alignment.prompt_ids(tokenizer, asked, row.get("tools")), "item": item}


def _trainer(start: alignment.Alignment, run: run_folder.RunFolder, grader: Grader) -> Any:
    try:
        from datasets import Dataset
        from trl import GRPOConfig, GRPOTrainer  # type: ignore[attr-defined]
    except ImportError:
        raise extra_missing("preference", "trl") from None

    class InOurIds(GRPOTrainer):
        """GRPOTrainer whose prompts are numbers of rows that are tokenised already."""

        def _tokenize_prompts(self, prompts: list[str]) -> Any:
            return [list(start.rows[int(number)]["ids"]) for number in prompts], None, {}

    def reward(prompts: list[str], completions: list[str], **_: Any) -> list[float | None]:
        items = [start.rows[int(number)]["item"] for number in prompts]
        return [*graders.rewards(grader, items, completions)]

    own = start.settings
    return InOurIds(
        model=start.net,
        reward_funcs=reward,
        args=GRPOConfig(
            **start.arguments(run) | {"per_device_train_batch_size": own["generations"]},
            num_generations=own["generations"],
            max_completion_length=own["max_new_tokens"],
            temperature=own["temperature"],
            beta=own["beta"],
        ),
        train_dataset=Dataset.from_list([{"prompt": str(n)} for n in range(len(start.rows))]),
        processing_class=start.tokenizer.backend,
    )


def _rewards(logged: Sequence[Json]) -> Json:
    """The mean reward of the first and of the last fifth of the steps; in how many it differed."""
    lines = [line for line in logged if "reward" in line]
    if not lines:
        return {}
    fifth = max(len(lines) // 5, 1)
    first, last = (
        sum(line["reward"] for line in part) / fifth for part in (lines[:fifth], lines[-fifth:])
    )
    taught = sum(line["frac_reward_zero_std"] < 1 for line in lines)
    return {
        "reward": {"first": round(first, 4), "last": round(last, 4)},
        "taught": [taught, len(lines)],
    }


def _held_out(folder: Path, start: alignment.Alignment, grader: Grader, net: Any) -> Json:
    """The mean reward of greedy answers to the test split, else to validation."""
    found = ((split, alignment.rows_of(folder, TARGET, split)) for split in ("test", "validation"))
    split, rows = next(((name, rows) for name, rows in found if rows), ("", []))
    if not rows:
        return {}
    words = start.words
    items = [item_ids(grader, start.tokenizer, row) for row in rows]
    most = start.settings["max_new_tokens"]
    total = 0.0
    for batch in answers.by_length([(len(one["ids"]), most) for one in items]):
        asked = [items[n] for n in batch]
        said = words.decode(answers.generate(net, words, [one["ids"] for one in asked], most))
        total += sum(graders.rewards(grader, [one["item"] for one in asked], said))
    mean = round(total / len(rows), 4)
    return {"held_out_reward": {"split": split, "examples": len(rows), "mean": mean}}
