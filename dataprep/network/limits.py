"""How long a server may take, and how much it may say."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkLimits:
    """Seconds and bytes of one call; `clock` is one that nobody sets back.

    `connect`, `read`, `write` and `pool` are of one wait each; `answer_seconds` of a whole answer
    that is kept in memory, `stream_seconds` of one that goes to the disk. What comes slower than
    `pace` bytes a second after the first `grace` seconds is given up. `answer_bytes` and
    `stream_bytes` count the bytes as they come, and again unpacked.
    """

    connect: float = 10.0
    read: float = 600.0
    write: float = 120.0
    pool: float = 60.0
    answer_seconds: float = 1200.0
    stream_seconds: float = 86_400.0
    grace: float = 600.0
    pace: float = 1000.0
    answer_bytes: int = 64 * MEGABYTE
    stream_bytes: int = 64_000 * MEGABYTE
    clock: Callable[[], float] = time.monotonic


LIMITS = NetworkLimits()
"""What holds everywhere. Ten minutes before an answer begins: some are worked on for so long."""
