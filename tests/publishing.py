"""Outputs for the tests of the store: published quickly, and looked at."""

from __future__ import annotations

from pathlib import Path

from dataprep import store

NEVER_A_PROCESS = 2**22 + 7  # beyond Linux's largest process id


def publish(out: Path, **files: str) -> None:
    """Publish some files with their texts; a double underscore stands for a slash."""
    with store.staging(out) as folder:
        for name, text in files.items():
            path = folder / name.replace("__", "/")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        store.publish(folder, out, {"targets": {}})


def texts_of(folder: Path) -> dict[str, str]:
    """Every file below a folder but the manifest, hidden ones too."""
    return {
        str(p.relative_to(folder)): p.read_text()
        for p in folder.rglob("*")
        if p.is_file() and p != folder / "manifest.json"
    }


def names(folder: Path) -> list[str]:
    """What lies in a folder, hidden files too."""
    return sorted(p.name for p in folder.iterdir())
