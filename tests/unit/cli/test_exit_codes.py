"""Exit codes are codes: whatever a command has counted, it leaves with one of the table."""

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from dataprep import cli, store
from dataprep.cli import application
from dataprep.finding import EnvironmentProblem, NothingToDo, Refused, UsageError

BROKEN = '{"prompt": "q", "completion": \n'
CHAT = {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}


def lines(folder: Path, *rows: str) -> str:
    path = folder / "train.jsonl"
    path.write_text("".join(rows), "utf-8")
    return str(path)


@pytest.mark.parametrize("errors", [1, 2, 4, 130, 255, 256, 257, 512])
def test_any_number_of_errors_is_1_of_check_of_fix_and_of_convert(
    tmp_path: Path, errors: int
) -> None:
    path = lines(tmp_path, *[BROKEN] * errors, json.dumps(CHAT) + "\n")
    assert cli.run(["check", path, "--no-near-duplicates"]) == 1
    assert cli.run(["check", path, "--fix", "--no-near-duplicates"]) == 1
    assert cli.run(["check", path, "--fix=all", "--no-near-duplicates"]) == 1
    to = ["--to", "openai-chat", "-o", str(tmp_path / "out")]
    assert cli.run(["convert", path, *to]) == 1


@pytest.mark.parametrize("warnings", [1, 2, 256])
def test_warnings_are_1_where_they_are_asked_to_fail(tmp_path: Path, warnings: int) -> None:
    row = json.dumps({"prompt": "Hi?", "completion": "Hi?"}) + "\n"
    path = lines(tmp_path, *[row] * (warnings + 1))
    assert cli.run(["check", path, "--fix", "--no-near-duplicates"]) == 0
    assert cli.run(["check", path, "--fix", "--no-near-duplicates", "--fail-on", "warning"]) == 1


@pytest.mark.parametrize("rows", [2, 4, 12, 256])
def test_fix_leaves_with_0_where_a_clean_copy_of_every_row_was_written(
    tmp_path: Path, rows: int
) -> None:
    path = lines(tmp_path, *[f'{{"prompt":"q{n}","completion":"a{n}"}},\n' for n in range(rows)])
    out = tmp_path / "mended.jsonl"
    assert cli.run(["check", path, "--fix", "-o", str(out)]) == 0
    assert out.read_text("utf-8").splitlines() == [
        f'{{"prompt":"q{n}","completion":"a{n}"}}' for n in range(rows)
    ]
    assert cli.run(["check", str(out), "--fix"]) == 0


@pytest.mark.parametrize("files", [1, 2, 256])
def test_any_number_of_changed_files_is_1_of_verify(
    tmp_path: Path, files: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "verify", lambda _: [f"file {n} has changed" for n in range(files)])
    monkeypatch.setattr(store, "read_manifest", lambda _: {"files": {}})
    assert cli.run(["verify", str(tmp_path)]) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("a"), 2),
        (NothingToDo("a"), 3),
        (EnvironmentProblem("a"), 4),
        (Refused("a"), 5),
        (OSError(28, "No space left"), 4),
        (KeyboardInterrupt(), 130),
        (RuntimeError("a"), 70),
    ],
)
def test_every_error_has_its_code(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(application, "app", fail)
    assert cli.run(["check"]) == code


@pytest.mark.parametrize("returned", [256, 12, -1, True, "yes"])
def test_what_is_no_code_is_an_error_of_ours(
    returned: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "app", lambda *_, **__: returned)
    assert cli.run(["check"]) == 70


class Closed(io.StringIO):
    """A standard output that somebody has stopped to read."""

    def flush(self) -> None:
        raise BrokenPipeError


@pytest.mark.parametrize(("row", "code"), [(json.dumps(CHAT) + "\n", 0), (BROKEN, 1)])
def test_a_reader_who_goes_away_does_not_turn_errors_into_success(
    tmp_path: Path, row: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = lines(tmp_path, row)
    returned = cli.run(["check", path])
    assert returned == code
    monkeypatch.setattr(application, "app", lambda *_, **__: returned)
    monkeypatch.setattr(sys, "stdout", Closed())
    assert cli.run(["check", path]) == code
    sys.stdout.close()  # what the command wrote the rest to


def test_a_table_of_one_check_is_none_of_the_next(tmp_path: Path) -> None:
    own, rows = tmp_path / "own.json", tmp_path / "rows.jsonl"
    own.write_text('{"providers": [{"name": "openai", "title": "Own"}]}')
    rows.write_text('{"prompt": "a", "completion": "b"}\n')
    cli.run(["check", str(rows), "--target", "openai", "--providers", str(own)])
    assert "DATAPREP_PROVIDERS" not in os.environ
