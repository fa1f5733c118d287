"""One measurement in a process of its own: start-up, work and peak memory, as JSON.

    python benchmarks/measured.py WHAT WORKERS FLAGS CONFIG TINY EXPORT OUT

WHAT is `dataprep`, `apart` (the same without a search for near copies), `plain` (that without the
compiled reader), `limit`, `JSON_MIN`, `CSV` or `CoNLL`. FLAGS is JSON: what ours are told beside
the labeling config. Start-up is the imports, those made
late too: an export of one task (TINY) is converted first. Only the standard library and the peer
are imported, so that each runs in its own environment, pinned to as many cores as it has workers.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

Work = Callable[[Path, Path], object]
"""What is measured: from an export, to a file or folder that is not there yet."""


OURS = ("dataprep", "apart", "plain")


def dataprep_work(name: str, config: Path, workers: int, more: dict[str, str]) -> Work:
    """The whole conversion to chat JSONL, with every check of a default run; `name` is of OURS."""
    from dataprep.conversion import convert
    from dataprep.conversion.recipe_flags import assembled

    def work(export: Path, out: Path) -> None:
        flags: dict[str, object] = {"label_config": str(config), **more}
        if name != "dataprep":
            flags["near_duplicates"] = False
        if name == "plain":
            os.environ["DATAPREP_SCAN"] = "off"
        recipe, base = assembled([export], None, ["openai-chat"], flags)
        convert(recipe, base, out, workers=workers)

    return work


def limit_work() -> Work:
    """What nothing in Python gets below: raw slices and the typed, guarded decode of each task."""
    from dataprep import sources
    from dataprep.recipe import Source

    def work(export: Path, _: Path) -> None:
        (file,) = sources.files(Source(path=str(export)), Path())
        sum(1 for part in sources.parts(file) for _ in sources.read(file, part))

    return work


def sdk_work(form: str, config: Path) -> Work:
    """label-studio-sdk's own converter."""
    from label_studio_sdk.converter import Converter  # type: ignore[import-not-found]

    converter = Converter(config=str(config), project_dir=None)

    def work(export: Path, out: Path) -> None:
        if form == "JSON_MIN":
            converter.convert_to_json_min(str(export), str(out), is_dir=False)
        elif form == "CSV":
            converter.convert_to_csv(str(export), str(out), is_dir=False, sep=",", header=True)
        else:
            converter.convert_to_conll2003(str(export), str(out), is_dir=False)

    return work


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
                self.peak = max(self.peak, anonymous(process))
            time.sleep(0.005)


def _children() -> list[int]:
    own = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(number) for number in own.read_text().split()] if own.exists() else []


def anonymous(process: int) -> int:
    """Anonymous memory in KiB; 0 for a process that is gone, or where there is no /proc."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("RssAnon")), 0)


def processor_time() -> float:
    """Seconds of this process and of its workers that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def pin(cores: int) -> None:
    """Keep to so many cores, where the system can be asked to."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def _digest(out: Path) -> str:
    """The digest of every file that was written."""
    digest = hashlib.sha256()
    for path in sorted(out.rglob("*")) if out.is_dir() else [out]:
        if path.is_file():
            digest.update(f"{path.relative_to(out)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def main() -> None:
    """Measure what the command line names, and print it."""
    name, workers = sys.argv[1], int(sys.argv[2])
    flags = json.loads(sys.argv[3])
    config, tiny, export, out = map(Path, sys.argv[4:])
    began = time.perf_counter()
    pin(workers)
    if name in OURS:
        work = dataprep_work(name, config, workers, flags)
    else:
        work = limit_work() if name == "limit" else sdk_work(name, config)
    work(tiny, out.with_name("tiny-out"))
    startup = time.perf_counter() - began
    measured(partial(work, export, out), out if name in OURS else None, startup_s=startup)


def measured(work: Callable[[], object], out: Path | None, **more: float) -> None:
    """Do some work, and print its figures; `out` is what is to have the same bytes each time."""
    base = anonymous(os.getpid())
    memory = AnonymousMemory()
    memory.start()
    before, run = processor_time(), time.perf_counter()
    work()
    done = time.perf_counter()
    figures = {
        **more,
        "work_s": done - run,
        "cpu_s": processor_time() - before,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "anonymous_mb": (memory.peak - base) / 1024,
        "digest": "" if out is None else _digest(out),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
