"""What `--fix --diff` and `--fix` say of a file whose bytes change and whose rows do not."""

import errno
import gzip
import os
from pathlib import Path
from typing import Any

import pytest

import dataprep
from dataprep.cli import run

ROW = '{"prompt": "Is Zoë 7?", "completion": "no"}\n'
MARK = b"\xef\xbb\xbf"
CHANGES = {
    "UTF-16": (ROW.encode("utf-16"), "UTF-16 becomes UTF-8"),
    "UTF-16, CRLF": (ROW.replace("\n", "\r\n").encode("utf-16"), "UTF-16 becomes UTF-8"),
    "UTF-16, no last line end": (ROW.rstrip().encode("utf-16"), "UTF-16 becomes UTF-8"),
    "UTF-16, packed": (gzip.compress(ROW.encode("utf-16")), "UTF-16 becomes UTF-8"),
    "UTF-32": (ROW.encode("utf-32"), "UTF-32 becomes UTF-8"),
    "UTF-16, unmarked": (
        ROW.encode("utf-16-be"),
        "UTF-16 without a byte order mark becomes UTF-8",
    ),
}


@pytest.fixture(autouse=True)
def in_a_new_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("codec", ["utf-16", "utf-32"])
def test_a_mark_with_nothing_behind_it_is_not_called_fixable(
    codec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("rows.jsonl").write_bytes("".encode(codec))
    assert run(["check", "rows.jsonl"]) == 1
    said = capsys.readouterr().out
    assert "J009" in said
    assert "Fixable" not in said


@pytest.mark.parametrize("name", CHANGES)
def test_another_encoding_is_said_by_the_diff_and_by_the_report(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    raw, words = CHANGES[name]
    Path("rows.jsonl").write_bytes(raw)
    assert run(["check", "rows.jsonl", "--fix", "--diff"]) == 0
    said = capsys.readouterr()
    assert said.out == f"rows.jsonl: {words}.\n"
    assert said.err == ""
    assert [path.name for path in Path().iterdir()] == ["rows.jsonl"]
    assert run(["check", "rows.jsonl", "--fix"]) == 0
    said = capsys.readouterr()
    assert said.err.splitlines()[0] == f"rows.fixed.jsonl: {words}. Mended: J002 1."


def test_python_says_it_too() -> None:
    Path("rows.jsonl").write_bytes(ROW.encode("utf-16"))
    shown = dataprep.check("rows.jsonl", diff=True)
    assert repr(shown).startswith("MendedFiles(ok): UTF-16 becomes UTF-8. Left: ")
    made = dataprep.check("rows.jsonl", fix="safe")
    assert repr(made) == (
        "MendedFiles(ok): rows.fixed.jsonl: UTF-16 becomes UTF-8, mended J002 1. Left: nothing."
    )


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_byte_order_mark_that_no_eye_sees_is_named_before_the_diff(
    pack: type[bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("rows.jsonl").write_bytes(pack(MARK + ROW.encode()))
    assert run(["check", "rows.jsonl", "--fix", "--diff"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["rows.jsonl: the byte order mark is taken away.", "--- rows.jsonl"]


def test_bytes_that_are_no_utf_8_are_not_called_fixable(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("rows.jsonl").write_bytes(ROW.encode("latin-1") + ROW.encode())
    assert run(["check", "rows.jsonl"]) == 1
    said = capsys.readouterr().out
    assert "J002 byte 0xeb is not UTF-8" in said
    assert "Fixable" not in said


@pytest.mark.parametrize(
    ("flags", "then"),
    [
        (("--fix=all", "--diff"), "--fix=all --diff"),
        (("--fix", "-o", "mended.jsonl"), "--fix"),
        (("--diff",), "--fix --diff"),
    ],
)
@pytest.mark.parametrize("name", ["-", "pipe"])
def test_a_stream_is_not_mended_and_what_to_do_is_said(
    name: str, flags: tuple[str, ...], then: str, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo("pipe")
    assert run(["check", name, *flags]) == 2
    assert capsys.readouterr().err == (
        f"dataprep: {name} is no file, and a fix reads what it mends more than once. Save what it"
        f" gives as a file, rows.jsonl for example, then: dataprep check rows.jsonl {then}\n"
    )
    assert [path.name for path in Path().iterdir()] == ["pipe"]


@pytest.mark.parametrize("more", [(), ("--fix",), ("--target", "openai-chat")])
def test_a_table_of_providers_that_is_not_there_is_told_without_a_provider_too(
    more: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("rows.jsonl").write_text(ROW)
    assert run(["check", "rows.jsonl", "--providers", "nosuch.json", *more]) == 2
    said = "dataprep: nosuch.json: No such file or directory. Check the path of the table.\n"
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize(
    "line", ["check empty", "convert empty --to t5", "init empty", "advise empty"]
)
def test_an_empty_folder_leaves_every_command_with_nothing_to_do(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("empty").mkdir()
    assert run(line.split()) == 3
    assert "empty holds no file to " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("nodir", "nodir: no such folder. Make it first, or name another file with --output."),
        (
            "file",
            "file is not a folder, and file/x.jsonl would lie in it."
            " Choose a folder that does not exist yet.",
        ),
    ],
)
def test_a_copy_in_a_folder_that_is_none_is_a_usage_error(
    folder: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("file").touch()
    Path("rows.jsonl").write_bytes(MARK + ROW.encode())
    assert run(["check", "rows.jsonl", "--fix", "-o", f"{folder}/x.jsonl"]) == 2
    assert capsys.readouterr().err == f"dataprep: {said}\n"


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EIO, errno.ENAMETOOLONG])
@pytest.mark.parametrize(
    ("line", "out"),
    [
        ("check rows.jsonl --fix", "rows.fixed.jsonl"),
        ("check rows.jsonl --fix -o mended.jsonl", "mended.jsonl"),
        ("convert rows.jsonl --to alpaca -o made", "made"),
        ("init rows.jsonl -o recipe.yaml", "recipe.yaml"),
    ],
)
def test_a_folder_that_nothing_can_be_written_into_is_told_by_the_name_of_the_output(
    line: str,
    out: str,
    number: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("rows.jsonl").write_bytes(MARK + ROW.encode())
    mkdir = Path.mkdir

    def refused(self: Path, *args: Any, **kwargs: Any) -> None:
        if ".staging-" in self.name:
            raise OSError(number, os.strerror(number), str(self))
        mkdir(self, *args, **kwargs)

    monkeypatch.setattr(Path, "mkdir", refused)
    assert run(line.split()) == 4
    said = capsys.readouterr().err.splitlines()[-1]
    if number in (errno.EROFS, errno.EACCES):
        remedy = "Check its permissions, or name another place with -o."
        assert said == f"dataprep: No permission for {out}. {remedy}"
    else:
        assert said == f"dataprep: {out}: {os.strerror(number)}. Nothing was written."
