"""Several runs of one output at once, in one process: each is whole, and the last one stands."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from dataprep import store
from dataprep.conversion import starter_recipe
from dataprep.durable import write_whole
from dataprep.finding import UsageError
from dataprep.fixes import fix
from tests.publishing import names, publish, texts_of
from trainers import run_folder

MANY, SECONDS = 6, 5
"""Threads, and how long they wait for each other at most."""


def at_once(work: Callable[[int], object]) -> list[BaseException]:
    """What a number of threads raise that begin together."""
    gate, raised = threading.Barrier(MANY, timeout=SECONDS), []

    def begin(number: int) -> None:
        gate.wait()
        try:
            work(number)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_of_trainings_that_begin_in_one_folder_one_does(tmp_path: Path) -> None:
    def work(number: int) -> None:
        assert not run_folder.claim(tmp_path / "run", resume=False)
        looked.wait()
        run_folder.begin(tmp_path / "run", {"seed": number}, goes_on=False)

    looked = threading.Barrier(MANY, timeout=SECONDS)
    raised = at_once(work)
    assert [type(error) for error in raised] == [UsageError] * (MANY - 1)
    assert "holds a run that was not finished" in str(raised[0])
    assert names(tmp_path / "run") == ["run.json"]


@pytest.mark.parametrize("links", [True, False])
def test_a_new_file_replaces_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool
) -> None:
    if not links:
        monkeypatch.setattr(os, "link", lambda *_: os.open("/no such file", os.O_RDONLY))
    write_whole(tmp_path / "a", b"one", new=True)
    assert texts_of(tmp_path) == {"a": "one"}
    if links:
        with pytest.raises(FileExistsError):
            write_whole(tmp_path / "a", b"two", new=True)
        assert texts_of(tmp_path) == {"a": "one"}


@pytest.mark.parametrize("swaps", [True, False])
def test_threads_that_publish_one_output_are_all_done_and_one_stands_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, swaps: bool
) -> None:
    if not swaps:
        monkeypatch.setattr(store, "_atomic_swap", lambda: None)
    staged = threading.Barrier(MANY, timeout=SECONDS)

    def work(number: int) -> None:
        with store.staging(tmp_path / "new/out") as folder:
            staged.wait()
            for name in ("a", "b"):
                (folder / name).write_text(str(number))
            store.publish(folder, tmp_path / "new/out", {"targets": {}})

    assert at_once(work) == []
    assert names(tmp_path / "new") == ["out"]
    assert store.verify(tmp_path / "new/out") == []
    texts = texts_of(tmp_path / "new/out")
    assert texts["a"] == texts["b"]


def test_a_folder_that_another_run_makes_meanwhile_is_no_file_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Path.is_dir

    def made_meanwhile(path: Path) -> bool:
        found = asked(path)
        if path == tmp_path / "new":
            path.mkdir(exist_ok=True)
        return found

    monkeypatch.setattr(Path, "is_dir", made_meanwhile)
    store.refuse_file(tmp_path / "new" / "out")


def test_a_run_that_fails_takes_nothing_from_those_beside_it(tmp_path: Path) -> None:
    staged = threading.Barrier(MANY, timeout=SECONDS)

    def work(number: int) -> None:
        with store.staging(tmp_path / "new/out") as folder:
            (folder / "a").write_text(str(number))
            staged.wait()
            if number:
                raise UsageError("not this one")
            store.publish(folder, tmp_path / "new/out", {"targets": {}})

    assert [str(error) for error in at_once(work)] == ["not this one"] * (MANY - 1)
    assert names(tmp_path / "new") == ["out"]
    assert texts_of(tmp_path / "new/out") == {"a": "0"}


def test_what_an_earlier_thread_of_the_same_number_left_is_swept(tmp_path: Path) -> None:
    """After a kill numbers of processes and of threads come again, in a container at once."""
    with store.staging(tmp_path / "out") as folder:
        own = folder.name
    for left in (own, own + "7", own.rpartition("-")[0]):
        (tmp_path / left).mkdir()
    publish(tmp_path / "out", a="one")
    assert names(tmp_path) == ["out"]


def test_an_output_that_another_process_publishes_meanwhile_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at the place and the taking of it."""
    exists = Path.exists
    looked: list[Path] = []

    def late(self: Path) -> bool:
        found = exists(self)
        if self == tmp_path / "out" and ".staging-" in "".join(names(tmp_path)):
            if not looked:
                self.mkdir()
                (self / "theirs").write_text("other")
            looked.append(self)
        return found

    with store.staging(tmp_path / "out") as folder:
        (folder / "a").write_text("one")
        monkeypatch.setattr(Path, "exists", late)
        store.publish(folder, tmp_path / "out", {"targets": {}})
    assert looked
    assert texts_of(tmp_path / "out") == {"a": "one"}
    assert names(tmp_path) == ["out"]


def test_threads_that_mend_one_file_or_write_one_recipe_leave_one_and_whole(tmp_path: Path) -> None:
    """Whose file is there already is told so, as where two processes do it."""
    (tmp_path / "rows.jsonl").write_bytes(b'\xef\xbb\xbf{"prompt": "a", "completion": "b"}\n')
    mended = tmp_path / "mended.jsonl"
    raised = at_once(lambda _: fix(tmp_path / "rows.jsonl", mended))
    raised += at_once(lambda number: starter_recipe.write(f"{number}\n", tmp_path / "recipe.yaml"))
    assert {type(error) for error in raised} <= {UsageError}
    assert all("exists." in str(error) for error in raised)
    assert names(tmp_path) == ["mended.jsonl", "recipe.yaml", "rows.jsonl"]
    assert mended.read_bytes() == b'{"prompt": "a", "completion": "b"}\n'
