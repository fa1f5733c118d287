"""One measurement in a process of its own: start-up, work and peak memory, as JSON.

    python benchmarks/measured.py dataprep|limit|JSON_MIN|CSV EXPORT CONFIG OUT [WORKERS]

Only the standard library and the peer are imported, so that each runs in its own environment.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

Work = Callable[[], object]


def dataprep_work(export: Path, config: Path, out: Path, workers: int = 1) -> Work:
    """The whole conversion to chat JSONL, with every check of a default run."""
    from dataprep import pipeline
    from dataprep.recipe import assembled

    flags = {"label_config": str(config)}
    recipe, base = assembled([export], None, ["openai-chat"], flags)
    return lambda: pipeline.convert(recipe, base, out, workers=workers)


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
    """Samples the anonymous memory of this process and its workers, each by itself.

    Mapped files do not count in it. `peak` is the highest of any one process, in KiB.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0

    def run(self) -> None:
        """Look every five milliseconds."""
        while True:
            for process in (os.getpid(), *_children()):
                self.peak = max(self.peak, _anonymous(process))
            time.sleep(0.005)


def _children() -> list[int]:
    own = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(number) for number in own.read_text().split()] if own.exists() else []


def _anonymous(process: int) -> int:
    """Anonymous memory in KiB; 0 for a process that is gone, or where there is no /proc."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("RssAnon")), 0)


def _processor_time() -> float:
    """Seconds of this process and of its workers that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> None:
    """Measure what the command line names, and print it."""
    name, export, config, out = sys.argv[1], *map(Path, sys.argv[2:5])
    began = time.perf_counter()
    if name == "dataprep":
        work = dataprep_work(export, config, out, int(sys.argv[5]))
    elif name == "limit":
        work = limit_work(export, config, out)
    else:
        work = sdk_work(name, export, config, out)
    started = time.perf_counter()
    memory = AnonymousMemory()
    memory.start()
    time.sleep(0.02)
    base = memory.peak
    before = _processor_time()
    run = time.perf_counter()
    work()
    done = time.perf_counter()
    figures = {
        "startup_s": started - began,
        "work_s": done - run,
        "cpu_s": _processor_time() - before,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "anonymous_mb": (memory.peak - base) / 1024,
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
