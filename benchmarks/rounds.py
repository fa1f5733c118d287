"""Measurements in processes of their own, in interleaved rounds: a busy machine slows them all."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

Figures = dict[str, Any]


def medians(
    measures: Mapping[str, Callable[[], Figures | str]], rounds: int
) -> dict[str, Figures | str]:
    """The median of each figure by name, over so many rounds; or why there is none."""
    found: dict[str, list[Figures]] = {name: [] for name in measures}
    failed: dict[str, str] = {}
    for _ in range(rounds):
        for name, measure in measures.items():
            if name in failed:
                continue
            figures = measure()
            if isinstance(figures, str):
                failed[name] = figures
            else:
                found[name].append(figures)
    return {name: failed.get(name) or _median(found[name]) for name in measures}


def _median(rounds: list[Figures]) -> Figures:
    return {
        key: statistics.median(f[key] for f in rounds) if not isinstance(value, str) else value
        for key, value in rounds[0].items()
    }


def measure(
    command: Iterable[Path | str],
    folder: Path,
    patience: float,
    feed: tuple[Path, Path] | None = None,
) -> Figures | str:
    """Run one measurement, whose last argument is what it writes; or say why it failed.

    It has `patience` seconds. `feed` is a file, and the named pipe that it is sent through.
    """
    command = [str(part) for part in command]
    cat = None
    if feed:
        cat = subprocess.Popen(["sh", "-c", 'exec cat "$1" > "$2"', "sh", *map(str, feed)])
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=folder, timeout=patience
        )
    except subprocess.TimeoutExpired:
        return f"not done after {patience:.0f} s"
    finally:
        if cat:
            cat.kill()
            cat.wait()
        for left in (Path(command[-1]), Path(command[-1]).with_name("tiny-out")):
            shutil.rmtree(left, ignore_errors=True)
            left.unlink(missing_ok=True)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["failed without a word"])[-1][:200]
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures
