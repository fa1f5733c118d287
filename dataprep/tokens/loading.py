"""transformers, loaded by one thread at a time.

While it loads, its module puts another in its own place: a thread that imports from it meanwhile
is told that half of its names are missing.
"""

from __future__ import annotations

from importlib import import_module
from threading import Lock

_LOADING = Lock()


def load_transformers() -> None:
    """Load the library, for what is imported from it next. Raises ImportError without it."""
    with _LOADING:
        import_module("transformers")
