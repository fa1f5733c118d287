"""Where the files of a job lie in its folder: whole ones in data/ and results/, others apart."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import msgspec

from trainers.openai import decoded
from trainers.rescue.files import DECODED_BYTES, KEPT, Files, RescuedFile
from trainers.rescue.folder import DATA, MISMATCHED, RESULTS


def put_file(files: Files, file: RescuedFile, staged: Path, place: Path) -> RescuedFile:
    """Give the folder of a job that is built in `staged`, and stood in `place`, one file.

    Whole ones are the same bytes on the disk, not a copy, where that can be. Results come in
    base64 from OpenAI, and are kept as the CSV that they are.
    """
    base, ending = (RESULTS, ".csv") if file.role == "result" else (DATA, ".jsonl")
    name = f"{file.role}-{files.name(file.id)}{ending}"
    if file.state != KEPT:
        return _put_piece(files, file, staged, f"{MISMATCHED}/{name}.part")
    path = f"{base}/{name}"
    if file.path:  # it was there before
        _link(place / file.path, staged / path)
        return msgspec.structs.replace(file, path=path)
    source = files.whole(file.id)
    if file.role == "result" and file.bytes <= DECODED_BYTES:
        content = decoded(source.read_bytes())
        (staged / path).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        return msgspec.structs.replace(file, path=path, bytes=len(content), sha256=digest)
    _link(source, staged / path)
    return msgspec.structs.replace(file, path=path)


def _put_piece(files: Files, file: RescuedFile, staged: Path, path: str) -> RescuedFile:
    """Copy what came of a file: a later run goes on writing at the end of the original."""
    source = files.piece(file.id)
    if source is None:
        return msgspec.structs.replace(file, path="", bytes=0, sha256="")
    (staged / path).parent.mkdir(exist_ok=True)
    shutil.copyfile(source, staged / path)
    return msgspec.structs.replace(file, path=path)


def _link(source: Path, to: Path) -> None:
    try:
        os.link(source, to)
    except OSError:
        shutil.copyfile(source, to)
