"""Judges what exists and only reports: rows of files, examples of a run, duplicates and leaks."""

from dataprep.checks.context import OPENAI_TOKENS, Context, Fault, Format, Row, Seen, Watch
from dataprep.checks.duplicates import Duplicates
from dataprep.checks.examples import check_examples
from dataprep.checks.formats import BY_NAME as FORMATS
from dataprep.checks.platform import file_faults, reader_of, silenced
from dataprep.checks.rows import check_rows, check_splits
from dataprep.checks.selection import Selection
from dataprep.checks.tokenised import Shape, check_tokenised, tokenizer_findings

__all__ = [
    "FORMATS",
    "OPENAI_TOKENS",
    "Context",
    "Duplicates",
    "Fault",
    "Format",
    "Row",
    "Seen",
    "Selection",
    "Shape",
    "Watch",
    "check_examples",
    "check_rows",
    "check_splits",
    "check_tokenised",
    "file_faults",
    "reader_of",
    "silenced",
    "tokenizer_findings",
]
