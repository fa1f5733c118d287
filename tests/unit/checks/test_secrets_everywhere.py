"""Secrets of every kind in every place of a row: found, redacted, and never shown."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dataprep import jsonio, sensitive
from dataprep.checks import Context, Selection
from dataprep.checks.prefilter import Hints
from dataprep.fixes.mend import mend
from tests.unit.checks.issued import PLACES, Issued, Issuer, placed
from tests.unit.checks.rows import check, pair
from tests.unit.checks.secret_outputs import (
    BETWEEN,
    COMMANDS,
    codes_in,
    found_rows,
    seen_in_output,
)

SEEDS = (1, 2)
PLACED = [one for seed in SEEDS for one in placed(seed)]


def test_there_are_more_than_a_hundred_kinds_in_eleven_places() -> None:
    assert len({issued.kind for _, issued, _ in PLACED}) > 100
    assert len(PLACES) == 11


@pytest.mark.parametrize("place", PLACES)
def test_at_least_ninety_five_in_a_hundred_are_found_in_each_place(place: str) -> None:
    here = [(issued, row) for at, issued, row in PLACED if at == place]
    screened = Hints(Context(selection=Selection(["P"]))).in_lines(
        [jsonio.dumps(row) for _, row in here]
    )
    missed = Counter(
        issued.kind
        for (issued, row), stopped in zip(here, screened, strict=True)
        if not (stopped and codes_in(row))
    )
    assert len(here) > 200
    assert missed.total() <= len(here) * 0.05, missed


def test_no_text_with_a_secret_is_passed_over_by_the_quick_look() -> None:
    """`convert` asks it before it looks for all kinds."""
    texts = {jsonio.dumps(row).decode() for _, _, row in PLACED[::4]}
    texts |= {issued.text for _, issued, _ in PLACED}
    held = [text for text in texts if any(True for _ in sensitive.secrets(text))]
    assert len(held) > 500
    assert [text for text in held if not sensitive.may_hold_secret(text)] == []


def shown_of(issued: Issued, text: str) -> bool:
    """Whether eight characters of a secret stand in a text, with or without what splits it."""
    flat = text.translate(BETWEEN)
    pieces = {issued.secret[at : at + 8] for at in range(len(issued.secret) - 7)}
    return any(piece in flat for piece in pieces if not piece.isalpha())


def leaves(value: Any) -> list[str]:
    """Every string of a row, keys too, and those of the JSON that they hold."""
    if isinstance(value, dict):
        return [text for key, inside in value.items() for text in (key, *leaves(inside))]
    if isinstance(value, list):
        return [text for inside in value for text in leaves(inside)]
    return [value] if isinstance(value, str) else []


def mended(row: Any) -> Any:
    line = jsonio.dumps(row) + b"\n"
    while paths := [f.place.path for f in check(json.loads(line)) if f.code.startswith("P0")]:
        after = mend("redact", line, paths)
        assert after is not None
        assert after != line, "what is found is redacted"
        line = after
    return json.loads(line)


@pytest.mark.parametrize("place", PLACES)
def test_what_is_found_in_a_place_is_redacted_there(place: str) -> None:
    here = [(issued, row) for at, issued, row in PLACED if at == place]
    left = [
        issued.kind
        for issued, row in here
        if codes_in(row) and shown_of(issued, "".join(leaves(mended(row))))
    ]
    assert left == []


@pytest.mark.parametrize("place", ["tool arguments", "JSON in JSON"])
def test_redacted_arguments_of_a_call_stay_json(place: str) -> None:
    for at, _, row in PLACED:
        if at == place:
            after = mended(row)["messages"][1]["tool_calls"][0]["function"]["arguments"]
            inside = json.loads(after)
            assert set(inside) in ({"command"}, {"body", "n"}, {"body"})
            assert "body" not in inside or json.loads(inside["body"])["n"] == 1


def test_a_number_that_is_private_becomes_a_string_of_its_json() -> None:
    arguments = '{"card": 4012888888881881, "note": "{\\"card\\": 4012888888881881}"}'
    assert json.loads(sensitive.redacted(arguments)) == {
        "card": "[CARD]",
        "note": '{"card": "[CARD]"}',
    }


def test_an_escape_before_a_name_stays_whole() -> None:
    assert sensitive.redacted('{"a": "to\\nada@lovelace.org"}') == '{"a": "to\\n[EMAIL]"}'
    inner = json.dumps({"b": json.dumps({"a": "to\nada@lovelace.org"})})
    assert json.loads(json.loads(sensitive.redacted(inner))["b"]) == {"a": "to\n[EMAIL]"}


def test_a_service_account_in_arguments_loses_its_key_alone() -> None:
    pem, line = next(
        (issued.text, issued.secret) for issued in Issuer(5).all() if issued.kind == "private key"
    )
    account = {"type": "service_account", "project_id": "shop", "private_key": pem + "\n"}
    arguments = json.dumps({"file": json.dumps(account)})
    after = sensitive.redacted(arguments)
    assert line not in after
    assert json.loads(json.loads(after)["file"]) == account | {"private_key": "[SECRET]\n"}


def test_a_password_is_told_by_its_key_alone() -> None:
    word = Issuer(3).password()
    row = pair("How?", "So.") | {"meta": {"db_password": word, "token_type": "bearer-v2x9"}}
    (finding,) = (f for f in check(row) if f.code == "P003")
    assert finding.place.path == "meta.db_password"
    assert mended(row)["meta"] == {"db_password": "[SECRET]", "token_type": "bearer-v2x9"}


def test_two_private_keys_of_an_object_get_two_stand_ins() -> None:
    first, second = (Issuer(seed).tokens()["Jina key"] for seed in (1, 2))
    row = pair("How?", "So.") | {"meta": {first: 1, second: 2}}
    assert mended(row)["meta"] == {"[SECRET]": 1, "[SECRET] 2": 2}


def test_a_break_takes_no_word_of_the_next_line() -> None:
    token = Issuer(4).tokens()["Perplexity key"]
    assert sensitive.redacted(f"{token}\nThen use it.") == "[SECRET]\nThen use it."
    broken = f"{token[:30]}\n{token[30:]}\nThen use it."
    assert sensitive.redacted(broken) == "[SECRET]\nThen use it."


@pytest.mark.parametrize("number", range(len(COMMANDS)), ids=map(" ".join, COMMANDS))
def test_no_secret_of_any_place_stands_in_an_output(number: int, tmp_path: Path) -> None:
    rows = found_rows(9, number, 2 * len(COMMANDS))
    assert len(rows) > 100
    assert seen_in_output(COMMANDS[number], rows, tmp_path) == []
