"""Messages that the cell of a table holds as text are messages, or stop the run: never a text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dataprep import jsonio
from dataprep.checks import Context, RowJudge
from dataprep.finding import UsageError
from dataprep.fixes.mend import mend
from dataprep.formats.reader import RowReader
from tests.unit.formats.rows import example, shaped

ASKED = [{"role": "user", "content": "How do I boil an egg?"}]
ANSWERED = [{"role": "assistant", "content": "Nine minutes."}]
BAD = [{"role": "assistant", "content": "No."}]


def numpy(*messages: dict[str, str]) -> str:
    """A list as pandas writes the array that Parquet gave it."""
    return "[" + "\n ".join(map(str, messages)) + "]"


@pytest.mark.parametrize("written", [json.dumps, str, lambda said: numpy(*said)])
def test_both_sides_of_a_pair(written: Any) -> None:
    made = example({"prompt": written(ASKED), "completion": written(ANSWERED)})
    assert (made.input, made.output) == ("How do I boil an egg?", "Nine minutes.")


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "How do I boil an egg?", "completion": json.dumps(ANSWERED)},
        {"prompt": json.dumps(ASKED), "completion": "Nine minutes."},
        {"prompt": json.dumps(ASKED), "completion": str(ANSWERED), "label": True},
        {"prompt": "How do I boil an egg?", "completion": str(ANSWERED), "label": "True"},
    ],
)
def test_one_side_of_a_pair_and_feedback(row: dict[str, Any]) -> None:
    made = example(row)
    assert (made.input, made.output) == ("How do I boil an egg?", "Nine minutes.")


def test_a_pair_that_talks_of_json_stays_what_it_is() -> None:
    row = {"prompt": 'Sort [{"a": 2}, {"a": 1}]', "completion": '[{"a": 1}, {"a": 2}]'}
    made = example(row)
    assert (made.input, made.output) == (row["prompt"], row["completion"])


def test_both_answers_of_a_preference_as_numpy_writes_them() -> None:
    sides = {"chosen": numpy(*ASKED, *ANSWERED), "rejected": numpy(*ASKED, *BAD)}
    made = example({"prompt": "How do I boil an egg?", **sides})
    assert (made.output, made.rejected) == ("Nine minutes.", "No.")


def test_what_begins_like_a_list_and_is_none_is_refused() -> None:
    row = {"prompt": "Hi", "chosen": "[{'role': 'user', ...", "rejected": "No."}
    with pytest.raises(UsageError, match="begins like a list of messages"):
        shaped(row)


def test_a_conversation_under_another_name_is_asked_for() -> None:
    row = {"question": json.dumps(ASKED), "answer": json.dumps(ANSWERED)}
    with pytest.raises(UsageError, match="is a list of messages"):
        shaped(row)


def test_options_that_bring_their_letters_are_shown_as_they_came() -> None:
    row = {"question": "What is 20 + 1?", "options": ["A)20", "B)21"], "correct": "B"}
    made = example(row)
    assert made.input == "What is 20 + 1?\n\nA)20\nB)21"


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        (
            {
                "sentence": "Ian ate it as _ hated it.",
                "option1": "I",
                "option2": "D",
                "answer": "2",
            },
            "D",
        ),
        (
            {
                "question_stem": "The sun makes",
                "choices": {"text": ["rain", "plants grow"], "label": ["A", "B"]},
                "answerKey": "B",
            },
            "plants grow",
        ),
    ],
)
def test_questions_of_known_sets_have_their_options(row: dict[str, Any], answer: str) -> None:
    assert example(row).output == answer


def test_the_direction_of_a_translation_is_named_by_its_languages() -> None:
    row = {"translation": {"en": "The Wanderer", "pt-BR": "O Errante"}}
    with pytest.raises(UsageError) as asked:
        shaped(row)
    assert "--prompt '{{ translation.en }}'" in asked.value.remedy
    assert "--completion '{{ translation[\"pt-BR\"] }}'" in asked.value.remedy
    flags = {"prompt": '{{ translation["en"] }}', "completion": '{{ translation["pt-BR"] }}'}
    assert example(row, **flags).output == "O Errante"


PREFERENCES: list[dict[str, Any]] = [
    {
        "input": json.dumps({"messages": ASKED}),
        "preferred_output": json.dumps(ANSWERED),
        "non_preferred_output": json.dumps(BAD),
    },
    {"messages": json.dumps(ASKED), "chosen": "Nine minutes.", "rejected": "No."},
    {
        "input": {"messages": json.dumps(ASKED)},
        "preferred_output": json.dumps(ANSWERED),
        "non_preferred_output": BAD,
    },
    {
        "prompt": ASKED[0]["content"],
        "chosen": json.dumps(ANSWERED[0]),
        "rejected": json.dumps(BAD[0]),
    },
    {
        "messages": json.dumps(ASKED),
        "chosen": json.dumps(ANSWERED[0]),
        "rejected": json.dumps(BAD[0]),
    },
    {
        "prompt": ASKED[0]["content"],
        "chosen": json.dumps(ASKED + ANSWERED),
        "rejected": json.dumps(ASKED + BAD),
        "messages": json.dumps(ASKED + ANSWERED),
    },
    {"prompt": json.dumps(ASKED), "chosen": json.dumps(ANSWERED), "rejected": json.dumps(BAD)},
    {"prompt": json.dumps(ASKED[0]), "chosen": "Nine minutes.", "rejected": "No."},
    {
        "input": json.dumps({"messages": ASKED}),
        "preferred_output": json.dumps(ANSWERED[0]),
        "non_preferred_output": json.dumps(BAD[0]),
    },
]


@pytest.mark.parametrize("row", PREFERENCES)
def test_the_sides_of_a_preference_are_read_in_cells_and_the_fix_writes_them(
    row: dict[str, Any],
) -> None:
    made = example(row)
    said = (made.input, made.output, made.rejected)
    assert said == ("How do I boil an egg?", "Nine minutes.", "No.")
    judge = RowJudge(Context())
    faults = judge.all_of(row, RowReader([row], broken=judge.broken).read(row))
    assert {fault.code for fault in faults} == {"C018"}
    mended = mend("messages-as-list", jsonio.dumps(row), [fault.path for fault in faults])
    assert mended is not None
    told = jsonio.loads(mended)
    assert not any(isinstance(v, str) and v[:1] in "[{" for v in told.values())
    assert example(told).rejected == "No."


def test_json_that_is_no_message_is_the_answer_of_a_preference() -> None:
    row = {"prompt": "As JSON?", "chosen": '[{"city": "Lima"}]', "rejected": '[{"city": "Rome"}]'}
    made = example(row)
    assert (made.output, made.rejected) == (row["chosen"], row["rejected"])


def test_the_fix_of_one_side_makes_messages_of_the_other_too() -> None:
    mended = mend(
        "messages-as-list",
        jsonio.dumps({"prompt": json.dumps(ASKED), "completion": "Nine minutes."}),
        ["prompt"],
    )
    assert mended is not None
    assert jsonio.loads(mended) == {"prompt": ASKED, "completion": ANSWERED}


def test_single_messages_of_a_pair_are_messages_and_other_objects_are_texts() -> None:
    made = example({"prompt": json.dumps(ASKED[0]), "completion": json.dumps(ANSWERED[0])})
    assert (made.input, made.output) == ("How do I boil an egg?", "Nine minutes.")
    said = json.dumps({**ANSWERED[0], "mood": "good"})
    assert example({"prompt": "As JSON?", "completion": said}).output == said
