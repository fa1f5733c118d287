"""The report of an evaluation, in Markdown: one column a road."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dataprep.jsonio import Json
from trainers.tasks import TITLES

SHOWN = 12
"""Slices of a kind that the report shows; evaluation.json holds all."""
SURE = 0.05


def page(table: Json) -> str:
    """The whole report."""
    return "\n".join([*_head(table), *_shapes(table), *_kinds(table), *_pairs(table)]) + "\n"


def _head(table: Json) -> Iterator[str]:
    yield "# The same questions to every road\n"
    yield (
        f"{table['compared']:,} of {table['questions']:,} examples of the {table['split']} split"
        f" were put to all roads (dataset {table['dataset'][:12]})."
    )
    if table["left_out"]:
        yield f"{table['left_out']:,} more have no answer that could be asked for."
    for road in table["roads"]:
        if road["asked"] < table["questions"]:
            missing = table["questions"] - road["asked"]
            yield f"{road['name']} has no answer for {missing:,}: they are not compared."
    yield ""


def _shapes(table: Json) -> Iterator[str]:
    roads = table["roads"]
    for shape, baseline in table["majority"].items():
        parts = [road["shapes"][shape] for road in roads]
        judged = parts[0]["judged_by"]
        yield f"## {shape}: {parts[0]['examples']:,} examples\n"
        names = [road["name"] for road in roads]
        yield from _table_head(["score", *names, "most frequent answer"])
        for metric in parts[0]["scores"]:
            title = f"**{_title(metric)}**" if metric == judged else _title(metric)
            scores = [part["scores"][metric] for part in parts] + [baseline["scores"][metric]]
            yield _row([title, *map(_number, scores)])
        task = parts[0]["judged_as"]
        told = "" if task == shape else f"By its answers this is {task}. "
        yield f"\n{told}This task is judged by {_title(judged)} first.\n"
        for by in ("label", "length", "file"):
            yield from _slices(by, judged, names, [part["slices"][by] for part in parts])


def _slices(by: str, metric: str, names: Sequence[str], slices: Sequence[Json]) -> Iterator[str]:
    # Within one label the F1 over labels says nothing more than how many are right.
    metric = "exact_match" if by == "label" else metric
    found = slices[0]
    if len(found) < 2:
        return
    rows = sorted(found, key=lambda name: -found[name]["examples"]) if by != "length" else found
    yield from _table_head([f"{_title(metric)} by {by}", "examples", *names])
    for name in list(rows)[:SHOWN]:
        cells = [_number(part[name][metric]) for part in slices]
        yield _row([name, f"{found[name]['examples']:,}", *cells])
    if len(found) > SHOWN:
        yield f"\n{len(found) - SHOWN} more are in evaluation.json."
    yield ""


def _kinds(table: Json) -> Iterator[str]:
    roads = table["roads"]
    yield "## How the answers came\n"
    yield from _table_head(["", *(road["name"] for road in roads)])
    for kind, title in (
        ("answered", "answered"),
        ("cut", "cut off at the limit of tokens"),
        ("empty", "empty (counted as wrong)"),
        ("refused", "refused (counted as wrong)"),
        ("failed", "failed (counted as wrong)"),
    ):
        yield _row([title, *(f"{road['kinds'][kind]:,}" for road in roads)])
    if any(road["tokens"]["in"] for road in roads):
        for side in ("in", "out"):
            cells = (f"{road['tokens'][side]:,}" if road["tokens"][side] else "-" for road in roads)
            yield _row([f"tokens {side}", *cells])
    yield ""


def _pairs(table: Json) -> Iterator[str]:
    if not table["pairs"]:
        return
    yield "## Is the difference chance?\n"
    for pair in table["pairs"]:
        one, other = pair["roads"]
        told = "more than chance would do" if pair["p"] < SURE else "within what chance would do"
        yield (
            f"- {one} alone is exactly right {pair['only_first']:,} times, {other} alone"
            f" {pair['only_second']:,} times, both {pair['both']:,}, neither"
            f" {pair['neither']:,}: {told} (McNemar's exact test, p = {pair['p']:g})."
        )


def _title(metric: str) -> str:
    return TITLES.get(metric, metric)


def _number(score: float) -> str:
    return f"{score:.3f}"


def _table_head(cells: Sequence[str]) -> Iterator[str]:
    yield _row(cells)
    yield "| --- |" + " ---: |" * (len(cells) - 1)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(text: str) -> str:
    """A text that cannot end its cell or begin a tag."""
    flat = "".join(c if c.isprintable() else " " for c in text[:60])
    return flat.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
