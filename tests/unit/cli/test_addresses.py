"""An address in the place of a file is named as it was typed: nothing is fetched."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataprep import check, convert
from dataprep.advising.advice import advise
from dataprep.cli import run
from dataprep.finding import UsageError

PAGE = "https://example.com/x.csv"
SAID = f"{PAGE} is an address, and nothing is fetched: files of this machine are read."
COMMANDS = (
    *("convert ADDRESS --to t5", "init ADDRESS", "check ADDRESS", "advise ADDRESS", "show ADDRESS"),
    *("verify ADDRESS", "train t5 ADDRESS", "train openai ADDRESS", "evaluate ADDRESS"),
    *(
        "push ADDRESS",
        "check -q ADDRESS --fix",
        "convert --recipe ADDRESS",
        "init a --settled=ADDRESS",
    ),
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_takes_files_says_how_to_get_it(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command.replace("ADDRESS", PAGE).split()) == 2
    said = capsys.readouterr().err
    assert said == f"dataprep: {SAID} Download it first: curl -LO {PAGE}\n"


@pytest.mark.parametrize(
    ("address", "remedy"),
    [
        ("s3://bucket/a b.csv", "Download it first: aws s3 cp 's3://bucket/a b.csv' ."),
        ("gs://bucket/x.csv", "Download it first: gcloud storage cp gs://bucket/x.csv ."),
        ("az://box/x.csv", "Download it, and name the file: x.csv"),
        ("https://example.com/x.csv?sig=s3cr3t", "Download it, and name the file: x.csv"),
        ("file:///tmp/x.csv", "Write the path alone: /tmp/x.csv"),
    ],
)
def test_brothers_of_the_web_are_told_too(
    address: str, remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["convert", address, "--to", "t5"]) == 2
    said = capsys.readouterr().err
    assert said.endswith(f"{remedy}\n")
    assert "s3cr3t" not in said


def test_no_folder_of_that_name_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.csv").write_text("prompt,completion\nWho?,Ann.\n")
    assert run(["convert", "a.csv", "--to", "alpaca", "-o", "s3://bucket/out"]) == 2
    assert "outputs are written to this machine" in capsys.readouterr().err
    assert [path.name for path in Path().iterdir()] == ["a.csv"]


def test_from_python_it_is_told_too() -> None:
    with pytest.raises(UsageError, match="is an address, and nothing is fetched"):
        convert(PAGE, to="alpaca")
    with pytest.raises(UsageError, match="is an address, and nothing is fetched"):
        check(PAGE)
    with pytest.raises(UsageError, match="is an address, and nothing is fetched"):
        advise(Path(PAGE))


def test_a_page_of_the_hub_keeps_its_hint(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "https://huggingface.co/datasets/ada/faq"]) == 2
    assert "hf://datasets/ada/faq" in capsys.readouterr().err


def test_the_address_of_a_server_is_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    run(["evaluate", "nowhere", "--endpoint", "http://127.0.0.1:9/v1", "--model", "m"])
    assert "is an address" not in capsys.readouterr().err
