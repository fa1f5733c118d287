"""Two validators that others wrote, held against ours; every disagreement has its reason here."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

import pytest

from dataprep.checks import Context, Selection
from dataprep.finding import Severity
from tests.real.oracles import MISTRAL, TOGETHER, Oracle
from tests.unit.checks.oracle_rows import CALLS, PAIRS, PICTURES, TEXT, mutated
from tests.unit.checks.rows import check

pytestmark = pytest.mark.real

MANY = 400

STRICTER_THAN_TOGETHER = {
    "S001": "it reads role, content, weight and pictures, and no other key of a message",
    "C002": "it leaves the last message to the server",
    "C003": "it does not read the texts",
    "C004": "it does not ask whether anything is trained",
    "C005": "it does not read the texts",
    "C009": "it looks for extra keys at the top of a row only",
    "C010": "to Python, true is the integer 1",
    "C011": "it allows a weight in any message",
    "C014": "its server refuses it, by its documents; the client does not look",
    "C016": "it reads no other key of a message, so none that holds nothing",
    "C019": "its server refuses it, by its documents; the client does not look into a pair",
    "C206": "it reads no calls, and allows parts in a pair",
    "C304": "it does not decode the pictures",
}
STRICTER_THAN_MISTRAL = {
    "S004": "only the messages and the tools of a row are asked about, no weight beside them",
    "S001": "pydantic fills in what is missing, and turns one type into another",
    "C003": "an empty text passes beside a call",
    "C009": "only the messages and the tools of a row are asked about",
    "C010": "pydantic turns true, 1.0 and a string into a number",
    "C102": "it does not hold arguments against the parameters",
    "C103": "its calls take arguments as an object too",
    "C104": "version 3 counts the results, and does not read their ids",
    "C105": "version 3 counts the results at the next answer only",
    "C006": "it does not parse the arguments",
    "C014": "it looks at the first message only where it is the only one",
    "C016": "pydantic takes what holds nothing for what is absent",
    "C107": "it looks at each tool alone",
    "C108": "it looks at each call alone, before version 11",
    "C119": "pydantic fills in the id of a call",
    "C115": "mistral-finetune wants a description, mistral-common does not",
}
LAXER_THAN_TOGETHER: dict[str, str] = {}
LAXER_THAN_MISTRAL = {
    "FinetuningAssistantMessage\nname": "OpenAI's assistant messages have a name, Mistral's not",
    "FinetuningAssistantMessage\nrefusal": "the same, of refusals",
}
OLDER_THAN_CALLS = {
    'Found extra column "tools"': "1.5.35 is older than tools there; its successors take them",
    "Missing required column `content`": "the same: a call needs no text",
    "<class 'NoneType'>": "the same",
}


def ours(rows: list[dict[str, Any]], form: str, provider: str) -> dict[int, set[str]]:
    """The codes of the errors of each row that has any."""
    context = Context(selection=Selection(ignore=["B,D,P,T,U"]), provider=provider)
    codes = defaultdict(set)
    for finding in check(*rows, target=form, context=context):
        if finding.severity is Severity.ERROR:
            codes[(finding.place.line or 0) - 1].add(finding.code)
    return codes


class Comparison(NamedTuple):
    """An oracle, what it is asked about, and the reasons why it may disagree."""

    oracle: Oracle
    provider: str
    form: str
    sound: list[dict[str, Any]]
    stricter: dict[str, str]
    laxer: dict[str, str]


COMPARISONS = {
    "together-chat": Comparison(
        TOGETHER,
        "together",
        "openai-chat",
        TEXT + PICTURES,
        STRICTER_THAN_TOGETHER,
        LAXER_THAN_TOGETHER,
    ),
    "together-preference": Comparison(
        TOGETHER, "together", "preference", PAIRS, STRICTER_THAN_TOGETHER, LAXER_THAN_TOGETHER
    ),
    "mistral": Comparison(
        MISTRAL, "mistral", "openai-chat", TEXT + CALLS, STRICTER_THAN_MISTRAL, LAXER_THAN_MISTRAL
    ),
}


@pytest.mark.parametrize("name", COMPARISONS)
def test_we_agree_but_for_reasons_that_are_named(name: str) -> None:
    oracle, provider, form, sound, stricter, laxer = COMPARISONS[name]
    rows = list(mutated(sound, MANY))
    theirs, codes = oracle.verdicts(rows), ours(rows, form, provider)
    assert theirs[: len(sound)] == [""] * len(sound)
    assert not codes.keys() & range(len(sound))
    assert sum(map(bool, theirs)) > MANY // 3
    unnamed = []
    for index, (row, words) in enumerate(zip(rows, theirs, strict=True)):
        found = codes.get(index, set())
        if words and not found:
            named = any(part in words for part in laxer)
        else:
            named = bool(words) or found <= stricter.keys()
        if not named:
            unnamed.append((words, found, row))
    assert unnamed == []


def test_together_knew_no_tools_in_that_version() -> None:
    without_tools = [{"messages": row["messages"]} for row in CALLS]
    verdicts = TOGETHER.verdicts(CALLS + without_tools)
    assert ours(CALLS, "openai-chat", "together") == {1: {"C021"}}, "its parallel_tool_calls"
    for words in verdicts:
        assert any(part in words for part in OLDER_THAN_CALLS), words
