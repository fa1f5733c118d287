"""Family T1xx: Parquet files of token ids."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dataprep.checks.tokenised import SHOWN, DatasetShape, check_tokenised, tokenizer_findings
from dataprep.finding import Finding, Place, UsageError
from dataprep.rules import CATALOGUE

CASES = Path(__file__).parents[2] / "cases"
CODES = [code for code in CATALOGUE if code.startswith("T1")]
OK = {"input_ids": [5, 6, 7], "attention_mask": [1, 1, 1], "labels": [5, 6, 7]}


def parquet(folder: Path, rows: list[dict[str, Any]], **types: Any) -> Path:
    path = folder / "train.parquet"
    pl.DataFrame(rows, schema_overrides=types).write_parquet(path)
    return path


def findings_of_case(code: str, name: str, folder: Path) -> list[Finding]:
    case = CASES / code
    if code == "T108":
        told = json.loads((case / f"{name}.json").read_text("utf-8"))
        return list(tokenizer_findings(told["recorded"], told["actual"], Place(file=name)))
    settings = json.loads((case / "settings.json").read_text("utf-8"))
    rows = [json.loads(line) for line in (case / f"{name}.jsonl").read_text("utf-8").splitlines()]
    return list(check_tokenised(parquet(folder, rows), DatasetShape(**settings)))


@pytest.mark.parametrize("code", CODES)
def test_a_bad_case_shows_its_code_and_no_other(code: str, tmp_path: Path) -> None:
    assert {finding.code for finding in findings_of_case(code, "bad", tmp_path)} == {code}


@pytest.mark.parametrize("code", CODES)
def test_a_good_case_is_clean(code: str, tmp_path: Path) -> None:
    assert findings_of_case(code, "good", tmp_path) == []


def said(path: Path, shape: DatasetShape | None = None) -> list[str]:
    return [
        f"{finding.code} {finding.place.line} {finding.place.path} {finding.message}"
        for finding in check_tokenised(path, shape, name="t")
    ]


def test_every_fault_names_its_row_and_column(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        OK,
        {**OK, "attention_mask": [1, 1]},
        {**OK, "input_ids": [5, 6, 99]},
        {**OK, "labels": [-100, -100, -100]},
        {**OK, "labels": [-1, 6, 7]},
        {**OK, "attention_mask": [1, 2, 1]},
    ]
    assert said(parquet(tmp_path, rows), DatasetShape("causal", vocabulary=99)) == [
        "T102 2 attention_mask attention_mask is not as long as input_ids",
        "T103 3 input_ids input_ids holds an id outside the vocabulary of 99",
        "T104 4 labels all labels are masked: nothing is trained",
        "T103 5 labels labels holds an id outside the vocabulary of 99",
        "T105 6 attention_mask the mask holds another number than 0 and 1",
    ]


def test_the_types_that_trainers_write_are_all_read(tmp_path: Path) -> None:
    unsigned = {"input_ids": pl.List(pl.UInt16), "attention_mask": pl.List(pl.UInt8)}
    path = parquet(tmp_path, [OK], **unsigned, labels=pl.List(pl.UInt16))
    assert said(path, DatasetShape("causal", vocabulary=8)) == []
    assert len(said(path, DatasetShape("causal", vocabulary=7))) == 2
    fixed = pl.Array(pl.Int64, 3)
    path = parquet(tmp_path, [OK], input_ids=fixed, attention_mask=fixed, labels=fixed)
    assert said(path, DatasetShape("causal", vocabulary=8)) == []


def test_labels_of_t5_may_have_another_length_and_padding_is_no_lesson(tmp_path: Path) -> None:
    row = {"input_ids": [5, 6, 7], "labels": [0, 0]}
    path = parquet(tmp_path, [row])
    assert said(path, DatasetShape("t5")) == []
    assert said(path, DatasetShape("t5", pad_id=0)) == [
        "T104 1 labels all labels are masked: nothing is trained"
    ]
    assert said(path, DatasetShape("causal")) == [
        "T102 1 labels labels is not as long as input_ids"
    ]


def test_the_kind_is_told_by_the_first_rows(tmp_path: Path) -> None:
    causal = [OK] * 3 + [{**OK, "labels": [5, 6]}]
    assert said(parquet(tmp_path, causal)) == ["T102 4 labels labels is not as long as input_ids"]
    t5 = [{"input_ids": [5, 6, 7], "labels": [5]}] * 3
    assert said(parquet(tmp_path, t5)) == []


@pytest.mark.parametrize(
    ("rows", "messages"),
    [
        ([{"text": "a"}], ["there is no column input_ids", "there is no column labels"]),
        (
            [{"input_ids": [1.5], "labels": [1]}],
            ["input_ids holds List(Float64), not lists of integers"],
        ),
        ([{"input_ids": 1, "labels": [1]}], ["input_ids holds Int64, not lists of integers"]),
    ],
)
def test_columns_that_are_no_ids_end_the_check(
    tmp_path: Path, rows: list[dict[str, Any]], messages: list[str]
) -> None:
    made = list(check_tokenised(parquet(tmp_path, rows)))
    assert [finding.message for finding in made] == messages
    assert {finding.code for finding in made} == {"T101"}


def test_nulls_are_found_wherever_they_stand(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"input_ids": [5, None], "labels": [5, 6]},
        {"input_ids": [5, 6], "labels": None},
    ]
    assert said(parquet(tmp_path, rows), DatasetShape("t5")) == [
        "T101 1 input_ids input_ids holds a null",
        "T101 2 labels labels holds a null",
    ]


def test_a_file_without_rows_is_clean(tmp_path: Path) -> None:
    ids = pl.List(pl.Int32)
    path = tmp_path / "none.parquet"
    pl.DataFrame(schema={"input_ids": ids, "labels": ids}).write_parquet(path)
    assert said(path) == []


def test_many_rows_with_one_fault_are_counted_together(tmp_path: Path) -> None:
    row = {"input_ids": [5, 6], "labels": [5]}
    made = said(parquet(tmp_path, [row] * (SHOWN + 7)), DatasetShape("causal"))
    assert len(made) == SHOWN + 1
    assert made[-1] == "T102 None  in 7 more rows, labels is not as long as input_ids"


@pytest.mark.parametrize("content", [b"", b"PAR1", b'{"input_ids": [1]}'])
def test_a_file_that_is_no_parquet_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "train.parquet"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"train\.parquet cannot be read as Parquet"):
        list(check_tokenised(path))
