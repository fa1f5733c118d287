"""Verdicts in other exports: tables and JSON_MIN of Label Studio, Prodigy, Argilla and doccano."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.building import Json
from tests.converting import Converting
from tests.judged_exports import ASKED, SAID, STARS, dropped, pairs, verdicts

STARS_GIVEN = (5, 1, 3, 2)
AT = {"created_at": "2026-11-22", "updated_at": "2026-11-22", "lead_time": 1.5}


@pytest.fixture
def convert(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Converting:
    return Converting(tmp_path, capsys)


def put(folder: Path, rows: list[Json]) -> str:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "rows.jsonl").write_text(text, "utf-8")
    return "rows.jsonl"


def of_min(number: int, **answers: Any) -> Json:
    data = {"prompt": ASKED[number], "response": SAID[number]}
    return {**data, "id": number, **answers, "annotator": 1, "annotation_id": number + 1, **AT}


def test_json_min_and_tables_give_what_the_whole_export_gives(
    convert: Converting, tmp_path: Path
) -> None:
    rows = [of_min(number, rating=stars) for number, stars in enumerate(STARS_GIVEN)]
    (tmp_path / "min.json").write_text(json.dumps(rows), "utf-8")
    with (tmp_path / "table.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, sorted(rows[0]), quoting=csv.QUOTE_NONNUMERIC)
        writer.writeheader()
        writer.writerows(rows)
    for name in ("min.json", "table.csv"):
        made = convert(name, "--to", "kto", config=STARS)
        assert verdicts(made) == pairs(True, False, None, False)
        assert dropped(made) == {"neutral": 1}
    made = convert("min.json", "--to", "kto", "--good-from", "3")
    assert verdicts(made) == pairs(True, False, True, False)


def test_thumbs_in_json_min_need_no_config(convert: Converting, tmp_path: Path) -> None:
    rows = [of_min(number, thumb="👍👎"[number % 2]) for number in range(4)]
    (tmp_path / "min.json").write_text(json.dumps(rows), "utf-8")
    assert verdicts(convert("min.json", "--to", "kto")) == pairs(True, False, True, False)


def of_prodigy(number: int, answer: str, **more: Any) -> Json:
    hashes = {"_input_hash": number, "_task_hash": number, "_annotator_id": "ann"}
    return {"prompt": ASKED[number], "answer": answer, **hashes, **more}


@pytest.mark.parametrize("label", ["GOOD", "HALLUCINATED"])
def test_a_label_that_prodigy_asked_about_is_a_verdict_if_its_word_judges(
    convert: Converting, tmp_path: Path, label: str
) -> None:
    rows = [
        of_prodigy(n, said, text=SAID[n], label=label, _view_id="classification")
        for n, said in enumerate(("accept", "reject", "ignore"))
    ]
    made = convert(put(tmp_path, rows), "--to", "kto")
    is_good = label == "GOOD"
    assert verdicts(made) == pairs(is_good, not is_good, None)
    assert dropped(made) == {"skipped": 1}


@pytest.mark.parametrize("key", ["text", "response"])
def test_a_text_that_prodigy_accepts_or_rejects_as_a_whole_is_judged_when_asked(
    convert: Converting, tmp_path: Path, key: str
) -> None:
    given = ("accept", "reject", "ignore")
    rows = [of_prodigy(n, said, **{key: SAID[n]}) for n, said in enumerate(given)]
    refused = convert(put(tmp_path, rows), "--to", "kto")
    assert refused.code == 3
    assert "rows judged as a whole (--good accept reads them) (3)" in refused.said
    made = convert(put(tmp_path, rows), "--to", "kto", "--good", "accept")
    assert verdicts(made) == pairs(True, False, None)
    assert dropped(made) == {"skipped": 1}


def test_annotators_of_prodigy_vote_on_the_whole_text(convert: Converting, tmp_path: Path) -> None:
    rows = [
        of_prodigy(0, "accept", text=SAID[0]),
        of_prodigy(0, "accept", text=SAID[0], _annotator_id="bo"),
        of_prodigy(1, "accept", text=SAID[1]),
        of_prodigy(1, "reject", text=SAID[1], _annotator_id="bo"),
        of_prodigy(2, "reject", text=SAID[2]),
    ]
    made = convert(put(tmp_path, rows), "--to", "kto", "--good", "accept")
    assert verdicts(made) == pairs(True, None, False)
    assert dropped(made) == {"tie": 1}


def of_argilla(number: int, question: str, value: Any, status: str = "submitted") -> Json:
    said = {"value": value, "user_id": "u", "status": status}
    fields = {"prompt": ASKED[number], "response": SAID[number]}
    return {"id": str(number), "fields": fields, "responses": {question: [said]}, "suggestions": {}}


def test_ratings_of_argilla_are_cut_by_a_border(convert: Converting, tmp_path: Path) -> None:
    rows = [of_argilla(n, "quality", stars) for n, stars in enumerate(STARS_GIVEN)]
    made = convert(put(tmp_path, rows), "--to", "kto")
    assert made.code == 2
    assert "nothing says how far 'quality' goes" in made.said
    made = convert(put(tmp_path, rows), "--to", "kto", "--good-from", "4", "--bad-to", "2")
    assert verdicts(made) == pairs(True, False, None, False)


@pytest.mark.parametrize(
    "scale", [{"options": [{"value": n} for n in range(1, 6)]}, {"values": [1, 2, 3, 4, 5]}]
)
def test_the_settings_of_argilla_tell_the_middle_of_a_rating(
    convert: Converting, tmp_path: Path, scale: Json
) -> None:
    rows = [of_argilla(n, "quality", stars) for n, stars in enumerate(STARS_GIVEN)]
    question = {"name": "quality", "settings": {"type": "rating", **scale}}
    fields = [{"name": "prompt"}, {"name": "response"}]
    (tmp_path / ".argilla").mkdir()
    settings = {"questions": [question], "fields": fields}
    (tmp_path / ".argilla" / "settings.json").write_text(json.dumps(settings), "utf-8")
    made = convert(put(tmp_path, rows), "--to", "kto")
    assert "'quality' (1 to 5): above 3 approves" in made.said
    assert verdicts(made) == pairs(True, False, None, False)
    rows[0]["responses"]["quality"][0]["value"] = 7
    made = convert(put(tmp_path, rows), "--to", "kto", "--drop-invalid")
    assert dropped(made) == {"neutral": 1, "A010": 1}
    made = convert(put(tmp_path, rows[1:]))  # prompts are as they were
    assert not any("1 to 5" in prompt for prompt, _ in made.rows)
    assert len(made.rows) == 3


def test_labels_of_argilla_are_thumbs(convert: Converting, tmp_path: Path) -> None:
    rows = [of_argilla(n, "ok", said) for n, said in enumerate(("yes", "no", "yes"))]
    rows.append(of_argilla(3, "ok", "no", "discarded"))
    made = convert(put(tmp_path, rows), "--to", "kto")
    assert made.code == 2  # what yes means under that name nobody knows
    made = convert(put(tmp_path, rows), "--to", "kto", "--good", "yes")
    assert verdicts(made) == pairs(True, False, True, None)


def test_labels_of_doccano_are_thumbs(convert: Converting, tmp_path: Path) -> None:
    rows = [
        {"id": n, "text": SAID[n], "prompt": ASKED[n], "label": [label]}
        for n, label in enumerate(("good", "bad"))
    ]
    made = convert(put(tmp_path, rows), "--format", "doccano", "--to", "kto")
    assert verdicts(made) == pairs(True, False)
