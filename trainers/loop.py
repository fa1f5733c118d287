"""transformers' Trainer, with the batches of a plan and a loss that is exact.

Loops, checkpoints, devices, ranks and callbacks are its own. Replaced are the batches (a budget of
tokens, or packed), the loss (over the real count of tokens of a step; transformers' own for T5 is
off by the number of accumulation steps, huggingface/transformers#47688), and the loss on held-out
data, which Trainer takes as a mean of means.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import torch
from accelerate.utils import DistributedType, FullyShardedDataParallelPlugin
from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard
from torch.distributed.tensor import DTensor
from torch.utils.data import DataLoader
from transformers import Trainer

from trainers import learned_logits, loss
from trainers.batches import BatchPlan
from trainers.packing import block_masks
from trainers.rows import TokenRows
from trainers.tensors import PackedLines, Tensors

Collate = Callable[[PackedLines], Tensors]
MakeOptimiser = Callable[[list[torch.nn.Parameter]], torch.optim.Optimizer]


@dataclass(slots=True)
class Course:
    """What is trained on in which order, and by which rule."""

    plan: BatchPlan
    collate: Collate
    optimiser: MakeOptimiser
    share_of_rate: Callable[[int], float] = lambda _: 1.0
    held_out: TokenRows | None = None
    held_out_plan: BatchPlan | None = None
    largest: int = 0
    """Tokens, with padding, of the largest batch that went through."""


class ExactTrainer(Trainer):
    """Trainer with the batches, the loss and the optimiser of a course."""

    course: Course

    def follow(self, course: Course) -> None:
        """Take a course before `train`."""
        self.course = course
        self.model_accepts_loss_kwargs = True  # no division by the number of accumulation steps
        self.loss_is_scaled_for_ga = True  # the same, from transformers 5.20 on

    def create_accelerator_and_postprocess(self) -> None:
        """Shard on processors too: accelerate would copy the model there, without a word."""
        super().create_accelerator_and_postprocess()
        state = self.accelerator.state
        if self.args.fsdp_plugin_args and state.distributed_type == DistributedType.MULTI_CPU:
            state.fsdp_plugin = FullyShardedDataParallelPlugin(**self.args.fsdp_plugin_args)
            state.distributed_type = DistributedType.FSDP
            self.is_fsdp_enabled = True

    def get_train_dataloader(self) -> DataLoader[Any]:
        return self._loader(self.course.plan, cast("TokenRows", self.train_dataset))

    def _loader(self, plan: BatchPlan, rows: TokenRows) -> DataLoader[Any]:
        return DataLoader(
            rows,
            batch_sampler=cast("Any", plan),
            collate_fn=self.course.collate,
            pin_memory=torch.cuda.is_available(),
        )

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        if self.optimizer is None:
            if self.is_fsdp_enabled:
                shard(model or self.model, self.accelerator.state.fsdp_plugin)
            parameters = (model or cast("Any", self.model)).parameters()
            self.optimizer = self.course.optimiser([p for p in parameters if p.requires_grad])
        return self.optimizer

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        if self.lr_scheduler is None:
            self.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(
                optimizer or self.create_optimizer(), self.course.share_of_rate
            )
        return self.lr_scheduler

    def get_batch_samples(
        self, epoch_iterator: Iterator[Tensors], num_batches: int, device: torch.device
    ) -> tuple[list[Tensors], Any]:
        """The micro-batches of a step, and the tokens that count in them on all ranks."""
        batches = list(itertools.islice(epoch_iterator, num_batches))
        return batches, max(self._over_ranks(loss.counted_all(batches)), 1e-9)

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """The summed loss over the count of the step; times the ranks, as these are averaged."""
        padded = sum(inputs[k].numel() for k in ("input_ids", "decoder_input_ids") if k in inputs)
        summed = summed_loss(model, inputs)
        self.course.largest = max(self.course.largest, padded)
        scaled = summed / (num_items_in_batch or 1.0) * self.accelerator.num_processes
        return (scaled, None) if return_outputs else scaled

    def save_model(self, output_dir: str | None = None, _internal_call: bool = False) -> None:
        """Of a model that is shared out, the whole of it."""
        if not self.is_fsdp_enabled:
            super().save_model(output_dir, _internal_call)
            return
        state = whole_state(self.model)
        self._save(output_dir, state_dict=state)

    @property
    def kept_step(self) -> int:
        """The step whose weights are the model, after `train`."""
        state = self.state
        return int((self.keeps_best and state.best_global_step) or state.global_step)

    @property
    def keeps_best(self) -> bool:
        """Whether the model is that of the best checkpoint; the same on every rank."""
        return bool(self.args.load_best_model_at_end and self.state.best_model_checkpoint)

    def _load_best_model(self) -> None:
        """A model that is shared out is read back from the checkpoint by who puts it together."""
        if not self.is_fsdp_enabled:
            super()._load_best_model()

    def evaluate(
        self, eval_dataset: Any = None, ignore_keys: Any = None, metric_key_prefix: str = "eval"
    ) -> dict[str, float]:
        """The loss on held-out data, over its tokens."""
        plan, rows = self.course.held_out_plan, self.course.held_out
        if plan is None or rows is None:
            return {}
        total, count = 0.0, 0.0
        self.model_wrapped.eval()
        with torch.no_grad():
            for batch in self._loader(plan, rows):
                count += loss.counted(batch)
                with self.compute_loss_context_manager():
                    inputs = dict(self._prepare_inputs(batch))
                    total += float(summed_loss(self.model_wrapped, inputs))
        found = {
            f"{metric_key_prefix}_loss": self._over_ranks(total)
            / max(self._over_ranks(count), 1e-9)
        }
        self.log(found)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, found)
        return found

    def _over_ranks(self, value: float) -> float:
        """The sum of a number over all ranks."""
        if self.accelerator.num_processes == 1:
            return value
        own = torch.tensor(value, dtype=torch.float64, device=self.args.device)
        return float(self.accelerator.gather(own).sum())


def shard(net: Any, plugin: Any) -> None:
    """Share a model out over the ranks, block by block, and the rest as one group.

    accelerate does the same, but for the rest: it parts the input embeddings from the encoder's
    and the decoder's, which in T5 are one, and torch refuses that.
    """
    policy = plugin.mixed_precision_policy or MixedPrecisionPolicy()
    whole = set(net._no_split_modules or ())
    for module in net.modules():
        if type(module).__name__ in whole:
            fully_shard(module, mp_policy=policy)
    fully_shard(net, mp_policy=policy)
    plugin.auto_wrap_policy = None  # done: accelerate takes what is sharded as it is


def whole_state(net: Any) -> dict[str, torch.Tensor]:
    """The weights of a model whose parts lie on several ranks, tied ones still tied."""
    gathered: dict[int, torch.Tensor] = {}
    state: dict[str, torch.Tensor] = {}
    for name, part in net.state_dict().items():
        if not isinstance(part, DTensor):
            state[name] = part
            continue
        key = part.to_local().data_ptr() or id(part)
        if key not in gathered:
            gathered[key] = part.full_tensor().cpu()
        state[name] = gathered[key]
    return state


def summed_loss(model: Any, inputs: dict[str, Any]) -> torch.Tensor:
    """The loss of one batch, summed over its tokens; makes the masks of packed T5 batches."""
    labels, weights = inputs.pop("labels"), inputs.pop("weights", None)
    if "segments" in inputs:
        dtype = next(p.dtype for p in model.parameters() if p.is_floating_point())
        inputs = block_masks(inputs, dtype)
    return loss.summed(*learned_logits.scores(model, inputs, labels, weights))
