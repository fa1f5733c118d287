"""`make demo`: the main road, command by command, on the samples. Every command is printed."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
OUT = "out/demo"
RUN = "runs/demo"

STEPS = (
    (
        "Real annotations and raw text, one recipe, three training sets",
        f"dataprep convert --recipe samples/dataprep.yaml -o {OUT}",
    ),
    ("What would be uploaded, judged as any file would be", f"dataprep check {OUT}"),
    ("One example, as a model reads it", f"dataprep show {OUT} -n 1"),
    (
        "Open weights: a small T5, from a config, on this processor",
        f"dataprep train t5 {OUT} -o {RUN} --max-minutes 2",
    ),
    (
        "Closed weights: what the job would be, and what it would cost; nothing is sent",
        f"dataprep train openai {OUT} --model gpt-4o-mini --dry-run",
    ),
)


def say(text: str = "") -> None:
    """One line for the reader."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Run the steps; stop at the first that fails."""
    began = time.monotonic()
    shutil.rmtree(ROOT / RUN, ignore_errors=True)
    tools = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    bold, plain = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
    for number, (title, command) in enumerate(STEPS, 1):
        say(f"\n{bold}{number}. {title}{plain}\n$ {command}")
        code = subprocess.run(shlex.split(command), cwd=ROOT, env=tools, check=False).returncode
        if code:
            say(f"\nStep {number} ended with exit code {code}.")
            return code
    say(f"\n{bold}Done in {time.monotonic() - began:.0f} s.{plain} What there is now:")
    say(f"  {OUT}/   prompt-completion/, openai-chat/, t5/, and the manifest that proves them")
    say(f"  {RUN}/   the model, its tokenizer, metrics.jsonl, evaluation.json, README.md")
    say("Try next, with your own export:")
    say("  .venv/bin/dataprep init export.json --label-config config.xml")
    say("  .venv/bin/dataprep convert -o out/mine")
    return 0


if __name__ == "__main__":
    sys.exit(main())
