"""No disguise hides from the screens a secret or a fault that a rule finds in a text."""

import base64
import json
import random

import pytest

from dataprep.checks import Context
from dataprep.checks.per_row.text_quality import quality_faults
from dataprep.checks.prefilter import Hints
from dataprep.checks.screens import TextRules
from dataprep.sensitive import matches
from tests.unit.checks.disguises import DISGUISES, samples
from tests.unit.checks.issued import Issuer

HINTS = Hints(Context())
TOKEN = "gh" + "p_URHpgYNFMDkTxLWBYkfldaLbTycZLIHWaQaC"


def spelled(text: str) -> list[bytes]:
    """A row with a text, as JSON in ASCII, as JSON beyond it, and with a backslash at slashes."""
    row = {"prompt": "Go.", "completion": text}
    ascii_only, beyond = json.dumps(row), json.dumps(row, ensure_ascii=False)
    return [ascii_only.encode(), beyond.encode(), ascii_only.replace("/", "\\/").encode()]


def needed(text: str) -> list[TextRules]:
    """Of each room that finds something in a text, the rules of which one must be asked."""
    codes = {match.kind.code for match in matches(text)}
    found = []
    if not codes.isdisjoint(("P001", "P002", "P003")):
        found.append(TextRules.SECRETS)
    elif codes:
        found.append(TextRules.SECRETS | TextRules.PERSONS)
    if any(quality_faults("", text, Context())):
        found.append(TextRules.QUALITY)
    return [rules | TextRules.HIDDEN for rules in found]


def is_stopped(text: str) -> bool:
    """Whether the screens ask, of each spelling of a text, the rules that find something in it."""
    rules = needed(text)
    assert rules, "the rules find nothing: the example shows nothing"
    asked = HINTS.rules_of(spelled(text))
    return all(hit & one for hit in asked for one in rules)


def test_base64_of_a_token_is_stopped_though_its_digits_stand_at_its_end() -> None:
    coded = base64.b64encode(f"a {TOKEN}".encode()).decode()
    assert sum(map(str.isdigit, coded)) == 0
    assert is_stopped(coded)


@pytest.mark.parametrize("before", ["", " ", "a ", "?~? "])
def test_base64_of_every_token_is_stopped_at_any_offset(before: str) -> None:
    keys = [key for seed in range(4) for key in Issuer(seed).tokens().values()]
    runs = [base64.b64encode((before + key).encode()).decode() for key in keys]
    found = [run for run in runs if any(matches(run))]
    assert len(found) > 100
    assert [run for run in found if not is_stopped(run)] == []


@pytest.mark.parametrize("quote", ['"', "'", "`"])
@pytest.mark.parametrize(
    "between",
    [" + ", "+", " . ", " .. ", " & ", " || ", "\n", " \\\n  ", " +\n    b", " & _\n", "\u00a0"],
)
def test_literals_that_are_one_string_are_stopped(quote: str, between: str) -> None:
    joined = f"{quote}{between}{quote}"
    assert is_stopped(f"x = {quote}gh{joined}{TOKEN[2:]}{quote}")
    assert is_stopped(f"x = {quote}my pas{joined}sword is tr0ub4dor&3 .{quote}")
    assert is_stopped(json.dumps({"code": f"x = {quote}gh{joined}{TOKEN[2:]}{quote}"}))


@pytest.mark.parametrize("quote", ['"', "'", "`"])
@pytest.mark.parametrize(
    "call", ["[{}].join('')", "''.join([{}])", "implode('', array({}))", "CONCAT({})", "paste0({})"]
)
def test_literals_of_a_list_that_a_call_joins_are_stopped(quote: str, call: str) -> None:
    pieces = [f"{quote}{TOKEN[at : at + 2]}{quote}" for at in range(0, len(TOKEN), 2)]
    assert is_stopped(call.format(", ".join(pieces)))
    assert is_stopped(call.format(",\n  ".join(pieces)))


def test_arguments_of_a_command_are_stopped() -> None:
    assert is_stopped("""run(["az", "login", "-u", "ada", "-p", "tr0ub4dor&3"])""")
    assert is_stopped("""run(['-x', 'The', 'PIN', 'is', '4711.'])""")


@pytest.mark.parametrize(
    "text",
    [
        *("\u017fECRET_TO\u212aEN=XiTFjtUH5^nu9zBAJg7",),
        *("мой пАРОЛЬ: tr0ub4dor&3", "мой ПАРоль: tr0ub4dor&3"),
        *("HASŁo: tr0ub4dor&3", "contraseÑa: tr0ub4dor&3", "A\u017f an AI language model"),
        *(
            "\u0131 cannot help",
            "Lorem \u0131psum dolor",
            "\u0130 cannot a\u017f\u017f\u0131\u017ft",
        ),
    ],
)
def test_words_in_any_case_are_stopped(text: str) -> None:
    assert is_stopped(text)


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize(
    "text",
    [
        "мой пароль: tr0ub4dor&3",
        "şifre: tr0ub4dor&3",
        "密码: tr0ub4dor&3x",
        "Der Türcode lautet 8264",
    ],
)
def test_words_beyond_ascii_are_stopped_in_json_within_json(text: str, layers: int) -> None:
    for _ in range(layers):
        text = json.dumps(text)
    assert is_stopped(text)


@pytest.mark.parametrize(
    "text",
    [
        "<tr><th>user</th><th>pin</th></tr><tr><td>ada</td><td>8264</td></tr>",
        *(
            "user;pin\nada;8264",
            "user|PIN\nada|8264",
            "user\tuserPin\nada\t8264",
        ),
        *(
            "Hasła\n- ada: tr0ub4dor&3",
            "## Kennwörter\n- ada: tr0ub4dor&3\n",
            "Senhas\n- x: tr0ub4dor&3",
        ),
        '{"userPin": "8264"}',
        "user\tpass\nada\ttrKubxdor7xQ",
    ],
)
def test_heads_and_titles_of_secrets_are_stopped(text: str) -> None:
    assert is_stopped(text)


@pytest.mark.parametrize("raw", ["Ã\\u00a9", "\\u00c3©", "\\u00c3\\u00a9", "Ã©", "[\\/INST] x"])
def test_faults_of_which_a_half_is_an_escape_are_stopped(raw: str) -> None:
    line = f'{{"prompt": "Go.", "completion": "caf{raw} now"}}'
    text = json.loads(line)["completion"]
    assert any(quality_faults("", text, Context()))
    assert HINTS.rules_of([line.encode()])[0] & TextRules.QUALITY


def test_whatever_the_rules_find_in_a_disguise_is_stopped() -> None:
    """Each text in ten of the disguises, of which the rules read most."""
    dice = random.Random(11)  # noqa: S311
    drawn = [
        disguise(text)
        for text in dict.fromkeys(samples(5))
        for disguise in dice.sample(DISGUISES, k=10)
    ]
    found = [text for text in dict.fromkeys(drawn) if needed(text)]
    assert len(found) > 1_500
    assert [text for text in found if not is_stopped(text)] == []
