"""Fields that a template names: absent from some rows, from all of them, or misspelt."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataprep import sources
from tests.building import annotated, choices, of_task
from tests.converting import Converting
from tests.tool_exports import put

ASKED = "{{ question }}{% if hint %} ({{ hint }}){% endif %}"
TASKS = [
    of_task({"text": f"Text {n} {'x' * 200}", "title": "A"}, annotated(choices("Positive")), id=n)
    for n in range(1, 40)
]


@pytest.fixture
def converting(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Converting:
    return Converting(tmp_path, capsys)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "PART_SIZE", 2_000)


def test_an_if_asks_for_a_field_that_some_rows_lack(converting: Converting) -> None:
    rows = [
        {"question": "Why?", "answer": "So."},
        {"question": "Who?", "answer": "I.", "hint": "x"},
    ]
    put(converting.folder / "rows.jsonl", rows)
    made = converting("rows.jsonl", "--prompt", ASKED, "--completion", "{{ answer }}")
    assert made.rows == [("Who? (x)", "I."), ("Why?", "So.")]
    assert "no row has" not in made.said


def test_a_field_that_is_read_beside_the_if_must_be_there(converting: Converting) -> None:
    rows = [
        {"question": "Why?", "answer": "So."},
        {"question": "Who?", "answer": "I.", "hint": "x"},
    ]
    put(converting.folder / "rows.jsonl", rows)
    over = f"{ASKED}{{{{ hint | tojson }}}}"
    made = converting("rows.jsonl", "--prompt", over, "--completion", "{{ answer }}")
    assert made.code == 1
    assert "rows.jsonl:1: S001 a template reads 'hint', and this row has only" in made.said


def test_a_field_that_only_later_rows_have_is_one(converting: Converting) -> None:
    rows = [{"question": f"Why {n}?", "answer": "So."} for n in range(250)]
    put(converting.folder / "rows.jsonl", [*rows, {**rows[0], "question": "Who?", "hint": "x"}])
    made = converting("rows.jsonl", "--prompt", ASKED, "--completion", "{{ answer }}")
    assert (made.code, len(made.rows)) == (0, 251)
    assert ("Who? (x)", "So.") in made.rows
    assert "no row has" not in made.said


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_name_that_no_task_has_is_said_with_the_nearest(
    converting: Converting, workers: str
) -> None:
    over = "{% if titel %}{{ titel }}{% endif %}{{ text }}{{ data.nosuch | default('') }}"
    made = converting(TASKS, "--prompt", over, "--workers", workers)
    assert (made.code, len(made.rows)) == (0, 39)
    assert made.said.count("no row has") == 2
    assert (
        "export.json: no row has titel, which --prompt reads; did you mean title? There are:"
        " text, title"
    ) in made.said
    assert "no row has data.nosuch, which --prompt reads. There are: text, title" in made.said


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_field_of_the_last_task_alone_is_one(converting: Converting, workers: str) -> None:
    last = of_task({"text": "Last", "source": "web"}, annotated(choices("Positive")), id=99)
    over = "{% if source %}{{ source }}: {% endif %}{{ text }}"
    made = converting([*TASKS, last], "--prompt", over, "--workers", workers)
    assert ("web: Last", "Positive") in made.rows
    assert "no row has" not in made.said


def test_what_is_missing_inside_of_a_field_is_said(converting: Converting) -> None:
    rows = [{"q": f"Why {n}?", "a": "So.", "meta": {"source": "web", "my key": 1}} for n in "ab"]
    put(converting.folder / "rows.jsonl", rows)
    over = "{{ q }}{% if meta.sorce %}x{% endif %}{% if meta['my key'] %}{% endif %}"
    made = converting("rows.jsonl", "--prompt", over, "--completion", "{{ a }}")
    assert made.rows == [("Why a?", "So."), ("Why b?", "So.")]
    assert (
        "no row has meta.sorce, which --prompt reads; did you mean source? There are: my key,"
        " source"
    ) in made.said


@pytest.mark.parametrize("piped", ["data.nosuch | tojson", "data['nosuch'] | join"])
def test_a_missing_field_of_the_data_is_refused_before_a_filter_takes_it_for_null(
    converting: Converting, piped: str
) -> None:
    made = converting(TASKS, "--prompt", f"{{{{ text }}}}{{{{ {piped} }}}}")
    assert made.code == 2
    assert "data.nosuch is undefined. The fields here are: text, title." in made.said


def test_names_that_are_no_fields_raise_no_alarm(converting: Converting) -> None:
    over = (
        "{{ instruction }}{% for key in data.keys() %}{{ loop.index }}{% endfor %}"
        "{% set more = 1 %}{{ more }}{{ text.upper() }}{% if label %}{% endif %}"
    )
    made = converting(TASKS, "--prompt", over, "--completion", "{{ answer }}")
    assert made.code == 0
    assert "no row has" not in made.said
