"""A recipe's templates: rendered within limits, and their code read without running it."""

from __future__ import annotations

from dataprep.templates.code import STRING, codes
from dataprep.templates.fields_read import (
    FieldPath,
    asked_names,
    first_missing,
    optional_names,
    paths_read,
)
from dataprep.templates.rendering import (
    GLOBALS,
    OversizedResult,
    Render,
    compile_template,
    evaluate,
    names_read,
    pieces_of,
    serve,
)
from dataprep.templates.values import StructurePrinted

__all__ = [
    "GLOBALS",
    "STRING",
    "FieldPath",
    "OversizedResult",
    "Render",
    "StructurePrinted",
    "asked_names",
    "codes",
    "compile_template",
    "evaluate",
    "first_missing",
    "names_read",
    "optional_names",
    "paths_read",
    "pieces_of",
    "serve",
]
