"""What the user's templates make is theirs alone, and every printed command works when copied."""

import json
from typing import Any

import msgspec
import pytest

from dataprep.example import Example, Record
from dataprep.finding import Finding, Place, UsageError
from dataprep.recipe import Source
from dataprep.shapes.rows import RowShape
from tests.unit.formats.printed import flags_in
from tests.unit.formats.rows import example, shaped, shaped_rows


def refusal(row: Any, **recipe: Any) -> str:
    with pytest.raises(UsageError) as refused:
        shaped(row, **recipe)
    return str(refused.value)


TRIVIA = {"question": "Who?", "answer": {"value": "X", "aliases": ["Y"]}}
HOTPOT = {"question": "Who?", "answer": "X", "context": {"title": ["A"], "sentences": [["b"]]}}
WIKI_SQL = {"question": "Who?", "answer": "X", "table": {"header": ["a"], "rows": [["1"]]}}
MARCO = {"query": "Who?", "answers": ["X"], "passages": {"passage_text": ["A is a letter."]}}
OPTIONS = {"question": "Who?", "choices": [{"n": 1}], "answer": "X"}
HELPFUL = {"prompt": "Who?", "response": [{"user_id": "u", "text": "X"}]}


@pytest.mark.parametrize("row", [TRIVIA, HOTPOT, WIKI_SQL, HELPFUL])
def test_each_flag_that_a_list_or_an_object_is_refused_with_works_when_copied(row: Any) -> None:
    flags = flags_in(refusal(row))
    assert len(flags) >= 2
    for flag in flags:
        made = example(row, **flag)
        assert made.input
        assert made.output


def test_an_answer_that_is_an_object_is_written_out_as_the_user_says() -> None:
    assert example(TRIVIA, completion="{{ answer.value }}").output == "X"
    assert example(TRIVIA, completion="{{ answer | tojson }}").output == (
        '{"value": "X", "aliases": ["Y"]}'
    )


def test_a_context_that_is_an_object_is_written_out_as_the_user_says() -> None:
    made = example(MARCO, prompt="{{ passages.passage_text | join(' ') }}\n\n{{ query }}")
    assert (made.input, made.output) == ("A is a letter.\n\nWho?", "X")


def test_options_that_are_objects_are_not_read_where_both_sides_are_templates() -> None:
    made = example(OPTIONS, prompt="{{ choices[0].n }} {{ question }}", completion="{{ answer }}")
    assert (made.input, made.output) == ("1 Who?", "X")


def test_a_template_that_reads_what_would_be_asked_has_it_read_first() -> None:
    assert "table is an object of another kind" in refusal(WIKI_SQL, prompt="{{ input }}")


LISTS = {"prompt": "p", "corrected-response": [{"user_id": "u"}], "names": ["a", "b"]}


@pytest.mark.parametrize(
    "completion",
    [
        '{{ row["corrected-response"] }}',
        '{{ row["corrected-response"] ~ "" }}',
        '{{ row["corrected-response"] | join(";") }}',
        '{{ row["corrected-response"][0] }}',
        "{{ names }}",
        "{{ row }}",
        "{% for k in row %}{{ row[k] }}{% endfor %}",
    ],
)
def test_a_list_or_an_object_is_never_printed_as_python_writes_it(completion: str) -> None:
    said = refusal(LISTS, prompt="{{ prompt }}", completion=completion)
    assert "tojson" in said or "join" in said


def test_a_row_in_many_with_a_list_under_a_template_is_s004() -> None:
    rows: list[Any] = [{"p": "q", "a": f"x{n}"} for n in range(9)]
    rows[7]["a"] = ["x", "y"]
    (found,) = [
        one
        for one in shaped_rows(rows, prompt="{{ p }}", completion="-{{ a }}")
        if isinstance(one, Finding)
    ]
    assert (found.code, found.place.line, found.place.path) == ("S004", 8, "a")
    assert found.remedy == """Say how it is written out: --completion "-{{ a | join('; ') }}"."""


def test_null_is_no_text() -> None:
    rows: list[Any] = [{"q": "Who?", "a": {"value": "X"}}, {"q": "Who?", "a": {"value": None}}]
    made, found, _ = shaped_rows(rows, prompt="{{ q }}", completion="{{ a.value }}")
    assert isinstance(made, Example)
    assert isinstance(found, Finding)
    assert found.message.startswith("completion: null is no text")
    assert found.remedy.startswith("The template is the cause: mend --completion.")


@pytest.mark.parametrize(
    "prompt", ["{{ row | tojson }}", "{% for k in row %}{{ row[k] }}{% endfor %}"]
)
def test_a_template_that_reads_the_whole_row_uses_every_column(prompt: str) -> None:
    row = {"q1": "Who?", "a": "X", "id": "7"}
    record = Record(Place(file="rows.jsonl", line=1), 0, row)
    shape = RowShape([record], Source(path="rows.jsonl", prompt=prompt, completion="{{ a }}"))
    shape(record)
    assert shape.content.words() == "q1 → prompt, a → completion, id → prompt"
    known = {"question": "Who?", "answer": "X", "id": "7"}
    shape = RowShape([msgspec.structs.replace(record, value=known)], Source(path="", prompt=prompt))
    shape(msgspec.structs.replace(record, value=known))
    assert shape.content.words() == "question → prompt, answer → completion, id → prompt"


def test_a_column_that_a_template_of_the_whole_row_leaves_out_is_not_read_by_it() -> None:
    made = example({"q": "Who?", "a": "X"}, prompt="{{ row | tojson }}", completion="{{ a }}")
    assert made.input == '{"q": "Who?", "a": "X"}'
    row = {"q": "Who?", "a": "X", "id": "7"}
    made = example(row, prompt="{{ row | tojson }}", completion="{{ a }}", leave_out=["id"])
    assert made.input == '{"q": "Who?", "a": "X"}'


def test_a_text_that_speaks_of_a_row_reads_none() -> None:
    row = {"q": "Who?", "a": "X", "n": "7"}
    made = example(row, prompt="row: {{ 'row' ~ q }}", completion="{{ a }}")
    assert (made.input, made.meta) == ("row: rowWho?", '{"n":"7"}')


def test_a_column_that_a_template_reads_and_that_is_left_out_is_a_contradiction() -> None:
    said = refusal(
        {"question": "Who?", "answer": "X"},
        prompt="{{ question }}",
        completion="{{ answer }}",
        leave_out=["question"],
    )
    assert said == (
        "--prompt reads the column 'question', and --leave-out leaves it out. "
        "Take it out of one of the two."
    )
    row = {"q": "Who?", "my answer": "X"}
    templates = {"prompt": "{{ q }}", "completion": "{{ row['my answer'] }}"}
    assert "--completion reads" in refusal(row, **templates, leave_out=["my answer"])
    made = example(row, **templates, carry=["my answer"])
    assert (made.input, made.output) == ("Who?", "X")


ODD = [
    'a"b',
    'a["b',
    "a\\b",
    "a\nb",
    "a'b",
    "a'\"b",
    "a`$b",
    "-x",
    "a b",
    "ä\u200b",
    "row",
    "a" * 90,
    "messages[]",
    "a.b",
    "\\n",
]


@pytest.mark.parametrize("name", ODD)
def test_a_column_of_any_name_is_asked_for_with_flags_that_work(name: str) -> None:
    row = {"question": "Who?", "answer": "X", name: "Said only on Sundays, at noon."}
    flags = flags_in(refusal(row))
    assert [next(iter(flag)) for flag in flags] == ["prompt", "completion", "carry", "leave_out"]
    prompt, completion, carry, leave = (example(row, **flag) for flag in flags)
    assert prompt.input == f"{row[name]}\n\nWho?"
    assert completion.output == row[name]
    assert row[name] in carry.meta
    assert leave.meta == "{}"


@pytest.mark.parametrize("name", [*ODD, ""])
def test_a_list_under_any_name_is_written_out_by_the_printed_flag(name: str) -> None:
    row = {"q": "Who?", name: ["X", "Y"]}
    whole = "row" if name != "row" else "columns"
    own = f"{whole}[{json.dumps(name)}]"
    (flag,) = flags_in(refusal(row, prompt="{{ q }}", completion=f"{{{{ {own} }}}}"))
    assert example(row, prompt="{{ q }}", **flag).output == "X; Y"


def test_a_name_too_long_for_a_flag_is_named_in_the_recipe() -> None:
    row = {"question": "Who?", "answer": "X", "a" * 101: "Said only on Sundays, at noon."}
    said = refusal(row)
    assert "Name it in a recipe, under carry or leave_out" in said
    assert "--carry" not in said
    assert example(row, carry=["a" * 101]).output == "X"


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("{{ q | uper }}", "prompt: there is no filter 'uper'. Did you mean 'upper'?"),
        ("{% if false %}{{ q | uper }}{% endif %}", "there is no filter 'uper'"),
        ("{{ q is umber }}", "prompt: there is no test 'umber'. Did you mean 'number'?"),
        ("{{ shout(q) }}", "prompt: there is no function 'shout'."),
        ("{% include 'x' %}", "prompt: include reads another file"),
    ],
)
def test_a_template_that_is_wrong_in_any_row_is_one_usage_error(prompt: str, said: str) -> None:
    assert said in refusal({"q": "Who?", "a": "X"}, prompt=prompt, completion="{{ a }}")


@pytest.mark.parametrize(
    "prompt",
    [
        "{{ 1 / n }}",
        "{% for i in range(90000) %}{% for j in range(90000) %}{{ q }}{% endfor %}{% endfor %}",
        "{{ q.foo() }}",
        "{{ list.foo() }}",
    ],
)
def test_a_template_that_fails_on_a_row_is_named_as_the_cause(prompt: str) -> None:
    row = {"q": "Who?", "a": "X", "n": 0, "list": ["x"]}
    found, _ = shaped_rows([row], prompt=prompt, completion="{{ a }}")
    assert isinstance(found, Finding)
    assert found.remedy.startswith("The template is the cause: mend --prompt.")


def test_what_is_wrong_with_a_row_names_its_format_and_its_column() -> None:
    (flags, *_) = (refusal(OPTIONS),)
    assert "--carry choices" in flags
    assert "KEY" not in flags
    rows: list[Any] = [{"prompt": "p", "completion": "c"}, {"prompt": "p", "completion": 7}]
    (found,) = [one for one in shaped_rows(rows) if isinstance(one, Finding)]
    assert found.remedy == "Change the row to what `dataprep schema prompt-completion` prints."


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "Who?", "completion": {"value": "X"}},
        {"prompt": {"text": "Who?"}, "completion": "X"},
        {"instruction": "Who?", "output": {"value": "X"}},
    ],
)
def test_a_side_of_a_pair_that_is_an_object_is_written_out_by_the_printed_flag(row: Any) -> None:
    try:
        (found, _) = shaped(row)
        assert isinstance(found, Finding)
        said = found.remedy
    except UsageError as error:
        said = str(error)
    flags = flags_in(said)
    assert len(flags) == 2
    written = [example(row, **flag) for flag in flags]
    assert {made.input for made in written} | {made.output for made in written} >= {"Who?", "X"}


def test_several_columns_that_are_open_are_settled_by_the_printed_flags() -> None:
    words = "Said only on Sundays, at noon."
    row = {"question": "Who?", "answer": "X", "a b": words, "-c": f"{words} 2", "d": f"{words} 3"}
    flags = [flag["carry"] for flag in flags_in(refusal(row)) if "carry" in flag]
    assert [name for names in flags for name in names] == ["a b", "-c", "d"]
    assert example(row, carry=["a b", "-c", "d"]).output == "X"


def test_a_template_beside_messages_leaves_the_conversation_whole() -> None:
    row = {
        "prompt": [{"role": "user", "content": "Who?"}],
        "completion": [{"role": "assistant", "content": "X"}],
    }
    made = example(row, prompt="Now: {{ input }}")
    assert [turn.content for turn in made.turns] == ["Now: Who?", "X"]
    assert example(row, system="Be brief.").system == "Be brief."
