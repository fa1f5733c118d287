"""An output is published whole or not at all, and verified against its manifest."""

from __future__ import annotations

import errno
import json
import os
import threading
from pathlib import Path

import polars as pl
import pytest

from dataprep import store
from dataprep.finding import EnvironmentProblem, UsageError
from tests.publishing import NEVER_A_PROCESS, names, publish, texts_of


def test_what_was_staged_is_the_output_with_its_manifest(tmp_path: Path) -> None:
    publish(tmp_path / "out", a="one", t5__b="two")
    manifest = json.loads((tmp_path / "out/manifest.json").read_bytes())
    assert texts_of(tmp_path / "out") == {"a": "one", "t5/b": "two"}
    assert manifest["files"] == {
        # printf one | sha256sum
        "a": {
            "sha256": "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
            "bytes": 3,
        },
        "t5/b": {
            "sha256": "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3",
            "bytes": 3,
        },
    }
    # printf 'a 7692...\nt5/b 3fc4...\n' | sha256sum
    assert manifest["digest"] == "e3da4abac90aff3658d83d7773f10c941c6a022ebad5aaa36b03d44d26f5c3bf"
    assert names(tmp_path) == ["out"]


def test_a_new_output_replaces_the_old_one_whole(tmp_path: Path) -> None:
    publish(tmp_path / "out", a="one", b="two")
    publish(tmp_path / "out", a="three")
    assert texts_of(tmp_path) == {
        "out/a": "three",
        "out/manifest.json": texts_of_manifest(tmp_path),
    }
    assert names(tmp_path) == ["out"]
    assert store.verify(tmp_path / "out") == []


def texts_of_manifest(folder: Path) -> str:
    return (folder / "out/manifest.json").read_text()


def test_without_an_atomic_exchange_the_old_output_is_replaced_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_atomic_swap", lambda: None)
    publish(tmp_path / "out", a="one")
    publish(tmp_path / "out", a="two")
    assert (names(tmp_path), (tmp_path / "out/a").read_text()) == (["out"], "two")


def test_an_exchange_that_the_file_system_does_not_know_falls_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_atomic_swap", lambda: lambda a, b: -1)
    publish(tmp_path / "out", a="one")
    publish(tmp_path / "out", a="two")
    assert (names(tmp_path), (tmp_path / "out/a").read_text()) == (["out"], "two")


def test_an_exchange_that_fails_half_way_puts_the_old_output_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_atomic_swap", lambda: None)
    publish(tmp_path / "out", a="one")
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if ".staging-" in self.name:
            raise OSError(errno.EIO, "Input/output error", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(EnvironmentProblem, match="Input/output error"):
        publish(tmp_path / "out", a="two")
    assert (names(tmp_path), (tmp_path / "out/a").read_text()) == (["out"], "one")


def test_an_output_that_a_kill_took_out_of_place_is_put_back(tmp_path: Path) -> None:
    # Killed between the two renames, where no atomic exchange is to be had.
    publish(tmp_path / "out", a="one")
    (tmp_path / "out").rename(tmp_path / f".out.old-{NEVER_A_PROCESS}")
    (tmp_path / f".out.staging-{NEVER_A_PROCESS}").mkdir()
    with pytest.raises(UsageError), store.staging(tmp_path / "out"):
        raise UsageError("the next run fails too")
    assert (names(tmp_path), (tmp_path / "out/a").read_text()) == (["out"], "one")


def test_an_old_output_that_a_kill_left_behind_is_swept(tmp_path: Path) -> None:
    publish(tmp_path / "out", a="one")
    (tmp_path / f".out.old-{NEVER_A_PROCESS}").mkdir()
    publish(tmp_path / "out", a="two")
    assert (names(tmp_path), (tmp_path / "out/a").read_text()) == (["out"], "two")


def test_an_error_leaves_the_old_output_and_nothing_else(tmp_path: Path) -> None:
    publish(tmp_path / "out", a="one")
    with pytest.raises(RuntimeError), store.staging(tmp_path / "out") as folder:
        (folder / "a").write_text("half")
        raise RuntimeError
    assert (names(tmp_path), (tmp_path / "out/a").read_text()) == (["out"], "one")


def test_an_error_of_a_first_run_leaves_nothing_not_even_the_folders_above(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), store.staging(tmp_path / "new/deep/out"):
        raise RuntimeError
    assert names(tmp_path) == []
    publish(tmp_path / "new/deep/out", a="one")
    assert texts_of(tmp_path / "new/deep/out") == {"a": "one"}


def test_what_is_staged_lies_beside_the_output_hidden(tmp_path: Path) -> None:
    with store.staging(tmp_path / "out") as folder:
        assert folder.parent == tmp_path
        assert folder.name == f".out.staging-{os.getpid()}-{threading.get_ident()}"


def test_a_relative_folder_is_published_where_the_command_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    publish(Path("out"), a="one")
    publish(Path("./x/../out"), a="two")
    assert (names(tmp_path), (tmp_path / "out/a").read_text()) == (["out"], "two")


@pytest.mark.parametrize("out", [".", "..", "../here", "../here/."])
def test_the_folder_that_the_command_stands_in_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(UsageError, match="you stand in"), store.staging(Path(out)):
        pass
    assert names(tmp_path) == ["here"]


def test_the_staging_folder_of_a_dead_process_is_swept(tmp_path: Path) -> None:
    for owner in (NEVER_A_PROCESS, 10**30, os.getpid()):
        orphan = tmp_path / f".out.staging-{owner}"
        orphan.mkdir()
        (orphan / "a").write_text("half")
    publish(tmp_path / "out", a="one")
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("name", [".out.staging-x", ".out.old-notes", ".out.mine-1", ".out"])
def test_a_hidden_folder_of_someone_else_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    publish(tmp_path / "out", a="one")
    assert names(tmp_path) == sorted([name, "out"])


def test_the_staging_folder_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    alive = tmp_path / f".out.staging-{os.getppid()}"
    alive.mkdir()
    others = tmp_path / f".other.staging-{NEVER_A_PROCESS}"
    others.mkdir()
    publish(tmp_path / "out", a="one")
    assert names(tmp_path) == sorted([alive.name, others.name, "out"])


def test_a_name_with_the_marks_of_a_pattern_is_a_name(tmp_path: Path) -> None:
    (tmp_path / f".o[1]*.staging-{NEVER_A_PROCESS}").mkdir()
    (tmp_path / f".o1x.staging-{NEVER_A_PROCESS}").mkdir()
    publish(tmp_path / "o[1]*", a="one")
    assert names(tmp_path) == sorted([f".o1x.staging-{NEVER_A_PROCESS}", "o[1]*"])


def test_a_whole_output_verifies(tmp_path: Path) -> None:
    publish(tmp_path / "out", a="one", t5__manifest="two")
    assert store.verify(tmp_path / "out") == []


def test_a_missing_a_changed_and_an_extra_file_are_named(tmp_path: Path) -> None:
    publish(tmp_path / "out", a="one", b="two", c="three")
    (tmp_path / "out/a").unlink()
    (tmp_path / "out/b").write_text("tw0")
    (tmp_path / "out/t5").mkdir()
    (tmp_path / "out/t5/d").write_text("extra")
    assert store.verify(tmp_path / "out") == [
        "a is missing.",
        "t5/d was not made by this run.",
        "b was changed after it was written.",
    ]


def test_a_file_below_that_is_called_manifest_is_a_file_like_others(tmp_path: Path) -> None:
    with store.staging(tmp_path / "out") as folder:
        (folder / "t5").mkdir()
        (folder / "t5/manifest.json").write_text("{}")
        store.publish(folder, tmp_path / "out", {})
    assert store.verify(tmp_path / "out") == []
    (tmp_path / "out/t5/manifest.json").write_text("[]")
    assert store.verify(tmp_path / "out") == ["t5/manifest.json was changed after it was written."]


def test_a_manifest_whose_hashes_were_changed_is_named(tmp_path: Path) -> None:
    publish(tmp_path / "out", a="one")
    path = tmp_path / "out/manifest.json"
    manifest = json.loads(path.read_text())
    (tmp_path / "out/a").write_text("two")
    manifest["files"]["a"] = {"sha256": store.sha256_of(tmp_path / "out/a"), "bytes": 3}
    path.write_text(json.dumps(manifest))
    assert store.verify(tmp_path / "out") == ["manifest.json was changed after it was written."]


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (None, "is no output of dataprep: it has no manifest.json."),
        ("[]", "manifest.json is not a manifest of dataprep."),
        ('{"files": []}', "manifest.json is not a manifest of dataprep."),
        ('{"files": {"a": {}}, "digest": ""}', "manifest.json is not a manifest of dataprep."),
    ],
)
def test_a_folder_without_a_manifest_of_ours_cannot_be_verified(
    tmp_path: Path, manifest: str | None, said: str
) -> None:
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(UsageError) as caught:
        store.verify(tmp_path)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"{",
        b"\xff{}",
        b"[" * 100_000,
        b'{"schema": "urn:dataprep:schema:manifest:1", "files": []}',
        b'{"schema": "urn:dataprep:schema:manifest:1", "files": {}, "digest": "x",'
        b' "recipe": {"targets": 1.5}}',
        b'{"schema": "urn:dataprep:schema:manifest:1", "files": {}, "digest": "x",'
        b' "recipe": {"targets": [{"name": "openai-chat", "system": 5}]}}',
    ],
)
def test_a_folder_whose_manifest_is_damaged_is_neither_judged_nor_replaced(
    tmp_path: Path, manifest: bytes
) -> None:
    publish(tmp_path / "out", a="one")
    (tmp_path / "out/manifest.json").write_bytes(manifest)
    with pytest.raises(EnvironmentProblem, match="cannot be read: ") as judged:
        store.verify(tmp_path / "out")
    assert judged.value.exit_code == 4
    assert "It is damaged" in judged.value.remedy
    with pytest.raises(EnvironmentProblem, match="cannot be read: "):
        publish(tmp_path / "out", a="two")
    assert (tmp_path / "out/a").read_text() == "one"


def test_a_file_that_cannot_be_read_is_a_problem_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path / "out", a="one")

    def refuse(path: Path) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(store, "sha256_of", refuse)
    with pytest.raises(EnvironmentProblem, match="No permission for"):
        store.verify(tmp_path / "out")


def test_a_frame_is_written_so_that_it_is_read_again(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": ["é😀", None], "n": [1, 2]})
    store.write_parquet(frame, tmp_path / "a.parquet")
    assert pl.read_parquet(tmp_path / "a.parquet").equals(frame)
