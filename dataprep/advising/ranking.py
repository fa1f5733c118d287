"""The roads that are open, in an order whose arithmetic is shown: START, and points off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from dataprep.jsonio import Json
from dataprep.report import counted

START = 10
DAY_HOURS, SOON_DAYS, YEAR_DAYS = 24.0, 60, 365
DEAR, CHEAP = 100.0, 10.0
T5_INPUT = 512
LONG_ANSWER = 50
SMALL = 1_000_000_000

Points = tuple[int, str]


def ranked(roads: Sequence[Json], data: Json) -> list[Json]:
    """The roads that nothing stops, best first; equals by price, then by time, then by name."""
    made = []
    for road in roads:
        if road["stops"]:
            continue
        off = list(_closed(road, data) if road["kind"] == "closed" else _open(road, data))
        made.append(
            {
                "road": road["name"],
                "points": START + sum(points for points, _ in off),
                "arithmetic": [{"points": points, "why": why} for points, why in off],
                "_order": (road.get("dollars") or 0, road.get("hours_most") or 0, road["name"]),
            }
        )
    made.sort(key=lambda row: (-row["points"], row["_order"]))
    for place, row in enumerate(made, 1):
        del row["_order"]
        row["place"] = place
    return made


def changes(roads: Sequence[Json], data: Json, machine: Json) -> list[str]:
    """What would change the ranking, most certain first."""
    found = [*_dates(roads), *_of_data(data), *_of_machine(roads, machine)]
    unknown = sum(r["kind"] == "closed" and r["dollars"] is None and not r["stops"] for r in roads)
    if unknown:
        found.append(
            f"A price for the {unknown} closed roads whose price is unknown: put it into a table"
            " of your own (DATAPREP_PROVIDERS)."
        )
    found.append(
        "A measurement: train two roads on the same folder and compare them on its test split with"
        " dataprep evaluate. Nothing here says how good a model becomes."
    )
    return found


def _closed(road: Json, data: Json) -> Iterator[Points]:
    if private := data["private"]["examples"]:
        yield -4, f"{counted(private, 'example')} with private content would leave this machine"
    yield from _life(road["lives_days"])
    if road["existing_customers_only"] is not False:
        who = "existing customers only" if road["existing_customers_only"] else "who may is unknown"
        yield -1, f"new customers are not certain to be taken ({who})"
    if road["over_limit"]:
        yield -1, f"{counted(road['over_limit'], 'example')} too long, and would be cut"
    dollars = road["dollars_most"]
    if dollars is None:
        yield -1, "the price is unknown"
    elif dollars > DEAR:
        yield -2, f"costs more than {DEAR:g} USD"
    elif dollars > CHEAP:
        yield -1, f"costs more than {CHEAP:g} USD"


def _life(days: int | None) -> Iterator[Points]:
    if days is None:
        yield -1, "how long the model lives is unknown"
    elif days < SOON_DAYS:
        yield -4, f"the model is shut down in {days} days"
    elif days < YEAR_DAYS:
        yield -2, f"the model is shut down in {days} days, within a year"


def _open(road: Json, data: Json) -> Iterator[Points]:
    if road["fits"] is None:
        yield -2, "whether it fits into memory is unknown"
    hours = road["hours_most"]
    if hours is None:
        yield -1, "the time is unknown"
    elif hours > DAY_HOURS:
        yield -3, f"may take {hours:,.0f} hours here"
    elif hours > 1:
        yield -1, f"may take {hours:,.1f} hours here"
    open_ended = data["task"] in ("text", "dialogue")
    if open_ended and road["parameters"] < SMALL:
        yield -2, "free answers want a larger model than that"
    if road["family"] != "t5":
        return
    if data["tokens"]["input"]["p95"] > T5_INPUT:
        yield -2, f"one input in twenty is longer than the {T5_INPUT} tokens T5 was trained on"
    if data["several_turns"] or data["tools"]:
        yield -2, "T5 reads one text: turns and tools are written into it"
    if data["images"]:
        yield -2, "images are lost"


def _dates(roads: Sequence[Json]) -> Iterator[str]:
    ends: dict[tuple[str, str], int] = {}
    for road in roads:
        if road["kind"] == "closed" and not road["stops"] and road["trains_until"]:
            ends[road["trains_until"], road["provider"]] = road["trains_days"]
    for (day, provider), days in sorted(ends.items()):
        yield f"The calendar: from {day} (in {days} days) {provider} stops training what it has."


def _of_data(data: Json) -> Iterator[str]:
    if private := data["private"]["examples"]:
        yield (
            f"Redacting {counted(private, 'example')} with private content: every closed road gains"
            " 4 points (dataprep check shows them)."
        )
    labels = data["labels"]
    if labels and labels["below_ten"]:
        yield (
            f"More examples: fewer than ten stand for {labels['below_ten']} of {labels['count']}"
            " labels, and no road learns those well."
        )
    if conflicts := data["duplicates"]["conflicting"]:
        yield (
            f"Settling {counted(conflicts, 'question')} with several answers: they limit every road"
            " alike."
        )


def _of_machine(roads: Sequence[Json], machine: Json) -> Iterator[str]:
    if machine["memory"] is None or machine["flops"] is None:
        yield "Knowing this machine: install the extra train, so that its speed can be measured."
    small = sorted(
        (r["memory_bytes"], r["name"]) for r in roads if r["kind"] == "open" and r["stops"]
    )
    if small:
        needed, name = small[0]
        yield f"More memory: with {ceil(needed / 1e9)} GB free, {name} would be open too."
    slow = [r for r in roads if r["kind"] == "open" and not r["stops"] and r["hours_most"]]
    if machine["device"] == "processor" and any(r["hours_most"] > DAY_HOURS for r in slow):
        yield "A graphics card: the open roads that lose points for their time would win them back."
