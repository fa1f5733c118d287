"""One file of a folder of which nothing can be read: named, counted, and left out when asked."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dataprep.cli import run
from tests.converting import Converting

DOCCANO = '{{"id": {n}, "text": "Ann{n} left.", "label": [[0, 4, "PER"]]}}\n'
PRODIGY = (
    '{{"text": "Ann{n} left.", "_input_hash": {n}, "_task_hash": {n}, "answer": "accept",'
    ' "spans": [{{"start": 0, "end": 4, "label": "PER"}}], "_view_id": "ner_manual"}}\n'
)
COLUMNS = "Ann{n} B-PER\nleft O\n\n"
CONLLU = "# text = Ann{n} left\n" + "".join(
    f"{number}\t{form}" + "\t_" * 7 + f"\t{misc}\n"
    for number, form, misc in ((1, "Ann{n}", "NER=B-PER"), (2, "left", "_"))
)
WEBANNO = (
    "#FORMAT=WebAnno TSV 3.3\n#T_SP=custom.Span|value\n\n\n#Text=Ann{n} left\n"
    "1-1\t0-4\tAnn{n}\tPER\t\n1-2\t5-9\tleft\t_\t\n"
)
SPACY = '[["Ann{n} left.", {{"entities": [[0, 4, "PER"]]}}]]'
TOKENS = '{{"tokens": ["Ann{n}", "left"], "ner_tags": ["B-PER", "O"]}}\n'
TASK = (
    '{{"id": {n}, "data": {{"text": "Ann{n} left."}}, "annotations": [{{"result": [{{"from_name":'
    ' "c", "to_name": "t", "type": "choices", "value": {{"choices": ["PER"]}}}}]}}]}}'
)
PAIR = '{{"prompt": "Who left {n}?", "completion": "Ann{n}"}}\n'
EVERY = {
    "doccano": (".jsonl", DOCCANO),
    "prodigy": (".jsonl", PRODIGY),
    "conll": (".conll", COLUMNS),
    "conllu": (".conllu", CONLLU),
    "webanno": (".tsv", WEBANNO),
    "spacy": (".json", SPACY),
    "token-rows": (".jsonl", TOKENS),
    "label-studio": (".json", TASK),
    "rows": (".jsonl", PAIR),
}


@pytest.fixture
def convert(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Converting:
    monkeypatch.setenv("COLUMNS", "400")
    return Converting(tmp_path, capsys)


def folder_of(folder: Path, ending: str, text: str) -> Path:
    folder.mkdir()
    for n in (1, 2):
        (folder / f"{n}{ending}").write_text(text.format(n=n), "utf-8")
    return folder


def forbidden(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(b"")
    opened: Callable[..., Any] = Path.open

    def refuse(self: Path, *args: Any, **more: Any) -> Any:
        if self.name == path.name:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))
        return opened(self, *args, **more)

    monkeypatch.setattr(Path, "open", refuse)


@pytest.mark.parametrize("tool", EVERY)
@pytest.mark.parametrize("how", ["forbidden", "vanished"])
def test_a_file_that_cannot_be_opened_refuses_the_run_and_costs_itself_alone_when_asked(
    tool: str, how: str, convert: Converting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending, text = EVERY[tool]
    path = folder_of(tmp_path / "all", ending, text) / f"no{ending}"
    if how == "vanished":
        path.symlink_to("gone")
    else:
        forbidden(path, monkeypatch)
    refused = convert("all")
    assert (refused.code, refused.rows) == (1, [])
    words = "is a link to gone, which is not there" if how == "vanished" else "may not be read"
    assert f"all/no{ending}: J018 {words}." in refused.said
    assert f"all: nothing could be read of 1 file: no{ending} (J018)" in refused.said
    assert "Mend them, or pass --drop-invalid" in refused.said
    made = convert("all", "--drop-invalid")
    assert made.code == 0
    assert len(made.rows) == 2
    assert "read record 3 2 1 J018" in made.said
    manifest = json.loads((made.folder / "manifest.json").read_text())
    assert manifest["findings"]["J018"] == 1
    assert not any("no" in Path(each["path"]).stem for each in manifest["made_from"])


@pytest.mark.parametrize("name", ["doc.txt", "doc.ann"])
@pytest.mark.parametrize("how", ["forbidden", "vanished"])
def test_a_file_of_brat_that_cannot_be_opened_costs_its_document(
    name: str, how: str, convert: Converting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "all").mkdir()
    for stem in ("a", "doc"):
        (tmp_path / f"all/{stem}.txt").write_text(f"Ann {stem} left.")
        (tmp_path / f"all/{stem}.ann").write_text("T1\tPER 0 3\tAnn\n")
    path = tmp_path / "all" / name
    path.unlink()
    if how == "vanished":
        path.symlink_to("gone")
    else:
        forbidden(path, monkeypatch)
    assert convert("all").code == 1
    made = convert("all", "--drop-invalid")
    assert made.code == 0
    assert [row[1] for row in made.rows] == ['[{"text":"Ann","label":"PER"}]']
    assert f"all/{name}: J018" in made.said


@pytest.mark.parametrize("packed", [False, True])
def test_an_empty_text_of_brat_costs_its_document_in_a_folder_and_in_a_zip(
    packed: bool, convert: Converting, tmp_path: Path
) -> None:
    (tmp_path / "all").mkdir()
    for stem, text in (("a", "Ann left."), ("doc", "")):
        (tmp_path / f"all/{stem}.txt").write_text(text)
        (tmp_path / f"all/{stem}.ann").write_text("T1\tPER 0 3\tAnn\n" * bool(text))
    given = "all"
    if packed:
        given = Path(shutil.make_archive(str(tmp_path / "all"), "zip", tmp_path / "all")).name
    assert convert(given).code == 1
    made = convert(given, "--drop-invalid")
    assert (made.code, len(made.rows)) == (0, 1)
    assert f"{given}/doc.txt: J009" in made.said
    assert "read record 2 1 1 J009" in made.said


def test_a_folder_below_that_may_not_be_listed_is_named_like_a_file(
    convert: Converting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(tmp_path / "all", ".jsonl", PAIR)
    folder_of(folder / "closed", ".jsonl", PAIR)
    scan = os.scandir

    def refuse(path: Any) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert "all/closed: J018 may not be read" in convert("all").said
    made = convert("all", "--drop-invalid")
    assert (made.code, len(made.rows)) == (0, 2)


@pytest.mark.parametrize("tool", EVERY)
def test_an_empty_or_badly_encoded_file_costs_itself_alone_when_asked(
    tool: str, convert: Converting, tmp_path: Path
) -> None:
    ending, text = EVERY[tool]
    folder = folder_of(tmp_path / "all", ending, text)
    (folder / f"no{ending}").write_bytes(text.format(n=3).replace("left", "ließ").encode("latin-1"))
    assert convert("all").code == 1
    made = convert("all", "--drop-invalid")
    assert (made.code, len(made.rows)) == (0, 2)
    assert f"all/no{ending}" in made.said
    (folder / f"no{ending}").write_bytes(b"")
    assert convert("all").code == 1
    made = convert("all", "--drop-invalid")
    assert (made.code, len(made.rows)) == (0, 2)
    assert f"all/no{ending}: J009" in made.said


@pytest.mark.parametrize("tool", ["conll", "conllu"])
def test_a_file_of_blank_lines_costs_itself_alone_when_asked(
    tool: str, convert: Converting, tmp_path: Path
) -> None:
    ending, text = EVERY[tool]
    folder = folder_of(tmp_path / "all", ending, text)
    (folder / f"no{ending}").write_bytes(b"\n \n\n")
    assert f"all/no{ending}: J009 holds no token" in convert("all").said
    made = convert("all", "--drop-invalid")
    assert (made.code, len(made.rows)) == (0, 2)


def test_one_file_of_a_storage_that_is_cut_off_costs_that_file_when_asked(
    convert: Converting, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "all", "", TASK)
    (folder / "3").write_text(TASK.format(n=3)[:60])
    assert convert("all").code == 1
    made = convert("all", "--drop-invalid")
    assert (made.code, len(made.rows)) == (0, 2)
    assert "nothing could be read of 1 file: 3 (J001)" in made.said
    assert "read record 3 2 1 J001" in made.said


@pytest.mark.parametrize("ending", [".parquet", ".arrow", ".csv"])
def test_a_damaged_table_costs_itself_alone_when_asked(
    ending: str, convert: Converting, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "all", ".jsonl", PAIR)
    (folder / f"no{ending}").write_bytes(b"\xe9\x00\x93 noise, and no table at all")
    assert f"all/no{ending}" in convert("all").said
    made = convert("all", "--drop-invalid")
    assert (made.code, len(made.rows)) == (0, 2)
    assert f"nothing could be read of 1 file: no{ending} (J018)" in made.said


def test_where_nothing_is_left_no_option_helps(convert: Converting, tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    for n in (1, 2):
        (tmp_path / f"all/{n}.jsonl").write_text('{"prompt": "cut')
    made = convert("all", "--drop-invalid")
    assert made.code == 1
    assert "Nothing was written, because a whole file could not be read." in made.said


def test_where_all_rows_of_a_file_are_unreadable_no_option_is_recommended(
    convert: Converting, tmp_path: Path
) -> None:
    (tmp_path / "no.jsonl").write_text("These are words.\nAnd no rows.\n")
    said = convert("no.jsonl").said
    assert "Mend it or export it again, leave it out of the command, or name what it is" in said
    assert "no.jsonl: it is running text" in convert("no.jsonl", "--format", "text").said


def test_where_every_row_has_an_error_leaving_them_out_is_not_recommended(
    convert: Converting, tmp_path: Path
) -> None:
    """With the flag that was recommended nothing came of the input."""
    rows = ['{"prompt": "Who?", "completion": ""}\n', '{"prompt": "Why?", "completion": ""}\n']
    (tmp_path / "no.jsonl").write_text("".join(rows))
    made = convert("no.jsonl")
    assert made.code == 1
    assert "nothing would be left: --drop-invalid does not help here" in made.said
    assert convert("no.jsonl", "--drop-invalid").code == 3
    (tmp_path / "one.jsonl").write_text("".join([*rows, PAIR.format(n=1)]))
    assert "or pass --drop-invalid to leave those rows out" in convert("one.jsonl").said


def test_a_file_that_is_named_itself_is_not_left_out(convert: Converting, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "all", ".jsonl", PAIR)
    (folder / "no.jsonl").write_text('{"prompt": "cut')
    made = convert("all/1.jsonl", str(folder / "no.jsonl"), "--drop-invalid")
    assert made.code == 1
    assert "Nothing was written, because a whole file could not be read." in made.said


def test_where_nothing_can_be_opened_the_machine_is_in_the_way(
    convert: Converting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "all").mkdir()
    forbidden(tmp_path / "all/no.jsonl", monkeypatch)
    made = convert("all", "--drop-invalid")
    assert made.code == 4
    assert "all/no.jsonl may not be read. Check its permissions." in made.said


def test_advise_names_what_it_cannot_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_of(tmp_path / "all", ".jsonl", PAIR)
    (folder / "no.jsonl").symlink_to("gone")
    assert run(["advise", str(folder), "--json"]) == 0
    assert "J018 is a link to gone, which is not there" in "".join(capsys.readouterr())


def test_records_of_argilla_in_another_encoding_are_named_as_such(
    convert: Converting, tmp_path: Path
) -> None:
    row = '{"id": "1", "fields": {"text": "Caf\xe9"}, "responses": {}, "suggestions": {}}\n'
    (tmp_path / "records.jsonl").write_bytes(row.encode("latin-1"))
    made = convert("records.jsonl", "--format", "argilla")
    assert "records.jsonl byte 0xe9 is not UTF-8" in made.said


def test_check_names_what_it_cannot_open_and_judges_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_of(tmp_path / "all", ".jsonl", PAIR)
    (folder / "no.jsonl").symlink_to("gone")
    assert run(["check", str(folder)]) == 1
    said = " ".join("".join(capsys.readouterr()).split())
    assert "J018" in said
    assert "is a link to gone, which is not there" in said


@pytest.mark.parametrize("tool", EVERY)
def test_a_disk_that_fails_refuses_the_run_whatever_is_asked(
    tool: str, convert: Converting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending, text = EVERY[tool]
    path = folder_of(tmp_path / "all", ending, text) / f"2{ending}"
    opened: Callable[..., Any] = Path.open

    def fail(self: Path, *args: Any, **more: Any) -> Any:
        if self.name == path.name:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(self))
        return opened(self, *args, **more)

    monkeypatch.setattr(Path, "open", fail)
    made = convert("all", "--drop-invalid")
    assert (made.code, made.rows) == (4, [])
    assert f"all/2{ending} cannot be read: input/output error." in made.said
    assert "Check the disk" in made.said
    assert run(["init", str(tmp_path / "all"), "--out", str(tmp_path / "new.yaml")]) == 4
    assert run(["check", str(tmp_path / "all")]) == 4
