"""Texts that the labeling config puts together of several fields: `$title: $body`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.building import Json, annotated, of_task
from tests.converting import Converting
from tests.exports import answer

LABELS = '<Labels name="ner" toName="t"><Label value="PER"/></Labels>'
CHOICES = '<Choices name="mood" toName="t"><Choice value="glad"/><Choice value="cross"/></Choices>'


@pytest.fixture
def convert(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Converting:
    monkeypatch.setenv("COLUMNS", "400")
    return Converting(tmp_path, capsys)


def config(value: str, control: str = CHOICES, more: str = "") -> str:
    return f'<View><Text name="t" value="{value}"/>{more}{control}</View>'


def told(**data: object) -> list[Json]:
    return [of_task(data, annotated(answer("mood", "t", "choices", choices=["glad"])))]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("$title: $body", "News: Fine."),
        ("Title: $title", "Title: News"),
        ("$title $meta.by", "News Zoe"),
        ("$title. It costs $5.", "News. It costs $5."),
        ("$title/$body", "News/Fine."),
        ("$parts[0].text - $n", "one - 3"),
    ],
)
def test_the_text_is_put_together_as_the_editor_shows_it(
    convert: Converting, value: str, shown: str
) -> None:
    data = told(title="News", body="Fine.", meta={"by": "Zoe"}, parts=[{"text": "one"}], n=3)
    made = convert(data, config=config(value))
    assert made.rows == [(f"Choose one label for the text: glad, cross.\n\n{shown}", "glad")]


def test_spans_count_in_the_text_that_was_put_together(convert: Converting) -> None:
    span = answer("ner", "t", "labels", start=6, end=9, text="Zoe", labels=["PER"])
    tasks = [of_task({"title": "News", "body": "Zoe left."}, annotated(span))]
    made = convert(tasks, config=config("$title: $body", LABELS))
    assert made.rows == [
        (
            "List the entities in the text with their labels: PER.\n\nNews: Zoe left.",
            '[{"text":"Zoe","label":"PER"}]',
        )
    ]


def test_a_task_without_one_of_the_fields_is_named_by_that_field(convert: Converting) -> None:
    made = convert(told(title="News"), config=config("$title: $body"))
    assert made.code == 1
    assert "A008 the field 'body' is not there; fields here: title" in made.said


def test_another_text_that_was_put_together_stands_in_the_prompt(convert: Converting) -> None:
    more = '<Text name="of" value="By $by, &quot;{{ x }}&quot; $n"/>'
    made = convert(told(text="Fine.", by="Zoe", n=3), config=config("$text", more=more))
    assert made.rows == [
        (
            'Choose one label for the text: glad, cross.\n\nof: By Zoe, "{{ x }}" 3\n\nFine.',
            "glad",
        )
    ]


def test_answers_that_were_put_together_are_compared(convert: Converting) -> None:
    xml = (
        '<View><Text name="a" value="$name: $one"/><Text name="b" value="$name: $two"/>'
        '<Pairwise name="best" toName="a,b"/></View>'
    )
    result = answer("best", "best", "pairwise", selected="right")
    data = {"name": "Bot", "one": "No.", "two": "Yes."}
    made = convert([of_task(data, annotated(result))], config=xml)
    assert [completion for _, completion in made.rows] == ["Bot: Yes."]
