"""What hangs on a span stays on it: notes on regions, and relations between them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.building import annotated, of_task, region, shaped

CONFIG = """<View>
  <Relations><Relation value="works_for"/><Relation value="near"/></Relations>
  <Labels name="label" toName="text"><Label value="PER"/><Label value="ORG"/></Labels>
  <Text name="text" value="$text"/>
  <Choices name="certainty" toName="text" perRegion="true">
    <Choice value="sure"/><Choice value="guess"/>
  </Choices>
  <TextArea name="norm" toName="text" perRegion="true"/>
</View>"""
PLAIN = CONFIG.replace('<Relations><Relation value="works_for"/><Relation value="near"/>', "")
PLAIN = PLAIN.replace("</Relations>", "")
TEXT = "Ada met Bob at Acme."
Json = dict[str, Any]


def marked(id: str, start: int, end: int, *labels: str) -> Json:
    return {**region(start, end, *labels), "id": id}


def note(id: str, control: str, key: str, *values: str, at: tuple[int, int] | None = None) -> Json:
    value: Json = {key: list(values)}
    if at:
        value = {"start": at[0], "end": at[1], "text": TEXT[slice(*at)]} | value
    type = "choices" if key == "choices" else "textarea"
    return {"id": id, "from_name": control, "to_name": "text", "type": type, "value": value}


def related(head: str, tail: str, *labels: str, direction: str = "right") -> Json:
    relation: Json = {"from_id": head, "to_id": tail, "type": "relation", "direction": direction}
    return {**relation, "labels": list(labels)} if labels else relation


ADA, BOB, ACME = marked("a", 0, 3, "PER"), marked("b", 8, 11, "PER"), marked("c", 15, 19, "ORG")


def output(*results: Json, config: str = CONFIG, **recipe: Any) -> Any:
    (example,) = shaped(config, of_task(TEXT, annotated(*results)), **recipe).examples
    return json.loads(example.output)


def codes(*results: Json) -> list[str]:
    return [
        f"{f.code} {f.message}" for f in shaped(CONFIG, of_task(TEXT, annotated(*results))).findings
    ]


def test_notes_are_in_the_object_of_their_span() -> None:
    notes = (
        note("a", "certainty", "choices", "sure", at=(0, 3)),
        note("a", "norm", "text", "Ada Lovelace", at=(0, 3)),
    )
    assert output(ADA, BOB, *notes, config=PLAIN) == [
        {"text": "Ada", "label": "PER", "certainty": "sure", "norm": "Ada Lovelace"},
        {"text": "Bob", "label": "PER"},
    ]


def test_a_note_without_a_place_is_joined_by_the_id_of_its_region() -> None:
    noted = output(note("b", "certainty", "choices", "guess"), ADA, BOB, config=PLAIN)
    assert noted[1] == {"text": "Bob", "label": "PER", "certainty": "guess"}


def test_an_id_of_two_regions_joins_by_place_and_never_by_guess() -> None:
    first, second = marked("0", 0, 3, "PER"), marked("0", 8, 11, "PER")
    placed = note("0", "certainty", "choices", "sure", at=(8, 11))
    assert output(first, second, placed, config=PLAIN)[1]["certainty"] == "sure"
    assert codes(first, second, note("0", "certainty", "choices", "sure")) == [
        "A013 'certainty' is on region '0', which is the id of 2 regions"
    ]


def test_relations_are_triples_whether_they_stand_before_or_after_their_regions() -> None:
    relation = related("b", "c", "works_for")
    expected = {
        "entities": [{"text": "Bob", "label": "PER"}, {"text": "Acme", "label": "ORG"}],
        "relations": [{"head": "Bob", "type": "works_for", "tail": "Acme"}],
    }
    assert output(relation, BOB, ACME) == expected
    assert output(BOB, ACME, relation) == expected


@pytest.mark.parametrize(
    ("relation", "triples"),
    [
        (related("b", "c", direction="left"), [("Acme", "related", "Bob")]),
        (
            related("b", "c", "near", direction="bi"),
            [("Bob", "near", "Acme"), ("Acme", "near", "Bob")],
        ),
        (
            related("b", "c", "works_for", "near"),
            [("Bob", "near", "Acme"), ("Bob", "works_for", "Acme")],
        ),
    ],
)
def test_direction_and_labels_of_a_relation_are_kept(
    relation: Json, triples: list[tuple[str, str, str]]
) -> None:
    said = output(BOB, ACME, relation)["relations"]
    assert [tuple(triple.values()) for triple in said] == triples


def test_as_a_list_the_triples_stand_below_the_spans() -> None:
    task = of_task(TEXT, annotated(BOB, ACME, related("b", "c", "near")))
    (example,) = shaped(CONFIG, task, spans_as="list").examples
    assert example.output == "PER: Bob; ORG: Acme\nBob | near | Acme"


def test_a_config_without_relations_reads_over_them() -> None:
    assert output(BOB, ACME, related("b", "c", "near"), config=PLAIN) == [
        {"text": "Bob", "label": "PER"},
        {"text": "Acme", "label": "ORG"},
    ]


def test_a_relation_to_nowhere_and_an_unknown_relation_are_named() -> None:
    assert codes(BOB, related("b", "gone", "near")) == [
        "A013 a relation has an end in region 'gone', which the annotation does not have"
    ]
    assert codes(BOB, ACME, related("b", "c", "hates")) == [
        "A001 'hates' is no label of the relations"
    ]


def test_nested_spans_and_several_labels_are_all_kept_in_json() -> None:
    outer = marked("o", 0, 11, "ORG", "PER")
    assert output(outer, ADA, config=PLAIN) == [
        {"text": "Ada", "label": "PER"},
        {"text": "Ada met Bob", "label": "ORG"},
        {"text": "Ada met Bob", "label": "PER"},
    ]


def test_a_relation_to_a_region_of_another_control_is_known_and_left_out() -> None:
    config = CONFIG.replace(
        "<Text ", '<Labels name="topic" toName="text"><Label value="x"/></Labels><Text '
    )
    other = {**marked("t", 4, 7, "x"), "from_name": "topic"}
    task = of_task(TEXT, annotated(BOB, other, related("b", "t", "near")))
    made = shaped(config, task)
    assert made.findings == []
    assert json.loads(made.examples[0].output)["relations"] == []


def test_a_note_of_an_annotator_who_counts_in_utf16_stays_on_its_span() -> None:
    text = "😀 Bob"
    bob = {**region(3, 6, "PER", quote="Bob"), "id": "b"}
    norm = {**note("b", "norm", "text", "Robert"), "id": "b"}
    norm["value"] |= {"start": 3, "end": 6}
    (example,) = shaped(PLAIN, of_task(text, annotated(bob, norm))).examples
    assert json.loads(example.output) == [{"text": "Bob", "label": "PER", "norm": "Robert"}]


def test_annotators_agree_on_each_relation_by_itself() -> None:
    relation = related("b", "c", "near")
    task = of_task(
        TEXT,
        annotated(BOB, ACME, relation, by=1),
        annotated(BOB, ACME, relation, by=2),
        annotated(BOB, ACME, ADA, by=3),
    )
    (example,) = shaped(CONFIG, task).examples
    assert json.loads(example.output) == {
        "entities": [{"text": "Bob", "label": "PER"}, {"text": "Acme", "label": "ORG"}],
        "relations": [{"head": "Bob", "type": "near", "tail": "Acme"}],
    }
