"""What memory a training will take, before it begins: the same step on tensors without content.

Model, batch, forward and backward are the real ones, run in torch's FakeTensorMode, where tensors
have shapes and no numbers; what they would hold is added up as they come and go. So it holds for
every architecture, and neither weights nor memory are needed. What kernels take for their own work
is not seen: MARGIN is for that.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from trainers import learned_logits, loss
from trainers.optimisers import state_sizes
from trainers.options import OptimiserName
from trainers.rows import IGNORED

MARGIN = 0.15
"""What may come on top, as a share of all: measured against real steps (docs/open-weights.md)."""


@dataclass(frozen=True, slots=True)
class StepMemory:
    """Bytes of one step; `activations` is what it takes on top of the other three at its peak."""

    weights: int
    gradients: int
    optimiser: int
    activations: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.weights + self.gradients + self.optimiser + self.activations


class LiveBytes(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts the bytes of the storages that live, and the most that ever did."""

    def __init__(self, known: set[int]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.now = self.peak = 0
        self._seen = known

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        made = _done(func, args, kwargs or {})
        for tensor in tree_leaves(made):
            if isinstance(tensor, torch.Tensor):
                self._count(tensor.untyped_storage())
        return made

    def _count(self, storage: torch.UntypedStorage) -> None:
        key = storage._cdata
        if key in self._seen:
            return
        self._seen.add(key)
        size = storage.nbytes()
        self.now += size
        self.peak = max(self.peak, self.now)
        weakref.finalize(storage, self._gone, key, size)

    def _gone(self, key: int, size: int) -> None:
        self._seen.discard(key)
        self.now -= size


def _done(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What an operation makes: of experts in fp32 too, whose product torch knows the shape of in
    bf16 alone.
    """
    if func is not torch.ops.aten._grouped_mm.default or args[0].dtype == torch.bfloat16:
        return func(*args, **kwargs)
    halves = [tensor.bfloat16() for tensor in args[:2]]
    return func(*halves, *args[2:], **kwargs).to(args[0].dtype)


def step_memory(
    make: Callable[[], Any],
    batch: dict[str, torch.Tensor],
    *,
    checkpointing: bool = False,
    autocast: torch.dtype | None = None,
    accumulate: bool = False,
    optimiser: OptimiserName = "adamw_torch",
) -> StepMemory:
    """The memory of a step on `batch` with the model that `make` makes.

    With `accumulate` the gradients of an earlier batch are there already.
    """
    learned = int(batch["labels"].ne(IGNORED).sum())
    with torch.device("meta"):
        net = make().train()
    with FakeTensorMode() as mode:
        _as_fake(net)
        if checkpointing:
            net.activation_checkpointing_enable({"use_reentrant": False})
        weights = {p.untyped_storage()._cdata: p.untyped_storage().nbytes() for p in _held(net)}
        trained = [p for p in net.parameters() if p.requires_grad]
        fake = {name: mode.from_tensor(tensor) for name, tensor in batch.items()}
        places = torch.zeros(max(learned, 1), dtype=torch.long)
        gradients = sum(p.numel() * p.element_size() for p in trained)
        live = LiveBytes(set(weights))
        with live, _cast(autocast):
            for _ in range(1 + accumulate):
                inputs = dict(fake)
                labels, more = inputs.pop("labels"), inputs.pop("weights", None)
                # As in training nothing holds the scores while the gradients are computed.
                summed = loss.summed(*learned_logits.scores(net, inputs, labels, more, places))
                torch.autograd.backward(summed)
        return StepMemory(
            weights=sum(weights.values()),
            gradients=gradients,
            optimiser=sum(state_sizes(optimiser, net)),
            activations=max(live.peak - gradients, 0),
        )


def _as_fake(net: Any) -> None:
    """Give a model on the meta device tensors of FakeTensorMode; tied ones stay tied.

    It is not made of such tensors at once, since they cannot be cast in place, as peft does.
    """
    made: dict[int, Any] = {}

    def fake(tensor: torch.Tensor) -> torch.Tensor:
        empty = torch.empty(tensor.shape, dtype=tensor.dtype)
        if isinstance(tensor, torch.nn.Parameter):
            empty = torch.nn.Parameter(empty, requires_grad=tensor.requires_grad)
        return made.setdefault(id(tensor), empty)  # type: ignore[no-any-return]

    for module in net.modules():
        for held in (module._parameters, module._buffers):
            for name, tensor in held.items():
                if tensor is not None:
                    held[name] = fake(tensor)


def _held(net: Any) -> Iterator[torch.Tensor]:
    yield from net.parameters()
    yield from net.buffers()


@contextmanager
def _cast(dtype: torch.dtype | None) -> Iterator[None]:
    with nullcontext() if dtype is None else torch.autocast("cpu", dtype=dtype):
        yield
