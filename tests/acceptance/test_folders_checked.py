"""`check FOLDER`: what is data in it is judged, and what dataprep wrote beside it is not."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dataprep.cli import run
from tests.acceptance.conftest import Run

TOWNS = ["Kiel", "Bremen", "Hamburg", "Rostock", "Stade", "Husum", "Emden", "Varel", "Jever"]
ROWS = [
    {"prompt": f"Where does {town} lie, seen from {other}?", "completion": f"{town} near {other}."}
    for town in TOWNS
    for other in TOWNS
    if town != other
]


class Check:
    """Runs `check`, and keeps what it says."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.lines: list[str] = []

    def __call__(self, *arguments: str) -> int:
        self._capsys.readouterr()
        code = run(["check", *arguments])
        self.lines = "".join(self._capsys.readouterr()).splitlines()
        return code

    @property
    def rows(self) -> str:
        """The line that says what was found in how many rows."""
        return next(line for line in self.lines if " rows." in line)


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Check:
    return Check(capsys)


def write(path: Path, rows: list[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with data, two outputs made of it, a run, a job, and what they wrote."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "data/train.jsonl", ROWS)
    for out, targets in (("out", "openai-chat,alpaca"), ("later/out2", "prompt-completion")):
        flags = ["--to", targets, "--near-duplicates", "off", "-q", "-o", out]
        Path(out).parent.mkdir(exist_ok=True)
        assert run(["convert", "data/train.jsonl", *flags]) == 0
    for name in ("run.json", "metrics.jsonl", "evaluation.json", "model/config.json"):
        write(tmp_path / "runs/t5" / name, [{"loss": "2.0"}])
    write(tmp_path / "runs/job/job.jsonl", [{"call": "create"}])
    write(tmp_path / "runs/job/dataset.jsonl", ROWS[:9])
    write(tmp_path / "answers/predictions.jsonl", [{"id": "1", **ROWS[3]}])
    finding = {"code": "C003", "severity": "error", "message": "is empty", "remedy": "Fill it."}
    write(tmp_path / "old/findings.jsonl", [finding])
    write(tmp_path / "old/dropped.jsonl", [])
    shutil.copy("out/manifest.json", "old/manifest.json")
    shutil.copy("data/train.jsonl", "data/train.fixed.jsonl")
    return tmp_path


def test_a_folder_is_judged_without_what_dataprep_wrote_and_that_is_said(
    project: Path, check: Check
) -> None:
    assert check(".") == 0, check.lines
    number = len(ROWS)
    assert check.rows == f"No findings in {4 * number} rows."  # the data, and three targets
    assert (
        "data/train.jsonl: left out, since dataprep wrote it: answers/predictions.jsonl,"
        " data/train.fixed.jsonl, old/dropped.jsonl, old/findings.jsonl, old/manifest.json,"
        " runs/job, runs/t5"
    ) in check.lines
    assert (
        "./: outputs of convert below it are judged by themselves: later/out2, out" in check.lines
    )


def test_what_is_wrong_in_an_output_below_is_found_there(project: Path, check: Check) -> None:
    path = project / "out/alpaca/train.jsonl"
    path.write_text(path.read_text() + '{"instruction": "Where?", "output": ""}\n')
    assert check(".") == 1
    assert [line.split(": ")[0] for line in check.lines if ": C003 " in line] == [
        f"out/alpaca/train.jsonl:{len(path.read_text().splitlines())}"
    ]


@pytest.mark.parametrize(
    "folders",
    [
        ["out/openai-chat", "out/alpaca"],
        ["out", "later/out2"],
        ["out/openai-chat", "later/out2/prompt-completion"],
        ["out/openai-chat/train.jsonl", "later/out2/prompt-completion/train.jsonl"],
    ],
)
def test_two_outputs_of_one_source_hold_no_copies_of_each_other(
    project: Path, check: Check, folders: list[str]
) -> None:
    assert check(*folders) == 0, check.lines
    assert check.rows.startswith("No findings in ")


def test_a_file_of_ones_own_is_compared_with_an_output(project: Path, check: Check) -> None:
    asked = json.loads((project / "out/alpaca/train.jsonl").read_text().splitlines()[0])
    write(project / "mine.jsonl", [asked])
    assert check("out/alpaca/train.jsonl", "mine.jsonl") == 1
    assert any("D003" in line for line in check.lines)


def test_a_folder_of_outputs_alone_is_judged(project: Path, check: Check) -> None:
    assert check("later") == 0
    assert check.rows == f"No findings in {len(ROWS)} rows."


def test_answers_are_judged_where_their_folder_is_named(project: Path, check: Check) -> None:
    assert check("answers") == 0
    assert "No findings in 1 row." in check.lines


def test_convert_leaves_the_same_out(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["convert", ".", "--to", "alpaca", "-o", "../made"]) == 0
    said = capsys.readouterr().err
    assert "left out, since dataprep wrote it: answers/predictions.jsonl, data/train.fixed" in said
    rows = [*(project.parent / "made/alpaca").glob("*.jsonl")]
    assert sum(len(path.read_text().splitlines()) for path in rows) == len(ROWS)


BROKEN = [*ROWS[:6], {"prompt": "Where is Celle?", "completion": ""}, ROWS[2], *ROWS[6:]]
"""The seventh row has no answer, and the eighth is the third again."""


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "tsv", "parquet", "jsonl.gz"])
@pytest.mark.parametrize("way", ["file", "folder"])
def test_the_same_is_found_whatever_the_rows_stand_in(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    way: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_as(tmp_path, kind)
    named = {"file": f"in/{path.name}", "folder": "in"}[way]
    assert run(["check", named, "--output-format", "jsonl"]) == 1
    assert found_in(capsys.readouterr().out, kind) == [("C003", 7), ("D001", 8)]


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "tsv", "parquet", "jsonl.gz"])
def test_the_same_is_found_in_what_comes_through_a_pipe(
    tmp_path: Path, dataprep: Run, kind: str
) -> None:
    path = write_as(tmp_path, kind)
    with subprocess.Popen(["cat", path], stdout=subprocess.PIPE) as cat:
        done = dataprep("check", "-", "--output-format", "jsonl", stdin=cat.stdout)
    assert done.returncode == 1, done.stderr
    assert found_in(done.stdout, kind) == [("C003", 7), ("D001", 8)]


def write_as(folder: Path, kind: str) -> Path:
    """The broken rows in a file of that kind."""
    path = folder / "in" / f"rows.{kind}"
    path.parent.mkdir()
    text = "".join(json.dumps(row) + "\n" for row in BROKEN)
    if kind == "parquet":
        pl.DataFrame(BROKEN).write_parquet(path)
    elif kind in ("csv", "tsv"):
        pl.DataFrame(BROKEN).write_csv(path, separator="," if kind == "csv" else "\t")
    elif kind == "jsonl.gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(json.dumps(BROKEN, indent=1) if kind == "json" else text)
    return path


def found_in(said: str, kind: str) -> list[tuple[str, int]]:
    """The codes that were found, each with the number of its row from 1 on."""
    found = [json.loads(line) for line in said.splitlines()]
    return [(each["code"], _number(each["place"], kind)) for each in found]


def _number(place: dict[str, Any], kind: str) -> int:
    if kind == "json":
        return int(place["path"].partition("]")[0].removeprefix("[")) + 1
    return int(place["line"]) - (kind in ("csv", "tsv"))


def test_a_finding_in_a_list_names_the_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: Check
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rows.json").write_text(json.dumps(BROKEN))
    assert check("rows.json") == 1
    assert (
        "rows.json:1: C003 [6]: completion is empty. Fill in the answer, or remove the example."
    ) in check.lines
