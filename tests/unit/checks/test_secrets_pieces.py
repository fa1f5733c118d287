"""Secrets in pieces that code puts together, and private keys that are not whole."""

import json

import pytest

from dataprep import jsonio, sensitive
from dataprep.checks import Context, Selection
from dataprep.checks.prefilter import Hints
from tests.unit.checks.issued import Issuer
from tests.unit.checks.rows import check, pair

TOKEN = "ghp_" + Issuer(11).some(36)
CUT = (TOKEN[:14], TOKEN[14:27], TOKEN[27:])
BODY = [Issuer(n).some(64) for n in range(20)]
END = "-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    "text",
    [
        'key = "".join(["{}", "{}", "{}"])',
        "const key = ['{}', '{}', '{}'].join('');",
        "$key = implode('', ['{}', '{}', '{}']);",
        'key := strings.Join([]string{{"{}", "{}", "{}"}}, "")',
        'key = String.Join("", "{}", "{}", "{}")',
        'a = "{}"\nb = "{}"\nc = "{}"\nkey = a + b + c',
        "const a = '{}';\nconst b = '{}';\nconst c = '{}';\nconst key = `${{a}}${{b}}${{c}}`;",
        "$a = '{}';\n$b = '{}';\n$c = '{}';\n$key = $a . $b . $c;",
        'A="{}"; B="{}"; C="{}"\nexport KEY="$A$B$C"',
        'key = "{}"\nkey += "{}"\nkey += "{}"',
        "KEY={}\\\n{}\\\n{}\n",
    ],
)
def test_the_pieces_of_a_token_are_taken_out(text: str) -> None:
    whole = text.format(*CUT)
    after = sensitive.redacted(whole)
    assert not any(piece in after for piece in CUT)
    assert sensitive.may_match(whole)
    row = pair("How?", whole)
    assert Hints(Context(selection=Selection(["P"]))).in_lines([jsonio.dumps(row)]) == [True]
    assert "P001" in {finding.code for finding in check(row)}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('secret_key = (\n    "{}"\n    "{}"\n)', 'secret_key = (\n    "[SECRET]"\n)'),
        ("JWT_SECRET={}\\\n{}", "JWT_SECRET=[SECRET]"),
    ],
)
def test_the_pieces_of_a_named_value_are_taken_out_together(text: str, left: str) -> None:
    some = Issuer(12).some
    assert sensitive.redacted(text.format(some(14), some(40))) == left


@pytest.mark.parametrize(
    "text",
    [
        'a = "hello"\nb = "world"\nkey = a + b',
        'path = "".join(["src/", "main", ".py"])',
        'names = ["AKIA", "ASIA"]\nkinds = ", ".join(names)',
        "curl https://acme.io \\\n  -H accept",
    ],
)
def test_pieces_that_are_no_token_are_left_alone(text: str) -> None:
    assert sensitive.redacted(text) == text


KEYS = {
    "without its first line": "...\n" + "\n".join([*BODY, END]),
    "without it, escaped": json.dumps("\n".join([*BODY, END])),
    "lines of a list": "key = [\n  '-----BEGIN RSA PRIVATE KEY-----',\n"
    + ",\n".join(f"  '{line}'" for line in BODY)
    + f",\n  '{END}'\n].join('\\n');",
    "percent-encoded": "key=-----BEGIN%20RSA%20PRIVATE%20KEY-----%0A"
    + "%0A".join(BODY)
    + "%0A-----END%20RSA%20PRIVATE%20KEY-----",
    "XML": "<RSAKeyValue><Modulus>AQAB</Modulus><D>" + BODY[0] + "==</D></RSAKeyValue>",
}


@pytest.mark.parametrize("place", KEYS)
def test_a_private_key_in_another_form_is_taken_out(place: str) -> None:
    after = sensitive.redacted(KEYS[place])
    assert not any(line in after for line in BODY)
    row = pair("How?", KEYS[place])
    assert Hints(Context(selection=Selection(["P"]))).in_lines([jsonio.dumps(row)]) == [True]
    assert "P002" in {finding.code for finding in check(row)}


def test_what_stands_before_the_end_of_a_key_without_a_beginning_is_kept() -> None:
    text = "It says this at the end:\n\n" + "\n".join([*BODY, END]) + "\nWhy?"
    assert sensitive.redacted(text) == "It says this at the end:\n[SECRET]\nWhy?"


def test_keys_without_a_prefix_are_told_by_their_shape_unless_it_is_a_checksum() -> None:
    azure, mailgun = Issuer(3).some(86) + "==", "3ad0f1c2" * 4 + "-5e1b2c3d-9f8e7d6c"
    assert sensitive.redacted(f"The storage account has {azure} here") == (
        "The storage account has [SECRET] here"
    )
    assert sensitive.redacted(f"It is {azure}, I think") == "It is [SECRET], I think"
    assert sensitive.redacted(f"They gave us {mailgun}.") == "They gave us [SECRET]."
    kept = f"the sha512 of the account file is {azure}"
    assert sensitive.redacted(kept) == kept
