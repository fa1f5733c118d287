"""A Modelfile: the chat template in Go's language, checked against the Jinja it comes from."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer

from dataprep.finding import UsageError
from dataprep.tokens import train_chat_tokenizer
from dataprep.tokens.chat_load import LLAMA_3, PLAIN, TRAINED
from tests.unit.trainers import exported_models
from trainers.export import export
from trainers.export.ollama import go_template
from trainers.export.turns import Turns, matrix, turns_of

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
QWEN = (
    "{% if messages[0].role != 'system' %}<|im_start|>system\nYou are {helpful}.<|im_end|>\n"
    "{% endif %}" + CHATML
)
GEMMA = (
    "{{ bos_token }}{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}"
    "{% endif %}{% for m in messages %}<start_of_turn>"
    "{{ 'model' if m.role == 'assistant' else m.role }}\n{{ m.content | trim }}<end_of_turn>\n"
    "{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
LLAMA_2 = (
    "{% if messages[0].role == 'system' %}{% set rest = messages[1:] %}"
    "{% set system = messages[0].content %}{% else %}{% set rest = messages %}"
    "{% set system = false %}{% endif %}{% for m in rest %}"
    "{% if loop.index0 == 0 and system != false %}"
    "{% set content = '<<SYS>>\n' + system + '\n<</SYS>>\n\n' + m.content %}{% else %}"
    "{% set content = m.content %}{% endif %}{% if m.role == 'user' %}"
    "{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% else %}"
    "{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}"
)
SYSTEM_LAST = (
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}[INST] "
    "{% if loop.last and messages[0].role == 'system' %}{{ messages[0].content }}\n\n{% endif %}"
    "{{ m.content }}[/INST]{% elif m.role == 'assistant' %} {{ m.content }}</s>{% endif %}"
    "{% endfor %}"
)
"""Mistral v3: the system message stands before the last question, wherever that is."""

KNOWN = {
    "dataprep's own": TRAINED,
    "without a template": PLAIN,
    "Llama 3": LLAMA_3,
    "Llama 2": LLAMA_2,
    "Mistral": exported_models.MISTRAL,
    "ChatML": CHATML,
    "Qwen 2.5": QWEN,
    "Gemma": GEMMA,
}


def backend(template: str) -> Any:
    made = train_chat_tokenizer(exported_models.TEXTS, 300).backend
    made.bos_token = "<s>"  # noqa: S105
    made.chat_template = template
    return made


@pytest.mark.parametrize("name", KNOWN)
def test_the_turns_of_known_families_are_what_their_jinja_renders(name: str) -> None:
    made = backend(KNOWN[name])
    turns = turns_of(made)
    assert turns is not None
    cases = matrix(turns)
    assert len(cases) >= 30
    for messages in cases:
        asks = messages[-1]["role"] == "user"
        text = made.apply_chat_template(messages, tokenize=False, add_generation_prompt=asks)
        assert turns.render(messages) == text


@pytest.mark.parametrize("name", KNOWN)
def test_go_renders_the_same(name: str, tmp_path: Path) -> None:
    """By the real text/template where Go is installed, and on Ollama's fields."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("Go is not installed")
    made = backend(KNOWN[name])
    turns = turns_of(made)
    assert turns is not None
    template, cases = go_template(turns), []
    for messages in matrix(turns):
        system = next((m["content"] for m in messages if m["role"] == "system"), "")
        cases.append({"Template": template, "System": system, "Messages": messages})
    source = Path(__file__).with_name("go_templates.go")
    done = subprocess.run(
        [go, "run", source], input=json.dumps(cases), capture_output=True, text=True, check=True
    )
    for messages, text in zip(matrix(turns), json.loads(done.stdout), strict=True):
        assert text == turns.render(messages)


def test_a_template_that_is_no_row_of_turns_is_refused(tmp_path: Path) -> None:
    folder = exported_models.byte_level_model(tmp_path / "model")
    made = AutoTokenizer.from_pretrained(folder)
    made.bos_token = "<|tool|>"  # noqa: S105
    made.chat_template = SYSTEM_LAST
    made.save_pretrained(folder)
    with pytest.raises(UsageError, match="is no row of turns that can be said in Ollama's"):
        export(folder, "ollama", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_go_would_take_for_an_action_is_spelled_out() -> None:
    turns = Turns("{{", None, "", "b", "c", "d", "e", 'f"""')
    assert go_template(turns) == (
        '{{ $first := true }}{{ $role := "" }}{{ "{" }}{{ "{" }}{{ range .Messages }}'
        '{{ $role = .Role }}{{ if eq .Role "user" }}{{ if $first }}{{ $first = false }}'
        '{{ else }}b{{ end }}{{ .Content }}c{{ else if eq .Role "assistant" }}d{{ .Content }}e'
        '{{ end }}{{ end }}{{ if ne $role "assistant" }}f{{ "\\x22\\x22\\x22" }}{{ end }}'
    )


def test_the_modelfile_names_the_file_the_stops_and_the_system_message(tmp_path: Path) -> None:
    folder = exported_models.byte_level_model(tmp_path / "model")
    exported_models.write_settings(folder, "generation_config.json", eos_token_id=[4, 1])
    made = export(folder, "ollama", out=tmp_path / "out", system='Say "yes".')
    lines = (tmp_path / "out" / "Modelfile").read_text().splitlines()
    assert lines[0] == "FROM ./model.gguf"
    assert lines[1].startswith('TEMPLATE """{{ $first := true }}')
    assert lines[2:] == [
        'PARAMETER stop "<|assistant|>"',
        'PARAMETER stop "<|end|>"',
        'SYSTEM """Say "yes"."""',
    ]
    assert made.notes[-1] == "Modelfile: stops at <|assistant|>, <|end|>"


def test_the_bos_is_left_to_llama_cpp(tmp_path: Path) -> None:
    folder = exported_models.sentencepiece_model(tmp_path / "model")
    export(folder, "ollama", out=tmp_path / "out")
    template = (tmp_path / "out" / "Modelfile").read_text().splitlines()[1]
    assert "<s>" not in template
    assert "{{ if .System }}[INST] {{ .System }}" in template


@pytest.mark.parametrize(
    ("template", "system", "said"),
    [
        (GEMMA, "Be kind.", "takes no system message"),
        (CHATML, 'a """ b', "ends in a Modelfile"),
    ],
)
def test_a_system_message_that_cannot_be_is_refused(
    template: str, system: str, said: str, tmp_path: Path
) -> None:
    folder = exported_models.byte_level_model(tmp_path / "model")
    made = AutoTokenizer.from_pretrained(folder)
    made.bos_token, made.chat_template = "<|tool|>", template
    made.save_pretrained(folder)
    with pytest.raises(UsageError, match=said):
        export(folder, "ollama", out=tmp_path / "out", system=system)
    assert not (tmp_path / "out").exists()
