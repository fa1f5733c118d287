"""What training an open model takes on this machine, in memory and time, by arithmetic.

Memory: bytes a parameter for weights, gradients and optimiser, and the activations of a batch by
Korthikanti et al. 2022 (34 bytes a token, layer and unit of width in 16 bits, and the attention).
Time: 6 operations a parameter and token (Kaplan et al. 2020), 4 with LoRA, whose frozen weights
need no gradients of their own; between the measured speed of a product of matrices and a tenth
of it, for training reaches 13 to 31 % of an A100's peak with T5 (nanoT5's published figures).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dataprep.advising.architectures import ARCHITECTURES, Architecture
from dataprep.advising.machine import Machine
from dataprep.advising.portrait import Portrait
from dataprep.jsonio import Json

BATCH_TOKENS = 1_500
"""The trainers' default."""
RANK = 16
SLOWEST = 0.1


class TrainingWay(NamedTuple):
    """How a model is trained: bytes a parameter of it, bytes an adapter's, operations."""

    name: str
    weights: int
    gradients: int
    optimiser: int
    operations: int


ADAFACTOR = TrainingWay("full, Adafactor", 4, 4, 0, 6)
ADAMW = TrainingWay("full, AdamW", 4, 4, 8, 6)
LORA = TrainingWay(f"LoRA of rank {RANK}", 2, 0, 0, 4)
ADAPTER_BYTES = 16
"""A parameter of an adapter, in fp32 with AdamW."""


def roads(machine: Machine, drawn: Portrait, epochs: int) -> Iterator[Json]:
    """Each open model in full and with LoRA."""
    for model in ARCHITECTURES:
        for way in (ADAFACTOR if model.family == "t5" else ADAMW, LORA):
            yield _road(model, way, machine, drawn, epochs)


def adapters(model: Architecture, rank: int = RANK) -> int:
    """Parameters of adapters on every linear layer: rank x (in + out) each."""
    attention = 2 * (model.width + model.head) + 2 * (model.width + model.keys)
    feeding = model.gates * (model.width + model.inner)
    layer = rank * (attention + feeding)
    if model.family == "causal":
        return model.layers * layer
    return model.layers * (2 * layer + rank * attention)


def activations(model: Architecture, batch_tokens: int, length: int, size: int) -> int:
    """Bytes of a batch: `length` is its longest example, `size` the bytes of a number."""
    layers = model.layers * (1 if model.family == "causal" else 2)
    rows = max(1, batch_tokens // max(length, 1))
    tokens = rows * length
    kept = tokens * model.width * 34 * size // 2
    attention = 5 * model.heads * rows * length * length * size // 2
    # Scores of the vocabulary and their gradients stand in fp32.
    return layers * (kept + attention) + 2 * 4 * tokens * model.vocabulary


def operations(model: Architecture, way: TrainingWay, drawn: Portrait, epochs: int) -> int:
    """All multiplications and additions of a training."""
    asked, answered = sum(drawn.inputs), sum(drawn.outputs)
    passed = model.encoding * asked + model.decoding * answered
    return way.operations * epochs * passed


def _road(
    model: Architecture, way: TrainingWay, machine: Machine, drawn: Portrait, epochs: int
) -> Json:
    longest = max((a + b for a, b in zip(drawn.inputs, drawn.outputs, strict=True)), default=0)
    length = min(longest, model.context)
    size = 2 if machine.precision == "bf16" else 4
    weights = size if way is LORA else way.weights
    parts = {
        "weights": model.parameters * weights,
        "gradients": model.parameters * way.gradients,
        "optimiser": model.parameters * way.optimiser,
        "adapters": adapters(model) * ADAPTER_BYTES if way is LORA else 0,
        "activations": activations(model, max(BATCH_TOKENS, length), length, size),
    }
    needed, work = sum(parts.values()), operations(model, way, drawn, epochs)
    fast = work / machine.flops if machine.flops else None
    stops = []
    if machine.memory is not None and needed > machine.memory:
        stops.append(f"needs {_gb(needed)}, and {_gb(machine.memory)} are free")
    return {
        "kind": "open",
        "name": f"{model.name} ({way.name})",
        "family": model.family,
        "model": model.name,
        "way": way.name,
        "licence": model.licence,
        "stops": stops,
        "parameters": model.parameters,
        "memory": parts,
        "memory_bytes": needed,
        "fits": None if machine.memory is None else not stops,
        "epochs": epochs,
        "operations": work,
        "hours_least": None if fast is None else round(fast / 3600, 4),
        "hours_most": None if fast is None else round(fast / SLOWEST / 3600, 4),
        "over_limit": sum(n > model.context for n in drawn.inputs),
    }


def _gb(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
