"""The options of a job, their ranges, and the request that each kind of server takes.

Ranges: OpenAI's OpenAPI document 2.3.0. Nebius takes LoRA's own fields and a learning rate in the
place of a multiplier (second hand); Together takes the fields of its client 3.1.1.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec

from dataprep.finding import UsageError
from trainers.openai.server import Server
from trainers.openai.together import KEY_CHARACTERS, SUFFIX, suffix_with
from trainers.openai.wire import ATTEMPT, RUN_KEY

MAX_SEED = 2_147_483_647
MAX_EPOCHS = 50
MAX_BATCH = 256
MAX_BETA = 2.0
MAX_SUFFIX = 64


class JobOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the user asks of a training; None leaves it to the platform."""

    n_epochs: int | None = None
    batch_size: int | None = None
    learning_rate_multiplier: float | None = None
    learning_rate: float | None = None
    beta: float | None = None
    lora_rank: int | None = None
    suffix: str | None = None
    seed: int | None = None


def check_options(options: JobOptions, method: str, server: Server, longest: int | None) -> None:
    """Raises UsageError for an option that the platform would refuse, or would not understand."""
    own = server.protocol == "together" or server.name == "nebius"
    most = longest or MAX_SUFFIX
    if server.protocol == "together":
        most = SUFFIX - KEY_CHARACTERS - 1
    suffix, seed = options.suffix, options.seed
    if suffix is not None and not 1 <= len(suffix) <= most:
        raise UsageError(
            f"The suffix has {len(suffix)} characters.", f"Give 1 to {most} with --suffix."
        )
    if seed is not None and not 0 <= seed <= MAX_SEED:
        raise UsageError(f"The seed {seed} is out of range.", f"Give 0 to {MAX_SEED} with --seed.")
    if options.n_epochs is not None and not 1 <= options.n_epochs <= MAX_EPOCHS:
        raise UsageError(
            f"{options.n_epochs} epochs cannot be asked for.",
            f"Give 1 to {MAX_EPOCHS} with --n-epochs.",
        )
    if options.batch_size is not None and not 1 <= options.batch_size <= MAX_BATCH:
        raise UsageError(
            f"A batch of {options.batch_size} cannot be asked for.",
            f"Give 1 to {MAX_BATCH} with --batch-size.",
        )
    multiplier = options.learning_rate_multiplier
    _refuse_out_of_range("--learning-rate-multiplier", multiplier, math.inf)
    _refuse_out_of_range("--learning-rate", options.learning_rate, 1.0)
    _refuse_out_of_range("--beta", options.beta, MAX_BETA)
    _refuse_out_of_range("--lora-rank", options.lora_rank, 1024)
    if options.beta is not None and method != "dpo":
        raise UsageError("--beta belongs to preference data.", "Leave it out.")
    if multiplier is not None and own:
        raise UsageError(
            f"{server.name} takes a learning rate and no multiplier.", "Pass --learning-rate."
        )
    if (options.learning_rate is not None or options.lora_rank is not None) and not own:
        raise UsageError(
            "OpenAI's protocol takes neither a learning rate nor a LoRA rank.",
            "Pass --learning-rate-multiplier, or leave them out.",
        )


def _refuse_out_of_range(flag: str, value: float | None, most: float) -> None:
    if value is None or (math.isfinite(value) and 0 < value <= most):
        return
    limit = f" and at most {most:g}" if math.isfinite(most) else ""
    raise UsageError(f"{flag} is {value}.", f"Give more than 0{limit}.")


def request_of(
    server: Server, model: str, method: str, options: JobOptions, epochs: int
) -> dict[str, Any]:
    """The body of the call that makes the job, but for the files and the run key."""
    if server.protocol == "together":
        return _together(model, method, options, epochs)
    if server.name == "nebius":
        hyper: dict[str, Any] = {"n_epochs": epochs, "lora": True}
        hyper |= _given(
            batch_size=options.batch_size,
            learning_rate=options.learning_rate,
            lora_r=options.lora_rank,
        )
        body = {"model": model, "hyperparameters": hyper}
    else:
        hyper = {"n_epochs": epochs} | _given(
            batch_size=options.batch_size,
            learning_rate_multiplier=options.learning_rate_multiplier,
            beta=options.beta,
        )
        body = {"model": model, "method": {"type": method, method: {"hyperparameters": hyper}}}
    return body | _given(suffix=options.suffix, seed=options.seed)


def with_key(server: Server, request: dict[str, Any], key: str) -> dict[str, Any]:
    """The request with the run key in it, where the server gives it back with the job."""
    if server.protocol == "together":
        return {**request, "suffix": suffix_with(request.get("suffix"), key)}
    return {**request, "metadata": {RUN_KEY: key}}


def with_attempt(request: dict[str, Any], attempt: str) -> dict[str, Any]:
    """The request with a word of this one creation, where it holds metadata."""
    if "metadata" not in request:
        return request
    return {**request, "metadata": {**request["metadata"], ATTEMPT: attempt}}


def _together(model: str, method: str, options: JobOptions, epochs: int) -> dict[str, Any]:
    chosen: dict[str, Any] = {"method": "sft", "train_on_inputs": "auto"}
    if method == "dpo":
        chosen = {"method": "dpo"} | _given(dpo_beta=options.beta)
    body = {"model": model, "n_epochs": epochs, "training_method": chosen}
    if options.lora_rank is not None:
        rank = options.lora_rank
        body["training_type"] = {"type": "Lora", "lora_r": rank, "lora_alpha": 2 * rank}
    return body | _given(
        batch_size=options.batch_size,
        learning_rate=options.learning_rate,
        suffix=options.suffix,
        random_seed=options.seed,
    )


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
