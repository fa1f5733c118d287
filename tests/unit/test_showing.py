"""`show --tokens`: what is read, what is learned, token by token."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from dataprep import showing
from dataprep.cli import run
from dataprep.conversion.run import convert
from dataprep.finding import NothingToDo, UsageError
from dataprep.recipe import Recipe
from dataprep.recipe_file import parse
from dataprep.report import show_tokens
from dataprep.tokens import Shown

ROWS = "".join(
    f'{{"prompt": "What is {n} and {n}?", "completion": "It is {n + n}."}}\n' for n in range(80)
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("shown")
    (base / "rows.jsonl").write_text(ROWS, "utf-8")
    recipe: Recipe = parse(
        "sources: [{path: rows.jsonl}]\n"
        "targets: [{name: causal, vocabulary: 300}, {name: t5, vocabulary: 300}, openai-chat]"
    )
    convert(recipe, base, base / "out")
    return base / "out"


def printed(folder: Path, **kwargs: str) -> str:
    stream = io.StringIO()
    rows = showing.tokenised(folder, "train", 1, **kwargs)
    show_tokens(rows, Console(file=stream, width=200, highlight=False))
    return stream.getvalue()


def test_the_tokens_of_a_conversation_show_which_are_learned(folder: Path) -> None:
    (row,) = showing.tokenised(folder, "train", 1, target="causal")
    text = "".join(piece for piece, _ in row.tokens)
    learned = "".join(piece for piece, is_learned in row.tokens if is_learned)
    assert text.startswith("<|user|>What is ")
    assert text.endswith("." + "<|end|>")
    assert learned.startswith("It is ")
    assert text == "<|user|>" + text[8:].split("<|end|>")[0] + "<|end|><|assistant|>" + learned


def test_the_tokens_of_t5_are_its_input_and_then_its_target(folder: Path) -> None:
    (row,) = showing.tokenised(folder, "train", 1)
    read = "".join(piece for piece, is_learned in row.tokens if not is_learned)
    learned = "".join(piece for piece, is_learned in row.tokens if is_learned)
    assert read.strip().startswith("What is ")
    assert learned.strip().startswith("It is ")
    assert learned.endswith("</s>")


def test_blanks_of_a_piece_are_shown_as_signs_among_what_is_learned() -> None:
    stream = io.StringIO()
    shown = Shown("a", [("done", True), (" \n", True), ("\tx", True)])
    show_tokens([shown], Console(file=stream, width=200, highlight=False))
    assert "learned: done| ↵|→x\n" in stream.getvalue()


def test_without_colour_what_is_learned_is_said_in_words(folder: Path) -> None:
    said = printed(folder, target="causal")
    assert "\nlearned: " in said
    assert said.splitlines()[0].endswith("─")
    assert "learned ─" in said


def test_an_example_is_found_by_its_id_in_any_split(folder: Path) -> None:
    ids = (folder / "causal" / "test.ids").read_text().split()
    (row,) = showing.tokenised(folder, "train", 3, wanted=ids[-1], target="causal")
    assert row.id == ids[-1]
    (same,) = showing.tokenised(folder, "train", 3, wanted=ids[-1], target="t5")
    assert same.id == ids[-1]


def test_what_is_not_there_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(NothingToDo, match="has no row ffff"):
        showing.tokenised(folder, "train", 1, wanted="ffff")
    (tmp_path / "rows.jsonl").write_text(ROWS, "utf-8")
    recipe = parse("sources: [{path: rows.jsonl}]\ntargets: [openai-chat]")
    convert(recipe, tmp_path, tmp_path / "out")
    with pytest.raises(UsageError, match=r"has no tokens of any target.*--to t5"):
        showing.tokenised(tmp_path / "out", "train", 1)


def test_a_split_that_is_empty_shows_another_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.jsonl").write_text(ROWS, "utf-8")
    recipe = parse(
        "sources: [{path: rows.jsonl}]\nsplits: {train: 1, validation: 0, test: 0}\n"
        "targets: [{name: t5, vocabulary: 300}]"
    )
    convert(recipe, tmp_path, tmp_path / "out")
    for flags in ([], ["--tokens"]):
        assert run(["show", "out", "--split", "test", "-n", "1", *flags]) == 0
        screen = capsys.readouterr()
        assert screen.err == "The test split of out is empty: shown is train.\n"
        assert "What is" in screen.out
        assert run(["show", "out", "-n", "1", *flags]) == 0
        assert capsys.readouterr().err == ""
    assert run(["show", "out", "--example", "ffff"]) == 3
    assert "has no example ffff" in capsys.readouterr().err
