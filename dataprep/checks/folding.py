"""A line as a pattern without regard to case reads it: in lower case, without escapes.

The screens know case in ASCII alone, and words beyond it as people spell them: `пароль`,
`Пароль`, `ПАРОЛЬ`, each as characters or as escapes. Lines that spell otherwise are few.
"""

from __future__ import annotations

from dataprep.patterns import LatePattern
from dataprep.sensitive.words import screened_words

_AS_ASCII = {"\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"}
"""The letters that Python's `re` takes for one of ASCII where case does not count."""

_ESCAPE = LatePattern(r"\\u(?!00[0-7]|[dD][89a-fA-F])([0-9a-fA-F]{4})")
"""A character beyond ASCII as an escape of JSON, and no half of a pair."""

_LETTERS = sorted({c for word in screened_words() for c in word if not c.isascii()})
CAPITALS = "".join(filter(str.isupper, _LETTERS))
"""Those beyond ASCII in words of secrets, as these are spelled in capitals."""

UNUSUAL = r"\\u(?i-u:00[cd]|01|03[89a]|04[0-2]|1e|212a)"
"""How they may begin as escapes, and those letters that are taken for one of ASCII."""

UNUSUAL_WIDE = f"[{''.join(_AS_ASCII)}{CAPITALS}]"
"""The same as characters: what stands in lines that must be folded."""


def folded(raw: bytes) -> bytes:
    """A line of JSON in UTF-8, in lower case and with the characters that its escapes stand for."""
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), raw.decode("utf-8", "replace"))
    for letter, other in _AS_ASCII.items():
        text = text.replace(letter, other)
    return text.lower().encode("utf-8", "replace")
