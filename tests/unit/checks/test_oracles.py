"""OpenAI's last input schemas as an oracle: what they refuse, we report as an error.

The other way round nothing is promised: they accept `{}`, rows without an answer, and more.
"""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from dataprep.checks import Context, Selection
from dataprep.finding import Severity
from tests.unit.checks.oracle_rows import CALLS, ITEMS, PAIRS, PICTURES, TEXT, mutated
from tests.unit.checks.rows import check

BUNDLE = Path(os.environ.get("DATAPREP_CORPORA", "")) / "openai-finetune-input-schemas-2025-05.json"
MANY = 1_000

pytestmark = pytest.mark.skipif(
    not BUNDLE.is_file(), reason="OpenAI's input schemas are not in $DATAPREP_CORPORA"
)


def oracle(name: str) -> jsonschema_rs.Draft202012Validator:
    bundle = json.loads(BUNDLE.read_text("utf-8"))
    return jsonschema_rs.Draft202012Validator(bundle | {"$ref": f"#/$defs/{name}"})


def refused_by_us(rows: list[dict[str, Any]], form: str) -> set[int]:
    """The indices of the rows with an error."""
    context = Context(selection=Selection(ignore=["B,D,P,U"]))
    found = check(*rows, target=form, context=context)
    return {(f.place.line or 0) - 1 for f in found if f.severity is Severity.ERROR}


def empty_functions(row: dict[str, Any]) -> bool:
    """The one disagreement: `functions` are deprecated, and an empty list of them is C111 alone."""
    return row.get("functions") == []


@pytest.mark.parametrize(
    ("name", "form", "rows"),
    [
        ("FineTuneChatRequestInput", "openai-chat", TEXT + CALLS + PICTURES),
        ("FineTunePreferenceRequestInput", "preference", PAIRS),
        ("FineTuneReinforcementRequestInput", "reinforcement", ITEMS),
    ],
)
def test_what_openais_schemas_refuse_is_an_error(
    name: str, form: str, rows: list[dict[str, Any]]
) -> None:
    accepts = oracle(name).is_valid
    refused = [row for row in mutated(rows, MANY) if not (accepts(row) or empty_functions(row))]
    assert len(refused) > MANY // 5
    ours = refused_by_us(refused, form)
    assert [row for index, row in enumerate(refused) if index not in ours] == []


def test_sound_rows_are_sound_to_both() -> None:
    for name, form, rows in (
        ("FineTuneChatRequestInput", "openai-chat", TEXT + CALLS + PICTURES),
        ("FineTunePreferenceRequestInput", "preference", PAIRS),
        ("FineTuneReinforcementRequestInput", "reinforcement", ITEMS),
    ):
        assert all(map(oracle(name).is_valid, rows))
        assert refused_by_us(rows, form) == set()


@pytest.mark.parametrize(
    ("why", "row"),
    [
        ("nothing is required there", {}),
        ("an answer is not required there", TEXT[0] | {"messages": TEXT[0]["messages"][:1]}),
        ("unknown keys are not looked at there", TEXT[0] | {"source": "atlas"}),
    ],
)
def test_what_they_accept_and_platforms_refuse_is_an_error_too(
    why: str, row: dict[str, Any]
) -> None:
    assert oracle("FineTuneChatRequestInput").is_valid(row), why
    assert refused_by_us([row], "openai-chat") == {0}
