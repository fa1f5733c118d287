"""Small files of every kind that a command reads, and the commands that read them."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import docx
import openpyxl
import polars as pl

from dataprep import store
from dataprep.cli import run
from dataprep.finding import DataprepError
from tests.building import SENTIMENT, annotated, choices, of_task
from tests.models import sentencepiece_model
from tests.mutating import damaged, damaged_inside, damaged_json

CODES = {0, 1, 2, 3, 4, 5}
FILES = ("rows.jsonl", "rows.json", "rows.csv", "rows.jsonl.gz", "rows.parquet", "rows.arrow")
TEXTS = ("text.md", "page.html", "book.docx", "paper.pdf")
MANIFESTS = ("manifest.json",)


@dataclass(frozen=True, slots=True)
class Case:
    """A file that is damaged, by its path in the world, and the command that then reads it."""

    file: str
    command: tuple[str, ...]
    slow: bool = False


def _cases() -> list[Case]:
    chat = ("--to", "openai-chat", "-o", "made")
    cases = []
    for name in (*FILES, "rows.xlsx"):
        cases += [
            Case(name, ("convert", name, *chat)),
            Case(name, ("convert", name, *chat, "--drop-invalid")),
            Case(name, ("check", name)),
            Case(name, ("init", name, "-o", "made.yaml")),
        ]
    for name in ("rows.jsonl", "rows.jsonl.gz"):
        cases += [
            Case(name, ("check", name, "--fix=all", "-o", f"made.{name}")),
            Case(name, ("check", name, "--fix", "--diff")),
        ]
    for output in ("json", "sarif", "github", "junit"):
        cases.append(Case("rows.jsonl", ("check", "rows.jsonl", "--output-format", output)))
    cases += [Case(name, ("convert", name, "--way", "chunks", *chat)) for name in TEXTS]
    cases += [
        Case("export.json", ("convert", "export.json", "--label-config", "config.xml", *chat)),
        Case("config.xml", ("convert", "export.json", "--label-config", "config.xml", *chat)),
        Case("config.xml", ("init", "export.json", "--label-config", "config.xml", "-o", "m.yaml")),
        Case("recipe.yaml", ("convert", "--recipe", "recipe.yaml", "-o", "made")),
        Case("schema.json", ("check", "rows.jsonl", "--completion-schema", "schema.json")),
        Case("own.json", ("check", "rows.jsonl", "--target", "openai", "--providers", "own.json")),
        Case("pyproject.toml", ("check", "rows.jsonl")),
        Case(
            "spiece.model",
            ("convert", "rows.jsonl", "--to", "t5", "--tokenizer", "spiece.model", "-o", "made"),
        ),
        Case("spiece.model", ("check", "rows.jsonl", "--tokens", "--tokenizer", "spiece.model")),
        Case(
            "tokenizer.json", ("check", "rows.jsonl", "--tokens", "--tokenizer", "tokenizer.json")
        ),
    ]
    chat_files = ("manifest.json", "examples/*", "turns/*", "openai-chat/train.jsonl")
    for inside in chat_files:
        cases += [
            Case(f"chat/{inside}", ("show", "chat")),
            Case(f"chat/{inside}", ("verify", "chat")),
            Case(f"chat/{inside}", ("check", "chat")),
            Case(f"chat/{inside}", ("advise", "chat"), slow=True),
            Case(f"chat/{inside}", ("train", "openai", "chat", "--dry-run")),
            Case(f"chat/{inside}", ("convert", "rows.jsonl", "--to", "openai-chat", "-o", "chat")),
        ]
    for inside in ("manifest.json", "t5/*.parquet", "t5/tokenizer/*"):
        cases += [
            Case(f"t5/{inside}", ("show", "t5", "--tokens")),
            Case(f"t5/{inside}", ("check", "t5")),
        ]
    cases += [
        Case("runs/one/job.jsonl", ("jobs", "--local")),
        Case("kept/asked/endpoints.jsonl", _ASKING, slow=True),
        Case("chat/examples/*", _ASKING, slow=True),
        Case("chat/manifest.json", _ASKING, slow=True),
    ]
    return cases


_ASKING = (
    *(
        "evaluate",
        "chat",
        "--split",
        "train",
        "--endpoint",
        "http://127.0.0.1:9/v1",
        "--model",
        "m",
    ),
    *("--limit", "1", "-o", "kept"),
)


class World:
    """A folder with whole files, and another in which one of them is damaged at a time."""

    def __init__(self, folder: Path) -> None:
        self.whole, self.place = folder / "whole", folder / "place"
        self.whole.mkdir(parents=True)
        before = Path.cwd()
        os.chdir(self.whole)
        try:
            _write_files(self.whole)
        finally:
            os.chdir(before)
        self.cases = _cases()

    def begin(self, case: Case, random: Random) -> dict[str, bytes]:
        """Lay the files out, one of them damaged; their contents, by name."""
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir()
        named = {part.split("/")[0] for part in (case.file, *case.command)}
        named |= {"export.json", "rows.jsonl", "schema.json", "config.xml"}
        for name in sorted(named & {path.name for path in self.whole.iterdir()}):
            source = self.whole / name
            if source.is_dir():
                shutil.copytree(source, self.place / name)
            else:
                shutil.copyfile(source, self.place / name)
        chosen = random.choice(sorted(self.place.glob(case.file)))
        chosen.write_bytes(_damage(chosen, random))
        return {
            str(p.relative_to(self.place)): p.read_bytes()
            for p in self.place.rglob("*")
            if p.is_file()
        }

    def problems(self, case: Case, before: dict[str, bytes], code: object, said: str) -> list[str]:
        """What a command did that none may do, in words."""
        found = []
        if code not in CODES:
            found.append(f"it ended with {code}")
        if any(words in said for words in ("Traceback", "internal error", "panicked")):
            found.append("it shows a traceback")
        if set("\x1b\x9b\u202e") & set(said):
            found.append("a terminal would obey it")
        out = case.command[-1] if case.command[0] == "convert" else "kept"
        changed = [
            name
            for name, content in before.items()
            if not (path := self.place / name).is_file() or path.read_bytes() != content
        ]
        for name in changed:
            if name.split("/")[0] != out or (out == "chat" and code != 0):
                found.append(f"{name} is not as it was")
        made = self.place / out
        if out != "kept" and made.exists() and _is_half(made, out, code):
            found.append("an output is there that is not whole")
        if any(p.name.startswith(".") for p in self.place.iterdir()):
            found.append("something is left behind")
        return found


def _is_half(made: Path, out: str, code: object) -> bool:
    """Whether a new output is not whole; an old one may be damaged where nothing replaced it."""
    try:
        return (out == "made" or code == 0) and bool(store.verify(made))
    except DataprepError:
        return True


def _damage(path: Path, random: Random) -> bytes:
    content = path.read_bytes()
    if path.suffix in (".docx", ".xlsx", ".gz") and random.random() < 0.7:
        return damaged_inside(content, random)
    if path.suffix in (".json", ".jsonl") and random.random() < 0.6:
        return damaged_json(content, random)
    return damaged(content, random)


def ended(case: Case) -> int:
    """The code of a command in this process."""
    return run(list(case.command))


def _write_files(folder: Path) -> None:
    rows = [
        {"prompt": f"What is the capital number {n}?", "completion": f"It is city {n} of {n * 3}."}
        for n in range(8)
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    Path("rows.jsonl").write_text(lines)
    Path("rows.json").write_text(json.dumps({"data": rows, "of": "us"}, indent=1))
    Path("rows.jsonl.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))
    frame = pl.DataFrame(rows)
    frame.write_csv("rows.csv")
    frame.with_columns(tags=pl.lit(["a", "b"]), n=pl.lit(1.5)).write_parquet("rows.parquet")
    frame.write_ipc_stream("rows.arrow")
    book = openpyxl.Workbook()
    book.active.append(["prompt", "completion"])
    for row in rows:
        book.active.append(list(row.values()))
    book.save("rows.xlsx")
    Path("text.md").write_text("# Title\n\nSome words.\n\n## Part\n\n- one\n- two\n" * 3)
    Path("page.html").write_text("<html><body><h1>T</h1><p>Words &amp; more</p></body></html>")
    document = docx.Document()
    document.add_heading("Handbook", 1)
    document.add_paragraph("Read this first.")
    document.save("book.docx")
    Path("paper.pdf").write_bytes(_PDF)
    results = [annotated(choices("Positive"), by=n) for n in range(2)]
    tasks = [of_task(f"A text number {n}.", *results, id=n + 1) for n in range(5)]
    Path("export.json").write_text(json.dumps(tasks))
    Path("config.xml").write_text(SENTIMENT)
    Path("recipe.yaml").write_text(_RECIPE)
    schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^x+$"}}}
    Path("schema.json").write_text(json.dumps(schema))
    Path("own.json").write_text(json.dumps({"providers": [{"name": "openai", "title": "Own"}]}))
    Path("pyproject.toml").write_text(
        '[tool.dataprep.check]\nignore = ["D"]\n'
        '[tool.dataprep.check.per-file."x"]\nignore = ["U"]\n'
    )
    Path("spiece.model").write_bytes(sentencepiece_model([lines] * 9, 60))
    flags = ("--to", "openai-chat", "--to", "prompt-completion", "-o", "chat")
    assert run(["convert", "rows.jsonl", *flags]) == 0
    assert (
        run(["convert", "rows.jsonl", "--to", "t5", "--tokenizer", "spiece.model", "-o", "t5"]) == 0
    )
    shutil.copy(folder / "t5/t5/tokenizer/tokenizer.json", "tokenizer.json")
    _write_ledgers()


def _write_ledgers() -> None:
    Path("runs/one").mkdir(parents=True)
    records = [
        {
            "step": "plan",
            "state": "begin",
            "key": "k",
            "base_url": "u",
            "provider": "openai",
            "model": "m",
            "files": {"train": "x"},
        },
        {"step": "upload", "state": "done", "sha256": "x", "file": "file-1"},
        {"step": "create", "state": "done", "job": "ftjob-1", "key": "k"},
        {"step": "watch", "state": "status", "status": "running", "job": "ftjob-1"},
        {
            "step": "end",
            "state": "done",
            "status": "succeeded",
            "message": "",
            "model": "ft:x",
            "job": "ftjob-1",
        },
    ]
    lines = [json.dumps({"at": "2026-11-01T00:00:00+00:00", **record}) for record in records]
    Path("runs/one/job.jsonl").write_text("\n".join(lines) + "\n")
    Path("kept/asked").mkdir(parents=True)
    kept = {"key": "x", "text": "y", "kind": "answered", "tokens_in": 1, "tokens_out": 2, "why": ""}
    Path("kept/asked/endpoints.jsonl").write_text(json.dumps(kept) + "\n")


def chosen(cases: Sequence[Case], random: Random) -> Case:
    """One of the quick cases; those of a few milliseconds twice as often as the others."""
    cheap = random.random() < 0.7
    return random.choice([c for c in cases if not c.slow and (c.command[0] in _CHEAP) is cheap])


_CHEAP = ("check", "show", "verify", "jobs", "init")

_RECIPE = """\
version: 1
seed: 3
sources:
  - path: export.json
    label_config: config.xml
    control: sentiment
    prompt: |
      {{ instruction }} {{ text }}
    completion: "{{ answer }}"
splits: {train: 0.8, validation: 0.1, test: 0.1}
targets:
  - openai-chat
  - name: prompt-completion
checks:
  ignore: [D001]
  completion_schema: schema.json
"""
_PDF = b"""%PDF-1.4
1 0 obj
<</Type/Catalog/Pages 2 0 R>>
endobj
2 0 obj
<</Type/Pages/Kids[3 0 R]/Count 1>>
endobj
3 0 obj
<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>
endobj
4 0 obj
<</Length 44>>stream
BT /F1 12 Tf 72 700 Td (The first page.) Tj ET
endstream
endobj
5 0 obj
<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>
endobj
trailer
<</Root 1 0 R/Size 6>>
%%EOF
"""
