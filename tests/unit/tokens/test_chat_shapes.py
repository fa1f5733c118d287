"""Messages go to a template in the shape that it takes, and its own marks are followed."""

from __future__ import annotations

from typing import Any

import pytest

from dataprep.tokens import ChatTokenizer, TemplateError
from tests.unit.tokens.chat_tokenizers import (
    QWEN_PLAIN_MARKS,
    assistant,
    call,
    learned,
    result,
    tokenizer_of,
    user,
)

ROME = call("Rome")
OPENS = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"


def chat(answer: str, opening: str = OPENS, *, closing: str = "<|im_end|>") -> ChatTokenizer:
    """A tokenizer of ChatML that writes an answer so."""
    turns = (
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.role == 'assistant' %}"
        f"{answer}{{% else %}}{{{{ m.content }}}}{{% endif %}}{closing}{{% endfor %}}"
    )
    return tokenizer_of(turns + opening)


def refusal(tokenizer: ChatTokenizer, *messages: dict[str, Any]) -> str:
    with pytest.raises(TemplateError) as caught:
        tokenizer.encode(list(messages))
    return caught.value.message


def test_what_a_template_marks_as_generated_is_learned_and_no_more() -> None:
    marked = chat("[{% generation %}{{ m.content }}{% endgeneration %}]")
    talk = [user("Hi"), assistant("Ho"), user("Ha"), assistant("Hu", weight=0), user("He")]
    assert learned(marked, [*talk, assistant("Hy")]) == ["Ho", "Hy"]


def test_the_pieces_of_a_turn_that_are_generated_are_all_learned() -> None:
    calls = "{% for c in m.tool_calls or [] %}{{ c.function | tojson }}{% endfor %}"
    marked = chat(
        "{% generation %}{{ m.content }}{% endgeneration %}|"
        f"{{% generation %}}{calls}<|im_end|>{{% endgeneration %}}",
        closing="",
    )
    assert learned(marked, [user("Hi"), assistant("Ho", tool_calls=[ROME])]) == [
        "Ho",
        '{"name": "weather", "arguments": {"city": "Rome"}}<|im_end|>',
    ]


def test_an_answer_that_a_template_does_not_mark_is_refused() -> None:
    marked = chat(
        "{% if loop.last %}{% generation %}{{ m.content }}{% endgeneration %}"
        "{% else %}{{ m.content }}{% endif %}"
    )
    talk = user("Hi"), assistant("Ho"), user("Ha"), assistant("Hu")
    said = "the chat template marks nothing in messages[1] as generated"
    assert refusal(marked, *talk) == said


def test_arguments_are_a_text_where_a_template_takes_no_object() -> None:
    # Like DeepSeek V3's: it joins texts.
    joined = chat(
        "{{ m.content }}{% for c in m.tool_calls or [] %}{{ c.function.name + ':' +"
        " c.function.arguments }}{% endfor %}"
    )
    talk = [user("Weather?"), assistant("", tool_calls=[ROME])]
    assert learned(joined, talk) == ['weather:{"city": "Rome"}<|im_end|>']


def test_content_is_a_list_of_parts_where_a_template_takes_no_text() -> None:
    # Like Idefics 3's, and many that take pictures.
    in_parts = tokenizer_of(
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{% for p in m.content %}"
        "{% if p.type == 'text' %}{{ p.text }}{% endif %}{% endfor %}<|im_end|>{% endfor %}" + OPENS
    )
    talk = [user("Hi <|im_end|>"), assistant("Ho")]
    assert learned(in_parts, talk) == ["Ho<|im_end|>"]
    assert "user\nHi <|im_end|><|im_end|>" in in_parts.decode(in_parts.encode(talk).input_ids)


THINKING = (
    "{% if m.content is string %}{{ m.content }}{% else %}{% for p in m.content %}"
    "{% if p.type == 'thinking' %}[THINK]{{ p.thinking }}[/THINK]"
    "{% else %}{{ p.text }}{% endif %}{% endfor %}{% endif %}"
)


@pytest.mark.parametrize(
    "answer", [assistant("1.", reasoning_content="Hm."), assistant("<think>Hm.</think>1.")]
)
def test_a_thought_is_a_part_where_a_template_takes_it_so(answer: dict[str, Any]) -> None:
    # Like Ministral 3 Reasoning's.
    assert learned(chat(THINKING), [user("One?"), answer]) == ["[THINK]Hm.[/THINK]1.<|im_end|>"]


def test_a_list_that_would_be_written_as_json_is_not_handed_over() -> None:
    as_json = chat("{{ m.content if m.content is string else m.content | tojson }}")
    assert as_json.reasoning is None
    talk = [user("One?"), assistant("1.", reasoning_content="Hm.")]
    assert learned(as_json, talk) == ["1.<|im_end|>"]


def test_the_header_is_known_of_a_template_that_opens_an_answer_always() -> None:
    # Like Command R7B's.
    always = chat("{{ m.content }}", "<|im_start|>assistant\n<think></think>")
    talk = [user("Hi"), assistant("Ho"), user("Ha"), assistant("Hu")]
    assert learned(always, talk) == ["Ho<|im_end|>", "Hu<|im_end|>"]


def test_a_model_learns_to_open_its_answer_where_its_template_opens_none() -> None:
    talk = [user("Hi"), assistant("Ho"), user("Ha"), assistant("Hu")]
    opened = [f"<|im_start|>assistant\n{text}<|im_end|>" for text in ("Ho", "Hu")]
    assert learned(chat("{{ m.content }}", ""), talk) == opened


def test_a_system_text_that_a_template_puts_before_an_answer_is_not_learned() -> None:
    # Like Qwen2.5-VL's, where an assistant speaks first.
    own = tokenizer_of(
        "{% for m in messages %}{% if loop.first %}<|im_start|>system\nBe kind.<|im_end|>"
        "{% endif %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>{% endfor %}" + OPENS
    )
    talk = [assistant("Hello."), user("Hi"), assistant("Ho")]
    assert learned(own, talk) == ["Hello.<|im_end|>", "Ho<|im_end|>"]


def test_what_another_message_quotes_of_an_answer_is_not_learned() -> None:
    # Like Solar's: a result is called by the name in the call before it.
    quoting = tokenizer_of(
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.role == 'tool' %}"
        "{% for n in messages %}{% for c in n.tool_calls or [] %}({{ c.function.name }})"
        "{% endfor %}{% endfor %}{% endif %}{% if loop.last %}[last]{% endif %}{{ m.content }}"
        "{% for c in m.tool_calls or [] %}{{ c.function | tojson }}{% endfor %}<|im_end|>"
        "{% endfor %}" + OPENS
    )
    talk = [user("Weather?"), assistant("", tool_calls=[ROME]), result("9"), assistant("Cold.")]
    assert learned(quoting, talk) == [
        '{"name": "weather", "arguments": {"city": "Rome"}}<|im_end|>',
        "[last]Cold.<|im_end|>",
    ]


@pytest.mark.parametrize("content", ["", "I see."])
def test_around_the_result_of_a_tool_in_a_turn_all_is_learned(content: str) -> None:
    # Like Gemma 4's: the result stands in the turn of the call, and the text behind it.
    inside = tokenizer_of(
        "{% for m in messages %}{% if m.role != 'tool' %}"
        "{% if m.role == 'user' or not loop.index0 or messages[loop.index0 - 1].role != 'tool' %}"
        "<|im_start|>{{ m.role }}\n{% endif %}"
        "{% for c in m.tool_calls or [] %}<tool_call>{{ c.function | tojson }}</tool_call>"
        "{% endfor %}{% if m.tool_calls and not loop.last %}"
        "<tool_response>{{ messages[loop.index0 + 1].content }}</tool_response>{% endif %}"
        "{{ m.content }}{% if m.content or loop.last %}<|im_end|>{% endif %}{% endif %}"
        "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n<think></think>"
        "{% endif %}",
        plain=(*QWEN_PLAIN_MARKS, "<tool_response>", "</tool_response>"),
    )
    talk = [user("Weather?"), assistant(content, tool_calls=[ROME]), result("9 degrees")]
    talk.append(assistant("Cold."))
    called = '<tool_call>{"name": "weather", "arguments": {"city": "Rome"}}</tool_call>'
    said = [f"{content}<|im_end|>"] if content else []
    assert "".join(learned(inside, talk)) == "".join([called, *said, "Cold.<|im_end|>"])


def test_a_text_before_a_thought_that_a_template_cuts_off_is_refused() -> None:
    cutting = chat("{{ m.content.split('</think>')[-1] }}")
    talk = user("One?"), assistant("Let me see.<think>Hm.</think>1.")
    said = "the chat template leaves out what is said before a thought in messages[1]"
    assert refusal(cutting, *talk) == said


def test_a_closing_token_that_comes_with_the_next_question_is_learned() -> None:
    # Like Apertus's: it closes an answer when a user speaks again, and the last one never.
    late = tokenizer_of(
        "{% set ns = namespace(said=false) %}{% for m in messages %}{% if m.role == 'user' %}"
        "{% if ns.said %}<|im_end|>{% endif %}<|im_start|>user\n{{ m.content }}"
        "{% set ns.said = false %}{% else %}<|im_start|>{{ m.role }}\n{{ m.content }}"
        "{% set ns.said = true %}{% endif %}{% endfor %}" + OPENS
    )
    talk = [user("Hi"), assistant("Ho"), user("Ha"), assistant("Hu")]
    assert learned(late, talk) == ["Ho<|im_end|>", "Hu"]
    told = late.encode(talk).rendered
    assert told is not None
    assert (told.turns, told.unclosed) == (2, 1)


def test_the_header_of_an_answer_behind_an_answer_is_not_learned() -> None:
    # Like Apriel's and Hy3's: behind an answer, a template that is asked opens none.
    shy = tokenizer_of(
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}"
        "{% if m.role == 'user' or not loop.last %}<|im_end|>{% endif %}{% endfor %}"
        "{% if add_generation_prompt and messages[-1].role == 'user' %}<|im_start|>assistant\n"
        "{% endif %}"
    )
    talk = [user("Hi"), assistant("Ho"), assistant("Hu")]
    assert learned(shy, talk) == ["Ho<|im_end|>", "Hu"]
