"""Earlier jobs for the tests of `rescue`, and how they are fetched."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.unit.trainers.rescue_server import Earlier
from trainers import rescue
from trainers.rescue import Rescued

TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}


def jsonl(*rows: Any) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def chat(number: int, *more: dict[str, Any], **keys: Any) -> dict[str, Any]:
    talk = [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": f"Question {number}: which bird is it?"},
        {"role": "assistant", "content": "A heron."},
    ]
    return {"messages": [*talk, *more], **keys}


AGAIN = (
    {"role": "user", "content": "Sure?"},
    {"role": "assistant", "content": "Yes.", "weight": 1},
)
TRAIN = jsonl(chat(1), chat(2, *AGAIN), chat(3, *AGAIN, tools=[TOOL]))
HELD = jsonl(chat(4))
LOSSES = b"step,train_loss\n1,2.5\n"


def fetch(server: Earlier, out: Path, *only: str) -> Rescued:
    return rescue.rescue(out, only=only, base_url=server.url, sleep=lambda _: None)


def with_one_job(server: Earlier) -> None:
    server.add_file("file-train", TRAIN)
    server.add_file("file-held", HELD)
    server.add_file("file-result", base64.b64encode(LOSSES), "fine-tune-results")
    server.add_job(
        "ftjob-1", "file-train", validation_file="file-held", result_files=["file-result"]
    )


def with_five_jobs(server: Earlier) -> None:
    """Five jobs, each with a training file of its own."""
    for number in range(1, 6):
        server.add_file(f"file-{number}", TRAIN + HELD * number)
        server.add_job(f"ftjob-{number}", f"file-{number}")


def states(made: Rescued) -> dict[str, str]:
    """What each file is, by its id."""
    return {file.id: file.state for job in made.jobs for file in job.files}


KILLED = """
import os, sys
from pathlib import Path
from trainers import rescue

out, url, number = sys.argv[1:]
left = int(number)

def dying(event, arguments):
    global left
    changing = event in ("os.rename", "os.remove", "os.link", "os.mkdir", "shutil.rmtree")
    opening = event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT
    if (changing or opening) and out in str(arguments[0]):
        left -= 1
        if left == 0:
            os._exit(9)

sys.addaudithook(dying)
rescue.rescue(Path(out), base_url=url, sleep=lambda _: None)
"""


def killed(server: Earlier, out: Path, number: int) -> bool:
    """Whether a run was ended right before its change of that number on the disk."""
    process = [sys.executable, "-c", KILLED, str(out), server.url, str(number)]
    environment = {**os.environ, "OPENAI_API_KEY": "sk-test"}
    code = subprocess.run(process, env=environment, check=False).returncode
    assert code in (0, 9)
    return code == 9
