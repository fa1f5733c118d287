"""What comes through a pipe is read once, into a file that is gone when the process ends."""

from __future__ import annotations

import atexit
import os
from pathlib import Path

from dataprep.devices import refuse_device
from dataprep.finding import EnvironmentProblem
from dataprep.sources.gzip_faults import GZIP
from dataprep.sources.opening import BOM, opened

STDIN = "-"
_PREFIX = "dataprep-pipe-"
_PIECE = 1024 * 1024
_SUFFIXES = {b"[": ".json", b"{": ".json"}


def filed(path: Path, name: str) -> Path:
    """The path itself, or that of a file that holds what came through the pipe there.

    The file has the suffix of the pipe, else that of what its first byte begins. Raises
    UsageError for a device or a socket, and EnvironmentProblem when the temporary folder (TMPDIR)
    has no room.
    """
    if path.is_file() or path.is_dir() or not path.exists():
        return path
    import shutil

    refuse_device(path, name)
    folder = temporary_folder()
    _hear_interrupts()
    with opened(path, name) as pipe:
        head = pipe.peek(_PIECE)
        kept = folder / f"pipe{path.suffix or _suffix(head)}"
        try:
            with kept.open("wb") as file:
                shutil.copyfileobj(pipe, file, _PIECE)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            message = f"{name} cannot be kept in {folder}: {reason}."
            raise EnvironmentProblem(message, "Make room there, or set TMPDIR.") from None
    return kept


def is_stream(path: Path) -> bool:
    """Whether a path that was given is standard input or a pipe, and no file that lies here."""
    if str(path) == STDIN or is_pipe(path):
        return True
    return path.exists() and not path.is_file() and not path.is_dir()


def is_pipe(path: Path) -> bool:
    """Whether a path is that of standard input or of a pipe, or of a file that holds what came."""
    folder = path.parent
    of_process = folder.parts[:2] == ("/", "proc") and folder.name == "fd"
    if of_process or str(folder) == "/dev/fd" or str(path) == "/dev/stdin":
        return True
    return folder.name.startswith(_PREFIX)


def _hear_interrupts() -> None:
    """Let Ctrl-C end a read that waits: Polars has system calls begun again after it."""
    import signal

    if hasattr(signal, "siginterrupt"):
        signal.siginterrupt(signal.SIGINT, True)


def temporary_folder() -> Path:
    """A new folder, which is gone when the process ends."""
    import shutil
    import tempfile

    _remove_left()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _remove_left() -> None:
    """Remove what a process that was killed had kept: it is somebody's text."""
    import shutil
    import tempfile

    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdecimal() and not _runs(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        return True
    return True


def _suffix(head: bytes) -> str:
    if head.startswith(GZIP):
        return ".gz"
    return _SUFFIXES.get(head.removeprefix(BOM).lstrip()[:1], "")
