"""Which form of a Label Studio export lies here, told from its first bytes or its first row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dataprep.patterns import LatePattern
from dataprep.sources.json_layout import first_row, layout_of
from dataprep.sources.json_values import BrokenOff
from dataprep.sources.layout import SeveralLists
from dataprep.sources.opening import BOM, head_of

CONLL = b"-DOCSTART- -X- O"
META = ("annotator", "annotation_id", "created_at", "updated_at", "lead_time")
"""What JSON_MIN and tables say about an annotation, in the order of JSON_MIN."""

_RESULTS = ("annotations", "completions", "predictions", "drafts")
_COUNTS = ("total_annotations", "total_predictions", "inner_id", "is_labeled")
_AUTHORS = frozenset(("author", "name", "role", "speaker", "user"))
_LOOKED_AT = 4 * 1024 * 1024
_DECODER = json.JSONDecoder()
_CELL = LatePattern(rb'"((?:[^"]|"")*)"|([^",\t\r\n]+)')


def holds_conll(head: bytes) -> bool:
    """Whether a file is the CoNLL export of Label Studio, told from its beginning.

    Other column files begin with that line too, as `-DOCSTART- -X- O O` or as it stands here; the
    columns of a token are `-X-` and `_` in Label Studio's alone.
    """
    first, _, rest = head.removeprefix(BOM).partition(b"\n")
    token = rest.lstrip(b"\r\n").split(b"\n", 1)[0].split(b" ")
    return first.strip() == CONLL and (token == [b""] or token[1:3] == [b"-X-", b"_"])


def looks_like_tasks(first_row: object) -> bool:
    """Whether a row is a task, or an annotation that holds its task, as Label Studio writes it."""
    if not isinstance(first_row, Mapping):
        return False
    row: Mapping[str, Any] = first_row
    if "result" in row and isinstance(row.get("task"), Mapping):
        return True
    given = [row[key] for key in _RESULTS if key in row]
    if isinstance(row.get("data"), Mapping):
        return any(isinstance(g, list) or g is None for g in given) or any(
            k in row for k in _COUNTS
        )
    return any(isinstance(g, list) and _has_results(g) for g in given)


def _has_results(given: list[Any]) -> bool:
    return any(isinstance(one, Mapping) and "result" in one for one in given)


def looks_like_json_min(first_row: object) -> bool:
    """Whether a row is one of JSON_MIN: an annotation flattened beside the data of its task."""
    if not isinstance(first_row, Mapping) or looks_like_tasks(first_row):
        return False
    keys = first_row.keys()
    return "annotator" in keys and bool({"annotation_id", "lead_time", "created_at"} & keys)


def table_delimiter(head: bytes) -> str | None:
    """Comma or tab where the first line is the header of a CSV or TSV export, else None."""
    line = head.removeprefix(BOM).split(b"\n", 1)[0]
    if line.lstrip()[:1] in (b"{", b"["):
        return None
    names = [quoted or bare for quoted, bare in _CELL.findall(line)]
    if not {b"annotation_id", b"annotator", b"lead_time"} <= set(names):
        return None
    return "\t" if line.count(b"\t") >= len(names) - 1 else ","


def recognises(path: Path, name: str = "") -> bool:
    """Whether a file is an export of Label Studio, of any form, whatever its name.

    Told from its first 4 MB at most; gzip is looked into. A task without any list of results,
    which may be anything else, is not recognised.
    """
    head = head_of(path, name or str(path), _LOOKED_AT)
    if holds_conll(head) or table_delimiter(head):
        return True
    row = _first_row(head)
    return looks_like_tasks(row) or looks_like_json_min(row)


def holds_no_task(path: Path, name: str = "") -> bool:
    """Whether a file is the export of a project without tasks: `[]`, or a header and no row.

    An empty file is none: that is what a broken download leaves.
    """
    head = head_of(path, name or str(path), _LOOKED_AT)
    if table_delimiter(head):
        return b"\n" not in head.strip()
    return b"".join(head.split()) == b"[]"


def holds_task(path: Path, name: str = "") -> bool:
    """Whether the first row of a file is a task that may have no results, as it is imported.

    A row of another format may have a field of that name, and rows of one may stand in it.
    """
    from dataprep.formats import recognise

    head = head_of(path, name or str(path), _LOOKED_AT)
    row = _first_row(head)
    if not isinstance(row, dict) or not isinstance(row.get("data"), dict):
        return False
    return recognise(row) is None and not _holds_rows(head)


def _holds_rows(head: bytes) -> bool:
    """Whether a document is one object with rows below its `data`.

    The turns of a dialogue, each a text and its author, are none: they are the data of a task.
    """
    try:
        layout = layout_of(head)
    except BrokenOff:
        return False
    except SeveralLists as several:
        layout = several.layouts[0]
    first = first_row(head, layout) if layout.path[:1] == ("data",) else None
    return isinstance(first, dict) and not ("text" in first and _AUTHORS & first.keys())


def _first_row(head: bytes) -> object:
    """The first object of a JSON text that may be cut off; None where there is none."""
    text = head.decode("utf-8", "replace").strip().removeprefix("[").lstrip()
    try:
        row, _ = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return row
