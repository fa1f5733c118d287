"""`convert out/ --to TARGET`: the examples of a converted folder take another road."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from dataprep.cli import run
from tests.building import BAD, GOOD, SENTIMENT, annotated, of_task


def said(n: int) -> str:
    """A text that is no near copy of others."""
    chance = Random(n)  # noqa: S311
    return " ".join("".join(chance.choices("abdeiklmnorstu", k=6)) for _ in range(12))


CHAT = [
    {
        "messages": [
            {"role": "system", "content": "You know rivers."},
            {"role": "user", "content": f"Which river flows by {said(n)}?"},
            {"role": "assistant", "content": f"The river {said(n * 7)}.", "weight": n % 2},
            {"role": "user", "content": "And by the next?"},
            {"role": "assistant", "content": f"The brook {n * 11}."},
        ]
    }
    for n in range(30)
]
PAIRS = [
    {"prompt": f"Town {said(n)}?", "chosen": f"River {n}.", "rejected": "A."} for n in range(30)
]
VERDICTS = [
    {"prompt": f"{said(n)}?", "completion": f"River {n}", "label": n % 3 > 0} for n in range(30)
]


def written(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("rows", "first", "then"),
    [
        (CHAT, "openai-chat", "sharegpt"),
        (CHAT, "prompt-completion", "together"),
        (PAIRS, "preference", "trl-preference"),
        (PAIRS, "trl-preference", "openai-chat"),
        (VERDICTS, "kto", "openai-chat"),
        (CHAT, "openai-chat", "causal"),
        (CHAT, "alpaca", "t5"),
    ],
)
def test_the_other_road_is_that_of_the_source_itself(
    tmp_path: Path, rows: list[Any], first: str, then: str
) -> None:
    given = written(tmp_path / "given.jsonl", rows)
    one, other, straight = tmp_path / "one", tmp_path / "other", tmp_path / "straight"
    assert run(["convert", str(given), "--to", first, "-o", str(one), "--quiet"]) == 0
    given.rename(tmp_path / "gone.jsonl")  # nothing is read but the folder
    assert run(["convert", str(one), "--to", then, "-o", str(other), "--quiet"]) == 0
    (tmp_path / "gone.jsonl").rename(given)
    assert run(["convert", str(given), "--to", then, "-o", str(straight), "--quiet"]) == 0
    if then in ("t5", "causal"):
        for split in ("train", "validation", "test"):
            file = f"{then}/{split}.parquet"
            assert pl.read_parquet(other / file).equals(pl.read_parquet(straight / file))
    else:
        assert files(other / then) == files(straight / then)
    assert files(other / "examples") == files(straight / "examples")
    assert files(other / "turns") == files(straight / "turns")


def test_annotations_keep_their_task_and_annotators(tmp_path: Path) -> None:
    (tmp_path / "config.xml").write_text(SENTIMENT)
    tasks = [of_task(said(n), annotated(GOOD if n % 2 else BAD, by=3), id=n + 1) for n in range(12)]
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    one, other = tmp_path / "one", tmp_path / "other"
    config = ["--label-config", str(tmp_path / "config.xml")]
    export = str(tmp_path / "export.json")
    assert run(["convert", export, *config, "--to", "openai-chat", "-o", str(one), "-q"]) == 0
    assert run(["convert", str(one), "--to", "t5,label-studio", "-o", str(other), "-q"]) == 0
    columns = ("id", "file", "task", "annotations", "annotators", "label", "split", "data")
    before, after = (pl.read_parquet(f / "examples/part-00000.parquet") for f in (one, other))
    assert before.select(columns).equals(after.select(columns))
    assert before["task"].null_count() == 0


def test_splits_stay_and_are_made_anew_on_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path / "train.jsonl", CHAT[:10])
    written(tmp_path / "test.jsonl", CHAT[10:])
    one, other = tmp_path / "one", tmp_path / "other"
    given = [str(tmp_path / f"{name}.jsonl") for name in ("train", "test")]
    assert run(["convert", *given, "--split-by", "file", "--to", "alpaca", "-o", str(one)]) == 0

    def splits(*flags: str) -> dict[str, int]:
        command = ["convert", str(one), "--to", "openai-chat", "-o", str(other), *flags]
        assert run(command) == 0
        found: dict[str, int] = json.loads((other / "manifest.json").read_text())["splits"]
        return found

    assert (
        splits() == splits("--near-duplicates", "off") == {"train": 10, "validation": 0, "test": 20}
    )
    assert "their splits stay" in " ".join(capsys.readouterr().err.split())
    assert splits("--splits-from", "none") != splits()


def test_new_rows_join_those_of_a_folder(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    old = written(tmp_path / "old.jsonl", CHAT[:15])
    new = written(tmp_path / "new.jsonl", CHAT[15:])
    assert run(["convert", str(old), "--to", "alpaca", "-o", str(one), "-q"]) == 0
    assert run(["convert", str(one), str(new), "--to", "alpaca", "-o", str(other), "-q"]) == 0
    assert json.loads((other / "manifest.json").read_text())["ledger"][0]["in"] == 30


@pytest.mark.parametrize("flags", [("--prompt", "{{ text }}"), ("--annotators", "all")])
def test_how_examples_are_made_is_no_question_any_more(
    tmp_path: Path, flags: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    given = written(tmp_path / "given.jsonl", CHAT)
    assert run(["convert", str(given), "--to", "alpaca", "-o", str(tmp_path / "one"), "-q"]) == 0
    command = ["convert", str(tmp_path / "one"), "--to", "alpaca", "-o", str(tmp_path / "two")]
    capsys.readouterr()
    assert run([*command, *flags]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert f"holds examples that are made already, and {flags[0]} says how they are made" in said
    assert not (tmp_path / "two").exists()


@pytest.mark.parametrize("part", ["examples/part-00000.parquet", "turns/part-00000.parquet"])
@pytest.mark.parametrize("how", ["cut", "gone", "changed"])
def test_a_folder_that_is_not_as_it_was_written_is_refused(
    tmp_path: Path, part: str, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = written(tmp_path / "given.jsonl", CHAT)
    one = tmp_path / "one"
    assert run(["convert", str(given), "--to", "alpaca", "-o", str(one), "-q"]) == 0
    written(tmp_path / "more.jsonl", CHAT[:3])
    path = one / part
    if how == "cut":
        path.write_bytes(path.read_bytes()[:-40])
    elif how == "changed":
        pl.read_parquet(path).head(3).write_parquet(path)
    else:
        (one / "examples" / "part-00001.parquet").write_bytes(path.read_bytes())
        path.unlink()
    capsys.readouterr()
    assert run(["convert", str(one), "--to", "alpaca", "-o", str(tmp_path / "two")]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "is not as it was written" in said
    assert not (tmp_path / "two").exists()


def test_a_folder_within_an_output_is_read_by_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = written(tmp_path / "given.jsonl", CHAT)
    one = tmp_path / "one"
    assert run(["convert", str(given), "--to", "openai-chat", "-o", str(one), "-q"]) == 0
    command = ["convert", "--to", "alpaca", "-o", str(tmp_path / "two"), "-q"]
    assert run([*command, str(one / "openai-chat")]) == 0
    capsys.readouterr()
    assert run([*command, str(one / "examples")]) == 2
    assert "holds a split" in " ".join(capsys.readouterr().err.split())


def test_an_output_below_a_source_is_left_out_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its rows would be learned a second time."""
    data = tmp_path / "data"
    data.mkdir()
    given = written(data / "given.jsonl", CHAT)
    assert run(["convert", str(given), "--to", "alpaca", "-o", str(data / "earlier"), "-q"]) == 0
    capsys.readouterr()
    assert run(["convert", str(data), "--to", "alpaca", "-o", str(tmp_path / "out")]) == 0
    assert "left out, since dataprep wrote it: earlier" in " ".join(capsys.readouterr().err.split())
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["ledger"][0]["in"] == 30
