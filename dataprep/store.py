"""Outputs, published whole or not at all: staging, manifest last, one atomic exchange.

A run writes into a hidden folder beside its output. Only when everything is written and synced
does that folder take the output's place, so a kill at any instant leaves the old or the new.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import io
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from dataprep.finding import EnvironmentProblem, UsageError

MANIFEST = "manifest.json"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """A folder to write into, removed on any error; `publish` makes it the output.

    Raises UsageError when `out` holds something that no run of ours made.
    """
    _refuse_foreign(out)
    parent = out.absolute().parent
    folder = parent / f".{out.name}.staging-{os.getpid()}"
    with environment_errors(out):
        parent.mkdir(parents=True, exist_ok=True)
        _sweep(parent, out.name)
        folder.mkdir()
    try:
        with environment_errors(out):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(folder: Path, out: Path, manifest: dict[str, Any]) -> None:
    """Hash and sync what was staged, write the manifest last, and exchange the folders."""
    files = {
        str(path.relative_to(folder)): _describe(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    manifest = {**manifest, "files": files, "digest": digest_of(files)}
    path = folder / MANIFEST
    path.write_bytes(json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True).encode())
    for synced in [*(folder / name for name in files), path, *_folders(folder)]:
        _sync(synced)
    _exchange(folder, out)
    _sync(out.absolute().parent)


def digest_of(files: dict[str, dict[str, Any]]) -> str:
    """One sha256 over names and hashes: the identity of a dataset."""
    lines = "".join(f"{name} {files[name]['sha256']}\n" for name in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()


def read_manifest(out: Path) -> dict[str, Any]:
    """The manifest of an output folder; raises UsageError when there is none to trust."""
    path = out / MANIFEST
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"{out} is no output of dataprep: it has no {MANIFEST}.",
            "Make one with: dataprep convert ... -o FOLDER",
        ) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", "Convert again.") from None
    if not isinstance(manifest, dict) or "files" not in manifest:
        raise UsageError(f"{path} is not a manifest of dataprep.", "Convert again.")
    return manifest


def verify(out: Path) -> list[str]:
    """What differs between the manifest and the files: one sentence each, none when whole."""
    recorded = read_manifest(out)["files"]
    found = {str(p.relative_to(out)) for p in out.rglob("*") if p.is_file() and p.name != MANIFEST}
    problems = [f"{name} is missing." for name in sorted(recorded.keys() - found)]
    problems += [f"{name} was not made by this run." for name in sorted(found - recorded.keys())]
    problems += [
        f"{name} was changed after it was written."
        for name in sorted(found & recorded.keys())
        if sha256_of(out / name) != recorded[name]["sha256"]
    ]
    return problems


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write a small frame; by way of memory, so that a full disk is an OSError as elsewhere."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="lz4", statistics=False)
    path.write_bytes(buffer.getbuffer())


def sha256_of(path: Path) -> str:
    """The sha256 of a file's bytes, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def environment_errors(where: Path) -> Iterator[None]:
    """Turn errors of disk and permission into messages with exit code 4."""
    try:
        yield
    except OSError as error:
        raise _explained(error, where) from error
    except pl.exceptions.ComputeError as error:
        # Polars wraps what the system said, and gives its number in words.
        number = re.search(r"os error (\d+)", str(error))
        if number is None:
            raise
        raise _explained(OSError(int(number[1]), os.strerror(int(number[1]))), where) from error


def _explained(error: OSError, where: Path) -> EnvironmentProblem:
    path = error.filename or where
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return EnvironmentProblem(f"No space left on the disk that holds {where}.", _FREE)
        case errno.EFBIG:
            return EnvironmentProblem(f"A file below {where} grew past the allowed size.", _FREE)
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return EnvironmentProblem(f"{path} may not be written.", "Choose another -o folder.")
        case _:
            return EnvironmentProblem(f"{path}: {error.strerror or error}.", "Nothing was written.")


_FREE = "Free some space or choose another -o folder; nothing was left behind."


def _refuse_foreign(out: Path) -> None:
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise UsageError(f"{out} is not a folder.", "Choose a folder that does not exist yet.")
    if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise UsageError(
            f"{out} holds something else, and would be replaced.",
            "Choose another folder, or empty this one.",
        )


def _sweep(parent: Path, name: str) -> None:
    """Remove the staging folders of runs that were killed."""
    for orphan in parent.glob(f".{name}.staging-*"):
        owner = orphan.name.rpartition("-")[2]
        if not (owner.isdigit() and _alive(int(owner))) or int(owner) == os.getpid():
            shutil.rmtree(orphan, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _describe(path: Path) -> dict[str, Any]:
    return {"sha256": sha256_of(path), "bytes": path.stat().st_size}


def _folders(folder: Path) -> list[Path]:
    return [*(p for p in folder.rglob("*") if p.is_dir()), folder]


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _exchange(folder: Path, out: Path) -> None:
    """Put `folder` in the place of `out`; the old output, if any, ends in `folder`."""
    if not out.exists():
        folder.rename(out)
        return
    swap = _atomic_swap()
    if swap is None or swap(folder, out) != 0:
        # No atomic exchange here: two renames, with the old output kept until the new one stands.
        old = folder.with_name(folder.name.replace("staging", "old"))
        out.rename(old)
        folder.rename(out)
        shutil.rmtree(old)


def _atomic_swap() -> Callable[[Path, Path], int] | None:
    """renameat2(RENAME_EXCHANGE) on Linux, renamex_np(RENAME_SWAP) on macOS."""
    if os.name != "posix":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux" and hasattr(libc, "renameat2"):
        return lambda a, b: int(
            libc.renameat2(_AT_FDCWD, os.fsencode(a), _AT_FDCWD, os.fsencode(b), _RENAME_EXCHANGE)
        )
    if sys.platform == "darwin" and hasattr(libc, "renamex_np"):
        return lambda a, b: int(libc.renamex_np(os.fsencode(a), os.fsencode(b), _RENAME_EXCHANGE))
    return None
