"""Pictures that stand in a row as base64: they are no text, and are passed by as such."""

from __future__ import annotations

from typing import Any

from dataprep.patterns import LatePattern

SMALLEST = 1_000
"""Characters below which a string is judged as text, whatever it holds."""

_HEADS = ("/9j/", "iVBORw0KGgo", "UklGR", "R0lGOD")
"""How base64 of a JPEG, a PNG, a WebP and a GIF begins."""

_URL = LatePattern(r"data:image/[\w.+-]{1,40};base64,")
_BASE64 = LatePattern(r"[A-Za-z0-9+/]++={0,2}")


def is_picture(text: str) -> bool:
    """Whether a text is a picture in base64 and nothing else, as a data: URL or bare.

    What is only called one is none: the first bytes decide.
    """
    if len(text) < SMALLEST:
        return False
    url = _URL.match(text)
    start = url.end() if url else 0
    return text.startswith(_HEADS, start) and _BASE64.fullmatch(text, start) is not None


def without_pictures(value: Any) -> Any:
    """The value with an empty text for each picture; itself where it holds none."""
    if isinstance(value, str):
        return "" if is_picture(value) else value
    if isinstance(value, dict):
        parts = {key: without_pictures(inner) for key, inner in value.items()}
        return parts if any(parts[key] is not value[key] for key in parts) else value
    if isinstance(value, list):
        items = [without_pictures(inner) for inner in value]
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value
