"""The memory of this machine."""

from __future__ import annotations

import os
import re
from pathlib import Path


def free_memory(path: Path = Path("/proc/meminfo")) -> int | None:
    """Bytes that can be taken without swapping; all of them where only that is known, else None."""
    try:
        if found := re.search(r"MemAvailable:\s+(\d+) kB", path.read_text("ascii")):
            return int(found[1]) * 1024
    except (OSError, ValueError):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError, AttributeError):
        return None
