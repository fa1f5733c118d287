"""Technical text that nobody of this project wrote: what the installed packages brought along."""

from __future__ import annotations

import random
import re
import sysconfig
from collections.abc import Iterator
from pathlib import Path

ENDINGS = (".py", ".pyi", ".md", ".rst", ".txt", ".toml", ".yaml", ".json", ".js", ".html", ".cfg")
NAMES = ("METADATA", "RECORD", "LICENSE")
PER_FILE = 8
LONGEST = 5_000
OWN = ("dataprep", "tests")
_ABOUT_SECRETS = re.compile(
    r"(?i)key|token|secret|passw|pwd|auth|credential|://|sha\d|[A-Za-z0-9+/_-]{24}"
)
"""What makes a line hard: half of the lines have it."""


def lines(number: int, seed: int = 11) -> list[str]:
    """So many lines of random installed files, half of them of what secrets are told by."""
    hard: list[str] = []
    plain: list[str] = []
    rng = random.Random(seed)  # noqa: S311
    for path in _files(rng):
        own = [line for line in _lines_of(path) if line.strip() and len(line) < LONGEST]
        for line in rng.sample(own, min(PER_FILE, len(own))):
            (hard if _ABOUT_SECRETS.search(line) else plain).append(line)
        if min(len(hard), len(plain)) * 2 >= number:
            break
    return hard[: number // 2] + plain[: number - number // 2]


def _files(rng: random.Random) -> Iterator[Path]:
    site = Path(sysconfig.get_paths()["purelib"])
    found = [
        path
        for path in sorted(site.rglob("*"))
        if path.suffix in ENDINGS or path.name in NAMES
        if path.relative_to(site).parts[0].partition("-")[0] not in OWN
    ]
    rng.shuffle(found)
    yield from found


def _lines_of(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
