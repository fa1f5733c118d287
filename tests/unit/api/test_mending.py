"""`check` with `fix` or `diff`: mended copies, or what would change, as from the shell."""

from __future__ import annotations

from pathlib import Path

import pytest

import dataprep
from dataprep.cli import run

BOM = b"\xef\xbb\xbf"
ROW = b'{"prompt": "Is 7 even?", "completion": "no"}\n'
BAD = BOM + ROW + b'{"prompt": "Is 8 even?", "completion": " "}\n'


@pytest.fixture(autouse=True)
def in_a_new_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rows.jsonl").write_bytes(BAD)


def names() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


def test_a_mended_copy_is_that_of_the_command() -> None:
    made = dataprep.check("rows.jsonl", fix="safe")
    assert isinstance(made, dataprep.MendedFiles)
    (copy,) = made
    assert copy.out == Path("rows.fixed.jsonl")
    from_python = copy.out.read_bytes()
    assert not from_python.startswith(BOM)
    assert (copy.changed, copy.removed, dict(copy.mended)) == (1, 0, {"J006": 1})
    copy.out.unlink()
    code = run(["check", "rows.jsonl", "--fix"])
    assert Path("rows.fixed.jsonl").read_bytes() == from_python
    assert made.ok == (code == 0)
    assert made.ok is False
    assert made.diff == ""
    assert names() == ["rows.fixed.jsonl", "rows.jsonl"]


def test_it_tells_what_was_done_and_what_is_left(capfd: pytest.CaptureFixture[str]) -> None:
    made = dataprep.check("rows.jsonl", fix="safe", output="good.jsonl", fail_on="error")
    assert repr(made) == (
        "MendedFiles(not ok): good.jsonl: 1 line changed, 0 removed, mended J006 1. Left: C003 1."
    )
    page = made._repr_html_()
    assert "good.jsonl: 1 line changed" in page
    assert "completion is empty" in page
    assert capfd.readouterr() == ("", "")
    clean = dataprep.check("good.jsonl", fix="safe")
    assert [file.out for file in clean] == [None]
    assert repr(clean) == "MendedFiles(not ok): nothing is mended. Left: C003 1."


def test_a_diff_is_that_of_the_command_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = dataprep.check("rows.jsonl", diff=True)
    told, _, diff = made.diff.partition("\n")
    assert told == "rows.jsonl: the byte order mark is taken away."
    assert diff.startswith("--- rows.jsonl\n+++ rows.fixed.jsonl\n@@ -1 +1 @@\n-\ufeff{")
    assert names() == ["rows.jsonl"]
    assert run(["check", "rows.jsonl", "--diff"]) == 0
    assert capsys.readouterr().out == made.diff
    assert repr(made).splitlines()[1:] == made.diff.splitlines()
    assert repr(made).startswith("MendedFiles(not ok): 1 line would be changed, 0 removed. Left:")
    assert "Is 7 even?" in made._repr_html_()


def test_several_files_are_mended_each(capsys: pytest.CaptureFixture[str]) -> None:
    Path("more.jsonl").write_bytes(BOM + ROW)
    made = dataprep.check("rows.jsonl", "more.jsonl", fix="all")
    assert [copy.out for copy in made] == [Path("rows.fixed.jsonl"), Path("more.fixed.jsonl")]
    assert len(made) == 2
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("files", "options", "flags"),
    [
        (["rows.jsonl"], {"output": "a"}, ["--output", "a"]),
        (["rows.jsonl", "rows.jsonl"], {"fix": "safe", "output": "a"}, ["--fix", "-o", "a"]),
        (["rows.jsonl"], {"fix": "safe", "output": "rows.jsonl"}, ["--fix", "-o", "rows.jsonl"]),
        (["nowhere"], {"fix": "safe"}, ["--fix"]),
        (["."], {"diff": True}, ["--diff"]),
        (["rows.jsonl"], {"fix": "bogus"}, ["--fix=bogus"]),
    ],
)
def test_what_cannot_be_mended_is_told_as_by_the_command(
    files: list[str],
    options: dict[str, object],
    flags: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["check", *files, *flags]) == 2
    with pytest.raises(dataprep.UsageError) as caught:
        dataprep.check(*files, **options)  # type: ignore[call-overload]
    said = " ".join(capsys.readouterr().err.split())
    assert said == f"dataprep: {caught.value}"
    assert names() == ["rows.jsonl"]
