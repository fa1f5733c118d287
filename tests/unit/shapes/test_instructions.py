"""What a control is asked by, where the user gives no prompt: as a person would write it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dataprep.annotation import decode_task, parse_config
from dataprep.annotation.instruction_words import said_by_placeholder, spoken, text_asked_for
from dataprep.recipe import Source
from dataprep.shapes.choosing import kind_of
from tests.building import annotated, of_task, shaped

TEXT = '<Text name="text" value="$text"/>'
GOOD_BAD = '<Choice value="good"/><Choice value="bad"/>'
LABELS = '<Label value="PER"/><Label value="ORG"/>'


def asked(inside: str, **recipe: Any) -> str:
    config = parse_config(f"<View>{inside}</View>".encode())
    kind, _ = kind_of(config, Source(path="export.json", **recipe))
    return kind.instruction


@pytest.mark.parametrize(
    ("control", "said"),
    [
        ('<TextArea name="tgt" toName="text"/>', "Translate the text."),
        ('<TextArea name="tgt_de" toName="text"/>', "Translate the text into German."),
        ('<TextArea name="translation_id" toName="text"/>', "Translate the text."),
        ('<TextArea name="frenchTranslation" toName="text"/>', "Translate the text into French."),
        ('<TextArea name="summary" toName="text"/>', "Summarise the text."),
        ('<TextArea name="highlights" toName="text"/>', "Summarise the text."),
        ('<TextArea name="short_summary" toName="text"/>', "Write a short summary of the text."),
        ('<TextArea name="answer" toName="text"/>', "Write an answer to the text."),
        ('<TextArea name="reply-2" toName="text"/>', "Write a reply to the text."),
        ('<TextArea name="headline" toName="text"/>', "Write a headline for the text."),
        ('<TextArea name="legal_basis" toName="text"/>', "Write the legal basis for the text."),
        ('<TextArea name="ta1" toName="text"/>', "Write an answer to the text."),
        ('<TextArea name="textarea_3" toName="text"/>', "Write an answer to the text."),
        (
            '<TextArea name="out" toName="text" title="Your summary:"/>',
            "Summarise the text.",
        ),
        (
            '<TextArea name="out" toName="text" title="Summary in two sentences"/>',
            "For the text, write the summary in two sentences.",
        ),
        (
            '<TextArea name="out" toName="text" title="Summarise the article in one sentence"/>',
            "Summarise the article in one sentence.",
        ),
        (
            '<TextArea name="out" toName="text" placeholder="Enter your translation here..."/>',
            "Translate the text.",
        ),
        (
            '<TextArea name="out" toName="text" placeholder="Describe the product…"/>',
            "Describe the product.",
        ),
        (
            '<TextArea name="answer" toName="text" placeholder="e.g. 42"/>',
            "Write an answer to the text.",
        ),
        (
            '<TextArea name="x" toName="text" title="What is it about?" placeholder="Type here"/>',
            "What is it about?",
        ),
    ],
)
def test_a_text_is_asked_for_by_its_title_its_placeholder_or_its_name(
    control: str, said: str
) -> None:
    assert asked(TEXT + control) == said


@pytest.mark.parametrize(
    ("control", "said"),
    [
        (
            f'<Choices name="c" toName="text">{GOOD_BAD}</Choices>',
            "Choose one label for the text: good, bad.",
        ),
        (
            f'<Choices name="c" toName="text" title="Tone">{GOOD_BAD}</Choices>',
            "Choose the tone of the text: good, bad.",
        ),
        (
            f'<Choices name="c" toName="text" choice="multiple" title="Topics">{GOOD_BAD}'
            "</Choices>",
            "Choose all labels that fit for the text (topics): good, bad.",
        ),
        (
            f'<Header value="Choose text sentiment"/><Choices name="c" toName="text">{GOOD_BAD}'
            "</Choices>",
            "Choose text sentiment: good, bad.",
        ),
        (
            f'<Header value="How do you feel about it"/><Choices name="c" toName="text">{GOOD_BAD}'
            "</Choices>",
            "How do you feel about it? Choose one label: good, bad.",
        ),
        (
            f'<Labels name="ner" toName="text">{LABELS}</Labels>',
            "List the entities in the text with their labels: PER, ORG.",
        ),
        (
            f'<Header value="Mark all names"/><Labels name="ner" toName="text">{LABELS}</Labels>',
            "Mark all names.",
        ),
        (
            f'<Labels name="n" toName="text">{LABELS}</Labels><Relations><Relation value="knows"/>'
            '<Relation value="owns"/></Relations>',
            "List the entities in the text with their labels: PER, ORG. List the relations between"
            " them too: knows, owns.",
        ),
        ('<Rating name="stars" toName="text"/>', "Rate the text from 1 to 5."),
        (
            '<Rating name="fluency" toName="text" maxRating="7"/>',
            "Rate the fluency of the text from 1 to 7.",
        ),
        (
            '<Rating name="r" toName="text" title="Ease of reading"/>',
            "Rate the ease of reading of the text from 1 to 5.",
        ),
        (
            '<Number name="n1" toName="text" min="0" max="10"/>',
            "Answer with a number (0 to 10).",
        ),
        (
            '<Number name="word_count" toName="text"/>',
            "Give the word count of the text as a number.",
        ),
        ('<DateTime name="dt" toName="text"/>', "Answer with a date or a time."),
        (
            '<Taxonomy name="tax" toName="text" placeholder="Choose the species">'
            '<Choice value="Life"><Choice value="Animal"/></Choice></Taxonomy>',
            "Choose the species. Choose all paths that fit for the text: Life; Life > Animal.",
        ),
        (
            '<Text name="a" value="$a"/><Text name="b" value="$b"/>'
            '<Pairwise name="p" toName="a,b"/>',
            "Give the better answer.",
        ),
    ],
)
def test_each_kind_of_control_is_asked_for_in_its_own_words(control: str, said: str) -> None:
    assert asked(TEXT + control) == said


def test_spans_that_are_written_inline_ask_for_no_relations() -> None:
    related = '<Relations><Relation value="knows"/></Relations>'
    inside = f'{TEXT}<Labels name="n" toName="text">{LABELS}</Labels>{related}'
    said = "List the entities in the text with their labels: PER, ORG."
    assert asked(inside, spans_as="inline") == said


def test_a_control_is_asked_for_by_the_header_that_stands_above_it() -> None:
    inside = (
        f'<Header value="Review"/>{TEXT}<Header value="Choose the mood"/>'
        f'<Choices name="mood" toName="text">{GOOD_BAD}</Choices><Header value="Say why."/>'
        '<TextArea name="why" toName="text"/>'
    )
    assert asked(inside, control="mood") == "Choose the mood: good, bad."
    assert asked(inside, control="why") == "Say why."


REGION = (
    '<View visibleWhen="region-selected"><Header value="How sure are you?"/>'
    f'<Choices name="sure" toName="text" perRegion="true">{GOOD_BAD}</Choices></View>'
)


def test_a_header_is_for_the_controls_of_its_part_of_the_config_alone() -> None:
    labels = f'<Labels name="ner" toName="text">{LABELS}</Labels>'
    said = "List the entities in the text with their labels: PER, ORG."
    assert asked(f"{TEXT}{labels}{REGION}") == said
    assert asked(f"{REGION}{labels}{TEXT}") == said
    part = f'<View><Header value="Mark all names."/>{TEXT}</View>{REGION}{labels}'
    assert asked(part) == "Mark all names."


def test_a_name_above_a_text_is_its_caption_and_no_instruction() -> None:
    inside = f'<Header value="Review"/>{TEXT}<Choices name="c" toName="text">{GOOD_BAD}</Choices>'
    assert asked(inside) == "Choose one label for the text: good, bad."
    assert parse_config(f"<View>{inside}</View>".encode()).instruction is None


def test_the_instruction_stands_in_the_prompt() -> None:
    value = {"from_name": "tgt", "to_name": "text", "type": "textarea", "value": {"text": ["Ja."]}}
    config = f'<View>{TEXT}<TextArea name="tgt" toName="text"/></View>'
    (example,) = shaped(config, of_task("Yes.", annotated(value))).examples
    assert example.input == "Translate the text.\n\nYes."
    assert decode_task(json.dumps(of_task("Yes.", annotated(value))).encode()).data


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("short_summary", "short summary"),
        ("dueDate2", "due date"),
        ("ta1", ""),
        ("txt", ""),
        ("output", ""),
        ("x", ""),
        ("Straße", "straße"),
        ("оценка", "оценка"),
    ],
)
def test_a_name_is_spoken_in_words_and_one_that_says_nothing_is_not(name: str, said: str) -> None:
    assert spoken(name) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Enter your answer", "answer"),
        ("Type here...", ""),
        ("Write a summary here", "Write a summary"),
        ("https://example.com", ""),
        ("", ""),
    ],
)
def test_a_placeholder_says_what_is_typed(text: str, said: str) -> None:
    assert said_by_placeholder(text) == said


def test_an_unknown_name_has_no_form_of_its_own() -> None:
    assert text_asked_for("legal_basis", "the text") is None
