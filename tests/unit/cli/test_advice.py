"""No message names a command that is none, or a flag that the command lacks that says it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dataprep.cli import run
from dataprep.cli.flag_owners import FlagMention, known_command, mentions, takes, with_owners
from dataprep.rules import CATALOGUE
from tests.command_tree import commands
from tests.messages import ROOT, Message, messages, named_commands

OPEN = [("train", name) for name in ("t5", "llama", "mistral")]
ALIGNED = [("train", name) for name in ("dpo", "kto", "grpo")]
JOBS = [("train", name) for name in ("openai", "azure", "nebius", "together")]
CONVERT, CHECK = ("convert",), ("check",)
SAID_BY: dict[str, list[tuple[str, ...]]] = {
    "dataprep/advising": [("advise",)],
    "dataprep/checker.py": [CHECK],
    "dataprep/fixes": [CHECK],
    "dataprep/settings.py": [CHECK],
    "dataprep/annotation": [CONVERT],
    "dataprep/conversion": [CONVERT],
    "dataprep/shapes": [CONVERT],
    "dataprep/targets": [CONVERT],
    "dataprep/sources/annotated": [CONVERT],
    "dataprep/sources/annotation_tools": [CONVERT],
    "dataprep/report/fixed.py": [CHECK],
    "dataprep/report/findings.py": [CHECK],
    "dataprep/report/tokens.py": [CHECK],
    "dataprep/report/consensus.py": [CONVERT],
    "dataprep/report/providers.py": [("providers",)],
    "dataprep/server/pull.py": [("pull",)],
    "dataprep/server/client.py": [("push",), ("pull",)],
    "dataprep/server/push.py": [("push",)],
    "dataprep/server/sent.py": [("push",)],
    "dataprep/server/wire.py": [("push",)],
    "dataprep/cli/beginning.py": [("init",)],
    "dataprep/cli/validating.py": [CHECK],
    "dataprep/cli/converting.py": [CONVERT],
    "trainers/asking": [("evaluate",)],
    "trainers/export": [("export",)],
    "trainers/predict.py": [("predict",)],
    "trainers/trained.py": [("predict",), ("chat",)],
    "trainers/chat.py": [("chat",)],
    "trainers/rescue": [("rescue",)],
    "trainers/openai/jobs.py": [("jobs",)],
    "trainers/openai/request.py": [("train", "nebius"), ("train", "together")],
    "trainers/openai": JOBS,
    "trainers/dpo.py": [("train", "dpo")],
    "trainers/kto.py": [("train", "kto")],
    "trainers/grpo.py": [("train", "grpo")],
    "trainers/graders.py": [("train", "grpo")],
    "trainers/card.py": [("train", "kto")],
    # What the three alone do: batches of our own, packing, plans, several ranks, 4 bits.
    "trainers/fitting.py": OPEN,
    "trainers/memory_trial.py": OPEN,
    "trainers/options.py": OPEN,
    "trainers/packing.py": OPEN,
    "trainers/planned_ways.py": OPEN,
    "trainers/planning.py": OPEN,
    "trainers/t5.py": OPEN,
    "trainers": OPEN + ALIGNED,
}
"""Who says what stands in a room; what several commands say of one file is told by flag_owners."""

TOLD = (
    "dataprep/formats",
    "dataprep/sources",
    "dataprep/tokens",
    "dataprep/network",
    "dataprep/annotation/config_text.py",
)
"""Rooms whose texts are read to whoever reads a file; a flag of them is of some command."""

PROSE = {"is", "was", "has", "needs", "or", "made", "reads", "wrote", "tex2jax"}
"""Words that follow the name of the project in a sentence about it, and in a class of HTML."""


def said(message: Message) -> bool:
    """Whether it is said to people: not a flag alone, and not a case of the catalogue."""
    return " " in message.text and not message.file.startswith("dataprep/rules/")


def test_every_command_that_a_message_names_is_one() -> None:
    named = [
        (message, words)
        for message in messages()
        for words in named_commands(message.text)
        if words[0] not in PROSE
    ]
    assert len(named) > 60
    assert not [(message, words) for message, words in named if not known_command(words)]


def test_every_flag_that_a_message_names_is_one_of_the_commands_that_say_it() -> None:
    given = [
        (message, each)
        for message in messages()
        if said(message)
        for each in mentions(message.text)
    ]
    assert len(given) > 250
    assert not [(message, each) for message, each in given if not is_taken(message, each)]


def is_taken(message: Message, each: FlagMention) -> bool:
    """Whether the flag is of the command before it, or else of all that say the message."""
    if each.is_told:
        return True
    rooms = [room for room in SAID_BY if f"{message.file}/".startswith(f"{room}/")]
    if any(message.file.startswith(room) for room in TOLD) or not rooms:
        return any(takes(command, each.flag) for command in commands())
    return all(takes(command, each.flag) for command in SAID_BY[max(rooms, key=len)])


def test_every_remedy_of_the_catalogue_says_whose_its_flags_are() -> None:
    """It is read in convert, in check, in explain, and in the documentation."""
    untold = {
        rule.code: [each.flag for each in mentions(text) if not each.is_told]
        for rule in CATALOGUE.values()
        for text in (rule.remedy, rule.why, rule.summary)
    }
    assert len(untold) == len(CATALOGUE)
    assert not {code: flags for code, flags in untold.items() if flags}


CASES = sorted(path for path in (ROOT / "tests/cases").glob("*/bad*.jsonl"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.parent.name)
def test_check_says_of_another_commands_flags_that_they_are_its(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(case, "train.jsonl")
    assert run(["check", "train.jsonl"]) in (0, 1)
    lines = [*filter(None, capsys.readouterr().out.splitlines())]
    assert lines
    for line in lines:
        assert with_owners(line, CHECK) == line or "of dataprep convert." in line


@pytest.mark.parametrize(
    ("text", "command", "said"),
    [
        ("Say it: --way turns.", CHECK, "--way is a flag of dataprep convert."),
        (
            "With --prompt and --carry.",
            CHECK,
            "--prompt and --carry are flags of dataprep convert.",
        ),
        ("Pass --fix.", CONVERT, "--fix is a flag of dataprep check."),
        ("Name them: --labels A.", CONVERT, "--labels is a flag of dataprep push."),
    ],
)
def test_a_flag_that_the_command_lacks_is_told(
    text: str, command: tuple[str, ...], said: str
) -> None:
    assert with_owners(text, command) == f"{text} {said}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Name both with --prompt. A guess: dataprep init a.csv",
            "Name both with --prompt. --prompt is a flag of dataprep convert. A guess: dataprep"
            " init a.csv",
        ),
        (
            "Give its share. For example: --mix a.csv=0.7",
            "Give its share. For example: --mix a.csv=0.7 (--mix is a flag of dataprep convert)",
        ),
        ("Use --way turns", "Use --way turns (--way is a flag of dataprep convert)"),
    ],
)
def test_what_ends_in_something_to_type_runs_into_no_other_sentence(
    text: str, expected: str
) -> None:
    assert with_owners(text, CHECK) == expected


def test_rows_of_unknown_columns_name_their_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "2000")
    rows = "".join(f'{{"zeta": "hello there {n}", "eta": "so it goes {n}"}}\n' for n in range(5))
    Path("my rows.jsonl").write_text(rows)
    for command in ("check", "advise", "convert --to alpaca"):
        first, *flags = command.split()
        assert run([first, "my rows.jsonl", *flags]) != 0
        said = "".join(capsys.readouterr())
        assert "dataprep init 'my rows.jsonl' writes a first guess." in said


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Pass --fix.", CHECK),
        ("Let convert leave the row out: --drop-invalid.", CHECK),
        ("Mend it: dataprep check FILE --fix.", CONVERT),
        ("Make them with: dataprep convert ... --to t5", ("show",)),
        ("Start with: torchrun --nproc-per-node 2 -m dataprep.cli train ...", ("train", "t5")),
        ("--to.jsonl: no such file. Check the path.", CHECK),
        ("There is no flag --whatever-it-is.", CHECK),
    ],
)
def test_nothing_is_added_where_that_is_clear(text: str, command: tuple[str, ...]) -> None:
    assert with_owners(text, command) == text


def test_an_error_of_what_convert_does_is_told_in_another_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    row = '{"question": "And then?", "answer": "He left.", "remark": "scene two of act one"}'
    Path("rows.jsonl").write_text(f"{row}\n")
    assert run(["advise", "rows.jsonl"]) == 2
    assert "are flags of dataprep convert.\n" in capsys.readouterr().err
    assert run(["convert", "rows.jsonl", "--to", "openai-chat"]) == 2
    assert "flags of dataprep" not in capsys.readouterr().err
