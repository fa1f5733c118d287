"""Strict JSON: what is read, what is refused by which code, and where."""

import json
import math
import os
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep import jsonio
from dataprep.jsonio import JsonError

CORPORA = Path(os.environ.get("DATAPREP_CORPORA", "/nonexistent"))
SUITE = CORPORA / "json-test-suite"
NAUGHTY = CORPORA / "naughty-strings.json"

needs_suite = pytest.mark.skipif(
    not SUITE.is_dir(), reason="needs $DATAPREP_CORPORA/json-test-suite"
)
needs_naughty = pytest.mark.skipif(
    not NAUGHTY.is_file(), reason="needs $DATAPREP_CORPORA/naughty-strings.json"
)

DUPLICATE_KEYS = {
    "y_object_duplicated_key.json": "J003",
    "y_object_duplicated_key_and_value.json": "J003",
}
REFUSED_OTHERWISE = {  # every other n_ file is J001
    "n_array_a_invalid_utf8.json": "J002",
    "n_array_invalid_utf8.json": "J002",
    "n_number_NaN.json": "J004",
    "n_number_infinity.json": "J004",
    "n_number_invalid-utf-8-in-bigger-int.json": "J002",
    "n_number_invalid-utf-8-in-exponent.json": "J002",
    "n_number_invalid-utf-8-in-int.json": "J002",
    "n_number_minus_infinity.json": "J004",
    "n_number_real_with_invalid_utf8_after_e.json": "J002",
    "n_object_lone_continuation_byte_in_key_and_trailing_comma.json": "J002",
    "n_string_invalid-utf-8-in-escape.json": "J002",
    "n_string_invalid_utf8_after_escape.json": "J002",
    "n_structure_100000_opening_arrays.json": "J008",
    "n_structure_UTF8_BOM_no_data.json": "J006",
    "n_structure_incomplete_UTF8_BOM.json": "J002",
    "n_structure_lone-invalid-utf-8.json": "J002",
    "n_structure_open_array_object.json": "J008",
    "n_structure_single_eacute.json": "J002",
}
IMPLEMENTATIONS_DIFFER = {
    "i_number_double_huge_neg_exp.json": "read",
    "i_number_huge_exp.json": "J004",
    "i_number_neg_int_huge_exp.json": "J004",
    "i_number_pos_double_huge_exp.json": "J004",
    "i_number_real_neg_overflow.json": "J004",
    "i_number_real_pos_overflow.json": "J004",
    "i_number_real_underflow.json": "read",
    "i_number_too_big_neg_int.json": "read",
    "i_number_too_big_pos_int.json": "read",
    "i_number_very_big_negative_int.json": "read",
    "i_object_key_lone_2nd_surrogate.json": "J007",
    "i_string_1st_surrogate_but_2nd_missing.json": "J007",
    "i_string_1st_valid_surrogate_2nd_invalid.json": "J007",
    "i_string_UTF-16LE_with_BOM.json": "J002",
    "i_string_UTF-8_invalid_sequence.json": "J002",
    "i_string_UTF8_surrogate_U+D800.json": "J002",
    "i_string_incomplete_surrogate_and_escape_valid.json": "J007",
    "i_string_incomplete_surrogate_pair.json": "J007",
    "i_string_incomplete_surrogates_escape_valid.json": "J007",
    "i_string_invalid_lonely_surrogate.json": "J007",
    "i_string_invalid_surrogate.json": "J007",
    "i_string_invalid_utf-8.json": "J002",
    "i_string_inverted_surrogates_U+1D11E.json": "J007",
    "i_string_iso_latin_1.json": "J002",
    "i_string_lone_second_surrogate.json": "J007",
    "i_string_lone_utf8_continuation_byte.json": "J002",
    "i_string_not_in_unicode_range.json": "J002",
    "i_string_overlong_sequence_2_bytes.json": "J002",
    "i_string_overlong_sequence_6_bytes.json": "J002",
    "i_string_overlong_sequence_6_bytes_null.json": "J002",
    "i_string_truncated-utf-8.json": "J002",
    "i_string_utf16BE_no_BOM.json": "J002",
    "i_string_utf16LE_no_BOM.json": "J002",
    "i_structure_500_nested_arrays.json": "J008",
    "i_structure_UTF-8_BOM_empty_object.json": "J006",
}

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def verdict(raw: bytes) -> str:
    """`read`, or the code of the JsonError; any other exception fails the test."""
    try:
        jsonio.loads(raw)
    except JsonError as error:
        return error.code
    return "read"


def verdicts(kind: str) -> dict[str, str]:
    return {path.name: verdict(path.read_bytes()) for path in sorted(SUITE.glob(f"{kind}_*"))}


@needs_suite
def test_valid_files_are_read_but_for_the_two_with_duplicate_keys() -> None:
    found = verdicts("y")
    assert len(found) == 95
    assert {name: code for name, code in found.items() if code != "read"} == DUPLICATE_KEYS


@needs_suite
def test_invalid_files_are_all_refused_by_a_pinned_code() -> None:
    found = verdicts("n")
    assert len(found) == 188
    assert {name: code for name, code in found.items() if code != "J001"} == REFUSED_OTHERWISE


@needs_suite
def test_files_that_implementations_differ_on_have_a_pinned_verdict() -> None:
    assert verdicts("i") == IMPLEMENTATIONS_DIFFER


@pytest.mark.parametrize(
    ("raw", "code", "line", "column"),
    [
        (b"", "J001", 1, 1),
        (b'{"a": 1', "J001", 1, 8),
        (b'{"a": 1,\n "b": }', "J001", 2, 7),
        (b'{"a": 1}\n{"b": 2}', "J001", 2, 1),
        (b'{"a": "caf\xe9"}', "J002", 1, 11),
        ('{"é": 1,\n "ü": "'.encode() + b"\xff", "J002", 2, 8),
        (b'{"a": 1, "b": 2, "a": 3}', "J003", 1, 18),
        (b'{"a": {"b": 1,\n "b": 2}}', "J003", 2, 2),
        (b'{"a": 1, "\\u0061": 2}', "J003", 1, 10),
        (b'[{"a": 1}, {"a": 2}, {"a": ["a", "a"], "a": 1}]', "J003", 1, 40),
        (b'{"a": NaN}', "J004", 1, 7),
        (b'{"a": "NaN", "b": -Infinity}', "J004", 1, 19),
        (b"[1, 2, 1e400]", "J004", 1, 8),
        (b"[" + b"9" * 4001 + b"]", "J004", 1, 2),
        (b'\xef\xbb\xbf{"a": 1}', "J006", 1, 1),
        (b'{"a": "\\ud800"}', "J007", 1, 7),
        (b'{"a": "\\ud83d\\ude00", "b": "\\ude00"}', "J007", 1, 28),
        (b'{"\\udfff": 1}', "J007", 1, 2),
        (b"[" * 65 + b"]" * 65, "J008", 1, 65),
        (b'{"a":\n' + b"[" * 64 + b"]" * 64 + b"}", "J008", 2, 64),
    ],
)
def test_a_refusal_names_line_and_column(raw: bytes, code: str, line: int, column: int) -> None:
    with pytest.raises(JsonError) as caught:
        jsonio.loads(raw)
    assert (caught.value.code, caught.value.line, caught.value.column) == (code, line, column)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"[" * 64 + b"]" * 64, None),
        (b'{"a": "' + b"[" * 500 + b'"}', {"a": "[" * 500}),
        (b'["\\\\ud800"]', ["\\ud800"]),
        (b'["\\ud83d\\ude00"]', ["😀"]),
        (b"1180591620717411303424", 2**70),
        (b"-" + b"9" * 3999, None),
        (b'{"a": {"a": {"a": 1}}}', {"a": {"a": {"a": 1}}}),
        ('["\u2028", "\u2029"]'.encode(), ["\u2028", "\u2029"]),
        (b'"NaN"', "NaN"),
        (b" \t\r\n null \n", None),
    ],
)
def test_what_is_json_is_read_whole(raw: bytes, value: Any) -> None:
    read = jsonio.loads(raw)
    assert value is None or read == value


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b'{"a', "unterminated string"),
        (b'["\x01"]', "invalid control character"),
        (b'{"\x9b31m": 1, "\xc2\x9b31m": 1}', "byte 0x9b is not UTF-8"),
        (
            '{"\u202e": 1, "\u202e": 1}'.encode(),
            'the key "\N{REPLACEMENT CHARACTER}" stands twice in one object',
        ),
        (b"-" + b"1" * 4001, "-111111111111111111… has more than 4,000 digits"),
        (b"[Infinity]", "Infinity is not a finite number"),
    ],
)
def test_a_message_is_short_and_safe_to_print(raw: bytes, message: str) -> None:
    with pytest.raises(JsonError) as caught:
        jsonio.loads(raw)
    assert caught.value.message == message


def test_a_long_key_that_stands_twice_is_quoted_in_part() -> None:
    raw = json.dumps({"k" * 5000: 1}).encode()
    with pytest.raises(JsonError, match="stands twice") as caught:
        jsonio.loads(raw[:-1] + b", " + raw[1:])
    assert len(caught.value.message) < 90


def test_brackets_inside_a_cut_off_string_are_not_called_nesting() -> None:
    assert verdict(b'{"a": "' + b"[" * 100) == "J001"


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 70 + b'"' + b'\\"' * 300_000 + b"\\",
        b"[" * 70 + b'"' + b'\\"' * 300_000 + b"\x01",
        b'"' + b'\\"' * 300_000 + b"[" * 70 + b"\\",
        b"[" * 1_000_000,
        b'{"a":' * 100_000,
        b"]" * 100 + b"[" * 100_000,
    ],
    ids=["escapes-in-depth", "control-in-depth", "no-end", "lists", "objects", "closed-first"],
)
def test_hostile_texts_are_refused_without_a_quadratic_walk(raw: bytes) -> None:
    assert verdict(raw) in ("J001", "J008")


@given(values)
@settings(max_examples=300, deadline=None)
def test_what_is_written_is_read_back(value: Any) -> None:
    again = jsonio.loads(jsonio.dumps(value))
    assert again == value
    assert repr(again) == repr(value)


@given(st.dictionaries(texts, values, max_size=6), st.randoms())
@settings(max_examples=200, deadline=None)
def test_the_canonical_spelling_does_not_depend_on_order(
    value: dict[str, Any], random_: random.Random
) -> None:
    items = list(value.items())
    random_.shuffle(items)
    assert jsonio.canonical(dict(items)) == jsonio.canonical(value)


@given(values)
@settings(max_examples=200, deadline=None)
def test_the_canonical_spelling_is_json_of_the_same_value(value: Any) -> None:
    assert jsonio.loads(jsonio.canonical(value)) == value


@given(st.binary(max_size=200))
@settings(max_examples=1000, deadline=None)
def test_arbitrary_bytes_are_read_or_refused(raw: bytes) -> None:
    assert verdict(raw)[0] in "rJ"


@given(st.text('{}[]",:\\u0d8cefNa1.-+ \n\x00', max_size=60))
@settings(max_examples=1000, deadline=None)
def test_what_is_read_is_what_the_standard_library_reads(text: str) -> None:
    try:
        value = jsonio.loads(text.encode())
    except JsonError:
        return
    assert json.loads(text) == value


SEEDS = [
    b'{"messages": [{"role": "user", "content": "Caf\xc3\xa9 \\ud83d\\ude00?"}, '
    b'{"role": "assistant", "content": "Yes\\n", "weight": 1}]}',
    b'{"prompt": "2 + 2?", "completion": "4", "score": -1.5e3, "tags": [null, true, [], {}]}',
]
SNIPPETS = [b"\\ud800", b'"', b"{", b"]", b"NaN", b"1e999", b"\xff", b"\x00", b"[" * 70, b",,", b""]


def test_five_thousand_mutated_lines_are_read_or_refused() -> None:
    dice = random.Random(0)  # noqa: S311
    refused = 0
    for _ in range(5_000):
        raw = bytearray(dice.choice(SEEDS))
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(raw))
            raw[at : at + dice.randint(0, 4)] = dice.choice(
                [*SNIPPETS, bytes([dice.randrange(256)])]
            )
        refused += verdict(bytes(raw)) != "read"
    assert 3_000 < refused < 5_000


@needs_naughty
def test_naughty_strings_survive_byte_for_byte() -> None:
    strings = json.loads(NAUGHTY.read_text("utf-8"))
    assert len(strings) > 500
    for text in strings:
        raw = jsonio.dumps({text: text})
        again = jsonio.loads(raw)
        assert again == {text: text}
        assert jsonio.dumps(again) == raw
        assert list(jsonio.loads(jsonio.canonical({text: text})).values()) == [text]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "\ud800", {"\udfff": 1}])
def test_what_is_no_json_is_not_written(value: Any) -> None:
    with pytest.raises(ValueError):
        jsonio.dumps(value)
