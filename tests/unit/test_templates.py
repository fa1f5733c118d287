"""Templates fill in fields; they reach nothing else, and they end."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings

from dataprep.finding import UsageError
from dataprep.templates import compile_template, evaluate
from tests.building import json_values, texts


def filled(source: str, **fields: Any) -> str:
    return compile_template(source, "prompt")(fields)


def refused(source: str, **fields: Any) -> str:
    with pytest.raises(UsageError) as caught:
        filled(source, **fields)
    return str(caught.value)


@pytest.mark.parametrize("piped", ["tojson", "join(',')", "upper", "length", "trim"])
def test_a_field_that_is_not_there_is_refused_before_a_filter_takes_it_for_null(piped: str) -> None:
    render = compile_template(f"Say: {{{{ nosuch | {piped} }}}}", "completion")
    with pytest.raises(UsageError, match="nosuch is undefined"):
        render({"text": "a"})


def test_a_filter_of_a_field_with_a_default_or_behind_a_question_is_no_demand() -> None:
    given = compile_template("{{ nosuch | default('none') }}", "completion")
    assert given({"text": "a"}) == "none"
    asked = compile_template(
        "{% if more is defined %}{{ more | tojson }}{% endif %}x", "completion"
    )
    assert asked({"text": "a"}) == "x"


def test_fields_are_filled_in() -> None:
    assert filled("Say {{ what }} to {{ who.name }}!", what="hi", who={"name": "Ada"}) == (
        "Say hi to Ada!"
    )


@pytest.mark.parametrize("text", ['<b> & "it\'s"', "{{ 7 * 7 }}", "{% raw %}", "a\r\nb\n", "😀"])
def test_a_text_is_data_and_never_changed(text: str) -> None:
    assert filled("{{ text }}", text=text) == text


def test_the_last_line_break_of_a_template_stays() -> None:
    assert filled("a\n") == "a\n"


@pytest.mark.parametrize("name", ["name", "template_name", "source", "expression", "context"])
def test_a_field_may_have_any_name(name: str) -> None:
    assert compile_template(f"{{{{ {name} }}}}")({name: "x", "self": "y"}) == "x"
    assert evaluate(name, {name: "x", "self": "y"}) == "x"


def test_a_field_whose_name_is_no_word_is_reached_through_data() -> None:
    assert filled('{{ data["my field"] }}', data={"my field": 1}) == "1"


def test_an_unknown_field_is_refused_with_those_that_are_known() -> None:
    assert refused("{{ txt }}", text="a", lang="en") == (
        "prompt: undefined value: `txt` is undefined (in prompt:1). "
        "The fields here are: lang, text."
    )
    assert "`data.lang` is undefined" in refused("{{ data.lang }}", data={})
    assert "The fields here are: none." in refused("{{ txt }}")


@pytest.mark.parametrize("source", ["{{ text", "{% if %}", "{{ text }", "{% for x %}"])
def test_a_template_that_does_not_parse_is_refused_before_any_field_is_known(source: str) -> None:
    if source == "{{ text }":
        source = "{{ text } }"
    with pytest.raises(UsageError, match=r"^prompt: syntax error.*Fields stand in double braces"):
        compile_template(source, "prompt")


@pytest.mark.parametrize(
    "source",
    [
        "{{ text.__class__ }}",
        "{{ data.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ data.items.__self__ }}",
        "{% include '/etc/passwd' %}",
        "{% include 'prompt' %}",
        "{% import 'os' as os %}",
        "{{ open('/etc/passwd') }}",
        "{{ '{0.__class__}'.format(data) }}",
    ],
)
def test_nothing_but_the_fields_is_reached(source: str) -> None:
    assert refused(source, text="a", data={"a": 1}).startswith("prompt: ")


@pytest.mark.parametrize("method", ["items", "keys", "values", "get", "pop", "copy", "update"])
def test_a_method_is_no_field(method: str) -> None:
    # Its address would stand in the training data, another one in every run.
    assert refused(f"{{{{ data.{method} }}}}", data={"a": 1}) == (
        "prompt: a method is no text. The fields here are: data."
    )


def test_a_field_that_is_called_like_a_method_is_a_field() -> None:
    assert filled("{{ data.items }} {{ data.count }}", data={"items": 3, "count": 4}) == "3 4"


def test_methods_that_answer_with_values_may_be_used() -> None:
    source = "{% for key, value in data.items() %}{{ key }}={{ value }};{% endfor %}"
    assert filled(source, data={"a": 1, "b": 2}) == "a=1;b=2;"


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(10 ** 9) %}x{% endfor %}",
        "{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}",
        "{{ 'a' * 10 ** 12 }}",
        "{{ 'a' * 20000000 }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    ],
)
def test_a_template_that_would_not_end_is_stopped(source: str) -> None:
    assert refused(source).startswith("prompt: ")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "{% for i in range(9999) %}{% for j in range(9999) %}x{% endfor %}{% endfor %}",
            "takes over 200,000 steps",
        ),
        ("{% set n = 1000000000 %}{{ 'x' * n }}", "repeats a text too often"),
        ("{{ range(1000000000) }}", "counts too far in `range`"),
        ("{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}", "calls itself too often"),
    ],
)
def test_a_limit_of_the_engine_is_said_in_our_words(source: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        compile_template(source, "prompt")({"text": "tea"})
    assert str(refused.value) == (
        f"prompt: the template {said}. Let it write each field once, not in a loop."
    )


def test_an_expression_gives_a_value_of_its_own_type() -> None:
    fields = {"spans": [{"start": 0, "label": None}], "n": 3, "ok": True, "text": "a<b"}
    assert evaluate("spans", fields) == [{"start": 0, "label": None}]
    assert evaluate("n / 2", fields) == 1.5
    assert evaluate("not ok", fields) is False
    assert evaluate("spans[0].label", fields) is None
    assert evaluate("spans | map(attribute='start') | list", fields) == [0]
    assert evaluate("{'a': n, 'b': [text, 1]}", fields) == {"a": 3, "b": ["a<b", 1]}


@pytest.mark.parametrize("expression", ["txt", "data.txt", "data['my txt']", "spans[3]"])
def test_an_unknown_field_in_an_expression_is_refused_and_not_null(expression: str) -> None:
    with pytest.raises(UsageError) as caught:
        evaluate(expression, {"text": "a", "data": {}, "spans": []}, "qa.answer")
    assert str(caught.value) == (
        f"qa.answer: {expression} is undefined. The fields here are: data, spans, text."
    )


def test_an_unknown_field_may_have_a_default() -> None:
    assert evaluate("txt | default(none)", {}) is None
    assert evaluate("txt | default('x')", {}) == "x"


@pytest.mark.parametrize("expression", ["data.items", "[data.items]", "1 / 0", "n +", "a }}{{ b"])
def test_an_expression_that_has_no_json_value_is_refused(expression: str) -> None:
    with pytest.raises(UsageError, match=r"^field: "):
        evaluate(expression, {"data": {}, "n": 1, "a": 1, "b": 1})


@pytest.mark.parametrize("expression", ["text | escape", "text | safe", "[text | escape]"])
def test_an_escaped_text_is_a_plain_text(expression: str) -> None:
    value = evaluate(expression, {"text": "<"})
    assert type(value[0] if isinstance(value, list) else value) is str


@given(json_values)
@settings(deadline=None)
def test_an_expression_keeps_every_json_value(value: Any) -> None:
    found = evaluate("data.value", {"data": {"value": value}})
    assert found == value
    assert isinstance(found, bool) == isinstance(value, bool)


@given(texts, texts)
@settings(deadline=None)
def test_every_text_comes_through_a_template_unchanged(first: str, second: str) -> None:
    rendered = filled("{{ a }}|{{ data.b }}", a=first, data={"b": second})
    assert rendered == f"{first}|{second}"


@pytest.mark.parametrize("source", ["{{ text }}", '{{ text }} {{ data["a b"] }}'])
def test_a_long_text_is_no_fault_of_the_template(source: str) -> None:
    text = "x" * 17_000_000
    filled_in = filled(source, text=text, data={"a b": "y"})
    assert filled_in.startswith(text)


def test_a_template_that_writes_a_long_text_again_and_again_is_refused() -> None:
    said = refused("{% for i in range(5) %}{{ text }}{% endfor %}", text="x" * 4_000_000)
    assert said == (
        "prompt: the text has 20,000,000 characters, over 4 times its fields'. "
        "Let the template write each field once, not in a loop."
    )


@pytest.mark.parametrize(
    "source",
    [
        '{{ "{:>300000000}".format(text) }}',
        "{{ text.format(1) }}",
        '{{ "%300000000s" | format(text) }}',
        "{{ text | indent(300000000) }}",
        "{{ text | indent(width=300000000) }}",
        "{{ [1] | tojson(indent=300000000) }}",
        "{{ text | batch(300000000, 'x') | join }}",
        "{{ text * 300000000 }}",
        "{{ 300000000 * text }}",
        "{% for i in range(60000) %}{{ text * 10000 }}{% endfor %}",
        "{% for i in range(99) %}{% set x %}{{ text * 10000 }}{% endset %}{{ x }}{% endfor %}",
    ],
)
def test_a_text_of_any_length_is_refused_before_it_is_made(source: str) -> None:
    start = time.perf_counter()
    assert refused(source, text="x" * 100).startswith("prompt: ")
    assert time.perf_counter() - start < 2


def test_the_filters_that_are_bounded_do_what_they_did() -> None:
    assert filled("{{ text | indent(2) }}", text="a\nb") == "a\n  b"
    assert filled("{{ x | tojson }}", x={"a": ["é", None]}) == '{"a": ["é", null]}'
    assert filled("{{ x | tojson(indent=1) }}", x=[1]) == "[\n 1\n]"
    assert filled("{% for x in text | batch(2) %}{{ x | join }},{% endfor %}", text="abc") == (
        "ab,c,"
    )


def test_a_field_that_is_called_format_is_a_field() -> None:
    assert filled("{{ data.format }} {{ 2 * 3 }}", data={"format": "pdf"}) == "pdf 6"


def test_json_holds_a_text_as_it_stands_and_not_as_html_would() -> None:
    assert filled("{{ x | tojson }}", x=["a < b & it's"]) == """["a < b & it's"]"""
    assert filled("{{ x | tojson(2) }}", x=["a"]) == '[\n  "a"\n]'
