"""Judges what exists and only reports: rows of files, examples of a run, duplicates and leaks."""

from dataprep.checks.context import Context, Seen
from dataprep.checks.duplicates import Duplicates
from dataprep.checks.examples import check_examples
from dataprep.checks.rows import check_rows, check_splits
from dataprep.checks.selection import Selection

__all__ = [
    "Context",
    "Duplicates",
    "Seen",
    "Selection",
    "check_examples",
    "check_rows",
    "check_splits",
]
