"""Files that an annotation tool may have written, and templates that say what is meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.building import NER, annotated, choices, of_task
from tests.converting import Converted, Converting
from tests.tool_exports import put

DOCCANO = {"id": 7, "text": "Ada wrote", "label": [[0, 3, "PER"]], "Comments": []}
PRODIGY = {
    "text": "Ada wrote",
    "_input_hash": 1,
    "_task_hash": 1,
    "label": "NEWS",
    "answer": "accept",
}
CHOICE = {
    "text": "Ada wrote",
    "_input_hash": 1,
    "_task_hash": 1,
    "options": [{"id": "A", "text": "a"}],
    "accept": ["A"],
    "answer": "accept",
}
RECORD = {
    "id": "1",
    "status": "completed",
    "fields": {"text": "Ada wrote"},
    "metadata": {},
    "suggestions": {},
    "responses": {"label": [{"value": "pos", "user_id": "u", "status": "submitted"}]},
    "vectors": {},
}
PREFERENCE = {
    "prompt": "6 x 7?",
    "chosen": "42",
    "rejected": "41",
    "annotations": [{"user_id": "u", "value": 3}],
}
CATS = {"text": "Ada wrote", "cats": {"NEWS": 1.0, "SPORT": 0.0}}
ENTITIES = {"text": "Ada wrote", "entities": [[0, 3, "PER"]], "source": "web"}
TOKENS = {"id": 1, "tokens": ["Ada", "wrote"], "ner_tags": ["B-PER", "O"]}
MIN = {
    "text": "Ada wrote",
    "id": 1,
    "sentiment": "Positive",
    "annotator": 1,
    "annotation_id": 1,
    "created_at": "2024-01-01T00:00:00Z",
    "lead_time": 1.0,
}
MARKED = '[{"text":"Ada","label":"PER"}]'
STUDIO = of_task({"text": "Ada wrote", "title": "A day"}, annotated(choices("Positive")))


@pytest.fixture
def converting(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Converting:
    return Converting(tmp_path, capsys)


def twice(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Two rows, so that a file of them is no document of one."""
    return [row, {**row, "id": f"{row['id']}2"} if "id" in row else row]


def answers(made: Converted) -> set[str]:
    return {answer for _, answer in made.rows}


def templates(prompt: str, completion: str) -> tuple[str, ...]:
    return ("--prompt", prompt, "--completion", completion)


ROWS: list[tuple[dict[str, Any], tuple[str, str], str, str]] = [
    (CATS, ("{{ text }}", "{{ cats | tojson }}"), "spacy", '{"NEWS": 1.0, "SPORT": 0.0}'),
    (CATS, ("{{ row['text'] }}", "{{ row.cats.NEWS }}"), "spacy", "1"),
    (ENTITIES, ("{{ text }}", "{{ entities[0][2] }}"), "spacy", "PER"),
    (PREFERENCE, ("{{ prompt }}", "{{ chosen }}"), "argilla", "42"),
    (RECORD, ("{{ fields.text }}", "{{ responses.label[0].value }}"), "argilla", "pos"),
    (CHOICE, ("{{ options[0].text }}", "{{ accept | join(',') }}"), "prodigy", "A"),
    (DOCCANO, ("{{ text }}", "{{ label[0][2] }}"), "doccano", "PER"),
    (TOKENS, ("{{ tokens | join(' ') }}", "{{ ner_tags | join(' ') }}"), "token-rows", "B-PER O"),
    (MIN, ("{{ text }}", "{{ sentiment }}"), "label-studio", "Positive"),
    (
        STUDIO,
        ("{{ data.text }}", "{{ annotations[0].result[0].value.choices[0] }}"),
        "label-studio",
        "Positive",
    ),
]


@pytest.mark.parametrize(("row", "given", "tool", "answer"), ROWS)
def test_templates_over_fields_that_no_task_has_mean_rows(
    converting: Converting,
    row: dict[str, Any],
    given: tuple[str, str],
    tool: str,
    answer: str,
) -> None:
    put(converting.folder / "rows.jsonl", twice(row))
    made = converting("rows.jsonl", *templates(*given))
    assert (made.code, answers(made)) == (0, {answer})
    assert "rows.jsonl: read as rows, since the templates read" in made.said
    assert f"several annotators: --format {tool}" in made.said


TASKS = [
    (CATS, "{{ text }}", "{{ answer }}", "NEWS"),
    (ENTITIES, "{{ source }}: {{ text }}", "{{ answer }}", MARKED),
    (ENTITIES, "{{ source }}: {{ text }}", "{{ spans[0].label }}", "PER"),
    (RECORD, "{{ text }}", "{{ label }}", "pos"),
    (CHOICE, "{{ data.text }}", "{{ labels | join }}", "A"),
    (DOCCANO, "{{ text }}", "{{ answer }}", MARKED),
    (TOKENS, "{{ text }}", "{{ answer }}", MARKED),
    (MIN, "{{ text }}", "{{ answer }}", "Positive"),
    (STUDIO, "{{ title }}: {{ text }}", "{{ answer }}", "Positive"),
]


@pytest.mark.parametrize(("row", "prompt", "completion", "answer"), TASKS)
def test_templates_over_what_only_tasks_have_mean_the_tasks(
    converting: Converting, row: dict[str, Any], prompt: str, completion: str, answer: str
) -> None:
    put(converting.folder / "rows.jsonl", twice(row))
    made = converting("rows.jsonl", *templates(prompt, completion))
    assert (made.code, answers(made)) == (0, {answer})
    assert "--format" not in made.said


def test_where_both_have_all_that_is_read_the_tasks_are_meant_and_the_flag_for_rows_is_said(
    converting: Converting,
) -> None:
    put(converting.folder / "rows.jsonl", twice(PRODIGY))
    over = templates("{{ text }}", "{{ answer }}")
    made = converting("rows.jsonl", *over)
    assert answers(made) == {"NEWS"}
    assert (
        "read as an export of Prodigy, whose tasks have all that the templates read; its rows as"
        " they stand: --format jsonl"
    ) in made.said
    made = converting("rows.jsonl", *over, "--format", "jsonl")
    assert answers(made) == {"accept"}
    assert "--format" not in made.said


def test_an_export_that_is_refused_says_how_its_rows_are_taken(converting: Converting) -> None:
    put(converting.folder / "rows.jsonl", twice(PREFERENCE))
    made = converting("rows.jsonl", *templates("{{ chosen }}", "{{ rejected }}"))
    assert made.code == 2
    assert "Or take the rows as they stand: --format jsonl." in made.said


@pytest.mark.parametrize("given", [("--annotators", "first"), ("--format", "spacy")])
def test_a_setting_of_annotations_means_the_tasks(
    converting: Converting, given: tuple[str, ...]
) -> None:
    put(converting.folder / "rows.jsonl", twice(CATS))
    made = converting("rows.jsonl", *templates("{{ text }}", "{{ cats | tojson }}"), *given)
    assert made.code == 2
    assert "cats is undefined" in made.said


def test_what_is_wrong_with_the_rows_is_said_with_the_other_reading(
    converting: Converting,
) -> None:
    put(converting.folder / "rows.jsonl", twice(CHOICE))
    made = converting("rows.jsonl", *templates("{{ text }}", "{{ accept | join(',') }}"))
    assert made.code == 2
    assert "leave it out: --leave-out options. (It was read as rows, since" in made.said


def test_the_files_of_a_folder_are_told_each_by_itself(converting: Converting) -> None:
    put(converting.folder / "rows/cats.jsonl", [CATS])
    put(converting.folder / "rows/more.jsonl", [{"text": "Bob", "cats": None}])
    made = converting("rows", *templates("{{ text }}", "{{ cats | default('none') | tojson }}"))
    assert answers(made) == {'"none"', '{"NEWS": 1.0, "SPORT": 0.0}'}


def test_the_flag_for_the_rows_of_a_folder_takes_all_that_are_written_so(
    converting: Converting,
) -> None:
    put(converting.folder / "rows/a.jsonl", [{"text": "Bob sat", "answer": "no"}])
    put(converting.folder / "rows/b.jsonl", [PRODIGY])
    (converting.folder / "rows/c.csv").write_text("text,answer\nEve,maybe\n")
    over = templates("{{ text }}", "{{ answer }}")
    made = converting("rows", *over)
    assert "its rows as they stand: --format jsonl" in made.said
    made = converting("rows", *over, "--format", "jsonl")
    assert answers(made) == {"accept", "no"}
    assert "not read: c.csv" in made.said


def test_tables_and_documents_are_rows_too(converting: Converting) -> None:
    (converting.folder / "rows.json").write_text(json.dumps({"rows": [CATS]}))
    made = converting("rows.json", *templates("{{ text }}", "{{ cats.NEWS }}"))
    assert answers(made) == {"1"}
    lines = [",".join(MIN), *(f"Text {n},{n},Positive,1,{n},,1.0" for n in range(12))]
    (converting.folder / "rows.csv").write_text("\n".join(lines))
    made = converting("rows.csv", *templates("{{ text }}", "{{ sentiment }}"))
    assert answers(made) == {"Positive"}
    assert "--format label-studio" in made.said


def test_one_template_alone_leaves_an_export_what_it_is(converting: Converting) -> None:
    made = converting([of_task("Ada wrote")], "--prompt", "{{ annotations }}", config=NER)
    assert "read as rows" not in made.said
    put(converting.folder / "rows.jsonl", twice(TOKENS))
    made = converting("rows.jsonl", "--prompt", "{{ text }}")
    assert answers(made) == {MARKED}


def test_bytes_in_a_template_flag_are_refused_in_words(
    converting: Converting, tmp_path: Path
) -> None:
    (tmp_path / "all").mkdir()
    (tmp_path / "all/rows.jsonl").write_text('{"a": "Why?", "b": "So."}\n')
    made = converting("all", "--prompt", "{{ a }}", "--completion", "\udcff{{ b }}")
    assert made.code == 2
    assert "completion: the template holds half of a character." in made.said
