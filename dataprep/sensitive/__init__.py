"""Secrets and personal data in a text: found by shape and checksum, and never quoted."""

from dataprep.sensitive.fields import answer_name, named
from dataprep.sensitive.match import Match, SensitiveKind, with_stand_ins
from dataprep.sensitive.matching import (
    SECRET,
    answered,
    matches,
    may_hold_secret,
    may_match,
    persons,
    secrets,
)
from dataprep.sensitive.pieces import (
    pieces_shown,
    shows,
    strings,
    texts_in,
    without_keys,
)
from dataprep.sensitive.redacting import redacted
from dataprep.sensitive.views import bare

__all__ = [
    "SECRET",
    "Match",
    "SensitiveKind",
    "answer_name",
    "answered",
    "bare",
    "matches",
    "may_hold_secret",
    "may_match",
    "named",
    "persons",
    "pieces_shown",
    "redacted",
    "secrets",
    "shows",
    "strings",
    "texts_in",
    "with_stand_ins",
    "without_keys",
]
