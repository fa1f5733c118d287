"""No disguise hides from the screens a secret or a fault that a rule finds in a text."""

import base64
import json

import pytest

from dataprep.checks import Context
from dataprep.checks.per_row.text_quality import quality_faults
from dataprep.checks.prefilter import Hints
from dataprep.sensitive import matches
from tests.unit.checks.issued import Issuer

HINTS = Hints(Context())
TOKEN = "gh" + "p_URHpgYNFMDkTxLWBYkfldaLbTycZLIHWaQaC"


def spelled(text: str) -> list[bytes]:
    """A row with a text, as JSON in ASCII, as JSON beyond it, and with a backslash at slashes."""
    row = {"prompt": "Go.", "completion": text}
    ascii_only, beyond = json.dumps(row), json.dumps(row, ensure_ascii=False)
    return [ascii_only.encode(), beyond.encode(), ascii_only.replace("/", "\\/").encode()]


def is_stopped(text: str) -> bool:
    """Whether the screens stop each spelling of a text in which a rule finds something."""
    found = any(matches(text)) or any(quality_faults("", text, Context()))
    assert found, "the rules find nothing: the example shows nothing"
    return all(HINTS.in_lines(spelled(text)))


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
