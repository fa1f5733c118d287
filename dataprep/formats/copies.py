"""A text beside what is read that says nothing new: it stands there already."""

from __future__ import annotations

from collections.abc import Sequence

from dataprep.formats.format import Reading, pieces_of
from dataprep.formats.meanings import Meaning, holds_options, is_words


def stands_in(value: str, reading: Reading, meaning: Meaning | None) -> bool:
    """Whether a text is one of those that are used already, or puts them all together.

    What speaks of the answer is a copy of it alone; an option is no text of its own.
    """
    if meaning in (Meaning.CORRECTED, Meaning.REJECTED, Meaning.VERDICT, Meaning.REASONING):
        return value.strip() == (reading.answer or "").strip()
    pieces = [piece for piece in pieces_of(reading) if not holds_options(piece.path)]
    texts = [text for piece in pieces if (text := piece.text.strip())]
    whole = len(texts) > 1 and all(text in value for text in texts)
    asked = [piece.text.strip() for piece in pieces if piece.role == "user"]
    return whole or value.strip() in texts or _is_at_an_end_of(asked, value.strip())


def _is_at_an_end_of(texts: Sequence[str], value: str) -> bool:
    """Whether a text of several words is how a longer one begins, or how it ends (HellaSwag)."""
    if not is_words(value):
        return False
    behind = (text[len(value) :][:1] for text in texts if text.startswith(value))
    before = (text[: -len(value)][-1:] for text in texts if text.endswith(value))
    return any(next_to and not next_to.isalnum() for next_to in (*behind, *before))
