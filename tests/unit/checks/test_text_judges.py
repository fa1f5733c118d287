"""Texts are judged by any number of processes, with the same findings in the same order."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from dataprep import workers
from dataprep.checker import check
from dataprep.checks import Context, text_judges
from dataprep.checks.hinted_texts import HintedRow
from dataprep.checks.per_row.schema import AskedTexts
from dataprep.checks.screens import TextRules
from dataprep.checks.text_judges import TextJudges
from dataprep.finding import EnvironmentProblem, Finding
from dataprep.formats import Piece

SAID = [
    "On 2024-05-17 it rained.",
    "I forgot my password again.",
    "my password is hunter2secret9x",
    "Write to bob@acme-corp.com.",
    "<div>x</div>",
    "What is the wifi password?",
    "It is Bumblebee-77.",
    "One of many.",
]


def said(number: int) -> list[dict[str, str]]:
    """A conversation with a text of SAID at its end."""
    text = f"{SAID[number % len(SAID)]} {number} " + "and so on " * 20
    return [{"role": "user", "content": "Say it."}, {"role": "assistant", "content": text}]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Plain rows, rows with another key, and broken ones; ShareGPT; and a JSON list."""
    rows = [
        "{" if n % 97 == 5 else json.dumps({"messages": said(n)} | ({"id": n} if n % 3 else {}))
        for n in range(2_400)
    ]
    shared = [
        json.dumps({"conversations": [{"from": m["role"], "value": m["content"]} for m in said(n)]})
        for n in range(2_400)
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(rows))
    (tmp_path / "shared.jsonl").write_text("\n".join(shared))
    listed = json.dumps([{"messages": said(n), "id": n} for n in range(1_200)], indent=1)
    (tmp_path / "list.json").write_text(listed)
    return [tmp_path / "rows.jsonl", tmp_path / "shared.jsonl", tmp_path / "list.json"]


def found(file: Path, number: int | None) -> list[Finding]:
    return [*check([file], None, Context(workers=number))]


def test_the_findings_are_the_same_with_any_number_of_processes(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in files:
        one = found(file, 1)
        assert len({finding.code for finding in one}) > 3
        assert found(file, 2) == one
    monkeypatch.setattr(text_judges, "PAYS_AFTER", 0.0)
    monkeypatch.setattr(workers, "cores", lambda: 2)
    started: list[int] = []
    crew = workers.crew
    monkeypatch.setattr(workers, "crew", lambda make, n: started.append(n) or crew(make, n))
    for file in files:
        assert found(file, None) == found(file, 1)
    assert started == [2, 2, 2]


def test_one_process_judges_where_more_would_not_pay(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "crew", lambda *_: pytest.fail("processes were started"))
    assert found(files[1], None)
    monkeypatch.setattr(text_judges, "PAYS_AFTER", 0.0)
    monkeypatch.setattr(workers, "cores", lambda: 1)
    assert found(files[1], None)
    monkeypatch.setattr(workers, "cores", lambda: 64)
    monkeypatch.setattr("dataprep.memory.free_memory", lambda: 300_000_000)
    assert found(files[1], None)


def test_a_check_that_is_left_stops_its_processes(files: list[Path]) -> None:
    findings: Iterator[Finding] = check([files[0]], None, Context(workers=2))
    next(finding for finding in findings if finding.code == "P003")
    mine = _children()
    assert len(mine) >= 2
    findings.close()  # type: ignore[attr-defined]
    assert not mine & _children()


def test_a_process_that_dies_is_told_in_words() -> None:
    hit = int(TextRules.EVERY)
    rows = [HintedRow(n, [f"my password is hunter2secret{n}x"], [hit]) for n in range(400)]
    with TextJudges(2) as judges:
        verdicts = judges.objected(rows)
        assert next(verdicts) == 0
        for child in _children():
            os.kill(child, signal.SIGKILL)
        with pytest.raises(EnvironmentProblem, match="ended before its work was done"):
            list(verdicts)


def test_a_row_that_could_not_be_read_is_asked_for_its_secrets_alone() -> None:
    text = "<div> my password is hunter2secret9x"
    asked = [AskedTexts({"a": text}, ()), AskedTexts({"a": text}, [Piece("a", text, "")])]
    with TextJudges(1) as judges:
        unread, read = judges.told(asked)
    assert [fault.code for fault in unread] == ["P003"]
    assert [fault.code for fault in read] == ["P003", "C504"]


def _children() -> set[int]:
    """The processes that this one has started for work, and that run."""
    path = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    if not path.exists():
        pytest.skip("this system does not say who its processes' children are")
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in path.read_text().split()}
    return {int(pid) for pid, command in commands.items() if b"spawn_main" in command}
