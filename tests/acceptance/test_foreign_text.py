"""Text of others in every place that a command shows: as typed, on its line, and never obeyed."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest
import yaml

from dataprep.cli import run
from tests.building import annotated, choices, of_task
from trainers.card import card

MARKER = "[bold red]m[/]\x1b[31m\x9b2J\u202ex\u2066\ny\x7f"
ON_DISK = MARKER.replace("/", "|")
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def said_by(capfd: pytest.CaptureFixture[str], *command: str, codes: tuple[int, ...] = (0,)) -> str:
    """What a command prints; nothing in it may be obeyed."""
    code = run(list(command))
    out, err = capfd.readouterr()
    assert code in codes, out + err
    assert OBEYED.findall(out + err) == []
    return out + err


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "500")
    return tmp_path


def rows(**more: object) -> str:
    made = [{"prompt": f"Question {n}?", "completion": f"Answer {n}.", **more} for n in range(9)]
    return "".join(json.dumps(row) + "\n" for row in made)


def test_in_the_names_of_files_and_folders(room: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = room / ON_DISK
    folder.mkdir()
    path = folder / f"{ON_DISK}.jsonl"
    path.write_text(rows())
    name, out = f"./{ON_DISK}/{ON_DISK}.jsonl", f"{ON_DISK}/out"
    shown = "[bold red]m["
    assert shown in said_by(capfd, "check", name)
    assert shown in said_by(capfd, "convert", name, "--to", "openai-chat", "-o", out)
    assert shown in said_by(capfd, "verify", out)
    assert shown in said_by(capfd, "show", out)
    assert shown in said_by(capfd, "advise", out)
    said_by(capfd, "advise", out, "--json")
    said_by(capfd, "train", "openai", out, "--dry-run")
    assert shown in said_by(capfd, "init", name, "-o", f"./{ON_DISK}/r.yaml")
    assert yaml.safe_load((folder / "r.yaml").read_text())["sources"] == [
        {"path": f"{ON_DISK}.jsonl"}
    ]
    assert shown in said_by(capfd, "convert", "--recipe", f"./{ON_DISK}/r.yaml", "-o", out)
    path.write_text(rows() + "{broken\n")
    for output in ("text", "json", "jsonl", "sarif", "github", "junit"):
        said_by(capfd, "check", name, "--output-format", output, codes=(1,))
    assert shown in said_by(capfd, "check", name, "--fix", codes=(0, 1))
    said_by(capfd, "check", name, "--fix", "--diff", codes=(0, 1))


def test_in_what_is_not_there(room: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shown = "[bold red]m["
    (room / "x.jsonl").write_text(rows())
    for command in (
        ("check", ON_DISK),
        ("convert", ON_DISK, "--to", "t5"),
        ("convert", "x.jsonl", "--to", MARKER),
        ("show", ON_DISK),
        ("verify", ON_DISK),
        ("explain", MARKER),
        ("schema", MARKER),
        ("providers", MARKER),
        ("init", ON_DISK),
        ("check", "x.jsonl", "--target", MARKER),
        ("check", f"--{MARKER}"),
        (MARKER,),
        ("train", "openai", ON_DISK, "--model", MARKER),
        ("predict", ON_DISK, ON_DISK),
        ("evaluate", ON_DISK, "--run", ON_DISK),
        ("push", ON_DISK),
        ("pull", "1", "--url", MARKER),
        ("rescue", "--provider", MARKER),
        ("jobs", "--provider", MARKER),
    ):
        said = said_by(capfd, *command, codes=(1, 2, 3, 4, 5))
        assert shown in said or command[0] in ("push", "pull"), command


def test_in_columns_labels_roles_and_tools(room: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (room / "rows.jsonl").write_text(rows(**{MARKER: MARKER}))
    said_by(capfd, "check", "rows.jsonl")
    flags = ("--to", "openai-chat", "-o", "out")
    assert "[bold red]m[/]" in said_by(capfd, "convert", "rows.jsonl", *flags)
    assert "[bold red]m[/]" in said_by(
        capfd, "convert", "rows.jsonl", "--label", MARKER, *flags, codes=(0, 1, 2)
    )
    pl.DataFrame({MARKER: [MARKER] * 9, "q": ["a"] * 9}).write_parquet("rows.parquet")
    said_by(capfd, "check", "rows.parquet", codes=(0, 1, 2))
    said_by(capfd, "convert", "rows.parquet", *flags, codes=(0, 1, 2))
    call = {"id": MARKER, "type": "function", "function": {"name": MARKER, "arguments": MARKER}}
    messages = [
        {"role": MARKER, "content": MARKER, MARKER: MARKER},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": MARKER, "content": MARKER},
    ]
    tool = {"type": "function", "function": {"name": MARKER, "description": MARKER}}
    (room / "chat.jsonl").write_text(json.dumps({"messages": messages, "tools": [tool]}) + "\n")
    for more in ((), ("--target", "openai"), ("--output-format", "json"), ("--fix=all",)):
        said_by(capfd, "check", "chat.jsonl", *more, codes=(0, 1))
    said_by(capfd, "convert", "chat.jsonl", *flags, codes=(0, 1, 2, 3))


def test_in_a_project_of_label_studio(room: Path, capfd: pytest.CaptureFixture[str]) -> None:
    name = "m[bold]\u202ex"
    config = (
        f'<View><Text name="text" value="$text"/><Choices name="{name}" toName="text">'
        f'<Choice value="{name}"/></Choices></View>'
    )
    result = choices(name, control=name)
    tasks = [of_task(f"{MARKER} {n}", annotated(result), id=n + 1) for n in range(4)]
    (room / "config.xml").write_text(config)
    (room / "export.json").write_text(json.dumps(tasks))
    given = ("export.json", "--label-config", "config.xml")
    said_by(capfd, "init", *given)
    assert OBEYED.findall((room / "dataprep.yaml").read_text()) == []
    assert "m[bold]" in said_by(capfd, "convert", *given, "--to", "openai-chat", "-o", "out")
    said_by(capfd, "show", "out")
    said_by(capfd, "advise", "out")
    tasks[0]["annotations"][0]["result"][0]["from_name"] = MARKER
    (room / "export.json").write_text(json.dumps(tasks))
    said_by(capfd, "convert", *given, "--to", "openai-chat", "-o", "out", codes=(1,))


def test_in_ledgers_and_manifests(room: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run_folder = room / "runs" / ON_DISK
    run_folder.mkdir(parents=True)
    at = {"at": "2026-11-01T10:00:00+00:00"}
    records = [
        {"step": "plan", "state": "begin", "key": MARKER, "model": MARKER, "provider": MARKER},
        {"step": "create", "state": "done", "key": MARKER, "job": MARKER},
        {"step": "watch", "state": "status", "status": MARKER},
    ]
    lines = [json.dumps({**at, **record}) for record in records]
    (run_folder / "job.jsonl").write_text("\n".join(lines) + "\n")
    assert "[bold red]m[/]" in said_by(capfd, "jobs", "--local")
    (room / "rows.jsonl").write_text(rows())
    said_by(capfd, "convert", "rows.jsonl", "--to", "openai-chat", "-o", "out")
    manifest = json.loads((room / "out/manifest.json").read_text())
    manifest["files"][MARKER] = {"sha256": MARKER}
    manifest["targets"][MARKER] = manifest["targets"]["openai-chat"]
    (room / "out/manifest.json").write_text(json.dumps(manifest))
    assert "[bold red]m[/]" in said_by(capfd, "verify", "out", codes=(1,))
    said_by(capfd, "check", "out", codes=(0, 1, 2))
    said_by(capfd, "train", "openai", "out", "--dry-run", codes=(0, 2, 5))
    shutil.rmtree(room / "out")


def test_in_the_card_of_a_model() -> None:
    settings = {
        "model": MARKER,
        "parameters": 5,
        "dataset": {"digest": "d", "tokenizer": {}},
        "epochs": 1,
        "learning_rate": 0.1,
        "precision": "fp32",
        "seed": 1,
    }
    said = card(settings, {"loss": None}, "causal")
    assert OBEYED.findall(said) == []
    (line,) = [line for line in said.splitlines() if line.startswith("- model:")]
    assert line.startswith("- model: \\[bold red\\]m\\[/\\]")
    assert line.endswith("5 parameters")
    front = said.split("---")[1]
    assert yaml.safe_load(front)["tags"] == ["dataprep"]
