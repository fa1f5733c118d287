"""Token ids of a converted folder: what is judged of them, and what is said of the rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataprep import checker
from dataprep.checks import Context
from dataprep.cli import run
from dataprep.conversion import convert
from dataprep.conversion.recipe_flags import assembled


def converted(folder: Path, target: str, **flags: int) -> Path:
    """A converted folder of one target of token ids, with 60 rows."""
    rows = [{"prompt": f"What is {n}?", "completion": f"Thing {n * 7}."} for n in range(60)]
    (folder / "s.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    recipe, base = assembled([folder / "s.jsonl"], None, [target], flags)
    convert(recipe, base, folder / "out")
    return folder / "out"


def notes(out: Path) -> tuple[int, dict[str, str]]:
    """The rows that were seen, and what is said of files and folders."""
    context = Context()
    list(checker.check([out], context=context))
    return context.seen.rows, context.seen.notes


@pytest.mark.parametrize("target", ["t5", "causal"])
def test_rows_of_token_ids_are_counted_and_told_as_such(tmp_path: Path, target: str) -> None:
    out = converted(tmp_path, target)
    rows, said = notes(out)
    assert rows == 60
    assert said == {
        str(out / target): (
            "token ids: columns, lengths, ids, masks and labels are judged. The files are as the "
            "manifest says. What the texts say was judged by convert: no findings"
        )
    }


def test_the_screen_says_of_how_many_rows_and_of_what_kind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was: No findings in 0 rows."""
    out = converted(tmp_path, "causal")
    assert run(["check", str(out)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Read as token ids: " in said
    assert "No findings in 60 rows." in said
    assert run(["check", str(out), "--tokens"]) == 0
    assert "There is no text whose tokens could be counted." in capsys.readouterr().err


def test_one_file_of_token_ids_names_no_conversion(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written as token ids by a target of that name: it was an internal error."""
    file = converted(tmp_path, "t5") / "t5" / "train.parquet"
    assert run(["check", str(file)]) == 0
    said = capsys.readouterr()
    assert "No findings in " in said.out
    assert "dataprep convert" not in said.out + said.err


def test_loose_files_of_token_ids_are_told_once(tmp_path: Path) -> None:
    folder = converted(tmp_path, "t5") / "t5"
    rows, said = notes(folder)
    assert rows == 60
    assert said == {
        str(folder): (
            "token ids: columns, lengths, ids, masks and labels are judged, and not what the texts "
            "say. Check those before they are tokenised: dataprep check FILE"
        )
    }


def test_findings_that_convert_had_are_pointed_to(tmp_path: Path) -> None:
    out = converted(tmp_path, "t5", max_target=8)
    assert json.loads((out / "manifest.json").read_text("utf-8"))["findings"]
    assert f"its findings are in {out / 'findings.jsonl'}" in notes(out)[1][str(out / "t5")]


def test_a_file_that_was_changed_is_named_with_what_follows(tmp_path: Path) -> None:
    import polars as pl

    out = converted(tmp_path, "t5")
    (out / "examples" / "part-00000.parquet").unlink()
    assert "as the manifest says" in notes(out)[1][str(out / "t5")]
    path = out / "t5" / "train.parquet"
    table = pl.read_parquet(path)
    table.head(table.height - 1).write_parquet(path)
    assert (
        "t5/train.parquet was changed after it was written: dataprep train refuses it, so convert "
        "again. " in notes(out)[1][str(out / "t5")]
    )


def test_a_row_that_is_longer_than_the_limit_of_a_causal_target_is_found(tmp_path: Path) -> None:
    out = converted(tmp_path, "causal")
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    manifest["targets"]["causal"]["max_length"] = 3
    (out / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    found = [f for f in checker.check([out]) if f.code == "T107"]
    assert len(found) == 60
    assert found[0].message == "input_ids is longer than 3 tokens"


def test_a_manifest_that_says_nothing_of_findings_is_no_defect(tmp_path: Path) -> None:
    out = converted(tmp_path, "t5")
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    del manifest["findings"]
    (out / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert run(["check", str(out)]) == 0
