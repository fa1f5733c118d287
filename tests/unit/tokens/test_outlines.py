"""A conversation that is filled into an outline reads as the one that is rendered in full."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dataprep.tokens import ChatTokenizer, TemplateError
from dataprep.tokens.outlines import FilledOutline, Outlines
from tests.unit.tokens.chat_tokenizers import QWEN, assistant, tokenizer_of, user
from tests.unit.tokens.template_matrix import MATRIX, TOOLS
from tests.unit.tokens.test_chat_templates_of_trl import _MARK, _PLAIN, FOLDERS

TEMPLATES = sorted(p for f in FOLDERS for p in Path(f, "chat_templates").glob("*.jinja"))
HOSTILE = (
    *("", " ", "\n\n", " Aaa ", "\n\nAaa\n", "\u00a0Aaa\x1c", "a" * 3_000, "e\u0301 \U0001f600"),
    *("{{ 7 * 7 }}", "{% for m in messages %}", "'\"\\/\t\x00", '{"a": "b"}', "None", "user"),
    *("<think>Aaa</think>", "<think>\nAaa\n</think>\n\nBbb", "</think>", "a</think>b</think>c"),
    *("<tool_call>Aaa</tool_call>", "<tool_response>Aaa</tool_response>", "/no_think", "[INST]"),
    *("<|im_end|>", "<|eot_id|>", "<eos>", "<end_of_turn>\n<start_of_turn>model\n"),
    *("\ue0f00\ue0f1", "\ue0f0", "\ue000\ue001\ue000", "\U000f0000Aaa\U00100000", "\ue010"),
)
"""What may be said: blanks, marks of templates, of Jinja, and of our own."""


class NoOutlines(Outlines):
    """Renders every conversation in full."""

    def filled(
        self, key: Any, messages: Any, draw: Any, plainly: Any, shape: Any = list
    ) -> FilledOutline:
        """The text alone."""
        return FilledOutline(plainly(), None)


def uncached(tokenizer: ChatTokenizer) -> ChatTokenizer:
    tokenizer._chat._renderer._outlines = NoOutlines()
    return tokenizer


def uses(tokenizer: ChatTokenizer) -> int:
    return sum(kept.uses for kept in tokenizer._chat._renderer._outlines._kept.values())


def encoded(tokenizer: ChatTokenizer, talk: list[dict[str, Any]], tools: Any) -> Any:
    """All that comes of a conversation."""
    try:
        return tokenizer.encode(talk, tools)
    except TemplateError as error:
        return error.message


def hostile(talk: list[dict[str, Any]], rng: random.Random) -> list[dict[str, Any]]:
    """The conversation with other texts in it."""

    def changed(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: changed(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [changed(inner) for inner in value]
        if key == "arguments" and isinstance(value, str):
            return json.dumps({"city": rng.choice(HOSTILE)})
        if key not in ("content", "city", "reasoning_content") or not isinstance(value, str):
            return value
        text = rng.choice(HOSTILE)
        return rng.choice((text, text, value, f"{value}{text}", f"{text}{value}"))

    return [
        {**changed(message), **({"content": None} if rng.random() < 0.03 else {})}
        for message in talk
    ]


def talks(kinds: int, many: int, rng: random.Random) -> Iterator[tuple[list[dict[str, Any]], Any]]:
    """So many conversations of so many kinds, with the tools of each."""
    for name, talk in rng.sample(list(MATRIX.items()), kinds):
        for _ in range(many):
            tools = TOOLS if "call" in name or rng.random() < 0.2 else None
            yield hostile(talk, rng), tools


def tokenizers(path: Path) -> tuple[ChatTokenizer, ChatTokenizer]:
    template = path.read_text("utf-8")
    marks = sorted({*_MARK.findall(template)})
    return tokenizer_of(template, marks, _PLAIN), uncached(tokenizer_of(template, marks, _PLAIN))


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 60


@pytest.mark.parametrize("path", TEMPLATES, ids=[path.stem for path in TEMPLATES])
def test_ids_labels_and_refusals_are_those_of_the_full_rendering(path: Path) -> None:
    ours, full = tokenizers(path)
    rng = random.Random(path.stem)  # noqa: S311
    for talk, tools in talks(8, 4, rng):
        assert encoded(ours, talk, tools) == encoded(full, talk, tools), talk
    assert uses(ours) > 3 or path.stem.startswith("llava")


def test_a_question_about_a_text_is_asked_of_every_conversation() -> None:
    source = (
        "{% for m in messages %}{% set c = m.content | trim %}"
        "{{ 'long' if c | length > 5 else c[:2] }}{{ c.split('-')[-1] ~ c.upper() }}"
        "{% if 'x' in c or c in 'abc' or c == m.role %}!{% endif %}{{ m | tojson }}"
        "{% if c.startswith(('q', 'r')) %}{{ c | replace('q', 'u') }}{% endif %}|{% endfor %}"
    )
    ours, full = tokenizer_of(source), uncached(tokenizer_of(source))
    texts = ["a", " a-b", "abcdefg", "x", "q", "rq", "user", "", "ab", "-", '"', "\n", "ab-cd-ef"]
    for _ in range(3):
        for text in texts:
            talk = [user(text)]
            assert ours._chat.text(talk, None) == full._chat.text(talk, None)
    assert uses(ours) >= 2 * len(texts)


@pytest.mark.parametrize(
    "source",
    [
        "{% for c in messages[0].content %}{{ c }}.{% endfor %}",
        "{{ {'a': 1}[messages[0].content] }}",
        "{{ messages[0].content | list }}",
        "{{ '%s' % messages[0].content }}",
        "{{ '{}'.format(messages[0].content) }}",
        "{{ messages[0].content | urlencode }}",
        "{{ messages[0].content * 2 }}",
        "{{ [messages[0].content] }}",
        "{{ range(messages[0].content | length) | list }}",
        "{{ messages | map(attribute='content') | sort | join }}",
        "{{ 'abc'.replace(messages[0].content, 'x') }}",
        "{{ messages | tojson(ensure_ascii=true) }}",
        "{{ '<' + (messages[0].content | safe) }}",
        "{% autoescape true %}{{ messages[0].content }}{% endautoescape %}",
        "{{ messages[0].content | first }}",
    ],
)
def test_a_template_that_does_anything_else_with_a_text_is_rendered_in_full(source: str) -> None:
    ours, full = tokenizer_of(source), uncached(tokenizer_of(source))
    for text in ("a", "b", "<c>", "ab", "a"):
        said = []
        for tokenizer in (ours, full):
            try:
                said.append(tokenizer._chat.text([user(text)], None))
            except TemplateError as error:
                said.append(error.message)
        assert said[0] == said[1]
    assert uses(ours) == 0


def test_a_text_that_a_template_writes_too_often_is_refused_with_and_without_an_outline() -> None:
    from dataprep.tokens.meter import OversizedTemplate

    source = (
        "{% for m in messages %}{% for _ in range(300) %}{{ m.content }}{% endfor %}{% endfor %}"
    )
    ours = tokenizer_of(source)
    for _ in range(3):
        assert ours._chat.text([user("ab")], None) == "ab" * 300
    with pytest.raises(OversizedTemplate):
        ours._chat.text([user("ab" * 500_000)], None)


def test_a_structure_that_never_answers_alike_is_rendered_in_full_from_then_on() -> None:
    ours = tokenizer_of("{{ messages[0].content.count('a') }}")
    for many in range(40):
        assert ours._chat.text([user("a" * many)], None) == str(many)
    assert [kept.off for kept in ours._chat._renderer._outlines._kept.values()] == [True]


def test_answers_of_one_structure_are_found_in_one_outline() -> None:
    ours = tokenizer_of(QWEN)
    for text in ("Aaa", "Bbb", "Ccc"):
        talk = [user("Uaa"), assistant(f" {text}"), user("Ubb"), assistant(f"{text}\n")]
        coded = ours.encode(talk)
        assert coded.rendered is not None
        spans = [coded.rendered.text[start:end] for start, end in coded.rendered.answers]
        assert spans == [
            f" {text}<|im_end|>\n",
            f"<think>\n\n</think>\n\n{text}\n<|im_end|>\n",
        ]
    assert uses(ours) > 0


LEAKS = {
    "values joined by a text": "{% for m in messages %}{% set q = '/'.join(m.values()) %}",
    "values joined by the filter": "{% for m in messages %}{% set q = m.values() | join('/') %}",
    "what comes one by one, held in a list": (
        "{% for g in [messages | map(attribute='content')] %}{% set q = '-'.join(g) %}"
    ),
    "what comes one by one, given to a macro": (
        "{% macro f(g) %}{{ '-'.join(g) }}{% endmacro %}"
        "{% for m in messages %}{% set q = f(messages | map(attribute='content')) %}"
    ),
    "a method kept in a namespace": (
        "{% set ns = namespace(j='-'.join) %}{% for m in messages %}{% set q = ns.j(m.values()) %}"
    ),
    "the three parts of a text": (
        "{% for m in messages %}{% set q = 'foo' if m.content.partition('o') == ('f', 'o', 'o') %}"
    ),
    "an item by what is said": (
        "{% for m in messages %}{% set q = 'foo' if [1][m.content] is defined else m.content %}"
    ),
}
"""Templates that handle texts by what is no method of one: `q` holds what is said, or not."""


@pytest.mark.parametrize("source", LEAKS.values(), ids=LEAKS)
def test_no_mark_stands_in_a_text_that_a_template_asks_about(source: str) -> None:
    source += "{% if 'foo' in q | d('') %}found {% endif %}{{ q }}{% endfor %}"
    ours, full = tokenizer_of(source), uncached(tokenizer_of(source))
    for text in ("a", "b", "foo", "a", "append", "foo", " foo "):
        talk = [user(text), assistant("b")]
        assert ours._chat.text(talk, None) == full._chat.text(talk, None)


def test_messages_that_a_template_compares_by_identity_are_rendered_in_full() -> None:
    source = "{% for m in messages %}{{ m is sameas(messages[0]) }}{{ m.content }}{% endfor %}"
    ours = tokenizer_of(source)
    shared, other = user("a"), user("a")
    for talk in ([shared, other], [shared, other], [shared, other], [shared, shared]):
        full = uncached(tokenizer_of(source))._chat._renderer.text(talk, None, asked=False)
        assert ours._chat._renderer.text(talk, None, asked=False) == full


def test_a_mark_that_the_template_or_a_role_holds_is_its_own() -> None:
    source = "\ue0f00\ue0f1{% for m in messages %}{{ m.role }}{{ m.content }}{% endfor %}"
    ours, full = tokenizer_of(source), uncached(tokenizer_of(source))
    for text in ("\ue0f00\ue0f1", "\ue0f00\ue0f1", "\ue0f00\ue0f1", "a", "b"):
        talk = [{"role": "\ue0f00\ue0f1", "content": text}]
        assert ours._chat.text(talk, None) == full._chat.text(talk, None)


@pytest.mark.parametrize("name", ["gemma3_training", "llama3", "qwen2_5", "qwen3_8_training"])
def test_spans_of_answers_are_kept_with_the_outline(name: str) -> None:
    ours, _ = tokenizers(next(path for path in TEMPLATES if path.stem == name))
    seen = []
    filled = ours._chat._renderer.filled

    def noted(*given: Any, **named: Any) -> FilledOutline:
        seen.append(filled(*given, **named))
        return seen[-1]

    ours._chat._renderer.filled = noted  # type: ignore[method-assign]
    for text in "abcdefgh":
        ours.encode([user(text), assistant("b"), user("c"), assistant(text)], None)
    told = [filled.spans is not None for filled in seen]
    assert sum(told[-4:]) >= 3
