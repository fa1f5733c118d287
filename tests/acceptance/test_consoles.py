"""Consoles and pipes that take no UTF-8, and what nobody wraps for a program that reads on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ODD = "Fußgängerübergang „横断歩道“ 👍 \u2028 end"
SEVERAL = """
import json, pathlib, sys
from dataprep.cli import run
from dataprep.cli.unbroken import outlive_readers
outlive_readers()
codes = [run(line.split()) for line in sys.argv[1:]]
pathlib.Path("codes").write_text(json.dumps(codes))
"""
LINES = {
    "check ü横.jsonl": 1,
    "check ü横.jsonl --fix=all --diff": 0,
    "check ü横.jsonl --output-format json": 1,
    "check ü横.jsonl --output-format github": 1,
    "check ü横.jsonl --tokens": 1,
    "convert ü横.jsonl --to openai-chat,alpaca -o out-ü --drop-invalid": 0,
    "show out-ü --split validation": 0,
    "verify out-ü": 0,
    "init ü横.jsonl -o ü.yaml": 0,
    "advise out-ü": 0,
    "explain C003 T001": 0,
    "providers": 0,
    "providers openai --json": 0,
    "schema recipe": 0,
    "ünknown": 2,
    "check --ünknown": 2,
    "check gone-ü横.jsonl": 2,
    "show out-ü -n ü": 2,
    "--help": 0,
}


def rows(folder: Path) -> Path:
    """A file of twenty rows in many scripts, and one without an answer."""
    made = [{"prompt": f"{n}. {ODD}", "completion": f"{ODD} {n * 7}"} for n in range(20)]
    made.append({"prompt": "empty", "completion": ""})
    path = folder / "ü横.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made), "utf-8")
    return path


@pytest.mark.parametrize(
    "settings",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1252:strict"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=["ascii", "cp1252", "C"],
)
def test_no_command_ends_in_an_internal_error_where_a_character_is_lacking(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    rows(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", SEVERAL, *LINES],
        cwd=tmp_path,
        env={**os.environ, **settings},
        capture_output=True,
        timeout=120,
        check=False,
    )
    said = (done.stdout + done.stderr).decode("latin-1")
    codes = json.loads((tmp_path / "codes").read_text())
    assert dict(zip(LINES, codes, strict=True)) == LINES, said
    assert "internal error" not in said
    assert "\\u6a2a" in said
    assert done.returncode == 0


def piped(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command in a pipe of eighty columns."""
    return subprocess.run(
        [sys.executable, "-m", "dataprep.cli", *arguments],
        cwd=folder,
        env={**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_json_for_programs_stays_json(tmp_path: Path) -> None:
    for line in ("schema recipe", "explain C003 --json", "providers openai --json"):
        done = subprocess.run(
            [sys.executable, "-m", "dataprep.cli", *line.split()],
            cwd=tmp_path,
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
            capture_output=True,
            timeout=60,
            check=True,
        )
        assert json.loads(done.stdout.decode("ascii"))


def test_nothing_is_wrapped_in_a_pipe(tmp_path: Path) -> None:
    long = tmp_path / "a-folder-whose-name-is-long" / "and-another-one-whose-name-is-long"
    long.mkdir(parents=True)
    file = rows(long)
    done = piped(long, "convert", str(file), "--to", "openai-chat", "--drop-invalid")
    assert done.returncode == 0
    assert f"\n{file}: prompt, completion\n" in done.stderr
    found = next(line for line in done.stderr.splitlines() if "C003" in line and ":21" in line)
    assert found.startswith(f"{file}:21: C003 ")
    assert found.endswith("remove the example.")
    shown = piped(long, "show", "out", "-n", "1")
    assert f"  {file}:" in shown.stdout
    gone = piped(long, "check", f"{file}.gone.jsonl", "--whatever")
    assert gone.stderr == "dataprep: check has no flag --whatever. See: dataprep check --help\n"
    gone = piped(long, "check", f"{file}.gone.jsonl")
    assert gone.stderr == f"dataprep: {file}.gone.jsonl: no such file. Check the path.\n"
