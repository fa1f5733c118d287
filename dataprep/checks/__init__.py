"""Judges what exists and only reports: rows of files, examples of a run, duplicates and leaks.

What only `convert` and tokenised datasets ask for is loaded when it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dataprep.checks.context import OPENAI_TOKENS, Context, SeenRows, Watch
from dataprep.checks.engine import check_rows, check_splits
from dataprep.checks.per_row.schema import RowJudge
from dataprep.checks.selection import Selection
from dataprep.finding import Fault

if TYPE_CHECKING:
    from dataprep.checks.examples import check_examples
    from dataprep.checks.hyperscan_library import engine_name
    from dataprep.checks.per_file.duplicates import Duplicates
    from dataprep.checks.per_file.upload import file_faults, reader_of, silenced
    from dataprep.checks.per_row.t5_survival import survival_of
    from dataprep.checks.tokenised import (
        DatasetShape,
        check_tokenised,
        rows_of,
        tokenizer_findings,
    )

__all__ = [
    "OPENAI_TOKENS",
    "Context",
    "DatasetShape",
    "Duplicates",
    "Fault",
    "RowJudge",
    "SeenRows",
    "Selection",
    "Watch",
    "check_examples",
    "check_rows",
    "check_splits",
    "check_tokenised",
    "engine_name",
    "file_faults",
    "reader_of",
    "rows_of",
    "silenced",
    "survival_of",
    "tokenizer_findings",
]

_HOME = {
    "Duplicates": "per_file.duplicates",
    "check_examples": "examples",
    "engine_name": "hyperscan_library",
    "file_faults": "per_file.upload",
    "reader_of": "per_file.upload",
    "silenced": "per_file.upload",
    "survival_of": "per_row.t5_survival",
    "DatasetShape": "tokenised",
    "check_tokenised": "tokenised",
    "rows_of": "tokenised",
    "tokenizer_findings": "tokenised",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'dataprep.checks' has no attribute {name!r}")
    return getattr(import_module(f"dataprep.checks.{_HOME[name]}"), name)
