"""The journal writes down every finding and drop, and counts what refuses the run."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from dataprep.contracts import contract
from dataprep.conversion.journal import ConversionJournal, Counting
from dataprep.finding import Drop, Finding, Place, UsageError
from dataprep.recipe import Checks, PerFile
from dataprep.rules import found

ALL = Counting(Checks(), Path())


def finding(code: str = "A001", n: int = 1) -> Finding:
    return found(code, f"number {n}", Place(file="e.json", task=n, annotation="a"), example="e")


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_a_rule_can_be_ignored_in_the_files_of_a_glob_alone(tmp_path: Path) -> None:
    per_file = {"old/*.json": PerFile(ignore=["A", "D001"]), "new.json": PerFile()}
    counting = Counting(Checks(per_file=per_file), tmp_path)
    asked = [("A001", "old/e.json"), ("D001", "old/e.json"), ("D002", "old/e.json")]
    asked += [("A001", "new.json"), ("A001", "e.json")]
    counted = [found(code, "is so", Place(file=file)) in counting for code, file in asked]
    assert counted == [False, False, True, True, True]


def test_a_glob_holds_for_paths_from_elsewhere_too(tmp_path: Path) -> None:
    counting = Counting(Checks(per_file={"old/*": PerFile(ignore=["J"])}), tmp_path)
    elsewhere = Place(file=str(tmp_path / "old" / "e.json"))
    assert found("J001", "is so", elsewhere) not in counting
    assert found("J001", "is so", Place(file="/elsewhere/old/e.json")) in counting


def test_a_glob_with_an_unknown_rule_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no rule 'A999'"):
        Counting(Checks(per_file={"*": PerFile(ignore=["A999"])}), tmp_path)


def test_findings_and_drops_are_written_as_their_schemas_say(tmp_path: Path) -> None:
    with ConversionJournal(tmp_path, ALL) as journal:
        assert journal.find(finding())
        assert journal.find(found("J003", "twice", Place(file="é😀", line=2, column=3, path="[0]")))
        journal.drop(Drop(unit="record", reason="tie", place=Place(file="e.json", task=1)))
        journal.drop(Drop(unit="block", reason="no-match", place=Place(file="f"), detail="x"))
    found_rows, dropped_rows = (
        lines(tmp_path / "findings.jsonl"),
        lines(tmp_path / "dropped.jsonl"),
    )
    assert [row["code"] for row in found_rows] == ["A001", "J003"]
    assert dropped_rows == [
        {"unit": "record", "reason": "tie", "place": {"file": "e.json", "task": 1}},
        {"unit": "block", "reason": "no-match", "place": {"file": "f"}, "detail": "x"},
    ]
    assert all(contract("finding").accepts(row) for row in found_rows)
    assert all(contract("drop").accepts(row) for row in dropped_rows)


def test_a_rule_that_was_not_selected_does_not_count(tmp_path: Path) -> None:
    with ConversionJournal(tmp_path, Counting(Checks(select=["A001"]), tmp_path)) as journal:
        assert not journal.find(finding("A002"))
        assert journal.find(finding("A001"))
        assert (dict(journal.counts.rules), journal.errors) == ({"A001": 1}, 1)
    assert [row["code"] for row in lines(tmp_path / "findings.jsonl")] == ["A001"]


def test_only_findings_of_severity_error_are_errors(tmp_path: Path) -> None:
    with ConversionJournal(tmp_path, ALL) as journal:
        journal.find(finding("A004"))
        journal.find(finding("A001"))
        assert dict(journal.counts.rules) == {"A001": 1, "A004": 1}
        assert (journal.errors, journal.fatal) == (1, False)


def test_every_finding_is_written_however_many_there_are(tmp_path: Path) -> None:
    with ConversionJournal(tmp_path, ALL) as journal:
        for n in range(500):
            journal.find(finding("A001", n))
        assert journal.errors == 500
    assert [row["message"] for row in lines(tmp_path / "findings.jsonl")] == [
        f"number {n}" for n in range(500)
    ]


def test_it_may_be_closed_twice(tmp_path: Path) -> None:
    with ConversionJournal(tmp_path, ALL) as journal:
        journal.close()
    assert (tmp_path / "findings.jsonl").read_bytes() == b""
    assert (tmp_path / "dropped.jsonl").read_bytes() == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    (tmp_path / "findings.jsonl").symlink_to("/dev/full")
    with (
        pytest.raises(OSError, match="No space left") as caught,
        ConversionJournal(tmp_path, ALL) as journal,
    ):
        journal.find(finding())
    assert caught.value.errno == errno.ENOSPC


def test_what_is_disputed_becomes_one_list_that_label_studio_imports(tmp_path: Path) -> None:
    for name in ("one", "all"):
        (tmp_path / name).mkdir()
    with ConversionJournal(tmp_path / "one", ALL) as one:
        one.dispute({"data": {"text": "a\nb"}})
    with ConversionJournal(tmp_path / "all", ALL) as journal:
        journal.append(tmp_path / "one", one.counts, one.disputed)
        journal.dispute({"data": {"text": "c"}})
        assert journal.disputed == 2
    journal.adjudication()
    written = json.loads((tmp_path / "all" / "adjudication.json").read_text())
    assert written == [{"data": {"text": "a\nb"}}, {"data": {"text": "c"}}]
    assert not (tmp_path / "all" / "disputed.jsonl").exists()


def test_nothing_disputed_leaves_no_file_to_import(tmp_path: Path) -> None:
    with ConversionJournal(tmp_path, ALL) as journal:
        pass
    journal.adjudication()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["dropped.jsonl", "findings.jsonl"]
