"""A command that a message prints whole is run as it stands, and what was wrong is gone."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from dataprep.cli import run
from dataprep.rules import CATALOGUE
from tests.acceptance.conftest import ROOT, SAMPLES

CHAT = [
    {
        "messages": [
            {"role": "user", "content": f"Which town lies by river {n}?"},
            {"role": "assistant", "content": f"The town of number {n * 7}, which is old."},
        ]
    }
    for n in range(12)
]


class Shell:
    """Types a line, and keeps what both streams said."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.said = ""

    def __call__(self, line: str) -> int:
        self._capsys.readouterr()
        words = shlex.split(line)
        code = run(words[words[0] == "dataprep" :])
        self.said = "".join(self._capsys.readouterr())
        return code


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """A shell in a folder with what people have: rows, an export, raw text, and out/ of convert."""
    monkeypatch.chdir(tmp_path)
    Path("chat.jsonl").write_text("".join(json.dumps(row) + "\n" for row in CHAT))
    empty = {"messages": [CHAT[1]["messages"][0], {"role": "assistant", "content": ""}]}
    Path("broken.jsonl").write_text(json.dumps(empty) + "\n")
    Path("lines.jsonl").write_text("".join(json.dumps(row, indent=1) + "\n" for row in CHAT))
    Path("notes.txt").write_text("The ferry leaves at nine. " * 40)
    tasks = json.loads((SAMPLES / "classification/export.json").read_text("utf-8"))
    Path("export.json").write_text(json.dumps(tasks[:80]))
    shutil.copy(SAMPLES / "classification/config.xml", "config.xml")
    typed = Shell(capsys)
    assert typed("convert chat.jsonl --to openai-chat -o out -q") == 0
    return typed


MENDED = [
    rule.code
    for rule in CATALOGUE.values()
    if "dataprep check" in rule.remedy and (ROOT / f"tests/cases/{rule.code}/bad.jsonl").is_file()
]


@pytest.mark.parametrize("code", MENDED)
def test_the_fix_that_a_finding_names_takes_it_away(shell: Shell, code: str) -> None:
    shutil.copy(ROOT / f"tests/cases/{code}/bad.jsonl", "FILE.jsonl")
    assert shell(f"check FILE.jsonl --select {code} --fail-on info") == 1
    flag = "--fix=all" if "--fix=all" in CATALOGUE[code].remedy else "--fix"
    assert flag in shell.said
    shell(f"check FILE.jsonl {flag}")
    assert shell(f"check FILE.fixed.jsonl --select {code} --fail-on info") == 0


def test_the_rules_that_name_a_fix_are_all_run() -> None:
    named = [rule.code for rule in CATALOGUE.values() if "dataprep check" in rule.remedy]
    assert len(named) > 10
    assert named == MENDED


SCENES = [
    # what is typed, the command that it advises, the code of that one
    ("check export.json", "dataprep convert export.json --to openai-chat", 0),
    ("check notes.txt", "dataprep init notes.txt", 0),
    ("init chat.jsonl -o chat.yaml", "dataprep convert --recipe chat.yaml -o out/", 0),
    ("show chat.jsonl", "dataprep convert chat.jsonl --to openai-chat --out out", 0),
    ("train openai chat.jsonl", "dataprep convert chat.jsonl --to openai-chat --out out", 0),
    ("convert chat.jsonl --to openai-chat", "dataprep train openai out --dry-run", 0),
    ("convert chat.jsonl --to alpaca", "dataprep show out", 0),
    ("advise export.json", "dataprep convert export.json --to openai-chat", 0),
    ("advise out", "dataprep providers", 0),
    ("check broken.jsonl", "dataprep explain C003", 0),
    ("convert broken.jsonl --to openai-chat", "dataprep explain C003", 0),
    ("check chat.jsonl --target openai:gpt-6-luna", "dataprep providers", 0),
    ("check chat.jsonl --target mistral", "dataprep convert FILE --to t5", 0),
    ("convert lines.jsonl --to openai-chat", "dataprep check FILE --fix", 0),
]


@pytest.mark.parametrize(("typed", "advised", "code"), SCENES, ids=[scene[0] for scene in SCENES])
def test_what_is_advised_runs_as_it_is_printed(
    shell: Shell, typed: str, advised: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    shell(typed)
    assert advised in shell.said
    assert shell(advised.replace("FILE", typed.split()[1])) == code, shell.said
