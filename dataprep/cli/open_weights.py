"""The commands of the open road: train t5, llama, mistral, dpo, kto, grpo; predict; export."""

from __future__ import annotations

import os
import sys
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from dataprep.cli.loading import trainer
from dataprep.cli.screen import Flag, console
from dataprep.finding import UsageError
from dataprep.shell import command_line

SizeFlag = Literal["tiny", "mini", "small"]
Out = Annotated[Path, Parameter(name=["--out", "-o"])]


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How to train, the same for every family of models."""

    epochs: float | None = None
    "Passes over the train split; if left out 3 for a given model, 10 for a new one."
    max_minutes: float | None = None
    "Stop in good order after so many minutes."
    batch_tokens: int = 1500
    "Tokens of a batch, with their padding."
    accumulate: int = 1
    "Batches that make one step."
    learning_rate: float | None = None
    "By default what suits the model: new or given, whole or by adapters."
    lr_scheduler_type: Literal["linear", "cosine", "constant", "constant_with_warmup"] = "linear"
    "How the learning rate comes down."
    warmup_ratio: float | None = None
    "The share of the steps in which it rises; 0.05 if left out."
    warmup_steps: int | None = None
    "The same in steps."
    weight_decay: float = 0.0
    "Of matrices, a step; biases and norms have none."
    max_grad_norm: float = 1.0
    "Gradients that are longer are clipped to it; 0 clips none."
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "auto"
    "auto takes bf16 where the hardware has it; T5 refuses fp16, in which it overflows."
    seed: int = 0
    "Of the weights and of the order."
    lora: int | None = None
    "Train adapters of this rank (LoRA) instead of the whole model."
    lora_targets: str = "all-linear"
    "What gets adapters: names parted by commas (q_proj,v_proj); all-linear takes experts too."
    lora_alpha: int | None = None
    "The scale of adapters, over their rank; twice the rank if left out."
    lora_dropout: float = 0.0
    "Share of the inputs of adapters that is dropped; experts take none."
    packing: Flag = False
    "Several examples in one line, kept apart by exact masks."
    pack_width: int | None = None
    "Tokens of a packed line."
    checkpoint_steps: int | None = None
    "Steps between checkpoints; a tenth of the run if left out."
    patience: int | None = None
    "Stop after so many checkpoints without a lower held-out loss."
    keep: Literal["best", "last"] = "best"
    "Which weights are saved: of the checkpoint with the lowest held-out loss, or the last."
    plan: Flag = False
    "Print what the training takes, way by way, and which of them fits; train nothing."
    gpu: str | None = None
    'With --plan: plan for a GPU by its name ("RTX 4090") or memory (24GB), not for this machine.'
    resume: Flag = False
    "Go on from the last checkpoint of the run folder."
    activation_checkpointing: Flag = False
    "Less memory for a third more time."
    compile: Flag = False
    "torch.compile; needs --packing, whose batches have one shape."
    fsdp: Flag = False
    "Shard the model over the ranks of torchrun (FSDP2); T5 then learns by AdamW, at 1e-3."
    attention: Literal["auto", "sdpa", "eager", "flash_attention_2"] = "auto"
    "Which implementation computes attention; auto takes the best that model and machine have."
    report_to: Literal["none", "tensorboard", "trackio", "wandb", "mlflow"] = "none"
    "Where else metrics go, beside metrics.jsonl; wandb sends them to its server."


def t5(
    folder: Path,
    *,
    out: Out = Path("runs/t5"),
    model: str | None = None,
    size: SizeFlag = "tiny",
    ways: Ways = Ways(),
) -> int:
    """Train a T5 (or mT5, ByT5, UL2, T5Gemma) on this machine, and evaluate it on the test split.

    Example: dataprep train t5 out/ --model google-t5/t5-small --epochs 3

    Parameters
    ----------
    folder
        A folder made by convert with the target t5.
    out
        The run folder: model, tokenizer, metrics, evaluation.
    model
        A hub name or a local folder. Left out: a new model of --size is made.
    size
        Of a new model.
    """
    choices = _choices(folder, "t5", out, model, ways)
    if ways.plan:
        return _planned(folder, "t5", "t5", ways, model=model, size=size, **choices)
    return _done(trainer("t5", "train").train(folder, out=out, model=model, size=size, **choices))


def llama(
    folder: Path,
    *,
    out: Out = Path("runs/llama"),
    model: str | None = None,
    size: SizeFlag = "tiny",
    ways: Ways = Ways(),
) -> int:
    """Train a LLaMA, or any causal model, on this machine; the loss is on the answers alone.

    Example: dataprep train llama out/ --model meta-llama/Llama-3.2-1B-Instruct --lora 16

    Parameters
    ----------
    folder
        A folder made by convert with the target causal, by the tokenizer of the model.
    out
        The run folder: model or adapters, tokenizer, metrics, evaluation.
    model
        A hub name, a local folder or a .gguf file. Left out: a new model of --size is made.
    size
        Of a new model.
    """
    return _causal("llama", folder, out, model, size=size, ways=ways)


def mistral(
    folder: Path,
    *,
    out: Out = Path("runs/mistral"),
    model: str | None = None,
    size: SizeFlag = "tiny",
    ways: Ways = Ways(),
) -> int:
    """Train a Mistral on this machine; the loss is on the answers alone.

    Example: dataprep train mistral out/ --model mistralai/Mistral-7B-Instruct-v0.3 --lora 16

    Parameters
    ----------
    folder
        A folder made by convert with the target causal, by the tokenizer of the model.
    out
        The run folder: model or adapters, tokenizer, metrics, evaluation.
    model
        A hub name, a local folder or a .gguf file. Left out: a new model of --size is made.
    size
        Of a new model.
    """
    return _causal("mistral", folder, out, model, size=size, ways=ways)


def dpo(
    folder: Path,
    *,
    model: str,
    out: Out = Path("runs/dpo"),
    beta: float = 0.1,
    ways: Ways = Ways(),
) -> int:
    """Train a causal model on preference pairs, by TRL's direct preference optimisation.

    Example: dataprep train dpo out/ --model runs/llama

    Batches are TRL's, of eight pairs; checkpoints come every 100 steps by default, and the last
    weights are saved. Not for it: --plan, --batch-tokens, --packing, --patience, --max-minutes,
    --fsdp, --compile.

    Parameters
    ----------
    folder
        A folder made by convert with the target preference.
    model
        A hub name, a local folder or a run folder: DPO starts from a model that already answers.
    out
        The run folder.
    beta
        How far the model may move from where it began; more is less.
    """
    choices = _choices(folder, "preference", out, model, ways)
    train = trainer("dpo", "preference").train
    return _done(train(folder, out=out, model=model, beta=beta, **choices))


def kto(
    folder: Path,
    *,
    model: str,
    out: Out = Path("runs/kto"),
    beta: float = 0.1,
    desirable_weight: float = 1.0,
    undesirable_weight: float = 1.0,
    ways: Ways = Ways(),
) -> int:
    """Train a causal model on answers with a verdict each (thumbs, ratings), by TRL's KTO.

    Example: dataprep train kto out/ --model runs/llama

    Batches are TRL's, of eight answers; checkpoints come every 100 steps by default, and the last
    weights are saved. Not for it: --plan, --batch-tokens, --packing, --patience, --max-minutes,
    --fsdp, --compile.

    Parameters
    ----------
    folder
        A folder made by convert with the target kto.
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
    """
    choices = _choices(folder, "kto", out, model, ways)
    train = trainer("kto", "preference").train
    weights = {"desirable_weight": desirable_weight, "undesirable_weight": undesirable_weight}
    return _done(train(folder, out=out, model=model, beta=beta, **weights, **choices))


def grpo(
    folder: Path,
    *,
    model: str,
    out: Out = Path("runs/grpo"),
    grader: Path | None = None,
    generations: int = 8,
    max_new_tokens: int = 256,
    temperature: float = 1.0,
    beta: float = 0.0,
    ways: Ways = Ways(),
) -> int:
    """Train a causal model by rewards of a grader that runs here, by TRL's GRPO.

    Example: dataprep train grpo out/ --model runs/llama --grader grader.json

    Graders are functions: string_check, text_similarity, and multi of these. One that asks a
    model or runs code is refused. Checkpoints come every 100 steps by default, and the last weights
    are saved. Not for it: --plan, --batch-tokens, --packing, --patience, --max-minutes, --fsdp,
    --compile.

    Parameters
    ----------
    folder
        A folder made by convert with the target reinforcement.
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
    choices = _choices(folder, "reinforcement", out, model, ways)
    train = trainer("grpo", "preference").train
    return _done(
        train(
            folder,
            out=out,
            model=model,
            grader=grader,
            generations=generations,
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            beta=beta,
            **choices,
        )
    )


def predict(
    run: Path,
    source: Path,
    *,
    out: Out = Path("predictions"),
    split: Literal["train", "validation", "test"] = "test",
    max_new_tokens: int = 512,
    label_studio: Flag = False,
) -> int:
    """Let a trained model answer prompts; started again, it goes on where it was.

    Example: dataprep predict runs/t5 prompts.jsonl -o answers/

    Parameters
    ----------
    run
        A run folder of `dataprep train`.
    source
        JSONL with prompt, input, text or messages; or a folder made by convert.
    out
        A folder for predictions.jsonl, one answer a line.
    split
        Of a folder made by convert.
    max_new_tokens
        Of one answer, at most.
    label_studio
        Write a Label Studio import with the answers as pre-annotations.
    """
    from dataprep import report

    _hush()
    bars = report.Bars(console())
    with bars:
        made = trainer("predict", "train").predict(
            run,
            source,
            out=out,
            split=split,
            max_new_tokens=max_new_tokens,
            label_studio=label_studio,
            on_progress=lambda done, of: bars("answering", done, of),
        )
    console().print(f"{made.path}: {made.answers:,} answers, {made.new:,} of them new.")
    return 0


def export(
    run: Path,
    *,
    to: Literal["merged", "gguf", "ollama", "hub"],
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    dtype: Literal["auto", "f32", "f16", "bf16"] = "auto",
    base: str | None = None,
    system: str | None = None,
    name: str | None = None,
    public: Flag = False,
) -> int:
    """Write a trained model as other programs load it, or push it to the Hugging Face hub.

    Example: dataprep export runs/llama --to ollama -o exported/

    Parameters
    ----------
    run
        A run folder of `dataprep train`, a folder with a model, or one with adapters.
    to
        merged: a folder for from_pretrained, adapters merged. gguf: one file for llama.cpp.
        ollama: the same with a Modelfile. hub: a push to --name.
    out
        A new folder. For the hub none.
    dtype
        Of the weights; by default that of the base model.
    base
        The base of adapters, where it is not what they name.
    system
        A system message for the Modelfile.
    name
        OWNER/NAME on the hub. The repository is made, and is private.
    public
        Let everybody see it on the hub.
    """
    _hush()
    made = trainer("export", "train").export(
        run, to, out=out, base=base, dtype=dtype, name=name, public=public, system=system
    )
    for note in made.notes:
        console().print(note, soft_wrap=True)
    then = {"ollama": f"ollama create {run.name} -f {out}/Modelfile"}.get(to, "")
    next_ = f" Next: {then}" if then else ""
    console().print(f"The model is in {made.place}.{next_}", soft_wrap=True)
    return 0


def _causal(kind: str, folder: Path, out: Path, model: str | None, *, size: str, ways: Ways) -> int:
    choices = _choices(folder, "causal", out, model, ways)
    if ways.plan:
        more = {"model": model, "kind": kind, "size": size}
        return _planned(folder, "causal", "causal", ways, **more, **choices)
    train = trainer("causal", "train").train
    return _done(train(folder, out=out, model=model, kind=kind, size=size, **choices))


def _choices(folder: Path, target: str, out: Path, model: str | None, ways: Ways) -> dict[str, Any]:
    """The choices as keywords; what they get wrong is refused before torch is loaded."""
    choices = {k: v for k, v in asdict(ways).items() if k not in ("plan", "gpu")}
    if ways.gpu is not None and not ways.plan:
        raise UsageError("--gpu is for --plan alone.", "Add --plan, or leave it out.")
    if ways.plan and target not in ("t5", "causal"):
        raise UsageError("--plan is for train t5, llama and mistral.", "Leave it out.")
    trainer("before", "train").look(folder, target, None if ways.plan else out, model, **choices)
    _hush()
    return choices


def _planned(folder: Path, target: str, family: str, ways: Ways, **more: Any) -> int:
    """Print what a training takes."""
    from dataprep import report

    plan = trainer("planning", "train").plan
    made = plan(folder, target=target, family=family, gpu=ways.gpu, **more)
    report.print_markdown(made.page(), report.console(sys.stdout))
    return 0


def _hush() -> None:
    """What one library warns another of is nothing that a user could mend; python -W shows it."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")


def _done(run: Any) -> int:
    """Print the model card, without its front matter; of several ranks the first alone does."""
    from dataprep import report

    if os.environ.get("RANK", "0") != "0":
        return 0
    card = (run / "README.md").read_text("utf-8")
    report.print_markdown(card.split("\n\n", 1)[1], report.console(sys.stdout))
    then = command_line("predict", run, "FILE")
    console().print(f"The run is in {run}. Next: {then}", soft_wrap=True)
    return 0
