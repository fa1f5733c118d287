"""A recipe's templates: rendered within limits, and their code read without running it."""

from __future__ import annotations

from dataprep.templates.code import STRING, codes
from dataprep.templates.rendering import (
    GLOBALS,
    OversizedResult,
    Render,
    compile_template,
    evaluate,
    names_read,
    optional_names,
    serve,
)
from dataprep.templates.values import StructurePrinted

__all__ = [
    "GLOBALS",
    "STRING",
    "OversizedResult",
    "Render",
    "StructurePrinted",
    "codes",
    "compile_template",
    "evaluate",
    "names_read",
    "optional_names",
    "serve",
]
