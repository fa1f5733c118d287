"""What the help and the documentation show is typed as it stands, in a folder with what it names.

What needs a server, or weights that nobody has here, is read by the parser of the command line.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dataprep.cli import app, run
from dataprep.cli.flag_owners import known_command, mentions, takes
from tests.acceptance.conftest import ROOT, SAMPLES
from tests.command_tree import commands
from tests.documented import ShownLine, inline_lines, shown_lines

LINES = shown_lines()

WEIGHTS = "weights of the hub: tests/long/test_documented_trainings.py runs it with small ones"
RUN = "the folder of a training: tests/long/test_documented_trainings.py makes one"
PAID = "a paid job, a key and a server: tests/unit/trainers plays the server"
STUDIO = "a Label Studio server: tests/unit/server plays one, and tests/real starts one"
PARSED = {
    "train t5": WEIGHTS,
    "train llama": WEIGHTS,
    "train mistral": WEIGHTS,
    "train dpo": WEIGHTS,
    "train kto": WEIGHTS,
    "train grpo": WEIGHTS,
    "predict": RUN,
    "chat": RUN,
    "export": RUN,
    "evaluate": RUN,
    "train openai out/ --yes": PAID,
    "train azure out/ --model": PAID,
    "train nebius out/ --model NAME": PAID,
    "train together out/ --model NAME": PAID,
    "train openai --attach": PAID,
    "jobs": PAID,
    "rescue": PAID,
    "push": STUDIO,
    "pull": STUDIO,
    "convert pulled/export.json --label-config pulled/config.xml --settled": STUDIO,
}
"""How the lines begin that are read and not run, and why."""

CODES = {"check train.jsonl --fix=all": 0, "check train.jsonl": 1}
"""Of lines whose code is another than 0: train.jsonl has errors, as that of the README has."""


def why_parsed(shown: ShownLine) -> str:
    """Why a line is read and not run; empty for one that is run."""
    line = " ".join(shown.words)
    return next((why for begun, why in PARSED.items() if line.startswith(begun)), "")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the documentation names."""
    desk = tmp_path_factory.mktemp("desk")
    (desk / "samples").symlink_to(SAMPLES)
    chats = [
        {"messages": [{"role": role, "content": f"{text} {n}"} for role, text in turns]}
        for n in range(40)
        for turns in [[("user", "Which town lies by river"), ("assistant", "The old town of")]]
    ]
    lines = [json.dumps(chat) + "\n" for chat in chats]
    empty = lines[0].replace("The old town of 0", "")
    (desk / "train.jsonl").write_text("".join([*lines, empty]))
    (desk / "validation.jsonl").write_text(lines[3].replace("river 3", "river 3000"))
    (desk / "data").mkdir()
    (desk / "data/chats.jsonl").write_text("".join(lines))
    rows = ["id,context,question,answer,source"]
    rows += [f'{n},"The river is {n} km.","How long is it?","{n} km",atlas' for n in range(20)]
    (desk / "reading.csv").write_text("\n".join(rows))
    with (desk / "labels.jsonl").open("w") as file:
        for n in range(20):
            entry = {"id": n, "text": f"Ada met Bob {n}.", "label": [[0, 3, "PER"], [8, 11, "PER"]]}
            file.write(json.dumps(entry) + "\n")
    shutil.make_archive(str(desk / "labels"), "zip", desk, "labels.jsonl")
    (desk / "pulled").mkdir()
    for folder in (desk, desk / "pulled"):
        tasks = json.loads((SAMPLES / "classification/export.json").read_text("utf-8"))
        (folder / "export.json").write_text(json.dumps(tasks[:300]))
        shutil.copy(SAMPLES / "classification/config.xml", folder / "config.xml")
    targets = "openai-chat,azure,together,nebius,t5,causal"
    made = [str(desk / "data/chats.jsonl"), "--to", targets, "-o", str(desk / "made"), "-q"]
    assert run(["convert", *made]) == 0
    return desk


@pytest.fixture
def typing(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, stood in, with a home of its own and no key, and a whole out/."""
    monkeypatch.chdir(desk)
    monkeypatch.setenv("HOME", str(desk / "home"))
    monkeypatch.setenv("SHELL", "/bin/bash")
    for key in ("OPENAI_API_KEY", "NEBIUS_API_KEY", "TOGETHER_API_KEY", "AZURE_OPENAI_API_KEY"):
        monkeypatch.delenv(key, raising=False)
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://birds.openai.azure.com")
    for left in ("out", "dataprep.yaml", "train.fixed.jsonl", "new.jsonl"):
        path = desk / left
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    shutil.copytree(desk / "made", desk / "out")
    return desk


RUN_LINES = [shown for shown in LINES if not why_parsed(shown)]


@pytest.mark.parametrize("shown", RUN_LINES, ids=lambda shown: f"{shown.where}: {shown.line}")
def test_a_line_that_is_shown_runs_as_it_stands(
    shown: ShownLine, typing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if shown.words[0] == "convert":
        shutil.rmtree("out")
    wanted = next(
        (code for begun, code in CODES.items() if " ".join(shown.words).startswith(begun)), 0
    )
    assert run(shown.words) == wanted, capsys.readouterr()


@pytest.mark.parametrize(
    "shown", [shown for shown in LINES if why_parsed(shown)], ids=lambda shown: shown.line
)
def test_a_line_that_needs_a_server_or_weights_is_read(shown: ShownLine) -> None:
    app.parse_args(shown.words, exit_on_error=False, print_error=False)


def test_every_command_shows_an_example_and_no_reason_is_left_over() -> None:
    helped = {shown.where for shown in LINES}
    assert {f"dataprep {' '.join(words)} --help" for words in commands()} <= helped
    lines = [" ".join(shown.words) for shown in LINES]
    assert not [begun for begun in PARSED if not any(line.startswith(begun) for line in lines)]
    assert len(RUN_LINES) > 25


@pytest.mark.parametrize("words", [*commands()], ids=" ".join)
def test_an_example_stands_on_one_line_of_eighty_columns(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run([*words, "--help"]) == 0
    said = capsys.readouterr().out.splitlines()
    mine = [shown for shown in LINES if shown.where == f"dataprep {' '.join(words)} --help"]
    for shown in mine:
        assert shown.line in [line.strip().removeprefix("Example: ") for line in said]


@pytest.mark.parametrize("shown", inline_lines(), ids=lambda shown: f"{shown.where}: {shown.line}")
def test_a_command_within_a_sentence_is_one_and_has_the_flags(shown: ShownLine) -> None:
    words = shown.line.split()[1:]
    command = known_command(words)
    assert command or words[0].isupper() or words[0].startswith("--")
    for each in mentions(shown.line):
        assert each.is_told or takes(command, each.flag), shown.line


def test_the_documents_are_where_they_were() -> None:
    assert (ROOT / "docs" / "check.md").is_file()
    assert len(inline_lines()) > 40
