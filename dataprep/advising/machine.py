"""This machine: its memory, and how fast it multiplies, measured for half a second."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import msgspec

from dataprep.finding import excerpt
from dataprep.memory import free_memory

SIDE, GPU_SIDE = 1_024, 8_192
SECONDS = 0.5


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where a model would be trained; None is unknown. `flops` in operations a second."""

    device: str
    memory: int | None
    flops: float | None
    precision: str = "fp32"
    measured_by: str = ""
    cores: int | None = None


def this_machine(*, seconds: float = SECONDS) -> Machine:
    """The graphics card where torch sees one, else processor and free memory."""
    if find_spec("torch") is None:
        return _processor(*_numpy(seconds))
    import torch

    if torch.cuda.is_available():
        return _card(torch, seconds)
    one = torch.ones(SIDE, SIDE)
    return _processor(_rate(lambda: one @ one, SIDE, seconds), "torch")


def _card(torch: Any, seconds: float) -> Machine:
    kind = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    one = torch.ones(GPU_SIDE, GPU_SIDE, dtype=kind, device="cuda")

    def work() -> None:
        _ = one @ one
        torch.cuda.synchronize()

    flops = _rate(work, GPU_SIDE, seconds)
    free, _ = torch.cuda.mem_get_info()
    return Machine(
        device=excerpt(str(torch.cuda.get_device_name())),
        memory=int(free),
        flops=flops,
        precision="bf16" if kind is torch.bfloat16 else "fp32",
        measured_by="torch",
    )


def _processor(flops: float | None, by: str) -> Machine:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Machine(
        device="processor", memory=free_memory(), flops=flops, measured_by=by, cores=cores
    )


def _numpy(seconds: float) -> tuple[float | None, str]:
    if find_spec("numpy") is None:
        return None, ""
    import numpy as np

    one = np.ones((SIDE, SIDE), dtype=np.float32)
    return _rate(lambda: one @ one, SIDE, seconds), "numpy"


def _rate(work: Callable[[], Any], side: int, seconds: float) -> float:
    """Operations a second of a product of two square matrices: 2 x side cubed each."""
    work()
    begun, count = time.perf_counter(), 0
    while (spent := time.perf_counter() - begun) < seconds or not count:
        work()
        count += 1
    return 2.0 * side**3 * count / spent
