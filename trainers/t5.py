"""T5 from a converted dataset: read from top to bottom, config in, run folder out.

T5 1.0 and 1.1, Flan-T5, mT5, ByT5, UL2 and T5Gemma, in full or by LoRA; span corruption is a
dataset like any other (the shape denoising, whose sentinels are ids). How it is trained is in
`fitting`, the loss in `loop`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Unpack

from dataprep.finding import UsageError
from dataprep.tokens import Codec, load_tokenizer
from trainers import (
    adapters,
    attention,
    fitting,
    models,
    packing,
    quantisation,
    run_folder,
    tensors,
)
from trainers import dataset as datasets
from trainers import options as ways
from trainers.before import refuse_fp16
from trainers.finishing import finish
from trainers.generation import settle_generation
from trainers.optimisers import OptimiserSettings
from trainers.options import TrainingChoices, TrainingOptions
from trainers.progress import ReportProgress

FROM_SCRATCH, FINE_TUNING = 1e-2, 1e-3
"""Learning rates for Adafactor, relative to the size of each parameter."""
ADAMW = 1e-3
"""For adapters, which begin at zero and have no size to be relative to, and for sharded models:
neither transformers' Adafactor nor torch's works on a part of a parameter."""


def train(
    folder: Path,
    *,
    out: Path,
    model: str | None = None,
    size: models.ModelSize = "tiny",
    on_progress: ReportProgress | None = None,
    **choices: Unpack[TrainingChoices],
) -> Path:
    """Train on `folder` (an output of convert with the target t5) and return the run folder.

    `model` is a hub name or a local folder; without one a new model of that `size` is made. For
    the rest see Options. Raises UsageError for a dataset that was changed or made for another
    tokenizer, and EnvironmentProblem for disk, memory and network.
    """
    options = TrainingOptions(**choices).settled_for(model)
    refuse_fp16(options)
    ways.bf16(options.precision)
    goes_on = False if ways.ranks()[1] else run_folder.claim(out, resume=options.resume)
    fitting.settle(options.seed)
    dataset = datasets.read(folder, "t5", "t5")
    tokenizer = load_tokenizer(str(dataset.tokenizer))
    if tokenizer.sha256 != dataset.entry["tokenizer"]["sha256"]:
        raise UsageError(f"{folder} holds another tokenizer than it says.", "Convert again.")
    net = (
        models.new_t5(size, tokenizer, options.attention)
        if model is None
        else models.given_t5(model, tokenizer, options.attention, quantisation.compute_of(options))
    )
    dataset.train.refuse_unusable(models.vocabulary_of(net))
    words = models.t5_words(tokenizer)
    words = settle_generation(net, words, words.ends)
    net = attention.settle(net, options)
    if models.packs(net):
        packing.accept_masks(net)
    elif options.packing:
        raise UsageError(
            f"{model} is a {net.config.model_type} model, whose rows cannot be packed.",
            "Leave --packing out.",
        )
    name = options.optimiser_of("t5")
    relative = name == "adafactor" and not options.lora
    usual = (FINE_TUNING if model else FROM_SCRATCH) if relative else ADAMW
    rate = options.learning_rate or usual
    settings = fitting.settings_of(options, dataset, model or f"from scratch, {size}", rate, net)
    start = models.start_of(net)

    def collate(lines: tensors.PackedLines, **more: Any) -> tensors.Tensors:
        return tensors.pairs(lines, pad=tokenizer.pad_id, start=start, **more)

    if options.lora:
        net = adapters.with_lora(net, options, "SEQ_2_SEQ_LM")
        settings["adapters"] = adapters.summary(net)
    optimiser = OptimiserSettings(name, rate, options.weight_decay, relative=relative)
    setup = fitting.Setup(net, collate, optimiser)
    run, trainer = fitting.fit(
        setup,
        dataset,
        options,
        out=out,
        settings=settings,
        report=on_progress,
        goes_on=goes_on,
    )
    spelled = dataset.entry.get("codec")
    read = Codec.recorded(tokenizer, spelled).decode if spelled else str
    return finish(run, trainer, dataset, words, read, lora=bool(options.lora))
