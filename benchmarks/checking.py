"""`dataprep check` on generated chat files, beside what people run otherwise.

Every reader works in a process of its own, on one core, in interleaved rounds; what counts are the
ratios within one run, by processor time. `--against COMMIT` measures another state beside this one.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from functools import partial
from pathlib import Path

import chat_files
from measured import pin, processor_time
from rounds import Figures, medians
from rows import archived

ROOT = Path(__file__).resolve().parent.parent
PEER = "together==1.5.35"
READERS = {
    "check": "dataprep check",
    "near": "with near-duplicates",
    "together": "together 1.5.35",
    "msgspec": "msgspec alone",
}
"""`check` is all default rules but near-duplicates; nobody asked for token counts."""

GOALS = {"clean": 2.5, "hints": 0.5}
"""The least times the speed of together's check_file (issue 15)."""

FAULTS, NEAR = 1.5, 1.5
"""The least times the speed of another state on faults; the most time with near-duplicates."""


def work_of(name: str, path: Path) -> Callable[[], object]:
    """What a process does, ready to run: imports are made."""
    if name in ("check", "near"):
        from dataprep import checker, checks

        context = checks.Context(near_duplicates=name == "near")
        return lambda: sum(1 for _ in checker.check([path], context=context))
    if name == "msgspec":
        import msgspec

        decode = msgspec.json.Decoder().decode
        return lambda: sum(1 for line in path.open("rb") if _decoded(decode, line))
    from together.utils import check_file  # type: ignore[import-not-found]

    return lambda: check_file(path)


def _decoded(decode: Callable[[bytes], object], line: bytes) -> bool:
    try:
        return decode(line) is not None
    except ValueError:
        return False


def measure(name: str, path: Path) -> None:
    """Run one reader here and print its figures as JSON."""
    pin(1)
    work = work_of(name, path)
    wall, cpu = time.perf_counter(), processor_time()
    found = work()
    figures = {
        "wall_s": time.perf_counter() - wall,
        "cpu_s": processor_time() - cpu,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "found": found if isinstance(found, int) else len(found),  # type: ignore[arg-type]
    }
    print(json.dumps(figures))


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this table."""
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--against", default="", metavar="COMMIT", help="measured beside this tree")
    parser.add_argument("--peer", type=Path, metavar="PYTHON", help="one that has together")
    parser.add_argument("--kinds", nargs="*", default=[*chat_files.KINDS])


def main(options: argparse.Namespace) -> None:
    """Generate, measure in turns, print."""
    from dataprep.checks import engine_name

    with tempfile.TemporaryDirectory(prefix="dataprep-bench-") as name:
        folder = Path(name)
        peer = options.peer or _peer(folder)
        tree = archived(options.against, folder / "against") if options.against else None
        print(f"chat files of {options.megabytes} MB; {options.rounds} rounds, medians; ", end="")
        print(f"screens: {engine_name()}\n")
        print(f"{'':9} {'':22}{'MB/s cpu':>9}{'MB/s wall':>10}{'RSS MB':>8}{'found':>7}")
        for kind in options.kinds:
            path = folder / f"{kind}.jsonl"
            chat_files.write(path, kind, options.megabytes * 1_000_000)
            _table(kind, path, peer, tree, options)
            path.unlink()


def _table(
    kind: str, path: Path, peer: Path, tree: Path | None, options: argparse.Namespace
) -> None:
    """The figures of each reader of one file, and the ratios that were asked for."""
    measures = {
        said: partial(_run, peer if reader == "together" else sys.executable, reader, path, ROOT)
        for reader, said in READERS.items()
    }
    before = f"check at {options.against}"
    if tree is not None:
        measures[before] = partial(_run, sys.executable, "check", path, tree)
    found = medians(measures, options.rounds)
    size = path.stat().st_size / 1e6
    for said, figures in found.items():
        if isinstance(figures, str):
            print(f"{kind:9} {said:22}{figures}")
            continue
        print(
            f"{kind:9} {said:22}{size / figures['cpu_s']:9.0f}{size / figures['wall_s']:10.0f}"
            f"{figures['rss_mb']:8.0f}{figures['found']:7.0f}"
        )
    _ratios(kind, {s: f["cpu_s"] for s, f in found.items() if not isinstance(f, str)}, before)


def _ratios(kind: str, seconds: dict[str, float], before: str) -> None:
    """Each ratio beside its goal."""
    check = seconds[READERS["check"]]
    goal = f"asked: {GOALS[kind]}" if kind in GOALS else "no goal"
    for reader in ("together", "msgspec"):
        if READERS[reader] in seconds:
            ratio = seconds[READERS[reader]] / check
            print(f"  {ratio:5.2f} x {READERS[reader]} ({goal if reader == 'together' else '-'})")
    if READERS["near"] in seconds:
        ratio = seconds[READERS["near"]] / check
        print(f"  {ratio:5.2f} of the time with near-duplicates (at most {NEAR})")
    if before in seconds:
        goal = f"asked: {FAULTS}" if kind == "faults" else "no goal"
        print(f"  {seconds[before] / check:5.2f} x {before} ({goal})")
    print()


def _run(python: str | Path, reader: str, path: Path, tree: Path) -> Figures | str:
    command = [str(python), str(Path(__file__).resolve()), reader, str(path), str(tree)]
    env = {key: os.environ[key] for key in os.environ.keys() - {"PYTHONDONTWRITEBYTECODE"}}
    env["POLARS_MAX_THREADS"] = "1"
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tree, env=env)
    if done.returncode:
        return f"failed: {(done.stderr.strip().splitlines() or ['without a word'])[-1][:120]}"
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def _peer(folder: Path) -> Path:
    """Python of a virtual environment with together alone."""
    venv.create(folder / "peer", with_pip=True)
    python = folder / "peer" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", PEER], check=True)
    return python


if __name__ == "__main__":
    if len(sys.argv) > 3 and sys.argv[1] in READERS:
        sys.path.insert(0, sys.argv[3])
        measure(sys.argv[1], Path(sys.argv[2]))
    else:
        parser = argparse.ArgumentParser(description=__doc__)
        add_options(parser)
        main(parser.parse_args())
