"""A command that cannot be read is told on one line, as every other error is."""

from __future__ import annotations

import pytest

from dataprep.cli import run
from tests.command_tree import commands, flags, required


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("chek a.jsonl", "There is no command 'chek'. Did you mean dataprep check?"),
        (
            "train lama x",
            "There is no command 'lama' below train. Did you mean dataprep train llama?",
        ),
        ("check a.jsonl --targt t5", "check has no flag --targt. Did you mean --target?"),
        ("check a.jsonl --whatever", "check has no flag --whatever. See: dataprep check --help"),
        ("show", "show needs FOLDER. See: dataprep show --help"),
        ("train dpo out", "train dpo needs --model MODEL. See: dataprep train dpo --help"),
        (
            "show out more",
            "show takes no further argument, and there is more. See: dataprep show --help",
        ),
        ("check a --target", "--target has no value. See: dataprep check --help"),
        ("check a --target t5 --target t5", "--target is given twice. Leave one of the two out."),
        ("check a --output-format jsno", "--output-format is 'jsno'. Did you mean json?"),
        ("check a --fail-on x", "--fail-on is 'x'. It is one of: error, warning, info."),
        ("check a.jsonl --fix all", "all: no such file. Did you mean --fix=all?"),
        ("check --fix safe a.jsonl", "safe: no such file. Did you mean --fix=safe?"),
        ("check a --tokens=maybe", "--tokens is 'maybe'. Give the flag alone."),
    ],
)
def test_what_cannot_be_read_is_said_with_what_to_type(
    line: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(line.split()) == 2
    assert capsys.readouterr() == ("", f"dataprep: {said}\n")


@pytest.mark.parametrize("words", [*commands()], ids=" ".join)
@pytest.mark.parametrize("given", [("-o", "-"), ("--out=-",), ("--output", "-")])
def test_no_command_takes_standard_output_for_the_name_of_its_output(
    words: tuple[str, ...], given: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*words, *required(words), *given]) == 2
    flag, said = given[0].partition("=")[0], capsys.readouterr().err
    if flag in flags(words):
        assert said == (
            f"dataprep: {flag} names a file or a folder, and - is standard output."
            " Give a name; one that is really called so is ./-\n"
        )
    else:
        assert said.startswith(f"dataprep: {' '.join(words)} has no flag {flag}. ")


def test_seven_and_more_commands_write_where_they_are_told() -> None:
    assert len([words for words in commands() if "-o" in flags(words)]) > 7


def test_without_a_near_one_all_commands_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["xyzzy"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("dataprep: There is no command 'xyzzy'. It has: ")
    named = said.partition(": ")[2].partition(": ")[2].rstrip(".\n").split(", ")
    assert named == list(dict.fromkeys(words[0] for words in commands()))


@pytest.mark.parametrize("words", [*commands()], ids=" ".join)
def test_every_command_tells_of_a_flag_it_does_not_have_and_of_one_argument_too_many(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*words, *required(words), "--no-such-flag"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"dataprep: {' '.join(words)} has no flag --no-such-flag. ")
    assert said.count("\n") == 1
