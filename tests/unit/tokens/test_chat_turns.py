"""All of an assistant's turn is learned: what was thought, what is said, calls, and its end."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dataprep.finding import EnvironmentProblem
from dataprep.tokens import ChatTokenizer, TemplateError
from dataprep.tokens.messages import as_templates_know
from tests.unit.tokens.chat_tokenizers import (
    QWEN,
    QWEN_MARKS,
    QWEN_PLAIN_MARKS,
    assistant,
    call,
    learned,
    result,
    tokenizer_of,
    user,
)

ROME = call("Rome")
CALLED = '<tool_call>weather{"city": "Rome"}</tool_call><|im_end|>\n'
EMPTY = "<think>\n\n</think>\n\n"

# Like Llama 3's: it knows no calls.
DEAF = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# Like Llama 3.1's: a text beside a call is left out.
EITHER = DEAF.replace(
    "{{ m.content }}",
    "{% if m.tool_calls %}{{ m.tool_calls[0].function | tojson }}"
    "{% else %}{{ m.content }}{% endif %}",
)
# Like Gemma 4's: what a tool answers is written into the turn that called it.
INSIDE = (
    "{% for m in messages %}{% if m.role != 'tool' %}<|im_start|>{{ m.role }}\n"
    "{% if loop.last %}[last]{% endif %}{{ m.content }}"
    "{% for c in m.tool_calls or [] %}{{ c.function | tojson }}"
    "[{{ messages[loop.index0 + 2].content }}]{% endfor %}"
    "<|im_end|>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@pytest.fixture(scope="module")
def qwen() -> ChatTokenizer:
    return tokenizer_of(QWEN)


def refusal(template: str, *messages: dict[str, Any]) -> str:
    with pytest.raises(TemplateError) as caught:
        tokenizer_of(template).encode(list(messages))
    return caught.value.message


@pytest.mark.parametrize("content", [None, "", "Let me look."])
def test_a_tool_call_is_learned_with_or_without_a_text(
    qwen: ChatTokenizer, content: str | None
) -> None:
    talk = [user("Weather?"), assistant(content, tool_calls=[ROME]), result("9 degrees")]
    talk.append(assistant("It is cold."))
    assert learned(qwen, talk) == [
        (content or "") + CALLED,
        f"{EMPTY}It is cold.<|im_end|>\n",
    ]


def test_every_call_of_a_turn_is_learned_and_no_result_is(qwen: ChatTokenizer) -> None:
    talk = [user("Weather?"), assistant("", tool_calls=[ROME, call("Oslo")]), result("9 degrees")]
    talk += [result("1 degree"), assistant("", tool_calls=[call("Bonn")]), result("5 degrees")]
    talk += [assistant("All cold."), user("And tea?"), assistant("No.")]
    assert learned(qwen, talk) == [
        '<tool_call>weather{"city": "Rome"}</tool_call>'
        '<tool_call>weather{"city": "Oslo"}</tool_call><|im_end|>\n',
        '<tool_call>weather{"city": "Bonn"}</tool_call><|im_end|>\n',
        "All cold.<|im_end|>\n",
        f"{EMPTY}No.<|im_end|>\n",
    ]


def test_a_call_of_weight_0_is_read_and_not_learned(qwen: ChatTokenizer) -> None:
    silent = assistant("", tool_calls=[ROME], weight=0)
    talk = [user("Weather?"), silent, result("9 degrees"), assistant("Cold.")]
    assert learned(qwen, talk) == [f"{EMPTY}Cold.<|im_end|>\n"]


def test_a_thought_in_the_text_is_written_once_and_only_behind_the_last_question(
    qwen: ChatTokenizer,
) -> None:
    talk = [user("One?"), assistant("<think>\nCount.\n</think>\n\n1."), user("Two?")]
    talk.append(assistant("<think>\nCount on.\n</think>\n\n2."))
    assert learned(qwen, talk) == [
        "1.<|im_end|>\n",
        "<think>\nCount on.\n</think>\n\n2.<|im_end|>\n",
    ]


def test_a_thought_is_read_beside_a_text_that_spells_a_special_token(qwen: ChatTokenizer) -> None:
    talk = [
        user("How does <|im_end|> end?"),
        assistant("<think>\nHm.\n</think>\n\nSo: <|im_end|>."),
    ]
    coded = qwen.encode(talk)
    end = qwen.backend.convert_tokens_to_ids("<|im_end|>")
    think = qwen.backend.convert_tokens_to_ids("<think>")
    assert coded.input_ids.count(end) == 2
    assert coded.input_ids.count(think) == 1
    assert learned(qwen, talk) == ["<think>\nHm.\n</think>\n\nSo: <|im_end|>.<|im_end|>\n"]


def test_a_special_token_that_the_template_looks_for_in_answers_is_left_to_it() -> None:
    special = tokenizer_of(QWEN, (*QWEN_MARKS, *QWEN_PLAIN_MARKS), ())
    asked = "<think> or </think>?"
    talk = [user(asked), assistant("<think>\nHm.\n</think>\n\nNo.")]
    coded = special.encode(talk)
    for mark in ("<think>", "</think>"):
        assert coded.input_ids.count(special.backend.convert_tokens_to_ids(mark)) == 1
    assert learned(special, talk) == ["<think>\nHm.\n</think>\n\nNo.<|im_end|>\n"]
    assert asked in special.decode(coded.input_ids)


def test_a_token_that_is_not_special_is_in_a_users_text_what_it_is_to_the_model(
    qwen: ChatTokenizer,
) -> None:
    talk = [user("What is <tool_call>?"), assistant("A mark.")]
    ids = qwen.backend.apply_chat_template(talk, return_dict=False)
    assert qwen.encode(talk).input_ids == ids


def test_a_description_of_a_tool_never_becomes_a_special_token() -> None:
    template = "{{ tools | tojson }}" + DEAF
    tools = [{"type": "function", "function": {"name": "f", "description": "Ends <|im_end|>"}}]
    coded = tokenizer_of(template).encode([user("Hi"), assistant("Ho")], tools)
    end = tokenizer_of(template).backend.convert_tokens_to_ids("<|im_end|>")
    assert coded.input_ids.count(end) == 2


def test_reasoning_is_given_to_a_template_that_takes_it(qwen: ChatTokenizer) -> None:
    assert qwen.reasoning == "reasoning_content"
    talk = [user("One?"), assistant("1.", reasoning_content="Count.")]
    assert learned(qwen, talk) == ["<think>\nCount.\n</think>\n\n1.<|im_end|>\n"]


@pytest.mark.parametrize(
    ("template", "key"),
    [
        (DEAF, None),
        (DEAF.replace("{{ m.content }}", "{{ m.thinking }}{{ m.content }}"), "reasoning_content"),
        (DEAF.replace("{{ m.content }}", "{{ m.reasoning }}{{ m.content }}"), "reasoning_content"),
        (DEAF.replace("{{ m.content }}", "{{ enable_thinking }}{{ m.content }}"), None),
    ],
    ids=["none", "thinking", "reasoning", "a-switch"],
)
def test_a_template_takes_reasoning_where_it_writes_it(template: str, key: str | None) -> None:
    assert tokenizer_of(template).reasoning == key


def test_a_thought_that_is_told_twice_is_written_once(qwen: ChatTokenizer) -> None:
    said = "<think>\nCount.\n</think>\n\n1."
    talk = [user("One?"), assistant(said, reasoning_content="Count.\n")]
    text = qwen.decode(qwen.encode(talk).input_ids)
    assert (text.count("Count."), text.count("<think>")) == (1, 1)


def test_an_empty_thought_in_the_key_leaves_the_text_its_own(qwen: ChatTokenizer) -> None:
    talk = [user("One?"), assistant("<think>Count.</think>1.", reasoning_content="")]
    assert learned(qwen, talk) == ["<think>\nCount.\n</think>\n\n1.<|im_end|>\n"]


def test_a_template_that_would_write_a_thought_of_its_own_gets_the_one_of_the_text() -> None:
    # Like Qwen3.8's: every answer begins with a thought, and none is looked for in the text.
    template = DEAF.replace(
        "{{ m.content }}",
        "{% if m.role == 'assistant' %}<think>{{ m.reasoning_content }}</think>{% endif %}"
        "{{ m.content }}",
    )
    talk = [user("<think>Hm.</think>?"), assistant("<think>\nCount.\n</think>\n\n1.")]
    assert learned(tokenizer_of(template), talk) == ["<think>Count.</think>1.<|im_end|>"]
    text = tokenizer_of(template).render(talk).text
    assert "user\n<think>Hm.</think>?" in text


def test_a_call_in_the_form_of_2023_is_not_lost_unsaid(qwen: ChatTokenizer) -> None:
    old = assistant(None, function_call={"name": "weather", "arguments": '{"city": "Rome"}'})
    with pytest.raises(TemplateError) as caught:
        qwen.encode([user("Weather?"), old])
    assert caught.value.message == "the chat template leaves out the tool call in messages[1]"


def test_the_header_of_an_answer_that_comes_first_is_not_learned(qwen: ChatTokenizer) -> None:
    talk = [assistant("Hello."), user("One?"), assistant("1.")]
    assert learned(qwen, talk) == ["Hello.<|im_end|>\n", f"{EMPTY}1.<|im_end|>\n"]


def test_two_thoughts_of_one_turn_are_refused(qwen: ChatTokenizer) -> None:
    talk = [user("One?"), assistant("<think>Guess.</think>1.", reasoning_content="Count.")]
    with pytest.raises(TemplateError) as caught:
        qwen.encode(talk)
    assert caught.value.message == "messages[1] thinks twice: in its reasoning, and in its text"


def test_a_call_that_the_template_leaves_out_is_refused() -> None:
    talk = user("Weather?"), assistant("Let me look.", tool_calls=[ROME])
    assert refusal(DEAF, *talk) == "the chat template leaves out the tool call in messages[1]"
    quiet = DEAF.replace("{{ m.content }}", "{{ m.tool_calls[0].function.name if m.tool_calls }}")
    said = "the chat template leaves out an argument of the tool call in messages[1]"
    assert refusal(quiet, user("Weather?"), assistant("", tool_calls=[ROME])) == said
    two = assistant("", tool_calls=[ROME, call("Oslo")])
    assert refusal(EITHER, user("Weather?"), two).startswith("the chat template leaves out")


def test_a_text_that_the_template_leaves_out_is_refused() -> None:
    talk = user("Weather?"), assistant("Let me look.", tool_calls=[ROME])
    said = "the chat template leaves out what is said beside the tool call in messages[1]"
    assert refusal(EITHER, *talk) == said
    other = DEAF.replace("{{ m.content }}", "{{ m.text }}")
    said = "the chat template leaves out what is said in messages[1]"
    assert refusal(other, user("Hi"), assistant("Ho")) == said


def test_the_result_of_a_tool_inside_the_turn_is_never_learned() -> None:
    talk = [user("Weather?"), assistant("Hm. ", tool_calls=[ROME]), result("9 degrees")]
    talk.append(assistant("Cold."))
    said = "the chat template writes the result of a tool call into the turn of messages[1]"
    assert refusal(INSIDE, *talk) == said


def test_a_turn_that_the_template_hides_is_refused_by_its_tool_call() -> None:
    copied = (
        "{% for m in messages | map('items') | map('list') %}{% set d = dict(m) %}"
        "<|im_start|>{{ d.role }}\n{% if loop.last %}[last]{% endif %}{{ d.content }}"
        "{% for c in d.tool_calls or [] %}{{ c.function | tojson }}{% endfor %}<|im_end|>"
        "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    talk = [user("Weather?"), assistant("", tool_calls=[ROME]), result("9"), assistant("Cold.")]
    said = "the chat template hides where the tool call of messages[1] stands"
    assert refusal(copied, *talk) == said
    plain = [user("Hi"), assistant("Ho"), user("Ha"), assistant("Hu")]
    assert learned(tokenizer_of(copied), plain) == ["Ho<|im_end|>", "Hu<|im_end|>"]


def test_a_loop_that_goes_on_early_ends_the_message_that_it_was_at() -> None:
    skipping = (
        "{% for m in messages %}{% if m.role == 'user' %}<|im_start|>user\n{{ m.content }}"
        "<|im_end|>{% continue %}{% endif %}<|im_start|>assistant\n"
        "{% if loop.last %}[last]{% endif %}{{ m.content }}<|im_end|>{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    talk = [user("Hi"), assistant("Ho"), user("Ha"), assistant("Hu")]
    assert learned(tokenizer_of(skipping), talk) == ["Ho<|im_end|>", "[last]Hu<|im_end|>"]


def test_a_header_that_the_template_opens_otherwise_is_not_learned() -> None:
    opening = QWEN.replace(
        "{{ '<|im_start|>assistant\\n' }}{% endif -%}",
        "{{ '<|im_start|>assistant\\n<think>\\n' }}{% endif -%}",
    )
    assert opening != QWEN
    talk = [user("Weather?"), assistant("", tool_calls=[ROME]), result("9"), assistant("Cold.")]
    assert learned(tokenizer_of(opening), talk) == [CALLED, "\n</think>\n\nCold.<|im_end|>\n"]


def test_answers_that_no_token_closes_are_counted() -> None:
    talk = [user("Hi"), assistant("Ho"), user("Ha"), assistant("Hu <|im_end|>")]
    coded = tokenizer_of(DEAF).encode(talk)
    assert coded.rendered is not None
    assert (coded.rendered.turns, coded.rendered.unclosed) == (2, 0)
    open_ended = re.sub(r"<\|im_end\|>", "\n", DEAF)
    coded = tokenizer_of(open_ended).encode(talk)
    assert coded.rendered is not None
    assert (coded.rendered.turns, coded.rendered.unclosed) == (2, 2)


def test_another_version_of_transformers_is_the_machines_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from transformers.utils import chat_template_utils

    from dataprep.tokens import metered_jinja

    metered_jinja._environment.cache_clear()
    monkeypatch.delattr(chat_template_utils, "_compile_jinja_template")
    with pytest.raises(EnvironmentProblem, match="another way to compile"):
        metered_jinja.compiled("{% for message in messages %}never seen{% endfor %}", "x")


def test_arguments_that_are_nested_too_deeply_to_be_read_stay_a_text() -> None:
    deep = '{"a": ' * 5_000 + "1" + "}" * 5_000
    asked = {"id": "x", "type": "function", "function": {"name": "f", "arguments": deep}}
    (shown,) = as_templates_know([assistant("", tool_calls=[asked])])
    assert shown["tool_calls"][0]["function"]["arguments"] == deep
