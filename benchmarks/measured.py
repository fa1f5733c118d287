"""One measurement in a process of its own: start-up, work and peak memory, as JSON.

    python benchmarks/measured.py dataprep|limit|JSON_MIN|CSV EXPORT CONFIG OUT

Only the standard library and the peer are imported, so that each runs in its own environment.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

Work = Callable[[], object]


def dataprep_work(export: Path, config: Path, out: Path) -> Work:
    """The whole conversion to chat JSONL, with every check of a default run."""
    from dataprep import pipeline
    from dataprep.recipe import assembled

    flags = {"label_config": str(config)}
    recipe, base = assembled([export], None, ["openai-chat"], flags)
    return lambda: pipeline.convert(recipe, base, out)


def limit_work(export: Path, config: Path, out: Path) -> Work:
    """What nothing in Python gets below: raw slices and the typed, guarded decode of each task."""
    from dataprep import sources
    from dataprep.recipe import Source

    file = sources.files(Source(path=str(export)), Path())[0]
    return lambda: sum(1 for _ in sources.read(file))


def sdk_work(form: str, export: Path, config: Path, out: Path) -> Work:
    """label-studio-sdk's own converter."""
    from label_studio_sdk.converter import Converter  # type: ignore[import-not-found]

    converter = Converter(config=str(config), project_dir=None)
    if form == "JSON_MIN":
        return lambda: converter.convert_to_json_min(str(export), str(out), is_dir=False)
    return lambda: converter.convert_to_csv(
        str(export), str(out), is_dir=False, sep=",", header=True
    )


class AnonymousMemory(threading.Thread):
    """Samples the anonymous memory of this process, which mapped files do not count in."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0

    def run(self) -> None:
        """Look every five milliseconds."""
        status = Path("/proc/self/status")
        while status.exists():
            for line in status.read_text().splitlines():
                if line.startswith("RssAnon"):
                    self.peak = max(self.peak, int(line.split()[1]))
            time.sleep(0.005)


def main() -> None:
    """Measure what the command line names, and print it."""
    name, export, config, out = sys.argv[1], *map(Path, sys.argv[2:5])
    began = time.perf_counter()
    if name == "dataprep":
        work = dataprep_work(export, config, out)
    elif name == "limit":
        work = limit_work(export, config, out)
    else:
        work = sdk_work(name, export, config, out)
    started = time.perf_counter()
    memory = AnonymousMemory()
    memory.start()
    time.sleep(0.02)
    base = memory.peak
    run = time.perf_counter()
    work()
    done = time.perf_counter()
    figures = {
        "startup_s": started - began,
        "work_s": done - run,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "anonymous_mb": (memory.peak - base) / 1024,
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
