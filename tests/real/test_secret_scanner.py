"""A scanner that others wrote, held against ours: what we leave of what it finds has its reason."""

import json
import random
from collections import Counter

import pytest

from dataprep import sensitive
from tests.real.oracles import SECRET_SCANNER
from tests.real.secret_samples import sample
from tests.unit.checks import foreign_text
from tests.unit.checks.issued import Issuer

pytestmark = pytest.mark.real

LAXER = {
    "Private Key": "it takes the first line of a key for a key",
    "Artifactory Credentials": "any word from ten letters on that begins with AP or AKC",
    "AWS Access Key": "the ids are base32, which has no 0, 1, 8 and 9",
    "Basic Auth Credentials": "an address without a scheme, or a password of one letter",
    "Cloudant Credentials": "24 lower-case letters, as words are",
    "JSON Web Token": "a word that begins with eyJ and has a dot in it",
    "Mailchimp Access Key": "the keys are hexadecimal",
    "NPM tokens": "a token of any length, or of dashes",
    "Slack Token": "a token of any length",
    "SoftLayer Credentials": "an address of a service that was closed",
    "Telegram Bot Token": "every token of a bot begins with AA",
    "Twilio API Key": "the keys are hexadecimal",
    "GitHub Token": "underscores, which no token has",
    "Secret Keyword": "what stands after the name of a secret, whatever it is",
    "IBM Cloud IAM Key": "a blank for a sign, and any 44 letters after the name `key` alone",
    "IBM COS HMAC Credentials": "a blank for a sign",
    "Square OAuth Secret": "a backslash in the middle, which no token has",
}
"""Kinds of the scanner of which we leave some, and what it takes there that we do not."""

ALL_OF_THEM = 0.95
"""Of a kind that is not in the table."""


def found_by_us(text: str) -> bool:
    return any(match.kind.code.startswith("P0") for match in sensitive.matches(text))


def answers(*rows: dict[str, object]) -> list[list[object]]:
    return [json.loads(answer) for answer in SECRET_SCANNER.verdicts(rows)]


def test_what_its_patterns_make_is_found_but_for_the_reasons_given() -> None:
    rng = random.Random(5)  # noqa: S311
    (patterns,) = answers({"patterns": True})
    assert len(patterns) > 40
    made, missed = Counter[str](), Counter[str]()
    for kind, pattern in patterns:  # type: ignore[misc]
        for _ in range(30):
            made[kind] += 1
            missed[kind] += not found_by_us(f'key: "{sample(pattern, rng)}" ')
    left = {kind: n for kind, n in missed.items() if n > made[kind] * (1 - ALL_OF_THEM)}
    assert left.keys() <= LAXER.keys(), {k: n for k, n in left.items() if k not in LAXER}


def test_it_finds_nothing_in_issued_secrets_that_we_do_not() -> None:
    issued = [one for seed in (1, 2) for one in Issuer(seed).all()]
    theirs = answers(*({"text": one.text} for one in issued))
    both = zip(issued, theirs, strict=True)
    assert [one.kind for one, kinds in both if kinds and not found_by_us(one.text)] == []
    assert sum(map(bool, theirs)) < len(issued) * 0.6, "we find nearly all of them"


def test_in_foreign_lines_it_finds_keywords_and_markers_alone() -> None:
    lines = foreign_text.lines(2_000)
    theirs = answers(*({"text": line} for line in lines))
    extra = {
        str(kind)
        for line, kinds in zip(lines, theirs, strict=True)
        for kind in kinds
        if not found_by_us(line)
    }
    assert extra <= LAXER.keys()
