"""Passwords in what is drawn or set: tables, lists, labels, commands, settings, pairs of keys."""

import json
from typing import Any

import pytest

from dataprep import sensitive
from tests.unit.checks.secret_places import assert_taken_out

PLACES = [
    "<table><tr><th>User</th><th>Password</th></tr><tr><td>root</td><td>{}</td></tr></table>",
    " id | login | password\n----+-------+---------\n  1 | eva   | {}\n",
    "+------+-----+\n| user | password |\n+------+-----+\n| root | {} |\n+------+-----+",
    "- **User:** kiosk\n- **Password:** {}",
    "<dt>Password</dt><dd>{}</dd>",
    "<p>Password: <b>{}</b></p>",
    "Passwords\n- router: {}\n- nas: (none)",
    "User\nroot\n\nPassword\n{}",
    "Account: admin | Password: {} | Expires: never",
    '{{"u": "root", "p": "{}"}}',
    '{{"login": ["admin", "{}"]}}',
    'passphrase := []byte("{}")',
    "client.auth('{}')",
    "http -a ops:{} GET https://api.acme.io/jobs",
    "tool --auth ops:{} list",
    'expect -c \'spawn ssh a@b; expect "assword:"; send "{}\\r"\'',
    "NEO4J_AUTH=neo4j/{}",
    "[client]\nuser = root\npassword = {}\n",
    "spring.redis.password = {}",
    "openssl pkcs12 -in cert.p12 -passin pass:{} -out cert.pem",
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("secret", ["alabaster", "paperclip", "bobby_tables"])
def test_a_plain_word_is_found_in_what_is_drawn_or_set(place: str, secret: str) -> None:
    assert_taken_out(place, secret)


def test_a_literal_is_found_by_the_comment_behind_it() -> None:
    assert_taken_out('expect(child).to send("{}") # sudo password', "dr0wssaP!")


def test_the_login_of_a_mail_server_is_found_in_base64() -> None:
    assert_taken_out("AUTH PLAIN {}", "AGFubmEAV2luZGh1bmQz")


@pytest.mark.parametrize(
    "text",
    [
        "'prop', 'pwd', 'quickcheck', 'refute', 'sledgehammer',",
        "    auth,\n    username,\n    password,\n    certfile,\n    keyfile,\n",
        "password = candidate",
        "name = first\npassword = candidate\n",
        "postgres://app:$PGPASSWORD@db/shop",
        "docker run --user nobody:nogroup alpine",
        "Basic YXV0aGVudGljYXRpb24=",
        '{"login": ["email", "password"]}',
        '{"auth": ["basic", "digest"]}',
        '{"x": 1, "p": "alabaster"}',
        '"password": "stored_procedure"',
        "<tr><th>Field</th><th>Password</th></tr><tr><td>type</td><td>string</td></tr>",
        "| Name | PIN |\n|---|---|\n| Eva | 1234 |",
        "Passwords\n- length: twelve or more\n",
        'f("user2")  # the password field',
    ],
)
def test_what_is_drawn_or_set_without_a_password_is_left(text: str) -> None:
    assert sensitive.redacted(text) == text


@pytest.mark.parametrize(
    "schema",
    [
        {"pin": {"type": "string", "enum": ["{}"]}},
        {"PIN": {"type": "string", "default": "{}"}},
        {"unlock_code": {"type": "string", "default": "{}"}},
        {"passcode": {"type": "string", "description": "Passcode of the room, {}"}},
    ],
)
def test_a_number_is_found_under_the_name_of_a_pin(schema: dict[str, Any]) -> None:
    row = json.loads(json.dumps(schema).replace("{}", "8364"))
    left = [sensitive.redacted(text, name) for _, text, name in sensitive.strings(row)]
    assert "8364" not in "".join(left)


def test_the_code_of_a_post_office_is_no_pin() -> None:
    row = {"city": "Chennai", "pin": "600001"}
    left = [sensitive.redacted(text, name) for _, text, name in sensitive.strings(row)]
    assert left == ["Chennai", "600001"]
