"""LLaMA, Mistral and models of that shape, from a converted dataset: config in, run folder out.

The loss is on answers alone, by the labels of the dataset: what is masked there, like messages
of weight 0, is read and not learned. How it is trained is in `fitting`, the loss in `loop`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Unpack

import torch

from dataprep.tokens import load_chat_tokenizer
from trainers import adapters, attention, fitting, models, quantisation, run_folder, tensors
from trainers import dataset as datasets
from trainers import options as ways
from trainers.finishing import finish
from trainers.generation import learned_ends, settle_generation
from trainers.optimisers import OptimiserSettings
from trainers.options import TrainingChoices, TrainingOptions
from trainers.progress import ReportProgress

FROM_SCRATCH, FINE_TUNING, LORA = 3e-3, 2e-5, 2e-4
"""Learning rates for AdamW, and for an Adafactor that is not relative."""
_BETAS = (0.9, 0.95)


def train(
    folder: Path,
    *,
    out: Path,
    model: str | None = None,
    kind: models.ModelFamily = "llama",
    size: models.ModelSize = "tiny",
    target: str = "causal",
    on_progress: ReportProgress | None = None,
    **choices: Unpack[TrainingChoices],
) -> Path:
    """Train on `folder` (an output of convert with the target causal) and return the run folder.

    `model` is a hub name, a local folder or a .gguf file; without one a new model of that `kind`
    and `size` is made. For the rest see Options. Raises UsageError for a dataset that was changed
    or made for another tokenizer, and EnvironmentProblem for disk, memory and network.
    """
    options = TrainingOptions(**choices).settled_for(model)
    bf16, fp16 = ways.bf16(options.precision), ways.fp16(options.precision)
    goes_on = False if ways.ranks()[1] else run_folder.claim(out, resume=options.resume)
    fitting.settle(options.seed)
    dataset = datasets.read(folder, target, "causal")
    words = models.causal_words(load_chat_tokenizer(str(dataset.tokenizer)))
    compute = quantisation.compute_of(options)
    half = compute or (torch.bfloat16 if options.lora and bf16 else torch.float32)
    dtype = str(half).removeprefix("torch.")  # of what is given; adapters stay in fp32
    net = (
        models.new_causal(kind, size, words, options.attention)
        if model is None
        else models.given_causal(model, words, options.attention, dtype, compute)
    )
    models.refuse_other_size(model, words, net)
    words = settle_generation(net, words, learned_ends(dataset, words))
    net = attention.settle(net, options)
    dataset.train.refuse_unusable(models.vocabulary_of(net))
    rate = options.learning_rate or (
        LORA if options.lora else FINE_TUNING if model else FROM_SCRATCH
    )
    called = model or f"{kind} from scratch, {size}"
    settings = fitting.settings_of(options, dataset, called, rate, net)
    if options.lora:
        net = adapters.with_lora(net, options, "CAUSAL_LM")
        settings["adapters"] = adapters.summary(net)

    def collate(lines: tensors.PackedLines, **more: Any) -> tensors.Tensors:
        return tensors.sequences(lines, pad=words.pad, **more)

    name = options.optimiser_of("causal")
    optimiser = OptimiserSettings(name, rate, options.weight_decay, _BETAS)
    setup = fitting.Setup(net, collate, optimiser, fp16=fp16)
    run, trainer = fitting.fit(
        setup,
        dataset,
        options,
        out=out,
        settings=settings,
        report=on_progress,
        goes_on=goes_on,
    )
    return finish(run, trainer, dataset, words, str, lora=bool(options.lora))
