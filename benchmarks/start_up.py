"""How long short commands take, in processor time, beside what they cannot do without.

Each in a process of its own, in interleaved rounds, the bytecode compiled before; the least of the
rounds counts. The floor of `--help` is a page of as many commands that cyclopts makes of nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "samples" / "classification"

_FLOOR = """
from cyclopts import App
app = App(name="x", help_format="plaintext")
for number in range(20):
    def command(path: str, size: int = 1) -> None:
        "Do what this one does."
    app.command(command, name=f"command-{number}")
app(["--help"], result_action="return_value")
"""

_OURS = (sys.executable, "-m", "dataprep")


class Start(NamedTuple):
    """A command, what it is held against, and how many times its processor time it may take."""

    said: str
    command: tuple[str, ...]
    against: str = ""
    at_most: float = 0.0


STARTS = (
    Start("import cyclopts", (sys.executable, "-c", "import cyclopts")),
    Start("import polars, cyclopts", (sys.executable, "-c", "import polars, cyclopts")),
    Start("a page of 20 commands by cyclopts", (sys.executable, "-c", _FLOOR)),
    Start("dataprep --help", (*_OURS, "--help"), "import cyclopts", 1.3),
    Start("dataprep check, ten lines", (*_OURS, "check", "ten.jsonl"), "import cyclopts", 2.1),
    Start(
        "dataprep convert, one task",
        (*_OURS, "convert", "one.json", "--label-config", "config.xml", "--to", "openai-chat"),
        "import polars, cyclopts",
        1.6,
    ),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """How often each is measured."""
    parser.add_argument("--rounds", type=int, default=7)


def main(options: argparse.Namespace) -> None:
    """Print the table; a check of 0.3 s is 2.1 times the 0.14 s that cyclopts takes when alone."""
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        _write(room)
        for start in STARTS:
            processor_time(start.command, room, "warm")  # and its bytecode is compiled
        rounds = [
            {start.said: processor_time(start.command, room, f"out-{n}") for start in STARTS}
            for n in range(options.rounds)
        ]
    taken = {start.said: min(times[start.said] for times in rounds) for start in STARTS}
    print("| | processor time, s | times | asked |\n| --- | --- | --- | --- |")
    for start in STARTS:
        times = f"{taken[start.said] / taken[start.against]:.2f}" if start.against else ""
        asked = f"{start.at_most} × {start.against}" if start.against else ""
        print(f"| {start.said} | {taken[start.said]:.3f} | {times} | {asked} |")


def processor_time(command: Sequence[str], room: Path, out: str) -> float:
    """Processor seconds of a command in a process of its own; `out` names what it writes."""
    where = {**os.environ, "PYTHONPATH": str(ROOT), "POLARS_MAX_THREADS": "1"}
    where.pop("PYTHONDONTWRITEBYTECODE", None)
    into = ("-o", out) if "convert" in command else ()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*command, *into], cwd=room, env=where, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _write(room: Path) -> None:
    """Ten conversations, and an export of one task."""
    rows = [
        {
            "messages": [
                {"role": "user", "content": f"What do people call number {n}?"},
                {"role": "assistant", "content": f"It is the {n} that comes before {n + 1}."},
            ]
        }
        for n in range(10)
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (room / "ten.jsonl").write_text(lines, "utf-8")
    (room / "config.xml").write_bytes((SAMPLE / "config.xml").read_bytes())
    tasks = json.loads((SAMPLE / "export.json").read_bytes())
    (room / "one.json").write_text(json.dumps(tasks[:1]), "utf-8")
