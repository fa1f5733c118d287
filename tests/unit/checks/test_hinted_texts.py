"""Of a row whose line a screen stopped, only the texts that were hit are judged, and no other."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep import sensitive
from dataprep.checks import Context, RowJudge
from dataprep.checks.columnar import Columnar
from dataprep.checks.hinted_texts import hinted, is_objected
from dataprep.checks.per_row.schema import AskedTexts
from dataprep.checks.prefilter import Hints
from dataprep.checks.screens import TextRules
from dataprep.formats import FORMATS, pieces_of
from tests.unit.checks.rows import assistant, chat, pair, user

HARMLESS = [
    *("On 2024-05-17 it rained.", "Write <code> here.", "I forgot my password again."),
    *("this &c; more", "a key idea", "Call on 2023-03-12, 14:30.", "What is a token?"),
]
PIECES = [
    *("bob@acme-corp.com", "+49 30 4567 8912", "4111 1111 1111 1111", "DE89370400440532013000"),
    *(
        "my password is hunter2secret9x",
        "What is your password?",
        "Fritzbox!7590",
        "It is Xk9!pq2.",
    ),
    *("AKIA" + "ZQ3DR5TGY7HU2JIK", "<div>x</div>", "&nbsp;", "{{ name }}", "<|im_start|>"),
    *("caf\u00c3\u00a9", "\u200b", "\ufffd", "\x1e", '{"password": "Ab9!kkq2"}', "user", "a b c"),
    *("As an AI language model, I cannot do that.", "192.168.0.1", "\\u0041", "pin: 4821"),
    *HARMLESS,
]


def columnar() -> Columnar:
    context = Context()
    return Columnar(FORMATS["openai-chat"], context, RowJudge(context))


@pytest.mark.parametrize("text", HARMLESS)
def test_a_hint_that_turns_out_to_be_nothing_leaves_a_plain_row(text: str) -> None:
    line = json.dumps(chat(user(f"One. {text}"), assistant("Two."))).encode()
    assert Hints(Context()).in_lines([line]) == [True]
    assert columnar().settle([line], 1).left == []


@pytest.mark.parametrize("where", [0, 1, 2, 3])
def test_a_text_with_something_in_it_leaves_the_row_to_be_read(where: int) -> None:
    said = ["Hello.", "Hi.", "Who?", "Me."]
    said[where] = "Write to bob@acme-corp.com now."
    rows = [user(said[0]), assistant(said[1]), user(said[2]), assistant(said[3])]
    assert columnar().settle([json.dumps(chat(*rows)).encode()], 1).left == [0]


def test_an_answer_to_a_question_for_a_password_is_judged_by_the_question() -> None:
    row = chat(user("What is the wifi password?"), assistant("It is Bumblebee-77."))
    assert columnar().settle([json.dumps(row).encode()], 1).left == [0]


@given(st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=3), min_size=2, max_size=6))
@settings(max_examples=400, deadline=None)
def test_a_row_is_objected_to_where_its_judge_finds_something(said: list[list[str]]) -> None:
    texts = [" ".join(pieces) for pieces in said]
    rows: list[tuple[str, Any]] = [("prompt-completion", pair(*texts[:2]))]
    talk = [user(t) if n % 2 == 0 else assistant(t) for n, t in enumerate(texts)]
    rows.append(("openai-chat", chat(*talk)))
    context = Context()
    for name, row in rows:
        form = FORMATS[name]
        faults = [*RowJudge(context).of_texts(AskedTexts(row, [*pieces_of(form.read(row))]))]
        judged = texts if name == "openai-chat" else texts[:2]
        assert any(map(is_objected, hinted([(0, judged)], Hints(context)))) == bool(faults)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4))
@settings(max_examples=400, deadline=None)
def test_a_text_whose_secrets_no_screen_sees_has_personal_data_alone(pieces: list[str]) -> None:
    text = " ".join(pieces)
    (rules,) = Hints(Context()).rules_of([json.dumps({"content": text}).encode()])
    found = [*sensitive.matches(text)]
    if not rules & (TextRules.SECRETS | TextRules.HIDDEN):
        assert [*sensitive.persons(text)] == found
    if not rules & ~TextRules.QUALITY:
        assert found == []
