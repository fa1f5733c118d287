"""One file from the server to disk: streamed, proven, and put in its place whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dataprep.durable import flush_to_disk, write_whole
from dataprep.finding import EnvironmentProblem
from dataprep.server.wire import (
    Broken,
    CutOff,
    NoAnswer,
    Reply,
    ServerWire,
    is_page,
    problem,
    web_page,
)

TRIES = 6
RECONNECTS = 100
_WHAT = "the snapshot"


def download(
    wire: ServerWire,
    path: str,
    into: Path,
    *,
    md5: str = "",
    pause: Callable[[float], None],
    progress: Callable[[int, int], None] = lambda *_: None,
) -> int:
    """Stream `path` to the file `into`; the number of its bytes.

    A connection that breaks is taken up where it stood, a digest that differs is read once more
    from the start. `progress` gets bytes done and in all (0 where unknown). Raises
    EnvironmentProblem; then nothing is left, and a file that stood there stays.
    """
    with _part(into) as part:
        for proof in (False, True):
            with part.open("wb") as file:
                _fill(wire, path, file.fileno(), pause, progress)
                flush_to_disk(file)
            if not md5 or _md5(part) == md5:
                break
            if proof:
                raise EnvironmentProblem(
                    f"The snapshot came twice with another digest than {wire.address} gives.",
                    "Something in between changes it, or the disk does; pull again.",
                )
        part.replace(into)
    return into.stat().st_size


def put(text: str, into: Path) -> None:
    """Write a small file whole or not at all."""
    write_whole(into, text.encode())


@contextmanager
def _part(into: Path) -> Iterator[Path]:
    """A hidden file beside `into`, gone afterwards; what a kill leaves is overwritten."""
    part = into.with_name(f".{into.name}.part")
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _fill(
    wire: ServerWire,
    path: str,
    file: int,
    pause: Callable[[float], None],
    progress: Callable[[int, int], None],
) -> None:
    """Read until all bytes are there; the tries start anew whenever some came.

    Not for ever: a server that gives a few bytes each time is given up in the end.
    """
    done, tries = 0, 0
    for turn in range(RECONNECTS):
        before = done
        try:
            for reached in _bytes(wire, path, file, done, progress):
                done = reached
            return
        except (NoAnswer, Broken):
            tries = 0 if done > before else tries + 1
            if tries >= TRIES or turn == RECONNECTS - 1:
                raise
            pause(min(0.5 * 2**tries, 10.0))


def _bytes(
    wire: ServerWire, path: str, file: int, done: int, progress: Callable[[int, int], None]
) -> Iterator[int]:
    """One answer, written from `done` on; yields how far it has come, raises where it breaks."""
    headers = {"Range": f"bytes={done}-"} if done else {}
    with wire.stream(path, headers=headers) as reply:
        if reply.status_code not in (200, 206):
            raise problem(reply.status_code, _WHAT, wire.address, reply.read())
        if reply.status_code == 200:
            # From the start, asked for or not: some servers and proxies know no ranges.
            done = 0
            os.ftruncate(file, 0)
        yield done
        end = _end(reply, done)
        for piece in reply.iter_bytes():
            if not piece:
                continue
            if done == 0 and (is_page(piece, reply.headers) or piece[:1] not in b"[{"):
                raise web_page(reply.status_code, _WHAT, wire.address)
            view = memoryview(piece)
            while view:
                written = os.pwrite(file, view, done)
                view, done = view[written:], done + written
            yield done
            progress(done, end)
        if done < end or done == 0:
            raise CutOff(f"The connection to {wire.address} broke.", "Is the server still running?")


def _end(reply: Reply, done: int) -> int:
    """Where the file ends, in bytes; 0 where the server does not say."""
    length = reply.headers.get("content-length", "")
    return done + int(length) if length.isdigit() else 0


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
