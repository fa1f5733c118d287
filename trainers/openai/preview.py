"""The plan of a job: all that would be sent and paid, known before anything leaves the machine."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from dataprep import jsonio, providers
from dataprep.finding import UsageError
from dataprep.providers import Model, Provider
from trainers.openai import cost, dataset, gates
from trainers.openai.cost import Tokens
from trainers.openai.dataset import DataFile
from trainers.openai.gates import Gate

MAX_SEED = 2_147_483_647
MAX_EPOCHS = 50
MAX_SUFFIX = 64
RUN_KEY = "dataprep_run"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What the job would be. `request` is the body of the call, but for the ids of the files.

    `dollars` is the likely cost, `most` the highest that the error of the count allows; both are
    None where the price is unknown. `key` is the hash of everything that makes this job this job.
    """

    folder: Path
    provider: Provider | None
    base_url: str
    key_variable: str
    model: str
    known: Model | None
    files: tuple[DataFile, ...]
    epochs: int
    epochs_chosen: bool
    dollars: float | None
    most: float | None
    table_dated: str
    gates: tuple[Gate, ...]
    notes: tuple[str, ...]
    request: dict[str, Any]
    key: str
    run_dir: Path
    today: date

    @property
    def passed(self) -> bool:
        """Whether every gate is open."""
        return all(gate.passed for gate in self.gates)

    @property
    def billed(self) -> Tokens:
        """The tokens of one epoch; validation is not billed."""
        return self.files[0].tokens

    def rows(self) -> list[tuple[str, str]]:
        """The plan as label and words, in the order in which a person asks."""
        return [
            ("data", str(self.folder)),
            ("model", self._model_words()),
            ("server", self.base_url),
            ("tokens", f"{self.billed} per epoch ({self.billed.method})"),
            ("epochs", f"{self.epochs}" + ("" if self.epochs_chosen else _USUAL)),
            ("price", self._price_words()),
            ("cost", self._cost_words()),
            ("run folder", str(self.run_dir)),
        ]

    def text(self) -> str:
        """The rows, the gates and the notes as plain lines."""
        lines = [f"{label}: {words}" for label, words in self.rows()]
        lines += [f"file {file.split}: {_file_words(file)}" for file in self.files]
        for gate in self.gates:
            lines.append(f"gate {gate.name}: {'passed' if gate.passed else 'SHUT'}, {gate.detail}")
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])

    def _model_words(self) -> str:
        if self.known is None or self.known.name == self.model:
            return self.model
        return f"{self.model} ({self.known.name})"

    def _price_words(self) -> str:
        price = self.known.price if self.known else None
        if price is None or price.training_usd_per_million is None:
            return "unknown"
        rate = f"{price.training_usd_per_million:.2f} USD per million trained tokens"
        return f"{rate} (as of {price.as_of}, {price.confidence}; table of {self.table_dated})"

    def _cost_words(self) -> str:
        if self.dollars is None or self.most is None:
            return "unknown"
        if self.most == self.dollars:
            return cost.usd(self.dollars)
        return f"about {cost.usd(self.dollars)}, at most {cost.usd(self.most)}"


_USUAL = " (as the platform would choose; fixed in the request, so that the cost holds)"


def plan(
    folder: Path,
    *,
    model: str = "gpt-4o-mini",
    provider: str | None = None,
    base_url: str | None = None,
    suffix: str | None = None,
    seed: int | None = None,
    n_epochs: int | None = None,
    max_cost: float | None = None,
    accept_shutdown: bool = False,
    run_dir: Path | None = None,
    today: date | None = None,
    table: Path | None = None,
) -> Plan:
    """Read the folder and say what the job would be; sends nothing, and never fails on a gate.

    `provider` is OpenAI, unless `base_url` names another server: then no provider's dates,
    prices and limits apply but those of the one that is named.
    """
    trainer = _provider(provider, base_url, table)
    known = providers.model(trainer.name, model, table) if trainer else None
    limits = trainer.limits if trainer else None
    _check_options(suffix, seed, n_epochs, (limits.suffix if limits else None) or MAX_SUFFIX)
    limit = known.example_tokens if known else None
    found = dataset.read(folder, cost.tokeniser(_encoding(known, model)), limit)
    epochs = n_epochs or cost.usual_epochs(found[0].examples)
    price = known.price.training_usd_per_million if known and known.price else None
    most = cost.dollars(found[0].tokens.most, epochs, price)
    server = (base_url or (trainer.base_url if trainer else None) or "").rstrip("/")
    request = _request(known.name if known and not _tuned(model) else model, epochs, suffix, seed)
    key = _run_key(request, found, server)
    when = today or date.today()  # noqa: DTZ011  a day of the user's calendar
    return Plan(
        folder=folder,
        provider=trainer,
        base_url=server,
        key_variable=(trainer.key_variable if trainer else None) or "OPENAI_API_KEY",
        model=model,
        known=known,
        files=found,
        epochs=epochs,
        epochs_chosen=n_epochs is not None,
        dollars=cost.dollars(found[0].tokens.count, epochs, price),
        most=most,
        table_dated=providers.table(table).dated,
        gates=(
            *gates.files(found, limits),
            *gates.life(trainer, known, when, accepted=accept_shutdown),
            gates.method(known),
            gates.spending(most, max_cost),
        ),
        notes=tuple(_notes(trainer, known, found)),
        request={
            **request,
            **{f"{_FIELDS[f.split]}_file": f"(the id of {f.name})" for f in found},
            "metadata": {RUN_KEY: key},
        },
        key=key,
        run_dir=run_dir or Path("runs") / f"openai-{key[:12]}",
        today=when,
    )


_FIELDS = {"train": "training", "validation": "validation"}


def _provider(name: str | None, base_url: str | None, table: Path | None) -> Provider | None:
    if base_url is not None and not base_url.startswith(("http://", "https://")):
        raise UsageError(f"{base_url!r} is no address.", "Give it as https://HOST/v1")
    if name is None and base_url is not None:
        return None
    found = providers.provider(name or "openai", table)
    if found.protocol != "openai":
        raise UsageError(
            f"{found.title} does not speak the protocol of OpenAI.",
            f"Upload openai-chat/train.jsonl with {found.title}'s own client.",
        )
    if base_url is None and found.base_url is None:
        raise UsageError(f"{found.title} has no one address.", f"Pass --base-url. {found.note}")
    return found


def _check_options(
    suffix: str | None, seed: int | None, n_epochs: int | None, longest: int
) -> None:
    """The ranges of OpenAI's OpenAPI document 2.3.0."""
    if suffix is not None and not 1 <= len(suffix) <= longest:
        raise UsageError(
            f"The suffix has {len(suffix)} characters.", f"Give 1 to {longest} with --suffix."
        )
    if seed is not None and not 0 <= seed <= MAX_SEED:
        raise UsageError(f"The seed {seed} is out of range.", f"Give 0 to {MAX_SEED}.")
    if n_epochs is not None and not 1 <= n_epochs <= MAX_EPOCHS:
        raise UsageError(f"{n_epochs} epochs cannot be asked for.", f"Give 1 to {MAX_EPOCHS}.")


def _request(model: str, epochs: int, suffix: str | None, seed: int | None) -> dict[str, Any]:
    request: dict[str, Any] = {
        "model": model,
        "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": epochs}}},
    }
    if suffix is not None:
        request["suffix"] = suffix
    if seed is not None:
        request["seed"] = seed
    return request


def _run_key(request: dict[str, Any], files: tuple[DataFile, ...], server: str) -> str:
    """The same content, options and server give the same key, on any machine and any day."""
    digests = {file.split: file.sha256 for file in files}
    whole = {"request": request, "files": digests, "server": server}
    return hashlib.sha256(jsonio.canonical(whole)).hexdigest()


def _encoding(known: Model | None, model: str) -> str | None:
    """gpt-4o and gpt-4.1 count in o200k_base, also where another server stands in for them."""
    if known:
        return known.encoding
    stand_in = providers.model("openai", model)
    return stand_in.encoding if stand_in else None


def _tuned(model: str) -> bool:
    return model.startswith("ft:")


def _notes(
    provider: Provider | None, known: Model | None, files: tuple[DataFile, ...]
) -> list[str]:
    notes = [text for row in (provider, known) if row and (text := row.note)]
    if provider and provider.platform.note:
        notes.insert(0, provider.platform.note)
    if provider and known is None:
        notes.append("The table does not know this model: its price and end are unknown.")
    if len(files) == 1:
        notes.append("There is no validation file: the job will report no validation loss.")
    for file in files:
        if file.over_limit and known:
            notes.append(
                f"{file.split}: {file.over_limit} of {file.examples:,} examples exceed "
                f"{known.example_tokens:,} tokens; the platform cuts their end, the answer, "
                "and says nothing."
            )
    return notes


def _file_words(file: DataFile) -> str:
    return (
        f"{file.examples:,} examples, {file.bytes:,} bytes, {file.tokens} tokens, "
        f"sha256 {file.sha256}"
    )
