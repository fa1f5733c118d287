"""What is found of a secret is all of it: however long it is, and of how many literals."""

import json

import pytest

from dataprep import sensitive
from tests.unit.checks.issued import Issuer
from tests.unit.checks.worst_cases import grows_too_fast

LENGTHS = (119, 121, 199, 201, 260, 513, 5_000)
AROUND = {
    "quoted in code": 'API_TOKEN = "{}"\nrun()',
    ".env": "PORT=1\nAPI_TOKEN={}\nA=b",
    "YAML": "app:\n  api_token: {}\n  n: 2",
    "JSON": '{{"api_token": "{}", "n": 1}}',
    "XML": "<token>{}</token>",
    "value of XML": '<add key="ApiToken" value="{}" />',
    "Kubernetes": "- name: API_TOKEN\n  value: {}\n",
    "header": "curl -H 'X-Api-Key: {}' https://x",
    "bearer": "Authorization: Bearer {}",
    "query": "GET /a?token={}&page=2 says 403",
    "option": "run --api-key {} -v",
    "ENV": "ENV API_TOKEN {}\nRUN x",
    "bold": "- **Token**: `{}`",
    "table": "| token | {} |",
    "sentence": "The token is {}, I think",
    "call": "define('API_TOKEN', '{}');",
    "type": 'let token: &str = "{}";',
    "connection": "Server=db;Password={};Pooling=1 is refused",
    "address": "postgres://ada:{}@db:5432/shop",
    "curl -u": "curl -u ada:{} https://x",
    "command": "sshpass -p {} ssh db",
    "other tongue": "Passwort: {}",
}


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("place", AROUND)
def test_a_secret_of_any_length_is_taken_out_to_its_end(place: str, length: int) -> None:
    secret = Issuer(length).some(length)
    text = AROUND[place].format(secret)
    before, _, behind = text.partition(secret)
    after = sensitive.redacted(text)
    assert after.startswith(f"{before}[SECRET]")
    assert behind.endswith(after.removeprefix(f"{before}[SECRET]"))


def test_a_value_that_its_key_tells_may_have_any_length() -> None:
    secret = Issuer(5).some(3_000)
    assert sensitive.redacted(secret, "api_token") == "[SECRET]"


def test_an_encrypted_web_token_is_taken_out_with_all_its_parts() -> None:
    some = Issuer(6).some
    token = f"eyJ{some(40)}.{some(342)}.{some(16)}.{some(900)}.{some(22)}"
    assert sensitive.redacted(f"Use {token}, please") == "Use [SECRET], please"


def test_a_token_on_forty_lines_is_taken_out_to_its_last() -> None:
    some = Issuer(7).some
    token = f"eyJ{some(60)}.eyJ{some(2_300)}.{some(43)}"
    lines = [token[at : at + 76] for at in range(0, len(token), 76)]
    assert len(lines) == 32
    assert sensitive.redacted("Here:\n" + "\n".join(lines) + "\nSo.") == "Here:\n[SECRET]\nSo."


JOINS = {
    "plus": '{0}" + "{1}',
    "plus on the next line": "{0}' +\n    '{1}",
    "plus before it": '{0}"\n  + "{1}',
    "next line": '{0}"\n         "{1}',
    "beside": '{0}" "{1}',
    "point": "{0}' . '{1}",
    "two points": '{0}" .. "{1}',
    "bars": "{0}' || '{1}",
    "ampersand": '{0}" & _\n "{1}',
    "backslash": '{0}" \\\n "{1}',
    "bytes": '{0}" b"{1}',
    "f-string": '{0}"\n  f"{1}',
}


@pytest.mark.parametrize("kind", ["GitHub token", "AWS access key id", "Google API key"])
@pytest.mark.parametrize("join", JOINS)
def test_literals_that_are_one_string_are_found_and_taken_out_together(
    join: str, kind: str
) -> None:
    token = (Issuer(8)._planter.tokens())[kind]
    for at in (5, len(token) // 2, len(token) - 3):
        inside = JOINS[join].format(token[:at], token[at:])
        quote = inside[inside.index(token[at:]) - 1]
        assert sensitive.redacted(f"x = {quote}{inside}{quote}") == f"x = {quote}[SECRET]{quote}"


def test_joined_literals_are_found_in_the_arguments_of_a_call() -> None:
    token = Issuer(9)._planter.tokens()["AWS access key id"]
    code = f'key = ("{token[:9]}"\n       "{token[9:]}")'
    arguments = json.dumps({"code": code})
    assert json.loads(sensitive.redacted(arguments)) == {"code": 'key = ("[SECRET]")'}
    assert sensitive.may_hold_secret(json.dumps({"x": arguments}))


@pytest.mark.parametrize("between", ['\\n"\n    "', "\\n' +\n  '", '"\n "'])
def test_a_private_key_of_many_literals_is_taken_out_whole(between: str) -> None:
    pem, line = Issuer(10)._planter.private_key()
    quote = between[-1]
    text = f"key = ({quote}{between.join(pem.splitlines())}{quote})"
    after = sensitive.redacted(text)
    assert after == f"key = ({quote}[SECRET]{quote})"
    assert line not in after


@pytest.mark.parametrize(
    "text",
    [
        'print("one" "two")',
        'x = "secret" + "_name"',
        'names = ["token", "key1"]',
        "d = 'password' + 'field2'",
    ],
)
def test_joined_words_are_no_secret(text: str) -> None:
    assert sensitive.redacted(text) == text


@pytest.mark.parametrize(
    "text",
    [
        '"a" + ' * 3_000,
        '"' + " " * 20_000,
        "token=" + "a1B" * 8_000,
        "api_key=a1" * 3_000,
        '"a"' * 8_000,
    ],
)
def test_long_values_and_joins_take_time_in_proportion(text: str) -> None:
    assert not grows_too_fast(lambda one: len(list(sensitive.matches(one))), text)
