"""Devices and sockets in the place of a file: some never end, and none holds rows."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from dataprep.finding import UsageError

_STDIN = ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")


def refuse_device(path: Path, name: str) -> None:
    """Raise UsageError for a path that is a device or a socket.

    Files, folders and pipes pass, and what is not there, and the terminal where it is standard
    input.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return
    if stat.S_ISSOCK(mode):
        kind = "a socket"
    elif stat.S_ISBLK(mode) or stat.S_ISCHR(mode):
        kind = "a device"
    else:
        return
    if str(path) not in _STDIN or not os.isatty(0):
        raise UsageError(f"{name} is {kind}, not a file.", "Name a file, a folder or a pipe.")
