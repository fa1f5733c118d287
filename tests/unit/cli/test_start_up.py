"""What a command loads before it does anything: help and small checks need none of the frames."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dataprep.cli import COMMANDS, app

HEAVY = ("polars", "numpy", "pydantic", "yaml", "jsonschema", "ssl", "torch", "openai")


def loaded(arguments: list[str], folder: Path) -> set[str]:
    """The modules that one run of the command line loads; it must end well."""
    code = (
        "import sys\n"
        "from dataprep.__main__ import main\n"
        "sys.argv = ['dataprep', *sys.argv[1:]]\n"
        "try:\n"
        "    main()\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        "sys.stderr.write('\\n' + ' '.join(sys.modules))\n"
    )
    made = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=folder, capture_output=True, check=True
    )
    return set(made.stderr.decode().splitlines()[-1].split())


def test_the_page_of_all_commands_loads_none_of_them(tmp_path: Path) -> None:
    modules = loaded(["--help"], tmp_path)
    own = {name for name in modules if name.startswith("dataprep.")}
    light = {"__main__", "cli", "cli.commands", "cli.front_page", "cli.unbroken"}
    assert own == {f"dataprep.{name}" for name in light}
    assert not modules & {*HEAVY, "cyclopts", "attrs", "msgspec"}


@pytest.mark.parametrize("command", [["check"], ["convert"], ["train"], ["train", "t5"]])
def test_help_loads_nothing_that_reads_data(command: list[str], tmp_path: Path) -> None:
    modules = loaded([*command, "--help"], tmp_path)
    assert "cyclopts" in modules
    assert not modules & {*HEAVY, "dataprep.sources", "dataprep.store"}


CHAT = {
    "messages": [
        {"role": "user", "content": "Where?"},
        {"role": "assistant", "content": "By the sea."},
    ]
}
PAIR = {"prompt": "Where do they live?", "completion": "By the sea."}


@pytest.mark.parametrize("row", [CHAT, PAIR], ids=["chat", "pair"])
def test_a_small_check_needs_no_frames_no_recipe_and_no_annotation_tool(
    row: dict[str, object], tmp_path: Path
) -> None:
    (tmp_path / "rows.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    modules = loaded(["check", "rows.jsonl"], tmp_path)
    assert "dataprep.checks" in modules
    assert not modules & {*HEAVY, "dataprep.recipe", "dataprep.annotation", "dataprep.fixes.apply"}
    assert not modules & {"rich.table", "rich.progress", "difflib", "tempfile", "subprocess"}
    readers = {name for name in modules if name.startswith("dataprep.sources.annotation_tools.")}
    assert {name.rpartition(".")[2] for name in readers} == {"export", "training_rows"}


def test_a_command_is_loaded_alone(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"prompt": "a b", "completion": "c d"}\n', "utf-8")
    modules = loaded(["check", "rows.jsonl"], tmp_path)
    assert {c.module for c in COMMANDS.values() if f"dataprep.cli.{c.module}" in modules} == {
        "validating"
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_calls_several_arguments_as_the_command_does(name: str) -> None:
    command = app[name].default_command
    parameters = inspect.signature(command).parameters.values() if command else ()
    many = next((p.name.upper() for p in parameters if p.kind is p.VAR_POSITIONAL), "")
    assert COMMANDS[name].many == many
