"""--select and --ignore."""

import pytest

from dataprep.checks import Selection
from dataprep.finding import UsageError
from dataprep.rules import CATALOGUE


def test_every_rule_is_reported_by_default() -> None:
    assert Selection().codes == set(CATALOGUE)


@pytest.mark.parametrize(
    ("select", "ignore", "codes"),
    [
        (["C003"], [], {"C003"}),
        (["S"], [], {"S001", "S002", "S003", "S004", "S005"}),
        (["S", "C003"], ["S001"], {"S002", "S003", "S004", "S005", "C003"}),
        (["S,C003"], ["S001, S002"], {"S003", "S004", "S005", "C003"}),
        (["S"], ["S"], set()),
    ],
)
def test_codes_and_families_select_and_ignore(
    select: list[str], ignore: list[str], codes: set[str]
) -> None:
    assert Selection(select, ignore).codes == codes


def test_ignoring_leaves_the_rest() -> None:
    selection = Selection(ignore=["C003"])
    assert "C003" not in selection
    assert "C001" in selection
    assert len(selection.codes) == len(CATALOGUE) - 1


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("C03", "Did you mean C"),
        ("c003", "Did you mean C003?"),
        ("empty", "The families are J (JSON and bytes)"),
        ("\x1b[31m", "The families are"),
    ],
)
def test_an_unknown_code_is_refused_with_the_nearest_one(name: str, remedy: str) -> None:
    with pytest.raises(UsageError) as caught:
        Selection([name])
    assert caught.value.remedy.startswith(remedy)
    assert "\x1b" not in str(caught.value)
    with pytest.raises(UsageError):
        Selection(ignore=[name])
