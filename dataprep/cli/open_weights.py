"""The commands of the open road: train t5, llama, mistral; export."""

from __future__ import annotations

import os
import sys
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from dataprep.api.loading import trainer
from dataprep.cli.one_step import SourceFlags, prepared
from dataprep.cli.screen import Flag, console
from dataprep.cli.training_flags import Out, TrainingFlags
from dataprep.finding import UsageError
from dataprep.shell import command_line

SizeFlag = Literal["tiny", "mini", "small"]


def t5(
    source: Path,
    *,
    out: Out = Path("runs/t5"),
    model: str | None = None,
    size: SizeFlag = "tiny",
    how: SourceFlags = SourceFlags(),
    flags: TrainingFlags = TrainingFlags(),
) -> int:
    """Train a T5 (or mT5, ByT5, UL2, T5Gemma) on this machine, and evaluate it on the test split.

    Example: dataprep train t5 out/ --model google-t5/t5-small --epochs 3
    Example: dataprep train t5 export.json --label-config config.xml

    Parameters
    ----------
    source
        A folder made by convert with the target t5; or what convert reads, which is converted
        first.
    out
        The run folder: model, tokenizer, metrics, evaluation.
    model
        A hub name or a local folder. Left out: a new model of --size is made.
    size
        Of a new model.
    """
    return _trained("t5", source, out, model, how=how, flags=flags, size=size)


def llama(
    source: Path,
    *,
    out: Out = Path("runs/llama"),
    model: str | None = None,
    size: SizeFlag = "tiny",
    how: SourceFlags = SourceFlags(),
    flags: TrainingFlags = TrainingFlags(),
) -> int:
    """Train a LLaMA, or any causal model, on this machine; the loss is on the answers alone.

    Example:
    dataprep train llama out/ --model meta-llama/Llama-3.2-1B-Instruct --lora 16

    Parameters
    ----------
    source
        A folder made by convert with the target causal, by the tokenizer of the model; or what
        convert reads, which is converted first.
    out
        The run folder: model or adapters, tokenizer, metrics, evaluation.
    model
        A hub name, a local folder or a .gguf file. Left out: a new model of --size is made.
    size
        Of a new model.
    """
    return _trained("llama", source, out, model, how=how, flags=flags, size=size)


def mistral(
    source: Path,
    *,
    out: Out = Path("runs/mistral"),
    model: str | None = None,
    size: SizeFlag = "tiny",
    how: SourceFlags = SourceFlags(),
    flags: TrainingFlags = TrainingFlags(),
) -> int:
    """Train a Mistral on this machine; the loss is on the answers alone.

    Example:
    dataprep train mistral out/ --model mistralai/Mistral-7B-Instruct-v0.3 --lora 16

    Parameters
    ----------
    source
        A folder made by convert with the target causal, by the tokenizer of the model; or what
        convert reads, which is converted first.
    out
        The run folder: model or adapters, tokenizer, metrics, evaluation.
    model
        A hub name, a local folder or a .gguf file. Left out: a new model of --size is made.
    size
        Of a new model.
    """
    return _trained("mistral", source, out, model, how=how, flags=flags, size=size)


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
    hush()
    made = trainer("export", "train").export(
        run, to, out=out, base=base, dtype=dtype, name=name, public=public, system=system
    )
    for note in made.notes:
        console().print(note, soft_wrap=True)
    then = {"ollama": f"ollama create {run.name} -f {out}/Modelfile"}.get(to, "")
    next_ = f" Next: {then}" if then else ""
    console().print(f"The model is in {made.place}.{next_}", soft_wrap=True)
    return 0


def _trained(
    kind: str,
    source: Path,
    out: Path,
    model: str | None,
    *,
    how: SourceFlags,
    flags: TrainingFlags,
    size: str,
) -> int:
    """Train, or print what the training takes; 1 where the source cannot be converted."""
    from dataprep import report
    from dataprep.api.training import plan_training, run_training

    options = {**asdict(flags), "size": size}
    asked, gpu = options.pop("plan"), options.pop("gpu")
    if gpu is not None and not asked:
        raise UsageError("--gpu is for --plan alone.", "Add --plan, or leave it out.")
    folder = prepared(kind, source, out, model, how=how, options=options, plan=asked)
    if folder is None:
        return 1
    if asked:
        made = plan_training(kind, folder, model=model, gpu=gpu, options=options)
        report.print_markdown(made.page(), report.console(sys.stdout))
        return 0
    return show_run(run_training(kind, folder, out=out, model=model, options=options))


def hush() -> None:
    """What one library warns another of is nothing that a user could mend; python -W shows it."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")


def show_run(run: Any) -> int:
    """Print the model card, without its front matter; of several ranks the first alone does."""
    from dataprep import report

    if os.environ.get("RANK", "0") != "0":
        return 0
    card = (run / "README.md").read_text("utf-8")
    report.print_markdown(card.split("\n\n", 1)[1], report.console(sys.stdout))
    then = command_line("predict", run, "a text")
    console().print(f"The run is in {run}. Next: {then}", soft_wrap=True)
    return 0
