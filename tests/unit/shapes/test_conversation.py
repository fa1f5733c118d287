"""Chats and dialogues are conversations, where it is known who the assistant is."""

from __future__ import annotations

import json
from typing import Any

from tests.building import annotated, of_task, one, shaped

CHAT = '<View><Chat name="chat" value="$chat"/><Rating name="stars" toName="chat"/></View>'
DIALOGUE = """<View>
  <Paragraphs name="dlg" value="$dialogue" nameKey="author" textKey="text"/>
  <ParagraphLabels name="slot" toName="dlg"><Label value="Person"/></ParagraphLabels>
  <Choices name="intent" toName="dlg"><Choice value="greet"/><Choice value="book"/></Choices>
  <TextArea name="response" toName="dlg"/>
</View>"""
TURNS = [{"author": "Agent", "text": "Hello 👋"}, {"author": "user", "text": "I'm 😀 Bob"}]


def message(role: str, content: str) -> dict[str, Any]:
    value = {"chatmessage": {"role": role, "content": content, "createdAt": 1}}
    return {"from_name": "chat", "to_name": "chat", "type": "chatmessage", "value": value}


def on_dialogue(control: str, type: str, **value: Any) -> dict[str, Any]:
    return {"from_name": control, "to_name": "dlg", "type": type, "value": value}


def test_written_turns_follow_those_of_the_task() -> None:
    data = {"chat": [{"role": "user", "content": "Hi"}]}
    (example,) = shaped(CHAT, of_task(data, annotated(message("assistant", "Hello.")))).examples
    assert [(t.role, t.content) for t in example.turns] == [("user", "Hi"), ("assistant", "Hello.")]
    assert (example.shape, example.input, example.output) == ("chat", "user: Hi", "Hello.")


def test_a_chat_ends_with_its_last_answer_and_without_one_is_none() -> None:
    said = (message("user", "Hi"), message("assistant", "Yes?"), message("user", "Bye"))
    (example,) = shaped(CHAT, of_task({"chat": []}, annotated(*said))).examples
    assert [t.content for t in example.turns] == ["Hi", "Yes?"]
    made = shaped(CHAT, of_task({"chat": []}, annotated(message("user", "Hi"))))
    assert [d.reason for d in made.drops] == ["no-answer", "no-answer"]


def test_a_message_without_a_role_is_named() -> None:
    made = shaped(CHAT, of_task({"chat": []}, annotated(message("wizard", "Hi"))))
    assert [f.code for f in made.findings] == ["A010"]


def test_a_text_on_a_dialogue_is_what_the_assistant_says_next() -> None:
    task = of_task({"dialogue": TURNS}, annotated(on_dialogue("response", "textarea", text="Go.")))
    (example,) = shaped(DIALOGUE, task, control="response").examples
    assert [(t.role, t.content) for t in example.turns] == [
        ("assistant", "Hello 👋"),
        ("user", "I'm 😀 Bob"),
        ("assistant", "Go."),
    ]
    assert example.input == "Write a reply to the text.\n\nAgent: Hello 👋\nuser: I'm 😀 Bob"
    assert example.output == "Go."


def test_a_dialogue_of_unknown_speakers_is_a_text() -> None:
    turns = [{"author": "Ann", "text": "Hi"}, {"author": "Ben", "text": "Hey"}]
    task = of_task({"dialogue": turns}, annotated(on_dialogue("response", "textarea", text=["Ok"])))
    (example,) = shaped(DIALOGUE, task, control="response").examples
    assert example.turns == ()
    assert example.input.endswith("Ann: Hi\nBen: Hey")


def test_a_prompt_of_the_recipe_makes_a_pair_of_it() -> None:
    task = of_task({"dialogue": TURNS}, annotated(on_dialogue("response", "textarea", text=["Ok"])))
    (example,) = shaped(DIALOGUE, task, control="response", prompt="Go on: {{ text }}").examples
    assert example.turns == ()
    assert example.input.startswith("Go on: Agent: Hello")


def test_choices_and_labels_on_a_dialogue_are_read() -> None:
    label = on_dialogue(
        "slot",
        "paragraphlabels",
        start="1",
        end="1",
        startOffset=7,
        endOffset=10,
        text="Bob",
        paragraphlabels=["Person"],
    )
    task = of_task(
        {"dialogue": TURNS}, annotated(label, on_dialogue("intent", "choices", choices=["book"]))
    )
    (spans,) = shaped(DIALOGUE, task).examples
    assert spans.output == '[{"text":"Bob","label":"Person"}]'
    (intent,) = shaped(DIALOGUE, task, control="intent").examples
    assert intent.output == "book"


def test_what_is_no_dialogue_is_named() -> None:
    task = of_task({"dialogue": 7}, annotated(on_dialogue("intent", "choices", choices=["book"])))
    made = shaped(DIALOGUE, task, control="intent")
    assert [f"{f.code} {f.message}" for f in made.findings] == [
        "A008 the field 'dialogue' is not a list of turns; fields here: dialogue"
    ]


def test_turns_that_the_editor_sorts_by_their_start_are_read_in_that_order() -> None:
    config = (
        '<View><Paragraphs name="dlg" value="$talk" contextScroll="true"/>'
        '<ParagraphLabels name="label" toName="dlg"><Label value="X"/></ParagraphLabels>'
        '<TextArea name="next" toName="dlg"/></View>'
    )
    later = {"author": "user", "text": "Second", "start": 7}
    talk = [later, {"author": "user", "text": "First", "start": 1}]
    value = {"start": "0", "end": "0", "startOffset": 0, "endOffset": 5, "text": "First"}
    span = {"from_name": "label", "to_name": "dlg", "type": "paragraphlabels"}
    span["value"] = {**value, "paragraphlabels": ["X"]}  # type: ignore[assignment]
    text = {"from_name": "next", "to_name": "dlg", "type": "textarea", "value": {"text": ["So?"]}}
    task = of_task({"talk": talk}, annotated(span, text))
    marked = one(shaped(config, task, control="label", spans_as="json"))
    assert json.loads(marked.output) == [{"text": "First", "label": "X"}]
    said = one(shaped(config, task, control="next"))
    assert [turn.content for turn in said.turns] == ["First", "Second", "So?"]
