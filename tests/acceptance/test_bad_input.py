"""Bad input ends with a message that says where and what to do, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.acceptance.conftest import Run

TASK = {
    "id": 1,
    "data": {"text": "Nice."},
    "annotations": [
        {
            "id": 7,
            "unique_id": "u7",
            "completed_by": 1,
            "result": [
                {
                    "id": "r",
                    "from_name": "category",
                    "to_name": "text",
                    "type": "choices",
                    "value": {"choices": ["food"]},
                }
            ],
        }
    ],
}


def convert(dataprep: Run, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Convert into `out`, which must not exist when the command has failed."""
    return dataprep("convert", *arguments, "--to", "openai-chat", "-o", "out")


def refused(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """The exit code, the words on stderr, and no traceback."""
    assert done.returncode == code, done.stderr
    for word in words:
        assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr


def left_behind(folder: Path, *known: str) -> list[str]:
    """What stands in a folder beside what was there before."""
    return sorted(p.name for p in folder.iterdir() if p.name not in known)


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b'[{"id": 1, "data": {"text": "cut off', 1, ("bad.json:1:", "J001", "export again")),
        (b"<!DOCTYPE html><html>404</html>", 1, ("bad.json:1: J010", "HTML", "export again")),
        (b"", 1, ("bad.json: J009", "empty", "Export again")),
        (b"[]", 1, ("bad.json: J009", "no task")),
        (b'{"a": 1}', 2, ("bad.json:1", "the row has a", "no row of a known format")),
    ],
    ids=["truncated", "html", "empty", "no-task", "an-object"],
)
def test_a_file_that_is_no_export_is_named(
    dataprep: Run, tmp_path: Path, content: bytes, code: int, words: tuple[str, ...]
) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    refused(convert(dataprep, "bad.json"), code, *words)
    assert left_behind(tmp_path, "bad.json") == []


@pytest.mark.parametrize("name", ["export", "export.json", "notes.txt", "table.csv"])
def test_a_file_with_nothing_in_it_is_told_so_whatever_its_name(
    name: str, dataprep: Run, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b"")
    done = convert(dataprep, name)
    refused(done, 1, f"{name}: J009")
    assert left_behind(tmp_path, name) == []


@pytest.mark.parametrize("content", [b"", b"[]", b"<html>", b'[{"id": 1'])
def test_drop_invalid_never_drops_a_whole_file(
    dataprep: Run, tmp_path: Path, content: bytes, export: Path
) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    done = convert(dataprep, "bad.json", export, "--drop-invalid")
    refused(done, 1, "bad.json")
    assert not (tmp_path / "out").exists()


def test_a_config_of_another_project_is_named_with_task_and_annotation(
    dataprep: Run, tmp_path: Path, export: Path
) -> None:
    config = '<View><Text name="t" value="$body"/><Choices name="mood" toName="t"/></View>'
    (tmp_path / "other.xml").write_text(config)
    done = convert(dataprep, export, "--label-config", "other.xml")
    refused(done, 1, "A008", "the field 'body' is not there", "task 1", "config")
    assert not (tmp_path / "out").exists()


def test_a_control_that_the_config_lacks_is_named(dataprep: Run, tmp_path: Path) -> None:
    config = '<View><Text name="text" value="$text"/><Choices name="mood" toName="text"/></View>'
    (tmp_path / "other.xml").write_text(config)
    (tmp_path / "export.json").write_text(json.dumps([TASK]))
    done = convert(dataprep, "export.json", "--label-config", "other.xml")
    refused(done, 1, "export.json task 1 annotation u7: A006", "'category'", "config.xml")


def test_a_doctype_is_refused_with_its_line(dataprep: Run, tmp_path: Path, export: Path) -> None:
    bomb = '<?xml version="1.0"?>\n<!DOCTYPE View [<!ENTITY a "aaaa">]>\n<View>&a;</View>'
    (tmp_path / "bomb.xml").write_text(bomb)
    done = convert(dataprep, export, "--label-config", "bomb.xml")
    refused(done, 2, "bomb.xml:2", "DOCTYPE", "Remove")


def test_a_text_that_is_a_url_is_refused(dataprep: Run, tmp_path: Path) -> None:
    task = {**TASK, "data": {"text": "/data/upload/3/note.txt"}}
    (tmp_path / "export.json").write_text(json.dumps([task]))
    done = convert(dataprep, "export.json")
    refused(done, 1, "export.json task 1: A005", "/data/upload/3/note.txt", "texts themselves")


def test_a_url_control_is_refused_whatever_the_text(dataprep: Run, tmp_path: Path) -> None:
    config = (
        '<View><Text name="text" value="$text" valueType="url"/>'
        '<Choices name="category" toName="text"><Choice value="food"/></Choices></View>'
    )
    (tmp_path / "config.xml").write_text(config)
    (tmp_path / "export.json").write_text(json.dumps([TASK]))
    done = convert(dataprep, "export.json", "--label-config", "config.xml")
    refused(done, 1, "A005")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"prompt": "a", "completion": "b", "completion": "c"}', "J003"),
        (b'{"prompt": "a", "completion": NaN}', "J004"),
        (b'{"prompt": "a", "completion": "\\ud83d"}', "J007"),
        (b'{"prompt": "a", "completion": 7}', "S001"),
        (b'{"prompt": "a", "completion": "\xff"}', "J002"),
    ],
)
def test_a_broken_line_is_named_and_stops_the_run(
    dataprep: Run, tmp_path: Path, line: bytes, code: str
) -> None:
    good = b'{"prompt": "Capital of Kenya?", "completion": "Nairobi"}\n'
    (tmp_path / "rows.jsonl").write_bytes(good + line + b"\n" + good.replace(b"Kenya", b"Mali"))
    refused(convert(dataprep, "rows.jsonl"), 1, "rows.jsonl:2", code)
    assert left_behind(tmp_path, "rows.jsonl") == []


def test_drop_invalid_leaves_the_line_out_and_writes_down_why(
    dataprep: Run, tmp_path: Path
) -> None:
    rows = (
        b'{"prompt": "a", "completion": "b"}\n{"prompt": NaN}\n{"prompt": "c", "completion": "d"}\n'
    )
    (tmp_path / "rows.jsonl").write_bytes(rows)
    done = convert(dataprep, "rows.jsonl", "--drop-invalid")
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    read = manifest["ledger"][0]
    assert read == {"stage": "read", "unit": "record", "in": 3, "out": 2, "dropped": {"J004": 1}}
    dropped = json.loads((tmp_path / "out" / "dropped.jsonl").read_text())
    assert (dropped["reason"], dropped["place"]["line"]) == ("J004", 2)


def test_a_folder_that_holds_something_else_is_not_replaced(
    dataprep: Run, tmp_path: Path, export: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    refused(convert(dataprep, export), 2, "out holds something else", "another folder")
    assert (tmp_path / "out" / "thesis.txt").read_text() == "years of work"


def test_a_device_is_no_output_folder(dataprep: Run, export: Path) -> None:
    done = dataprep("convert", export, "--to", "openai-chat", "-o", "/dev/full")
    refused(done, 2, "/dev/full is not a folder")


def test_a_full_standard_output_is_said(dataprep: Run) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "dataprep.cli", "explain", "--all", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    refused(done, 4, "No space left")


def test_a_full_disk_leaves_nothing(dataprep: Run, tmp_path: Path, export: Path) -> None:
    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    done = dataprep("convert", export, "--to", "openai-chat", "-o", "out", preexec_fn=small)
    refused(done, 4, "out", "space")
    assert left_behind(tmp_path) == []


def test_a_kill_in_the_middle_leaves_the_old_output(
    dataprep: Run, tmp_path: Path, export: Path, config: Path
) -> None:
    first = convert(dataprep, export, "--label-config", config)
    assert first.returncode == 0, first.stderr
    before = (tmp_path / "out" / "manifest.json").read_bytes()
    command = [
        *(sys.executable, "-m", "dataprep.cli", "convert", str(export)),
        *("--label-config", str(config), "--to", "prompt-completion", "-o", "out"),
    ]
    for delay in (0.5, 0.7, 0.9):
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        verified = dataprep("verify", "out")
        assert verified.returncode == 0, verified.stderr
        if (tmp_path / "out" / "manifest.json").read_bytes() != before:
            break
    again = convert(dataprep, export, "--label-config", config)
    assert again.returncode == 0
    assert left_behind(tmp_path) == ["out"]
    assert (tmp_path / "out" / "manifest.json").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("convert", "nowhere.json", "--to", "t5"), 2, ("nowhere.json: no such file",)),
        (("convert", "--to", "t5"), 2, ("nothing to convert",)),
        (("convert", "x.json"), 2, ("x.json: no such file",)),
        (("convert", ".", "--to", "openai-chta"), 2, ("Did you mean 'openai-chat'?",)),
        (("explain", "J03"), 2, ("There is no rule 'J03'", "Did you mean")),
        (("verify", "nowhere"), 2, ("nowhere: no such folder", "dataprep convert")),
        (("show", "nowhere"), 2, ("nowhere: no such folder",)),
        (("check",), 2, ("nothing to check",)),
        (("check", "nowhere.jsonl"), 2, ("nowhere.jsonl: no such file",)),
        (("schema", "openai"), 2, ("no schema 'openai'", "openai-chat")),
        (("converrt",), 2, ()),
        (("convert", "x", "--way", "qa-blocks", "--to", "t5"), 2, ("way",)),
    ],
)
def test_a_wrong_command_is_a_usage_error(
    dataprep: Run, arguments: tuple[str, ...], code: int, words: tuple[str, ...]
) -> None:
    refused(dataprep(*arguments), code, *words)


def test_a_trainer_without_its_extra_names_the_extra(dataprep: Run, tmp_path: Path) -> None:
    rows = [f'{{"prompt": "What is {n}?", "completion": "It is {n}."}}' for n in range(40)]
    (tmp_path / "rows.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    assert dataprep("convert", "rows.jsonl", "--to", "t5", "-o", "out").returncode == 0
    blocked = "import sys; sys.modules['torch'] = None; from dataprep.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", blocked, "train", "t5", "out"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    refused(done, 4, "torch is not installed", "pip install 'dataprep-tune[train]'")
