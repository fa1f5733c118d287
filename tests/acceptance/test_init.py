"""`init` writes a recipe for whatever can be read; what it guessed it says, and shows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from dataprep.cli import run
from dataprep.recipe_file import load
from tests.acceptance.conftest import Run
from tests.building import GOOD, SENTIMENT, annotated, of_task

STORY = "It was a dark night, and the rain fell on the old town by the river.\n\n" * 40


def table(path: Path, *rows: dict[str, Any]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def odd_columns(folder: Path) -> Path:
    text = "zeta,eta,theta\n" + "".join(f"hello there {n},so it goes {n},x{n}\n" for n in range(9))
    (folder / "odd.csv").write_text(text)
    return folder / "odd.csv"


def one_column(folder: Path) -> Path:
    (folder / "one.csv").write_text("text\n" + "".join(f"line {n} of a text\n" for n in range(9)))
    return folder / "one.csv"


def nested(folder: Path) -> Path:
    rows = ({"meta": {"a": n}, "body": {"q": f"why {n} so?", "a": f"for {n}"}} for n in range(9))
    table(folder / "deep.jsonl", *rows)
    return folder / "deep.jsonl"


def numbers(folder: Path) -> Path:
    (folder / "n.csv").write_text("a,b,c\n" + "".join(f"{n},{n * 2},{n * 3}\n" for n in range(9)))
    return folder / "n.csv"


def strange_names(folder: Path) -> Path:
    rows = (
        {"1st side!": f"text {n} of it", 'a "b"': f"more {n} of it", "row": n} for n in range(9)
    )
    table(folder / "strange.jsonl", *rows)
    return folder / "strange.jsonl"


def story(folder: Path) -> Path:
    (folder / "story.txt").write_text(STORY)
    return folder / "story.txt"


def in_a_template(folder: Path) -> Path:
    text = "<|im_start|>user\nWho are you?<|im_end|>\n<|im_start|>assistant\nA bird.<|im_end|>\n"
    (folder / "chatml.txt").write_text(text)
    return folder / "chatml.txt"


def rejected(folder: Path) -> Path:
    """A column that judges, of which nothing says what becomes of it."""
    table(folder / "j.jsonl", *({"note": f"a b c {n}", "approved": n % 2 > 0} for n in range(9)))
    return folder / "j.jsonl"


def mixed(folder: Path) -> Path:
    inside = folder / "mixed"
    inside.mkdir()
    for make in (odd_columns, story, nested, one_column):
        make(inside)
    return inside


def columnar(folder: Path) -> Path:
    frame = pl.DataFrame({"when": list(range(9)), "vec": [[1.5, n] for n in range(9)]})
    frame.write_parquet(folder / "c.parquet")
    return folder / "c.parquet"


@pytest.mark.parametrize(
    "make",
    [
        *(odd_columns, one_column, nested, numbers, strange_names, story, in_a_template),
        *(rejected, mixed, columnar),
    ],
)
def test_what_can_be_read_gets_a_recipe_that_converts(
    make: Callable[[Path], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    source = make(tmp_path).relative_to(tmp_path)
    assert run(["init", str(source)]) == 0
    said = capsys.readouterr()
    assert "as they would become" in said.err + said.out
    assert re.search("guessed|is in a chat template", Path("dataprep.yaml").read_text())
    assert run(["convert", "-o", "out", "--drop-invalid", "--quiet"]) == 0
    assert sum(json.loads(Path("out/manifest.json").read_text())["splits"].values()) > 0


@pytest.mark.parametrize("seed", range(25))
def test_a_table_of_anything_gets_a_recipe(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    dice = Random(seed)  # noqa: S311
    values: list[Callable[[int], Any]] = [
        lambda n: n,
        lambda n: n % 2 > 0,
        lambda n: f"word{n % 3}",
        lambda n: f"a few words of number {n}",
        lambda n: [f"one {n}", f"two {n}"],
        lambda n: {"inner key": f"text that lies deep {n}", "m": n},
        lambda _: None,
        lambda n: f"2026-01-{n + 1:02d}",
    ]
    pool = ["id", "question", "split", "label", "Ünïcode", "x-y", "text", "notes", "rating", "a.b"]
    names = dice.sample(pool, dice.randint(2, 6))
    kinds = [dice.choice(values) for _ in names]
    kinds[0] = values[3]
    table(
        tmp_path / "t.jsonl",
        *(dict(zip(names, (k(n) for k in kinds), strict=True)) for n in range(12)),
    )
    assert run(["init", "t.jsonl"]) == 0
    assert run(["convert", "-o", "out", "--drop-invalid", "--quiet"]) == 0


def test_what_is_said_by_flags_stands_in_the_recipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    odd_columns(tmp_path)
    flags = ["--prompt", "Say: {{ eta }}", "--completion", "{{ theta }}", "--system", "You speak."]
    assert run(["init", "odd.csv", *flags]) == 0
    (source,) = load(Path("dataprep.yaml")).sources
    assert (source.prompt, source.completion, source.system) == (
        "Say: {{ eta }}",
        "{{ theta }}",
        "You speak.",
    )
    assert "guessed" not in Path("dataprep.yaml").read_text()


def test_several_sources_stand_in_one_recipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    odd_columns(tmp_path)
    story(tmp_path)
    assert run(["init", "odd.csv", "story.txt"]) == 0
    assert [one.path for one in load(Path("dataprep.yaml")).sources] == ["odd.csv", "story.txt"]


def test_the_preview_shows_an_example_of_each_of_a_few_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    table(tmp_path / "chat.jsonl", *({"prompt": f"Who {n}?", "completion": "I."} for n in range(9)))
    for one in (odd_columns, one_column, nested, numbers):
        one(tmp_path)
    assert run(["init", ".", "-o", "r.yaml"]) == 0
    shown = [line for line in capsys.readouterr().err.splitlines() if " ───" in line]
    files = [line.split()[1].rpartition(":")[0] for line in shown if ":" in line]
    assert files == ["chat.jsonl", "deep.jsonl", "n.csv", "odd.csv"]


def test_many_texts_that_are_read_alike_are_one_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts").mkdir()
    for n in range(30):
        (tmp_path / "texts" / f"{n}.txt").write_text(STORY.replace("dark", f"dark {n}"))
    assert run(["init", "texts"]) == 0
    (source,) = load(Path("dataprep.yaml")).sources
    assert (source.path, source.way) == ("texts", "continuation")


@pytest.mark.parametrize("name", ["config.xml", "label_config.xml"])
def test_a_labeling_config_beside_an_export_is_taken_and_said(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(SENTIMENT)
    (tmp_path / "export.json").write_text(json.dumps([of_task("Text", annotated(GOOD))]))
    assert run(["init", "export.json"]) == 0
    assert f"{name} stands beside the export: taken" in re.sub(r"\s+", " ", capsys.readouterr().err)
    assert load(Path("dataprep.yaml")).sources[0].label_config == name


@pytest.mark.parametrize("config", [SENTIMENT.replace("sentiment", "other"), "<a", "<server/>"])
def test_a_config_that_is_not_of_the_export_is_not_taken(
    config: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.xml").write_text(config)
    (tmp_path / "export.json").write_text(json.dumps([of_task("Text", annotated(GOOD))]))
    assert run(["init", "export.json"]) == 0
    assert load(Path("dataprep.yaml")).sources[0].label_config is None
    assert run(["convert", "-o", "out", "--quiet"]) == 0


def test_an_export_that_nobody_has_answered_gets_one_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "export.json").write_text(json.dumps([of_task("Text"), of_task("More", id=2)]))
    (tmp_path / "config.xml").write_text(SENTIMENT)
    assert run(["init", "export.json"]) == 0
    load(Path("dataprep.yaml"))


@pytest.mark.parametrize("name", ["nowhere.csv", "broken.json", "empty.jsonl"])
def test_what_cannot_be_read_is_refused_in_words(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.json").write_text('[{"a": ')
    (tmp_path / "empty.jsonl").write_text("")
    assert run(["init", name]) in (2, 3)
    assert name in capsys.readouterr().err
    assert not Path("dataprep.yaml").exists()


def test_a_recipe_in_another_folder_names_its_sources_from_there(
    dataprep: Run, tmp_path: Path
) -> None:
    (tmp_path / "data" / "sst").mkdir(parents=True)
    (tmp_path / "data" / "sst" / "rows.csv").write_text("prompt,completion\na,b\nc,d\n")
    (tmp_path / "recipes").mkdir()
    for given in ("data/sst", "data/sst/rows.csv", "recipes/../data/sst/rows.csv"):
        made = dataprep("init", given, "-o", "recipes/one.yaml")
        assert made.returncode == 0, made.stderr
        assert "../data/sst" in (tmp_path / "recipes" / "one.yaml").read_text()
        done = dataprep("convert", "--recipe", "recipes/one.yaml", "--to", "alpaca", "-o", "out")
        assert done.returncode == 0, done.stderr
        (tmp_path / "recipes" / "one.yaml").unlink()


@pytest.mark.parametrize(
    ("keys", "order"),
    [
        (("en", "fr"), "Translate the text from English into French."),
        (("zh-CN", "de"), "Translate the text from Chinese into German."),
    ],
)
def test_a_text_in_two_languages_is_to_be_translated(
    dataprep: Run, tmp_path: Path, keys: tuple[str, str], order: str
) -> None:
    rows = [{"translation": {keys[0]: f"House {n}", keys[1]: f"Haus {n}"}} for n in range(4)]
    (tmp_path / "wmt.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert dataprep("init", "wmt.jsonl", "-o", "made.yaml").returncode == 0
    assert dataprep("convert", "--recipe", "made.yaml", "--to", "alpaca").returncode == 0
    written = [
        json.loads(line) for path in (tmp_path / "out").glob("alpaca/*") for line in path.open()
    ]
    assert {row["instruction"] for row in written} == {f"{order}\n\nHouse {n}" for n in range(4)}
