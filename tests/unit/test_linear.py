"""Schemas that come with data: no pattern and no circle of theirs takes longer than the limits."""

import json
from time import process_time
from typing import Any

import pytest

from dataprep import linear
from dataprep.checks.per_row.tools import tool_faults
from dataprep.contracts import Contract
from dataprep.finding import UsageError

EVIL = "^(a+)+$"
AS = "a" * 40 + "!"
LOOKS = r"^(?:(a)|aa)+\1?$"
SECONDS = 2.0
"""Processor time that one case may take: each took days before, or did not end."""


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def doubled(steps: int) -> dict[str, Any]:
    """A schema of `steps` definitions, each of which names the next one twice."""
    names = [f"d{step}" for step in range(steps)]
    parts: dict[str, Any] = {
        name: {"anyOf": [{"$ref": f"#/$defs/d{step + 1}"}] * 2} for step, name in enumerate(names)
    }
    return {"$ref": "#/$defs/d0", "$defs": parts | {f"d{steps}": {"type": "string"}}}


RECURSIVE = {
    "anyOf": [
        {"type": "array", "items": {"$ref": "#"}, "minItems": 1},
        {"type": "array", "items": {"$ref": "#"}},
        {"type": "string"},
    ]
}
UNEVALUATED: dict[str, Any] = {"properties": {"b": True}, "unevaluatedProperties": False}
for _ in range(30):
    UNEVALUATED = {"allOf": [UNEVALUATED], "unevaluatedProperties": False}

CASES: dict[str, tuple[Any, Any, list[tuple[str, str]]]] = {
    "a pattern": ({"pattern": EVIL}, AS, [("", f'breaks pattern: "{EVIL}"')]),
    "a pattern of keys": (
        {"patternProperties": {EVIL: False}, "additionalProperties": False},
        {AS: 1},
        [("", "has the unknown key '" + "a" * 38 + "…")],
    ),
    "a pattern of names": (
        {"propertyNames": {"pattern": EVIL}},
        {AS: 1},
        [("", f'breaks pattern: "{EVIL}"')],
    ),
    "a key under a pattern": ({"patternProperties": {EVIL: False}}, {AS: 1}, []),
    "a pattern that looks around": (
        {"pattern": LOOKS},
        AS,
        [
            (
                "",
                "takes more than 10,000 steps on the pattern ^(?:(a)|aa)+\\1?$, which looks around "
                "or refers back: write it without",
            )
        ],
    ),
    "a long text under a pattern that looks around": (
        {"properties": {"a": {"pattern": "(?=a)[a]*b"}}},
        {"a": "a" * 30_000},
        [
            (
                "",
                "has 30,008 bytes, and against a pattern that looks around or refers back only "
                "20,000 are held: write the pattern without",
            )
        ],
    ),
    "unique objects": (
        {"uniqueItems": True},
        [{"a": n} for n in range(20_000)] + [{"a": 1}],
        [("", "breaks uniqueItems: true")],
    ),
    "a large number": ({"multipleOf": 0.3}, 10**4_000, [("", "breaks multipleOf: 0.3")]),
    "definitions that double": (doubled(12), 1, [("", "is a number, not string")]),
    "definitions that double often": (doubled(16), 1, [("", "breaks the schema")]),
    "definitions that double without end": (
        doubled(60),
        1,
        [
            (
                "",
                "cannot be judged: with its $refs schema branches more than 1,000,000 times "
                "over it",
            )
        ],
    ),
    "a list in a recursive schema": (
        RECURSIVE,
        [["a"], 1],
        [("[1]", "is a number, not array")],
    ),
    "a deep list in a recursive schema": (
        RECURSIVE,
        nested(60),
        [
            (
                "",
                "cannot be judged: with its $refs schema branches more than 1,000,000 times "
                "over it",
            )
        ],
    ),
    "unevaluated keys of many layers": (UNEVALUATED, {"a": 1}, [("", "breaks the schema")]),
    "a circle": ({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}, 1, []),
}


@pytest.mark.parametrize("name", CASES)
def test_a_schema_is_judged_and_explained_within_its_limits(name: str) -> None:
    schema, value, expected = CASES[name]
    start = process_time()
    contract = Contract(schema)
    accepted = contract.accepts(value)
    found = [] if accepted else [tuple(violation) for violation in contract.violations(value)]
    assert process_time() - start < SECONDS
    assert sorted(set(found)) == expected
    assert accepted == (expected == [])


def test_the_time_to_explain_many_missing_keys_does_not_grow_with_the_object() -> None:
    contract = Contract({"required": [f"k{n}" for n in range(4_000)]})
    value = {f"z{n}": n for n in range(4_000)}
    start = process_time()
    found = list(contract.violations(value))
    assert process_time() - start < SECONDS
    assert found[0].message.startswith("lacks 'k0', 'k1', ")
    assert found[0].message.endswith("'k49' and 3,950 more")


CLOSED = {"patternProperties": {LOOKS: False}, "additionalProperties": False}


@pytest.mark.parametrize(
    "schema",
    [
        {"not": CLOSED},
        {"if": CLOSED, "then": False},
        {"oneOf": [CLOSED, {"type": "object"}]},
        {"patternProperties": {LOOKS: True}},
        {"properties": {"a": True}, "not": {"allOf": [CLOSED]}},
    ],
    ids=["not", "if", "oneOf", "patternProperties", "allOf"],
)
def test_a_value_is_not_valid_because_a_pattern_was_given_up(schema: dict[str, Any]) -> None:
    contract = Contract(schema)
    start = process_time()
    assert not contract.accepts({AS: 1})
    assert [str(violation.message) for violation in contract.violations({AS: 1})] == [
        f"takes more than 10,000 steps on the pattern {LOOKS}, which looks "
        "around or refers back: write it without"
    ]
    assert contract.accepts({"b": 1})  # which no pattern is given up on
    assert process_time() - start < SECONDS


def test_a_pattern_of_neither_engine_is_named() -> None:
    with pytest.raises(UsageError, match=r"mine.json: the pattern '\(a\{1000\}\)\{1000\}' is not"):
        Contract({"properties": {"a": {"pattern": "(a{1000}){1000}"}}}, "mine.json")


def faults(parameters: Any, arguments: str) -> list[tuple[str, str]]:
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": arguments}}
    row = {
        "messages": [
            {"role": "user", "content": "a"},
            {"role": "assistant", "tool_calls": [call]},
        ],
        "tools": [{"type": "function", "function": {"name": "f", "parameters": parameters}}],
    }
    return [(fault.code, fault.message) for fault in tool_faults(row)]


AT = "messages[1].tool_calls[0].function.arguments"


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (EVIL, AS, [("C102", f'{AT}: a breaks pattern: "{EVIL}"')]),
        ("^(?!b)a", "b", [("C102", f'{AT}: a breaks pattern: "^(?!b)a"')]),
        ("^(?!b)a", "a", []),
        (
            LOOKS,
            AS,
            [
                (
                    "C102",
                    f"{AT}: takes more than 10,000 steps on the pattern {LOOKS}, which looks "
                    "around or refers back: write it without",
                )
            ],
        ),
        (
            "(a{1000}){1000}",
            "a",
            [
                (
                    "C106",
                    "tools[0].function.parameters: the pattern '(a{1000}){1000}' is not known, "
                    "or larger than 10 MB when compiled",
                )
            ],
        ),
    ],
)
def test_a_call_is_held_against_the_pattern_of_its_tool(
    pattern: str, text: str, expected: list[tuple[str, str]]
) -> None:
    start = process_time()
    schema = {"type": "object", "properties": {"a": {"pattern": pattern}}}
    assert faults(schema, json.dumps({"a": text})) == expected
    assert process_time() - start < SECONDS


def test_the_count_of_visits_is_no_smaller_than_the_ways_through_the_schema() -> None:
    assert linear.visits(doubled(3), 1) >= 2**3
    assert linear.visits(RECURSIVE, nested(5)) >= 2**5
    tree = {"properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}}
    leaves: Any = 1
    for _ in range(10):
        leaves = {"a": leaves, "b": 1}
    assert linear.visits(tree, leaves) < 100
