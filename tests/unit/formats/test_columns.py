"""Columns become a pair by their names or through templates; anything else is asked for."""

from typing import Any

import pytest

from dataprep.example import Example
from dataprep.finding import Drop, Finding, UsageError
from tests.unit.formats.printed import flags_in
from tests.unit.formats.rows import example, shaped, shaped_rows


def test_templates_write_prompt_completion_and_system_from_the_columns() -> None:
    made = example(
        {"city": "Nairobi", "land": "Kenya", "n": 3},
        prompt="Capital of {{ land }}?",
        completion="{{ city }}",
        system="Answer in {{ n }} words.",
        label="land",
        group="n",
    )
    assert (made.input, made.output) == ("Capital of Kenya?", "Nairobi")
    assert (made.system, made.label, made.group) == ("Answer in 3 words.", "Kenya", "3")
    assert made.data == '{"city":"Nairobi","land":"Kenya","n":3}'
    assert (made.shape, made.file, made.line) == ("columns", "rows.jsonl", 3)


@pytest.mark.parametrize(
    ("row", "pair"),
    [
        ({"prompt": "p", "completion": "c", "more": 1}, ("p", "c")),
        ({"Question": "q", " answer": "a"}, ("q", "a")),
        ({"QUESTION": "q", "\uff21nswer": "a"}, ("q", "a")),
        ({"input": "i", "output": "o"}, ("i", "o")),
        ({"instruction": "Add.", "input": "1 2", "output": "3"}, ("Add.\n\n1 2", "3")),
        ({"instruction": "Add.", "input": "", "output": "3"}, ("Add.", "3")),
        ({"instruction": "Add.", "input": None, "output": "3"}, ("Add.", "3")),
        ({"instruction": "Sing.", "response": "La"}, ("Sing.", "La")),
        ({"text": "good", "label": 1}, ("good", "1")),
        ({"question": "q", "answer": ["a", "a"]}, ("q", "a")),
        # Dolly, text-to-SQL, SQuAD: what a question is asked of stands above it.
        ({"instruction": "Who?", "context": "Ada.", "response": "Ada"}, ("Ada.\n\nWho?", "Ada")),
        (
            {"question": "How many?", "context": "CREATE TABLE t (n INT)", "answer": "SELECT 1"},
            ("CREATE TABLE t (n INT)\n\nHow many?", "SELECT 1"),
        ),
        (
            {"context": "Ada.", "question": "Who?", "answers": {"text": ["Ada"]}, "id": "7"},
            ("Ada.\n\nWho?", "Ada"),
        ),
        (
            {"question": "Who?", "choices": ["Ada", "Bo"], "answer": 0},
            ("Who?\n\nA) Ada\nB) Bo", "Ada"),
        ),
        # QuAIL, ReClor: several answers, and an index that names one of them.
        (
            {"question": "Who?", "answers": ["Ada", "Bo"], "correct_answer_id": 0},
            ("Who?\n\nA) Ada\nB) Bo", "Ada"),
        ),
        (
            {"question": "Who?", "answers": ["Ada", "Bo"], "label": "0"},
            ("Who?\n\nA) Ada\nB) Bo", "Ada"),
        ),
        (
            {"question": "Who?", "option_a": "Ada", "option_b": "Bo", "answer": "a"},
            ("Who?\n\nA) Ada\nB) Bo", "Ada"),
        ),
        (
            {
                "question": "Who?",
                "choices": {"text": ["Ada", "Bo"], "label": ["1", "2"]},
                "answerKey": "2",
            },
            ("Who?\n\nA) Ada\nB) Bo", "Bo"),
        ),
    ],
)
def test_columns_are_known_by_name(row: dict[str, Any], pair: tuple[str, str]) -> None:
    made = example(row)
    assert (made.input, made.output) == pair


def test_a_system_column_is_the_system_message_and_a_history_the_turns_before() -> None:
    made = example(
        {"question": "q", "answer": "a", "system_prompt": "Be brief.", "history": [["h", "i"]]}
    )
    assert made.system == "Be brief."
    assert [turn.content for turn in made.turns] == ["Be brief.", "h", "i", "q", "a"]


def test_the_label_column_is_the_stratum_of_a_classification() -> None:
    assert example({"text": "good", "Label": "positive"}).label == "positive"
    assert example({"question": "q", "answer": "a"}).label is None


def test_text_and_label_of_the_recipe_name_the_pair() -> None:
    made = example({"body": "b", "class": "c", "id": 1}, text="body", label="class")
    assert (made.input, made.output, made.label) == ("b", "c", "c")


def test_one_template_leaves_the_other_side_to_the_names() -> None:
    made = example({"text": "good", "label": "positive"}, prompt="Mood of: {{ text }}")
    assert (made.input, made.output) == ("Mood of: good", "positive")


def test_a_template_reads_the_column_input_as_it_stands() -> None:
    row = {"instruction": "Add.", "input": "1 2", "output": "3"}
    made = example(row, prompt="{{ input }}!", completion="{{ output }}")
    assert (made.input, made.output) == ("1 2!", "3")


TEMPLATES = {"prompt": "{{ a }}", "completion": "{{ b }}"}


@pytest.mark.parametrize(
    ("good", "row", "recipe", "code"),
    [
        ({"question": "q", "answer": "a"}, {"question": "q"}, {}, "S001"),
        ({"question": "q", "answer": "a"}, {"question": "q", "answer": None}, {}, "S001"),
        ({"question": "q", "answer": "a"}, {"question": "q", "answer": {"n": 1}}, {}, "S004"),
        ({"question": "q", "answer": "a"}, {"question": "q", "answer": [{"n": 1}]}, {}, "S004"),
        ({"question": "q", "answer": "a"}, {"question": ["q"], "answer": "a"}, {}, "S001"),
        ({"a": "y", "b": "x"}, {"a": None, "b": "x"}, TEMPLATES, "S001"),
        ({"a": "y", "b": "x"}, {"b": "x"}, TEMPLATES, "S001"),
        (
            {"question": "q", "choices": ["a", "b"], "answer": 0},
            {"question": "q", "choices": ["a", "b"], "answer": 7},
            {},
            "S005",
        ),
    ],
)
def test_a_row_without_a_value_is_dropped_by_its_rule(
    good: Any, row: Any, recipe: dict[str, str], code: str
) -> None:
    _, _, *found = shaped_rows([good, good, row], **recipe)
    assert [item.reason for item in found if isinstance(item, Drop)] == [code]
    assert {item.code for item in found if isinstance(item, Finding)} == {code}


def test_a_table_without_a_known_pair_is_a_usage_error_with_an_example() -> None:
    with pytest.raises(UsageError) as error:
        shaped({"city": "Nairobi", "land": "Kenya"})
    assert str(error.value) == (
        "rows.jsonl:3: the row has city, land, and is no row of a known format: the nearest is "
        "openai-chat, but it lacks 'messages'. Texts stand in city, land. Say what is asked and "
        "what is answered, with --prompt and --completion: a column is '{{ city }}' there. "
        "dataprep init rows.jsonl writes a first guess."
    )


def test_user_text_is_data_and_never_a_template() -> None:
    made = example({"prompt": "{{ completion }} {% for", "completion": "{{ 7*7 }}"})
    assert (made.input, made.output) == ("{{ completion }} {% for", "{{ 7*7 }}")


def test_a_template_that_does_not_parse_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="prompt"):
        shaped({"a": "x", "b": "y"}, prompt="{{ a", completion="{{ b }}")


def test_a_template_with_an_unknown_column_is_refused_at_the_first_row() -> None:
    with pytest.raises(UsageError) as error:
        shaped({"question": "q", "answer": "a"}, prompt="{{ qestion }}", completion="{{ answer }}")
    assert str(error.value) == (
        "a template of the recipe names the column 'qestion', and there is none. "
        "The columns are: answer, question."
    )


def test_a_label_column_that_is_not_there_is_refused_at_the_first_row() -> None:
    with pytest.raises(UsageError, match="there is no column 'topic'"):
        shaped({"question": "q", "answer": "a"}, label="topic")


@pytest.mark.parametrize(
    ("row", "flags"),
    [
        (
            {"question": "q", "answer": "a", "remark": "Only said on Sundays, at noon."},
            ["--prompt '{{ remark }}\\n\\n{{ question }}'", "--carry remark", "--leave-out remark"],
        ),
        ({"question": "q", "answer": "a", "image": "a.png"}, ["--carry image"]),
        ({"question": "q", "answer": "a", "rating": 3}, ["--carry rating"]),
        ({"question": "q", "answer": "a", "weight": 7}, ["--carry weight"]),
        (
            {"question": "q", "answer": "a", "split": "test"},
            ["--split-by split", "--leave-out split"],
        ),
    ],
)
def test_a_column_that_could_mean_something_is_asked_for_with_its_flags(
    row: Any, flags: list[str]
) -> None:
    with pytest.raises(UsageError) as refused:
        shaped(row)
    for flag in flags:
        assert flag in str(refused.value)
    column = list(row)[-1]
    assert example(row, carry=[column]).meta.startswith(f'{{"{column}":')
    assert example(row, leave_out=[column]).meta == "{}"


def test_only_a_row_in_a_thousand_with_such_a_column_is_dropped_by_rule() -> None:
    rows: list[Any] = [{"question": f"q{n}", "answer": "a"} for n in range(20)]
    rows[7]["remark"] = "Only said on Sundays, at noon."
    drops = [item for item in shaped_rows(rows) if isinstance(item, Drop)]
    assert [(drop.reason, drop.place.line) for drop in drops] == [("S004", 8)]


READ = {
    "context": "Lima lies on the coast of Peru.",
    "question": "Where does it lie?",
    "answer": "On the coast",
    "notes": "Said by two of the three annotators.",
}


def test_what_a_template_takes_the_place_of_is_no_part_of_the_prompt() -> None:
    with pytest.raises(UsageError) as refused:
        shaped(READ, prompt="{{ notes }}\n\n{{ question }}")
    assert "context holds context (text), and nothing says what becomes of it" in str(refused.value)
    assert "--prompt '{{ context }}\\n\\n{{ notes }}\\n\\n{{ question }}'" in str(refused.value)
    carried = example(READ, prompt="{{ notes }}\n\n{{ question }}", carry=["context"])
    assert carried.input == f"{READ['notes']}\n\n{READ['question']}"
    assert carried.meta == f'{{"context":"{READ["context"]}"}}'


def test_a_template_that_reads_the_input_has_all_that_was_asked() -> None:
    made = example(READ, prompt="{{ notes }}\n\n{{ input }}")
    assert made.input == f"{READ['notes']}\n\n{READ['context']}\n\n{READ['question']}"


def test_a_template_in_the_place_of_a_pairs_column_carries_that_along() -> None:
    row = {"question": "q", "answer": "a", "short": "s"}
    made = example(row, completion="{{ short }}")
    assert (made.input, made.output, made.meta) == ("q", "s", '{"answer":"a"}')


def test_a_column_that_only_some_rows_have_is_named_with_the_template_that_allows_it() -> None:
    rows: list[Any] = [{"q": "Why?", "a": "So.", "hint": "Think."}, {"q": "How?", "a": "Thus."}]
    strict = {"prompt": "{{ hint }}\n\n{{ q }}", "completion": "{{ a }}"}
    made, found, drop = shaped_rows(rows, **strict)
    assert isinstance(made, Example)
    assert isinstance(drop, Drop)
    assert isinstance(found, Finding)
    assert (found.code, found.place.line) == ("S001", 2)
    assert found.message == "a template reads 'hint', and this row has only q, a"
    assert found.remedy == "If it may be absent, say so in the template: {{ hint | default('') }}."


@pytest.mark.parametrize("empty", [{}, {"hint": None}, {"hint": ""}])
@pytest.mark.parametrize(
    "prompt",
    [
        "{{ hint | default('') }}\n\n{{ q }}",
        "{{ row['hint'] | default('') }}\n\n{{ q }}",
        "{% if hint is defined and hint %}{{ hint }}\n\n{% endif %}{{ q }}",
    ],
)
def test_what_a_template_says_may_be_absent_leaves_no_gap(
    prompt: str, empty: dict[str, Any]
) -> None:
    rows: list[Any] = [
        {"q": "Why?", "a": "So.", "hint": "Think."},
        {"q": "How?", "a": "Th.", **empty},
    ]
    made = shaped_rows(rows, prompt=prompt, completion="{{ a }}")
    assert [one.input for one in made if isinstance(one, Example)] == ["Think.\n\nWhy?", "How?"]


@pytest.mark.parametrize(
    ("row", "completion"),
    [
        ({"question": "q?", "choices": ["p", "r"], "label": 0}, "{{ why }}"),
        ({"sentence": "It is bad.", "label": "bad"}, "{{ why }}"),
        ({"question": "q?", "options": ["A)1", "B)2"], "correct": "A"}, "{{ why }}"),
    ],
)
@pytest.mark.parametrize("carry", [False, True])
def test_an_answer_that_a_template_stands_for_is_no_verdict(
    row: dict[str, Any], completion: str, carry: bool
) -> None:
    rows = [
        {**row, "why": "It says so in the text."},
        {**row, "why": "Nobody knows it yet."},
    ]
    (answered,) = row.keys() & {"label", "correct"}
    named = {"carry": [answered]} if carry else {}
    made = shaped_rows(rows, completion=completion, **named)
    assert [one.output for one in made if isinstance(one, Example)] == [r["why"] for r in rows]
    assert [answered in one.meta for one in made if isinstance(one, Example)] == [True, True]


@pytest.mark.parametrize("value", [-1, "-1", -1.0])
def test_a_class_of_minus_1_is_asked_for(value: Any) -> None:
    rows = [{"text": f"Text {n} of some words.", "label": value} for n in range(3)]
    with pytest.raises(UsageError, match="in many sets stands for no class") as refused:
        shaped_rows(rows)
    (flag,) = flags_in(str(refused.value))
    assert example(rows[0], **flag).output == "-1"


def test_the_name_of_a_class_whose_number_is_learned_is_asked_for() -> None:
    rows = [
        {"text": f"Text {n}", "label": n % 2, "label_text": ["bad", "good"][n % 2], "part": "a"}
        for n in range(4)
    ]
    with pytest.raises(UsageError, match="label_text is the name of the class") as refused:
        shaped_rows(rows)
    learned = next(f for f in flags_in(str(refused.value)) if "completion" in f)
    made = shaped_rows(rows, **learned)
    assert [one.output for one in made if isinstance(one, Example)] == ["bad", "good"] * 2
    assert example(rows[0]).output == "0"  # one row says nothing of what stands for what


def test_a_title_that_asks_is_asked_for() -> None:
    row = {"title": "How high is it?", "question": "I read of it and found none.", "answer": "6 km"}
    with pytest.raises(UsageError, match="title asks") as refused:
        shaped(row)
    asked = next(f for f in flags_in(str(refused.value)) if "prompt" in f)
    assert example(row, **asked).input == f"{row['title']}\n\n{row['question']}"
    assert example({**row, "title": "On the heights of mountains"}).input == row["question"]


@pytest.mark.parametrize(
    "cell",
    ["{'title': array(['a', 'b'], dtype=object), 'of': 'c'}", "['One text.', 'Another text.']"],
)
def test_a_context_that_python_wrote_is_asked_for(cell: str) -> None:
    row = {"context": cell, "question": "q?", "answer": "a"}
    with pytest.raises(UsageError, match="Python wrote as a text") as refused:
        shaped(row)
    asked, *others = flags_in(str(refused.value))
    assert example(row, **asked).input == f"{cell}\n\nq?"
    assert [example(row, **flag).input for flag in others] == ["q?", "q?"]


def test_a_worse_answer_that_is_a_list_in_a_cell_is_asked_for() -> None:
    row = {"prompt": "p", "response": "a", "rejected": "['One text.', 'Another text.']"}
    with pytest.raises(UsageError, match="rejected holds a worse answer"):
        shaped(row)


SCENES: list[dict[str, Any]] = [
    {"scenario": "A sailor meets a pirate at sea."},
    {"bot_description": "A pirate of the seven seas."},
    {"chat_template_kwargs": {"custom_instructions": "Answer as a pirate would do."}},
]


@pytest.mark.parametrize("scene", SCENES)
def test_what_sets_the_scene_of_a_conversation_is_asked_for(scene: dict[str, Any]) -> None:
    talk = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ahoy"}]
    row = {"messages": talk, **scene}
    with pytest.raises(UsageError, match="nothing says what becomes of it") as refused:
        shaped(row)
    if "--system" in str(refused.value):
        flag = next(f for f in flags_in(str(refused.value)) if "system" in f)
        assert example(row, **flag).system == next(iter(scene.values()))
    assert example({"messages": talk, "remark": "It was said at sea, long ago."}).system is None


@pytest.mark.parametrize("nothing", [None, "", "missing"])
def test_the_flags_of_a_column_that_some_rows_lack_work_for_those_too(nothing: str | None) -> None:
    hint = "It begins with the letter L."
    rows: list[dict[str, Any]] = [
        {"question": f"q{n}", "answer": "a", "hint": hint} for n in (1, 2)
    ]
    rows.append({"question": "q3", "answer": "a"})
    if nothing != "missing":
        rows[-1]["hint"] = nothing
    with pytest.raises(UsageError) as refused:
        shaped_rows(rows)
    flags = flags_in(str(refused.value))
    made = shaped_rows(rows, **next(flag for flag in flags if "prompt" in flag))
    asked = [one.input for one in made if isinstance(one, Example)]
    assert asked == [f"{hint}\n\nq1", f"{hint}\n\nq2", "q3"]


def test_a_number_below_nothing_is_an_answer_where_no_class_is_meant() -> None:
    assert example({"input": "3 - 4", "target": -1}).output == "-1"
    assert example({"question": "3 - 4?", "answer": "-1"}).output == "-1"
