"""An answer names its option by a label, a letter, an index or a text, and never by a guess."""

import json
from typing import Any

import pytest

from dataprep.example import Example
from dataprep.finding import Drop, Finding, UsageError
from dataprep.formats import question_of
from dataprep.formats.meanings import lettered
from tests.unit.formats.printed import flags_in
from tests.unit.formats.rows import example, shaped, shaped_rows


def refusal(*rows: Any) -> str:
    with pytest.raises(UsageError) as refused:
        shaped_rows([*rows])
    return str(refused.value)


def answers(*rows: Any, **recipe: Any) -> list[str]:
    """The answer of each row, or the code that it breaks."""
    made = shaped_rows([*rows], **recipe)
    told = [one.output if isinstance(one, Example) else one.code for one in made if _tells(one)]
    assert len(told) == len(rows)
    return told


def _tells(one: Any) -> bool:
    return isinstance(one, Example | Finding)


def codes(row: Any) -> list[str]:
    return [one.code for one in shaped(row) if isinstance(one, Finding)]


@pytest.mark.parametrize(
    ("options", "answer", "pair"),
    [
        ({"B": "Paris", "A": "Rome"}, "A", ("q\n\nA) Rome\nB) Paris", "Rome")),
        ({"b": "Paris", "a": "Rome"}, "A", ("q\n\nA) Rome\nB) Paris", "Rome")),
        ({"1": "Rome", "2": "Paris"}, "1", ("q\n\nA) Rome\nB) Paris", "Rome")),
        ({"1": "Rome", "2": "Paris"}, 2, ("q\n\nA) Rome\nB) Paris", "Paris")),
        ({"0": "Rome", "1": "Paris"}, "1", ("q\n\nA) Rome\nB) Paris", "Paris")),
        ({"1": "2", "2": "1"}, "1", ("q\n\nA) 2\nB) 1", "2")),
        ({"T": "True", "F": "False"}, "F", ("q\n\nA) True\nB) False", "False")),
        ({"A": "Rome", "B": "Paris"}, "Paris", ("q\n\nA) Rome\nB) Paris", "Paris")),
        ({"A": "Rome", "B": None, "C": "Oslo"}, "C", ("q\n\nA) Rome\nC) Oslo", "Oslo")),
        ({"A": 3, "B": 4}, "B", ("q\n\nA) 3\nB) 4", "4")),
    ],
)
def test_the_keys_of_an_object_are_the_labels_of_its_options(
    options: Any, answer: Any, pair: tuple[str, str]
) -> None:
    made = example({"question": "q", "options": options, "answer": answer})
    assert (made.input, made.output) == pair


def test_a_key_that_no_option_has_is_s005() -> None:
    row = {"question": "q", "options": {"1": "Rome", "2": "Paris"}, "answer": "3"}
    assert codes(row) == ["S005"]
    assert codes({**row, "answer": "0"}) == ["S005"]
    assert codes({**row, "options": {"yes": "Rome", "no": "Paris"}, "answer": 1}) == ["S005"]


def test_the_labels_of_arc_are_shown_in_their_order() -> None:
    choices = {"text": ["Bo", "Ada"], "label": ["B", "A"]}
    made = example({"question": "q", "choices": choices, "answerKey": "A"})
    assert (made.input, made.output) == ("q\n\nA) Ada\nB) Bo", "Ada")


def choice(answer: Any, options: Any = ("a", "b", "c")) -> dict[str, Any]:
    return {"question": "q", "choices": [*options], "answer": answer}


@pytest.mark.parametrize(
    ("given", "learned"),
    [
        ([0, 1, 2], ["a", "b", "c"]),
        ([1, 2, 3], ["a", "b", "c"]),
        ([2, 1, 0], ["c", "b", "a"]),
        (["0", "1"], ["a", "b"]),
        ([0, 1, 3], ["a", "b", "S005"]),
        ([1.0, 3.0], ["a", "c"]),
        (["b", "a"], ["b", "a"]),
        (["B", "A"], ["b", "a"]),
    ],
)
def test_a_zero_or_an_index_of_the_last_says_where_the_count_begins(
    given: list[Any], learned: list[str]
) -> None:
    assert answers(*map(choice, given)) == learned


COLUMNS = {"question": "q", "A": "a", "B": "b", "C": "c"}
ODD = {"question": "q", "Option A": "a", "Option B": "b", "Option C": "c"}
KEYS = {"question": "q", "options": {"A": "a", "B": "b", "C": "c"}}
CELL = {"question": "q", "options": "['a', 'b', 'c']"}
QUAIL = {"question": "q", "answers": ["a", "b", "c"]}


@pytest.mark.parametrize("index", [1, "1", 1.0])
@pytest.mark.parametrize("row", [choice(1), COLUMNS, ODD, KEYS, CELL, QUAIL])
def test_an_index_that_could_count_from_both_is_asked_for_with_flags_that_work(
    row: Any, index: Any
) -> None:
    row = {**row, "correct_answer_id" if row is QUAIL else "answer": index}
    flags = flags_in(refusal(row))
    assert [list(flag) for flag in flags] == [["completion"], ["completion"]]
    assert [example(row, **flag).output for flag in flags] == ["b", "a"]
    assert {example(row, **flag).input for flag in flags} == {"q\n\nA) a\nB) b\nC) c"}


def test_the_words_of_that_stop_print_the_plainest_template() -> None:
    assert refusal(choice(1)) == (
        "answer is an index, and nothing tells whether it counts the 3 options from 0 or from 1."
        " Say which it is: if it counts from 0: --completion '{{ choices[answer] }}'; if it counts"
        " from 1: --completion '{{ choices[answer - 1 if answer else 99] }}'."
    )


@pytest.mark.parametrize(
    ("row", "learned"),
    [
        (choice("2", ["2", "4", "6"]), ["6", "4", "2"]),
        (choice("A", ["B", "A"]), ["B", "A"]),
        ({"question": "q", "option1": "2", "option2": "1", "answer": "1"}, ["1", "2", "1"]),
    ],
)
def test_a_text_that_is_an_index_too_is_asked_for(row: Any, learned: list[str]) -> None:
    flags = flags_in(refusal(row))
    assert [example(row, **flag).output for flag in flags] == learned


def test_the_other_rows_say_whether_such_a_text_is_an_index() -> None:
    either = choice("2", ["2", "4", "6"])
    assert answers(either, choice("40", ["40", "41"])) == ["2", "40"]
    assert answers(either, choice("0"), choice("1")) == ["6", "a", "b"]
    assert answers(choice("3", ["3", "4"]), choice("0"), choice("1")) == ["S005", "a", "b"]


@pytest.mark.parametrize(
    ("options", "answer", "pair"),
    [
        ({"A": None, "B": "Rome", "C": "Oslo"}, "B", ("q\n\nB) Rome\nC) Oslo", "Rome")),
        ({"A": "", "B": "Rome", "C": "Oslo"}, "C", ("q\n\nB) Rome\nC) Oslo", "Oslo")),
        ({"B": "Rome", "C": "Oslo"}, "B", ("q\n\nB) Rome\nC) Oslo", "Rome")),
        ({"A": "Rome", "B": None, "C": "Oslo"}, "C", ("q\n\nA) Rome\nC) Oslo", "Oslo")),
        ({"A": "Rome", "B": "Oslo", "C": None}, "B", ("q\n\nA) Rome\nB) Oslo", "Oslo")),
        ({"A": "Rome", "B": "Oslo", "C": ""}, "B", ("q\n\nA) Rome\nB) Oslo", "Oslo")),
        ({"option_a": "Rome", "option_c": "Oslo"}, "C", ("q\n\nA) Rome\nC) Oslo", "Oslo")),
        ({"option1": None, "option2": "Oslo"}, "2", ("q\n\nB) Oslo", "Oslo")),
    ],
)
def test_an_empty_option_leaves_the_others_their_letters(
    options: Any, answer: str, pair: tuple[str, str]
) -> None:
    made = example({"question": "q", **options, "answer": answer})
    assert (made.input, made.output) == pair


@pytest.mark.parametrize(
    "row",
    [
        {"question": "q", "A": None, "B": "Rome", "C": "Oslo", "answer": "A"},
        {"question": "q", "A": "Rome", "B": "Oslo", "C": None, "answer": "C"},
        {"question": "q", "choices": None, "answer": 1},
        {"question": "q", "choices": [], "answer": "B"},
        {"question": "q", "A": None, "B": None, "answer": "B"},
    ],
)
def test_an_answer_that_names_an_empty_option_is_s005(row: Any) -> None:
    assert codes(row) == ["S005"]


def test_a_letter_without_options_in_a_file_of_letters_is_s005() -> None:
    assert answers(choice("B"), {"question": "q", "answer": "B"}) == ["b", "S005"]
    assert answers(choice("B"), {"question": "q", "answer": "7"}) == ["b", "7"]
    assert answers(choice(0), {"question": "q", "answer": "1989"}) == ["a", "1989"]


@pytest.mark.parametrize(
    ("names", "answer"),
    [
        ([f"option{n}" for n in range(1, 6)], "5"),
        ([f"option_{n}" for n in range(1, 13)], "12"),
        ([*"ABCDEF"], "F"),
        ([f"op{letter}" for letter in "abcdef"], "f"),
        ([f"choice_{n}" for n in range(8)], "7"),
        ([f"Option {letter}" for letter in "ABCDEFGHIJKL"], "L"),
        ([f"candidate{n}" for n in range(1, 7)], 6),
    ],
)
def test_all_options_of_one_word_belong_to_the_question(names: list[str], answer: Any) -> None:
    made = example({"question": "q", **{name: f"t{name}" for name in names}, "answer": answer})
    assert made.output == f"t{names[-1]}"
    assert all(f") t{name}" in made.input for name in names)
    assert made.meta == "{}"


def test_numbered_columns_are_named_by_their_numbers_unless_the_answers_count_otherwise() -> None:
    def numbered(answer: Any) -> dict[str, Any]:
        return {"question": "q", "option1": "a", "option2": "b", "answer": answer}

    assert answers(numbered("1")) == ["a"]
    assert answers(numbered("0"), numbered("1")) == ["a", "b"]
    assert answers(numbered("0"), numbered("2")) == ["a", "S005"]


@pytest.mark.parametrize("form", [("prompt", "completion"), ("instruction", "output")])
def test_options_beside_a_pair_belong_to_its_question(form: tuple[str, str]) -> None:
    made = example({form[0]: "q", "option_a": "x", "option_b": "y", form[1]: "B"})
    assert (made.input, made.output) == ("q\n\nA) x\nB) y", "y")


@pytest.mark.parametrize("row", [{"option_b": "y"}, {"option_b": "y", "A": "a", "B": "b"}])
def test_an_option_that_is_not_used_is_never_carried_along_in_silence(row: Any) -> None:
    said = refusal({"question": "q", **row, "answer": "a"})
    assert "option_b" in said
    assert "--carry option_b" in said


def test_a_word_that_only_looks_like_an_option_is_carried_along() -> None:
    row = {"question": "q", "answer": "a long one", "ops": "x", "mcq": "y", "opt": "z"}
    assert json.loads(example(row).meta) == {"ops": "x", "mcq": "y", "opt": "z"}


def test_a_letter_that_a_column_of_another_word_ends_with_is_asked_for() -> None:
    row = {"question": "q", "answer": "b", "planA": "x", "planB": "y"}
    prompt, named, bare = flags_in(refusal(row))
    made = example(row, **prompt, **named)
    assert (made.input, made.output) == ("q\n\nA) x\nB) y", "y")
    assert example(row, **bare).output == "b"
    assert example({**row, "answer": "Bo"}).output == "Bo"


def test_what_becomes_of_an_empty_option_is_told() -> None:
    row = {"question": "q", "A": None, "B": "x", "C": "y", "answer": "B"}
    assert json.loads(example(row).data) == {key: row[key] for key in row if row[key] is not None}


@pytest.mark.parametrize("answer", [1, "B", "7", "['a' 'b']"])
def test_a_question_shows_its_options_whatever_its_answer(answer: Any) -> None:
    asked = [{"role": "user", "content": "q\n\nA) a\nB) b\nC) c"}]
    assert question_of(choice(answer)) == asked


PUBLIC = {
    "PIQA": [
        {"goal": "Open it", "sol1": "Turn it.", "sol2": "Break it.", "label": 0},
        {"goal": "Open it", "sol1": "Bite it.", "sol2": "Lift it.", "label": 1},
    ],
    "Social IQa": [
        {"context": "Ann ran.", "question": "Next?", "label": label}
        | {"answerA": "Turn it.", "answerB": "Lift it.", "answerC": "Fly."}
        for label in ("1", "2", "3")
    ],
    "LogiQA": [
        {
            "context": "B.",
            "query": "Which?",
            "options": ["Turn it.", "Lift it."],
            "correct_option": n,
        }
        for n in (0, 1)
    ],
}


@pytest.mark.parametrize("name", PUBLIC)
def test_the_rows_of_a_public_set_say_where_their_index_begins(name: str) -> None:
    assert answers(*PUBLIC[name])[:2] == ["Turn it.", "Lift it."]


def test_two_numbered_solutions_alone_do_not_say_where_the_count_begins() -> None:
    row = {"goal": "Open it", "sol1": "Turn it.", "sol2": "Break it.", "label": 1}
    with pytest.raises(UsageError, match="label"):
        shaped_rows([row])


@pytest.mark.parametrize(
    "others",
    [
        {"answer": "rest", "answerA": "a b c d", "answerB": "b c d e", "answerC": "c d e f"},
        {"label": 1, "answerA": "a b c d", "answerB": "b c d e"},
    ],
)
def test_answers_in_lettered_columns_are_options_only_where_there_are_three_and_no_other(
    others: dict[str, Any],
) -> None:
    assert not lettered(others)


@pytest.mark.parametrize("index", [1, "1", 1.0])
def test_a_zero_further_down_is_never_the_last_option(index: Any) -> None:
    row = {"question": "Which?", "choices": ["p", "q", "r"], "answer": index}
    with pytest.raises(UsageError) as stop:
        shaped_rows([row])
    from_1 = flags_in(str(stop.value))[-1]["completion"]
    zero = {**row, "answer": type(index)(0)}
    last = shaped_rows([row, row, zero], completion=from_1)[-1]
    assert isinstance(last, Drop)


@pytest.mark.parametrize(
    ("beside", "asks"),
    [
        ({"corrected_answer": "p"}, "corrected_answer"),
        ({"explanation": "the p of many words"}, "explanation"),
        ({"answer_idx": "A"}, "answer_idx"),
        ({"answer_idx": 0}, "answer_idx"),
        ({"correct_answer": "the p of many words"}, "correct_answer"),
        ({"corrected_answer": "q"}, ""),
        ({"answer_idx": "B"}, ""),
        ({"answer_idx": 1}, ""),
        ({"label": "A"}, ""),
    ],
)
def test_what_names_another_option_than_the_answer_is_asked_for(
    beside: dict[str, Any], asks: str
) -> None:
    options = ["the p of many words", "q", "r"]
    row = {"question": "Which?", "choices": options, "answer": "B", **beside}
    if not asks:
        assert example(row).output == "q"
        return
    said = refusal(row)
    assert asks in said
    assert "copy" not in said
    assert example(row, carry=[asks]).output == "q"


@pytest.mark.parametrize(
    ("options", "answer", "output"),
    [
        (["B. cat", "C. dog", "D. hen"], "B", "B. cat"),
        (["B) cat", "A) dog"], "A", "A) dog"),
        (["(a) cat", "(b) dog"], "b", "(b) dog"),
        (["A. cat", "B. dog"], "B. dog", "B. dog"),
        (["A. cat", "B. dog"], "dog", "B. dog"),
        (["C. hen", "A. cat", "B. dog"], "A", "A. cat"),
    ],
)
def test_the_own_letters_of_options_are_their_labels(
    options: list[str], answer: str, output: str
) -> None:
    made = example({"question": "Which?", "options": options, "answer": answer})
    assert made.output == output
    assert made.input == "\n".join(["Which?\n", *options])


@pytest.mark.parametrize(("answers", "output"), [(["B"], "q"), (["q"], "q"), ([1], "q")])
def test_a_list_of_one_answer_names_its_option(answers: list[Any], output: str) -> None:
    rows = [
        {"question": "Which?", "choices": ["p", "q"], "answers": answers},
        {"question": "Which?", "choices": ["p", "q"], "answers": [0 if answers == [1] else "A"]},
    ]
    assert shaped_rows(rows)[0].output == output  # type: ignore[union-attr]


def test_the_flags_of_numbered_solutions_count_from_the_first() -> None:
    row = {"goal": "Open it", "sol1": "Turn it.", "sol2": "Break it.", "label": 1}
    flags = flags_in(refusal(row))
    assert [example(row, **flag).output for flag in flags] == ["Break it.", "Turn it."]


@pytest.mark.parametrize("context", ["", " ", None])
def test_no_answer_is_made_up_for_a_question_on_nothing(context: str | None) -> None:
    rows = [
        {"question": "Who sat?", "context": "Bob sat.", "answers": ["Bob"]},
        {"question": "Who?", "context": context, "answers": []},
        {"question": "Who stood?", "context": "Bob sat.", "answers": []},
    ]
    first, fault, drop, last = shaped_rows(rows)
    assert isinstance(fault, Finding)
    assert fault.code == "S004"
    assert isinstance(drop, Drop)
    assert (first.output, last.output) == ("Bob", "unanswerable")  # type: ignore[union-attr]


@pytest.mark.parametrize("choice", ["The capital is Paris", "The capital is Paris today"])
def test_a_text_that_repeats_an_option_is_asked_for_and_no_copy(choice: str) -> None:
    remark = "The capital is Paris"
    row = {"question": "Which?", "choices": [choice, "x"], "answer": "B", "remark": remark}
    assert "remark holds text" in refusal(row)
    assert example(row, carry=["remark"]).output == "x"


def test_a_name_that_begins_with_a_letter_and_a_dot_is_no_label() -> None:
    options = ["E. coli", "C. difficile", "H. pylori"]
    made = example({"question": "Which?", "options": options, "answer": "C"})
    assert made.output == "H. pylori"
    assert made.input == "Which?\n\nA) E. coli\nB) C. difficile\nC) H. pylori"
