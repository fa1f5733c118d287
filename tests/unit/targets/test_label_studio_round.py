"""What annotators said comes back the same after it went to Label Studio as predictions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.annotation import decode_task, parse_config
from dataprep.contracts import contract
from dataprep.example import Batch, Example, Record
from dataprep.finding import Place
from dataprep.recipe import Source
from dataprep.shapes.tasks import task_shape
from dataprep.targets.label_studio import write
from tests.building import annotated, choices, of_task, region, shaped

TEXT = '<View><Text name="text" value="$text"/>{}</View>'


def back(folder: Path, examples: list[Example], **recipe: Any) -> list[Example]:
    """The examples that come of the tasks that are written of some examples."""
    write(folder / "out", [Batch.of(examples)])
    tasks = json.loads((folder / "out" / "tasks.json").read_bytes())
    assert list(contract("label-studio-tasks").violations(tasks)) == []
    config = parse_config((folder / "out" / "config.xml").read_bytes())
    shape = task_shape(config, Source(path="tasks.json", **recipe))
    found: list[Example] = []
    for number, task in enumerate(tasks, 1):
        raw = json.dumps({**task, "id": number}).encode()
        made = shape(Record(Place(file="tasks.json"), 0, decode_task(raw, "predictions")))
        assert made.findings == []
        found += made.examples
    return found


def result(kind: str, name: str, value: Any) -> dict[str, Any]:
    return {"from_name": name, "to_name": "text", "type": kind, "value": value}


ONE = {
    "choices": (
        '<Choices name="c" toName="text"><Choice value="a"/></Choices>',
        {"choices": ["a"]},
    ),
    "taxonomy": (
        '<Taxonomy name="c" toName="text"><Choice value="a"><Choice value="b"/></Choice>'
        '<Choice value="c"/></Taxonomy>',
        {"taxonomy": [["a", "b"], ["a"], ["c"]]},
    ),
    "rating": ('<Rating name="c" toName="text" maxRating="9"/>', {"rating": 7}),
    "number": ('<Number name="c" toName="text"/>', {"number": -2.5}),
    "datetime": ('<DateTime name="c" toName="text"/>', {"datetime": "2026-11-22"}),
    "textarea": ('<TextArea name="c" toName="text"/>', {"text": ["Two\nlines"]}),
}


@pytest.mark.parametrize("kind", ONE)
def test_one_value_comes_back(kind: str, tmp_path: Path) -> None:
    tag, value = ONE[kind]
    task = of_task("What a day!", annotated(result(kind, "c", value)))
    first = shaped(TEXT.format(tag), task).examples
    again = back(tmp_path, first)
    assert [e.output for e in again] == [e.output for e in first]
    assert [e.shape for e in again] == [e.shape for e in first]
    assert len(first) == 1


def test_a_value_is_written_as_the_control_of_its_kind(tmp_path: Path) -> None:
    tag, value = ONE["taxonomy"]
    first = shaped(TEXT.format(tag), of_task("a", annotated(result("taxonomy", "c", value))))
    back(tmp_path, first.examples)
    assert (tmp_path / "out/config.xml").read_text("utf-8") == (
        "<View>\n"
        '  <Text name="text" value="$text"/>\n'
        '  <Taxonomy name="label" toName="text">\n'
        '    <Choice value="a">\n'
        '      <Choice value="b"/>\n'
        "    </Choice>\n"
        '    <Choice value="c"/>\n'
        "  </Taxonomy>\n"
        "</View>\n"
    )


def test_a_preference_comes_back_from_whichever_side_it_was_put_on(tmp_path: Path) -> None:
    config = (
        '<View><Text name="q" value="$q"/><Pairwise name="p" toName="l,r"/>'
        '<Text name="l" value="$one"/><Text name="r" value="$two"/></View>'
    )
    selected = {"from_name": "p", "to_name": "p", "type": "pairwise", "value": {"selected": "left"}}
    first: list[Example] = []
    for number in range(8):
        data = {"q": f"{number}?", "one": f"good {number}", "two": f"bad {number}"}
        first += shaped(config, of_task(data, annotated(selected), id=number)).examples
    again = back(tmp_path, first)
    assert [(e.output, e.rejected) for e in again] == [(f"good {n}", f"bad {n}") for n in range(8)]
    assert [e.input for e in again] == [e.input for e in first]
    tasks = json.loads((tmp_path / "out" / "tasks.json").read_bytes())
    sides = [t["predictions"][0]["result"][0]["value"]["selected"] for t in tasks]
    assert set(sides) == {"left", "right"}


def test_a_ranking_comes_back_as_its_pairs(tmp_path: Path) -> None:
    config = (
        '<View><Text name="q" value="$q"/><List name="l" value="$items"/>'
        '<Ranker name="r" toName="l"/></View>'
    )
    items = [{"id": i, "title": "", "body": f"answer {i}"} for i in "abc"]
    ranked = {"from_name": "r", "to_name": "l", "type": "ranker"}
    ranked["value"] = {"ranker": {"rank": ["b", "c", "a"]}}  # type: ignore[assignment]
    first = shaped(config, of_task({"q": "Why?", "items": items}, annotated(ranked))).examples
    again = [(e.output, e.rejected) for e in back(tmp_path, first)]
    wanted = [("answer b", "answer c"), ("answer b", "answer a"), ("answer c", "answer a")]
    assert again == wanted


def test_a_chat_comes_back_turn_by_turn(tmp_path: Path) -> None:
    config = '<View><Chat name="chat" value="$talk"/></View>'
    message = {"chatmessage": {"role": "assistant", "content": "Fine 🙂"}}
    answer = {"from_name": "chat", "to_name": "chat", "type": "chatmessage", "value": message}
    talk = [{"role": "user", "content": "How are you?"}]
    first = shaped(config, of_task({"talk": talk}, annotated(answer))).examples
    again = back(tmp_path, first)
    assert [(t.role, t.content) for t in again[0].turns] == [
        ("user", "How are you?"),
        ("assistant", "Fine 🙂"),
    ]


def test_values_on_spans_come_back(tmp_path: Path) -> None:
    config = TEXT.format(
        '<Labels name="label" toName="text"><Label value="PER"/></Labels>'
        '<Choices name="sure" toName="text" perRegion="true"><Choice value="yes"/></Choices>'
        '<Rating name="stars" toName="text" perRegion="true"/>'
    )
    on = {"start": 2, "end": 5, "text": "Ada"}
    span = region(2, 5, "PER", quote="Ada") | {"id": "x"}
    sure = choices("yes", control="sure") | {"id": "x"}
    sure["value"] |= on
    stars = result("rating", "stars", {**on, "rating": 4}) | {"id": "x"}
    first = shaped(config, of_task("😀 Ada", annotated(span, sure, stars)), spans_as="json")
    again = back(tmp_path, first.examples, spans_as="json")
    assert [json.loads(e.output) for e in again] == [
        [{"text": "Ada", "label": "PER", "sure": "yes", "stars": 4}]
    ]


def test_what_is_said_of_several_regions_at_one_place_comes_back(tmp_path: Path) -> None:
    config = TEXT.format(
        '<Labels name="label" toName="text"><Label value="PER"/><Label value="ORG"/></Labels>'
        '<Choices name="sure" toName="text" perRegion="true">'
        '<Choice value="yes"/><Choice value="no"/></Choices>'
    )
    said = [("x", "PER", "yes"), ("y", "PER", "no"), ("z", "ORG", "yes")]
    results = [region(2, 5, label, quote="Ada") | {"id": id} for id, label, _ in said]
    results += [choices(sure, control="sure") | {"id": id} for id, _, sure in said]
    first = shaped(config, of_task("😀 Ada", annotated(*results)), spans_as="json")
    again = back(tmp_path, first.examples, spans_as="json")
    assert [json.loads(e.output) for e in again] == [
        [
            {"text": "Ada", "label": "ORG", "sure": "yes"},
            {"text": "Ada", "label": "PER", "sure": "no"},
            {"text": "Ada", "label": "PER", "sure": "yes"},
        ]
    ]


def test_several_controls_come_back_as_one_object(tmp_path: Path) -> None:
    config = TEXT.format(
        '<Choices name="mood" toName="text" choice="multiple"><Choice value="a"/></Choices>'
        '<Number name="score" toName="text"/><TextArea name="why" toName="text"/>'
    )
    task = of_task(
        "What a day!",
        annotated(
            choices("a", control="mood"),
            result("number", "score", {"number": 3}),
            result("textarea", "why", {"text": ["one", "two"]}),
        ),
    )
    first = shaped(config, task, task="structured").examples
    again = back(tmp_path, first, task="structured")
    assert [json.loads(e.output) for e in again] == [
        {"mood": ["a"], "score": 3, "why": ["one", "two"]}
    ]


def test_relations_come_back_with_both_their_ends(tmp_path: Path) -> None:
    spans = [
        {"start": 0, "end": 3, "label": "PER", "text": "Ada"},
        {"start": 9, "end": 12, "label": "PER", "text": "Ada"},
    ]
    ends = {"head_start": 9, "head_end": 12, "tail_start": 0, "tail_end": 3}
    related = [{"head": "Ada", "type": "knows", "tail": "Ada", **ends}]
    data = {"text": "Ada met \nAda", "spans": spans, "relations": related}
    made = Example(id="1", file="a", shape="spans", input="", output="", data=json.dumps(data))
    (again,) = back(tmp_path, [made], spans_as="json")
    assert json.loads(again.output)["relations"] == [
        {"head": "Ada", "type": "knows", "tail": "Ada"}
    ]
    tasks = json.loads((tmp_path / "out" / "tasks.json").read_bytes())
    assert tasks[0]["predictions"][0]["result"][-1] == {
        "from_id": "label-9-12",
        "to_id": "label-0-3",
        "type": "relation",
        "direction": "right",
        "labels": ["knows"],
    }


def test_relations_of_regions_at_one_place_come_back_with_the_region_that_they_lead_to(
    tmp_path: Path,
) -> None:
    config = TEXT.format(
        '<Labels name="label" toName="text"><Label value="PER"/><Label value="ORG"/></Labels>'
        '<Choices name="sure" toName="text" perRegion="true"><Choice value="yes"/>'
        '<Choice value="no"/></Choices><Relations><Relation value="near"/></Relations>'
    )
    places = (("p", 0, 3, "PER"), ("q", 0, 3, "PER"), ("o", 0, 3, "ORG"), ("b", 8, 11, "PER"))
    spans = [{**region(start, end, label), "id": id} for id, start, end, label in places]
    said = [
        {**result("choices", "sure", {"start": 0, "end": 3, "choices": [one]}), "id": id}
        for id, one in (("p", "yes"), ("q", "no"))
    ]
    near = [
        {"type": "relation", "from_id": one, "to_id": "b", "direction": "right", "labels": ["near"]}
        for one in ("q", "o")
    ]
    task = of_task("Ada met Bob", annotated(*spans, *said, *near))
    first = shaped(config, task).examples
    assert [relation["head"] for relation in json.loads(first[0].output)["relations"]] == [
        {"text": "Ada", "label": "ORG"},
        {"text": "Ada", "label": "PER", "sure": "no"},
    ]
    assert [e.output for e in back(tmp_path, first, spans_as="json")] == [first[0].output]


RELATED = TEXT.format(
    '<Labels name="label" toName="text"><Label value="PER"/></Labels>'
    '<Relations><Relation value="knows"/></Relations>'
    '<Choices name="sure" toName="text" perRegion="true"><Choice value="yes"/></Choices>'
    '<Choices name="mood" toName="text"><Choice value="glad"/></Choices>'
)


def related() -> dict[str, Any]:
    """Ada knows the other Ada, and the second is surely one."""
    first, second = region(0, 3, "PER", quote="Ada"), region(8, 11, "PER", quote="Ada")
    sure = choices("yes", control="sure") | {"id": "b"}
    sure["value"] |= {"start": 8, "end": 11, "text": "Ada"}
    knows = {"type": "relation", "from_id": "b", "to_id": "a", "labels": ["knows"]}
    results = [first | {"id": "a"}, second | {"id": "b"}, sure, knows]
    return of_task("Ada met Ada", annotated(*results, choices("glad", control="mood")))


def test_a_relation_between_two_spans_of_one_text_comes_back(tmp_path: Path) -> None:
    first = shaped(RELATED, related(), control="label", spans_as="json").examples
    write(tmp_path / "first", [Batch.of(first)])
    again = back(tmp_path, first, control="label", spans_as="json")
    assert [e.output for e in again] == [e.output for e in first]
    tasks = json.loads((tmp_path / "out" / "tasks.json").read_bytes())
    last = tasks[0]["predictions"][0]["result"][-1]
    assert (last["from_id"], last["to_id"]) == ("label-8-11", "label-0-3")


def test_spans_inside_a_structured_answer_come_back(tmp_path: Path) -> None:
    first = shaped(RELATED, related(), task="structured").examples
    again = back(tmp_path, first, task="structured")
    assert [e.output for e in again] == [e.output for e in first]
    config = parse_config((tmp_path / "out" / "config.xml").read_bytes())
    assert {c.name: (c.tag, c.per_region) for c in config.controls.values()} == {
        "label": ("Labels", False),
        "sure": ("Choices", True),
        "mood": ("Choices", False),
    }
