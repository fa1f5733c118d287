"""No chat template takes more memory or time than its limits, whatever it calls."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dataprep.finding import UsageError
from dataprep.tokens import TemplateError
from dataprep.tokens.chat_load import LLAMA_3, PLAIN, TRAINED, load_chat_tokenizer
from dataprep.tokens.messages import as_templates_know
from dataprep.tokens.meter import Meter, OversizedTemplate
from tests.hostile_templates import ENDS, ROOT, TOO_MUCH, generated, run_in_limits
from tests.unit.tokens.chat_tokenizers import MISTRAL, QWEN, assistant, tokenizer_of, user
from tests.unit.tokens.test_chat_templates_of_trl import FOLDERS, TALKS, TOOLS

SECONDS = 5
PROGRAM = """
import transformers.utils.chat_template_utils
from dataprep.finding import DataprepError
from dataprep.tokens.chat_template import ChatTemplate

class Backend:
    special_tokens_map = {"bos_token": "<s>", "eos_token": "</s>"}
    added_tokens_decoder = {}
    all_special_tokens = []
    def get_chat_template(self, given, tools):
        return self.chat_template

def answer(source):
    backend = Backend()
    backend.chat_template = source
    template = ChatTemplate(backend, "tok")
    try:
        return template.text([{"role": "user", "content": "hi"}], None) and "text"
    except DataprepError as error:
        return f"{type(error).__name__} {error}"
"""


TENTH = """
from dataprep.tokens import meter
meter.ALLOWED //= 10
"""


def answers(sources: list[str], more: str = "") -> list[Any]:
    return run_in_limits(PROGRAM + more, sources, memory=4_000_000_000, seconds=300)


def test_a_template_that_asks_for_too_much_is_refused_before_it_has_it() -> None:
    for source, (text, took) in zip(TOO_MUCH, answers(TOO_MUCH, TENTH), strict=True):
        assert text.startswith("OversizedTemplate the chat template of tok "), (source[:200], text)
        assert took < 2 * SECONDS, (source[:200], took)


def test_a_template_that_fails_is_refused_in_words() -> None:
    for source, (said, took) in zip(ENDS, answers(ENDS), strict=True):
        assert said in ("text", "") or "Error the chat template refuses" in said, source[:200]
        assert took < 2 * SECONDS, (source[:200], took)


def test_generated_templates_end_within_memory_and_time() -> None:
    sources = generated(11, 50)
    for source, (_, took) in zip(sources, answers(sources), strict=True):
        assert took < 2 * SECONDS, (source, took)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ 'x' * 10 ** 9 }}", "reads and writes over 64,"),
        ("{{ 2 ** 9999 }}", "computes a whole number of over 60 bits."),
        ("{{ messages | pprint }}", "calls 'pprint', for which there is no limit."),
        ("{{ strftime_now('%9999d') }}", "asks for a date that is padded, or too long."),
        ("x" * 100_001, "has 100,001 characters, over 100,000."),
        ("{{ " + "(" * 9_999, "nests too deep to be read."),
    ],
)
def test_the_refusal_names_the_tokenizer_and_the_limit(source: str, said: str) -> None:
    with pytest.raises(OversizedTemplate) as caught:
        tokenizer_of(source).encode([user("a"), assistant("b")])
    assert str(caught.value).startswith(f"the chat template of bytes {said}")
    assert "`chat_template` in the recipe" in str(caught.value)
    assert isinstance(caught.value, UsageError)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("source", ["{{ 'x' * 10 ** 9 }}", "{{ " + "(" * 9_999, "x" * 100_001])
def test_what_a_template_is_asked_beside_its_text_has_the_same_limits(source: str) -> None:
    template = tokenizer_of(source)._chat
    with pytest.raises(OversizedTemplate):
        template.regions([user("a")], None)
    with pytest.raises(OversizedTemplate):
        template.takes_reasoning  # noqa: B018


SOURCES = {
    **{"LLAMA_3": LLAMA_3, "MISTRAL": MISTRAL, "PLAIN": PLAIN, "TRAINED": TRAINED, "QWEN": QWEN},
    **{
        path.stem: path.read_text("utf-8")
        for folder in FOLDERS
        for path in sorted(Path(folder, "chat_templates").glob("*.jinja"))
    },
    "filters": (
        "{% for m in messages %}{{ m.content | e }}{{ (m.content | safe) + '<' }}"
        "{{ m | tojson(indent=2) }}"
        "{{ '%-9s|%5.2f' | format(m.role, 1.5) }}{{ '{:>9}|{!r}'.format(m.role, m.content) }}"
        "{{ m.items() | list | sort | join(',') }}{{ m.content[::-1] ~ 1 ~ none }}{{ (1, 'a') }}"
        "{{ m.content | indent(3) | center(40) | title }}{{ [1, 2.5] | sum }}{{ 7 % 3 ** 2 * 2 }}"
        "{% generation %}{{ m.content.split()[0] | default('-') }}{% endgeneration %}"
        "{% for x in range(9) if x is odd %}{% if x > 5 %}{% break %}{% endif %}{{ loop.index }}"
        "{{ loop.cycle('a', 'b') }}{% endfor %}{{ messages | map(attribute='role') | join('/') }}"
        "{{ messages | groupby('role') | length }}{{ {m.role: 1} }}{{ 'u' in m.role }}{% endfor %}"
        "{{ strftime_now('%Y') }}{% macro f(a, b=2) %}{{ a }}{{ b }}{{ caller() }}{% endmacro %}"
        "{% call f(1) %}c{% endcall %}{% set x %}y{% endset %}{{ x * 3 }}{{ cycler('a').next() }}"
    ),
}


@pytest.mark.parametrize("name", SOURCES)
def test_every_good_template_writes_what_transformers_writes(name: str) -> None:
    tokenizer = tokenizer_of(SOURCES[name])
    compared = 0
    for talk, _ in TALKS.values():
        messages = tokenizer._chat.shape.shaped(as_templates_know(talk))
        for tools in (None, TOOLS):
            for asked in (False, True):
                more = {"tools": tools, "add_generation_prompt": asked}
                try:
                    theirs = tokenizer.backend.apply_chat_template(messages, tokenize=False, **more)
                except Exception:  # as many kinds as there are templates
                    with pytest.raises(TemplateError):
                        tokenizer._chat.text(messages, tools, asked=asked)
                    continue
                assert tokenizer._chat.text(messages, tools, asked=asked) == theirs
                compared += 1
    assert compared or name.startswith("llava")  # these take lists of parts alone


def test_a_row_of_a_megabyte_is_no_fault_of_the_template() -> None:
    text = "The river rises in the hills. " * 35_000
    coded = tokenizer_of(QWEN)._chat.text([user(text), assistant(f"<think>{text}</think>b")], None)
    assert coded.count(text) == 1
    assert f"{text}<|im_end|>" in coded


def test_a_conversation_of_a_thousand_turns_is_no_fault_of_the_template() -> None:
    source = (
        "{% for m in messages %}{% for n in messages[loop.index0:] %}{% if n.role == 'x' %}"
        "{% endif %}{% endfor %}{{ m.content }}{% set ns = namespace(all='') %}{% endfor %}"
    )
    talk = [user("a"), assistant("b")] * 500
    assert tokenizer_of(source)._chat.text(talk, None) == "ab" * 500


def test_a_value_that_a_template_puts_together_is_never_taken_for_one_of_the_row() -> None:
    values = {"messages": [user("x" * 1_000_000)]}
    meter = Meter(dict(values))
    assert all(meter.weight({"a": number}) < 1_000 for number in range(100))


def test_named_templates_have_one_limit_together_and_a_number_is_no_template() -> None:
    tokenizer = tokenizer_of("")
    tokenizer.backend.chat_template = {f"t{n}": "x" * 50_000 for n in range(3)} | {"default": 5}
    with pytest.raises(OversizedTemplate, match=r"has 150,001 characters in its 4 versions"):
        tokenizer._chat.takes_reasoning  # noqa: B018


@pytest.mark.parametrize("template", [5, {"default": 5}])
def test_a_chat_template_that_is_no_text_is_refused_in_words(tmp_path: Path, template: Any) -> None:
    tokenizer_of("{{ messages }}").backend.save_pretrained(tmp_path)
    (tmp_path / "chat_template.jinja").unlink()
    config = json.loads((tmp_path / "tokenizer_config.json").read_text("utf-8"))
    changed = json.dumps({**config, "chat_template": template})
    (tmp_path / "tokenizer_config.json").write_text(changed, "utf-8")
    with pytest.raises(UsageError, match="has a chat template that is no text"):
        load_chat_tokenizer(str(tmp_path))


def test_text_and_numbers_are_joined_where_html_is_escaped() -> None:
    source = "{% autoescape true %}{{ 1 ~ messages[0].content }}{% endautoescape %}"
    tokenizer = tokenizer_of(source)
    assert tokenizer._chat.text([user("<")], None) == "1&lt;"
    assert tokenizer.backend.apply_chat_template([user("<")], tokenize=False) == "1&lt;"


def test_a_hostile_folder_ends_a_conversion_with_exit_code_2(tmp_path: Path) -> None:
    tokenizer_of("{% for a in range(99999) %}" * 3 + "{% endfor %}" * 3).backend.save_pretrained(
        tmp_path / "tok"
    )
    (tmp_path / "rows.jsonl").write_text('{"prompt": "a", "completion": "b"}\n' * 20)
    (tmp_path / "recipe.yaml").write_text(
        "sources: [{path: rows.jsonl}]\ntargets: [{name: causal, tokenizer: ./tok}]\n"
    )
    command = "from dataprep.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, "convert", "--recipe", "recipe.yaml", "--out", "out"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert "reads and writes over" in said, said
    assert "Traceback" not in said
    assert done.returncode == 2
