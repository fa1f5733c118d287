"""Label Studio exports without their labeling config: what the results say is used, and said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.building import Json, annotated, of_task
from tests.converting import Converting
from tests.exports import answer

NAMES = ("Zoe met Bob.", "Ida saw Lea.", "Bob left.")


@pytest.fixture
def convert(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Converting:
    monkeypatch.setenv("COLUMNS", "400")
    return Converting(tmp_path, capsys)


def chosen(*labels: str, to: str = "text") -> Json:
    return answer("mood", to, "choices", choices=list(labels))


def span(text: str, end: int, label: str = "PER", to: str = "text") -> Json:
    return answer("ner", to, "labels", start=0, end=end, text=text[:end], labels=[label])


def test_the_labels_that_were_seen_anywhere_in_the_file_stand_in_every_prompt(
    convert: Converting,
) -> None:
    tasks = [of_task(f"Text {n}.", annotated(chosen("glad")), id=n) for n in range(300)]
    tasks.append(of_task("The last.", annotated(chosen("cross")), id=300))
    made = convert(tasks)
    assert len(made.rows) == 301
    assert {prompt.partition("\n")[0] for prompt, _ in made.rows} == {
        "Choose one label for the text: cross, glad."
    }


def test_labels_that_were_given_together_are_asked_for_together(convert: Converting) -> None:
    tasks = [
        of_task("One.", annotated(chosen("red", "blue")), id=1),
        of_task("Two.", annotated(chosen("red")), id=2),
    ]
    assert convert(tasks).rows == [
        ("Choose all labels that fit for the text: blue, red.\n\nOne.", "blue, red"),
        ("Choose all labels that fit for the text: blue, red.\n\nTwo.", "red"),
    ]


def test_the_labels_of_spans_that_were_seen_stand_in_the_prompt(convert: Converting) -> None:
    tasks = [
        of_task(NAMES[0], annotated(span(NAMES[0], 3)), id=1),
        of_task(NAMES[1], annotated(span(NAMES[1], 3, "WHO")), id=2),
    ]
    assert [prompt for prompt, _ in convert(tasks).rows] == [
        "List the entities in the text with their labels: PER, WHO.\n\nIda saw Lea.",
        "List the entities in the text with their labels: PER, WHO.\n\nZoe met Bob.",
    ]


def test_more_labels_than_an_annotator_chooses_from_are_no_list(convert: Converting) -> None:
    tasks = [of_task(f"Text {n}.", annotated(chosen(f"l{n}")), id=n) for n in range(51)]
    assert convert(tasks).rows[0] == ("Give the mood of the text.\n\nText 0.", "l0")


def test_of_several_text_fields_the_one_that_the_quotes_fit_is_read_and_said(
    convert: Converting,
) -> None:
    tasks = [
        of_task({"title": f"Title {n}", "body": text}, annotated(span(text, 3, to="doc")), id=n)
        for n, text in enumerate(NAMES)
    ]
    made = convert(tasks)
    assert "'doc' is read from the field 'body', which the quotes fit" in made.said
    assert made.rows[0] == (
        "List the entities in the text with their labels: PER.\n\nBob left.",
        '[{"text":"Bob","label":"PER"}]',
    )


def test_the_quotes_outweigh_a_field_that_is_only_called_text(convert: Converting) -> None:
    tasks = [
        of_task({"text": f"note {n}", "body": text}, annotated(span(text, 3)), id=n)
        for n, text in enumerate(NAMES)
    ]
    made = convert(tasks)
    assert "the field 'body', which the quotes fit" in made.said
    assert [prompt.rpartition("\n")[2] for prompt, _ in made.rows] == sorted(NAMES)


def test_several_text_fields_that_nothing_tells_apart_are_asked_about_by_name(
    convert: Converting,
) -> None:
    data = {"title": "News", "body": "It is fine."}
    tasks = [of_task(data, annotated(chosen("glad", to="doc")))]
    made = convert(tasks)
    assert made.code == 2
    assert made.said == (
        "dataprep: export.json: Several fields of the tasks hold text (body, title), and nothing"
        " says which is about 'doc'. Name it, for example --text body; or pass --label-config. "
    )
    assert convert(tasks, "--text", "body").rows == [
        ("Choose one label for the text: glad.\n\nIt is fine.", "glad")
    ]


@pytest.mark.parametrize("config", ["", "with"])
@pytest.mark.parametrize("of", ["predictions", "drafts"])
def test_an_export_that_holds_nothing_but_predictions_or_drafts_says_how_to_learn_from_them(
    convert: Converting, of: str, config: str
) -> None:
    given = {"result": [chosen("glad")], "model_version": "m1", "user": 3}
    tasks = [{"id": 1, "data": {"text": "Fine."}, "annotations": [], of: [given]}]
    xml = '<View><Text name="text" value="$text"/><Choices name="mood" toName="text">'
    xml = f'{xml}<Choice value="glad"/></Choices></View>' if config else ""
    made = convert(tasks, config=xml)
    assert made.code == 3
    assert made.said == (
        f"dataprep: The tasks hold {of}, and no annotations. To learn from the {of}: --from {of} "
    )
    rows = convert(tasks, "--from", of, config=xml).rows
    assert rows == [("Choose one label for the text: glad.\n\nFine.", "glad")]


def test_tasks_that_nobody_labelled_are_named_as_that(convert: Converting) -> None:
    made = convert([of_task("One.", id=1), of_task("Two.", id=2)])
    assert made.code == 3
    assert made.said.startswith("dataprep: The first 2 tasks have no annotations. Label some,")


def test_a_comparison_without_a_config_asks_for_it(convert: Converting) -> None:
    pair = answer("best", "best", "pairwise", selected="left")
    made = convert([of_task({"a": "One.", "b": "Two."}, annotated(pair))])
    assert made.code == 2
    assert "The answers compare two texts (Pairwise), and do not say which." in made.said


def test_the_ids_of_predictions_alone_are_named_as_such(convert: Converting) -> None:
    made = convert([{"id": 1, "data": {"text": "Fine."}, "annotations": [], "predictions": [7]}])
    assert made.code == 3
    assert "The tasks hold the ids of predictions alone, and no annotations." in made.said


@pytest.mark.parametrize(
    ("address", "medium"),
    [
        ("/data/upload/1/cat.jpg", "pictures (the tag Image)"),
        ("s3://bucket/talk.WAV?sig=x", "recordings (the tag Audio)"),
        ("https://x.org/film.mp4", "videos (the tag Video)"),
        ("data:image/png;base64,AAAA", "pictures (the tag Image)"),
        ("/data/upload/1/paper.pdf", "PDFs (the tag Pdf)"),
    ],
)
def test_answers_about_pictures_and_recordings_are_refused_by_what_they_are(
    convert: Converting, address: str, medium: str
) -> None:
    made = convert([of_task({"file": address}, annotated(chosen("cat", to="file")))])
    assert made.code == 2
    assert f"'mood' is about {medium}. Only text is learned" in made.said
    assert "rows of chat that show their pictures (image_url) are read as they are" in made.said


def test_what_is_marked_on_pictures_is_refused_as_that(convert: Converting) -> None:
    box = answer("box", "image", "rectanglelabels", x=1, y=2, rectanglelabels=["Car"])
    made = convert([of_task({"image": "/data/a.jpg"}, annotated(box))])
    assert made.code == 2
    assert "These tasks are about pictures (rectanglelabels (1)). Only text is" in made.said


def test_a_single_address_among_texts_is_named_by_its_medium(convert: Converting) -> None:
    tasks = [
        of_task("Fine.", annotated(chosen("glad")), id=1),
        of_task("/data/upload/1/cat.jpg", annotated(chosen("glad")), id=2),
    ]
    made = convert(tasks, "--drop-invalid")
    assert "A005 the field 'text' holds the address of a picture: /data/upload" in made.said
    assert [prompt.rpartition("\n")[2] for prompt, _ in made.rows] == ["Fine."]


TREE = '<Choice value="Person"><Choice value="Woman"/></Choice><Choice value="Place"/>'
LABELING = (
    '<View><Text name="text" value="$text"/>'
    f'<Taxonomy name="tree" toName="text" labeling="true">{TREE}</Taxonomy></View>'
)


@pytest.mark.parametrize(
    ("config", "asked"),
    [(LABELING, "Person, Person > Woman, Place"), ("", "Person > Woman, Place")],
)
def test_a_taxonomy_that_labels_marks_spans_and_not_the_document(
    convert: Converting, config: str, asked: str
) -> None:
    tree = [
        answer(
            "tree", "text", "taxonomy", start=0, end=3, text="Zoe", taxonomy=[["Person", "Woman"]]
        ),
        answer("tree", "text", "taxonomy", start=7, end=12, text="Paris", taxonomy=[["Place"]]),
    ]
    tasks = [of_task("Zoe in Paris.", annotated(*tree))]
    assert convert(tasks, config=config).rows == [
        (
            f"List the entities in the text with their labels: {asked}.\n\nZoe in Paris.",
            '[{"text":"Zoe","label":"Person > Woman"},{"text":"Paris","label":"Place"}]',
        )
    ]


def test_a_path_that_the_tree_does_not_have_is_a001(convert: Converting) -> None:
    path = answer("tree", "text", "taxonomy", start=0, end=3, text="Zoe", taxonomy=[["Robot"]])
    made = convert([of_task("Zoe in Paris.", annotated(path))], config=LABELING)
    assert made.code == 1
    assert "A001 'Robot' is no label of 'tree'" in made.said


def test_labels_are_seen_in_all_parts_of_a_file_by_every_worker(
    convert: Converting, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tasks = [of_task(f"Text {n}. " * 20, annotated(chosen(f"l{n % 3}")), id=n) for n in range(90)]
    (tmp_path / "lines.jsonl").write_text("".join(json.dumps(t) + "\n" for t in tasks))
    monkeypatch.setattr("dataprep.sources.PART_SIZE", 10_000)
    one = convert("lines.jsonl").rows
    assert one == convert("lines.jsonl", "--workers", "2").rows
    assert {prompt.partition("\n")[0] for prompt, _ in one} == {
        "Choose one label for the text: l0, l1, l2."
    }


@pytest.mark.parametrize("labels", [None, []])
def test_a_region_without_a_label_is_counted_and_the_others_are_learned(
    convert: Converting, labels: list[str] | None
) -> None:
    bare = answer("ner", "text", "labels", start=8, end=11, text="Bob")
    if labels is not None:
        bare["value"]["labels"] = labels
    made = convert([of_task("Zoe met Bob.", annotated(span("Zoe met Bob.", 3), bare))])
    assert [answered for _, answered in made.rows] == ['[{"text":"Zoe","label":"PER"}]']
    assert "regions region 2 1 1 no-label" in made.said
