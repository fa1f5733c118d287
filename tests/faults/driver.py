"""Runs command lines in forked children, one after another, as a harness asks on standard input.

The program is imported once, before the first fork, so that a run costs its own work alone, and
it never sleeps longer than a moment: what it waits for is a clock, or a server of the test.

Each line of input is a JSON object: `argv`, the arguments of dataprep; `cwd`, where it runs;
`output`, the file for what it prints; `seconds`, its limit; `part`, the bytes of one share of a
source. Each line of output is how it ended, as `os.waitstatus_to_exitcode` says it, or null for a
run that took too long.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
import time
from typing import Any

SLEEP = time.sleep
time.sleep = lambda seconds: SLEEP(min(seconds, 0.01))  # before the modules that take it as theirs
cli: Any = importlib.import_module("dataprep.cli")
sources: Any = importlib.import_module("dataprep.sources")
for module in ("openai", "trainers.openai", "trainers.rescue"):
    importlib.import_module(module)


def work(order: dict[str, Any]) -> None:
    """In the child: run the command and leave with its code."""
    os.setsid()  # so that a kill of the process group takes the workers too, and nothing else
    descriptor = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.chdir(order["cwd"])
    sys.stdin = open(os.devnull)  # noqa: PTH123, SIM115
    sources.PART_SIZE = order["part"]
    gc.enable()
    code = cli.run(order["argv"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def ended(child: int, seconds: float) -> int | None:
    """How a child ended; one that takes too long is killed."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        SLEEP(0.003)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def main() -> None:
    """Answer orders until the input ends."""
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            work(order)
        sys.stdout.write(json.dumps(ended(child, order["seconds"])) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
