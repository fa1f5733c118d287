"""What was trained is asked from the command line: one text, rows in a pipe, and in a chat."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import pytest

from dataprep.cli import run

pytest.importorskip("torch")

FRUIT, TOOL = ("apple", "pear", "plum", "fig"), ("saw", "drill", "axe", "plane")
INSTRUCTION = "Say what it is, fruit or tool.\n\n"
ASKED = (
    "Asked in the words of the training (Say what it is, fruit or tool.); --as-is leaves them out."
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two runs: `runs/t5` and `runs/llama`, which know fruit and tools."""
    folder = tmp_path_factory.mktemp("asked")
    rows = [
        {"name": f"my {name} number {n}", "is": kind}
        for kind, names in (("fruit", FRUIT), ("tool", TOOL))
        for n in range(12)
        for name in names
    ]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    prompt = ("--prompt", INSTRUCTION + "{{ name }}", "--completion", "{{ row['is'] }}")
    typed(folder, "convert", "rows.jsonl", *prompt, "--to", "t5,causal", "-o", "out")
    for kind in ("t5", "llama"):
        quick = ("--epochs", "12", "--batch-tokens", "500")
        typed(folder, "train", kind, "out", "-o", f"runs/{kind}", *quick)
    return folder


def typed(
    folder: Path, *line: str, stdin: str = "", code: int = 0, errors: str = "strict"
) -> tuple[str, str]:
    """What a command said on standard output and on standard error."""
    given = io.TextIOWrapper(io.BytesIO(os.fsencode(stdin)), "utf-8", errors)
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        redirect_stdout(out),
        redirect_stderr(err),
        patch.object(sys, "stdin", given),
        patch.dict(os.environ, {"COLUMNS": "200"}),
    ):
        assert run(list(line)) == code, err.getvalue()
    return out.getvalue(), err.getvalue()


@pytest.mark.parametrize("kind", ["t5", "llama"])
def test_a_text_is_answered_as_its_row_would_be(world: Path, kind: str) -> None:
    said, how = typed(world, "predict", f"runs/{kind}", "my plum number 3")
    assert said == "fruit\n"
    assert how == ASKED + "\n"
    row = json.dumps({"id": "a", "prompt": INSTRUCTION + "my plum number 3"})
    asked, quiet = typed(world, "predict", f"runs/{kind}", "-", stdin=row + "\n")
    assert (json.loads(asked)["completion"], quiet) == ("fruit", "")


def test_a_text_comes_through_a_pipe_too_and_as_it_is_where_it_is_told(world: Path) -> None:
    assert typed(world, "predict", "runs/t5", "-", stdin="my saw number 2\n")[0] == "tool\n"
    worded = INSTRUCTION + "my saw number 2"
    assert typed(world, "predict", "runs/t5", worded, "--as-is") == ("tool\n", "")


def test_answers_go_to_a_folder_where_one_is_named(world: Path) -> None:
    typed(world, "predict", "runs/t5", "my axe number 1", "-o", "said")
    (line,) = (world / "said" / "predictions.jsonl").read_text().splitlines()
    assert json.loads(line)["messages"][-1] == {"role": "assistant", "content": "tool"}


@pytest.mark.parametrize("kind", ["t5", "llama"])
def test_a_chat_answers_line_by_line(world: Path, kind: str) -> None:
    lines = "my fig number 4\n\n/new\n/what\nmy drill number 9\n/quit\nmy saw\n"
    said, how = typed(world, "chat", f"runs/{kind}", stdin=lines)
    assert said == "fruit\ntool\n"
    notes = ["What was said is forgotten.", "/new forgets what was said, /quit ends."]
    assert how.splitlines() == [ASKED, *notes]


def test_a_file_that_is_not_there_is_no_text(world: Path) -> None:
    for name in ("promts.jsonl", "data/prompts"):
        said = typed(world, "predict", "runs/t5", name, code=2)[1]
        assert said == f"dataprep: {name}: No such file or directory. Check the path.\n"


def test_nothing_to_answer_is_said(world: Path) -> None:
    said = typed(world, "predict", "runs/t5", " ", code=2)[1]
    assert "There is no text to answer." in said
    said = typed(world, "predict", "runs/t5", "-", stdin='{"id": 3}\n', code=2)[1]
    assert "standard input:1: The row has no prompt" in said


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
def test_a_text_in_another_encoding_is_refused(world: Path, errors: str) -> None:
    """How Python reads bytes that are no UTF-8 hangs on the locale."""
    latin = os.fsdecode("die Nüsse".encode("latin-1"))
    for line, what in (
        (("predict", "runs/t5", latin), "The text"),
        (("predict", "runs/t5", "-"), "Standard input"),
        (("chat", "runs/llama"), "Standard input"),
        (("chat", "runs/llama", "--system", latin), "The text of --system"),
    ):
        said = typed(world, *line, stdin=f"{latin}\n", code=2, errors=errors)[1]
        assert f"dataprep: {what} is not UTF-8" in said


def test_a_folder_that_is_no_run_is_refused_by_both(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for line in (("predict", "empty", "a text"), ("chat", "empty")):
        said = typed(tmp_path, *line, code=2)[1]
        assert "empty is no finished run of dataprep train." in said


def test_a_text_may_be_longer_than_a_path(world: Path) -> None:
    assert typed(world, "predict", "runs/t5", "my pear " * 2_000)[0].strip()


def test_ctrl_c_ends_an_answer_and_not_the_chat(
    world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainers import chat

    say, stopped = chat.ChatSession.say, iter((True, False))

    def interrupted(self: chat.ChatSession, text: str, show: chat.Show) -> str:
        if next(stopped):
            show("fru")
            raise KeyboardInterrupt
        return say(self, text, show)

    monkeypatch.setattr(chat.ChatSession, "say", interrupted)
    said, how = typed(world, "chat", "runs/t5", stdin="my fig number 4\nmy saw number 2\n")
    assert said == "fru\ntool\n"
    assert how.splitlines()[1:] == ["The answer was stopped, and is forgotten."]


def test_pre_annotations_are_of_a_converted_folder_alone(world: Path) -> None:
    (world / "asked.jsonl").write_text('{"prompt": "my fig number 1"}\n')
    for source in ("my fig number 1", "asked.jsonl", "-"):
        said = typed(world, "predict", "runs/t5", source, "--label-studio", code=2)[1]
        assert "--label-studio is for a folder made by convert" in said
    assert not (world / "predictions").exists()
