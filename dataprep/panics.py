"""Panics of libraries in Rust (Polars, tokenizers): no Exceptions, and printed by the library."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Panic(RuntimeError):
    """What a library in Rust ended with: mostly a file that is damaged where it never looked."""


def is_panic(error: BaseException) -> bool:
    """Whether an error is a panic; each library has a class of its own for it, by that name."""
    return type(error).__name__ == "PanicException"


@contextmanager
def caught_panics() -> Iterator[None]:
    """Raise Panic for a panic, and keep what the library prints of it off standard error.

    What other threads print there meanwhile is lost too: keep what is within short.
    """
    with _SILENCE:
        try:
            yield
        except BaseException as error:
            if is_panic(error):
                raise Panic(str(error)) from None
            raise


class _Silence:
    """Points the descriptor of standard error at nothing for as long as anybody is within."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._within = 0
        self._kept: int | None = None

    def __enter__(self) -> None:
        with self._lock:
            self._within += 1
            if self._within > 1:
                return
            with suppress(OSError, ValueError, AttributeError):
                sys.stderr.flush()
            with suppress(OSError):  # a descriptor that is closed prints nothing
                kept = os.dup(2)
                nothing = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nothing, 2)
                os.close(nothing)
                self._kept = kept

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._within -= 1
            if self._within or self._kept is None:
                return
            os.dup2(self._kept, 2)
            os.close(self._kept)
            self._kept = None


_SILENCE = _Silence()
