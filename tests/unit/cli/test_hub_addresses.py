"""An address of the Hub is read where data sets are read, and is no folder elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataprep.cli import run
from dataprep.cli.addresses import refuse_addresses
from dataprep.finding import UsageError
from tests.command_tree import commands

ADDRESS = "hf://datasets/ada/faq"
FIRST = f"Make an output of it first: dataprep convert {ADDRESS} --to openai-chat"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "command", ["show", "advise", "verify", "evaluate", "push", "train openai"]
)
@pytest.mark.parametrize("typed", [ADDRESS, "hf:/datasets/ada/faq"])
def test_a_command_that_reads_what_lies_here_says_how_to_get_it(
    command: str, typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command.split(), typed]) == 2
    said = capsys.readouterr().err
    assert f"{ADDRESS} lies on the Hugging Face Hub" in said
    assert FIRST in said


@pytest.mark.parametrize("flag", [["-o", ADDRESS], [f"--out={ADDRESS}"], ["--out", ADDRESS]])
def test_nothing_is_written_to_a_folder_of_that_name(
    flag: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.jsonl").write_text('{"prompt": "Who?", "completion": "Ann."}\n')
    assert run(["convert", "a.jsonl", "--to", "alpaca", *flag]) == 2
    assert "hf upload OWNER/NAME FOLDER --repo-type=dataset" in capsys.readouterr().err
    assert [path.name for path in Path().iterdir()] == ["a.jsonl"]


@pytest.mark.parametrize("more", [["--fix"], ["--fix=all", "--diff"], ["--fix", "-o", "b.jsonl"]])
def test_what_is_mended_is_downloaded_first(
    more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", ADDRESS, *more]) == 2
    assert "hf download ada/faq --repo-type=dataset --local-dir FOLDER" in capsys.readouterr().err


def test_a_text_to_be_answered_may_begin_like_an_address() -> None:
    refuse_addresses(["predict", "runs/t5", "hf:// is what?"])


def test_those_that_read_a_data_set_read_it_from_the_hub() -> None:
    read = set()
    for command in commands():
        try:
            refuse_addresses([*command, ADDRESS])
        except UsageError:
            continue
        read.add(" ".join(command))
    open_ = {f"train {kind}" for kind in ("t5", "llama", "mistral", "dpo", "kto", "grpo")}
    assert read == {"convert", "check", "init", *open_}
