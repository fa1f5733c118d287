"""How a text is asked about: as every question of the training was worded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.cli import run
from trainers.wording import Wording, of_run, wording_of

TEXTS = ("What a film!", "I left early.", "It was long, and loud.")


def converted(folder: Path, rows: list[dict[str, Any]], *flags: str) -> Path:
    """Rows as a converted folder."""
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    out = folder / "out"
    assert run(["convert", str(path), "--to", "openai-chat", "-o", str(out), "-q", *flags]) == 0
    return out


def reviews() -> list[dict[str, Any]]:
    return [{"review": text, "stars": str(n + 1)} for n, text in enumerate(TEXTS)]


@pytest.mark.parametrize(
    ("prompt", "wording"),
    [
        ("{{ review }}", Wording()),
        ("How many stars?\n\n{{ review }}", Wording(before="How many stars?\n\n")),
        ("<{{ review }}> Stars:", Wording(before="<", after="> Stars:")),
        ("I {{ review }}", Wording(before="I ")),
    ],
)
def test_what_stands_around_a_field_in_every_question(
    tmp_path: Path, prompt: str, wording: Wording
) -> None:
    out = converted(tmp_path, reviews(), "--prompt", prompt, "--completion", "{{ stars }}")
    assert wording_of(out) == wording


def test_a_system_message_that_all_share_belongs_to_it(tmp_path: Path) -> None:
    flags = (
        "--prompt",
        "Stars? {{ review }}",
        "--completion",
        "{{ stars }}",
        "--system",
        "Be kind.",
    )
    out = converted(tmp_path, reviews(), *flags)
    assert wording_of(out) == Wording("Stars? ", "", "Be kind.")


def test_a_question_of_two_fields_is_no_wording(tmp_path: Path) -> None:
    rows = [{**row, "title": f"Film {n}"} for n, row in enumerate(reviews())]
    flags = ("--prompt", "{{ title }}: {{ review }}", "--completion", "{{ stars }}")
    assert wording_of(converted(tmp_path, rows, *flags)) is None


def test_questions_of_two_kinds_have_no_wording(tmp_path: Path) -> None:
    rows = [
        {"prompt": "Stars? What a film!", "completion": "5"},
        {"prompt": "Say it in French: yes", "completion": "oui"},
    ]
    assert wording_of(converted(tmp_path, rows)) is None


def test_a_conversation_has_no_wording(tmp_path: Path) -> None:
    said = [
        {"role": role, "content": text}
        for role, text in (
            ("user", "Hi"),
            ("assistant", "Hello"),
            ("user", "a"),
            ("assistant", "b"),
        )
    ]
    assert wording_of(converted(tmp_path, [{"messages": said}])) is None


def test_a_field_of_one_letter_in_a_long_question_takes_no_time(tmp_path: Path) -> None:
    flags = ("--prompt", "{{ kind }} of {{ review }}", "--completion", "{{ stars }}")
    rows = [{"kind": "a", "review": "a" * 200_000, "stars": "1"}]
    assert wording_of(converted(tmp_path, rows, *flags)) is not None


@pytest.mark.parametrize("text", ["What a film!", "How many stars?\n\nWhat a film!"])
def test_a_text_is_worded_once(text: str) -> None:
    row = Wording(before="How many stars?\n\n", system="Be kind.").row(text)
    assert row["messages"] == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "How many stars?\n\nWhat a film!"},
    ]


@pytest.mark.parametrize("recorded", [None, 3, {"before": 1}, {"prefix": "x"}, []])
def test_a_run_that_says_no_wording_has_none(recorded: object) -> None:
    found = of_run({"wording": recorded})
    assert found is None or found == Wording()
