"""Secrets and personal data in a text: found by shape and checksum, and never quoted."""

from dataprep.sensitive.match import Kind, Match
from dataprep.sensitive.matching import HINT, matches, redacted

__all__ = ["HINT", "Kind", "Match", "matches", "redacted"]
