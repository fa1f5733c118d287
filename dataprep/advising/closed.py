"""What each closed provider would charge for the data, and how long its models live."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from dataprep import providers, tokens
from dataprep.advising.portrait import Portrait
from dataprep.jsonio import Json
from dataprep.providers import Model, Provider, ProviderModel, Table
from dataprep.report import counted

METHOD = "supervised"


def wanted(table: Table) -> dict[str | None, tuple[int, ...]]:
    """The encodings of the models that can be trained, each with the limits of an example."""
    found: dict[str | None, set[int]] = {}
    for row in table.providers:
        for model in row.models:
            if METHOD in model.methods:
                limits = found.setdefault(model.encoding, set())
                limits |= {model.example_tokens} if model.example_tokens else set()
    return {name: tuple(sorted(limits)) for name, limits in found.items()}


def roads(table: Table, drawn: Portrait, epochs: int, today: date) -> Iterator[Json]:
    """Every provider that trains, with each of its models; one row where its models are unknown."""
    for row in table.providers:
        models: list[Model | None] = [m for m in row.models if METHOD in m.methods]
        for model in models if row.models else [None]:
            yield _road(row, model, drawn, epochs, today)


def _road(row: Provider, model: Model | None, drawn: Portrait, epochs: int, today: date) -> Json:
    reader = ProviderModel(provider=row, model=model, asked=model.name if model else "")
    encoding = model.encoding if model else None
    # A model that is not known is counted by the estimate, where there is one.
    counter = drawn.counters.get(encoding, drawn.counters[drawn.main])
    count = drawn.totals.get(encoding, drawn.totals[drawn.main])
    price = model.price if model else None
    rate = price.training_usd_per_million if price else None
    likely = tokens.dollars(count, epochs, rate)
    limit = model.example_tokens if model else None
    return {
        "kind": "closed",
        "name": reader.name,
        "provider": row.name,
        "model": model.name if model else None,
        "stops": _stops(reader, drawn, today),
        "existing_customers_only": row.platform.existing_customers_only,
        "trains_until": _iso(reader.training_ends),
        "trains_days": providers.days_left(reader.training_ends, today),
        "lives_until": _iso(reader.shutdown),
        "lives_days": providers.days_left(reader.shutdown, today),
        "tokens": count,
        "tokens_error": counter.error,
        "epochs": epochs,
        "dollars_per_million": rate,
        "dollars": None if likely is None else round(likely, 4),
        "dollars_most": None if likely is None else round(likely * (1 + counter.error), 4),
        "price_as_of": price.as_of if price else None,
        "confidence": (price.confidence if price else None) or row.confidence,
        "over_limit": drawn.over.get((encoding, limit), 0) if limit else None,
        "note": (model.note if model else "") or row.platform.note,
    }


def _stops(reader: ProviderModel, drawn: Portrait, today: date) -> list[str]:
    """Why no job can be made there today; empty where one can, for all that is known."""
    found = []
    left = providers.days_left(reader.training_ends, today)
    if reader.provider.platform.status == "closed":
        found.append("the platform is closed")
    elif left is not None and left <= 0:
        found.append(f"no new jobs since {reader.training_ends}")
    dead = providers.days_left(reader.shutdown, today)
    if dead is not None and dead <= 0:
        found.append(f"the model was shut down on {reader.shutdown}")
    least, most = reader.limits.min_examples, reader.limits.max_examples
    if least is not None and drawn.trained < least:
        are = "is" if drawn.trained == 1 else "are"
        found.append(f"{counted(drawn.trained, 'example')} {are} fewer than {least}")
    if most is not None and drawn.trained > most:
        found.append(f"{drawn.trained:,} examples are more than {most:,}")
    return found


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
