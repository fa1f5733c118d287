"""The ways to train that a plan weighs: whole or by adapters, and by which optimiser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, get_args

import torch

from trainers import quantisation
from trainers.memory_plan import StepMemory
from trainers.optimisers import state_sizes
from trainers.options import OptimiserName, TrainingOptions, usual_optimiser
from trainers.rows import Family

RANK = 16
_RECOMPUTE = "--activation-checkpointing"

MeasureStep = Callable[[Callable[[], Any], bool], tuple[StepMemory, StepMemory]]
"""Of a model that is made the heaviest batch and line, with activations kept or made anew."""


MakeAdapted = Callable[[TrainingOptions, bool], Callable[[], Any]]
"""What makes the model with adapters, and where it is asked for over a base in 4 bits."""


@dataclass(frozen=True, slots=True)
class PlannedWay:
    """A way to train: its flags, the memory of its heaviest batch, and of its heaviest line."""

    name: str
    flags: str
    batch: StepMemory
    line: StepMemory


@dataclass(frozen=True, slots=True)
class _Learning:
    """What of a model learns, how it is made so, and the optimisers; the usual needs no flag."""

    name: str
    flags: tuple[str, ...]
    make: Callable[[], Any]
    optimisers: tuple[OptimiserName, ...]
    usual: OptimiserName

    def weighed(self, measure: MeasureStep) -> Iterator[PlannedWay]:
        """By each optimiser, with activations kept and made anew."""
        with torch.device("meta"):
            net = self.make()
        for anew in (False, True):
            batch, line = measure(self.make, anew)
            for optimiser in self.optimisers:
                state = sum(state_sizes(optimiser, net))
                chosen = [] if optimiser == self.usual else [f"--optim {optimiser}"]
                yield PlannedWay(
                    f"{self.name}, {optimiser}{', activations made anew' if anew else ''}",
                    " ".join([*self.flags, *chosen, *([_RECOMPUTE] if anew else [])]),
                    replace(batch, optimiser=state),
                    replace(line, optimiser=state),
                )


def weigh(
    options: TrainingOptions,
    family: Family,
    make: Callable[[], Any],
    make_adapted: MakeAdapted | None,
    measure: MeasureStep,
) -> Iterator[PlannedWay]:
    """Each way; without `make_adapted` none by adapters, which could not teach a new model.

    A model that is trained whole is weighed with every optimiser that --fsdp allows, adapters with
    the one asked, and over a base in 4 bits where there can be one.
    """
    usual = usual_optimiser(family, whole=not options.fsdp)
    others = () if options.fsdp else tuple(n for n in get_args(OptimiserName) if n != usual)
    yield from _Learning("whole", (), make, (usual, *others), usual).weighed(measure)
    if make_adapted is None:
        return
    way = replace(options, lora=options.lora or RANK)
    usual = usual_optimiser(family, whole=False)
    with torch.device("meta"):
        no_4bit = quantisation.unfit(make())
    for four_bit in (False, True) if no_4bit is None else (False,):
        name = "QLoRA" if four_bit else "LoRA"
        flags = (f"--lora {way.lora}", *(("--load-in-4bit",) if four_bit else ()))
        asked = (way.optimiser_of(family),)
        adapted = _Learning(name, flags, make_adapted(way, four_bit), asked, usual)
        yield from adapted.weighed(measure)
