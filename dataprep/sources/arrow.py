"""Arrow files, as `datasets.save_to_disk` writes them: an IPC stream, or an IPC file (Feather).

pyarrow gives them batch by batch; without it polars reads a file whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from dataprep.example import Record
from dataprep.finding import EnvironmentProblem, Finding, ForbiddenFile, UnreadableFile, excerpt
from dataprep.panics import Panic, caught_panics
from dataprep.sources.class_names import Features, features_of
from dataprep.sources.folders import INFO
from dataprep.sources.opening import UNOPENED, not_read, opened

SLICE = 4096
_FILE = b"ARROW1"


def rows(path: Path, name: str) -> Iterator[Record | Finding]:
    """The rows in order, as Parquet gives them. Raises UsageError for a damaged file."""
    from dataprep.sources.parquet import plain_rows

    with opened(path, name) as file:
        whole = file.peek(len(_FILE)).startswith(_FILE)
    try:
        import pyarrow as pa
    except ModuleNotFoundError:
        yield from plain_rows(_through_polars(path, name, whole), name, _beside(path))
        return
    try:
        with path.open("rb") as file, _mapped(pa, path, file) as source:
            kind = pa.ipc.open_file if whole else pa.ipc.open_stream
            reader = kind(source)
            told = (reader.schema.metadata or {}).get(b"huggingface", b"")
            features = features_of(told) or _beside(path)
            yield from plain_rows(_batches(reader, whole), name, features)
    except (pa.ArrowException, OSError) as error:
        raise _explained(error, name) from None


def _mapped(pa: Any, path: Path, file: BinaryIO) -> Any:
    """The file in pyarrow's hands; through Python where it does not take the name."""
    try:
        return pa.memory_map(str(path))
    except UnicodeEncodeError:
        return pa.PythonFile(file)


def _batches(reader: Any, whole: bool) -> Iterator[list[dict[str, Any]]]:
    every = map(reader.get_batch, range(reader.num_record_batches)) if whole else iter(reader)
    for batch in every:
        batch.validate(full=True)  # offsets that point out of the file would end the process
        for start in range(0, batch.num_rows, SLICE):
            yield _in_shortest(batch.slice(start, SLICE)).to_pylist()


def _in_shortest(batch: Any) -> Any:
    """The batch with its numbers of single precision as they are written: 3.8, not 3.79999995.

    Those in lists and structs too.
    """
    import pyarrow as pa

    columns = []
    for column in batch.columns:
        of = column.type
        for leaf in (pa.string(), pa.float64()) if _with_singles(of, pa.string()) != of else ():
            column = column.cast(_with_singles(of, leaf))  # noqa: PLW2901
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _with_singles(of: Any, leaf: Any) -> Any:
    """A type with another one in the place of each float in it."""
    import pyarrow as pa

    if pa.types.is_struct(of):
        return pa.struct([field.with_type(_with_singles(field.type, leaf)) for field in of])
    for is_kind, kind in ((pa.types.is_list, pa.list_), (pa.types.is_large_list, pa.large_list)):
        if is_kind(of):
            return kind(_with_singles(of.value_type, leaf))
    if pa.types.is_fixed_size_list(of):
        return pa.list_(_with_singles(of.value_type, leaf), of.list_size)
    return leaf if pa.types.is_float32(of) else of


def _through_polars(path: Path, name: str, whole: bool) -> Iterator[list[dict[str, Any]]]:
    import polars as pl

    from dataprep.sources.parquet import in_shortest

    damage = (pl.exceptions.PolarsError, Panic, OSError, ValueError)
    try:
        with path.open("rb") as file, caught_panics():
            frame = pl.read_ipc(file) if whole else pl.read_ipc_stream(file)
    except damage as error:
        raise _explained(error, name) from None
    for start in range(0, len(frame), SLICE):
        yield in_shortest(frame.slice(start, SLICE)).rows(named=True)


def _beside(path: Path) -> Features:
    """The features that `datasets` wrote beside the file."""
    try:
        with opened(path.parent / INFO, INFO) as file:
            return features_of(file.read().decode())
    except (*UNOPENED, UnicodeDecodeError):
        return {}


def _explained(
    error: BaseException, name: str
) -> ForbiddenFile | UnreadableFile | EnvironmentProblem:
    if isinstance(error, OSError) and error.errno is not None:
        return not_read(error, name)
    words = excerpt(str(error).strip().splitlines()[0] if str(error).strip() else "damaged")
    remedy = "Save it again, for example with datasets.save_to_disk."
    return UnreadableFile(f"{name} cannot be read as Arrow: {words}.", remedy)
