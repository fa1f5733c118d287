"""Several controls at once are one object, held against the schema of the config."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dataprep.annotation import completion_schema, parse_config
from dataprep.contracts import Contract
from dataprep.finding import UsageError
from tests.building import annotated, choices, of_task, region, shaped, written

CONFIG = """<View>
  <Text name="text" value="$text"/>
  <Labels name="label" toName="text"><Label value="PER"/><Label value="ORG"/></Labels>
  <Choices name="mood" toName="text" required="true">
    <Choice value="glad"/><Choice value="cross"/>
  </Choices>
  <Choices name="topics" toName="text" choice="multiple">
    <Choice value="a"/><Choice value="b"/>
  </Choices>
  <Rating name="stars" toName="text" maxRating="5"/>
  <TextArea name="note" toName="text" maxSubmissions="1"/>
</View>"""
REPEATED = """<View><Repeater on="$turns" indexFlag="{{i}}">
  <Text name="turn_{{i}}" value="$turns[{{i}}].text"/>
  <Choices name="act_{{i}}" toName="turn_{{i}}">
    <Choice value="ask"/><Choice value="tell"/>
  </Choices>
</Repeater></View>"""
BOB = region(0, 3, "PER")
GLAD = choices("glad", control="mood")
STARS = {"from_name": "stars", "to_name": "text", "type": "rating", "value": {"rating": 4}}


def made(*results: dict[str, Any], config: str = CONFIG, data: Any = "Bob works.") -> Any:
    return shaped(config, of_task(data, annotated(*results)), task="structured")


def test_every_control_is_a_key_in_the_order_of_the_config() -> None:
    topics = choices("b", "a", control="topics")
    (example,) = made(written("Ok.", control="note"), STARS, topics, GLAD, BOB).examples
    assert example.output == (
        '{"label":[{"text":"Bob","label":"PER"}],"mood":"glad","topics":["a","b"],"stars":4,'
        '"note":"Ok."}'
    )
    assert example.input == (
        "Answer with a JSON object with the keys: label, mood, topics, stars, note.\n\nBob works."
    )


def test_what_was_not_answered_has_no_key_and_nothing_marked_is_an_empty_list() -> None:
    (example,) = made(GLAD).examples
    assert example.output == '{"label":[],"mood":"glad"}'


def test_a_completion_without_a_required_key_breaks_its_schema() -> None:
    shape = made(STARS)
    assert [f"{f.code} {f.message}" for f in shape.findings] == [
        "A011 there is no answer to 'mood'"
    ]
    assert [d.reason for d in shape.drops] == ["breaks-its-schema", "breaks-its-schema"]


def test_annotators_agree_on_each_key_by_itself() -> None:
    cross = choices("cross", control="mood")
    task = of_task(
        "Bob works.",
        annotated(GLAD, BOB, by=1),
        annotated(GLAD, BOB, by=2),
        annotated(cross, BOB, by=3),
    )
    (example,) = shaped(CONFIG, task, task="structured").examples
    assert json.loads(example.output) == {
        "label": [{"text": "Bob", "label": "PER"}],
        "mood": "glad",
    }


def test_repeated_controls_have_a_key_for_each_of_their_names() -> None:
    def act(index: int, label: str) -> dict[str, Any]:
        return {**choices(label, control=f"act_{index}"), "to_name": f"turn_{index}"}

    data = {"turns": [{"text": "When?"}, {"text": "Now."}]}
    (example,) = made(act(1, "tell"), act(0, "ask"), config=REPEATED, data=data).examples
    assert example.output == '{"act_0":"ask","act_1":"tell"}'
    assert example.input.endswith("When?\nNow.")
    stray = {**act(0, "ask"), "to_name": "turn_1"}
    assert [f.code for f in made(stray, config=REPEATED, data=data).findings] == ["A012"]


def test_a_repeated_control_is_not_learned_by_itself() -> None:
    with pytest.raises(UsageError, match="task: structured"):
        shaped(REPEATED, of_task({"turns": []}), control="act_{{idx}}")


def test_the_schema_says_what_the_config_says() -> None:
    config = parse_config(CONFIG.encode())
    schema = completion_schema(config, list(config.controls.values()))
    assert schema["required"] == ["label", "mood"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["mood"] == {"type": "string", "enum": ["glad", "cross"]}
    assert schema["properties"]["topics"] == {
        "type": "array",
        "items": {"type": "string", "enum": ["a", "b"]},
    }
    assert schema["properties"]["stars"] == {"type": "number", "minimum": 1, "maximum": 5}
    assert schema["properties"]["note"] == {"type": "string"}


@pytest.mark.parametrize(
    ("value", "sound"),
    [
        ({"label": [], "mood": "glad"}, True),
        ({"label": [{"text": "Bob", "label": "PER"}], "mood": "glad"}, True),
        ({"label": [{"text": "Bob", "label": "LOC"}], "mood": "glad"}, False),
        ({"label": [], "mood": "sad"}, False),
        ({"label": [], "mood": "glad", "stars": 6}, False),
        ({"label": [], "mood": "glad", "more": 1}, False),
        ({"mood": "glad"}, False),
    ],
)
def test_the_schema_takes_what_the_config_takes(value: Any, sound: bool) -> None:
    config = parse_config(CONFIG.encode())
    contract = Contract(completion_schema(config, list(config.controls.values())))
    assert contract.accepts(value) is sound
