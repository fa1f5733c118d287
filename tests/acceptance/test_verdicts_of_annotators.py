"""Thumbs and ratings of answers that stand in the tasks become rows of KTO."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.building import annotated, of_task
from tests.converting import Converting
from tests.exports import answer, project
from tests.judged_exports import (
    ASKED,
    SAID,
    STARS,
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


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("👍", "👎"),
        ("good", "bad"),
        ("Thumbs Up", "Thumbs Down"),
        ("thumbs-up", "thumbs-down"),
        ("up", "down"),
        ("Accept", "Reject"),
        ("yes", "no"),
        ("Good answer", "Bad answer"),
        ("helpful", "unhelpful"),
        ("correct", "incorrect"),
    ],
)
def test_thumbs_on_a_response_are_verdicts_on_it(convert: Converting, good: str, bad: str) -> None:
    tasks = one_each(chosen(good), chosen(bad), chosen(good), chosen(bad))
    made = convert(tasks, "--to", "kto", config=project(TEXTS, thumbs(good, bad)))
    assert verdicts(made) == pairs(True, False, True, False)
    assert f"'thumb': {good} approves, {bad} does not" in made.said
    assert "'prompt' → prompt, 'response' → answer" in made.said


def test_above_the_middle_of_the_stars_is_good_below_is_bad_and_the_middle_is_counted(
    convert: Converting,
) -> None:
    made = convert(one_each(*map(rated, (5, 1, 3, 2))), "--to", "kto", config=STARS)
    assert verdicts(made) == pairs(True, False, None, False)
    assert dropped(made) == {"neutral": 1}
    assert "above 3 approves, below 3 does not, 3 is left out as neutral" in made.said


def test_an_even_number_of_stars_has_no_middle(convert: Converting) -> None:
    config = STARS.replace('maxRating="5"', 'maxRating="4"')
    made = convert(one_each(*map(rated, (4, 3, 2, 1))), "--to", "kto", config=config)
    assert verdicts(made) == pairs(True, True, False, False)
    assert dropped(made) == {}


@pytest.mark.parametrize(
    ("flags", "wanted"),
    [
        (["--good-from", "4"], [True, False, False, False]),
        (["--good-from", "2"], [True, True, True, False]),
        (["--good-from", "4", "--bad-to", "2"], [True, None, False, False]),
        (["--bad-to", "2"], [True, True, False, False]),
    ],
)
def test_a_border_says_what_is_good(
    convert: Converting, flags: list[str], wanted: list[bool | None]
) -> None:
    made = convert(one_each(*map(rated, (4, 3, 2, 1))), "--to", "kto", *flags, config=STARS)
    assert verdicts(made) == pairs(*wanted)


def test_a_scale_that_no_config_bounds_is_asked_for(convert: Converting) -> None:
    tasks = one_each(*map(rated, (5, 1, 3, 2)))
    made = convert(tasks, "--to", "kto")
    assert made.code == 2
    assert "nothing says how far 'rating' goes" in made.said
    assert "--good-from" in made.said
    assert "--label-config" in made.said
    assert verdicts(convert(tasks, "--to", "kto", "--good-from", "3")) == pairs(
        True, False, True, False
    )


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        (6, "A010", "6 on 'rating', which takes 1 to 5"),
        (0, "A010", "0 on 'rating', which takes 1 to 5"),
        ("4", "A010", "is not a number"),
        (True, "A010", "is not a number"),
        (None, "", ""),
    ],
)
def test_a_rating_that_is_none_is_named_and_never_a_verdict(
    convert: Converting, value: Any, code: str, words: str
) -> None:
    tasks = one_each(rated(value), rated(1), rated(5))
    if code:
        refused = convert(tasks, "--to", "kto", config=STARS)
        assert refused.code == 1
        assert f"export.json task 0 annotation 01-1: {code}" in refused.said
        assert words in refused.said
    made = convert(tasks, "--to", "kto", "--drop-invalid", config=STARS)
    assert verdicts(made) == pairs(None, False, True)
    assert dropped(made) == {code or "submitted-empty": 1}


def test_zero_stars_are_no_rating_without_a_config_either(convert: Converting) -> None:
    tasks = one_each(rated(0), rated(1), rated(5))
    made = convert(tasks, "--to", "kto", "--drop-invalid", "--good-from", "3")
    assert verdicts(made) == pairs(None, False, True)
    assert dropped(made) == {"A010": 1}


@pytest.mark.parametrize(
    ("response", "reason"),
    [("", "empty-text"), (" \n", "empty-text"), (None, "A008"), (["A bird."], "A008")],
)
def test_a_response_that_is_no_text_is_dropped_by_its_reason(
    convert: Converting, response: Any, reason: str
) -> None:
    tasks = [asked(0, annotated(rated(5)), response=response), *one_each(rated(5), rated(1))[1:]]
    tasks.append(asked(2, annotated(rated(4))))
    made = convert(tasks, "--to", "kto", "--drop-invalid", config=STARS)
    assert verdicts(made) == pairs(None, False, True)
    assert dropped(made) == {reason: 1}


def test_blanks_at_the_ends_stay_in_what_is_learned(convert: Converting) -> None:
    said = "  a bird\n"
    tasks = [asked(0, annotated(rated(5)), response=said), asked(1, annotated(rated(1)))]
    made = convert(tasks, "--to", "kto", config=STARS)
    assert (ASKED[0], said, True) in verdicts(made)


def test_annotators_vote_on_the_verdict_and_not_on_the_stars(convert: Converting) -> None:
    tasks = [
        asked(0, annotated(rated(4)), annotated(rated(5), by=2, at=2)),
        asked(1, annotated(rated(1)), annotated(rated(2), by=2, at=2), annotated(rated(5), by=3)),
        asked(2, annotated(rated(5)), annotated(rated(1), by=2, at=2)),
        asked(3, annotated(rated(5)), annotated(rated(3), by=2), annotated(rated(3), by=3)),
    ]
    made = convert(tasks, "--to", "kto", config=STARS)
    assert verdicts(made) == pairs(True, False, None, None)
    assert dropped(made) == {"tie": 1, "neutral": 1}
    (open_,) = json.loads((made.folder / "adjudication.json").read_text("utf-8"))
    assert open_["data"]["response"] == SAID[2]
    said = sorted(p["result"][0]["value"]["rating"] for p in open_["predictions"])
    assert said == [1, 5]
    latest = convert(tasks, "--to", "kto", "--annotators", "latest", config=STARS)
    assert (ASKED[2], SAID[2], False) in verdicts(latest)


def test_what_an_adjudicator_settled_decides(convert: Converting, tmp_path: Path) -> None:
    tasks = [
        asked(0, annotated(rated(5)), annotated(rated(1), by=2, at=2)),
        asked(1, annotated(rated(1))),
    ]
    made = convert(tasks, "--to", "kto", config=STARS)
    (disputed,) = json.loads((made.folder / "adjudication.json").read_text("utf-8"))
    settled = [{**disputed, "id": 9, "annotations": [annotated(rated(4), by=9, at=9)]}]
    (tmp_path / "settled.json").write_text(json.dumps(settled), "utf-8")
    flags = ("--to", "kto", "--settled", str(tmp_path / "settled.json"))
    assert verdicts(convert(tasks, *flags, config=STARS)) == pairs(True, False)


@pytest.mark.parametrize("policy", ["dawid-skene", "mace"])
def test_annotators_are_told_by_their_verdicts(convert: Converting, policy: str) -> None:
    values = ((5, 4), (1, 2), (4, 5), (2, 1))
    tasks = [
        asked(n, annotated(rated(one)), annotated(rated(other), by=2, at=2))
        for n, (one, other) in enumerate(values)
    ]
    made = convert(tasks, "--to", "kto", "--annotators", policy, config=STARS)
    assert verdicts(made) == pairs(True, False, True, False)


def test_choices_that_nobody_explained_are_asked_for_by_name(convert: Converting) -> None:
    config = project(TEXTS, thumbs("Bad answer", "So so", "Good answer"))
    tasks = one_each(chosen("Good answer"), chosen("Bad answer"), chosen("So so"))
    made = convert(tasks, "--to", "kto", config=config)
    assert made.code == 2
    assert "'So so' of 'thumb' is not known to approve an answer, nor to reject it" in made.said
    assert "--good 'Good answer' --bad 'Bad answer'" in made.said
    flags = ("--good", "Good answer", "--bad", "Bad answer")
    made = convert(tasks, "--to", "kto", *flags, config=config)
    assert verdicts(made) == pairs(True, False, None)
    assert dropped(made) == {"neutral": 1}


def test_of_two_choices_the_other_one_is_bad(convert: Converting) -> None:
    config = project(TEXTS, thumbs("publish", "hold back"))
    tasks = one_each(chosen("publish"), chosen("hold back"))
    assert convert(tasks, "--to", "kto", config=config).code == 2
    made = convert(tasks, "--to", "kto", "--good", "publish", config=config)
    assert verdicts(made) == pairs(True, False)


@pytest.mark.parametrize(("name", "wanted"), [("hallucination", False), ("helpful", True)])
def test_yes_means_what_the_name_of_its_control_says(
    convert: Converting, name: str, wanted: bool
) -> None:
    config = project(TEXTS, thumbs("Yes", "No", name=name))
    tasks = one_each(chosen("Yes", control=name), chosen("No", control=name))
    made = convert(tasks, "--to", "kto", config=config)
    assert verdicts(made) == pairs(wanted, not wanted)


def test_yes_under_a_name_that_says_nothing_is_asked_for(convert: Converting) -> None:
    config = project(TEXTS, thumbs("Yes", "No", name="q1"))
    tasks = one_each(chosen("Yes", control="q1"), chosen("No", control="q1"))
    made = convert(tasks, "--to", "kto", config=config)
    assert made.code == 2
    assert "--good" in made.said


def test_numbers_that_were_chosen_are_a_scale(convert: Converting) -> None:
    config = project(TEXTS, thumbs("1", "2", "3", "4", "5"))
    tasks = one_each(*(chosen(str(n)) for n in (5, 1, 3, 2)))
    made = convert(tasks, "--to", "kto", config=config)
    assert verdicts(made) == pairs(True, False, None, False)


def test_a_number_without_bounds_needs_a_border(convert: Converting) -> None:
    config = project(TEXTS, '<Number name="score" toName="response"/>')
    tasks = one_each(*(answer("score", "response", "number", number=n) for n in (0.9, 0.1)))
    assert convert(tasks, "--to", "kto", config=config).code == 2
    made = convert(tasks, "--to", "kto", "--good-from", "0.5", config=config)
    assert verdicts(made) == pairs(True, False)


def test_the_summary_says_how_even_the_verdicts_are(convert: Converting) -> None:
    stars = [rated(1)] + [rated(5)] * 3
    made = convert(one_each(*stars), "--to", "kto", config=STARS)
    assert "kto: 3 approved, 1 not, in train" in made.said
    assert "--undesirable-weight 3" in made.said
    even = convert(one_each(rated(1), rated(5)), "--to", "kto", config=STARS)
    assert "kto: 1 approved, 1 not, in train" in even.said
    assert "--undesirable-weight" not in even.said
    assert "good 50.0 %" in even.said
    assert "Next: dataprep train kto" in even.said


def test_several_answers_to_one_prompt_are_no_conflict_and_two_verdicts_on_one_are(
    convert: Converting,
) -> None:
    told = [("A bird.", 5), ("A red bird.", 4), ("A stone.", 1), ("A bird.", 1), ("A stone.", 2)]
    tasks = [
        of_task({"prompt": ASKED[0], "response": said}, annotated(rated(stars)), id=n)
        for n, (said, stars) in enumerate(told)
    ]
    made = convert(tasks, "--to", "kto", config=STARS)
    assert "task 3: D002 gives another answer than task 0" in made.said
    assert "task 4: D001 is the same as task 2" in made.said
    assert made.said.count("D002 gives") == made.said.count("D001 is") == 1
    made = convert(tasks, "--good-from", "4", "--to", "prompt-completion", config=STARS)
    assert "task 1: D002 gives another answer than task 0" in made.said


def test_a_target_beside_others_says_how_its_verdicts_are_learned(convert: Converting) -> None:
    tasks = one_each(rated(5), rated(1))
    made = convert(tasks, "--to", "kto", "--to", "openai-chat", config=STARS)
    assert made.code == 0
    assert "kto is empty: 2 not-judged. Say which answers were approved" in made.said
    assert "--good-from" in made.said


def test_supervised_targets_learn_what_was_approved_where_verdicts_are_asked_for(
    convert: Converting,
) -> None:
    tasks = one_each(rated(5), rated(1))
    flags = ("--good-from", "4", "--to", "prompt-completion")
    made = convert(tasks, *flags, config=STARS)
    assert made.rows == [(ASKED[0], SAID[0])]
    assert dropped(made) == {"not-approved": 1}


def test_without_a_word_a_rating_is_a_class_for_supervised_targets_as_ever(
    convert: Converting,
) -> None:
    made = convert(one_each(rated(5), rated(1)), config=STARS)
    assert sorted(said for _, said in made.rows) == ["1", "5"]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--good-from", "6"], "no rating of 'rating' (1 to 5) is 6 or more"),
        (["--good-from", "1"], "every rating of 'rating' (1 to 5) is 1 or more"),
        (["--bad-to", "0"], "no rating of 'rating' (1 to 5) is 0 or less"),
        (["--good-from", "2", "--bad-to", "3"], "--bad-to (3) is not below --good-from (2)"),
        (["--good-from", "nan"], "--good-from is nan. Give a number."),
        (["--good", "5"], "--good-from"),
        (["--control", "nothing"], "There is no control to learn from (nothing)"),
        (["--approved", "{{ rating >= 4 }}"], "--good-from"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(
    convert: Converting, flags: list[str], words: str
) -> None:
    made = convert(one_each(rated(5), rated(1)), "--to", "kto", *flags, config=STARS)
    assert made.code == 2, made.said
    assert words in made.said


def test_a_choice_that_the_control_does_not_have_is_refused(convert: Converting) -> None:
    config = project(TEXTS, thumbs("👍", "👎"))
    tasks = one_each(chosen("👍"), chosen("👎"))
    made = convert(tasks, "--to", "kto", "--good", "great", config=config)
    assert made.code == 2
    assert "'great' is no choice of 'thumb': 👍, 👎" in made.said
    both = ("--good", "👍", "--bad", "👍")
    assert convert(tasks, "--to", "kto", *both, config=config).code == 2


def test_of_rows_the_verdict_is_said_by_a_template(convert: Converting, tmp_path: Path) -> None:
    row = {"prompt": "Q?", "completion": "A.", "rating": 5}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    made = convert("rows.jsonl", "--to", "kto", "--good-from", "4")
    assert made.code == 2
    assert "--approved '{{ rating >= 4 }}'" in made.said


def test_both_thumbs_at_once_are_no_verdict(convert: Converting) -> None:
    config = project(TEXTS, thumbs("👍", "👎", choice="multiple"))
    tasks = one_each(chosen("👍", "👎"), chosen("👎"), chosen("👍"))
    made = convert(tasks, "--to", "kto", "--drop-invalid", config=config)
    assert verdicts(made) == pairs(None, False, True)
    assert dropped(made) == {"A007": 1}
