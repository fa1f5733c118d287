"""Completion in bash, zsh and fish: its script, what it offers, and where it is written."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from dataprep.cli import app, run

SHELLS = ("bash", "zsh", "fish")
SYNTAX = {"bash": ["bash", "-n"], "zsh": ["zsh", "-n"], "fish": ["fish", "--no-execute"]}


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What the command prints for a shell."""
    assert run(["completion", shell]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


def test_the_help_names_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    assert "completion" in capsys.readouterr().out
    assert run(["completion", "--help"]) == 0
    said = capsys.readouterr().out
    for shell in SHELLS:
        assert shell in said
    assert "--install" in said


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_a_script_with_every_command(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = script(shell, capsys)
    commands = [name for name in app if not name.startswith("-")]
    assert {"convert", "check", "train", "doctor", "completion"} <= set(commands)
    assert [name for name in commands if name not in made] == []


def test_no_shell_that_is_here_finds_a_fault_in_its_script(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = [shell for shell in SHELLS if shutil.which(shell)]
    assert "bash" in here
    for shell in here:
        file = tmp_path / shell
        file.write_text(script(shell, capsys), "utf-8")
        done = subprocess.run(
            [*SYNTAX[shell], str(file)], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), shell


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["che"], {"check"}),
        (["conv"], {"convert"}),
        (["train", "mis"], {"mistral"}),
        (["check", "--targ"], {"--target"}),
        (["train", "t5", "--optim", "ada"], {"adamw_torch", "adamw_8bit", "adafactor"}),
        (["completion", "z"], {"zsh"}),
    ],
)
def test_bash_offers_what_may_follow(
    typed: list[str],
    offered: set[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "script").write_text(script("bash", capsys), "utf-8")
    words = " ".join(["dataprep", *typed])
    ask = f"""
        source ./script
        COMP_WORDS=({words}) COMP_CWORD={len(typed)}
        _dataprep
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", ask], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    begun = typed[-1]
    assert {o.strip() for o in done.stdout.split()} == {o for o in offered if o.startswith(begun)}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a word of any shell."""
    for name in ("ZSH", "ZSH_CUSTOM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("shell", "file", "startup"),
    [
        ("bash", ".local/share/bash-completion/completions/dataprep", ".bashrc"),
        ("zsh", ".zsh/completions/_cyclopts_dataprep", ".zshrc"),
        ("fish", ".config/fish/completions/dataprep.fish", None),
    ],
)
def test_install_writes_where_the_shell_looks_and_says_so(
    shell: str, file: str, startup: str | None, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = script(shell, capsys)
    if startup:
        (home / startup).write_text("alias ll='ls -l'\n", "utf-8")
    for _ in range(2):  # the second changes nothing
        assert run(["completion", shell, "--install"]) == 0
        said = capsys.readouterr()
        assert said.out == ""
        assert str(home / file) in said.err
        assert (home / file).read_text("utf-8") == made
        if startup:
            assert f"{home / startup}" in said.err
            lines = (home / startup).read_text("utf-8").splitlines()
            assert "alias ll='ls -l'" in lines
            assert len(lines) == 3


def test_the_shell_that_runs_us_is_told_from_its_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cyclopts.completion.detect_shell", lambda: "fish")
    assert run(["completion"]) == 0
    assert capsys.readouterr().out.startswith("# Fish completion for dataprep\n")


@pytest.mark.parametrize("found", ["powershell", None])
def test_a_shell_that_is_not_known_is_asked_for(
    found: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from cyclopts.completion import ShellDetectionError

    def detect() -> str:
        if found is None:
            raise ShellDetectionError("Unable to detect shell type.")
        return found

    monkeypatch.setattr("cyclopts.completion.detect_shell", detect)
    assert run(["completion"]) == 2
    said = capsys.readouterr()
    assert said.err == "dataprep: For which shell? Example: dataprep completion bash, zsh or fish\n"
    assert said.out == ""
