"""No template of a recipe takes more memory or time than its limits, and plain ones stay here."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.finding import UsageError
from dataprep.templates import OversizedResult, compile_template, evaluate, growth, names_read
from tests.hostile_templates import generated, run_in_limits

SHORTER = """
from dataprep.templates import process
process._PROGRAM = process._PROGRAM.replace(
    "serve()", "from dataprep.templates import process as p; p.SECONDS = 1; serve()"
)
"""
"""One second of processor time, where users have five."""

PROGRAM = (
    SHORTER
    + """
from dataprep.finding import DataprepError
from dataprep.templates import compile_template, evaluate
FIELDS = {"text": "x" * 100, "l": ["a"] * 100, "n": 10**9, "big": "x" * 1_000_000}
def answer(case):
    kind, source = case
    try:
        if kind == "evaluate":
            return str(len(str(evaluate(source, FIELDS))))
        return str(len(compile_template(source, "prompt")(FIELDS)))
    except DataprepError as error:
        return f"{type(error).__name__} {error}"
"""
)

TOO_MUCH = [
    "{{ ['%1000000000d'] | map('format', 1) | join }}",
    "{{ text | replace('x', text) | replace('x', text) | replace('x', text * 100) }}",
    "{% set ns = namespace(x='x') %}{% for i in range(40) %}{% set ns.x = ns.x ~ ns.x %}"
    "{% endfor %}{{ ns.x }}",
    "{{ text.replace('x', text * 100).replace('x', text * 100) }}",
    "{{ l | map('replace', 'a', big) | map('replace', 'x', big) | join }}",
    "{{ range(100000) | list | tojson(10000) }}",
    "{% for i in range(40) %}{% if l.extend(l) %}{% endif %}{% endfor %}{{ l | length }}",
    "{% filter replace('x', big) %}{{ big }}{% endfilter %}",
    "{% for i in range(50000) %}{% if big | upper == 'x' %}{% endif %}{% endfor %}",
    "{{ " + "-" * 100_000 + "1 }}",
    "{{ 1" + " + 1" * 100_000 + " }}",
    "{{ text" + ".a" * 100_000 + " }}",
    "{% if l %}" + "{% elif l %}" * 20_000 + "{% endif %}",
    "x" * 1_000_001,
]


def test_a_template_that_asks_for_too_much_is_refused_in_words_and_this_process_lives() -> None:
    cases = [["render", source] for source in TOO_MUCH]
    found = run_in_limits(PROGRAM, cases, memory=2_000_000_000, seconds=60)
    for source, (said, took) in zip(TOO_MUCH, found, strict=True):
        assert said.startswith(
            ("OversizedResult prompt: the template ", "UsageError prompt: the templ")
        ), (
            source[:200],
            said,
        )
        assert took < 2, source[:200]


def test_an_expression_that_asks_for_too_much_is_refused_too() -> None:
    cases = [["evaluate", s.strip("{} ")] for s in TOO_MUCH[:5] if s.startswith("{{ ")]
    assert len(cases) > 2
    for said, _ in run_in_limits(PROGRAM, cases, memory=2_000_000_000, seconds=60):
        assert said.startswith("OversizedResult field: the template "), said


def test_generated_templates_leave_this_process_alive() -> None:
    cases = [["render", source] for source in generated(4, 20)]
    found = run_in_limits(PROGRAM, cases, memory=2_000_000_000, seconds=60)
    assert all(took < 3 for _, took in found)


def test_a_template_that_was_too_much_is_not_tried_again() -> None:
    render = compile_template("{{ text | replace('x', text) | replace('x', text) }}", "prompt")
    fields = {"text": "x" * 3_000}
    with pytest.raises(OversizedResult) as first:
        render(fields)
    with pytest.raises(OversizedResult) as second:
        render({"text": "x"})
    assert second.value is first.value
    assert str(first.value) == (
        "prompt: the template takes over 1 GB of memory. "
        "Let it write each field once, not in a loop."
    )


def test_the_names_of_a_template_that_nests_too_deep_are_none() -> None:
    assert names_read("{{ " + "-" * 100_000 + "1 }}") == frozenset()


APART = [
    ("{% set x = text ~ '!' %}{{ x }}", "ab!"),
    ("{% macro f(a) %}<{{ a }}>{% endmacro %}{{ f(text) }}", "<ab>"),
    ("{{ text | replace('a', 'xyz') | replace('b', 'xyz') }}", "xyzxyz"),
    ("{{ text * 2 }}", "abab"),
    ("{{ tags | map('upper') | join('; ') }}", "T; É"),
    (
        "{% set n = namespace(x=1) %}{% for t in tags %}{% set n.x = n.x ~ t %}{% endfor %}{{n.x}}",
        "1té",
    ),
    ("{{ data.a | tojson(2) }}", "1"),
]


@pytest.mark.parametrize(("source", "text"), APART)
def test_a_template_that_can_grow_works_in_the_process_with_limits(source: str, text: str) -> None:
    fields = {"text": "ab", "tags": ["t", "é"], "data": {"a": 1}}
    assert growth.grows(source)
    assert compile_template(source)(fields) == text


LOOP = "{% for x in l %}{% if l | sort == 1 %}{% endif %}{% endfor %}"


@pytest.mark.parametrize(
    ("source", "fields"),
    [
        (LOOP, {"l": list(range(30_000))}),
        ("{{ a" + " ~ a" * 200 + " }}", {"a": "x" * 1_000_000}),
        ("{{ a.split('x') | length }}", {"a": "x" * 30_000_000}),
        ("{{ a | reverse | list | sort | unique | length }}", {"a": "xy" * 5_000_000}),
    ],
)
def test_what_takes_long_by_its_fields_alone_leaves_this_process(
    source: str, fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Any, ...]] = []

    def ask(*request: Any) -> dict[str, str]:
        asked.append(request)
        return {"value": "apart"}

    monkeypatch.setattr("dataprep.templates.rendering._PROCESS.ask", ask)
    assert not growth.grows(source)
    assert compile_template(source)(fields) == "apart"
    assert len(asked) == 1


def test_the_code_behind_an_object_in_braces_is_looked_at_too() -> None:
    source = '{{ {"a": {"b": 1}} and text | replace("", text) }}'
    assert growth.grows(source)
    assert not growth.is_short(source)
    assert compile_template(source)({"text": "ab"}) == "abaabbab"


@pytest.mark.parametrize("source", ["{{ deep | tojson }}", "{{ 'x' * 2 }}{{ deep | tojson }}"])
def test_a_field_that_nests_too_deep_is_refused_in_words(source: str) -> None:
    deep: Any = 1
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(UsageError, match=r"^prompt: a field nests too deep\."):
        compile_template(source, "prompt")({"deep": deep})


def test_a_template_reaches_no_attribute_that_the_engine_puts_on_a_value() -> None:
    with pytest.raises(UsageError, match="undefined"):
        compile_template("{{ row.printed.limit }}")({"row": {"a": 1}})


def test_errors_come_back_from_the_process_as_they_are_here() -> None:
    with pytest.raises(UsageError) as caught:
        compile_template("{% set x = txt ~ '!' %}{{ x }}", "prompt")({"text": "a"})
    assert str(caught.value) == (
        "prompt: undefined value: `txt` is undefined (in prompt:1). The fields here are: text."
    )
    with pytest.raises(UsageError, match=r"^prompt: a list or an object is no text"):
        compile_template("{% set x = [text] %}{{ x }}", "prompt")({"text": "a"})


@pytest.mark.parametrize(
    "source",
    [
        "{{ text }}",
        "{{ title | trim }}: {{ text }}",
        "{% if context %}{{ context }}\n\n{% endif %}{{ question }}",
        "{% for m in messages %}{{ m.role ~ ': ' ~ m.content }}\n{% endfor %}",
        "{{ aliases | join('; ') }}",
        "{{ row | tojson }}",
        "{{ tags | map(attribute='name') | join(', ') }}",
        "{% set name = data['first name'] %}{{ name | default('-') }}",
        "{{ rating >= 4 and not rejected }}",
        "{{ text | replace('\n', ' ') }}",
    ],
)
def test_what_cannot_grow_stays_in_this_process(source: str) -> None:
    assert growth.is_short(source)
    assert not growth.grows(source)


@pytest.mark.parametrize(
    "source",
    [
        "{{ a * 2 }}",
        "{% set a = a ~ a %}",
        "{% set a %}{{ a }}{% endset %}",
        "{% for a in [b ~ b] %}{% endfor %}",
        "{% with a = b %}{% endwith %}",
        "{% for a in b recursive %}{% endfor %}",
        "{{ a | map('replace', 'x', a) }}",
        "{{ a | join(b) }}",
        "{{ a | join(b | d(',')) }}",
        "{{ a | replace('x', 'x' ~ a) }}",
        "{{ a | replace('x', 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyy') }}",
        "{{ a | replace('x', 'yy') | join('zz') }}",
        "{{ a.replace('x', 'y') }}",
        "{{ a['replace']('x', 'y') }}",
        "{{ (a.replace)('x', 'y') }}",
        "{{ range(9) }}",
        "{{ a | indent(9) }}",
        "{{ a | nothing_known }}",
    ],
)
def test_what_can_grow_or_is_not_known_leaves_this_process(source: str) -> None:
    assert growth.grows(source)


@given(st.dictionaries(st.sampled_from(["text", "tags"]), st.text(max_size=20), min_size=2))
@settings(deadline=None, max_examples=50)
def test_both_processes_say_the_same(fields: dict[str, Any]) -> None:
    here = compile_template("{{ text | upper }}|{{ tags | tojson }}")(fields)
    apart = compile_template("{{ text | upper }}|{{ tags | tojson }}{{ '' * 1 }}")(fields)
    assert apart == here
    assert evaluate("[text] * 1", fields) == evaluate("[text]", fields)


def test_a_template_with_half_of_a_character_is_refused_in_words() -> None:
    with pytest.raises(UsageError, match="prompt: the template holds half of a character"):
        compile_template("\ud800{{ text }}", "prompt")
