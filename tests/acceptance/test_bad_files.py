"""Files of ours that somebody else wrote over: words with file, line and what to do."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import polars as pl
import pytest

from dataprep import fixes, store
from dataprep.cli import run
from dataprep.durable import write_whole
from dataprep.finding import EnvironmentProblem, UsageError
from dataprep.frames import read_frame
from dataprep.panics import Panic, caught_panics
from dataprep.server.sent import SentTasks
from tests.publishing import NEVER_A_PROCESS, names, publish, texts_of
from trainers.openai import ledger
from trainers.openai.results import last_figures
from trainers.run_folder import RunFolder, settings_of

BROKEN = '{"prompt": "a", "completion": "b"},\n{"prompt": "c", "completion": "d"}\n'


def unreadable(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for another user: a file that is there, and is not given."""
    read = Path.read_text

    def refuse(self: Path, *args: str, **more: str) -> str:
        if self.name == path.name:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))
        return read(self, *args, **more)

    monkeypatch.setattr(Path, "read_text", refuse)


@pytest.mark.parametrize("command", [("verify",), ("show",), ("check",), ("train", "openai")])
def test_a_manifest_that_is_not_given_is_a_matter_of_the_machine(
    command: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    publish(tmp_path / "out", a="one")
    unreadable(tmp_path / "out/manifest.json", monkeypatch)
    assert run([*command, str(tmp_path / "out")]) == 4
    said = " ".join(capsys.readouterr().err.split())
    assert "manifest.json cannot be read: permission denied." in said
    assert "check its permissions" in said


def test_a_folder_whose_manifest_is_not_given_is_neither_replaced_nor_to_be_emptied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path / "out", a="one")
    unreadable(tmp_path / "out/manifest.json", monkeypatch)
    with pytest.raises(EnvironmentProblem) as caught, store.staging(tmp_path / "out"):
        pass
    assert "empty" not in str(caught.value)
    monkeypatch.undo()
    assert texts_of(tmp_path / "out") == {"a": "one"}


def test_a_manifest_that_is_a_folder_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out/manifest.json").mkdir(parents=True)
    assert run(["verify", str(tmp_path / "out")]) == 4
    assert "is a directory" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "wrong", [{"targets": 5}, {"targets": {"t5": []}}, {"targets": {"t5": {"tokenizer": [1]}}}]
)
def test_a_manifest_of_other_types_is_none(wrong: object, tmp_path: Path) -> None:
    publish(tmp_path / "out", a="one")
    path = tmp_path / "out/manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | wrong))  # type: ignore[operator]
    with pytest.raises(UsageError, match="not a manifest of dataprep"):
        store.read_manifest(tmp_path / "out")


def test_after_publishing_a_disk_that_confirms_nothing_is_told_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    sync = store.sync

    def failing(path: Path) -> None:
        if path == tmp_path:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        sync(path)

    monkeypatch.setattr(store, "sync", failing)
    with pytest.raises(EnvironmentProblem) as caught:
        publish(out, a="one")
    assert str(caught.value) == (
        f"{out} is written whole and in its place, but the disk did not confirm it: "
        f"input/output error. A crash of the machine could still undo it. "
        f"See: dataprep verify {out}"
    )
    assert store.verify(out) == []
    assert names(tmp_path) == ["out"]


def test_a_file_that_cannot_be_written_whole_leaves_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "a.json", b"{}")
    assert names(tmp_path) == []


def test_a_fix_sweeps_what_a_killed_one_left_and_nothing_of_one_that_runs(tmp_path: Path) -> None:
    source, out = tmp_path / "rows.jsonl", tmp_path / "rows.fixed.jsonl"
    source.write_text(BROKEN)
    killed = tmp_path / f".{out.name}.staging-{NEVER_A_PROCESS}"
    running = tmp_path / f".{out.name}.staging-1"
    for folder in (killed, running):
        folder.mkdir()
        (folder / "rows.jsonl").write_text("half")
    made = fixes.fix(source, out)
    assert made.out == out
    assert made.not_swept == []
    assert not killed.exists()
    assert (running / "rows.jsonl").read_text() == "half"


def test_a_fix_says_what_it_cannot_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "rows.jsonl"
    source.write_text(BROKEN)
    killed = tmp_path / f".rows.fixed.jsonl.staging-{NEVER_A_PROCESS}"
    killed.mkdir()
    remove = store.shutil.rmtree

    def refuse(path: Path, *, ignore_errors: bool = False) -> None:
        if path != killed:
            remove(path, ignore_errors=ignore_errors)

    monkeypatch.setattr(store.shutil, "rmtree", refuse)
    assert run(["check", str(source), "--fix"]) == 0
    said = "".join(capsys.readouterr().err.split())
    assert f"{killed}:akilledrunleftit,anditcannotberemoved." in said


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[]", "is no object"),
        ('{"step": "create", "state": "done", "at": "2026-11-01T10:00:00"}', "under 'job'"),
        ('{"step": "plan", "state": "begin", "at": "2026-11-01T10:00:00", "key": 5}', "'key'"),
        ('{"step": "upload", "state": "begin"}', "a time under 'at'"),
        ('{"step": "watch", "state": "event", "event": "e", "data": []}', "under 'data'"),
    ],
)
def test_a_line_of_a_ledger_that_no_run_wrote_is_named(
    line: str, words: str, tmp_path: Path
) -> None:
    torn = '{"step": "cre'
    (tmp_path / "job.jsonl").write_text(f"{torn}\n{line}\n")
    with pytest.raises(UsageError) as caught:
        ledger.read(tmp_path)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path}/job.jsonl:2: the line ")


@pytest.mark.parametrize("content", ["", "{", "[]", "[" * 100_000])
def test_settings_of_a_run_that_are_none_are_named(content: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(UsageError, match=r"run\.json"):
        settings_of(tmp_path)


def test_lines_of_a_training_journal_that_are_none_are_passed_over(tmp_path: Path) -> None:
    lines = ["[]", "5", '{"loss": "x"}', '{"step": 1, "loss": 0.5, "seconds": 2.0}', '{"lo']
    (tmp_path / "metrics.jsonl").write_text("\n".join(lines))
    made = RunFolder(tmp_path, {})
    assert made.losses() == {1: 0.5}
    assert made.spent(3) == 2.0


def parquet(path: Path) -> bytes:
    frame = pl.DataFrame({"prompt": [f"What is {n}?" for n in range(300)], "n": range(300)})
    frame.write_parquet(path, compression="uncompressed")
    return path.read_bytes()


@pytest.mark.parametrize(
    ("cut", "put"),
    [(slice(0, 0), b""), (slice(0, 4), b""), (slice(0, 900), b""), (slice(4, 400), b"PAR1")],
    ids=["empty", "magic", "truncated", "no-head"],
)
def test_a_parquet_file_of_which_a_part_is_missing_is_named(
    cut: slice, put: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "rows.parquet"
    path.write_bytes(put + parquet(path)[cut])
    with pytest.raises(UsageError, match=r"rows\.parquet cannot be read as Parquet"):
        read_frame(path)
    assert capfd.readouterr().err == ""


def test_a_parquet_footer_that_is_damaged_anywhere_ends_in_words(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "rows.parquet"
    whole = parquet(path)
    length = int.from_bytes(whole[-8:-4], "little")
    refused = 0
    for at in range(len(whole) - 8 - length, len(whole) - 8):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            read_frame(path)
        except UsageError:
            refused += 1
    assert refused > 20
    assert capfd.readouterr().err == ""


def test_a_panic_is_an_error_and_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    class PanicException(BaseException):
        """As each library in Rust has one of its own."""

    def panic() -> None:
        os.write(2, b"thread panicked")
        raise PanicException("index out of bounds")

    with pytest.raises(Panic, match="index out of bounds"), caught_panics(), caught_panics():
        panic()
    os.write(2, b"heard again")
    assert capfd.readouterr().err == "heard again"


@pytest.mark.parametrize("wrong", ['"sending": 5', '"arrived": [1]', '"project": "x"'])
def test_a_journal_of_a_push_with_other_types_is_named(wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "push.jsonl"
    path.write_text(f'{{"address": "http://a", {wrong}}}\n')
    with pytest.raises(UsageError) as caught, SentTasks(path, "http://a", None):
        pass
    assert str(caught.value).startswith(f"{path}:1: this is no journal of a push.")


def test_figures_of_a_job_that_are_none_are_passed_over(tmp_path: Path) -> None:
    lines = ['{"train_loss": 0.5}', "[]", '{"train_loss": "x", "step": 3}', '{"tr']
    (tmp_path / "metrics.jsonl").write_text("\n".join(lines))
    assert last_figures(tmp_path) == {"train_loss": 0.5, "step": 3}


@pytest.mark.parametrize("content", ["{", "[]", '{"id": 5}', '{"id": "a"}'])
def test_a_line_that_is_no_answer_is_named(content: str, tmp_path: Path) -> None:
    from trainers.predict import answered

    path = tmp_path / "predictions.jsonl"
    path.write_text('{"id": "a", "answer": "b"}\n' + content)
    with pytest.raises(UsageError, match=r"predictions\.jsonl:2: the line is no answer"):
        list(answered(path))
