"""Near copies among many texts: their runs of words, the templates in them, their signatures."""

from dataprep.near.signatures import (
    THRESHOLD,
    DisjointSets,
    SignatureFiles,
    Signatures,
    pairs_among,
)
from dataprep.near.templates import (
    FEWEST_COPIES,
    common_runs,
    entry_of,
    packed,
    templates_in,
    unpacked,
)

__all__ = [
    "FEWEST_COPIES",
    "THRESHOLD",
    "DisjointSets",
    "SignatureFiles",
    "Signatures",
    "common_runs",
    "entry_of",
    "packed",
    "pairs_among",
    "templates_in",
    "unpacked",
]
