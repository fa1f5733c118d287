"""Tokenised batches that lie beside an output until it is published: a killed run goes on there.

A shard is named by all that decides its content and by nothing else, so it is either the right
one or is not found. Its note is written last: a shard without one does not count.
"""

from __future__ import annotations

import hashlib
import io
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from dataprep import jsonio
from dataprep._version import __version__
from dataprep.durable import try_lock, write_whole
from dataprep.example import TURNS, Batch
from dataprep.finding import Drop, Place
from dataprep.recipe import Target
from dataprep.rules import found
from dataprep.targets.written import Written
from dataprep.workers import uncollected

TOKENISED = ("t5", "causal")
"""The targets that are written in shards."""

_EXAMPLES = ("id", "shape", "input", "output", "system", "rejected", "weight", "data")
_LIBRARIES = (
    "sentencepiece",
    "tokenizers",
    "transformers",
    "jinja2",
    "mistral-common",
    "tiktoken",
)

SaidColumns = tuple[int, str, str]
"""A row of the batch, a code, and what is said of it."""


class Note(msgspec.Struct):
    """What a batch came to beside its rows; lengths are in tokens, before anything is cut.

    `said` become findings and `dropped` the rows that are left out. `rows` is the sha256 of the
    file of rows, empty where the batch left none.
    """

    counts: dict[str, int] = {}
    inputs: list[int] = []
    targets: list[int] = []
    said: list[SaidColumns] = []
    dropped: list[SaidColumns] = []
    rows: str = ""

    def tell(self, batch: Batch, written: Written) -> None:
        """Note the findings and drops where their examples stand."""
        if not (self.said or self.dropped):
            return
        columns = batch.examples.select("id", "file", "line", "task")
        for at, code, message in self.said:
            name, file, line, task = columns.row(at)
            place = Place(file=file, line=line, task=task)
            written.findings.append(found(code, message, place, example=name))
        for at, reason, detail in self.dropped:
            _, file, line, task = columns.row(at)
            place = Place(file=file, line=line, task=task)
            written.drops.append(Drop(unit="example", reason=reason, place=place, detail=detail))


Made = tuple[pl.DataFrame, Note]
"""The rows of a batch, and what is to be known about it."""


class Shards:
    """The shards of one dataset; `decides` is all that decides ids, beside the examples."""

    def __init__(self, folder: Path, **decides: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._decides = jsonio.canonical({**decides, "code": code_version()})

    def made(
        self, batches: Iterable[Batch], make: Callable[[Batch], Made], *, threads: int = 1
    ) -> Iterator[tuple[Batch, Path, pl.DataFrame, Note]]:
        """The shard of each batch in turn, made unless it is there; an empty frame has no file.

        With several threads one batch is encoded, which needs no Python, while another is judged.
        """
        begun: deque[Future[tuple[Batch, Path, pl.DataFrame, Note]]] = deque()
        with uncollected(), ThreadPoolExecutor(threads) as pool:
            for batch in batches:
                begun.append(pool.submit(self._one, batch, make))
                if len(begun) > threads:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()

    def _one(
        self, batch: Batch, make: Callable[[Batch], Made]
    ) -> tuple[Batch, Path, pl.DataFrame, Note]:
        path = self._folder / f"{self._key(batch)}.parquet"
        done = _read(path)
        if done is None:
            frame, note = make(batch)
            if frame.height:
                written = io.BytesIO()
                frame.write_parquet(written, compression="lz4", statistics=False)
                note.rows = hashlib.sha256(written.getbuffer()).hexdigest()
                write_whole(path, written.getbuffer())
            write_whole(path.with_suffix(".json"), msgspec.json.encode(note))
            done = frame, note
        return batch, path, *done

    def _key(self, batch: Batch) -> str:
        digest = hashlib.sha256(self._decides)
        for frame, columns in ((batch.examples, _EXAMPLES), (batch.turns, TURNS)):
            for column in columns:
                digest.update(msgspec.json.encode(frame[column].to_list()))
        return digest.hexdigest()


@contextmanager
def kept(out: Path, wanted: Iterable[Target]) -> Iterator[Path | None]:
    """The folder of shards beside an output; None where none is written, or another run has it.

    It stays behind when the run is interrupted or killed, and only then.
    """
    place = out.resolve()
    folder = place.with_name(f".{place.name}.tokens")
    if not any(target.name in TOKENISED for target in wanted):
        yield None
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("ab") as lock:
        if not try_lock(lock):
            yield None
            return
        try:
            yield folder
        except Exception:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    shutil.rmtree(folder, ignore_errors=True)


@cache
def code_version() -> str:
    """Changes with anything of ours, or of the libraries, that could change an id."""
    digest = hashlib.sha256(__version__.encode())
    house = Path(__file__).parents[1]
    rooms = ("tokens", "targets", "formats")
    for source in [path for room in rooms for path in sorted((house / room).glob("*.py"))]:
        digest.update(hashlib.sha256(source.read_bytes()).digest())
    for library in _LIBRARIES:
        with suppress(metadata.PackageNotFoundError):
            digest.update(f"{library} {metadata.version(library)}\n".encode())
    return digest.hexdigest()


def lengths(counted: Iterable[int]) -> dict[str, int]:
    """The least, the median, the 95th percentile and the most; nothing of nothing."""
    ordered = sorted(counted)
    if not ordered:
        return {}
    last = len(ordered) - 1
    named = {"min": 0.0, "median": 0.5, "p95": 0.95, "max": 1.0}
    return {name: ordered[int(share * last)] for name, share in named.items()}


def _read(path: Path) -> Made | None:
    """A shard that is there whole."""
    try:
        note = msgspec.json.decode(path.with_suffix(".json").read_bytes(), type=Note)
        if not note.rows:
            return pl.DataFrame(), note
        content = path.read_bytes()
    except (OSError, msgspec.MsgspecError):
        return None
    if hashlib.sha256(content).hexdigest() != note.rows:
        return None
    return pl.read_parquet(io.BytesIO(content)), note
