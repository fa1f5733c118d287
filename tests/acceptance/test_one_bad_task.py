"""What is wrong inside one task of an export costs that task, and never the export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.building import SENTIMENT, annotated, choices, of_task
from tests.converting import Converting

ASKED = "Choose one label for the text: Positive, Negative, neu.\n\n"


@pytest.fixture
def convert(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Converting:
    monkeypatch.setenv("COLUMNS", "400")
    return Converting(tmp_path, capsys)


def tasks(second: str) -> str:
    """Three tasks, the text of the second as it is written in the file."""
    three = [of_task(t, annotated(choices("Positive")), id=n) for n, t in enumerate("A?C")]
    return json.dumps(three).replace('"?"', second)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('"a \\ud83d b"', "J007"),
        ('"\\udc00"', "J007"),
        ("NaN", "J004"),
        ('"a\tb\x01"', "J001"),
        ('"\\x"', "J001"),
        ('"a" "b"', "J001"),
        ("{,}", "J001"),
    ],
)
def test_a_task_that_is_no_json_is_one_finding_and_the_others_are_converted(
    convert: Converting, tmp_path: Path, text: str, code: str
) -> None:
    (tmp_path / "export.json").write_text(tasks(text), "utf-8")
    made = convert("export.json", "--drop-invalid", config=SENTIMENT)
    assert made.rows == [(f"{ASKED}A", "Positive"), (f"{ASKED}C", "Positive")]
    assert "export.json:1:" in made.said
    assert made.code == 0
    refused = convert("export.json", config=SENTIMENT)
    assert refused.code == 1
    assert " 1 error" in refused.said
    assert f": {code} [1]: " in refused.said


def test_braces_and_quotes_inside_the_texts_are_no_borders(
    convert: Converting, tmp_path: Path
) -> None:
    text = '"he said \\"}]\\" and \\\\\\\\ {[ \\ud83d"'
    (tmp_path / "export.json").write_text(tasks(text), "utf-8")
    made = convert("export.json", "--drop-invalid", config=SENTIMENT)
    assert [prompt[-1] for prompt, _ in made.rows] == ["A", "C"]


def test_the_finding_tells_the_line_of_the_task(convert: Converting, tmp_path: Path) -> None:
    (tmp_path / "export.json").write_text(
        json.dumps(json.loads(tasks('"x\\\\ud83d"')), indent=1).replace("\\\\ud83d", "\\ud83d")
    )
    said = convert("export.json", config=SENTIMENT).said
    line = (tmp_path / "export.json").read_text().split("\\ud83d")[0].count("\n") + 1
    assert f"export.json:{line}:" in said


@pytest.mark.parametrize(
    "cut", [lambda t: t[:-30], lambda t: t[:-1], lambda t: t.replace("}, {", "} {")]
)
def test_a_file_that_is_cut_off_is_still_refused_whole(
    convert: Converting, tmp_path: Path, cut: object
) -> None:
    text = cut(tasks('"\\ud83d"'))  # type: ignore[operator]
    (tmp_path / "export.json").write_text(text)
    made = convert("export.json", "--drop-invalid", config=SENTIMENT)
    assert made.code == 1
    assert made.rows == []


def test_rows_of_json_min_are_told_apart_too(convert: Converting, tmp_path: Path) -> None:
    rows = [
        {"id": n, "text": text, "sentiment": "Positive", "annotator": 1, "annotation_id": n}
        for n, text in enumerate(["\ud83d", "B", "C"])
    ]
    (tmp_path / "export.json").write_text(json.dumps(rows))
    made = convert("export.json", "--drop-invalid", config=SENTIMENT)
    assert [prompt[-1] for prompt, _ in made.rows] == ["B", "C"]
