"""Annotators counted as they are reliable, from the command line to the manifest."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dataprep.contracts import contract
from tests.acceptance.conftest import Run
from tests.acceptance.test_main_road import all_rows, ok

Json = dict[str, Any]
METHODS = ("dawid-skene", "mace")
QUALITY = {"ann": 0.95, "ben": 0.9, "cid": 0.2, "dan": 0.2, "eve": 0.2}


def answer(who: str, number: int, label: str) -> Json:
    value = {"choices": [label]}
    result = {"from_name": "c", "to_name": "text", "type": "choices", "value": value}
    return {"unique_id": f"{who}-{number}", "completed_by": who, "result": [result]}


def truth(number: int) -> str:
    return ("food", "plant", "stone", "tool")[number % 4]


def project(tasks: int) -> list[Json]:
    """Tasks whose true label is known, with five annotators."""
    rng = random.Random(1)  # noqa: S311  no secret
    made = []
    for number in range(tasks):
        said = {
            who: truth(number) if rng.random() < quality else truth(rng.randrange(4))
            for who, quality in QUALITY.items()
        }
        annotations = [answer(who, number, label) for who, label in said.items()]
        made.append({"id": number, "data": {"text": f"Text {number}."}, "annotations": annotations})
    return made


def right(folder: Path) -> float:
    """The share of all tasks that have their true label."""
    rows = all_rows(folder / "prompt-completion")
    numbers = [int(row["prompt"].rpartition("Text ")[2].rstrip(".")) for row in rows]
    same = [row["completion"] == truth(n) for row, n in zip(rows, numbers, strict=True)]
    return sum(same) / 400


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(project(400)))
    return path


def test_the_estimate_is_nearer_to_the_truth_than_the_majority(
    dataprep: Run, tmp_path: Path, export: Path
) -> None:
    shares = {}
    for policy in ("majority", "dawid-skene"):
        out = tmp_path / policy
        arguments = ("--annotators", policy, "--to", "prompt-completion", "-o", out)
        ok(dataprep("convert", export.name, *arguments))
        shares[policy] = right(out)
    assert shares["majority"] < 0.75
    assert shares["dawid-skene"] > 0.9


@pytest.mark.parametrize("method", METHODS)
def test_each_annotator_is_told_on_the_screen_and_in_the_manifest(
    dataprep: Run, tmp_path: Path, export: Path, method: str
) -> None:
    done = dataprep("convert", export.name, "--annotators", method, "--to", "prompt-completion")
    ok(done)
    assert f"Annotators of c, by {method}" in done.stderr
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    (result,) = manifest["reliability"]
    assert list(contract("reliability").violations(result)) == []
    values = {p["annotator"]: p["reliability"]["value"] for p in result["annotators"]}
    assert values["ann"] > 0.85
    assert values["ben"] > 0.8
    assert max(values[who] for who in ("cid", "dan", "eve")) < 0.5
    frame = pl.read_parquet(tmp_path / "out" / "examples" / "*.parquet")
    assert 0.5 < frame["probability"].min() <= frame["probability"].max() <= 1  # type: ignore[operator]


def test_what_is_less_probable_than_the_agreement_goes_to_the_adjudicator(
    dataprep: Run, tmp_path: Path, export: Path
) -> None:
    flags = ("--annotators", "dawid-skene", "--to", "prompt-completion")
    kept = {}
    for agreement in ("0.5", "0.99"):
        done = dataprep("convert", export.name, *flags, "--agreement", agreement)
        ok(done)
        frame = pl.read_parquet(tmp_path / "out" / "examples" / "*.parquet")
        kept[agreement] = set(frame["task"])
        path = tmp_path / "out" / "adjudication.json"
        disputed = json.loads(path.read_text()) if path.is_file() else []
        assert len(disputed) == 400 - len(frame)
        drops = [json.loads(x) for x in (tmp_path / "out" / "dropped.jsonl").open()]
        tasks = [d for d in drops if d["unit"] == "record"]
        assert [d["reason"] for d in tasks] == ["undecided"] * len(disputed)
        assert frame["probability"].min() > float(agreement)  # type: ignore[operator]
    assert kept["0.99"] < kept["0.5"]


def test_a_single_annotator_cannot_be_estimated_and_that_is_said(
    dataprep: Run, tmp_path: Path
) -> None:
    tasks = project(4)
    for task in tasks:
        task["annotations"] = task["annotations"][:1]
    (tmp_path / "one.json").write_text(json.dumps(tasks))
    done = dataprep("convert", "one.json", "--annotators", "mace", "--to", "prompt-completion")
    ok(done)
    said = " ".join(done.stderr.split())
    assert "one.json: no task has two answers, so mace knows nothing of its annotators" in said
    assert len(all_rows(tmp_path / "out" / "prompt-completion")) == 4


def test_rows_are_not_read_twice_and_stay_as_they_are(dataprep: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"prompt": "a", "completion": "b"}\n')
    done = dataprep("convert", "rows.jsonl", "--annotators", "mace", "--to", "prompt-completion")
    ok(done)
    assert "mace" not in done.stderr


@pytest.mark.parametrize("agreement", ["0.4", "1.5"])
def test_an_agreement_out_of_range_is_a_wrong_use(
    dataprep: Run, export: Path, agreement: str
) -> None:
    flags = ("--annotators", "dawid-skene", "--agreement", agreement)
    done = dataprep("convert", export.name, *flags, "--to", "prompt-completion")
    assert done.returncode == 2
    assert "agreement" in done.stderr
