"""The plan of a job: all that would be sent and paid, known before anything leaves the machine."""

from __future__ import annotations

import codecs
import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from rich.table import Table

from dataprep import jsonio, providers, report
from dataprep.finding import excerpt
from dataprep.providers import Model, Provider
from trainers.openai import cost, dataset, gates, judging, remembered
from trainers.openai.cost import Tokens
from trainers.openai.dataset import DataFile, UploadRows
from trainers.openai.gates import Gate
from trainers.openai.request import JobOptions, check_options, request_of, with_key
from trainers.openai.server import Server, server_of

_LINE = 200
"""Characters of a plan on one line."""


class JobPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What the job would be. `request` is the body of the call, but for the ids of the files.

    `dollars` is the likely cost, `most` the highest that the error of the count allows; both are
    None where the price is unknown. `key` is the hash of everything that makes this job this job.
    """

    folder: Path
    target: str
    method: str
    provider: Provider | None
    server: Server
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
    def base_url(self) -> str:
        """The address of the server."""
        return self.server.base_url

    @property
    def key_variable(self) -> str:
        """Where the key is."""
        return self.server.key_variable

    @property
    def passed(self) -> bool:
        """Whether every gate is open."""
        return all(gate.passed for gate in self.gates)

    @property
    def billed(self) -> Tokens:
        """The tokens of one epoch; validation is not billed."""
        return self.files[0].tokens

    def __repr__(self) -> str:
        shut = [gate.name for gate in self.gates if not gate.passed]
        gates = f"shut gates: {', '.join(shut)}" if shut else "all gates open"
        what = f"{self._model_words()} on {self.folder} ({self.target})"
        told = excerpt(f"{what}, cost {self._cost_words()}, {gates}", _LINE)
        return f"{type(self).__name__}({told}): a plan, nothing is sent without yes=True"

    def _repr_html_(self) -> str:
        plan, gates = Table(show_header=False), Table("gate", "", "why")
        plan.add_column()
        plan.add_column()
        for label, words in self.rows():
            plan.add_row(label, report.plain(words))
        for file in self.files:
            plan.add_row(f"file {file.split}", report.plain(_file_words(file)))
        for gate in self.gates:
            opened = "open" if gate.passed else "shut"
            gates.add_row(gate.name, opened, report.plain(gate.detail))
        return report.as_html(repr(self), plan, gates, *self.notes)

    def rows(self) -> list[tuple[str, str]]:
        """The plan as label and words, in the order in which a person asks."""
        return [
            ("data", f"{self.folder} ({self.target})"),
            ("model", self._model_words()),
            ("server", self.base_url),
            ("key", self._key_words()),
            ("life", self._life_words()),
            ("tokens", f"{self.billed} per epoch ({self.billed.method})"),
            ("epochs", f"{self.epochs}" + ("" if self.epochs_chosen else _USUAL)),
            ("price", self._price_words()),
            ("cost", self._cost_words()),
            ("table", f"of {self.table_dated}, {providers.age(self.table_dated, self.today)}"),
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

    def _key_words(self) -> str:
        if not self.key_variable:
            return "none is sent (--key-variable NAME sends the one in that variable)"
        return f"of {self.key_variable}"

    def _life_words(self) -> str:
        """The days that are left to train, and to use what was trained."""
        if self.provider is None:
            return "unknown"
        ends = (self.provider.platform.closes, self.known.training_ends if self.known else None)
        jobs = min((day for day in ends if day), default=None)
        model = self.known.shutdown if self.known else None
        return f"new jobs: {self._days_words(jobs)}; the model: {self._days_words(model)}"

    def _days_words(self, until: date | None) -> str:
        left = providers.days_left(until, self.today)
        if left is None:
            return "no end is known"
        return f"ended on {until}" if left <= 0 else f"{left:,} days left (until {until})"

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
_FIELDS = {"train": "training", "validation": "validation"}


def plan(
    folder: Path,
    *,
    model: str = "gpt-4o-mini",
    provider: str | None = None,
    base_url: str | None = None,
    key_variable: str | None = None,
    target: str | None = None,
    suffix: str | None = None,
    seed: int | None = None,
    n_epochs: int | None = None,
    batch_size: int | None = None,
    learning_rate_multiplier: float | None = None,
    learning_rate: float | None = None,
    beta: float | None = None,
    lora_rank: int | None = None,
    max_cost: float | None = None,
    accept: tuple[str, ...] = (),
    accept_shutdown: bool = False,
    run_dir: Path | None = None,
    today: date | None = None,
    table: Path | None = None,
) -> JobPlan:
    """Read the folder and say what the job would be; sends nothing, and never fails on a gate.

    `provider` is OpenAI, unless `base_url` names another server: then no provider's dates,
    prices and limits apply but those of the one that is named, and no key goes to it but that in
    the environment variable `key_variable`. The method is that of the files:
    supervised, or dpo for preference pairs. `accept` opens gates by name.
    """
    server, trainer = server_of(provider, base_url, table, key_variable)
    accepted = gates.accepted_names((*accept, *(("shutdown",) if accept_shutdown else ())))
    known = providers.model(trainer.name, model, table) if trainer else None
    limits = trainer.limits if trainer else None
    options = JobOptions(
        n_epochs=n_epochs,
        batch_size=batch_size,
        learning_rate_multiplier=learning_rate_multiplier,
        learning_rate=learning_rate,
        beta=beta,
        lora_rank=lora_rank,
        suffix=suffix,
        seed=seed,
    )
    found = dataset.read(
        folder,
        cost.tokeniser(_encoding(known, model)),
        known.example_tokens if known else None,
        target=target,
        provider=server.name,
        formats=trainer.formats if trainer else (),
    )
    check_options(options, found.method, server, limits.suffix if limits else None)
    epochs = n_epochs or cost.usual_epochs(found.files[0].examples)
    price = known.price.training_usd_per_million if known and known.price else None
    most = cost.dollars(found.files[0].tokens.most, epochs, price)
    named = known.name if known and not _tuned(model) else model
    request = request_of(server, named, found.method, options, epochs)
    key = _run_key(request, found.files, server.base_url)
    when = today or date.today()  # noqa: DTZ011  a day of the user's calendar
    shut_or_open = (
        *_gates(found, trainer, known, when, accepted),
        gates.spending(most, max_cost, accepted="cost" in accepted),
    )
    runs = run_dir or Path("runs") / f"{server.name or 'openai'}-{key[:12]}"
    notes = _notes(trainer, known, found.files) + _file_notes(trainer, found)
    notes += remembered.notes(runs.parent, key, found.files, server.base_url)
    return JobPlan(
        folder=folder,
        target=found.target,
        method=found.method,
        provider=trainer,
        server=server,
        model=model,
        known=known,
        files=found.files,
        epochs=epochs,
        epochs_chosen=n_epochs is not None,
        dollars=cost.dollars(found.files[0].tokens.count, epochs, price),
        most=most,
        table_dated=providers.table(table).dated,
        gates=shut_or_open,
        notes=tuple(notes),
        request={
            **with_key(server, request, key),
            **{f"{_FIELDS[f.split]}_file": f"(the id of {f.name})" for f in found.files},
        },
        key=key,
        run_dir=runs,
        today=when,
    )


def _gates(
    found: UploadRows,
    trainer: Provider | None,
    known: Model | None,
    today: date,
    accepted: frozenset[str],
) -> tuple[Gate, ...]:
    """All gates but that of the cost, in the order in which they are shown."""
    judged = judging.judge([file.path for file in found.files], trainer, known)
    return (
        *gates.files(found.files, trainer.limits if trainer else None),
        *gates.content(judged, accepted),
        *gates.life(trainer, known, today, accepted="shutdown" in accepted),
        gates.method(known, found.method),
    )


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


def _file_notes(provider: Provider | None, found: UploadRows) -> list[str]:
    notes = []
    if found.others and not (provider and found.target == provider.name):
        more = " and ".join(found.others)
        notes.append(f"The folder holds {more} too; --target chooses what is trained on.")
    if provider and provider.limits.byte_order_mark:
        with found.files[0].path.open("rb") as file:
            marked = file.read(3) == codecs.BOM_UTF8
        if not marked:
            notes.append(
                f"{provider.title} asks for a byte-order mark: convert --to {provider.name} "
                "writes it."
            )
    return notes


def _file_words(file: DataFile) -> str:
    return (
        f"{file.examples:,} examples, {file.bytes:,} bytes, {file.tokens} tokens, "
        f"sha256 {file.sha256}"
    )
