"""Conversions in several threads of one process, into one folder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import threading
import dataprep

gate, said = threading.Barrier(3, timeout=60), []

def convert(number):
    gate.wait()
    try:
        made = dataprep.convert("rows.jsonl", to=("openai-chat", "t5"), out="out")
        said.append(len(made.targets))
    except Exception as error:
        said.append(str(error))

threads = [threading.Thread(target=convert, args=(number,)) for number in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(said, dataprep.verify("out"))
"""
"""In a process of its own: libraries are loaded by the threads, all at once."""


def test_all_are_done_and_one_stands_whole(tmp_path: Path) -> None:
    rows = [{"prompt": f"Is {n} even?", "completion": "no" if n % 2 else "yes"} for n in range(30)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout == "[2, 2, 2] []\n", done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "rows.jsonl"]
