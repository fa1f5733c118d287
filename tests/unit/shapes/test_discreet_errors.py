"""What convert refuses before the first row shows no piece of a secret, as check does not."""

from typing import Any

import pytest

from dataprep.finding import UsageError
from tests.unit.formats.rows import shaped, shaped_rows

KEY = "AKIA2OGYBAH6" + "QNXTR4PL"
TOKEN = "sk-proj-" + "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"
WORDS = "four words of text"


@pytest.mark.parametrize(
    ("row", "recipe"),
    [
        ({"question": "Hi", "answer": "yo", KEY: WORDS}, {}),
        ({"question": "Hi", "answer": "yo", f"{KEY} and more": WORDS}, {}),
        ({KEY: WORDS, TOKEN: WORDS}, {}),
        ({"question": "Hi", "answer": "yo", KEY: WORDS}, {"prompt": "{{ nope }}"}),
        ({"question": "Hi", "answer": "yo", KEY: WORDS}, {"label": "nope"}),
        ({"question": "Hi", "answer": "yo", KEY: WORDS}, {"carry": ["nope"]}),
        ({"question": "Hi", "answer": {KEY: WORDS}}, {}),
        ({"question": "Hi", "answer": {TOKEN: WORDS}}, {"completion": "{{ answer }}"}),
    ],
)
def test_no_piece_of_a_secret_is_in_a_usage_error(row: Any, recipe: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as refused:
        shaped(row, **recipe)
    said = str(refused.value)
    for secret in (KEY, TOKEN):
        assert not any(secret[at : at + 6] in said for at in range(len(secret) - 5))
    if not recipe and "answer" in row and isinstance(row["answer"], str):
        assert said == (
            "what is wrong with the rows would show a secret that they hold, and is not shown. "
            "See where it stands: dataprep check rows.jsonl. Take it out first; a column that is "
            "called so needs another name."
        )


def test_an_address_in_which_the_name_of_a_column_stands_hides_nothing() -> None:
    rows = [{"question": "Hi", "answer": "question@example.com", "remark": WORDS}]
    with pytest.raises(UsageError, match="remark holds text"):
        shaped_rows(rows)
