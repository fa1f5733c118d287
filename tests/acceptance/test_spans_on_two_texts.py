"""Spans of one control on two texts: both stand in the prompt, each span counts in its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataprep.cli import run
from tests.building import Json, annotated, of_task
from tests.converting import Converting
from tests.exports import answer

TEXTS = '<Text name="src" value="$source"/><Text name="tgt" value="$target"/>'
LABELS = '<Labels name="err" toName="src,tgt"><Label value="NAME"/><Label value="PLACE"/></Labels>'
CONFIG = f"<View>{TEXTS}{LABELS}</View>"
DATA = {"source": "😀 Zoe saw Rome.", "target": "Rome was seen by Zoe."}
BOTH = "src: 😀 Zoe saw Rome.\n\ntgt: Rome was seen by Zoe."
ASKED = f"List the entities in the texts with their labels: NAME, PLACE.\n\n{BOTH}"


@pytest.fixture
def convert(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Converting:
    monkeypatch.setenv("COLUMNS", "400")
    return Converting(tmp_path, capsys)


def span(to: str, start: int, end: int, label: str = "NAME", **more: object) -> Json:
    return answer("err", to, "labels", start=start, end=end, labels=[label]) | more


def test_each_span_is_cut_from_the_text_that_it_names(convert: Converting) -> None:
    task = of_task(DATA, annotated(span("tgt", 17, 20), span("src", 2, 5)))
    made = convert([task], config=CONFIG)
    assert made.rows == [
        (
            ASKED,
            '[{"text":"Zoe","label":"NAME","in":"src"},{"text":"Zoe","label":"NAME","in":"tgt"}]',
        )
    ]
    assert "asked about several texts: src, tgt" in made.said


@pytest.mark.parametrize(
    ("form", "answered"),
    [
        ("list", "NAME: Zoe; PLACE: Rome"),
        (
            "inline",
            "src: 😀 <NAME>Zoe</NAME> saw Rome.\n\ntgt: <PLACE>Rome</PLACE> was seen by Zoe.",
        ),
    ],
)
def test_the_other_forms_hold_spans_on_two_texts_too(
    convert: Converting, tmp_path: Path, form: str, answered: str
) -> None:
    (tmp_path / "export.json").write_text(
        json.dumps([of_task(DATA, annotated(span("src", 2, 5), span("tgt", 0, 4, "PLACE")))])
    )
    (tmp_path / "config.xml").write_text(CONFIG)
    recipe = {"path": "export.json", "label_config": "config.xml", "spans_as": form}
    (tmp_path / "recipe.yaml").write_text(json.dumps({"sources": [recipe]}))
    out = tmp_path / "made"
    assert (
        run(
            [
                "convert",
                "-r",
                str(tmp_path / "recipe.yaml"),
                "--to",
                "prompt-completion",
                "-o",
                str(out),
            ]
        )
        == 0
    )
    (path,) = (out / "prompt-completion").glob("*.jsonl")
    assert json.loads(path.read_text())["completion"] == answered


def test_a_quote_decides_on_the_unit_in_each_text_by_itself(convert: Converting) -> None:
    utf16 = span("src", 3, 6)
    utf16["value"]["text"] = "Zoe"
    made = convert([of_task(DATA, annotated(utf16, span("tgt", 0, 4, "PLACE")))], config=CONFIG)
    assert "A004 'Zoe' was counted in UTF-16 units, and read so" in made.said
    assert "spans: 0 in code points, 1 in UTF-16 units, 1 without a quote" in made.said
    assert json.loads(made.rows[0][1])[0] == {"text": "Zoe", "label": "NAME", "in": "src"}


def test_a_span_past_the_end_of_its_own_text_is_refused_though_the_other_is_longer(
    convert: Converting,
) -> None:
    made = convert([of_task(DATA, annotated(span("src", 14, 20)))], config=CONFIG)
    assert made.code == 1
    assert "A002 runs from 14 to 20, in a text of 15 characters" in made.said


def test_a_span_without_a_start_is_refused_beside_another_text_as_alone(
    convert: Converting,
) -> None:
    open_ended = span("src", 2, 5)
    del open_ended["value"]["start"]
    made = convert([of_task(DATA, annotated(open_ended))], config=CONFIG)
    assert made.code == 1
    assert "A002 start and end are None and 5, not whole numbers" in made.said


def test_a_span_that_names_no_text_is_refused_by_that(convert: Converting) -> None:
    bare = span("src", 2, 5)
    del bare["to_name"]
    made = convert([of_task(DATA, annotated(bare))], config=CONFIG)
    assert made.code == 1
    assert "A012 a region of 'err' does not say on which text it is: src, tgt" in made.said


def test_relations_and_notes_join_regions_of_both_texts(convert: Converting) -> None:
    inside = (
        '<Choices name="sure" toName="src,tgt" perRegion="true"><Choice value="yes"/></Choices>'
        '<Relations><Relation value="means"/></Relations>'
    )
    note = answer("sure", "tgt", "choices", start=17, end=20, choices=["yes"]) | {"id": "t"}
    relation = {"type": "relation", "from_id": "s", "to_id": "t", "labels": ["means"]}
    spans = span("src", 2, 5, id="s"), span("tgt", 17, 20, id="t")
    xml = f"<View>{TEXTS}{LABELS}{inside}</View>"
    made = convert([of_task(DATA, annotated(*spans, note, relation))], config=xml)
    assert json.loads(made.rows[0][1]) == {
        "entities": [
            {"text": "Zoe", "label": "NAME", "in": "src"},
            {"text": "Zoe", "label": "NAME", "in": "tgt", "sure": "yes"},
        ],
        "relations": [{"head": "Zoe", "type": "means", "tail": "Zoe"}],
    }


def test_spans_on_two_texts_are_learned_with_other_controls_by_their_schema(
    convert: Converting, tmp_path: Path
) -> None:
    stars = '<Rating name="stars" toName="src,tgt"/>'
    task = of_task(
        DATA, annotated(span("tgt", 0, 4, "PLACE"), answer("stars", "src", "rating", rating=4))
    )
    (tmp_path / "recipe.yaml").write_text(
        "sources: [{path: export.json, task: structured, label_config: config.xml}]"
    )
    (tmp_path / "config.xml").write_text(f"<View>{TEXTS}{LABELS}{stars}</View>")
    (tmp_path / "export.json").write_text(json.dumps([task]))
    out = tmp_path / "made"
    assert (
        run(
            [
                "convert",
                "-r",
                str(tmp_path / "recipe.yaml"),
                "--to",
                "prompt-completion",
                "-o",
                str(out),
            ]
        )
        == 0
    )
    (path,) = (out / "prompt-completion").glob("*.jsonl")
    assert json.loads(json.loads(path.read_text())["completion"]) == {
        "err": [{"text": "Rome", "label": "PLACE", "in": "tgt"}],
        "stars": 4,
    }


def test_two_annotators_agree_on_the_spans_of_each_text(convert: Converting) -> None:
    task = of_task(
        DATA,
        annotated(span("src", 2, 5), span("tgt", 17, 20), by=1),
        annotated(span("src", 2, 5), span("tgt", 17, 20), by=2, at=2),
        annotated(span("src", 2, 5), by=3, at=3),
    )
    made = convert([task], config=CONFIG)
    assert [entity["in"] for entity in json.loads(made.rows[0][1])] == ["src", "tgt"]


def test_html_and_text_are_marked_by_one_control_each_in_its_own_way(convert: Converting) -> None:
    texts = '<HyperText name="src" value="$source"/><Text name="tgt" value="$target"/>'
    place = "/p[1]/b[1]/text()[1]"
    marked = answer(
        "err",
        "src",
        "labels",
        start=place,
        end=place,
        startOffset=0,
        endOffset=3,
        text="Zoe",
        labels=["NAME"],
    )
    data = {"source": "<p>By <b>Zoe</b></p>", "target": "Rome."}
    task = of_task(data, annotated(marked, span("tgt", 0, 4, "PLACE")))
    made = convert([task], config=f"<View>{texts}{LABELS}</View>")
    assert json.loads(made.rows[0][1]) == [
        {"text": "Zoe", "label": "NAME", "in": "src"},
        {"text": "Rome", "label": "PLACE", "in": "tgt"},
    ]
