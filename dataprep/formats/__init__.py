"""The formats of fine-tuning rows: in one module each, all that is known of the format.

The door: `recognise` tells the format of a row, `RowReader` reads the rows of a file and accounts
for every key, `example_of` makes an example. Writers stand with their formats, and the table of
targets names them.
"""

from __future__ import annotations

from dataprep.formats.account import ContentAccount
from dataprep.formats.catalogue import (
    CHAT,
    COLUMNS,
    FORMATS,
    PAIR,
    format_named,
    format_of,
    recognise,
    strict,
)
from dataprep.formats.choices import ColumnChoices
from dataprep.formats.example_of import choices_of, dropped, example_of
from dataprep.formats.flags import variable
from dataprep.formats.format import (
    LOOKED_AT,
    Piece,
    Plain,
    Reading,
    Row,
    RowFormat,
    RowRead,
    pieces_of,
)
from dataprep.formats.given_splits import BY_FILE, split_of, split_of_file
from dataprep.formats.likely import likely_templates, texts_in
from dataprep.formats.questions import ASKING, question_of, tools_of
from dataprep.formats.reader import RowReader, schema_faults
from dataprep.formats.sides import sides_of
from dataprep.formats.templated import template_of
from dataprep.formats.templating import columns_read, named_columns
from dataprep.formats.unknown import guessed_remedy, unknown_fault, with_file

__all__ = [
    "ASKING",
    "BY_FILE",
    "CHAT",
    "COLUMNS",
    "FORMATS",
    "LOOKED_AT",
    "PAIR",
    "ColumnChoices",
    "ContentAccount",
    "Piece",
    "Plain",
    "Reading",
    "Row",
    "RowFormat",
    "RowRead",
    "RowReader",
    "choices_of",
    "columns_read",
    "dropped",
    "example_of",
    "format_named",
    "format_of",
    "guessed_remedy",
    "likely_templates",
    "named_columns",
    "pieces_of",
    "question_of",
    "recognise",
    "schema_faults",
    "sides_of",
    "split_of",
    "split_of_file",
    "strict",
    "template_of",
    "texts_in",
    "tools_of",
    "unknown_fault",
    "variable",
    "with_file",
]
