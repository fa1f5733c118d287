"""Small chat tokenizers for the tests: a vocabulary of bytes, and the marks that a template has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from dataprep.tokens import IGNORED, AnyChatTokenizer, ChatTokenizer

Message = dict[str, Any]

# As Qwen3 does it: what was thought is written behind the last question alone, and an answer
# without a thought gets an empty one; the thought may stand in its key or in the text.
QWEN = """{%- set ns = namespace(last=-1) -%}
{%- for m in messages -%}
  {%- if m.role == 'user' %}{% set ns.last = loop.index0 %}{% endif -%}
{%- endfor -%}
{%- for m in messages -%}
{%- if m.role == 'assistant' -%}
  {%- set content = m.content %}{% set thought = m.reasoning_content or '' -%}
  {%- if not thought and '</think>' in content -%}
    {%- set thought = content.split('</think>')[0].split('<think>')[-1].strip() -%}
    {%- set content = content.split('</think>')[-1].lstrip() -%}
  {%- endif -%}
  {{- '<|im_start|>assistant\\n' -}}
  {%- if loop.index0 > ns.last and (loop.last or thought) -%}
    {{- '<think>\\n' ~ thought ~ '\\n</think>\\n\\n' -}}
  {%- endif -%}
  {{- content -}}
  {%- for call in m.tool_calls or [] -%}
    {{- '<tool_call>' ~ call.function.name ~ (call.function.arguments | tojson) ~ '</tool_call>' -}}
  {%- endfor -%}
  {{- '<|im_end|>\\n' -}}
{%- else -%}
  {{- '<|im_start|>' ~ m.role ~ '\\n' ~ m.content ~ '<|im_end|>\\n' -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif -%}"""
# As Mistral's early templates do it: the system text in the first question, and no tools.
MISTRAL = (
    "<s>{% set ns = namespace(system='') %}{% for m in messages %}"
    "{% if m.role == 'system' %}{% set ns.system = m.content ~ '\\n\\n' %}"
    "{% elif m.role == 'user' %}[INST] {{ ns.system ~ m.content }}[/INST]"
    "{% set ns.system = '' %}"
    "{% elif m.role == 'assistant' %} {{ m.content }}</s>"
    "{% else %}{{ raise_exception('it knows system, user and assistant only') }}"
    "{% endif %}{% endfor %}"
)
_NAMED = {"bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<eos>"}
QWEN_MARKS = ("<|im_start|>", "<|im_end|>")
QWEN_PLAIN_MARKS = ("<think>", "</think>", "<tool_call>", "</tool_call>")


def tokenizer_of(
    template: str, special: Iterable[str] = QWEN_MARKS, plain: Iterable[str] = QWEN_PLAIN_MARKS
) -> ChatTokenizer:
    """A tokenizer of bytes with such marks, `plain` those that are tokens and not special."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE(vocab={c: n for n, c in enumerate(alphabet)}, merges=[]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    marks = ["<bos>", "<eos>", *special]
    made.add_special_tokens([AddedToken(mark, special=True) for mark in marks])
    made.add_tokens([AddedToken(mark, special=False) for mark in plain])
    backend = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=made,
        clean_up_tokenization_spaces=False,
        **_NAMED,
    )
    backend.chat_template = template
    return ChatTokenizer(backend, name="bytes", kind="given")


def user(content: str) -> Message:
    return {"role": "user", "content": content}


def assistant(content: str | None, **more: Any) -> Message:
    return {"role": "assistant", "content": content, **more}


def call(city: str, name: str = "weather") -> Message:
    arguments = f'{{"city": "{city}"}}'
    return {
        "id": "abcdefghi",
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def result(content: str) -> Message:
    return {"role": "tool", "tool_call_id": "abcdefghi", "name": "weather", "content": content}


def learned(tokenizer: AnyChatTokenizer, messages: list[Message], tools: Any = None) -> list[str]:
    """What is learned, a text for each run of labels."""
    coded = tokenizer.encode(messages, tools)
    runs: list[list[int]] = [[]]
    for label in coded.labels:
        if label != IGNORED:
            runs[-1].append(label)
        elif runs[-1]:
            runs.append([])
    return [tokenizer.decode(run) for run in runs if run]
