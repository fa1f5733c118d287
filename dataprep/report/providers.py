"""The table of providers, as `dataprep providers` prints it: with its age, and what is unknown."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TextIO

import msgspec
from rich.table import Table as Grid

from dataprep import providers
from dataprep.providers import Limits, Model, Provider, Table
from dataprep.report.terminal import console, plain

UNKNOWN = "unknown"


def show_providers(
    stream: TextIO, today: date, *, name: str | None = None, file: Path | None = None
) -> None:
    """All providers in short, or one of them whole. Raises UsageError for an unknown name."""
    table, screen = providers.table(file), console(stream)
    if name is None:
        screen.print(_overview(table, today))
        screen.print(plain("One of them whole: dataprep providers NAME. All as data: --json."))
    else:
        row = providers.provider(name, file)
        screen.print(plain(f"{row.title} ({row.name}), {row.confidence}", "bold"))
        for title, value in _facts(row, today):
            screen.print(plain(f"  {title}: {value}"))
        if row.models:
            screen.print(_models(row))
        for note, names in _model_notes(row).items():
            screen.print(plain(f"  {', '.join(names)}: {note}"))
        for key in dict.fromkeys(_sources(row)):
            if source := table.sources.get(key):
                seen = f"{source.what}, {source.where} (seen {source.seen})"
                screen.print(plain(f"  source {key}: {seen}"))
    screen.print(plain(dated(table, today, providers.user_file(file))))


def providers_json(today: date, *, name: str | None = None, file: Path | None = None) -> str:
    """The table, or one provider of it, as JSON, with its age in words."""
    table = providers.table(file)
    rows = (providers.provider(name, file),) if name else table.providers
    kept = msgspec.structs.replace(table, providers=rows)
    value = {**msgspec.to_builtins(kept), "age": providers.age(table.dated, today)}
    own = providers.user_file(file)
    value["overridden_by"] = str(own) if own else None
    return msgspec.json.format(msgspec.json.encode(value)).decode()


def dated(table: Table, today: date, own: Path | None) -> str:
    """How old the table is, and whether a user's own lies over it."""
    laid = f", with {own} laid over it" if own else ""
    return f"The table is dated {table.dated}, {providers.age(table.dated, today)}{laid}."


def _overview(table: Table, today: date) -> Grid:
    grid = Grid(box=None, pad_edge=False, show_edge=False)
    for column in ("provider", "new jobs", "largest file", "examples", "models", "how sure"):
        grid.add_column(column, overflow="fold")
    for row in table.providers:
        taken = [model for model in row.models if model.methods and not _past(model, today)]
        limits = row.limits
        cells = (
            row.name,
            _life(row, today),
            _most_bytes(limits),
            _range(limits.min_examples, limits.max_examples),
            str(len(taken)) if row.models else UNKNOWN,
            row.confidence,
        )
        grid.add_row(*map(plain, cells))
    return grid


def _past(model: Model, today: date) -> bool:
    left = providers.days_left(model.training_ends, today)
    return left is not None and left <= 0


def _life(row: Provider, today: date) -> str:
    platform = row.platform
    if platform.status == "closed":
        return "closed"
    left = providers.days_left(platform.closes, today)
    if left is None:
        return str(platform.status)
    return f"until {platform.closes} ({left} days)" if left > 0 else f"closed {platform.closes}"


def _newcomers(row: Provider) -> str:
    return {True: "no, existing customers only", False: "yes", None: UNKNOWN}[
        row.platform.existing_customers_only
    ]


def _facts(row: Provider, today: date) -> list[tuple[str, str]]:
    limits = row.limits
    mark = {True: "wanted", False: "not wanted", None: UNKNOWN}[limits.byte_order_mark]
    facts = [
        ("new jobs", _life(row, today)),
        ("new customers", _newcomers(row)),
        ("formats", ", ".join(row.formats) or "none"),
        ("file names", ", ".join(limits.endings) or UNKNOWN),
        ("largest file", _most_bytes(limits)),
        ("in parts above", _bytes(limits.parts_above_bytes)),
        ("examples", _range(limits.min_examples, limits.max_examples)),
        ("examples with images, at most", _number(limits.image_examples)),
        ("tokens times epochs, at most", _number(limits.tokens_times_epochs)),
        ("suffix, characters", _number(limits.suffix)),
        ("byte-order mark", mark),
        ("address", row.base_url or UNKNOWN),
        ("key", f"${row.key_variable}" if row.key_variable else UNKNOWN),
    ]
    notes = [("note", note) for note in (row.platform.note, row.note) if note]
    return facts + notes


def _model_notes(row: Provider) -> dict[str, list[str]]:
    """What is said of models, and how sure it is, each with the models that it is said of."""
    notes: dict[str, list[str]] = {}
    for model in row.models:
        if model.price:
            sure = f"price of {model.price.as_of}, {model.price.confidence}"
            notes.setdefault(sure, []).append(model.name)
        if model.confidence != row.confidence:
            notes.setdefault(model.confidence, []).append(model.name)
        if model.note:
            notes.setdefault(model.note, []).append(model.name)
    return notes


def _models(row: Provider) -> Grid:
    grid = Grid(box=None, pad_edge=False, show_edge=False)
    grid.add_column("model", no_wrap=True)
    for column in ("tokens", "training", "jobs until", "runs until"):
        grid.add_column(column, justify="right")
    grid.add_column("trained by", overflow="fold")
    for model in row.models:
        ends = (str(day) if day else UNKNOWN for day in (model.training_ends, model.shutdown))
        methods = ", ".join(model.methods) or "none"
        cells = (model.name, _number(model.example_tokens), _price(model), *ends, methods)
        grid.add_row(*map(plain, cells))
    return grid


def _price(model: Model) -> str:
    if model.price is None:
        return UNKNOWN
    million, hour = model.price.training_usd_per_million, model.price.training_usd_per_hour
    if million is None and hour is None:
        return UNKNOWN
    return f"{million:g} USD/M" if million is not None else f"{hour:g} USD/h"


def _sources(row: Provider) -> list[str]:
    prices = [model.price.source for model in row.models if model.price]
    return [*row.sources, *(key for model in row.models for key in model.sources), *prices]


def _most_bytes(limits: Limits) -> str:
    most = max(filter(None, (limits.file_bytes, limits.upload_bytes)), default=None)
    return _bytes(most)


def _bytes(size: int | None) -> str:
    if size is None:
        return UNKNOWN
    return f"{size / 1e9:g} GB" if size >= 10**9 else f"{size / 1e6:g} MB"


def _range(least: int | None, most: int | None) -> str:
    if least is None or most is None:
        told = f"at least {least:,}" if least is not None else UNKNOWN
        return told if most is None else f"at most {most:,}"
    return f"{least:,} to {most:,}"


def _number(value: int | None) -> str:
    return UNKNOWN if value is None else f"{value:,}"
