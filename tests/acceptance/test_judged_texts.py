"""Which text of a task was judged, and which one asked for it: told, or asked for by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.building import annotated, of_task
from tests.converting import Converting
from tests.exports import answer, project
from tests.judged_exports import (
    ASKED,
    SAID,
    TEXTS,
    asked,
    chosen,
    dropped,
    one_each,
    pairs,
    rated,
    thumbs,
    verdicts,
)


@pytest.fixture
def convert(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Converting:
    return Converting(tmp_path, capsys)


def test_of_several_controls_the_one_that_judges_is_taken_or_asked_for(
    convert: Converting,
) -> None:
    topic = '<Choices name="topic" toName="prompt"><Choice value="sea"/><Choice value="air"/>'
    config = project(TEXTS, f"{thumbs('👍', '👎')}{topic}</Choices>")
    tasks = one_each(chosen("👍"), chosen("👎"))
    made = convert(tasks, "--to", "kto", config=config)
    assert verdicts(made) == pairs(True, False)
    assert "not learned: topic" in made.said
    both = project(TEXTS, thumbs("👍", "👎") + '<Rating name="stars" toName="response"/>')
    tasks = [
        asked(0, annotated(chosen("👍"), rated(1, "stars"))),
        asked(1, annotated(chosen("👎"), rated(5, "stars"))),
    ]
    made = convert(tasks, "--to", "kto", config=both)
    assert made.code == 2
    assert "--control thumb" in made.said
    assert "--control stars" in made.said
    made = convert(tasks, "--to", "kto", "--control", "stars", config=both)
    assert verdicts(made) == pairs(False, True)


def test_which_text_asks_is_never_guessed(convert: Converting) -> None:
    context = '<Text name="context" value="$context"/>'
    config = project(context + TEXTS, thumbs("👍", "👎"))
    tasks = [
        asked(0, annotated(chosen("👍")), context="Birds."),
        asked(1, annotated(chosen("👎")), context="Fish."),
    ]
    made = convert(tasks, "--to", "kto", config=config)
    assert made.code == 2
    assert "--prompt '{{ context }}\\n\\n{{ prompt }}'" in made.said
    template = "{{ context }}\n\n{{ prompt }}"
    made = convert(tasks, "--to", "kto", "--prompt", template, config=config)
    assert verdicts(made) == sorted(
        [
            (f"Birds.\n\n{ASKED[0]}", SAID[0], True),
            (f"Fish.\n\n{ASKED[1]}", SAID[1], False),
        ]
    )


def test_a_system_message_is_asked_for_as_one(convert: Converting) -> None:
    config = project('<Text name="s" value="$system_prompt"/>' + TEXTS, thumbs("👍", "👎"))
    tasks = [
        asked(0, annotated(chosen("👍")), system_prompt="Be brief."),
        asked(1, annotated(chosen("👎")), system_prompt="Be kind."),
    ]
    refused = convert(tasks, "--to", "kto", config=config)
    assert refused.code == 2
    assert "Say it: --system '{{ system_prompt }}'" in refused.said
    made = convert(tasks, "--to", "kto", "--system", "{{ system_prompt }}", config=config)
    assert verdicts(made) == [
        (f"system: Be brief.\nuser: {ASKED[0]}", SAID[0], True),
        (f"system: Be kind.\nuser: {ASKED[1]}", SAID[1], False),
    ]


def test_metadata_that_annotators_saw_is_named_as_left_out(convert: Converting) -> None:
    config = project('<Text name="m" value="$model"/>' + TEXTS, thumbs("👍", "👎"))
    tasks = [asked(n, annotated(chosen("👍👎"[n])), model="gpt") for n in range(2)]
    made = convert(tasks, "--to", "kto", config=config)
    assert verdicts(made) == pairs(True, False)
    assert "not in the prompt: model" in made.said


def test_texts_of_the_data_that_nobody_was_shown_are_named(convert: Converting) -> None:
    config = project(TEXTS, thumbs("👍", "👎"))
    tasks = [
        asked(0, annotated(chosen("👍")), system="Be brief."),
        asked(1, annotated(chosen("👎")), system="Be brief."),
    ]
    made = convert(tasks, "--to", "kto", config=config)
    assert verdicts(made) == pairs(True, False)
    assert "not in the prompt: system" in made.said
    made = convert(tasks, "--to", "kto", "--system", "{{ system }}", config=config)
    assert made.code == 0
    assert "not in the prompt" not in made.said


def test_a_response_without_a_question_is_asked_about(convert: Converting) -> None:
    config = project('<Text name="response" value="$response"/>', thumbs("👍", "👎"))
    tasks = one_each(chosen("👍"), chosen("👎"))
    made = convert(tasks, "--to", "kto", config=config)
    assert made.code == 2
    assert "--prompt '{{ prompt }}'" in made.said


def test_a_verdict_on_the_prompt_is_no_verdict_on_the_response(convert: Converting) -> None:
    """Where every control is bound to the prompt, its name and the config contradict each other."""
    config = project(TEXTS, thumbs("👍", "👎").replace('"response"', '"prompt"'))
    tasks = one_each(chosen("👍", about="prompt"), chosen("👎", about="prompt"))
    made = convert(tasks, "--to", "kto", config=config)
    assert made.code == 2
    assert "--text response" in made.said
    made = convert(tasks, "--to", "kto", "--text", "response", config=config)
    assert verdicts(made) == pairs(True, False)


def test_a_field_that_a_template_reads_is_no_question(convert: Converting) -> None:
    source = '<Text name="source" value="$book.passage"/>'
    config = project(source + TEXTS, thumbs("👍", "👎"))
    tasks = one_each(chosen("👍"), chosen("👎"))
    for one in tasks:
        one["data"]["book"] = {"passage": "An old book."}
    refused = convert(tasks, "--to", "kto", config=config)
    assert refused.code == 2
    assert "--prompt '{{ book.passage }}\\n\\n{{ prompt }}'" in refused.said
    system = "{{ data.book.passage }}"
    made = convert(tasks, "--to", "kto", "--system", system, config=config)
    assert [row[0].splitlines()[0] for row in verdicts(made)] == ["system: An old book."] * 2


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        ("$deep.question", "{}"),
        ("$turns[0].text", "{}"),
        ("Q: $deep.question ($number)", "Q: {} (7)"),
    ],
)
def test_a_question_may_lie_deep_in_the_data_or_be_put_together(
    convert: Converting, shown: str, wanted: str
) -> None:
    config = project(TEXTS.replace("$prompt", shown), thumbs("👍", "👎"))
    tasks = one_each(chosen("👍"), chosen("👎"))
    for one in tasks:
        said = one["data"].pop("prompt")
        one["data"] |= {"deep": {"question": said}, "turns": [{"text": said}], "number": 7}
    made = convert(tasks, "--to", "kto", config=config)
    assert [row[0] for row in verdicts(made)] == sorted(wanted.format(q) for q in ASKED[:2])
    flat = [{**one, "data": {**one["data"], "deep.question": "Flat?"}} for one in tasks]
    if shown == "$deep.question":
        made = convert(flat, "--to", "kto", config=config)
        assert [row[0] for row in verdicts(made)] == ["Flat?", "Flat?"]


def test_stars_on_a_prompt_alone_say_that_the_answer_is_missing(convert: Converting) -> None:
    """As LangChain's config has it: what is judged there is what annotators wrote themselves."""
    config = project(
        '<Text name="prompt" value="$prompt"/>',
        '<TextArea name="response" toName="prompt"/><Rating name="rating" toName="prompt"/>',
    )
    tasks = one_each(rated(5, about="prompt"), rated(1, about="prompt"))
    for one in tasks:
        del one["data"]["response"]
    made = convert(tasks, "--to", "kto", config=config)
    assert made.code == 2
    assert "'rating' judges 'prompt', which by its name is what was asked" in made.said
    assert "--text" in made.said


def test_templates_of_the_user_win(convert: Converting) -> None:
    tasks = one_each(chosen("👍"), chosen("👎"))
    flags = ("--prompt", "Q: {{ prompt }}", "--completion", "A: {{ response }}")
    made = convert(tasks, "--to", "kto", *flags, "--system", "Be brief.")
    assert verdicts(made) == sorted(
        [
            (f"system: Be brief.\nuser: Q: {ASKED[0]}", f"A: {SAID[0]}", True),
            (f"system: Be brief.\nuser: Q: {ASKED[1]}", f"A: {SAID[1]}", False),
        ]
    )


def test_without_a_config_the_names_of_the_fields_tell(convert: Converting) -> None:
    tasks = one_each(chosen("👍"), chosen("👎"))
    assert verdicts(convert(tasks, "--to", "kto")) == pairs(True, False)
    for one in tasks:
        one["data"] |= {"model": "gpt", "notes": "seen by a second person"}
    made = convert(tasks, "--to", "kto")
    assert made.code == 2
    assert "notes" in made.said
    assert "--leave-out notes" in made.said
    assert verdicts(convert(tasks, "--to", "kto", "--leave-out", "notes")) == pairs(True, False)


TURNS = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello"},
    {"role": "user", "content": "Bye"},
    {"role": "assistant", "content": "Adieu"},
]
BEFORE = "system: Be kind.\nuser: Hi\nassistant: Hello\nuser: Bye"
PARAGRAPHS = (
    '<Paragraphs name="dialogue" value="$turns" layout="dialogue" nameKey="role"'
    ' textKey="content"/>'
)
CHAT = '<Chat name="dialogue" value="$turns"/>'


@pytest.mark.parametrize("shown", [PARAGRAPHS, CHAT])
def test_of_a_conversation_the_last_answer_is_judged(convert: Converting, shown: str) -> None:
    config = project(shown, '<Rating name="likert" toName="dialogue" maxRating="7"/>')
    other = [*TURNS[:-1], {"role": "assistant", "content": "Go away"}]
    stars = [rated(n, "likert", "dialogue") for n in (7, 1, 4, 6)]
    tasks = [
        of_task({"turns": TURNS}, annotated(stars[0]), id=0),
        of_task({"turns": other}, annotated(stars[1]), id=1),
        of_task({"turns": TURNS[:3]}, annotated(stars[2]), id=2),
        of_task({"turns": TURNS[:4]}, annotated(stars[3]), id=3),
    ]
    made = convert(tasks, "--to", "kto", config=config)
    assert made.code == 1
    assert "export.json task 3 annotation 01-1: A008" in made.said
    assert "ends with a turn of the user" in made.said
    made = convert(tasks, "--to", "kto", "--drop-invalid", config=config)
    assert verdicts(made) == [(BEFORE, "Adieu", True), (BEFORE, "Go away", False)]
    assert dropped(made) == {"neutral": 1, "A008": 1}


def test_a_text_beside_a_conversation_that_nobody_was_shown_is_named(convert: Converting) -> None:
    config = project(CHAT, '<Rating name="likert" toName="dialogue" maxRating="7"/>')
    tasks = [
        of_task({"turns": TURNS, "notes": "By hand."}, annotated(rated(n, "likert", "dialogue")))
        for n in (7, 1)
    ]
    made = convert(tasks, "--to", "kto", config=config)
    assert made.code == 0
    assert "the last answer of 'turns' is judged, not in the prompt: notes" in made.said


def test_a_response_to_a_dialogue_follows_its_turns(convert: Converting) -> None:
    dialogue = PARAGRAPHS.replace('"dialogue" value', '"context" value')
    config = project(dialogue + '<Text name="response" value="$response"/>', thumbs("👍", "👎"))
    tasks = [
        of_task({"turns": TURNS[:4], "response": said}, annotated(chosen(thumb)), id=n)
        for n, (said, thumb) in enumerate([("Adieu", "👍"), ("Go away", "👎")])
    ]
    made = convert(tasks, "--to", "kto", config=config)
    assert verdicts(made) == [(BEFORE, "Adieu", True), (BEFORE, "Go away", False)]


def test_what_an_annotator_said_with_a_model_is_judged_with_it(convert: Converting) -> None:
    config = project(CHAT, '<Rating name="quality" toName="dialogue"/>')
    written = [
        answer("dialogue", "dialogue", "chatmessage", chatmessage=turn) for turn in TURNS[3:]
    ]
    tasks = [
        of_task({"turns": TURNS[:3]}, annotated(*written, rated(5, "quality", "dialogue")), id=0),
        of_task({"turns": TURNS[:3]}, annotated(rated(1, "quality", "dialogue")), id=1),
    ]
    made = convert(tasks, "--to", "kto", config=config)
    assert verdicts(made) == [
        ("system: Be kind.\nuser: Hi", "Hello", False),
        (BEFORE, "Adieu", True),
    ]


def test_what_compares_two_answers_stays_a_comparison(convert: Converting) -> None:
    config = project(
        '<Text name="q" value="$q"/><Text name="a" value="$a"/><Text name="b" value="$b"/>',
        '<Pairwise name="pref" toName="a,b"/><Rating name="stars" toName="a"/>',
    )
    result = answer("pref", "pref", "pairwise", selected="left")
    tasks = [of_task({"q": "2+2?", "a": "4", "b": "5"}, annotated(result, rated(5, "stars", "a")))]
    made = convert(tasks, "--to", "kto", config=config)
    assert verdicts(made) == [("2+2?", "4", True), ("2+2?", "5", False)]


def test_the_assessment_of_chatbots_asks_which_of_its_controls_judges(convert: Converting) -> None:
    """Label Studio's own template: stars without toName, and questions about single faults."""
    faults = "".join(
        thumbs("Yes", "No", name=name).replace('"response"', '"dialogue"')
        for name in ("fails_to_follow", "hallucination", "contains_violent")
    )
    config = project(PARAGRAPHS, f'<Rating name="likert_scale" maxRating="7"/>{faults}')
    told = [(7, "No", TURNS), (2, "No", TURNS[:3]), (6, "Yes", TURNS)]
    tasks = [
        of_task(
            {"turns": turns},
            annotated(
                rated(stars, "likert_scale", "dialogue"),
                chosen(fault, control="hallucination", about="dialogue"),
            ),
            id=n,
        )
        for n, (stars, fault, turns) in enumerate(told)
    ]
    made = convert(tasks, "--to", "kto", config=config)
    assert made.code == 2
    assert "Several controls judge an answer: hallucination, likert_scale." in made.said
    made = convert(tasks, "--to", "kto", "--control", "likert_scale", config=config)
    assert [label for _, _, label in verdicts(made)] == [False, True, True]
    made = convert(tasks, "--to", "kto", "--control", "hallucination", config=config)
    assert [label for _, _, label in verdicts(made)] == [True, False, True]
    unsaid = ("--to", "kto", "--control", "contains_violent")
    assert "--good" in convert(tasks, *unsaid, config=config).said
