"""Findings, places and the errors that end a command."""

import pytest

from dataprep import finding
from dataprep.finding import Place, Severity, excerpt


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place(), "input"),
        (Place(file="a.jsonl"), "a.jsonl"),
        (Place(file="a.jsonl", line=17), "a.jsonl:17"),
        (Place(file="a.jsonl", line=17, column=4), "a.jsonl:17:4"),
        (Place(file="e.json", task=7, annotation=12), "e.json task 7 annotation 12"),
        (Place(file="e.json", task=0), "e.json task 0"),
        (Place(line=3), "input:3"),
    ],
)
def test_a_place_reads_as_editors_expect(place: Place, text: str) -> None:
    assert str(place) == text


def test_errors_rank_before_warnings_and_notes() -> None:
    assert sorted(Severity, key=lambda s: s.rank) == ["error", "warning", "info"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("short", "short"),
        ("", ""),
        ("x" * 40, "x" * 40),
        ("x" * 41, "x" * 39 + "…"),
        ("x" * 1_000_000, "x" * 39 + "…"),
        ("a\nb\tc", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"),
        ("\x1b[31mred", "\N{REPLACEMENT CHARACTER}[31mred"),
        ("\x9b31m", "\N{REPLACEMENT CHARACTER}31m"),
        ("\u202eevil", "\N{REPLACEMENT CHARACTER}evil"),
        ("\ud83d", "\N{REPLACEMENT CHARACTER}"),
        ("😀 Café", "😀 Café"),
    ],
)
def test_an_excerpt_is_short_and_safe_to_print(text: str, shown: str) -> None:
    assert excerpt(text) == shown


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (finding.UsageError, 2),
        (finding.NothingToDo, 3),
        (finding.EnvironmentProblem, 4),
        (finding.Refused, 5),
    ],
)
def test_each_kind_of_error_has_its_exit_code(
    error: type[finding.DataprepError], code: int
) -> None:
    assert error("What happened.", "What to do.").exit_code == code


def test_an_error_says_where_what_and_what_to_do() -> None:
    error = finding.UsageError("Broken.", "Mend it.", place=Place(file="r.yaml", line=3))
    assert str(error) == "r.yaml:3: Broken. Mend it."
    assert str(finding.UsageError("Broken.")) == "Broken."


def test_a_missing_extra_is_named_with_its_command() -> None:
    error = finding.extra_missing("train", "torch")
    assert (
        str(error) == "torch is not installed. Install it with: pip install 'dataprep-tune[train]'"
    )
    assert error.exit_code == 4
