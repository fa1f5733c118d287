"""Fine-tuning rows of each usual kind through `convert` and `check`, one worker.

Ratios are what counts: machines are noisy. `--against COMMIT` measures that commit of this project
in the same rounds, from an archive of it, in the environment of this one.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from rounds import Figures, medians

ROOT = Path(__file__).resolve().parent.parent
RUN = "from dataprep.cli import main; main()"
ASKED = "Where does the river rise that runs past the old mill, and how far is it to its mouth?"
ANSWERED = (
    "It rises in the hills behind the village and meets the sea after a long way through reeds."
)


def _chat(number: int) -> dict[str, Any]:
    said = [("system", "Be brief."), ("user", _asked(number)), ("assistant", _answered(number))]
    return {"messages": [{"role": role, "content": text} for role, text in said]}


def _tools(number: int) -> dict[str, Any]:
    call = {"name": "place", "arguments": json.dumps({"river": _word(number)})}
    tool = {"name": "place", "parameters": {"type": "object", "properties": {"river": {}}}}
    return {
        "messages": [
            {"role": "user", "content": _asked(number)},
            {
                "role": "assistant",
                "tool_calls": [{"id": "a", "type": "function", "function": call}],
            },
            {"role": "tool", "tool_call_id": "a", "content": _word(number)},
            {"role": "assistant", "content": _answered(number)},
        ],
        "tools": [{"type": "function", "function": tool}],
    }


def _sharegpt(number: int) -> dict[str, Any]:
    said = [("human", _asked(number)), ("gpt", _answered(number))]
    return {"conversations": [{"from": who, "value": text} for who, text in said]}


def _word(number: int) -> str:
    """A word of its own for every number, without a digit."""
    letters = "abcdefghijklmnop"
    return "".join(letters[number >> 4 * at & 15] for at in range(5))


def _asked(number: int) -> str:
    return f"{ASKED} Its name is {_word(number)}."


def _answered(number: int) -> str:
    return f"{ANSWERED} The {_word(number * 7)} is another."


KINDS: dict[str, Callable[[int], dict[str, Any]]] = {
    "messages": _chat,
    "messages with tools": _tools,
    "prompt, completion": lambda n: {"prompt": _asked(n), "completion": _answered(n)},
    "question, answer, id, source": lambda n: {
        "question": _asked(n),
        "answer": _answered(n),
        "id": n,
        "source": "a list",
    },
    "instruction, input, output": lambda n: {
        "instruction": _asked(n),
        "input": "" if n % 2 else "The map is old.",
        "output": _answered(n),
    },
    "conversations (ShareGPT)": _sharegpt,
}
COMMANDS = ("convert", "check")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The flags of this table."""
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--against", default="", metavar="COMMIT", help="measured beside this tree")


def main(options: argparse.Namespace) -> None:
    """Generate, measure, print."""
    with tempfile.TemporaryDirectory(prefix="dataprep-bench-") as name:
        folder = Path(name)
        trees = {"this tree": ROOT}
        if options.against:
            trees[options.against] = archived(options.against, folder / "against")
        print(f"{options.rows:,} rows a file, one worker; rounds: {options.rounds}, medians\n")
        print(f"  {'':<8} {'rows':<30} {'seconds':>8} {'rows/s':>9}  against {options.against}")
        for command in COMMANDS:
            for kind, make in KINDS.items():
                _compare(command, kind, _written(make, options.rows, folder), trees, options)


def _compare(
    command: str, kind: str, file: Path, trees: dict[str, Path], options: argparse.Namespace
) -> None:
    measures = {name: partial(_measure, command, file, tree) for name, tree in trees.items()}
    found = medians(measures, options.rounds)
    mine = found["this tree"]
    if isinstance(mine, str):
        print(f"  {command:<8} {kind:<30} {mine}")
        return
    seconds = mine["seconds"]
    line = f"  {command:<8} {kind:<30} {seconds:>8.2f} {options.rows / seconds:>9,.0f}"
    theirs = found.get(options.against)
    if isinstance(theirs, dict):
        line += f"  {seconds / theirs['seconds']:.2f} of {theirs['seconds']:.2f} s"
    print(line if theirs is None or isinstance(theirs, dict) else f"{line}  {theirs}")


def _measure(command: str, file: Path, tree: Path) -> Figures | str:
    """The seconds of one command in a process of its own, its start with them."""
    out = file.parent / "out"
    flags = ["--to", "openai-chat", "-o", str(out), "--workers", "1"]
    asked = [command, str(file), *(flags if command == "convert" else ())]
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", RUN, *asked],
        env={**os.environ, "PYTHONPATH": str(tree)},
        cwd=file.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    shutil.rmtree(out, ignore_errors=True)
    if done.returncode > 1:
        return f"failed: {(done.stderr.strip().splitlines() or ['without a word'])[-1][:120]}"
    return {"seconds": seconds}


def _written(make: Callable[[int], dict[str, Any]], rows: int, folder: Path) -> Path:
    path = folder / "rows.jsonl"
    with path.open("w") as file:
        file.writelines(json.dumps(make(number)) + "\n" for number in range(rows))
    return path


def archived(commit: str, folder: Path) -> Path:
    """The files of a commit."""
    folder.mkdir()
    archive = subprocess.run(
        ["git", "archive", commit], cwd=ROOT, stdout=subprocess.PIPE, check=True
    ).stdout
    subprocess.run(["tar", "-x"], cwd=folder, input=archive, check=True)
    return folder
