"""What a job leaves in its run folder: result files, metrics as table and plot, a summary."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from dataprep import store
from dataprep.network import NetworkProblem
from trainers.openai.client import troubles
from trainers.openai.ledger import JobLedger
from trainers.openai.names import FileNames
from trainers.openai.plot import plot
from trainers.openai.watch import News, TellNews
from trainers.openai.wire import SUCCEEDED, Job, ProviderWire, number

_LOSSES = ("train_loss", "valid_loss", "full_valid_loss")
_ACCURACIES = (
    *("train_accuracy", "train_mean_token_accuracy"),
    *("valid_mean_token_accuracy", "validation_mean_token_accuracy"),
)


def fetch(wire: ProviderWire, job: Job, book: JobLedger, say: TellNews) -> None:
    """Write results/, metrics.{jsonl,csv,svg} and checkpoints.json; a server that fails is told.

    What is already there is not fetched again.
    """
    run_dir = book.path.parent
    tables, names = [], FileNames()
    for file_id in job.results:
        path = run_dir / "results" / f"{names.of(file_id)}.csv"
        if not path.exists():
            try:
                raw = wire.content(file_id)
            except _failures() as error:
                say(News("trouble", f"result file {file_id}: {_why(error)}"))
                continue
            _write(path, decoded(raw))
        tables.append(rows_of(path.read_bytes()))
    if job.status == SUCCEEDED:
        _checkpoints(wire, job, run_dir, say)
    rows = merged([*tables, _of_events(book.records)])
    if rows:
        _write(run_dir / "metrics.jsonl", b"".join(json.dumps(r).encode() + b"\n" for r in rows))
        _write(run_dir / "metrics.csv", _table(rows))
        _write(run_dir / "metrics.svg", plot(rows, (_LOSSES, _ACCURACIES)).encode())


def _checkpoints(wire: ProviderWire, job: Job, run_dir: Path, say: TellNews) -> None:
    try:
        kept = wire.checkpoints(job.id)
    except _failures() as error:
        if getattr(error, "status_code", None) != 404:  # not every server keeps any
            say(News("trouble", f"checkpoints: {_why(error)}"))
        return
    if kept:
        _write(run_dir / "checkpoints.json", msgspec.json.encode(kept) + b"\n")


def _failures() -> tuple[type[Exception], ...]:
    return (*troubles(), NetworkProblem)


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, NetworkProblem) else type(error).__name__


def decoded(raw: bytes) -> bytes:
    """The CSV of a result file: OpenAI sends it in base64, Azure as it is."""
    head = raw[:200].lstrip(b"\xef\xbb\xbf")
    if b"," in head or b"\n" in head.strip():
        return raw
    try:
        return base64.b64decode(raw.strip(), validate=True)
    except binascii.Error:
        return raw


def rows_of(raw: bytes) -> list[dict[str, float]]:
    """The finite figures of a CSV with a step column, row by row."""
    rows: list[dict[str, float]] = []
    try:
        for row in csv.DictReader(io.StringIO(raw.decode("utf-8-sig", "replace"))):
            found = {k: v for k, text in row.items() if k and (v := _figure(text)) is not None}
            if "step" in found:
                rows.append(found)
    except csv.Error:  # a cell of more than 131,072 characters: what came before it counts
        pass
    return rows


def merged(tables: Iterable[Iterable[Mapping[str, float]]]) -> list[dict[str, float]]:
    """One row a step; the first table that holds a figure is believed."""
    steps: dict[float, dict[str, float]] = {}
    for table in tables:
        for row in table:
            steps[row["step"]] = {**row, **steps.get(row["step"], {})}
    return [steps[step] for step in sorted(steps)]


def last_figures(run_dir: Path) -> dict[str, float]:
    """The newest value of each metric; none where there are none, or lines that are damaged."""
    path = run_dir / "metrics.jsonl"
    found: dict[str, float] = {}
    for line in path.read_bytes().splitlines() if path.exists() else ():
        try:
            read = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(read, dict):
            found |= {name: v for name, v in read.items() if number(v) is not None}
    return found


def _of_events(records: Iterable[Mapping[str, Any]]) -> list[dict[str, float]]:
    data = [r["data"] for r in records if r["step"] == "watch" and r["state"] == "event"]
    return [
        {k: v for k, v in row.items() if k != "total_steps"}
        for row in data
        if isinstance(row, dict) and "step" in row and len(row.keys() - {"total_steps"}) > 1
    ]


def _figure(text: object) -> float | None:
    try:
        value = float(text) if isinstance(text, str) else float("nan")
    except ValueError:
        return None
    if not abs(value) < 1e300:
        return None
    return int(value) if value == int(value) and "." not in str(text) else value


def _table(rows: list[dict[str, float]]) -> bytes:
    names = list(dict.fromkeys(["step", *(name for row in rows for name in row)]))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _write(path: Path, data: bytes) -> None:
    """Written whole or not at all."""
    with store.environment_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_name(f".{path.name}.part")
        half.write_bytes(data)
        half.replace(path)
