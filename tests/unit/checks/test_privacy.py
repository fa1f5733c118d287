"""Secrets and personal data: found, named, and never shown."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep import jsonio, sensitive
from dataprep.checks import Context, Selection
from dataprep.checks.per_row.privacy import CODES, privacy_faults
from dataprep.checks.prefilter import Hints
from dataprep.sensitive import strings, texts_in
from dataprep.sensitive.secrets import SECRETS
from tests.unit.checks import clean
from tests.unit.checks.planted import Planter
from tests.unit.checks.rows import assistant, chat, check, pair, user
from tests.unit.checks.secret_hint import HINT

SECRET_CODES = {"P001", "P002", "P003"}


def planted() -> list[tuple[str, str, str]]:
    """Kind, a text with the secret in it, and the secret: two of each kind."""
    made = []
    for seed in (1, 2):
        planter = Planter(seed)
        made += [(kind, f"Use {it} for it.", it) for kind, it in planter.tokens().items()]
        made += [(kind, text, it) for kind, (text, it) in planter.told().items()]
    return made


PLANTED = planted()


def named(text: str) -> list[str]:
    return [fault.message for fault in privacy_faults("completion", text)]


def test_there_are_at_least_sixty_planted_secrets_of_thirty_kinds() -> None:
    assert len(PLANTED) >= 60
    assert len({kind for kind, _, _ in PLANTED}) >= 30
    assert len({kind.name for kind in SECRETS}) >= 30


@pytest.mark.parametrize(("kind", "text", "secret"), PLANTED, ids=[kind for kind, _, _ in PLANTED])
def test_a_planted_secret_is_found_named_and_not_shown(kind: str, text: str, secret: str) -> None:
    messages = named(text)
    assert any(kind in message for message in messages), messages
    assert not any(part in message for message in messages for part in pieces(secret))


def pieces(secret: str) -> list[str]:
    """Every eight characters in a row of the random part of a secret."""
    tail = max(re.split(r"[\s.=:/]", secret), key=len) if len(secret) > 30 else secret
    return [tail[at : at + 8] for at in range(max(1, len(tail) - 7))]


@pytest.mark.parametrize(("kind", "text", "secret"), PLANTED, ids=[kind for kind, _, _ in PLANTED])
def test_a_planted_secret_is_redacted_once_and_for_all(kind: str, text: str, secret: str) -> None:
    redacted = sensitive.redacted(text)
    assert secret not in redacted
    assert "[SECRET]" in redacted
    assert sensitive.redacted(redacted) == redacted


def test_at_most_one_in_a_hundred_clean_texts_raises_a_false_alarm() -> None:
    texts = clean.texts(2_000)
    alarms = [text for text in texts if named(text)]
    assert len(texts) == 2_000
    assert len(alarms) <= 20, [(named(text), text[:200]) for text in alarms[:30]]


def in_json(text: str, *, escaped: bool) -> bytes:
    row = {"prompt": "?", "completion": text}
    return json.dumps(row).replace("/", "\\/").encode() if escaped else jsonio.dumps(row)


@pytest.mark.parametrize("escaped", [False, True])
def test_the_quick_look_at_raw_lines_misses_nothing_that_is_planted(escaped: bool) -> None:
    lines = [in_json(text, escaped=escaped) for _, text, _ in PLANTED]
    assert all(Hints(Context(selection=Selection(["P"]))).in_lines(lines))


PERSONAL = [
    ("P101", "Write to ada.king@lovelace.org today", "an e-mail address at character 9"),
    ("P101", "a@b.io, c@d.io", "2 e-mail addresses, the first at character 0"),
    ("P102", "IBAN GB82 WEST 1234 5698 7654 32.", "an IBAN at character 5"),
    ("P102", "FR1420041010050500013M02606", "an IBAN at character 0"),
    ("P102", "card 4012 8888 8888 1881", "a payment card number at character 5"),
    ("P102", "378282246310005", "a payment card number at character 0"),
    ("P103", "Ring +49 30 901820 now", "a phone number at character 5"),
    ("P103", "(212) 736-5000", "a phone number at character 0"),
    ("P103", "212-736-5000", "a phone number at character 0"),
    ("P104", "from 81.2.69.142:443", "a public IP address at character 5"),
    ("P105", "SSN 536-22-8726", "a US social security number at character 4"),
    ("P105", "NI AB 12 34 56 C", "a UK national insurance number at character 3"),
    ("P105", "1 84 12 76 451 089 46", "a French social security number at character 0"),
    ("P105", "DNI 12345678Z", "a Spanish identity number at character 4"),
    ("P105", "NIE X1234567L", "a Spanish identity number at character 4"),
    ("P105", "RSSMRA85T10A562S", "an Italian tax code at character 0"),
    ("P105", "CPF 529.982.247-25", "a Brazilian taxpayer number at character 4"),
    ("P105", "Steuer-ID: 86095742719", "a German tax number at character 11"),
]


@pytest.mark.parametrize(("code", "text", "said"), PERSONAL, ids=[t for _, t, _ in PERSONAL])
def test_personal_data_is_named_by_kind_and_place(code: str, text: str, said: str) -> None:
    (fault,) = privacy_faults("completion", text)
    assert fault[:3] == (code, "completion", f"completion holds {said}")
    assert Hints(Context(selection=Selection(["P"]))).in_lines([in_json(text, escaped=False)])[0]


@pytest.mark.parametrize(
    "text",
    [
        "GB83 WEST 1234 5698 7654 32",
        "4012 8888 8888 1882",
        "0000 0000 0000 0000",
        "10.1.2.3, 172.16.0.9, 192.168.0.1, 127.0.0.1, 198.51.100.7, 256.1.1.1",
        "version 10.0.19041.1 and section 1.2.3.4.5",
        "(212) 555-0123",
        "12345678A",
        "RSSMRA85T10A562T",
        "529.982.247-26",
        "Steuer-ID: 86095742718",
        "someone@example.com, user@host.test, noreply@acme.io",
        "2024-11-22 10:30:00+01:00",
        "000-12-3456, 900-12-3456, 123-45-6789",
        "matrix[3,4] @ other.T and user@host",
    ],
)
def test_what_only_looks_like_personal_data_is_left_alone(text: str) -> None:
    assert named(text) == []


def test_an_escape_in_the_file_hides_nothing() -> None:
    line = b'{"prompt": "Who?", "completion": "ada\\u0040lovelace.org"}'
    assert Hints(Context(selection=Selection(["P"]))).in_lines([line]) == [True]
    assert [f.code for f in check(jsonio.loads(line))] == ["P101"]


def test_a_secret_in_a_conversation_is_placed_at_its_message() -> None:
    token = Planter(3).tokens()["GitHub token"]
    (finding,) = check(chat(user("Hi"), assistant(f"Take {token}.")))
    assert finding.code == "P001"
    assert finding.place.path == "messages[1].content"
    assert finding.message == "messages[1].content holds a GitHub token at character 5"


def test_both_engines_read_the_pattern_alike() -> None:
    texts = [*(text for _, text, _ in PLANTED), *clean.texts(200), *(t for _, t, _ in PERSONAL)]
    ours = [re.search(HINT, text) is not None for text in texts]
    assert pl.Series(texts).str.contains(HINT).to_list() == ours


def test_matching_takes_time_in_proportion_to_the_text() -> None:
    for text in (
        "a" * 200_000,
        "1 " * 100_000,
        "a@" * 100_000,
        "password=" * 20_000,
        "AB12" * 50_000,
    ):
        assert named(text) == []


FORMS = ("text", "json", "jsonl", "sarif", "github", "junit")


@pytest.mark.parametrize("flags", [*(["--output-format", f] for f in FORMS), ["--fix", "--diff"]])
def test_no_planted_secret_stands_anywhere_in_an_output(flags: list[str], tmp_path: Path) -> None:
    rows = [pair(f"What is secret number {n}?", text) for n, (_, text, _) in enumerate(PLANTED)]
    rows += [{"prompt": text, "completion": 7} for _, text, _ in PLANTED]
    rows += [{"prompt": "Which?", "completion": "This.", text: 1} for _, text, _ in PLANTED]
    rows += [{"question": {"asked": [text]}} for _, text, _ in PLANTED]
    rows += [chat(user("Which?"), {"role": text, "content": text}) for _, text, _ in PLANTED]
    data = tmp_path / "train.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    command = [sys.executable, "-m", "dataprep.cli", "check", "train.jsonl"]
    done = subprocess.run(
        [*command, *flags],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    if "--diff" not in flags:
        assert done.returncode == 1, done.stderr
        assert "P001" in done.stdout
    written = [p.read_text("utf-8") for p in tmp_path.rglob("*") if p.is_file() and p != data]
    shown = "\n".join((done.stdout, done.stderr, *written))
    assert [secret for _, _, secret in PLANTED if secret in shown] == []
    assert [s for _, _, s in PLANTED if any(piece in shown for piece in pieces(s)[1:])] == []


def test_every_code_of_the_family_can_be_told() -> None:
    told = {code for code, _, _ in PERSONAL} | {
        fault.code for _, text, _ in PLANTED for fault in privacy_faults("", text)
    }
    assert told == set(CODES)


_PARTS = [*(text for _, text, _ in PLANTED), *(text for _, text, _ in PERSONAL)]


@given(
    st.lists(st.sampled_from(_PARTS), max_size=4), st.sampled_from(["", " ", ":", "@", "/", "\n"])
)
@settings(max_examples=200, deadline=None)
def test_what_is_redacted_holds_nothing_more(parts: list[str], between: str) -> None:
    redacted = sensitive.redacted(between.join(parts))
    assert named(redacted) == []
    assert sensitive.redacted(redacted) == redacted


@pytest.mark.parametrize("code", CODES)
def test_the_fixed_case_is_the_bad_one_redacted(code: str) -> None:
    folder = Path(__file__).parents[2] / "cases" / code
    bad, fixed = (
        [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]
        for name in ("bad.jsonl", "fixed.jsonl")
    )
    made = [{key: sensitive.redacted(text) for key, text in row.items()} for row in bad]
    assert made == fixed


@pytest.mark.parametrize(
    "row",
    [
        {"login": ["user", "hunter2secret"]},
        {"role": "password", "value": "hunter2secret9"},
        {"messages": [{"role": "hunter2secret9@acme.io", "content": "a"}]},
        {"role": ["ghp_Zx8Kq2Lm9Pw4Rt6Yv1Bn3Cd5Fg7Hj0Ks2Mn4"]},
    ],
)
def test_the_quick_look_passes_over_no_row_for_what_stands_as_a_role(row: dict[str, Any]) -> None:
    told = any(any(True for _ in sensitive.matches(text, name)) for _, text, name in strings(row))
    assert sensitive.may_match("\n".join(texts_in(row))) or not told


def test_a_role_is_none_of_the_texts_that_the_quick_look_sees() -> None:
    assert texts_in({"role": "user", "content": "a b"}) == ["a b"]
