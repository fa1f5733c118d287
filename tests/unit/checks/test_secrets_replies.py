"""Passwords and PINs that the next message answers, and words about them that it only says."""

from typing import Any

import pytest

from dataprep import sensitive
from tests.unit.checks.rows import assistant, chat, check, pair, user

ASKED = {
    "what's the password for the demo account?": "It's {}, all lower case.",
    "Can you remember my password?": "Yes, you told me it is {}.",
    "Remind me of the guest wifi password, please.": "Sure! It's {}.",
    "I'm locked out, what's the recovery password?": "Use {}",
    "contraseña del wifi?": "{}",
    "pass?": "{}",
    "Enter your password:": "{}",
    "Lost the admin password again": "It's {} :)",
    "The phone is new. What was the wifi password? My old one died.": "{}",
}
CLEAN = [
    ("How do I reset my password?", "Open the settings, choose Security and follow the steps."),
    ("What is a password hash?", "A one-way function of the password, e.g. bcrypt."),
    ("What's a good password?", "A long sentence nobody guesses"),
    ("Do you store my password?", "No, it's hashed with Argon2."),
    ("Which password manager is the best?", "Many people like Bitwarden."),
    ("Where is the password stored?", "In the keychain."),
    ("What's the wifi password?", "Ask the receptionist."),
    ("What's the wifi password?", "It's on the fridge."),
    ("What rhymes with password?", "Crossword"),
    ("Can I change my password?", "Certainly! Go to Profile."),
    ("Which column holds the password?", "It's user_pass."),
    ("Qual é a senha?", "Não posso dizer."),
    ("Jakie jest hasło?", "Nie wiem."),
    ("Which version fixed the password bug?", "Version 4.2.1"),
    ("How many digits has a PIN?", "4 to 6"),
    ("What is the PIN code of Chennai?", "600001"),
    ("What's wrong with my password?", "It's predictable."),
    ("Classify the sentiment: my password never works!", "negative"),
    ("Enter your password:", "Welcome!"),
]


def left_of(row: dict[str, Any]) -> list[str]:
    """The texts of a row without what was found in them."""
    return [sensitive.redacted(text, name) for _, text, name in sensitive.strings(row)]


def rows_of(question: str, answer: str) -> list[dict[str, Any]]:
    return [
        chat(user(question), assistant(answer)),
        pair(question, answer),
        {"conversations": [{"from": "human", "value": question}, {"from": "gpt", "value": answer}]},
        chat(user([{"type": "text", "text": question}]), assistant(answer)),
    ]


@pytest.mark.parametrize("question", ASKED)
@pytest.mark.parametrize("secret", ["bumblebee", "marmaladejar", "truffle_pig", "kraken77"])
def test_the_answer_to_a_question_for_a_password_is_one(question: str, secret: str) -> None:
    answer = ASKED[question]
    for row in rows_of(question, answer.format(secret)):
        assert {"P003"} <= {finding.code for finding in check(row)}, row
        left = "\n".join(left_of(row))
        assert secret not in left
        assert answer.format("[SECRET]") in left


def test_a_german_noun_answers_a_question_in_german() -> None:
    for row in rows_of("Wie lautet das Passwort vom Router?", "Wasserfall"):
        assert "Wasserfall" not in left_of(row)


@pytest.mark.parametrize(("question", "answer"), CLEAN)
def test_an_answer_that_gives_no_password_is_left(question: str, answer: str) -> None:
    for row in rows_of(question, answer):
        assert not {finding.code for finding in check(row)} & {"P001", "P002", "P003"}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Which PIN did I choose?", "You chose 6394."),
        ("What's the alarm code?", "5512"),
        ("Please type your PIN.", "9034"),
        ("I forgot the door code.", "The door code is 6120."),
    ],
)
def test_the_answer_to_a_question_for_a_pin_is_one(question: str, answer: str) -> None:
    number = "".join(filter(str.isdigit, answer))
    for row in rows_of(question, answer):
        assert number not in "\n".join(left_of(row))


def test_only_the_message_after_the_question_answers_it() -> None:
    row = chat(
        user("What's the wifi password?"), assistant("No idea."), user("Crocodile"), assistant("?")
    )
    assert "Crocodile" in left_of(row)
