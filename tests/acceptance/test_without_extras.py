"""Every command in an environment without extras: it works, or names the one that it lacks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cyclopts import App

from dataprep.cli import app, run
from tests import without_extras
from tests.commands import World

CHAT = ("--to", "openai-chat", "-o", "made")
CHUNKS = ("--way", "chunks", *CHAT)
LONG = "The answer to this question is a sentence of many words, so that its language is plain. "

WORKS: tuple[tuple[str, ...], ...] = (
    ("--version",),
    ("doctor",),
    ("completion", "bash"),
    ("init", "rows.jsonl", "-o", "made.yaml"),
    ("convert", "rows.jsonl", *CHAT),
    ("convert", "rows.parquet", *CHAT),
    ("convert", "export.json", "--label-config", "config.xml", *CHAT),
    ("check", "rows.jsonl"),
    ("check", "rows.jsonl", "--tokens"),
    ("check", "t5"),
    ("explain", "J003"),
    ("show", "chat"),
    ("verify", "t5"),
    ("schema",),
    ("providers",),
    ("advise", "chat"),
    ("train", "openai", "chat", "--dry-run"),
    ("train", "azure", "chat", "--dry-run", "--model", "gpt-4o", "--base-url", "https://a.test"),
    ("train", "nebius", "chat", "--dry-run", "--model", "meta-llama/Llama-3.1-8B-Instruct"),
    ("train", "together", "chat", "--dry-run", "--model", "meta-llama/Llama-3.1-8B-Instruct"),
    ("jobs", "--local"),
)
ENDPOINT = ("--endpoint", "http://127.0.0.1:9/v1", "--model", "m", "--split", "train")
LACKS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("train", "sentencepiece", ("convert", "rows.jsonl", "--to", "t5", "-o", "made")),
    ("train", "transformers", ("convert", "rows.jsonl", "--to", "causal", "-o", "made")),
    ("train", "sentencepiece", ("check", "rows.jsonl", "--tokens", "--tokenizer", "spiece.model")),
    ("train", "tokenizers", ("check", "rows.jsonl", "--tokens", "--tokenizer", "tokenizer.json")),
    ("train", "sentencepiece", ("show", "t5", "--tokens")),
    ("excel", "openpyxl", ("convert", "rows.xlsx", *CHAT)),
    ("excel", "openpyxl", ("check", "rows.xlsx")),
    ("documents", "python-docx", ("convert", "book.docx", *CHUNKS)),
    ("documents", "pypdf", ("convert", "paper.pdf", *CHUNKS)),
    ("documents", "trafilatura", ("convert", "page.html", *CHUNKS)),
    ("documents", "trafilatura", ("init", "page.html", "-o", "other.yaml")),
    ("language", "py3langid", ("check", "long.jsonl", "--language", "en")),
    ("spacy", "spacy", ("convert", "words.spacy", *CHAT)),
    ("train", "torch", ("train", "t5", "t5")),
    ("train", "torch", ("train", "t5", "t5", "--plan")),
    ("train", "torch", ("train", "llama", "causal")),
    ("train", "torch", ("train", "mistral", "causal")),
    ("preference", "torch", ("train", "dpo", "pairs", "--model", "here")),
    ("preference", "torch", ("train", "kto", "verdicts", "--model", "here")),
    (
        "preference",
        "torch",
        ("train", "grpo", "items", "--model", "here", "--grader", "grader.json"),
    ),
    ("openai", "openai", ("train", "openai", "long", "--yes", "--accept", "shutdown")),
    ("openai", "openai", ("jobs",)),
    ("openai", "openai", ("jobs", "--cancel", "ftjob-1")),
    ("openai", "openai", ("rescue", "-o", "rescued")),
    ("openai", "openai", ("evaluate", "chat", *ENDPOINT, "-o", "asked")),
    ("train", "sentencepiece", ("train", "t5", "rows.jsonl", "-o", "runs/new")),
    ("train", "torch", ("predict", "runs/one", "rows.jsonl")),
    ("train", "torch", ("predict", "runs/one", "a text")),
    ("train", "transformers", ("chat", "runs/one")),
    ("train", "torch", ("export", "runs/one", "--to", "merged")),
    ("label-studio", "label-studio-sdk", ("push", "text.md", "--project", "1")),
    ("label-studio", "label-studio-sdk", ("pull", "--project", "1", "-o", "pulled")),
)


def leaves(command: App, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of each command that does something."""
    below = [name for name in command if not name.startswith("-")]
    if not below:
        yield path
    for name in below:
        yield from leaves(command[name], (*path, name))


COMMANDS = list(leaves(app))

Answers = dict[tuple[str, ...], dict[str, Any]]
"""By command line: `code`, `out` and `err`."""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """What each command line says and leaves with, all in one process without extras."""
    world = World(tmp_path_factory.mktemp("bare"))
    _write_more(world.whole)
    lines = [*WORKS, *(line for *_, line in LACKS), *((*c, "--help") for c in COMMANDS)]
    done = subprocess.run(
        [sys.executable, without_extras.__file__],
        input=json.dumps(lines),
        cwd=world.whole,
        env={
            **os.environ,
            "COLUMNS": "300",
            "OPENAI_API_KEY": "sk-" + "x" * 40,
            "LABEL_STUDIO_API_KEY": "x" * 40,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(lines, json.loads(done.stdout), strict=True))


def _write_more(folder: Path) -> None:
    """Folders for trainings of each kind, and texts whose language can be told."""
    kinds = {
        "long": ({"prompt": LONG + "{}?", "completion": LONG + "{}."}, "openai-chat"),
        "pairs": ({"prompt": "Q {}?", "chosen": "A {}.", "rejected": "B {}."}, "preference"),
        "verdicts": ({"prompt": "Q {}?", "completion": "A {}."}, "kto"),
        "items": ({"prompt": "Q {}?", "completion": "A {}."}, "reinforcement"),
    }
    before = Path.cwd()
    os.chdir(folder)
    try:
        for name, (row, target) in kinds.items():
            rows = [{k: v.format(n) for k, v in row.items()} for n in range(16)]
            if name == "verdicts":
                rows = [{**each, "label": n % 2 == 0} for n, each in enumerate(rows)]  # type: ignore[dict-item]
            Path(f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
            assert run(["convert", f"{name}.jsonl", "--to", target, "-o", name]) == 0
        flags = ["--tokenizer", "t5/t5/tokenizer", "-o", "causal"]
        assert run(["convert", "rows.jsonl", "--to", "causal", *flags]) == 0
    finally:
        os.chdir(before)
    (folder / "here").mkdir()
    (folder / "words.spacy").write_bytes(b"\x78\x9c")
    grader = {"type": "string_check", "name": "same", "operation": "eq"}
    sides = {"input": "{{sample.output_text}}", "reference": "{{item.answer}}"}
    (folder / "grader.json").write_text(json.dumps(grader | sides), "utf-8")


def test_every_command_is_tried() -> None:
    tried = [*WORKS, *(line for *_, line in LACKS)]
    missed = [c for c in COMMANDS if not any(line[: len(c)] == c for line in tried)]
    assert ("train", "t5") in COMMANDS
    assert missed == []


def test_the_environment_lacks_every_extra_and_nothing_else() -> None:
    kept = without_extras.base()
    assert {"cyclopts", "polars", "rich", "attrs"} <= kept
    assert not kept & {"torch", "transformers", "openai", "httpx", "tokenizers", "huggingface-hub"}


def test_the_help_of_a_command_needs_no_extra(answers: Answers) -> None:
    """In one test, as the two after it: what all say is asked for once."""
    wrong = [
        (command, answer)
        for command in COMMANDS
        if (answer := answers[*command, "--help"])["code"] != 0
        or answer["err"]
        or not answer["out"].startswith(f"Usage: dataprep {' '.join(command)}")
    ]
    assert wrong == []


def test_what_needs_no_extra_works(answers: Answers) -> None:
    assert [(line, answers[line]) for line in WORKS if answers[line]["code"] != 0] == []


def test_a_missing_extra_is_named_in_one_line(answers: Answers) -> None:
    wrong = [
        (line, answer)
        for extra, package, line in LACKS
        if (answer := answers[line])["code"] != 4
        or "Traceback" in answer["err"]
        or answer["err"].splitlines()[-1]
        != f"dataprep: {package} is not installed."
        f" Install it with: pip install 'dataprep-tune[{extra}]'"
    ]
    assert wrong == []
