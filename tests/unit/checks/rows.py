"""Rows for the tests of the checks."""

from collections.abc import Iterable
from typing import Any

from dataprep.checks import Context, check_rows
from dataprep.example import Record
from dataprep.finding import Finding, Place
from dataprep.formats import RowRead, RowReader


def pair(prompt: str, completion: str) -> dict[str, Any]:
    return {"prompt": prompt, "completion": completion}


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def assistant(content: Any, **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content, **more}


def chat(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"messages": list(messages), **more}


def records(rows: Iterable[Any], file: str = "t.jsonl") -> list[Record]:
    return [Record(Place(file=file, line=n), 0, row) for n, row in enumerate(rows, 1)]


def check(*rows: Any, target: str | None = None, context: Context | None = None) -> list[Finding]:
    return list(check_rows(records(rows), target, context))


def codes(*rows: Any, context: Context | None = None) -> list[str]:
    return [finding.code for finding in check(*rows, context=context)]


def read(row: dict[str, Any]) -> RowRead:
    """The row as the reader of a file with no other row reads it."""
    return RowReader([row]).read(row)
