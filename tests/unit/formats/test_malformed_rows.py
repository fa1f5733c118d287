"""Whatever stands in a row, it is read or refused: each wrong type is a finding, never an error."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from dataprep.checks import Context, RowJudge
from dataprep.example import Example
from dataprep.finding import Drop, Severity, UsageError
from dataprep.formats import RowRead, RowReader
from dataprep.formats.native import halves_of
from dataprep.rules import CATALOGUE
from tests.mutating import good_rows, mutations
from tests.unit.formats.rows import shaped_rows

Row = dict[str, Any]
ASKED = {"role": "user", "content": "x y"}
ANSWERED = {"role": "assistant", "content": "ok"}
BATCH = {
    "object": "chat.completion",
    "messages": [ASKED],
    "choices": [{"message": ANSWERED, "finish_reason": "stop"}],
}
RAIN = {"id": "c1", "type": "function", "function": {"name": "rain", "arguments": ["x"]}}


def errors_of(rows: list[Row]) -> tuple[RowRead, set[str]]:
    """The last of some rows as check reads it, and the errors that it finds there."""
    judge = RowJudge(Context())
    reader = RowReader(rows, broken=judge.broken)
    read = reader.read(rows[-1])
    found = judge.all_of(rows[-1], read)
    return read, {f.code for f in found if CATALOGUE[f.code].severity is Severity.ERROR}


def talk(*messages: Any, **beside: Any) -> Row:
    return {"messages": [*messages], **beside}


MALFORMED = [
    ([talk({"role": ["user"], "content": "Hi you"}, ANSWERED)], "C007"),
    ([talk({"role": {}, "content": "Hi you"}, ANSWERED)], "C007"),
    (
        [talk({"role": "user", "content": [{"type": [], "text": "x"}]}, ANSWERED, system="s")],
        "S001",
    ),
    ([{"request": talk(None), "response": {"choices": [{"message": ANSWERED}]}}], "S001"),
    ([{"request": talk({"content": "x y"}), "response": BATCH}], "C007"),
    ([BATCH, {**BATCH, "messages": [{"role": {}, "content": "x y"}]}], "C007"),
    ([talk(ASKED, {"role": "assistant", "tool_calls": [{}]}, ANSWERED, kto_tag="true")], "S001"),
    ([talk({"role": "user", "content": [None]}, ANSWERED, kto_tag="true")], "S001"),
    (
        [
            talk(
                {"role": "user", "content": [{"type": "text", "text": 5}]}, ANSWERED, kto_tag="true"
            )
        ],
        "S001",
    ),
    ([talk(ASKED, {"role": "assistant", "tool_calls": [RAIN]}, ANSWERED, kto_tag="true")], "S001"),
    ([talk(ASKED, ANSWERED, rejected_message=no) for no in ("no", None)], "S001"),
    (
        [
            {"query": "x y", "chosen_response": yes, "rejected_response": "no"}
            for yes in ("a", None)
        ],
        "S001",
    ),
    (
        [
            {"prompt": [ASKED], "completion": [ANSWERED], "label": 1},
            {"prompt": "x", "completion": [ANSWERED], "label": 1},
        ],
        "S001",
    ),
]


@pytest.mark.parametrize(("rows", "code"), MALFORMED)
def test_a_malformed_row_is_refused_by_its_rule_in_check_and_in_convert(
    rows: list[Row], code: str
) -> None:
    assert code in errors_of(rows)[1]
    last = shaped_rows([*rows[:-1], *rows], judge=RowJudge(Context()))[-1]
    assert isinstance(last, Drop)
    assert last.reason in errors_of(rows)[1]


def test_a_malformed_message_is_named_with_its_path() -> None:
    row = {**BATCH, "messages": [{"role": {}, "content": "x y"}]}
    read, _ = errors_of([BATCH, row])
    assert [fault.path for fault in read.faults] == ["messages[0].role"]
    asked = {"request": talk(ASKED, {"role": "assistant", "content": 5}), "response": BATCH}
    read, _ = errors_of([asked])
    assert [fault.path for fault in read.faults] == ["request.messages[1].content"]


def test_a_row_with_any_wrong_type_ends_in_findings_and_check_and_convert_agree() -> None:
    random = Random(7)  # noqa: S311  nothing here is a secret
    tried = 0
    for name, row in good_rows():
        for changed in mutations(row, 1, random):
            tried += 1
            try:
                _holds([changed])
                _holds([row, changed])
            except UsageError:
                pass  # the file needs somebody to say more of it
            except Exception as error:
                raise AssertionError(f"{name}: {json.dumps(changed)}") from error
    assert tried > 1000


def _holds(rows: list[Row]) -> None:
    read, errors = errors_of(rows)
    halves_of(read)
    last = shaped_rows(rows, judge=RowJudge(Context()))[-1]
    if isinstance(last, Drop) and last.reason in CATALOGUE:
        assert last.reason in errors
    if isinstance(last, Example):
        assert errors <= {fault.code for fault in read.mended} | {"S003"}


def test_half_a_surrogate_pair_in_a_cell_is_no_conversation() -> None:
    said = "[{'role': 'user', 'content': '\\ud800'}, {'role': 'assistant', 'content': 'x'}]"
    (fault,) = RowReader([{"messages": said}]).read({"messages": said}).faults
    assert fault.code == "S001"
