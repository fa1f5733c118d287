"""Each fix of a row: what it mends, and what it leaves alone."""

import json
from typing import Any

import pytest

from dataprep.fixes.mend import mend

USER, ASSISTANT = {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}


def mended(name: str, row: Any, *paths: str) -> Any:
    after = mend(name, json.dumps(row).encode(), paths)
    return None if after is None else json.loads(after)


def talk(*messages: dict[str, Any]) -> dict[str, Any]:
    return {"messages": list(messages)}


def unchanged(name: str, row: Any, *paths: str) -> bool:
    raw = json.dumps(row).encode()
    return mend(name, raw, paths) == raw


@pytest.mark.parametrize(
    ("weight", "wanted"),
    [(1.0, 1), (0.0, 0), (True, 1), (False, 0), ("1", 1), ("0", 0), ("yes", 1), ("0.0", 0)],
)
def test_a_weight_that_means_0_or_1_is_written_so(weight: Any, wanted: int) -> None:
    row = mended("integer-weight", talk(USER, {**ASSISTANT, "weight": weight}))
    assert json.dumps(row["messages"][1]["weight"]) == str(wanted)


@pytest.mark.parametrize("weight", [0, 1, 0.5, 2, -1, "maybe", None, [1], 1e300])
def test_any_other_weight_stays(weight: Any) -> None:
    assert unchanged("integer-weight", talk(USER, {**ASSISTANT, "weight": weight}))


def test_only_the_assistant_keeps_its_weight() -> None:
    row = talk({**USER, "weight": 0}, {**ASSISTANT, "weight": 0})
    assert mended("drop-weight-of-others", row) == talk(USER, {**ASSISTANT, "weight": 0})


def test_a_developer_becomes_the_system() -> None:
    row = talk({"role": "developer", "content": "Be brief."}, USER, ASSISTANT)
    assert mended("developer-as-system", row)["messages"][0]["role"] == "system"


def test_arguments_become_a_string_of_json() -> None:
    def calling(arguments: Any) -> dict[str, Any]:
        call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": arguments}}
        return talk(USER, {"role": "assistant", "tool_calls": [call]})

    wanted = calling('{"city": "São Paulo"}')
    assert mended("arguments-as-string", calling({"city": "São Paulo"})) == wanted
    assert unchanged("arguments-as-string", wanted)
    assert unchanged("arguments-as-string", calling([1]))


def test_arguments_of_an_older_call_become_a_string_too() -> None:
    row = talk(USER, {"role": "assistant", "function_call": {"name": "f", "arguments": {}}})
    called = mended("arguments-as-string", row)["messages"][1]["function_call"]
    assert called == {"name": "f", "arguments": "{}"}


def test_parts_of_text_become_one_text_where_the_rule_points() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": " b"}]
    row = talk({"role": "user", "content": parts}, {"role": "tool", "content": parts})
    after = mended("text-parts-as-string", row, "messages[1].content")
    assert [m["content"] for m in after["messages"]] == [parts, "a b"]


def test_a_picture_among_the_parts_keeps_them() -> None:
    picture = {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}
    row = talk({"role": "user", "content": [{"type": "text", "text": "a"}, picture]})
    assert unchanged("text-parts-as-string", row, "messages[0].content")
    assert unchanged("text-parts-as-string", talk({**USER, "content": []}), "messages[0].content")


def test_what_follows_the_last_answer_is_dropped() -> None:
    assert mended("drop-trailing-turns", talk(USER, ASSISTANT, USER, USER)) == talk(USER, ASSISTANT)
    assert unchanged("drop-trailing-turns", talk(USER, USER))
    assert unchanged("drop-trailing-turns", {"messages": 7})


@pytest.mark.parametrize("key", ["source", "a.b", "a[0]", "", "key " * 30, "x\n"])
def test_an_unknown_key_is_dropped_where_the_rule_points(key: str) -> None:
    from dataprep.finding import excerpt

    row = {**talk({**USER, key: 1}, ASSISTANT), "tools": []}
    path = f"messages[0].{excerpt(key)}".strip(".")
    if key:
        assert mended("drop-unknown-keys", row, path)["messages"] == [USER, ASSISTANT]
    else:
        assert unchanged("drop-unknown-keys", {**row, "": 1}, path)


def test_no_key_beside_it_is_dropped() -> None:
    row = {"input": {"messages": [USER], "source": 1}, "source": 2}
    assert mended("drop-unknown-keys", row, "input.source") == {
        "input": {"messages": [USER]},
        "source": 2,
    }
    assert unchanged("drop-unknown-keys", row, "nothing.here", "input.messages[7]", "")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("system", "You are brief."),
        ("contents", [{"role": "user", "parts": [{"text": "Hi"}]}]),
        ("history", [["Hi", "Ho"]]),
        ("instruction", "Translate."),
        ("text", "A whole page."),
        ("chosen", "Ho"),
        ("tools", []),
        ("images", ["a.png"]),
        ("context", "Nairobi is in Kenya."),
        ("rejected_answer", "Ho"),
        ("weight", 0.5),
    ],
)
def test_what_another_format_carries_is_never_dropped(key: str, value: Any) -> None:
    row = {**talk(USER, ASSISTANT), key: value}
    assert unchanged("drop-unknown-keys", row, key)


@pytest.mark.parametrize("key", ["reasoning", "reasoning_content", "thinking"])
def test_what_was_thought_is_never_dropped(key: str) -> None:
    row = talk(USER, {**ASSISTANT, key: "They greet."})
    assert unchanged("drop-unknown-keys", row, f"messages[1].{key}")


def test_metadata_and_unknown_names_are_dropped_where_the_rule_points() -> None:
    row = {**talk(USER, ASSISTANT), "id": 7, "source": "atlas", "my_flag": True, "system": "Brief."}
    after = mended("drop-unknown-keys", row, "id", "source", "my_flag", "system")
    assert after == {**talk(USER, ASSISTANT), "system": "Brief."}


CALL = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (
            "messages-as-list",
            {"messages": '[{"role": "user", "content": "Hi"}]'},
            talk(USER),
        ),
        (
            "drop-null-keys",
            {**talk({**USER, "name": None, "tool_calls": []}), "tools": None},
            talk(USER),
        ),
        ("name-roles", talk({**USER, "role": "human"}), talk(USER)),
        (
            "tools-as-list",
            {**talk(USER), "tools": '[{"name": "f", "parameters": {}}]'},
            {
                **talk(USER),
                "tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}],
            },
        ),
        (
            "functions-as-tools",
            {
                **talk(USER, {"role": "assistant", "function_call": CALL["function"]}),
                "functions": [{"name": "f"}],
            },
            {
                **talk(USER, {"role": "assistant", "tool_calls": [{**CALL, "id": "call00001"}]}),
                "tools": [{"type": "function", "function": {"name": "f"}}],
            },
        ),
        (
            "call-ids",
            talk(
                USER,
                {"role": "assistant", "tool_calls": [{"function": CALL["function"]}]},
                {"role": "tool", "content": "1"},
            ),
            talk(
                USER,
                {"role": "assistant", "tool_calls": [{**CALL, "id": "call00001"}]},
                {"role": "tool", "content": "1", "tool_call_id": "call00001"},
            ),
        ),
    ],
)
def test_a_chat_is_written_as_openai_does(name: str, before: Any, after: Any) -> None:
    assert mended(name, before) == after
    assert mended(name, after) == after


@pytest.mark.parametrize("key", ["preferred_output", "non_preferred_output", "chosen", "prompt"])
def test_the_conversations_inside_a_preference_are_mended_too(key: str) -> None:
    row = {key: [{**ASSISTANT, "role": "gpt", "weight": 1.0}], "n": 1}
    assert mended("name-roles", row)[key][0]["role"] == "assistant"
    assert json.dumps(mended("integer-weight", row)[key][0]["weight"]) == "1"
    asked = {"input": {"messages": [{**USER, "role": "human"}]}}
    assert mended("name-roles", asked) == {"input": {"messages": [USER]}}


def test_what_is_asked_of_a_preference_may_end_with_the_user() -> None:
    row = {"input": {"messages": [USER, ASSISTANT, USER]}, "preferred_output": [ASSISTANT]}
    assert unchanged("drop-trailing-turns", row)


def test_the_fields_of_a_pair_are_renamed_in_their_places() -> None:
    row = {"input": 1, "preferred_completion": 2, "non_preferred_completion": 3, "x": 4}
    after = mend("rename-preference-fields", json.dumps(row).encode())
    assert after == b'{"input": 1, "preferred_output": 2, "non_preferred_output": 3, "x": 4}'
    both = {"preferred_completion": 1, "preferred_output": 2}
    assert unchanged("rename-preference-fields", both)


def test_turns_of_one_role_are_merged() -> None:
    row = talk(USER, {**USER, "content": "And you?"}, ASSISTANT, ASSISTANT, USER)
    after = mended("merge-turns", row)
    assert [m["content"] for m in after["messages"]] == ["Hi\n\nAnd you?", "Hello\n\nHello", "Hi"]


def test_turns_that_differ_in_more_than_text_are_not_merged() -> None:
    for other in ({**USER, "name": "Ada"}, {**USER, "content": [{"type": "text", "text": "a"}]}):
        assert unchanged("merge-turns", talk(USER, other))
    result = {"role": "tool", "tool_call_id": "a", "content": "1"}
    assert unchanged("merge-turns", talk(result, result))


def test_mojibake_is_repaired_where_the_rule_points() -> None:
    row = {"prompt": "CafÃ©?", "completion": "CafÃ©"}
    assert mended("repair-mojibake", row, "completion") == {
        "prompt": "CafÃ©?",
        "completion": "Café",
    }


def test_a_secret_is_replaced_where_the_rule_points() -> None:
    secret = "AKIA" + "Q3EGRIZ7XMPL5TKW"
    row = {"prompt": "Key?", "completion": f"It is {secret}."}
    after = mended("redact", row, "completion")
    assert secret not in json.dumps(after)
    assert after["completion"].startswith("It is [")


@pytest.mark.parametrize("row", [[], 7, "text", None, {}, {"messages": None}, {"messages": [7]}])
def test_no_fix_stumbles_over_what_it_does_not_know(row: Any) -> None:
    from dataprep.fixes.row_fixes import ROW_FIXES

    for name in ROW_FIXES:
        assert unchanged(name, row, "messages[0].content", "a.b[3]")
