"""The command that is named behind what was shown, and silence where a program reads on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataprep.cli import run
from dataprep.cli.next_steps import for_dataset, trainable

CLEAN = [{"prompt": f"What is {n} and {n}?", "completion": f"It is {2 * n}."} for n in range(12)]


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """rows.jsonl, without findings, in the folder where commands are run."""
    monkeypatch.chdir(tmp_path)
    Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in CLEAN))
    return Path("rows.jsonl")


@pytest.mark.parametrize(
    ("targets", "line"),
    [
        (["openai-chat", "t5"], "dataprep train t5 'my out'"),
        (["openai-chat", "alpaca"], "dataprep train openai 'my out' --dry-run"),
        (["kto"], "dataprep train kto 'my out' --model MODEL"),
        (["alpaca"], "dataprep advise 'my out'"),
        ([], "dataprep advise 'my out'"),
    ],
)
def test_a_folder_is_trained_on_by_what_it_holds(targets: list[str], line: str) -> None:
    assert for_dataset(Path("my out"), targets, otherwise="advise") == line


@pytest.mark.parametrize(
    ("manifest", "targets"),
    [
        ({"targets": {"t5": {}}, "splits": {"train": 3}}, ("t5",)),
        ({"targets": {"t5": {}}, "splits": {"train": 0, "test": 3}}, ()),
        ({"targets": {"t5": {}}, "splits": []}, ()),
        ({"targets": 7, "splits": {"train": 3}}, ()),
        ({}, ()),
    ],
)
def test_a_manifest_that_does_not_say_what_is_trained_names_no_target(
    manifest: dict[str, object], targets: tuple[str, ...]
) -> None:
    assert tuple(trainable(manifest)) == targets


def test_no_next_command_is_named_in_a_pipe(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["convert", "rows.jsonl", "--to", "alpaca", "-o", "out"])
    capsys.readouterr()
    for line in (["check", "rows.jsonl"], ["show", "out"], ["explain", "C003"]):
        assert run(line) == 0
        said = capsys.readouterr()
        assert "Next: " not in said.out + said.err


def test_a_preview_of_nothing_says_so(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "rows.jsonl", "--fix", "--diff"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "Nothing would be changed.\n")


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        ((), "dataprep check rows.jsonl --fix=all --diff"),
        (("--target", "openai-chat"), "dataprep check rows.jsonl --target openai-chat --fix=all"),
        (("--ignore", "C009"), "dataprep check rows.jsonl --ignore C009 --fix=all --diff"),
        (("--select", "C0"), "dataprep check rows.jsonl --select C0 --fix=all --diff"),
        (
            ("--select", "C0", "--select", "J", "--target", "openai:gpt-4o-mini"),
            "dataprep check rows.jsonl --target openai:gpt-4o-mini --select C0,J --fix=all --diff",
        ),
        (
            ("--no-near-duplicates", "--fail-on", "info"),
            "dataprep check rows.jsonl --fail-on info --no-near-duplicates --fix=all --diff",
        ),
        (("rows.jsonl",) * 3, "the same with --fix=all --diff"),
    ],
)
def test_what_can_be_mended_is_looked_at_by_a_whole_command(
    flags: tuple[str, ...], named: str, rows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    turns = [{"role": "user", "content": "What is 1?"}, {"role": "assistant", "content": " "}]
    rows.write_text(json.dumps({"messages": turns}) + "\n")
    assert run(["check", "rows.jsonl", *flags]) == 1
    (line,) = [x for x in capsys.readouterr().out.splitlines() if x.startswith("Fixable: ")]
    assert f"See first: {named}" in line


def test_a_dry_run_says_that_nothing_was_sent_and_what_else_there_is(
    rows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["convert", "rows.jsonl", "--to", "openai-chat", "-o", "out"])
    capsys.readouterr()
    assert run(["train", "openai", "out", "--max-cost", "0", "--dry-run"]) == 0
    said = capsys.readouterr().err
    assert said.startswith("Nothing was sent, and the job would be refused: ")
    assert said.endswith(" Other roads: dataprep advise out\n")


def test_a_dry_run_whose_gates_are_open_says_how_the_job_is_started(
    rows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = [{"prompt": f"What is {n} and 1?", "completion": f"It is {n + 1}."} for n in range(60)]
    rows.write_text("".join(json.dumps(row) + "\n" for row in more))
    run(["convert", "rows.jsonl", "--to", "openai-chat", "-o", "out"])
    capsys.readouterr()
    model = ("--model", "meta-llama/Llama-3.3-70B-Instruct")
    assert run(["train", "nebius", "out", *model, "--dry-run"]) == 0
    said = capsys.readouterr().err
    assert (
        said == "Nothing was sent. To start the job, which asks first: the same without --dry-run\n"
    )
