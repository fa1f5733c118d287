"""Groups, strata and given splits are honoured, and a field that says nothing is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dataprep.cli import run
from dataprep.conversion import Outcome, convert
from dataprep.finding import UsageError
from dataprep.recipe import Recipe
from tests.building import SENTIMENT, annotated, choices, of_task
from tests.near_copies import rows_of, splits_of, write_rows


def converted(folder: Path, *names: str, drop_invalid: bool = False, **source: Any) -> Outcome:
    plan = {
        "sources": [{"path": name, **source} for name in names],
        "targets": ["prompt-completion"],
    }
    return convert(Recipe.model_validate(plan), folder, folder / "out", drop_invalid=drop_invalid)


def export(folder: Path, fields: list[dict[str, Any]]) -> None:
    (folder / "config.xml").write_text(SENTIMENT)
    tasks = [
        of_task({"text": f"text {n}", **data}, annotated(choices("Positive")), id=n)
        for n, data in enumerate(fields)
    ]
    (folder / "export.json").write_text(json.dumps(tasks))


def by_text(folder: Path, column: str) -> list[str | None]:
    """A column of the examples in the order of the source."""
    frame = pl.read_parquet(folder / "out" / "examples" / "part-00000.parquet")
    return frame[column].to_list()


def test_the_split_that_the_data_of_a_task_gives_is_honoured(tmp_path: Path) -> None:
    export(tmp_path, [{"part": part} for part in ("dev", "test", "train", "Validation")])
    converted(tmp_path, "export.json", label_config="config.xml", split_by="part")
    assert by_text(tmp_path, "split") == ["validation", "test", "train", "validation"]


def test_a_split_that_names_none_is_an_error_in_a_task_too(tmp_path: Path) -> None:
    export(tmp_path, [{"part": "train"}, {"part": "third"}])
    asked = {"label_config": "config.xml", "split_by": "part"}
    outcome = converted(tmp_path, "export.json", **asked)
    assert outcome.refused
    (finding,) = outcome.journal.counts.first["S001"]
    assert finding.message == "part is 'third', which names no train, validation or test"
    outcome = converted(tmp_path, "export.json", drop_invalid=True, **asked)
    assert outcome.ledger.stages["shape"].dropped == {"S001": 1}
    assert by_text(tmp_path, "split") == ["train"]


@pytest.mark.parametrize("flag", ["group", "strata", "split_by"])
def test_a_column_that_is_null_throughout_is_refused(tmp_path: Path, flag: str) -> None:
    write_rows(tmp_path / "rows.jsonl", rows_of((f"question {n}" for n in range(5)), by=None))
    with pytest.raises(UsageError) as caught:
        converted(tmp_path, "rows.jsonl", **{flag: "by"})
    assert str(caught.value) == (
        f"no row of rows.jsonl has a value in by, which --{flag.replace('_', '-')} names."
        " Name another field, or leave the flag out."
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("flag", ["group", "strata", "split_by"])
def test_a_field_that_no_task_has_is_refused(tmp_path: Path, flag: str) -> None:
    export(tmp_path, [{}, {}])
    with pytest.raises(UsageError, match=r"no row of export\.json has a value in by"):
        converted(tmp_path, "export.json", label_config="config.xml", **{flag: "by"})


def test_text_has_no_groups(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("One sentence.\n\nAnd another one.\n")
    with pytest.raises(UsageError, match=r"no row of text\.txt has a value in by"):
        converted(tmp_path, "text.txt", way="plain", group="by")


def test_rows_without_a_value_are_counted_and_an_empty_cell_is_none(tmp_path: Path) -> None:
    rows = "".join(f"question {n},answer {n},{'u' if n < 3 else ''}\n" for n in range(40))
    (tmp_path / "rows.csv").write_text("prompt,completion,by\n" + rows)
    outcome = converted(tmp_path, "rows.csv", group="by")
    assert "rows.csv: 37 of 40 rows have no by (--group): each of them stands by itself" in (
        outcome.notes
    )
    assert by_text(tmp_path, "group") == [*["u"] * 3, *[None] * 37]
    assert set(by_text(tmp_path, "split")) == {"train", "validation", "test"}


def test_rows_without_a_split_are_divided_by_hash_and_counted(tmp_path: Path) -> None:
    rows = rows_of(f"question {n}" for n in range(40))
    for number, row in enumerate(rows):
        row["part"] = "test" if number < 20 else None
    write_rows(tmp_path / "rows.jsonl", rows)
    outcome = converted(tmp_path, "rows.jsonl", split_by="part")
    said = "rows.jsonl: 20 of 40 rows have no part (--split-by): their hash says their split"
    assert said in outcome.notes
    assert by_text(tmp_path, "split")[:20] == ["test"] * 20
    assert "train" in by_text(tmp_path, "split")[20:]


def test_the_strata_are_those_of_the_field(tmp_path: Path) -> None:
    export(tmp_path, [{"site": f"site {n % 2}"} for n in range(30)])
    outcome = converted(tmp_path, "export.json", label_config="config.xml", strata="site")
    assert {name: sum(held.values()) for name, held in outcome.strata.items()} == {
        "site 0": 15,
        "site 1": 15,
    }


def test_a_column_that_is_the_stratum_needs_no_other_place(tmp_path: Path) -> None:
    rows = rows_of(f"question {n}" for n in range(30))
    for number, row in enumerate(rows):
        row["remark"] = f"a remark of five words {number % 3}"
    write_rows(tmp_path / "rows.jsonl", rows)
    outcome = converted(tmp_path, "rows.jsonl", strata="remark")
    assert len(outcome.strata) == 3


def test_files_that_are_named_like_splits_are_honoured_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = ("train.jsonl", "validation.jsonl", "test-00000-of-00001.jsonl")
    for name in names:
        write_rows(tmp_path / name, rows_of(f"{name} question {n}" for n in range(9)))
    done = run(["convert", *names, "--split-by", "file", "--to", "prompt-completion"])
    assert done == 0
    assert {prompt.split(".")[0].split("-")[0] for prompt in splits_of(tmp_path / "out")} == {
        *splits_of(tmp_path / "out").values()
    }
    assert all(prompt.startswith(split) for prompt, split in splits_of(tmp_path / "out").items())


def test_the_home_of_a_user_called_dev_says_no_split(tmp_path: Path) -> None:
    home = tmp_path / "dev" / "data"
    home.mkdir(parents=True)
    write_rows(home / "rows.jsonl", rows_of(["question"]))
    with pytest.raises(UsageError, match="says no split"):
        converted(tmp_path, str(home / "rows.jsonl"), split_by="file")
    (home / "rows.jsonl").rename(home / "train.jsonl")
    converted(tmp_path, str(home / "train.jsonl"), split_by="file")
    assert by_text(tmp_path, "split") == ["train"]


def test_the_flags_of_the_splits_stand_above_the_recipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_rows(tmp_path / "rows.jsonl", rows_of(f"question {n}" for n in range(30)))
    command = ["convert", "rows.jsonl", "--to", "prompt-completion"]
    assert run([*command, "--near-duplicates", "off"]) == 0
    assert "near copies were not looked for" in capsys.readouterr().err
    assert run([*command, "-o", "more", "--splits-from", "out"]) == 0
    assert splits_of(tmp_path / "more") == splits_of(tmp_path / "out")
    assert run([*command, "-o", "more", "--splits-from", "nowhere"]) == 2
    assert "nowhere: no such folder" in capsys.readouterr().err
    assert run([*command, "-o", "more", "--splits-from", "none"]) == 0
