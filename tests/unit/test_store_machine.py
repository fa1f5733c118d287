"""A full disk, a limit or a kill ends in words, and leaves the old output or the new."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import safetensors
import tokenizers

from dataprep import store
from dataprep.finding import EnvironmentProblem
from tests.publishing import names, publish, texts_of


def full(*_: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_fills_up_at_the_last_sync_is_a_problem_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path / "out", a="one")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentProblem) as caught:
        publish(tmp_path / "out", a="two")
    assert caught.value.exit_code == 4
    assert str(caught.value) == (
        f"No space left on the disk that holds {tmp_path}/out. "
        "Free some space, or name another place with -o; nothing was left behind."
    )
    assert (names(tmp_path), (tmp_path / "out/a").read_text()) == (["out"], "one")


def test_a_disk_that_is_full_before_anything_is_staged_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mkdir = Path.mkdir

    def fail(self: Path, *args: Any, **kwargs: Any) -> None:
        full() if ".staging-" in self.name else mkdir(self, *args, **kwargs)

    monkeypatch.setattr(Path, "mkdir", fail)
    with pytest.raises(EnvironmentProblem, match="No space left"):
        publish(tmp_path / "new/out", a="one")
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EDQUOT, "No space left on the disk that holds"),
        (errno.EFBIG, "A file below"),
        (errno.EACCES, "No permission for x"),
        (errno.EROFS, "No permission for x"),
        (errno.EIO, "x: Input/output error"),
    ],
)
def test_every_error_of_the_system_becomes_words(tmp_path: Path, number: int, said: str) -> None:
    with (
        pytest.raises(EnvironmentProblem) as caught,
        store.environment_errors(tmp_path),
    ):
        raise OSError(number, os.strerror(number), "x")
    assert str(caught.value).startswith(said)
    assert caught.value.remedy


def test_polars_words_for_a_full_disk_become_ours(tmp_path: Path) -> None:
    with (
        pytest.raises(EnvironmentProblem, match="No space left"),
        store.environment_errors(tmp_path),
    ):
        raise pl.exceptions.ComputeError("underlying IO error: No space left (os error 28)")
    with pytest.raises(pl.exceptions.ComputeError), store.environment_errors(tmp_path):
        raise pl.exceptions.ComputeError("something else")


def test_a_folder_that_may_not_be_looked_into_is_a_problem_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()

    def refuse(self: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(EnvironmentProblem, match="No permission for"):
        publish(tmp_path / "out", a="one")


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


LIMITED = """
import resource, sys
from pathlib import Path
import polars as pl
from dataprep import store
from dataprep.finding import EnvironmentProblem
out = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    with store.staging(out) as folder:
        frame = pl.DataFrame({"a": [str(hash(str(n))) for n in range(20_000)]})
        if sys.argv[2] == "parquet":
            store.write_parquet(frame, folder / "a.parquet")
        elif sys.argv[2] == "polars":
            frame.write_parquet(folder / "a.parquet")
        else:
            (folder / "a").write_bytes(bytes(100_000))
        store.publish(folder, out, {})
except EnvironmentProblem as error:
    print(error)
    sys.exit(error.exit_code)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of file sizes on this system")
@pytest.mark.parametrize("writer", ["bytes", "parquet", "polars"])
def test_a_file_that_grows_past_the_limit_ends_in_words_and_leaves_the_old(
    tmp_path: Path, writer: str
) -> None:
    publish(tmp_path / "out", a="one")
    ended = run(LIMITED, str(tmp_path / "out"), writer)
    assert (ended.returncode, ended.stderr) == (4, "")
    assert ended.stdout.startswith(f"A file below {tmp_path}/out grew past the allowed size.")
    assert (names(tmp_path), (tmp_path / "out/a").read_text()) == (["out"], "one")


ENDLESS = """
import sys
from pathlib import Path
from dataprep import store
out = Path(sys.argv[1])
if sys.argv[2] == "two renames":
    store._atomic_swap = lambda: None
generation = int(sys.argv[3])
while True:
    generation += 1
    with store.staging(out) as folder:
        for name in "abcd":
            (folder / name).write_text(str(generation))
        store.publish(folder, out, {})
    print(generation, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on this system")
@pytest.mark.parametrize("exchange", ["atomic", "two renames"])
def test_a_kill_at_any_instant_leaves_the_old_output_or_the_new(
    tmp_path: Path, exchange: str
) -> None:
    instants = random.Random(0)  # noqa: S311
    out, generation = tmp_path / "out", 0
    for _ in range(6):
        command = [sys.executable, "-c", ENDLESS, str(out), exchange, str(generation)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout
            generation = int(child.stdout.readline())
            time.sleep(instants.uniform(0, 0.03))
            child.send_signal(signal.SIGKILL)
            generation = int(([str(generation), *child.stdout.read().split()])[-1])
        if exchange == "two renames":
            with pytest.raises(RuntimeError), store.staging(out):
                raise RuntimeError  # the next run puts back first what was taken away
        assert store.verify(out) == []
        texts = texts_of(out)
        assert sorted(texts) == list("abcd")
        assert set(texts.values()) <= {str(generation), str(generation + 1)}
        assert len(set(texts.values())) == 1
    publish(out, a="last")
    assert names(tmp_path) == ["out"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_under_a_library_of_rust_is_a_full_disk(tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    with (
        pytest.raises(EnvironmentProblem, match="No space left on the disk"),
        store.environment_errors(tmp_path),
    ):
        tokenizers.Tokenizer(tokenizers.models.BPE()).save(str(full))


def test_what_safetensors_says_of_the_disk_is_of_the_disk(tmp_path: Path) -> None:
    said = "Error while serializing: I/O error: No space left on device (os error 28)"
    with (
        pytest.raises(EnvironmentProblem, match="No space left on the disk"),
        store.environment_errors(tmp_path),
    ):
        raise safetensors.SafetensorError(said)
