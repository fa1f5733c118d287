"""What judges an answer is told, or asked for: no answer that somebody refused teaches anything."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dataprep.checks import Context, RowJudge
from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding, Place, UsageError
from dataprep.formats.plain_rows import quick_chat
from dataprep.recipe import Source, Target
from dataprep.shapes.rows import RowShape
from tests.unit.formats.rows import example, shaped_rows

ANSWER = {"question": "Where is Lima?", "answer": "In Peru"}


def outcome(row: dict[str, Any], *others: dict[str, Any], **recipe: Any) -> str:
    """What became of a row that stands before others in its file."""
    try:
        made = shaped_rows([row, *others], **recipe)[0]
    except UsageError as asked:
        if "nothing says what becomes of it" in asked.message:
            return "S004"
        raise
    if isinstance(made, Example):
        return "disapproved" if made.shape == "disapproved" else "taught"
    return made.reason if isinstance(made, Drop) else made.code


def column(name: str, *values: Any) -> list[dict[str, Any]]:
    """Rows with a question, an answer, and that column."""
    return [
        {"question": f"Where is {number}?", "answer": f"In {number}", name: value}
        for number, value in enumerate(values)
    ]


BAD_AND_GOOD = [
    ("is_safe", False, True),
    ("safe", "no", "yes"),
    ("valid", False, True),
    ("is_valid", 0, 1),
    ("solution_is_valid", "No", "Yes"),
    ("solution_is_valid", "Incomplete", "Yes"),
    ("passed", False, True),
    ("human_verified", False, True),
    ("answer_correct", False, True),
    ("is_answer_correct", "no", "yes"),
    ("isCorrect", "false ", "true"),
    ("acceptable", "nope", "ok"),
    ("accepted", "No!", "y"),
    ("accepted", "-1", "1"),
    ("factual", False, True),
    ("solved", False, True),
    ("math_verify", False, True),
    ("is_rejected", 1, 0),
    ("flagged", True, False),
    ("hallucination", True, False),
    ("is_harmful", 1, 0),
    ("review", "reject", "approve"),
    ("review_result", False, True),
    ("decision", "REJECT", "ACCEPT"),
    ("outcome", "failed", "success"),
    ("verdict", "incorrect", "correct"),
    ("label", "incorrect", "correct"),
    ("label", "undesirable", "desirable"),
    ("label", 0, 1),
    ("label", "dispreferred", "preferred"),
    ("feedback", "thumbs_down", "thumbs_up"),
    ("feedback", "negative", "positive"),
    ("preference", "worse", "better"),
    ("correctness", "incorrect", "correct"),
    ("thumbs", -1, 1),
    ("rejected", True, False),
    ("quality", ["bad"], ["good"]),
    ("thumbs_down", 1, 0),
    ("thumbs_down", "TRUE", "FALSE"),
    ("worse", 1, 0),
    ("dislike", True, False),
    ("has_hallucination", True, False),
    ("verdict", "disapproved", "approved"),
]


@pytest.mark.parametrize(("name", "bad", "good"), BAD_AND_GOOD)
def test_a_verdict_is_told_by_its_name_and_its_words(name: str, bad: Any, good: Any) -> None:
    assert outcome(*column(name, bad, good)) == "disapproved"
    assert outcome(*column(name, good, bad)) == "taught"


@pytest.mark.parametrize(("name", "bad", "good"), BAD_AND_GOOD)
def test_a_file_of_bad_answers_alone_teaches_none(name: str, bad: Any, good: Any) -> None:
    assert outcome(*column(name, bad, bad)) == "disapproved"


@pytest.mark.parametrize("name", ["deleted", "discard", "exclude", "is_skipped", "removed"])
def test_a_row_that_is_gone_is_no_bad_answer(name: str) -> None:
    assert outcome(*column(name, "true", "false")) == "not-approved"
    assert outcome(*column(name, False, True)) == "taught"


def test_a_state_that_ends_a_record_drops_it() -> None:
    states = column("status", "discarded", "completed", "pending")
    assert outcome(*states) == "not-approved"
    assert outcome(states[1], *states) == "taught"
    assert outcome(states[2], *states) == "S004"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("rating", (1, 2, 5)),
        ("rating", ("1", "2", "5")),
        ("rating", ("1", "1", "1")),
        ("helpfulness", (1, 0, 1)),
        ("votes", (-7, 0, 25)),
        ("score", (-1, 1)),
        ("label", (1, 0, 2)),
        ("is_not_harmful", (True, False)),
        ("verdict", ("bordering", "good", "bad")),
        ("verdict", ("alpha", "beta")),
        ("quality.responses", (["1"], ["2"])),
        ("feedback", ("This is wrong, it is in Chile", "good")),
        ("anything", (True, False)),
        ("anything", ("yes", "no")),
        ("edited_answer", ("In Chile", "In Peru")),
        ("result", ("fail", "pass")),
        ("tags", (["rejected"], ["new"])),
        ("answer_status", ("rejected", "new")),
        ("annotation", ({"accepted": False}, {"accepted": True})),
        ("metadata", ({"feedback": "thumbs_down"}, {})),
        ("deleted_at", ("2026-11-01", "2026-11-02")),
        ("has_hallucination_score", (0.5, 0.25)),
        ("low_quality", (True, False)),
        ("negative_feedback", (1, 0)),
        ("safety_violation", ("yes", "no")),
        ("score_below_threshold", (True, False)),
        ("num_errors", (3, 0)),
        ("csat", (1, 5)),
        ("faithfulness", (0.1, 0.9)),
        ("quality", ("low", "high")),
        ("decision", ("deny", "escalate")),
        ("rating", ("D-", "D-")),
        ("correct_answer", ("Rome", "Rome")),
        ("state", ("deleted", "active")),
        ("low_quality", ("true", "true")),
        ("buggy", (1, 0)),
        ("superseded", (True, True)),
        ("contains_error", (True, True)),
        ("downvotes", ("low", "low")),
        ("rejection_reason", ("too long", "")),
        ("accuracy", (0.5, 0.7)),
        ("metadata", ({"rejected": True}, {})),
        ("flags", ({"incorrect": True}, {})),
        ("source", ({"approved": False}, {"approved": True})),
        ("anything", (0, 1)),
        ("anything", ("1", "0")),
        ("anything", ("Bad", "Good")),
        ("answer_status", ("wrong", "right")),
        ("metadata", ({"rating": 1}, {"rating": 5})),
        ("metadata", ({"evaluation": {"score": 0.1}}, {})),
        ("metadata", ('{"is_correct": false}', "{}")),
        ("anything", ("{'verdict': 'incorrect'}", "")),
    ],
)
def test_what_nobody_explained_is_asked_for(name: str, values: tuple[Any, ...]) -> None:
    assert outcome(*column(name, *values)) == "S004"
    assert outcome(*column(name, *values), carry=[name]) == "taught"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("anything", (True, True)),
        ("edited", (False, False)),
        ("fixed", (0, 0)),
        ("pii_removed", (True, True)),
        ("stopwords_removed", ("yes", "yes")),
        ("hallucination_free", (True, True)),
        ("contains_code", (True, False)),
        ("is_english", (True, False)),
        ("edited_by", ("Ada", "Bo")),
        ("grade_level", (5, 6)),
        ("result", ("42", "43")),
        ("metadata", ({"lang": "en"}, {"lang": "de"})),
        ("label", ("sport", "music")),
        ("status", ("open", "new")),
        ("has_code", (True, False)),
        ("synthetic", (True, False)),
        ("reward_model", ("A", "B")),
        ("chosen_score", (1, 5)),
        ("anything", (1, 2)),
        ("anything", (1, 1)),
        ("anything", ("good", "new")),
        ("metadata", ('{"tokens": 5}', "{}")),
        ("state", ("New York", "Ohio")),
        ("difficulty", (1, 5)),
    ],
)
def test_what_judges_nothing_is_carried_along(name: str, values: tuple[Any, ...]) -> None:
    assert outcome(*column(name, *values)) == "taught"


@pytest.mark.parametrize("late", [{"score": -1}, {"split": "validation"}, {"checked": True}])
def test_a_key_that_only_some_rows_have_is_not_the_same_in_all(late: dict[str, Any]) -> None:
    assert outcome({**ANSWER, **late}, ANSWER, ANSWER) == "S004"


def test_chats_and_rows_with_a_system_keep_their_bad_answers_for_readers_of_verdicts() -> None:
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Go away"}]
    assert outcome({"messages": messages, "is_good": False}) == "disapproved"
    row = {"system": "Be kind.", "prompt": "Hi", "completion": "Go away", "label": False}
    assert outcome(row) == "disapproved"


def test_an_answer_that_a_message_has_corrected_is_asked_for() -> None:
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Go"}]
    assert outcome({"messages": messages, "edited_answer": "Hello there"}) == "S004"


def test_what_cannot_be_answered_is_taught_so_and_is_no_bad_answer() -> None:
    known = {"text": ["Lima"], "answer_start": [0]}
    rows = [
        {"context": "Lima.", "question": "Where?", "answers": known, "is_impossible": False},
        {"context": "Lima.", "question": "Who?", "answers": {"text": []}, "is_impossible": True},
    ]
    made = shaped_rows(rows)
    assert [one.output for one in made if isinstance(one, Example)] == ["Lima", "unanswerable"]
    assert outcome({**ANSWER, "is_impossible": True}) == "S004"


def test_a_template_says_which_answers_were_approved() -> None:
    rows = column("rating", 5, 2, 4)
    made = shaped_rows(rows, approved="{{ rating >= 4 }}")
    assert [one.shape for one in made if isinstance(one, Example)] == [
        "feedback",
        "disapproved",
        "feedback",
    ]


def test_a_template_overrules_the_label_of_a_kto_row() -> None:
    row = {"prompt": "Hi", "completion": "Hello", "label": 1}
    assert outcome(row, row, approved="{{ label == 0 }}") == "disapproved"
    assert outcome(row, row, approved="{{ label == 1 }}") == "taught"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ rating }}", "approved makes '5' of this row, which is no true or false"),
        ("{{ rating / 0 }}", "approved"),
        ("{{ other == 1 }}", "approved reads 'other', which is missing"),
    ],
)
def test_a_template_that_says_neither_is_a_fault_of_the_row(template: str, said: str) -> None:
    rows = [*column("rating", 5), {**ANSWER, "other": 1}]
    (made, *_) = shaped_rows(rows, approved=template)
    assert isinstance(made, Finding)
    assert said in made.message


def test_a_template_that_names_no_column_is_refused() -> None:
    with pytest.raises(UsageError, match="approved names the column 'stars'"):
        outcome(ANSWER, approved="{{ stars > 3 }}")


@pytest.mark.parametrize(
    ("name", "values", "flag"),
    [
        ("rating", (2, 5), "--approved '{{ rating >= 4 }}'"),
        ("rating", ("2", "5"), "--approved '{{ rating >= 4 }}'"),
        ("score", (0, 1), "--approved '{{ score == 1 }}'"),
        ("anything", ("yes", "no"), "--approved '{{ anything == \"yes\" }}'"),
        ("quality", ([2], [5]), "--approved '{{ quality[0] >= 4 }}'"),
        ("rating", ("1", "5"), "--approved '{{ rating >= 4 }}'"),
        ("low_quality", (True, False), "--approved '{{ not low_quality }}'"),
        ("low_quality", ("yes", "no"), "--approved '{{ low_quality == \"no\" }}'"),
        ("toxicity_score", (0.1, 0.9), "--approved '{{ not toxicity_score >= 0.5 }}'"),
        ("feedback", ({"rating": 1}, {"rating": -1}), "--approved '{{ feedback.rating == 1 }}'"),
        ("user rating", (1, 5), "--approved '{{ row[\"user rating\"] >= 4 }}'"),
        ("edited_answer", ("In Chile", "In Peru"), "--completion '{{ edited_answer }}'"),
        ("anything", (True, False), "--approved '{{ anything }}'"),
        ("verdict", ("alpha", "beta"), "--approved '{{ verdict == \"...\" }}'"),
        ("anything", ("Bad", "Good"), "--approved '{{ anything == \"Good\" }}'"),
        ("anything", (0, 1), "--approved '{{ anything == 1 }}'"),
        ("deleted_at", ("2026-11-01", None), "--approved '{{ not deleted_at }}'"),
        ("is_refusal", (True, False), "--approved '{{ not is_refusal }}'"),
        ("duplicate", (True, False), "--approved '{{ not duplicate }}'"),
        ("metadata", ('{"is_correct": false}', "{}"), "Carry it along"),
    ],
)
def test_the_flag_that_honours_a_verdict_is_printed(
    name: str, values: tuple[Any, ...], flag: str
) -> None:
    with pytest.raises(UsageError) as asked:
        shaped_rows(column(name, *values))
    assert flag in asked.value.remedy


def chat(*told: dict[str, Any], **beside: Any) -> dict[str, Any]:
    """A conversation whose messages hold what is told beside what is said."""
    roles = ("user", "assistant", "user", "assistant")
    return {
        "messages": [
            {"role": role, "content": f"Words {number}", **more}
            for number, (role, more) in enumerate(zip(roles, told, strict=False))
        ],
        **beside,
    }


def test_a_verdict_inside_the_last_message_is_on_the_answer() -> None:
    assert outcome(chat({}, {"accepted": False})) == "disapproved"
    assert outcome(chat({}, {"feedback": "thumbs_down"})) == "disapproved"
    assert outcome(chat({}, {"accepted": True})) == "taught"
    assert outcome(chat({}, {"id": "m2"})) == "taught"
    assert outcome(chat({}, {"rejected": True})) == "disapproved"
    assert outcome(chat({}, {"bad": "yes"})) == "disapproved"
    assert outcome(chat({}, {"rejected": False})) == "taught"


def test_what_is_said_of_a_question_is_no_verdict_on_the_answer() -> None:
    assert outcome(chat({"toxic": True}, {"toxic": False})) == "taught"
    assert outcome(chat({"toxic": False}, {"toxic": True})) == "disapproved"
    flagged = [{"flagged": True}, {"flagged": False}]
    assert outcome(chat({}, {}, openai_moderation=flagged)) == "taught"


def test_a_verdict_inside_messages_that_nobody_explained_is_asked_for() -> None:
    for told in (
        {"rating": -1},
        {"correction": "Other words"},
        {"metadata": {"is_correct": False}},
        {"metadata": '{"is_correct": false}'},
        {"annotations": [{"rating": "bad"}]},
        {"tags": ["rejected"]},
        {"anything": "rejected"},
        {"rejected_response": "A worse answer"},
    ):
        assert outcome(chat({}, told)) == "S004"
    assert outcome(chat({}, {"is_correct": False}, {}, {})) == "S004"
    path = "messages[].rating"
    assert outcome(chat({}, {"rating": -1}), carry=[path]) == "taught"
    (made,) = shaped_rows([chat({}, {"rating": -1})], leave_out=[path])
    assert isinstance(made, Example)
    assert made.meta == "{}"


def test_the_columns_of_a_preference_do_not_disapprove_its_better_answer() -> None:
    pair = {"prompt": "Hi", "chosen": "Hello", "rejected": "Go"}
    more = {
        "chosen_quality": "good",
        "rejected_quality": "bad",
        "rejected_violation": True,
        "chosen_reward": 0.5,
        "score_margin": 2,
        "rating": [8, 3],
    }
    (made,) = shaped_rows([{**pair, **more}])
    assert isinstance(made, Example)
    assert (made.shape, made.output, made.rejected) == ("preference", "Hello", "Go")


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("low_quality", False, True),
        ("contains_error", "no", "yes"),
        ("passed_tests", True, False),
        ("exact_match", 1, 0),
        ("pass@1", "1", "0"),
    ],
)
def test_a_verdict_that_changes_after_the_first_rows_is_asked_for(
    name: str, good: Any, bad: Any
) -> None:
    rows = [*column(name, *[good] * 5), *column(name, bad)]
    records = [Record(Place(file="rows.jsonl", line=n), n, row) for n, row in enumerate(rows, 1)]
    shape = RowShape(records[:5], Source(path="rows.jsonl"))
    *before, last = [shape(record) for record in records]
    assert all(made.examples for made in before)
    assert last.findings[0].code == "S004" if last.findings else last.drops[0].reason == "S004"


def test_an_answer_of_weight_0_with_a_verdict_is_learned_by_nobody() -> None:
    answer = {"role": "assistant", "content": "In Peru", "weight": 0}
    asked = [{"role": "user", "content": "Where is Lima?"}]
    for row in (
        {"prompt": asked, "completion": [answer], "label": True},
        {"messages": [*asked, answer], "label": True},
    ):
        (made,) = shaped_rows([row], judge=RowJudge(Context(), errors_only=True))[:1]
        assert isinstance(made, Finding)
        assert made.code == "C004"
        taught = example(row)
        assert quick_chat(Target(name="openai-chat"))(taught) is None


def test_what_stands_beside_a_bad_answer_is_kept() -> None:
    answer = {"role": "assistant", "content": "In Chile", "reasoning_content": "West", "name": "bo"}
    made = example({"messages": [{"role": "user", "content": "Where?"}, answer], "label": False})
    assert made.rejected == "In Chile"
    assert json.loads(made.meta) == {"messages[1].name": "bo", "messages[1].reasoning": "West"}


def test_thoughts_under_several_keys_are_one_thought() -> None:
    answer = {"role": "assistant", "content": "A", "reasoning": "One", "thinking": "Two"}
    made = example({"messages": [{"role": "user", "content": "Where?"}, answer]})
    assert made.turns[-1].reasoning == "One\n\nTwo"
    same = {**answer, "thinking": "One"}
    made = example({"messages": [{"role": "user", "content": "Where?"}, same]})
    assert made.turns[-1].reasoning == "One"


@pytest.mark.parametrize(
    ("more", "flag"),
    [
        ({"chosen_correct": False}, "--approved '{{ chosen_correct }}'"),
        ({"is_chosen_safe": "no"}, "--approved '{{ is_chosen_safe }}'"),
        ({"chosen_toxic": True}, "--approved '{{ not chosen_toxic }}'"),
        (
            {"chosen_score": 3, "rejected_score": 8},
            "--approved '{{ chosen_score >= rejected_score }}'",
        ),
        (
            {"score_chosen": "3", "score_rejected": "8.5"},
            "--approved '{{ score_chosen >= score_rejected }}'",
        ),
    ],
)
def test_what_speaks_against_the_chosen_answer_is_asked_for(
    more: dict[str, Any], flag: str
) -> None:
    row = {"prompt": "Hi", "chosen": "Hello", "rejected": "Go", **more}
    with pytest.raises(UsageError, match="against the answer that was chosen") as asked:
        shaped_rows([row])
    assert flag in asked.value.remedy
    (made,) = shaped_rows([row], carry=list(more))
    assert isinstance(made, Example)


@pytest.mark.parametrize("said", ["<nooutput>", "[deleted]", "[removed]", " nan "])
def test_what_stands_for_no_answer_is_none(said: str) -> None:
    judge = RowJudge(Context(), errors_only=True)
    rows: list[dict[str, Any]] = [
        {"question": "Where is Lima?", "answer": said},
        {"prompt": "Where is Lima?", "completion": said},
        {"instruction": "Say where Lima is.", "input": "", "output": said},
        {
            "messages": [
                {"role": "user", "content": "Where?"},
                {"role": "assistant", "content": said},
            ]
        },
        {"prompt": "Where is Lima?", "chosen": "In Peru", "rejected": said},
    ]
    for row in rows:
        good = {key: "Well" if value == said else value for key, value in row.items()}
        if "messages" in row:
            good = {"messages": [row["messages"][0], {"role": "assistant", "content": "Well"}]}
        found = [f for f in shaped_rows([good, good, row], judge=judge) if isinstance(f, Finding)]
        assert [finding.code for finding in found] == ["C003"], row


def test_a_text_that_puts_the_others_together_is_a_copy_of_them() -> None:
    row = {"instruction": "Name a river.", "input": "", "output": "The Seine."}
    text = "Below is an instruction.\n\nName a river.\n\n### Response:\nThe Seine."
    assert outcome({**row, "text": text}) == "taught"


@pytest.mark.parametrize(
    ("row", "template", "approved"),
    [
        ({"rating": "5"}, "{{ rating >= 4 }}", True),
        ({"rating": "1"}, "{{ rating >= 4 }}", False),
        ({"ok": "False"}, "{% if ok %}true{% else %}false{% endif %}", False),
        ({"tox": None}, "{{ tox | default(1) < 0.5 }}", False),
        ({"rating": ""}, "{{ rating | default(0) >= 4 }}", False),
        ({"rating": " "}, "{{ (rating | default(0)) >= 4 }}", False),
        ({"note": "a long one"}, "{{ note | length > 3 }}", True),
        ({"note": "a long one"}, "{{ 30 < note | length }}", False),
        ({"feedback": {"rating": -1}}, "{{ feedback.rating == 1 }}", False),
        ({"user rating": 5}, '{{ row["user rating"] >= 4 }}', True),
        ({"rating": 1.0}, "{{ rating }}", True),
    ],
)
def test_a_template_compares_what_a_table_holds_as_json_does(
    row: dict[str, Any], template: str, approved: bool
) -> None:
    expected = "taught" if approved else "disapproved"
    assert outcome({**ANSWER, **row}, approved=template) == expected


@pytest.mark.parametrize(
    ("value", "template"),
    [
        ("n/a", "{{ rating >= 4 }}"),
        ("nan", "{{ rating | float >= 4 }}"),
        ("n/a", "{{ rating | default(0) >= 4 }}"),
        ("n/a", "{{ (rating | default(0) | round) >= 4 }}"),
        ("n/a", "{{ 4 <= rating | default(0) }}"),
        ("", "{{ rating >= 4 }}"),
        ([1], "{{ rating >= 4 }}"),
        ({"v": 1}, "{{ rating > 3 }}"),
        (None, "{{ rating >= 4 }}"),
        (-1, "{{ rating }}"),
        (10, "{{ rating }}"),
        (5, ""),
    ],
)
def test_a_template_that_compares_no_number_with_a_bound_approves_nothing(
    value: Any, template: str
) -> None:
    assert outcome({**ANSWER, "rating": value}, approved=template) == "S001"


def test_a_template_does_not_overrule_a_verdict_that_it_does_not_read() -> None:
    row = {"prompt": "Hi", "completion": "Go", "label": False, "rating": 5}
    assert outcome(row, row, approved="{{ rating >= 4 }}") == "disapproved"


def test_a_template_of_one_side_meets_each_row_once() -> None:
    rows = [chat({}, {}, context="Some text to be read") for _ in range(3)]
    for made in shaped_rows(rows, prompt="{{ context }}\n\n{{ input }}"):
        assert isinstance(made, Example)
        assert made.input == "Some text to be read\n\nWords 0"


SIDES = ("question", "answer", "prompt", "completion", "messages")


def said(asked: str, answered: str, **beside: Any) -> list[dict[str, Any]]:
    """A conversation of one exchange."""
    answer = {"role": "assistant", "content": answered, **beside}
    return [{"role": "user", "content": asked}, answer]


def asked_of(rows: list[dict[str, Any]]) -> str:
    """What is asked of the rows that nobody judged, of one or of the whole file."""
    try:
        found = [made for made in shaped_rows(rows) if isinstance(made, Finding)]
    except UsageError as asked:
        message, remedy = asked.message, asked.remedy
    else:
        assert [finding.code for finding in found] == ["S004"]
        message, remedy = found[0].message, found[0].remedy or ""
    assert "judges the answers of other rows, and says nothing of this one" in message
    return remedy


PARTLY_JUDGED = [
    column("is_correct", True, False, None),
    column("is_correct", True, ""),
    column("is_correct", False, None),
    column("status", "rejected", "approved", ""),
    column("is_wrong", False, True, None),
    column("feedback", "👍", None),
    [{"prompt": "Hi", "completion": "Hello", "label": 1}, {"prompt": "Ho", "completion": "Hey"}],
    [
        {"messages": said("Hi", "Hello"), "label": True},
        {"messages": said("Ho", "Hey"), "label": None},
    ],
    [
        {"messages": said("Hi", "Hello", approved=True)},
        {"messages": said("Hu", "Hallo", approved=False)},
        {"messages": said("Ho", "Hey")},
    ],
    [
        {**ANSWER, "metadata": {"is_correct": True}},
        {**ANSWER, "metadata": {"is_correct": True}},
        {**ANSWER, "metadata": {"is_correct": None}},
    ],
    [{**ANSWER, "metadata": {"is_correct": True}}, ANSWER],
]


@pytest.mark.parametrize("rows", PARTLY_JUDGED)
def test_an_answer_that_nobody_judged_among_others_is_asked_for(rows: list[dict[str, Any]]) -> None:
    assert "--unjudged keep" in asked_of(rows)
    assert "--unjudged drop" in asked_of(rows)
    *judged, kept = shaped_rows(rows, unjudged="keep")
    assert isinstance(kept, Example)
    assert kept.shape in ("pairs", "columns", "messages")
    shapes = [one.shape for one in judged if isinstance(one, Example)]
    assert set(shapes) <= {"feedback", "disapproved"}
    *dropped, drop = shaped_rows(rows, unjudged="drop")
    assert isinstance(drop, Drop)
    assert drop.reason == "not-judged"
    assert [one.shape for one in dropped if isinstance(one, Example)] == shapes


@pytest.mark.parametrize(
    "rows",
    [
        column("flagged", True, None),
        column("deleted", True, False, None),
        [{**row, "is_good": True} for row in column("is_correct", True, None)],
    ],
)
def test_a_row_with_nothing_against_it_is_not_asked_for(rows: list[dict[str, Any]]) -> None:
    *_, last = shaped_rows(rows)
    assert isinstance(last, Example)
    assert last.shape != "disapproved"


@pytest.mark.parametrize("unjudged", ["keep", "drop"])
def test_a_template_that_finds_nothing_to_read_judges_nothing(unjudged: str) -> None:
    rows: list[dict[str, Any]] = [
        {**ANSWER, "metadata": {"rating": 5}},
        {**ANSWER, "metadata": {"rating": 1}},
        {**ANSWER, "metadata": {}},
        {**ANSWER, "metadata": {"rating": None}},
        ANSWER,
    ]
    template = "{{ metadata.rating >= 4 }}"
    made = shaped_rows(rows, approved=template, unjudged=unjudged)
    assert [one.shape for one in made[:2] if isinstance(one, Example)] == [
        "feedback",
        "disapproved",
    ]
    last = [one.shape if isinstance(one, Example) else one.reason for one in made[2:]]  # type: ignore[union-attr]
    assert last == ["columns" if unjudged == "keep" else "not-judged"] * 3
    refused = shaped_rows(rows, approved=template)
    assert [one.code for one in refused if isinstance(one, Finding)] == ["S001"] * 3
    assert "--unjudged keep" in next(one.remedy for one in refused if isinstance(one, Finding))


def test_a_method_of_a_word_is_nothing_that_a_row_lacks() -> None:
    rows = column("verdict_word", "Good", "Bad", "Good")
    made = shaped_rows(rows, approved='{{ verdict_word.lower() == "good" }}')
    assert [one.shape for one in made if isinstance(one, Example)][1] == "disapproved"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tests_passed", False),
        ("approved_by_reviewer", False),
        ("expert_approved", 0),
        ("factually_correct", "no"),
        ("passes_all_tests", "false"),
    ],
)
def test_a_column_that_rejects_every_answer_is_asked_for(name: str, value: Any) -> None:
    with pytest.raises(UsageError, match=name):
        shaped_rows(column(name, value, value, value))


@pytest.mark.parametrize("values", [(True, False, "N/A"), (1, 0, "pending"), ("yes", "no", "nan")])
def test_a_word_beside_truths_is_no_class(values: tuple[Any, ...]) -> None:
    found = [one.code for one in shaped_rows(column("label", *values)) if isinstance(one, Finding)]
    assert found == ["S004"]


@pytest.mark.parametrize(
    ("name", "template"),
    [
        ("no_errors", "{{ no_errors }}"),
        ("error_free", "{{ error_free }}"),
        ("never_flagged", "{{ never_flagged }}"),
        ("has_errors", "{{ not has_errors }}"),
        ("not_correct", "{{ not not_correct }}"),
        ("not_rejected", "{{ not_rejected }}"),
        ("lacks_errors", "{{ lacks_errors }}"),
    ],
)
def test_the_template_that_is_printed_of_a_negating_name_is_the_right_way_round(
    name: str, template: str
) -> None:
    with pytest.raises(UsageError) as asked:
        shaped_rows(column(name, True, False))
    assert f"--approved '{template}'" in asked.value.remedy


def test_a_bad_word_far_down_a_column_of_good_ones_is_asked_for() -> None:
    rows = column("human_check", *["good"] * 4)
    shape = RowShape(
        [Record(Place(file="r", line=n), n, row) for n, row in enumerate(rows)], SOURCE
    )
    late = Record(Place(file="r", line=9), 9, {**ANSWER, "human_check": "bad"})
    assert [finding.code for finding in shape(late).findings] == ["S004"]


SOURCE = Source(path="rows.jsonl")


@pytest.mark.parametrize(
    "row",
    [
        {
            "prompt": "Q?",
            "chosen": [{"role": "assistant", "content": "Good", "is_correct": False}],
            "rejected": [{"role": "assistant", "content": "Bad", "is_correct": True}],
        },
        {
            "prompt": "Q?",
            "chosen": [{"role": "assistant", "content": "Good", "rating": 1}],
            "rejected": [{"role": "assistant", "content": "Bad", "rating": 5}],
        },
        {
            "prompt": "Q?",
            "chosen": "Good",
            "rejected": "Bad",
            "metadata": {"chosen_score": 1, "rejected_score": 5},
        },
    ],
)
def test_what_speaks_against_the_chosen_answer_inside_it_is_asked_for(row: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"is_correct|rating|chosen_score") as asked:
        shaped_rows([row])
    assert "--carry" in asked.value.remedy


@pytest.mark.parametrize("name", ["bug_free", "inaccurate", "zorn"])
def test_of_a_name_that_nobody_understands_both_ways_are_printed(name: str) -> None:
    with pytest.raises(UsageError) as asked:
        shaped_rows(column(name, True, False))
    ways = f"--approved '{{{{ {name} }}}}', or if true is bad --approved '{{{{ not {name} }}}}'"
    assert ways in asked.value.remedy


@pytest.mark.parametrize(
    "beside",
    [
        {"has_errors": True},
        {"not_approved": True},
        {"not_rejected": False},
        {"metadata": {"approved": False}},
    ],
)
def test_a_verdict_inside_the_better_answer_is_asked_for_under_any_name(
    beside: dict[str, Any],
) -> None:
    chosen = {"role": "assistant", "content": "Good", **beside}
    row = {"prompt": "Q?", "chosen": [chosen], "rejected": "Bad"}
    (name,) = beside
    with pytest.raises(UsageError, match=name):
        shaped_rows([row])
    if name != "metadata":
        flat = {"prompt": "Q?", "chosen": "Good", "rejected": "Bad", f"chosen_{name}": beside[name]}
        with pytest.raises(UsageError, match=name):
            shaped_rows([flat])


def test_a_template_on_one_key_of_an_object_leaves_the_verdict_beside_it() -> None:
    rows = [
        {**ANSWER, "metadata": {"is_correct": correct, "rating": 5}} for correct in (True, False)
    ]
    made = shaped_rows(rows, approved="{{ metadata.rating >= 4 }}")
    shapes = [one.shape for one in made if isinstance(one, Example)]
    assert shapes == ["feedback", "disapproved"]


def test_the_numbers_of_classes_judge_nothing() -> None:
    rows = [
        {"text": f"Text {n}.", "label": n % 2, "label_text": ["bad", "good"][n % 2]}
        for n in range(4)
    ]
    made = shaped_rows(rows, text="text", label="label_text")
    assert [one.output for one in made if isinstance(one, Example)] == ["bad", "good"] * 2
    asked = [{**ANSWER, "label": n % 2, "kind": ["rain", "snow"][n % 2]} for n in range(4)]
    with pytest.raises(UsageError, match="label holds a verdict"):
        shaped_rows(asked)
