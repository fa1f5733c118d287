"""What a place says of a secret is taken out of it, and nothing else."""

from __future__ import annotations

from dataprep import sensitive


def assert_taken_out(place: str, secret: str) -> None:
    """`place` has {} where the secret stands."""
    text = place.format(secret)
    assert sensitive.redacted(text) == place.format("[SECRET]")
    assert sensitive.may_match(text)
