"""Exports of Prodigy: each view, what accept, reject and ignore mean, and who answered.

Rows are built by the shapes of explosion/prodigy-recipes and explosion/projects (MIT).
"""

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.finding import NothingToDo
from dataprep.sources import read
from tests.tool_exports import Said, converted, findings, guesses, only, put, tasks

LEFT = "Ann left Rome"
TOKENS = [
    {"text": "Ann", "start": 0, "end": 3, "id": 0, "ws": True},
    {"text": "left", "start": 4, "end": 8, "id": 1, "ws": True},
    {"text": "Rome", "start": 9, "end": 13, "id": 2, "ws": False},
]
ANN = {"start": 0, "end": 3, "token_start": 0, "token_end": 0, "label": "PER"}
ROME = {"start": 9, "end": 13, "token_start": 2, "token_end": 2, "label": "LOC"}


def row(key: int = 1, **more: Any) -> dict[str, Any]:
    known = {"text": LEFT, "_input_hash": key, "_task_hash": key, "answer": "accept"}
    return known | more


def manual(*spans: Any, **more: Any) -> dict[str, Any]:
    return row(spans=list(spans), tokens=TOKENS, _view_id="ner_manual", _is_binary=False) | more


def by(name: str, at: int = 0) -> dict[str, Any]:
    return {"_annotator_id": name, "_session_id": name, "_timestamp": at}


def test_several_annotators_of_one_input_are_one_task(tmp_path: Path) -> None:
    rows = [
        manual(ANN, **by("ds-ann", 1)),
        manual(ROME, key=2, _input_hash=2, text=LEFT),
        manual(ANN, ROME, **by("ds-Bo%20b", 2)),
    ]
    given = only(put(tmp_path / "ner.jsonl", rows))
    assert given.note == "Prodigy, spans: 2 tasks, 2 annotators"
    assert tasks(given) == {
        1: [
            Said("ds-ann", [(0, 3, "Ann", "PER")]),
            Said("ds-Bo b", [(0, 3, "Ann", "PER"), (9, 13, "Rome", "LOC")]),
        ],
        2: [Said("", [(9, 13, "Rome", "LOC")])],
    }


def test_rows_without_a_hash_are_put_together_by_their_text(tmp_path: Path) -> None:
    rows = [{"text": LEFT, "label": "X", "answer": "accept", **by(who)} for who in ("ann", "bo")]
    (said,) = tasks(only(put(tmp_path / "a.jsonl", rows))).values()
    assert [one.who for one in said] == ["ann", "bo"]


def test_the_time_of_a_server_is_no_person(tmp_path: Path) -> None:
    rows = [manual(ANN, _annotator_id="2024-02-06_10-17-19", _session_id="2024-02-06_10-17-19")]
    assert tasks(only(put(tmp_path / "ner.jsonl", rows))) == {1: [Said("", [(0, 3, "Ann", "PER")])]}


def test_ignored_is_skipped_and_a_rejected_markup_is_a_bad_example(tmp_path: Path) -> None:
    rows = [manual(ANN, answer="ignore"), manual(ANN, _input_hash=2, answer="reject")]
    given = only(put(tmp_path / "ner.jsonl", rows))
    assert given.note.endswith("left out: rejected rows, bad examples (1)")
    assert tasks(given) == {1: [Said("", [], skipped=True)], 2: []}


def test_a_rejected_label_is_a_vote_against_it(tmp_path: Path) -> None:
    rows = [
        row(label="FARM"),
        row(label="MILL", answer="reject"),
        row(label="LAKE", _input_hash=2, answer="reject"),
        row(label="FARM", _input_hash=3, answer="ignore"),
    ]
    given = only(put(tmp_path / "cats.jsonl", rows))
    assert given.note.endswith("left out: rejected labels (2)")
    assert tasks(given) == {
        1: [Said("", [("category", ["FARM", "not MILL"])])],
        2: [Said("", [("category", ["not LAKE"])])],
        3: [Said("", [], skipped=True)],
    }


def test_a_label_that_one_accepts_and_one_rejects_is_a_tie(tmp_path: Path) -> None:
    rows = [
        row(label="FARM", **by("ann")),
        row(label="FARM", answer="reject", **by("bo")),
        row(label="FARM", _input_hash=2, text="Other", **by("ann")),
    ]
    path = put(tmp_path / "cats.jsonl", rows)
    outcome, chats = converted(path, tmp_path / "out")
    assert [answer for _, answer in chats] == ["FARM"]
    (disputed,) = json.loads((tmp_path / "out" / "adjudication.json").read_text("utf-8"))
    choices = {p["model_version"]: p["result"][0]["value"] for p in disputed["predictions"]}
    assert choices == {"ann": {"choices": ["FARM"]}, "bo": {"choices": ["not FARM"]}}
    assert outcome.journal.disputed == 1


def verdicts(*said: tuple[str, str, str], key: int = 1) -> list[dict[str, Any]]:
    """Rows of one input: who says accept or reject of which label, one second after the other."""
    return [
        row(key, label=label, answer=answer, text=f"Text {key}", **by(who, at))
        for at, (who, answer, label) in enumerate(said)
    ]


@pytest.mark.parametrize(
    ("annotators", "learned"),
    [
        ("majority", ["FARM", "FARM"]),
        ("first", ["FARM", "FARM", "FARM"]),
        ("latest", ["FARM"]),
        ("all", ["FARM"] * 6),
        ("by-annotator", ["FARM"] * 6),
        ("dawid-skene", ["FARM", "FARM"]),
        ("mace", ["FARM"] * 3),  # of one against one: the label that is true more often
    ],
)
def test_no_policy_learns_that_a_label_is_not_right(
    tmp_path: Path, annotators: str, learned: list[str]
) -> None:
    rows = [
        *verdicts(("ann", "accept", "FARM"), ("bo", "accept", "FARM"), ("cy", "accept", "FARM")),
        *verdicts(("ann", "accept", "FARM"), ("bo", "reject", "FARM"), key=2),
        *verdicts(
            *(("ann", "accept", "FARM"), ("bo", "accept", "FARM"), ("cy", "reject", "FARM")), key=3
        ),
        *verdicts(
            *(("ann", "reject", "FARM"), ("bo", "reject", "FARM"), ("cy", "reject", "FARM")), key=4
        ),
    ]
    path = put(tmp_path / "cats.jsonl", rows)
    _, chats = converted(path, tmp_path / "out", annotators=annotators)
    assert [answer for _, answer in chats] == learned
    assert {prompt.partition("\n")[0] for prompt, _ in chats} == {
        "Choose one label for the text: FARM."
    }


def test_of_several_labels_those_are_learned_that_most_accept(tmp_path: Path) -> None:
    rows = verdicts(
        *(("ann", "accept", "FARM"), ("ann", "reject", "MILL"), ("ann", "accept", "LAKE")),
        *(("bo", "accept", "FARM"), ("bo", "reject", "MILL"), ("bo", "reject", "LAKE")),
    )
    _, chats = converted(put(tmp_path / "cats.jsonl", rows), tmp_path / "out")
    assert chats == [("Choose all labels that fit for the text: FARM, LAKE.\n\nText 1", "FARM")]


def test_a_structured_answer_holds_no_rejected_label(tmp_path: Path) -> None:
    rows = verdicts(("ann", "accept", "FARM"), ("ann", "reject", "MILL"))
    path = put(tmp_path / "cats.jsonl", rows)
    _, ((_, answer),) = converted(path, tmp_path / "out", task="structured")
    assert json.loads(answer) == {"category": ["FARM"]}


def test_a_labeling_config_of_ones_own_takes_rejected_labels_as_votes(tmp_path: Path) -> None:
    config = tmp_path / "config.xml"
    config.write_text(
        '<View><Text name="text" value="$text"/><Choices name="category" toName="text">'
        '<Choice value="FARM"/><Choice value="MILL"/></Choices></View>',
        "utf-8",
    )
    rows = verdicts(("ann", "accept", "FARM"), ("ann", "reject", "MILL"))
    path = put(tmp_path / "cats.jsonl", rows)
    _, chats = converted(path, tmp_path / "out", label_config=str(config))
    assert chats == [("Choose one label for the text: FARM, MILL.\n\nText 1", "FARM")]


def test_answers_of_people_without_a_name_are_answers_of_several(tmp_path: Path) -> None:
    rows = [row(label="FARM"), row(label="FARM", answer="reject")]
    given = only(put(tmp_path / "cats.jsonl", rows))
    assert tasks(given) == {
        1: [Said("", [("category", ["FARM"])]), Said("", [("category", ["not FARM"])])]
    }


def test_the_later_answer_of_one_annotator_counts_wherever_it_stands(tmp_path: Path) -> None:
    rows = [row(label="FARM", **by("ann", 9)), row(label="FARM", answer="reject", **by("ann", 2))]
    given = only(put(tmp_path / "cats.jsonl", rows))
    assert tasks(given) == {1: [Said("ann", [("category", ["FARM"])])]}


def test_annotators_who_were_asked_about_different_labels_do_not_disagree(tmp_path: Path) -> None:
    rows = verdicts(("ann", "accept", "FARM"), ("bo", "accept", "LAKE"), ("cy", "reject", "MILL"))
    given = only(put(tmp_path / "cats.jsonl", rows))
    assert tasks(given) == {1: [Said("", [("category", ["FARM", "LAKE", "not MILL"])])]}


def test_a_label_of_the_name_of_a_rejection_stays_a_label(tmp_path: Path) -> None:
    rows = [
        row(label="spam", answer="reject"),
        row(label="not spam", _input_hash=2, text="Other"),
    ]
    path = put(tmp_path / "cats.jsonl", rows)
    assert tasks(only(path)) == {
        1: [Said("", [("category", ["rejected: spam"])])],
        2: [Said("", [("category", ["not spam"])])],
    }
    _, chats = converted(path, tmp_path / "out")
    assert [answer for _, answer in chats] == ["not spam"]


OPTIONS = [{"id": "A", "text": "Alpha"}, {"id": 2, "text": "Two"}]


def test_choices_are_told_by_words(tmp_path: Path) -> None:
    asked = {"options": OPTIONS, "_view_id": "choice", "config": {"choice_style": "multiple"}}
    rows = [row(accept=["A", 2], **asked), row(accept=[], _input_hash=2, **asked)]
    given = only(put(tmp_path / "choice.jsonl", rows))
    assert given.note == "Prodigy, choice: 2 tasks"
    assert tasks(given) == {1: [Said("", [("category", ["A", "Two"])])], 2: [Said("", [])]}


def related(head: int, child: int, **more: Any) -> dict[str, Any]:
    return {"head": head, "child": child, "label": "from", **more}


def test_relations_find_their_ends_by_span_or_token(tmp_path: Path) -> None:
    ends = {"head_span": ANN, "child_span": ROME}
    relations = [related(0, 2, **ends), related(2, 0), related(1, 0)]
    given = only(put(tmp_path / "r.jsonl", [manual(ANN, ROME, relations=relations)]))
    assert given.note == (
        "Prodigy, relations: 1 task; left out: relations between words that no span marks (1)"
    )
    assert tasks(given)[1][0].answers[2:] == [
        ("label-0-3", "from", "label-9-13"),
        ("label-9-13", "from", "label-0-3"),
    ]


def test_questions_about_single_spans_are_never_all_that_there_is(tmp_path: Path) -> None:
    accepted = {"start": 0, "end": 3, "label": "PER", "score": 0.9, "answer": "accept"}
    rejected = {**accepted, "start": 4, "end": 8, "answer": "reject"}
    rows = [row(spans=[accepted]), row(spans=[rejected], answer="reject")]
    path = put(tmp_path / "teach.jsonl", rows)
    given = only(path)
    assert given.note == (
        "Prodigy, single spans: 1 task; left out: questions about single spans, beside which"
        " nothing is known (2)"
    )
    assert tasks(given) == {1: []}
    assert guesses(given) == {1: [("prodigy-binary", [(0, 3, "Ann", "PER")])]}
    with pytest.raises(NothingToDo, match="questions about single spans"):
        converted(path, tmp_path / "out")


def test_a_rejected_span_inside_of_an_accepted_row_is_left_out(tmp_path: Path) -> None:
    rows = [manual(ANN, {**ROME, "answer": "reject"})]
    assert tasks(only(put(tmp_path / "a.jsonl", rows)))[1] == [Said("", [(0, 3, "Ann", "PER")])]


def test_a_reviewed_row_stands_for_what_it_was_decided_from(tmp_path: Path) -> None:
    one = {**manual(ANN), "sessions": ["ds-ann"], "default": True}
    two = {**manual(ANN, ROME), "sessions": ["ds-bo"]}
    final = manual(ANN, ROME, sessions=["ds-ann", "ds-bo"], versions=[one, two])
    rows = [manual(ANN, **by("ds-ann")), {**final, "_view_id": "review", **by("ds-cy")}]
    given = only(put(tmp_path / "review.jsonl", rows))
    assert given.note.endswith("left out: rows that a reviewed row holds too (1)")
    both = [(0, 3, "Ann", "PER"), (9, 13, "Rome", "LOC")]
    assert tasks(given) == {1: [Said("ds-cy", both)]}
    assert guesses(given) == {1: [("ds-ann", both[:1]), ("ds-bo", both)]}


def test_compared_texts_are_a_preference(tmp_path: Path) -> None:
    texts = {"input": {"text": "Who left?"}, "accept": {"text": "Ann."}, "reject": {"text": "Bo."}}
    rows = [
        {"id": 1, **texts, "mapping": {"A": "accept", "B": "reject"}, "answer": "accept"},
        {"id": 2, **texts, "input": {"text": "Who stayed?"}, "answer": "reject"},
    ]
    _, chats = converted(put(tmp_path / "ab.jsonl", rows), tmp_path / "out")
    assert chats == [("Who left?", "Ann."), ("Who stayed?", "Bo.")]


def test_blocks_hold_marks_choices_and_texts(tmp_path: Path) -> None:
    blocks = manual(ANN, accept=["A"], options=OPTIONS, user_input="A short note.")
    given = only(put(tmp_path / "b.jsonl", [{**blocks, "_view_id": "blocks"}]))
    assert tasks(given) == {
        1: [
            Said(
                "",
                [(0, 3, "Ann", "PER"), ("category", ["A"]), ("answer", ["A short note."])],
            )
        ]
    }


def test_pictures_and_unknown_views_are_left_out_and_counted(tmp_path: Path) -> None:
    picture = {"image": "data:image/png;base64,AA", "_input_hash": 7, "answer": "accept"}
    newer = {"prompt": {"x": 1}, "_view_id": "llm_io", "_input_hash": 8, "answer": "accept"}
    given = only(put(tmp_path / "a.jsonl", [manual(ANN), picture, newer]))
    assert given.note.endswith(
        "left out: rows about pictures, sound or HTML (1), rows of the view 'llm_io' that are not"
        " read (1)"
    )


def test_meta_stays_in_the_data_and_the_machinery_does_not(tmp_path: Path) -> None:
    rows = [manual(ANN, meta={"source": "mail"}, priority=0.5, _timestamp=1)]
    (record,) = read(only(put(tmp_path / "a.jsonl", rows)))
    assert record.value.data == {"text": LEFT, "meta": {"source": "mail"}}  # type: ignore[union-attr]


EMOJI = "Hi 😀 Bob"
EMOJI_TOKENS = [
    {"text": "Hi", "start": 0, "end": 2, "id": 0, "ws": True},
    {"text": "😀", "start": 3, "end": 4, "id": 1, "ws": True},
    {"text": "Bob", "start": 5, "end": 8, "id": 2, "ws": False},
]


def test_tokens_tell_the_unit(tmp_path: Path) -> None:
    bob = {"start": 5, "end": 8, "token_start": 2, "token_end": 2, "label": "PER"}
    rows = [manual(bob, text=EMOJI, tokens=EMOJI_TOKENS)]
    given = only(put(tmp_path / "a.jsonl", rows))
    assert "spans in code points (1 of 1" in given.note
    assert tasks(given) == {1: [Said("", [(5, 8, "Bob", "PER")])]}


@pytest.mark.parametrize(
    ("bad", "code", "words"),
    [
        (manual({**ANN, "end": 99}), "A002", "a span runs from 0 to 99 code points"),
        (manual({**ANN, "start": "0"}), "A002", "a span runs from '0' to 3"),
        (manual({**ANN, "text": "Bob"}), "A003", "a span quotes 'Bob', but at 0-3 stands 'Ann'"),
        (manual({**ROME, "token_start": 1, "token_end": 1}), "A003", "a span quotes 'left'"),
        (manual(ANN, answer="maybe"), "S001", "its answer is 'maybe'"),
        (row(2, text=5, label="A"), "S001", "its text is 5, and no text"),
        (row(2, text=None, label="A"), "S001", "its text is null, and no text"),
        (manual(text=["Ann", "left"]), "S001", 'its text is ["Ann", "left"], and no text'),
        (row(2, text={}, versions=[], answer="accept"), "S001", "its text is {}, and no text"),
        (row(2, options=OPTIONS, accept=["Z"]), "S001", "its 'accept' holds 'Z', which is none"),
        ({"text": LEFT, "label": "A", "_input_hash": 2}, "S001", "it has no answer, and other"),
        (manual(ANN, text="Another"), "S001", "its text is not that of the other rows"),
    ],
)
def test_bad_rows_are_refused_with_their_line(
    tmp_path: Path, bad: dict[str, Any], code: str, words: str
) -> None:
    given = only(put(tmp_path / "a.jsonl", [manual(ANN, **by("ann")), bad]))
    ((found, said, line),) = findings(given)
    assert (found, line) == (code, 2)
    assert said.startswith(words)
    assert tasks(given) == {1: [Said("ann", [(0, 3, "Ann", "PER")])]}
