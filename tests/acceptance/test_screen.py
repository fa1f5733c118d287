"""What stands on the other side of the command line: a reader who goes away, a device, a pipe."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.conftest import Run

ROWS = [{"prompt": f"What is {n} and {n}?", "completion": f"It is {2 * n}."} for n in range(40)]
BROKEN = '{"prompt": "q", "completion": \n'


def lines(folder: Path, *more: str) -> Path:
    path = folder / "train.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS) + "".join(more), "utf-8")
    return path


def unread(folder: Path, *arguments: str | Path) -> int:
    """The exit code of a command whose standard output and error nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "dataprep.cli", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=folder, stdout=writing, stderr=writing, timeout=120, check=False
    )
    os.close(writing)
    return done.returncode


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("convert", "train.jsonl", "--to", "openai-chat", "-o", "new"), 0),
        (("convert", "broken.jsonl", "--to", "openai-chat", "-o", "new"), 1),
        (("convert", "gone.jsonl", "--to", "openai-chat", "-o", "new"), 2),
        (("check", "train.jsonl"), 0),
        (("check", "broken.jsonl"), 1),
        (("check", "train.jsonl", "--tokens"), 0),
        (("check", "broken.jsonl", "--output-format", "jsonl"), 1),
        (("check", "train.jsonl", "--output-format", "sarif"), 0),
        (("check", "train.jsonl", "--fix"), 0),
        (("check", "broken.jsonl", "--fix=all", "--diff"), 0),
        (("explain", "--all"), 0),
        (("explain", "J001", "--json"), 0),
        (("init", "train.jsonl", "-o", "new.yaml"), 0),
        (("providers",), 0),
        (("schema", "recipe"), 0),
        (("show", "out"), 0),
        (("verify", "out"), 0),
        (("advise", "out"), 0),
        (("--help",), 0),
    ],
)
def test_a_reader_who_goes_away_does_not_change_the_code_of_a_command(
    tmp_path: Path, dataprep: Run, arguments: tuple[str, ...], code: int
) -> None:
    lines(tmp_path, BROKEN).rename(tmp_path / "broken.jsonl")
    lines(tmp_path)
    assert dataprep("convert", "train.jsonl", "--to", "openai-chat", "-o", "out").returncode == 0
    assert unread(tmp_path, *arguments) == code
    if arguments[0] == "convert":
        assert (tmp_path / "new" / "manifest.json").is_file() == (code == 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "/dev/zero"),
        ("check", "/dev/zero", "--target", "openai-chat"),
        ("check", "train.jsonl", "--evaluation", "/dev/zero"),
        ("check", "train.jsonl", "--completion-schema=/dev/zero"),
        ("convert", "/dev/zero", "--to", "openai-chat"),
        ("convert", "train.jsonl", "--label-config", "/dev/zero", "--to", "openai-chat"),
        ("convert", "--recipe", "/dev/zero"),
        ("advise", "/dev/zero"),
        ("init", "/dev/zero"),
    ],
)
def test_a_device_in_the_place_of_a_file_is_refused_by_name(
    tmp_path: Path, dataprep: Run, arguments: tuple[str, ...]
) -> None:
    lines(tmp_path)
    done = dataprep(*arguments)
    assert done.returncode == 2
    assert "/dev/zero is a device, not a file." in done.stderr


def test_a_device_on_standard_input_and_in_a_recipe_is_refused(
    tmp_path: Path, dataprep: Run
) -> None:
    with Path("/dev/zero").open("rb") as zeros:
        done = dataprep("check", "-", stdin=zeros)
    assert (done.returncode, "- is a device, not a file." in done.stderr) == (2, True)
    recipe = "version: 1\nsources:\n  - path: /dev/zero\ntargets: [openai-chat]\n"
    (tmp_path / "dataprep.yaml").write_text(recipe, "utf-8")
    done = dataprep("convert")
    assert (done.returncode, "/dev/zero is a device, not a file." in done.stderr) == (2, True)


def test_a_socket_is_refused_and_a_folder_is_named(tmp_path: Path, dataprep: Run) -> None:
    lines(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(tmp_path / "s.jsonl"))
        done = dataprep("check", "s.jsonl")
    assert (done.returncode, "s.jsonl is a socket, not a file." in done.stderr) == (2, True)
    (tmp_path / "folder").mkdir()
    for flag in ("--evaluation", "--completion-schema"):
        done = dataprep("check", "train.jsonl", flag, "folder")
        assert done.returncode == 2
        assert "folder" in done.stderr
        assert "irectory" in done.stderr


def test_rows_come_through_standard_input_and_through_a_pipe(tmp_path: Path, dataprep: Run) -> None:
    raw = lines(tmp_path).read_text("utf-8")
    assert dataprep("check", "-", input=raw).returncode == 0
    assert dataprep("check", "/dev/stdin", input=raw).returncode == 0
    with (tmp_path / "train.jsonl").open("rb") as file:
        assert dataprep("check", "-", stdin=file).returncode == 0
    reading, writing = os.pipe()
    os.write(writing, raw.encode())
    os.close(writing)
    done = dataprep("check", f"/dev/fd/{reading}", pass_fds=[reading])
    os.close(reading)
    assert done.returncode == 0
    assert "40 rows" in done.stdout


def test_a_disk_that_is_full_is_a_problem_of_the_machine(tmp_path: Path) -> None:
    lines(tmp_path)
    command = [sys.executable, "-m", "dataprep.cli", "check", "train.jsonl"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, timeout=60, check=False
        )
    assert done.returncode == 4
    assert b"No space left on device" in done.stderr
