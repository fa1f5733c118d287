"""`make bench`: conversion of a generated export, side by side with label-studio-sdk, in one run.

Rounds are interleaved, each in a new process; the table shows medians. Ratios are what counts:
machines are noisy.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType

from exports import CONFIG, write

ROOT = Path(__file__).resolve().parent.parent
PEERS = ("limit", "dataprep", "JSON_MIN", "CSV")
NAMES = {
    "limit": "raw slices + typed decode (the limit)",
    "dataprep": "dataprep convert --to openai-chat",
    "JSON_MIN": "label-studio-sdk to JSON_MIN",
    "CSV": "label-studio-sdk to CSV",
}
EXPECTED = 6.0
"""Times the speed of JSON_MIN that issue 2 expects at steady state."""

Figures = dict[str, float]


def main() -> None:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    peer = _label_studio().install()
    with tempfile.TemporaryDirectory(prefix="dataprep-bench-") as name:
        folder = Path(name)
        export, config = folder / "export.json", folder / "config.xml"
        config.write_text(CONFIG, "utf-8")
        tasks = write(export, options.megabytes * 1_000_000)
        size = export.stat().st_size / 1e6
        print(f"{size:.0f} MB, {tasks:,} tasks; {options.rounds} interleaved rounds, medians\n")
        rounds: dict[str, list[Figures]] = {peer_name: [] for peer_name in PEERS}
        for number in range(options.rounds):
            for peer_name in PEERS:
                python = sys.executable if peer_name in ("limit", "dataprep") else str(peer)
                out = folder / f"{peer_name}-{number}"
                rounds[peer_name].append(_measure(python, peer_name, export, config, out))
    _print(rounds, size)


def _measure(python: str, name: str, export: Path, config: Path, out: Path) -> Figures:
    command = [python, str(ROOT / "benchmarks" / "measured.py"), name, export, config, out]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def _print(rounds: dict[str, list[Figures]], size: float) -> None:
    medians = {
        name: {key: statistics.median(f[key] for f in found) for key in found[0]}
        for name, found in rounds.items()
    }
    base = medians["JSON_MIN"]["work_s"]
    print(
        f"{'':40} {'start s':>8} {'work s':>8} {'MB/s':>7} {'ratio':>7} {'RSS MB':>7} {'anon':>6}"
    )
    for name in PEERS:
        f = medians[name]
        print(
            f"{NAMES[name]:40}{f['startup_s']:9.2f}{f['work_s']:9.2f}{size / f['work_s']:9.1f}"
            f"{base / f['work_s']:8.1f}x{f['rss_mb']:9.0f}{f['anonymous_mb']:9.0f}"
        )
    ratio = base / medians["dataprep"]["work_s"]
    share = medians["limit"]["work_s"] / medians["dataprep"]["work_s"]
    print(
        f"\ndataprep against JSON_MIN: {ratio:.1f}x (expected: at least {EXPECTED:.0f}x);"
        f" {share:.0%} of the limit.\nanon: growth of anonymous memory during the work, in MB;"
        " RSS counts the mapped export too."
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
