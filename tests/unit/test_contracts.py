"""Contracts: the compiled verdict, the exact words, and that the two agree."""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from referencing import Registry

from dataprep import contracts
from dataprep.contracts import Contract
from dataprep.finding import UsageError

SUITE = Path(os.environ.get("DATAPREP_CORPORA", "/nonexistent")) / "json-schema-test-suite-2020-12"

NOT_RUN = {
    "refRemote.json": "points to other documents, which are never fetched",
    "format.json": "formats are annotations in 2020-12, and not asserted here",
    "vocabulary.json": "names a metaschema of its own, which is never fetched",
    "optional/format-assertion.json": "names a metaschema of its own",
    "optional/cross-draft.json": "points to another draft's document",
    "optional/dependencies-compatibility.json": "a keyword of older drafts, which jsonschema skips",
    "optional/ecmascript-regex.json": "Python's character classes are not ECMA's",
}
REFUSED = {  # groups whose schema is refused: what they need lies outside the schema
    ("dynamicRef.json", "strict-tree schema, guards against misspelled properties"),
    ("dynamicRef.json", "tests for implementation dynamic anchor and reference link"),
    ("dynamicRef.json", "$ref and $dynamicAnchor are independent of order - $defs first"),
    ("dynamicRef.json", "$ref and $dynamicAnchor are independent of order - $ref first"),
    ("dynamicRef.json", "$ref to $dynamicRef finds detached $dynamicAnchor"),
    # jsonschema checks patterns with Python's re, which has no \p{...}
    ("pattern.json", "pattern with Unicode property escape requires unicode mode"),
    ("patternProperties.json", "patternProperties with Unicode property escape"),
}

FORMATS = ["prompt-completion", "openai-chat"]


def groups() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for path in [*sorted(SUITE.glob("*.json")), *sorted(SUITE.glob("optional/*.json"))]:
        name = path.relative_to(SUITE).as_posix()
        if name not in NOT_RUN:
            found += [(name, group) for group in json.loads(path.read_text("utf-8"))]
    return found


@pytest.mark.skipif(
    not SUITE.is_dir(), reason="needs $DATAPREP_CORPORA/json-schema-test-suite-2020-12"
)
def test_both_validators_agree_with_the_json_schema_test_suite() -> None:
    wrong, refused, run = [], set(), 0
    for name, group in groups():
        try:
            contract = Contract(group["schema"])
        except UsageError:
            refused.add((name, group["description"]))
            continue
        oracle = jsonschema.Draft202012Validator(group["schema"], registry=Registry())
        for test in group["tests"]:
            value = test["data"]
            said = (contract.accepts(value), not list(contract.violations(value)))
            if {*said, oracle.is_valid(value)} != {test["valid"]}:
                wrong.append((name, group["description"], test["description"], *said))
            run += 1
    assert wrong == []
    assert refused == REFUSED
    assert run > 1_100


def test_a_value_refused_by_the_compiled_validator_alone_is_still_a_violation() -> None:
    contract = Contract({"dependencies": {"bar": ["foo"]}})
    assert not contract.accepts({"bar": 2})
    assert list(contract.violations({"bar": 2})) == [("", "breaks the schema")]


@pytest.mark.parametrize(
    ("value", "path", "message"),
    [
        ({"prompt": "a"}, "", "lacks 'completion'"),
        ({"prompt": 7, "completion": "b"}, "prompt", "is a number, not string"),
        ({"prompt": None, "completion": "b"}, "prompt", "is null, not string"),
        ({"prompt": "a", "completion": "b", "id": 1}, "", "has the unknown key 'id'"),
    ],
)
def test_a_broken_pair_is_explained(value: Any, path: str, message: str) -> None:
    contract = contracts.contract("prompt-completion")
    assert not contract.accepts(value)
    assert list(contract.violations(value)) == [(path, message)]


@pytest.mark.parametrize(
    ("message", "path", "words"),
    [
        ({"role": "user", "content": 7}, "messages[0].content", "is a number, not string"),
        ({"role": "user"}, "messages[0]", "lacks 'content'"),
        (
            {"role": "assistant", "content": "a", "weight": 0.5},
            "messages[0].weight",
            "is 0.5, not one of 0, 1",
        ),
        (
            {"role": "tool", "content": ["a"], "tool_call_id": "1"},
            "messages[0].content",
            "is a list, not string",
        ),
    ],
)
def test_a_broken_message_is_explained_by_the_role_it_has(
    message: Any, path: str, words: str
) -> None:
    found = list(contracts.contract("openai-chat").violations({"messages": [message]}))
    assert (path, words) in found


def test_what_is_allowed_by_a_pattern_is_not_called_unknown() -> None:
    schema = {"patternProperties": {"^x-": {}}, "additionalProperties": False}
    found = list(Contract(schema).violations({"x-a": 1, "b": 2}))
    assert found == [("", "has the unknown key 'b'")]


def test_any_of_with_no_branch_that_could_hold_is_explained() -> None:
    assert list(Contract({"anyOf": [False, False]}).violations(1)) == [
        ("", "is not allowed here"),
        ("", "is not allowed here"),
    ]


def test_keys_of_the_user_are_quoted_in_part_and_without_control_characters() -> None:
    schema = {"additionalProperties": {"type": "string"}}
    (found,) = Contract(schema).violations({"\x1b[31m" + "k" * 500: 1})
    assert found.path == "\N{REPLACEMENT CHARACTER}[31m" + "k" * 34 + "…"
    closed = {"properties": {}, "additionalProperties": False}
    (found,) = Contract(closed).violations({"k" * 500: 1, "\x1b": 2})
    assert len(found.message) <= 60


def test_a_value_with_many_violations_is_explained_in_part() -> None:
    found = list(Contract({"items": {"type": "string"}}).violations([1] * 5_000))
    assert len(found) == contracts.MOST


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "strnig"}, "is not a JSON Schema"),
        ({"$ref": "http://example.com/a.json"}, "nothing outside it is ever fetched"),
        ({"$ref": "file:///etc/passwd"}, "nothing outside it is ever fetched"),
        ({"pattern": "("}, "is not a JSON Schema"),
    ],
)
def test_a_schema_that_is_none_or_points_outside_is_refused(schema: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Contract(schema, "mine.json")


def test_a_schema_that_goes_in_a_circle_is_refused_when_it_is_walked() -> None:
    circle = {"allOf": [{"$ref": "#"}, {"type": "string"}]}
    with pytest.raises(UsageError, match="refers to itself without end"):
        list(Contract(circle, "mine.json").violations(1))


@pytest.mark.parametrize("name", contracts.schema_names())
def test_every_schema_of_ours_compiles_and_is_named_by_its_id(name: str) -> None:
    assert contracts.load(name)["$id"].startswith(f"urn:dataprep:schema:{name}:")
    assert isinstance(contracts.contract(name), Contract)


def test_an_unknown_schema_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"no schema 'chat'.*openai-chat"):
        contracts.load("chat")


def test_a_schema_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        contracts.from_file(tmp_path / "none.json")
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    with pytest.raises(UsageError, match="is not JSON"):
        contracts.from_file(broken)


content = st.none() | st.text(max_size=3) | st.integers() | st.lists(st.text(max_size=2))
message = st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "user", "assistant", "tool", "bot"])},
    optional={
        "content": content,
        "weight": st.sampled_from([0, 1, 1.0, 0.5, True, None]),
        "tool_call_id": st.text(max_size=2),
        "name": content,
        "other": st.integers(),
    },
)
rows = st.fixed_dictionaries(
    {},
    optional={
        "messages": st.lists(message, max_size=3) | content,
        "prompt": content,
        "completion": content,
        "tools": st.lists(st.integers(), max_size=1),
    },
)


@given(rows)
@settings(max_examples=300, deadline=None)
def test_both_validators_agree_on_rows_of_our_formats(row: Any) -> None:
    for name in FORMATS:
        contract = contracts.contract(name)
        assert contract.accepts(row) == (not list(contract.violations(row)))


@pytest.mark.parametrize("name", contracts.schema_names())
def test_every_schema_of_ours_is_a_json_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(contracts.load(name))
