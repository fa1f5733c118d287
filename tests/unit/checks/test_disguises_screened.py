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
