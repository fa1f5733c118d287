"""Secrets and personal data in a text: found by shape and checksum, and never quoted."""

from dataprep.sensitive.match import Match, SensitiveKind
from dataprep.sensitive.matching import HINT, SECRET, matches, redacted, secrets
from dataprep.sensitive.pieces import pieces, shows, strings, without_keys

__all__ = [
    "HINT",
    "SECRET",
    "Match",
    "SensitiveKind",
    "matches",
    "pieces",
    "redacted",
    "secrets",
    "shows",
    "strings",
    "without_keys",
]
