"""No text makes the search for secrets and personal data slow."""

import json
import re
from collections.abc import Callable

import pytest

from dataprep import sensitive
from dataprep.checks.per_row.redaction import discreet
from dataprep.finding import Fault
from dataprep.sensitive import assignments as told
from dataprep.sensitive import (
    bindings,
    chosen,
    commands,
    disguises,
    matching,
    names,
    pins,
    proofs,
    replies,
    tables,
    unmarked,
    views,
    vocabulary,
    worded,
)
from dataprep.sensitive.personal import PERSONAL
from dataprep.sensitive.secrets import SECRETS
from tests.unit.checks.secret_hint import HINT
from tests.unit.checks.worst_cases import cases, grows_too_fast, search_all

HELPERS = [
    value
    for module in (
        *(proofs, views, disguises, told, commands, matching, tables, bindings, unmarked),
        *(chosen, names, vocabulary, worded, replies, pins),
    )
    for value in vars(module).values()
    if isinstance(value, re.Pattern)
]
PATTERNS = {
    **{f"{kind.name} {n}": kind.pattern for n, kind in enumerate((*SECRETS, *PERSONAL))},
    **{f"helper {n}": pattern.pattern for n, pattern in enumerate(HELPERS)},
    "number in a description": pins.DESCRIBED_PIN.pattern,
    "hint": HINT,
}


def test_there_are_worst_cases_of_every_pattern() -> None:
    assert len(PATTERNS) > 150
    assert all(any(True for _ in cases(kind.pattern)) for kind in (*SECRETS, *PERSONAL))


def test_a_quadratic_pattern_is_told_by_its_worst_cases() -> None:
    slow = r"(?:[a-z]+ )*[a-z]+="
    assert any(grows_too_fast(search_all(slow), text) for text in cases(slow))


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_takes_time_in_proportion_to_its_worst_cases(name: str) -> None:
    search = search_all(PATTERNS[name])
    assert [text[:60] for text in cases(PATTERNS[name]) if grows_too_fast(search, text)] == []


def all_found(text: str) -> int:
    return len(list(sensitive.matches(text)))


def redacted(text: str) -> str:
    return sensitive.redacted(text)


HEADERS = "-----BEGIN RSA PRIVATE KEY----- "
LONG: dict[str, Callable[[int], str]] = {
    "headers of a private key": lambda n: HEADERS + "Ab: x " * n + "!",
    "headers on lines": lambda n: HEADERS + "\n" + "Ab: x\n" * n + "!",
    "beginnings of keys": lambda n: "A: -----BEGIN PRIVATE KEY-----\n" * n,
    "e-mails and phones": lambda n: " ".join(
        f"ada{k}@lovelace.org +49 30 9{k % 9000 + 1000}82" for k in range(n)
    ),
    "broken tokens": lambda n: "ghp_\n" * (n // 4),
    "broken tokens with a prefix": lambda n: "glpat-\n" * (n // 4),
    "commands": lambda n: "mysql -u a " * (n // 4),
    "base64": lambda n: "QUtJQUFCQ0RFRkdISUpLTE1OT1A= " * (n // 4),
    "escapes": lambda n: '\\n\\"\\\\' * n,
    "no width": lambda n: "gh\u200b" * n,
    "letters of every script": lambda n: "éeyJ" * n,
    "entities": lambda n: "&#112;&quot;" * n,
    "encoded twice": lambda n: "%253A%252F" * (n // 2),
    "users": lambda n: "user ada, login " * (n // 4),
    "changed passwords": lambda n: "set the password of a " * (n // 4),
    "short names": lambda n: "pw: mdp " * (n // 2),
    "names": lambda n: "api_key=" * n,
    "addresses": lambda n: "a://b:" * n,
    "options": lambda n: "--token " * n,
    "words after a name": lambda n: "token of a b " * (n // 4),
    "defaults": lambda n: "token: { default " * (n // 4),
    "cells": lambda n: "user,password\nada,x1\n" * (n // 8),
    "one row of cells": lambda n: "user,password\n" + "a1b2c3d4e5," * n,
    "rows of HTML": lambda n: "<tr><td>password</td><td>x1</td></tr>" * (n // 16),
    "rows of HTML that do not end": lambda n: "<tr><td password " * (n // 8),
    "titles of lists": lambda n: "Passwords:\n- a: b1\n" * (n // 8),
    "settings": lambda n: "[a]\npassword = candidate\n" * (n // 16),
    "questions in messages": lambda n: json.dumps(
        [{"role": "user", "content": "What is the password?"}] * (n // 16)
    ),
    "literals": lambda n: '"ghp_" + "' * (n // 2),
    "names bound": lambda n: 'a = "ghp_x1"\nb = a + ' * (n // 8),
    "sums of names": lambda n: 'a = "ghp_x1"\nb = "x"\n' + "a + b + a " * n,
    "lists that are joined": lambda n: 'join(["a", "b", ["c", ' * (n // 8),
    "ends of keys": lambda n: "QUFB\n-----END PRIVATE KEY-----\n" * (n // 8),
    "lines before the end of a key": lambda n: "QUFBQUFB\n" * n + "-----END PRIVATE KEY-----",
    "values before a name": lambda n: "aB3$x9Qz7 as the password " * (n // 8),
    "fields": lambda n: json.dumps(
        [{"label": "Password", "value": f"aB3$x{k}Qz"} for k in range(n)]
    ),
    "shapes without a prefix": lambda n: ("key " + "A1b2" * 21 + "Az==, ") * (n // 16),
    "JSON": lambda n: json.dumps([{"card": 4012888888881881, "k": "x@y.io"}] * (n // 8)),
}


@pytest.mark.parametrize("judge", [all_found, redacted])
@pytest.mark.parametrize("name", LONG)
def test_a_long_text_takes_time_in_proportion(name: str, judge: Callable[[str], object]) -> None:
    assert not grows_too_fast(judge, LONG[name](4_000), LONG[name](1_000))


def test_a_line_after_many_beginnings_of_tokens_is_read_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[int] = []

    class Counted(disguises._Lines):
        def _after(self, newline: int) -> tuple[tuple[int, int], int] | None:
            read.append(newline)
            return super()._after(newline)

    monkeypatch.setattr(disguises, "_Lines", Counted)
    assert len(list(disguises.broken("glpat-\n" * 500))) == 499
    assert len(read) == len(set(read)) == 500


def test_a_row_with_many_faults_and_secrets_is_made_discreet_in_proportion() -> None:
    def judge(text: str) -> object:
        mails = {"x": text}
        faults = [Fault("P101", "x", "x holds e-mails")]
        faults += [Fault("C203", f"m[{k}]", f"m[{k}] is empty") for k in range(len(text) // 20)]
        return discreet(faults, mails)

    assert not grows_too_fast(judge, " ".join(f"ada{k}@lovelace.org" for k in range(8_000)))


def test_what_a_message_shows_of_a_secret_is_hidden_however_it_is_spelled() -> None:
    token = "AKIA" + "Q3EGRIZ7XMPL5TKW"
    row = {"x": f"{token[:9]}\u200b{token[9:]}"}
    faults = [
        Fault("P001", "x", "x holds a key"),
        Fault("C203", "x", f"x is {token[4:12]}"),
        Fault("C203", "x", f"x is {token[7:10]}\\u200b{token[10:14]}"),
        Fault("C203", "x", "x is empty"),
    ]
    first, *others, last = discreet(faults, row)
    assert (first, last) == (faults[0], faults[-1])
    assert all("is not shown" in fault.message for fault in others)
    assert len(others) == 2
