"""Words of a recipe that readers know, too: they need none of the models that validate it."""

from __future__ import annotations

from typing import Literal

AnnotationToolName = Literal[
    "prodigy",
    "argilla",
    "spacy",
    "doccano",
    "brat",
    "webanno",
    "conllu",
    "conll",
    "token-rows",
]
"""Annotation tools whose exports are read, each in a module of `sources.annotation_tools`.

The order is that in which they are asked whether a file is theirs.
"""

OffsetCount = Literal["auto", "codepoint", "utf16", "grapheme"]
"""How the offsets of spans are counted; auto: by evidence."""

Format = Literal[
    "dataprep",
    "label-studio",
    AnnotationToolName,
    "json",
    "jsonl",
    "csv",
    "tsv",
    "xlsx",
    "parquet",
    "arrow",
    "text",
    "html",
    "pdf",
    "docx",
]

NO_CONFIG = "none"
"""Said as a labeling config: none is read, whatever stands beside the export."""
