"""Secrets and personal data in a text: found by shape and checksum, and never quoted."""

from dataprep.sensitive.match import Match, SensitiveKind
from dataprep.sensitive.matching import (
    HINT,
    SECRET,
    matches,
    may_hold_secret,
    may_match,
    redacted,
    secrets,
)
from dataprep.sensitive.pieces import pieces, shows, strings, texts_in, without_keys

__all__ = [
    "HINT",
    "SECRET",
    "Match",
    "SensitiveKind",
    "matches",
    "may_hold_secret",
    "may_match",
    "pieces",
    "redacted",
    "secrets",
    "shows",
    "strings",
    "texts_in",
    "without_keys",
]
