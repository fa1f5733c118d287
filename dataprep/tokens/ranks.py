"""OpenAI's encodings from a rank file on this machine. Nothing is ever downloaded.

tiktoken looks for a file named by the SHA-1 of its address, and downloads it when its SHA-256 is
another: both are looked at here first.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dataprep.finding import extra_missing

# tiktoken 0.14, tiktoken_ext/openai_public.py: name in the cache and SHA-256 of the bytes.
RANKS = {
    "o200k_base": (
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
    "cl100k_base": (
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
    "p50k_base": (
        "ec7223a39ce59f226a68acc30dc1af2788490e15",
        "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
    ),
}
_lock = threading.Lock()


def cached_file(encoding: str) -> Path | None:
    """The whole rank file of an encoding, where tiktoken itself would look for it."""
    folder = os.environ.get("TIKTOKEN_CACHE_DIR", os.environ.get("DATA_GYM_CACHE_DIR"))
    if folder is None:
        folder = str(Path(tempfile.gettempdir()) / "data-gym-cache")
    if not folder or encoding not in RANKS:
        return None
    path = Path(folder) / RANKS[encoding][0]
    return path if encoding_of(path) == encoding else None


def encoding_of(path: Path) -> str | None:
    """The encoding whose rank file this is, told by its SHA-256; None for any other file."""
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
    return next((name for name, known in RANKS.items() if known[1] == sha256), None)


def file_in(folder: Path, wanted: str | None) -> Path | None:
    """A whole rank file in a folder: of the wanted encoding, or of the newest one there is."""
    for encoding in [wanted] if wanted in RANKS else RANKS:
        for path in (folder / RANKS[encoding][0], folder / f"{encoding}.tiktoken"):
            if encoding_of(path) == encoding:
                return path
    return None


def load(path: Path, encoding: str) -> Any:
    """tiktoken's encoding, made from this file, which must be whole."""
    try:
        import tiktoken
    except ImportError:
        raise extra_missing("openai", "tiktoken") from None
    with _lock, tempfile.TemporaryDirectory() as name:
        shutil.copyfile(path, Path(name) / RANKS[encoding][0])
        with _cache_in(name):
            return tiktoken.get_encoding(encoding)


@contextlib.contextmanager
def _cache_in(folder: str) -> Iterator[None]:
    """tiktoken's cache in a folder that holds the file already, so that it stays off the net."""
    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = folder
    try:
        yield
    finally:
        if before is None:
            del os.environ["TIKTOKEN_CACHE_DIR"]
        else:
            os.environ["TIKTOKEN_CACHE_DIR"] = before
