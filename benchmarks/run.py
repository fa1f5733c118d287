"""`make bench`: conversion of a generated export, side by side with label-studio-sdk, in one run.

Rounds are interleaved, each in a new process; the table shows medians. Ratios are what counts:
machines are noisy.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType

from exports import CONFIG, write, write_like

ROOT = Path(__file__).resolve().parent.parent
NAMES = {
    "limit": "raw slices + typed decode (the limit)",
    "dataprep": "dataprep convert --to openai-chat",
    "JSON_MIN": "label-studio-sdk to JSON_MIN",
    "CSV": "label-studio-sdk to CSV",
}
EXPECTED = 6.0
"""Times the speed of JSON_MIN that is aimed at, at steady state."""

SAMPLE = ROOT / "samples" / "classification"
Figures = dict[str, float]


def main() -> None:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1, help="measure with so many as well")
    parser.add_argument("--kind", choices=("rich", "light", "both"), default="both")
    parser.add_argument("--without", nargs="*", choices=NAMES, default=[], help="leave out")
    options = parser.parse_args()
    peer = _label_studio().install()
    for kind in ("rich", "light"):
        if options.kind in (kind, "both"):
            with tempfile.TemporaryDirectory(prefix="dataprep-bench-") as name:
                _compare(kind, options, peer, Path(name))


def _compare(kind: str, options: argparse.Namespace, peer: Path, folder: Path) -> None:
    export, config = folder / "export.json", folder / "config.xml"
    asked = options.megabytes * 1_000_000
    if kind == "rich":
        config.write_text(CONFIG, "utf-8")
        tasks = write(export, asked)
        told = "a choice, spans, relations and a note a task"
    else:
        config.write_bytes((SAMPLE / "config.xml").read_bytes())
        tasks = write_like(export, asked, SAMPLE / "export.json")
        told = "the sample of the project, one choice a task"
    size = export.stat().st_size / 1e6
    print(f"{told}: {size:.0f} MB, {tasks:,} tasks; {options.rounds} rounds, medians\n")
    runs = [(name, 1) for name in NAMES if name not in options.without]
    if options.workers > 1:
        runs.append(("dataprep", options.workers))
    rounds: dict[tuple[str, int], list[Figures]] = {run: [] for run in runs}
    for _ in range(options.rounds):
        for name, workers in runs:
            python = sys.executable if name in ("limit", "dataprep") else str(peer)
            out = folder / "out"
            figures = _measure(python, name, export, config, out, str(workers))
            rounds[name, workers].append(figures)
            shutil.rmtree(out, ignore_errors=True)
            out.unlink(missing_ok=True)
    _print(rounds, size)


def _measure(python: str, name: str, *arguments: Path | str) -> Figures:
    command = [python, str(ROOT / "benchmarks" / "measured.py"), name, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def _print(rounds: dict[tuple[str, int], list[Figures]], size: float) -> None:
    medians = {
        run: {key: statistics.median(f[key] for f in found) for key in found[0]}
        for run, found in rounds.items()
    }
    base = medians.get(("JSON_MIN", 1))
    titles = ("start s", "work s", "cpu s", "MB/s", "ratio", "RSS MB", "anon")
    print(" " * 40 + "".join(f"{title:>9}" for title in titles))
    for (name, workers), f in medians.items():
        said = NAMES[name] if workers == 1 else f"  the same with {workers} workers"
        ratio = f"{base['work_s'] / f['work_s']:.1f}x" if base else "-"
        print(
            f"{said:40}{f['startup_s']:9.2f}{f['work_s']:9.2f}{f['cpu_s']:9.2f}"
            f"{size / f['work_s']:9.1f}{ratio:>9}{f['rss_mb']:9.0f}{f['anonymous_mb']:9.0f}"
        )
    _print_ratios(medians)


def _print_ratios(medians: dict[tuple[str, int], Figures]) -> None:
    ours = medians.get(("dataprep", 1))
    if ours is None:
        return
    print()
    if base := medians.get(("JSON_MIN", 1)):
        ratio = base["work_s"] / ours["work_s"]
        print(f"dataprep against JSON_MIN: {ratio:.1f}x (expected: at least {EXPECTED:.0f}x)")
    if limit := medians.get(("limit", 1)):
        print(f"share of the limit: {limit['work_s'] / ours['work_s']:.0%}")
    for (name, workers), f in medians.items():
        if name == "dataprep" and workers > 1:
            print(f"{workers} workers against one: {ours['work_s'] / f['work_s']:.2f}x")
    print(
        "anon: growth of anonymous memory during the work, in MB, of the process that grew most;"
        "\nRSS counts the mapped export too.\n"
    )


def _label_studio() -> ModuleType:
    """samples/label_studio_server.py, whose environment holds the SDK."""
    path = ROOT / "samples" / "label_studio_server.py"
    spec = importlib.util.spec_from_file_location("label_studio_server", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
