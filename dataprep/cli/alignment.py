"""The commands that teach a model that answers already: train dpo, kto, grpo."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from dataprep.api.numbers import OF_KINDS
from dataprep.cli.numbers import within
from dataprep.cli.one_step import SourceFlags, prepared
from dataprep.cli.open_weights import show_run
from dataprep.cli.training_flags import CommonFlags, KeptWeights, Out


def dpo(
    source: Path,
    *,
    model: str,
    out: Out = Path("runs/dpo"),
    beta: Annotated[float, within(OF_KINDS["dpo"]["beta"])] = 0.1,
    keep: KeptWeights = "best",
    how: SourceFlags = SourceFlags(),
    flags: CommonFlags = CommonFlags(),
) -> int:
    """Train a causal model on preference pairs, by TRL's direct preference optimisation.

    Example: dataprep train dpo out/ --model runs/llama

    Batches are TRL's, of eight pairs.

    Parameters
    ----------
    source
        A folder made by convert with the target preference; or what convert reads, which is
        converted first.
    model
        A hub name, a local folder or a run folder: DPO starts from a model that already answers.
    out
        The run folder.
    beta
        How far the model may move from where it began; more is less.
    keep
        Which weights are saved: of the checkpoint with the lowest held-out loss, or the last.
    """
    return _aligned("dpo", source, out, model, how=how, flags=flags, beta=beta, keep=keep)


def kto(
    source: Path,
    *,
    model: str,
    out: Out = Path("runs/kto"),
    beta: Annotated[float, within(OF_KINDS["kto"]["beta"])] = 0.1,
    desirable_weight: Annotated[float, within(OF_KINDS["kto"]["desirable_weight"])] = 1.0,
    undesirable_weight: Annotated[float, within(OF_KINDS["kto"]["undesirable_weight"])] = 1.0,
    keep: KeptWeights = "best",
    how: SourceFlags = SourceFlags(),
    flags: CommonFlags = CommonFlags(),
) -> int:
    """Train a causal model on answers with a verdict each (thumbs, ratings), by TRL's KTO.

    Example: dataprep train kto out/ --model runs/llama

    Batches are TRL's, of eight answers.

    Parameters
    ----------
    source
        A folder made by convert with the target kto; or what convert reads, which is converted
        first.
    model
        A hub name, a local folder or a run folder: KTO starts from a model that already answers.
    out
        The run folder.
    beta
        How far the model may move from where it began; more is less.
    desirable_weight
        How much an approved answer counts.
    undesirable_weight
        How much any other answer counts. The weighted counts of both should be about even.
    keep
        Which weights are saved: of the checkpoint with the lowest held-out loss, or the last.
    """
    weights = {"desirable_weight": desirable_weight, "undesirable_weight": undesirable_weight}
    return _aligned(
        "kto", source, out, model, how=how, flags=flags, beta=beta, keep=keep, **weights
    )


def grpo(
    source: Path,
    *,
    model: str,
    out: Out = Path("runs/grpo"),
    grader: Path | None = None,
    generations: Annotated[int, within(OF_KINDS["grpo"]["generations"])] = 8,
    max_new_tokens: Annotated[int, within(OF_KINDS["grpo"]["max_new_tokens"])] = 256,
    temperature: Annotated[float, within(OF_KINDS["grpo"]["temperature"])] = 1.0,
    beta: Annotated[float, within(OF_KINDS["grpo"]["beta"])] = 0.0,
    how: SourceFlags = SourceFlags(),
    flags: CommonFlags = CommonFlags(),
) -> int:
    """Train a causal model by rewards of a grader that runs here, by TRL's GRPO.

    Example: dataprep train grpo out/ --model runs/llama --grader grader.json

    Graders are functions: string_check, text_similarity, and multi of these. One that asks a
    model or runs code is refused. The last weights are saved.

    Parameters
    ----------
    source
        A folder made by convert with the target reinforcement; or what convert reads, which is
        converted first.
    model
        A hub name, a local folder or a run folder: GRPO starts from a model that already answers.
    out
        The run folder.
    grader
        JSON as a job of OpenAI or Azure has it. Left out: the answer must be reference_answer.
    generations
        Answers that are sampled to an item, and compared.
    max_new_tokens
        Of one answer, at most.
    temperature
        Of the answers while it trains.
    beta
        How far the model may move from where it began; more is less, 0 sets no bound.
    """
    return _aligned(
        "grpo",
        source,
        out,
        model,
        how=how,
        flags=flags,
        grader=grader,
        generations=generations,
        max_new_tokens=max_new_tokens,
        temperature=temperature,
        beta=beta,
    )


def _aligned(
    kind: str,
    source: Path,
    out: Path,
    model: str,
    *,
    how: SourceFlags,
    flags: CommonFlags,
    **own: Any,
) -> int:
    from dataprep.api.training import run_training

    options = {**asdict(flags), **own}
    folder = prepared(kind, source, out, model, how=how, options=options)
    if folder is None:
        return 1
    return show_run(run_training(kind, folder, out=out, model=model, options=options))
