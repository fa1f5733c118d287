"""The screens stop every line that a hint would stop, and pass over most others."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep import sensitive
from dataprep.checks import Context, Selection
from dataprep.checks.per_row import text_quality
from dataprep.checks.prefilter import Hints
from tests.unit.checks.secret_hint import HINT

HINTS = Hints(Context())
around = st.text('ab 1"é', max_size=4)


@pytest.mark.parametrize("hint", [HINT, *text_quality.HINTS])
@given(data=st.data())
@settings(max_examples=2, deadline=None)
def test_what_holds_a_hint_is_stopped(hint: str, data: st.DataObject) -> None:
    one = st.tuples(around, st.from_regex(re.compile(hint)), around).map("".join)
    texts = data.draw(st.lists(one, min_size=12, max_size=12))
    lines = [text.encode() for text in texts if re.search(hint, text)]
    assert all(HINTS.in_lines(lines))


@pytest.mark.parametrize(
    "text",
    [
        "Search tickets as bot (pw=jirabot4ever).",
        '#define WIFI_PASS "Fritzbox!7590"',
        "mosquitto_pub -h mq -u sensor -P humidity22 -m 1",
        'LDAP_BIND_PW="bindweed"',
        "كلمة السر هي Nakhla@77",
        "Κωδικός: Thalassa7!",
        "كلمة المرور هي Nakhla#77",
        "הסיסמה היא Nakhla#77",
        'echo "tr0ub4dor&3" | sudo -S apt update',
        "**User** ada\n**Pass** tr0ub4dor&3",
        '{"user":"bob","p":"x7hunter2q"}',
        '{"door_code":"4711"}',
        '{"accessCode":"4711"}',
        "%50A%53SWORD=tr0ub4dor%263",
        "p&#119;: tr0ub4dor&3",
        "My p\\x61ssword is tr0ub4dor&3",
    ],
)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_line_with_a_password_is_stopped_whatever_word_tells_it(
    text: str, ascii_only: bool
) -> None:
    assert any(match.kind.code == "P003" for match in sensitive.matches(text))
    line = json.dumps({"prompt": "Go.", "completion": text}, ensure_ascii=ascii_only)
    assert HINTS.in_lines([line.encode()]) == [True]


@pytest.mark.parametrize(
    "character", ["\u0600", "\u06dd", "\u070f", "\ufff9", "\U000110bd", "\U000e0041"]
)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_line_with_a_text_that_nobody_sees_is_stopped(character: str, ascii_only: bool) -> None:
    faults = [*text_quality.quality_faults("", character, Context())]
    assert [fault.code for fault in faults] == ["C509"]
    line = json.dumps({"prompt": "Go.", "completion": character}, ensure_ascii=ascii_only)
    assert HINTS.in_lines([line.encode()]) == [True]


def test_ordinary_lines_pass() -> None:
    lines = [
        b'{"messages": [{"role": "user", "content": "Capital of Peru, in 2026?\\n"}]}',
        '{"prompt": "Où est le sac “rouge” ?", "completion": "Dans l’armoire, à 42 m."}'.encode(),
    ]
    assert HINTS.in_lines(lines) == [False, False]


def test_what_is_hidden_in_escapes_is_stopped() -> None:
    assert HINTS.in_lines([b'"ok"', b'"\\u0041"', b'"\\u001e"']) == [False, True, True]


def test_rules_that_are_not_selected_stop_nothing() -> None:
    chosen = Hints(Context(selection=Selection(["C001"])))
    assert chosen.in_lines([b"bob@example.org", b"<div>"]) == [False, False]
