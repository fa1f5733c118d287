"""The advice as a page of Markdown: the data, the roads, the ranking with its arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dataprep.advising.ranking import START
from dataprep.jsonio import Json
from dataprep.report import counted
from dataprep.shell import command_line

UNKNOWN = "unknown"
SHOWN = 8
_MEASURES = (("alpha", "alpha"), ("fleiss", "Fleiss' kappa"), ("observed", "observed"))
_TASKS = {
    "labels": "choosing a label",
    "spans": "finding spans",
    "text": "writing a text",
    "dialogue": "dialogue",
}


def page(advice: Json) -> str:
    """The whole page."""
    parts = (_data, _closed, _open, _ranking, _changes)
    return "\n".join(line for part in parts for line in part(advice)) + "\n"


def _data(advice: Json) -> Iterator[str]:
    about, tokens = advice["about"], advice["about"]["tokens"]
    yield f"# Which road for {_cell(advice['data'])}?\n"
    splits = ", ".join(f"{name} {count:,}" for name, count in about["splits"].items())
    task = _TASKS[about["task"]]
    yield f"- {counted(about['examples'], 'example')} ({splits}); the task looks like {task}"
    if advice["unread"]:
        look = command_line("convert", Path(advice["data"]), to="openai-chat")
        yield f"- {advice['unread']:,} rows gave no example; to see why: `{look}`"
    if labels := about["labels"]:
        few = f"; {labels['below_ten']} with fewer than ten examples" if labels["below_ten"] else ""
        most = ", ".join(f"{_cell(k)} {n:,}" for k, n in list(labels["examples"].items())[:SHOWN])
        yield (
            f"- {labels['count']:,} labels ({most}), entropy {labels['entropy_bits']:.2f} of"
            f" {labels['most_bits']:.2f} bits{few}"
        )
    error = f", within {tokens['error']:.0%}" if tokens["error"] else ""
    yield (
        f"- {tokens['trained']:,} tokens an epoch ({tokens['source']}{error});"
        f" inputs {_lengths(tokens['input'])}; answers {_lengths(tokens['answer'])}"
    )
    copies = about["duplicates"]
    yield (
        f"- {copies['same']:,} exact copies, {copies['near_pairs']:,} pairs of near copies among"
        f" {counted(copies['compared'], 'example')},"
        f" {counted(copies['conflicting'], 'question')} with several answers"
    )
    private = about["private"]
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in private["kinds"].items())
    yield f"- private content in {counted(private['examples'], 'example')}" + (
        f": {kinds}" if kinds else ""
    )
    for result in advice["agreement"]:
        yield f"- agreement on {_cell(str(result.get('control')))}: {_agreement(result)}"
    yield ""


def _closed(advice: Json) -> Iterator[str]:
    roads = [road for road in advice["roads"] if road["kind"] == "closed"]
    yield f"## Closed weights, {advice['epochs']} epochs\n"
    yield from _head(["provider: model", "costs", "new jobs until", "model lives until", ""])
    for road in roads:
        cost = _cost(road)
        yield _row(
            [
                road["name"],
                cost,
                _day(road["trains_until"], road["trains_days"]),
                _day(road["lives_until"], road["lives_days"]),
                "no: " + "; ".join(road["stops"]) if road["stops"] else _caution(road),
            ]
        )
    yield f"\nPrices and dates are of the table dated {advice['table_dated']},"
    yield f"{advice['table_age']}; dataprep providers shows their sources.\n"


def _open(advice: Json) -> Iterator[str]:
    machine = advice["machine"]
    free = UNKNOWN if machine["memory"] is None else f"{machine['memory'] / 1e9:.1f} GB free"
    speed = UNKNOWN if machine["flops"] is None else f"{machine['flops'] / 1e9:,.0f} GFLOP/s"
    yield f"## Open weights on this machine: {_cell(machine['device'])}, {free}, {speed} measured\n"
    yield from _head(["model", "parameters", "memory", "time", "licence", ""])
    for road in advice["roads"]:
        if road["kind"] == "open":
            stops = "no: " + "; ".join(road["stops"]) if road["stops"] else ""
            size = f"{road['parameters'] / 1e6:,.0f} M"
            needs = f"{road['memory_bytes'] / 1e9:.1f} GB"
            yield _row([road["name"], size, needs, _hours(road), road["licence"], stops])
    yield (
        "\nMemory: weights, gradients, optimiser and one batch. Time: 6 operations a parameter and"
        " token (4 with LoRA), between the measured speed and a tenth of it. Tokens are counted"
        " as above; the tokenizers of these models differ by some tenths.\n"
    )


def _ranking(advice: Json) -> Iterator[str]:
    yield f"## The ranking: {START} points, less what speaks against a road\n"
    for row in advice["ranking"][:SHOWN]:
        terms = "; ".join(f"{term['points']:+d} {term['why']}" for term in row["arithmetic"])
        yield f"{row['place']}. **{_cell(row['road'])}**: {row['points']} ({terms or 'nothing'})"
    if not advice["ranking"]:
        yield "No road is open: the tables above say why."
    if (more := len(advice["ranking"]) - SHOWN) > 0:
        yield f"\n{more} more are in --json."
    yield ""


def _changes(advice: Json) -> Iterator[str]:
    yield "## What would change it\n"
    for change in advice["changes"]:
        yield f"- {change}"


def _cost(road: Json) -> str:
    if road["dollars"] is None:
        return UNKNOWN
    likely, most = road["dollars"], road["dollars_most"]
    said = f"{likely:,.2f}" if likely >= 0.01 else "under 0.01"
    at_most = f"{most:,.2f}" if most >= 0.01 else "under 0.01"
    return f"{said} USD" if at_most == said else f"{said} USD, at most {at_most}"


def _caution(road: Json) -> str:
    said = []
    if road["existing_customers_only"]:
        said.append("existing customers only")
    if road["over_limit"]:
        said.append(f"{counted(road['over_limit'], 'example')} too long")
    if road["price_as_of"]:
        said.append(f"price of {road['price_as_of']}, {road['confidence']}")
    return "; ".join(said)


def _day(day: str | None, left: int | None) -> str:
    return UNKNOWN if day is None else f"{day} ({left:,} days)" if left and left > 0 else day


def _hours(road: Json) -> str:
    least, most = road["hours_least"], road["hours_most"]
    return UNKNOWN if least is None else f"{_time(least)} to {_time(most)}"


def _time(hours: float) -> str:
    if hours < 1 / 60:
        return f"{hours * 3600:.0f} s"
    if hours < 1:
        return f"{hours * 60:.0f} min"
    return f"{hours:,.1f} h" if hours < 48 else f"{hours / 24:,.0f} days"


def _lengths(found: Json) -> str:
    return f"median {found['median']:,}, 95 % up to {found['p95']:,}, longest {found['longest']:,}"


def _agreement(result: Json) -> str:
    told = [
        f"{title} {value:.2f}"
        for key, title in _MEASURES
        if isinstance(value := _value(result.get(key)), float | int)
    ]
    return ", ".join(told) or "no task has two answers"


def _value(measure: Any) -> Any:
    return measure.get("value") if isinstance(measure, dict) else measure


def _head(cells: Sequence[str]) -> Iterator[str]:
    yield _row(cells)
    yield "|" + " --- |" * len(cells)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(text: str) -> str:
    """A text that cannot end its cell or begin a tag."""
    flat = "".join(c if c.isprintable() else " " for c in text[:200])
    return flat.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "'")
