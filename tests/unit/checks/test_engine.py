"""`dataprep check`: formats, order, selection, targets."""

from collections.abc import Iterator
from typing import Any

import pytest

from dataprep.checks import Context, SeenRows, Selection, check_rows, check_splits
from dataprep.contracts import Contract
from dataprep.example import Record
from dataprep.finding import Finding, Place, UsageError
from dataprep.formats import LOOKED_AT
from dataprep.rules import found
from tests.unit.checks.rows import assistant, chat, check, codes, pair, records, user

PAIR = pair("Capital of Kenya?", "Nairobi")
CHAT = chat(user("Capital of Peru?"), assistant("Lima"))


def test_what_the_reader_found_comes_through_in_the_order_of_the_file() -> None:
    broken = found("J001", "expecting value", Place(file="t.jsonl", line=2))
    one, three = records([pair("", "a"), {}, pair("b", "")])[::2]
    assert [(f.code, f.place.line) for f in check_rows([one, broken, three])] == [
        ("C005", 1),
        ("J001", 2),
        ("C003", 3),
    ]


def test_findings_come_while_the_file_is_read() -> None:
    def rows() -> Iterator[Record]:
        yield from records([pair("Hi", "")] * LOOKED_AT)
        raise AssertionError("read on beyond the rows that decide the format")

    assert next(iter(check_rows(rows()))).code == "C003"


def test_the_format_is_recognised_and_said() -> None:
    context = Context(seen=SeenRows())
    files = {"a.jsonl": records([PAIR, PAIR], "a.jsonl"), "b.jsonl": records([CHAT], "b.jsonl")}
    list(check_splits(files, None, context))
    assert context.seen.formats == {"a.jsonl": "prompt-completion", "b.jsonl": "openai-chat"}
    assert context.seen.rows == 3


def test_two_formats_in_one_file_are_found_at_the_row_that_differs() -> None:
    (finding,) = check(PAIR, CHAT)
    assert (finding.code, finding.place.line) == ("S003", 2)
    assert finding.message == "the row is openai-chat, in a file of prompt-completion"


def test_a_row_of_another_format_than_the_target_is_found() -> None:
    (finding,) = check(PAIR, target="openai-chat")
    assert (finding.code, finding.message) == (
        "S001",
        "the row is prompt-completion, not openai-chat",
    )


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({}, "the row has no keys, and is no row of a known format"),
        (
            {"question": "a", "comment": "b"},
            "the row has question, comment, and is no row of a known format: the nearest is "
            "columns, but it lacks 'answer'",
        ),
        (
            {"prompt": "a", "reply": "b"},
            "the row has prompt, reply, and is no row of a known format: the nearest is "
            "prompt-completion, but it lacks 'completion'",
        ),
        (
            {"k" * 90: 1},
            f"the row has {'k' * 39}…, and is no row of a known format: the nearest is "
            "openai-chat, but it lacks 'messages'",
        ),
    ],
)
def test_a_row_of_no_known_format_is_found(row: Any, message: str) -> None:
    (finding,) = check(row)
    assert (finding.code, finding.message) == ("S001", message)


def test_a_row_that_is_no_object_is_found() -> None:
    assert codes([1, 2]) == ["J005"]


def test_every_violation_of_a_row_is_found_but_no_more_than_twenty() -> None:
    findings = check(chat(*[user(7) for _ in range(30)]))
    assert len(findings) == 20
    assert {f.code for f in findings} == {"S001"}
    assert findings[0].place.path == "messages[0].content"
    assert findings[0].message == "messages[0].content is a number, not string"


def test_after_a_thousand_broken_rows_the_same_is_said_in_short() -> None:
    rows = ({"prompt": f"{n}?", "completion": n} for n in range(1_002))
    findings = check(*rows)
    assert len(findings) == 1_002
    assert findings[999].message == "completion is a number, not string"
    assert findings[1000].message == (
        "the row breaks the format prompt-completion, like many before it"
    )


def test_only_what_is_selected_is_reported() -> None:
    rows = [pair("Hi", ""), pair("", "a"), pair("Hi", "")]
    assert codes(*rows) == ["C003", "C005", "C003", "D001"]
    assert codes(*rows, context=Context(selection=Selection(["C005", "D"]))) == ["C005", "D001"]
    assert codes(*rows, context=Context(selection=Selection(ignore=["C", "D"]))) == []


def test_an_unknown_target_is_refused_before_anything_is_read() -> None:
    with pytest.raises(UsageError, match=r"Did you mean 'openai-chat'\?"):
        check_rows([], "openai-chta")
    with pytest.raises(UsageError, match=r"Known: chatgpt-export, gemini, .*\."):
        check_rows([], "zzz")


def test_the_schema_for_completions_holds_for_pairs_and_for_the_last_answer() -> None:
    context = Context(completion=Contract({"type": "object", "required": ["a"]}))
    rows = [
        pair("1", '{"a": 1}'),
        pair("2", "{}"),
        chat(user("3"), assistant("no"), user("4"), assistant('{"a": 1}')),
        chat(user("5"), assistant("no JSON")),
    ]
    findings = [f for f in check(*rows, context=context) if f.code == "S002"]
    assert [(f.place.line, f.message) for f in findings] == [
        (2, "the completion lacks 'a'"),
        (4, "the completion is not JSON: expecting value (line 1, column 1)"),
    ]


def test_no_text_of_the_user_stands_in_a_message_at_length() -> None:
    secret = "s3cr3t-" * 20
    rows = [
        pair(secret, ""),
        {**PAIR, secret: 1},
        {secret: secret},
        chat(user(secret), {"role": secret, "content": "a"}),
        chat({**user("a"), secret: secret}, assistant(secret)),
        chat(user("a"), assistant("b", weight=secret)),
        pair("a", secret),
        pair("a", secret + "b"),
    ]
    schema = Contract({"properties": {"a": {"const": 1}}, "additionalProperties": False})
    findings: list[Finding] = check(*rows, context=Context(completion=schema))
    assert len(findings) > 8
    for finding in findings:
        assert secret[:42] not in finding.message
        assert secret[:42] not in finding.place.path


def test_a_row_that_breaks_its_schema_is_searched_for_secrets_and_shows_none() -> None:
    secret = "AK" + "IAE3YIPOUZDA2NYAOX"
    rows = [{"prompt": secret, "completion": 7}, {"other": [{"deep": secret}]}]
    for row, place in zip(rows, ("prompt", "other[0].deep"), strict=True):
        found = check(row)
        assert sorted(f.code for f in found) == ["P001", "S001"]
        assert place in [f.place.path for f in found]
    found = check({**PAIR, secret: 1}, chat(user("Hi"), {"role": secret, "content": "a"}))
    assert {f.code for f in found} == {"P001", "C007", "S003"}
    assert [str(f) for f in found if secret[:8] in str(f)] == []
