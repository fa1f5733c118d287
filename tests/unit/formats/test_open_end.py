"""C002 cuts what nobody learns, and never an answer, nor a turn that something in the row is of."""

from __future__ import annotations

from typing import Any

import pytest

from dataprep import jsonio
from dataprep.checks import Context, RowJudge
from dataprep.example import Example
from dataprep.finding import Drop
from dataprep.fixes.mend import mend
from dataprep.formats import RowReader
from tests.unit.formats.rows import shaped, shaped_rows

Row = dict[str, Any]
ASKED = {"role": "user", "content": "Wet in Mali?"}
THOUGHT = {"role": "assistant", "content": "Let me think."}
MORE = {"role": "user", "content": "In words?"}
CALL = {"id": "a1B2c3D4e", "type": "function", "function": {"name": "rain", "arguments": "{}"}}
CALLED = [
    {"role": "assistant", "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "a1B2c3D4e", "content": "It does not."},
]


def talk(*messages: Row, **beside: Any) -> Row:
    return {"messages": [*messages], **beside}


def fixed(row: Row) -> Row:
    mended = mend("drop-trailing-turns", jsonio.dumps(row))
    assert mended is not None
    value: Row = jsonio.loads(mended)
    return value


def codes(row: Row) -> set[str]:
    judge = RowJudge(Context())
    read = RowReader([row], broken=judge.broken).read(row)
    return {fault.code for fault in judge.all_of(row, read)}


@pytest.mark.parametrize(
    "row",
    [
        talk(ASKED, THOUGHT, {"role": "assitant", "content": "Now and then it is."}),
        talk(ASKED, THOUGHT, {"content": "Now and then it is."}),
        talk(ASKED, THOUGHT, MORE, {"role": "narrator", "content": "Now and then it is."}),
        talk(ASKED, *CALLED, {"content": "Now and then it is."}, kto_tag="true"),
    ],
)
def test_a_turn_of_an_unknown_role_is_named_and_nothing_is_cut(row: Row) -> None:
    assert fixed(row) == row
    assert "C007" in codes(row)
    assert "C002" not in codes(row)
    assert {type(made) for made in shaped_rows([row], judge=RowJudge(Context()))} >= {Drop}


@pytest.mark.parametrize(
    "beside",
    [
        {"kto_tag": "true"},
        {"label": False},
        {"thumbs_up": 1},
        {"rejected": "Twelve, I think."},
        {"reference_answer": "twelve"},
        {"solution": "twelve"},
    ],
)
@pytest.mark.parametrize("end", [[MORE], CALLED])
def test_what_is_said_of_the_last_turn_is_never_said_of_another(
    beside: Row, end: list[Row]
) -> None:
    row = talk(ASKED, THOUGHT, *end, **beside)
    assert fixed(row) == row
    whole = [talk(ASKED, THOUGHT, **beside), talk(ASKED, THOUGHT, **beside), row]
    made = shaped_rows(whole, judge=RowJudge(Context()))[-1]
    assert isinstance(made, Drop)


def test_what_follows_the_last_answer_is_cut_as_before() -> None:
    for row in (talk(ASKED, THOUGHT, MORE), talk(ASKED, THOUGHT, MORE, label="weather", id=7)):
        assert fixed(row)["messages"] == [ASKED, THOUGHT]
        (made,) = shaped(row)
        assert isinstance(made, Example)
        assert made.output == "Let me think."


def test_an_answer_is_never_taken_from_the_request() -> None:
    asked = talk(ASKED, THOUGHT, MORE)
    for role in ("user", "assitant", None):
        answered = {"message": {"role": role, "content": "Rarely."}}
        row = {"custom_id": "r", "body": asked, "response": {"body": {"choices": [answered]}}}
        assert "C007" in codes(row)
