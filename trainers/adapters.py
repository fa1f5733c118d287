"""LoRA: which parts of a model get adapters, and a word on what they hold.

In transformers 5 the experts of a layer are one parameter of three dimensions [experts, in, out],
which peft adapts by `target_parameters`. What peft would add of itself, or leave out where old
names of experts and those of dense layers are the same (GLM-4.5, DeepSeek), is decided here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal

from torch import nn

from dataprep.finding import EnvironmentProblem, UsageError, extra_missing
from trainers import quantisation
from trainers.lora_targets import LINEAR, LoraTargets, is_router, leaf, targets_of
from trainers.options import LORA_TARGETS, CommonOptions

LoraTask = Literal["SEQ_2_SEQ_LM", "CAUSAL_LM"]

_FUSED: dict[str, tuple[frozenset[str], ...]] = {
    "gate_up_proj": (frozenset({"gate_proj", "up_proj"}), frozenset({"w1", "w3"})),
    "down_proj": (frozenset({"w2"}),),
}
"""What the parameters of experts were called when each expert was a module of its own."""

_OLD_NAMES = frozenset({"gate", "gate_proj", "up_proj", "down_proj", "w1", "w2", "w3"})
"""Names that peft reads as parts of experts, in a model that has some."""


def with_lora(net: Any, options: CommonOptions, task: LoraTask) -> Any:
    """The model with adapters of the rank and on the targets asked; itself it stays as it is.

    Raises UsageError for a target that the model lacks, and for dropout on experts, which peft
    cannot compute.
    """
    try:
        from peft import LoraConfig, get_peft_model
    except ImportError:
        raise extra_missing("train", "peft") from None
    if quantisation.is_4bit(net):
        net = quantisation.prepared(net, checkpointing=options.activation_checkpointing)
    modules, parameters = _chosen(targets_of(net), options.lora_targets)
    experts = [name for name in parameters if not name.endswith(".weight")]
    if options.lora_dropout and experts:
        raise UsageError(
            f"Adapters on experts ({_listed(map(leaf, experts))}) take no dropout.",
            "Leave --lora-dropout out, or name other layers with --lora-targets.",
        )
    wanted = {*modules, *parameters}
    _refuse_wide(net, wanted, options.lora or 0)
    modules, parameters = _as_peft_reads(modules, parameters)
    config = LoraConfig(
        r=options.lora or 0,
        lora_alpha=options.lora_alpha or 2 * (options.lora or 0),
        lora_dropout=options.lora_dropout,
        target_modules=_short(modules, (name for name, _ in net.named_modules()), 1),
        target_parameters=_short(parameters, (name for name, _ in net.named_parameters()), 2),
        task_type=task,
    )
    made = get_peft_model(net, config)
    _refuse_others(wanted, adapted(made))
    return made


def merge(net: Any) -> Any:
    """The base with its adapters added to the weights.

    Where the head shares the weights of embeddings it still does, and the config says so: of
    T5Gemma, whose encoder has embeddings of its own, peft writes that nothing is shared.
    """
    tied = net.get_base_model().config.tie_word_embeddings
    merged = net.merge_and_unload()
    head = merged.get_output_embeddings()
    inputs = [part for part in merged.modules() if isinstance(part, nn.Embedding)]
    if head is not None and any(part.weight is head.weight for part in inputs):
        merged.config.tie_word_embeddings = tied
    return merged


def _chosen(there: LoraTargets, asked: str) -> tuple[list[str], list[str]]:
    """The full names of the modules and of the parameters to adapt."""
    if asked == LORA_TARGETS:
        return list(there.linear), list(there.experts)
    names = {name.strip() for name in asked.split(",")} - {""}
    modules = [n for n in there.linear if any(_ends(n, name) for name in names)]
    routers = [n for n in there.routers if any(_ends(n[: -len(".weight")], t) for t in names)]
    experts = [n for n in there.experts if _names_experts(n, names)]
    unknown = sorted(n for n in names if not _is_known(n, names, [*modules, *routers], experts))
    if unknown or not names:
        raise UsageError(
            f"The model has no part called {_listed(unknown) or 'nothing'} to put adapters on.",
            f"Known: {LORA_TARGETS}, {', '.join(there.names)}.",
        )
    return modules, [*experts, *routers]


def _refuse_wide(net: Any, wanted: Iterable[str], rank: int) -> None:
    """Raise UsageError for a rank that is above that of every layer: more than these hold."""
    if rank > (widest := max(_full_rank(net, name) for name in wanted)):
        raise UsageError(
            f"--lora is {rank}, and no layer that gets adapters has a rank above {widest}.",
            "Give a lower rank (8 to 64 are usual), or leave --lora out to train all of them.",
        )


def _full_rank(net: Any, name: str) -> int:
    """The shorter side of a layer, or of one of several experts."""
    holder, _, own = name.rpartition(".")
    part = getattr(net.get_submodule(holder), own)
    if isinstance(part, nn.Linear):  # in 4 bits the weights are one long row
        return min(part.in_features, part.out_features)
    return int(min((part if isinstance(part, nn.Parameter) else part.weight).shape[-2:]))


def _names_experts(experts: str, names: set[str]) -> bool:
    fused = _FUSED.get(leaf(experts), ())
    return any(_ends(experts, name) for name in names) or any(old <= names for old in fused)


def _is_known(name: str, names: set[str], modules: list[str], experts: list[str]) -> bool:
    found = (*experts, *modules, *(m.removesuffix(".weight") for m in modules))
    if any(_ends(there, name) for there in found):
        return True
    old = [part for e in experts for part in _FUSED.get(leaf(e), ()) if part <= names]
    return any(name in part for part in old)


def _as_peft_reads(modules: list[str], parameters: list[str]) -> tuple[list[str], list[str]]:
    """The same names, those that peft would take for parts of experts as parameters."""
    if not parameters:
        return modules, parameters
    old = [name for name in modules if leaf(name) in _OLD_NAMES]
    kept = [name for name in modules if name not in old]
    return kept, [*parameters, *(f"{name}.weight" for name in old)]


def _short(wanted: list[str], there: Iterable[str], parts: int) -> list[str]:
    """The last parts of the names, where these name nothing else; the others as they are."""
    chosen = set(wanted)
    others = [name for name in there if name not in chosen]
    made = set()
    for name in wanted:
        short = ".".join(name.split(".")[-parts:])
        made.add(name if any(_ends(other, short) for other in others) else short)
    return sorted(made)


def adapted(net: Any) -> set[str]:
    """The full names of the modules and parameters of the base that have adapters."""
    from peft.tuners.lora import LoraLayer

    base = net.get_base_model()
    found = set()
    for name, module in base.named_modules():
        if isinstance(module, LoraLayer):
            place = name.replace(".base_layer", "")
            parameter = getattr(module, "parameter_name", None)
            inner: Any = module.get_base_layer()
            plain = parameter is None or (isinstance(inner, LINEAR) and not is_router(inner))
            found.add(place if plain else f"{place}.{parameter}")
    return found


def _refuse_others(wanted: set[str], found: set[str]) -> None:
    if wanted != found:
        parted = _listed(sorted(map(leaf, wanted ^ found)))
        raise EnvironmentProblem(
            f"peft put adapters elsewhere than asked ({parted}).",
            "Install the version of peft that dataprep-tune[train] names.",
        )


def summary(net: Any) -> dict[str, Any]:
    """What run.json says of the adapters: how many of each name, and the parameters that learn.

    Of a base in 4 bits also how much of it stands in them.
    """
    names = Counter(leaf(name.removesuffix(".weight")) for name in adapted(net))
    learned = sum(p.numel() for p in net.parameters() if p.requires_grad)
    found = {"on": dict(sorted(names.items())), "parameters": learned}
    if quantisation.is_4bit(net):
        found["base"] = quantisation.summary(net.get_base_model())
    return found


def _ends(name: str, part: str) -> bool:
    return name == part or name.endswith(f".{part}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names)))
