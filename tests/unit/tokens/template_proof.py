"""One chat template against one conversation: transformers and TRL as the oracles.

What TRL learns is read by transformers from the `{% generation %}` marks of its training templates.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby, product
from pathlib import Path
from typing import Any

import pytest

from dataprep.tokens import IGNORED, REASONING, ChatTokenizer, TemplateError, Tokenised
from dataprep.tokens.messages import as_templates_know
from tests.unit.tokens.chat_tokenizers import tokenizer_of
from tests.unit.tokens.template_matrix import MATRIX, TOOLS, Message

DAY = date(2026, 2, 3)
_FOUND = importlib.util.find_spec("trl")
FOLDERS = (_FOUND.submodule_search_locations if _FOUND else None) or []
TEMPLATES = {
    path.stem: path
    for folder in FOLDERS
    for path in sorted(Path(folder, "chat_templates").glob("*.jinja"))
}
"""What TRL ships, by name; `X_training` marks what is learned of `X`."""

_PLAIN = ("<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>")
_MARK = re.compile(
    r"<[^<>\s]{1,60}>|\[/?[A-Z_]{2,40}\]|\[e~\[|\]~\w*\]|<\|[\"]\|>|<\|tool_response>"
)
_SHOWN = re.compile(r"<｜[^｜>]+｜>|<\|[\w-]{1,40}\|>")
_OWN = ("<bos>", "<eos>", *_PLAIN)


def let_it_be_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let transformers believe that it is the DAY."""
    from transformers.utils import chat_template_utils

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Clock:
            return cls(DAY.year, DAY.month, DAY.day, tzinfo=tz)

    monkeypatch.setattr(chat_template_utils, "datetime", Clock)


Trained = ChatTokenizer | None
"""A tokenizer whose template marks what TRL learns, if there is one."""


def tokenizers(source: str, training: str | None = None) -> tuple[ChatTokenizer, Trained]:
    """A tokenizer of bytes with the marks of a template, and one with its form for training."""
    marks = {mark for text in (source, training or "") for mark in _SHOWN.findall(text)}
    bare = tokenizer_of(source, (), ())
    for talk, tools, asked in product(MATRIX.values(), (TOOLS, None), (False, True)):
        messages = bare._chat.shape.shaped(as_templates_know(_with_marks(talk, "", "")))
        with suppress(Exception):  # as many kinds as there are templates
            marks.update(_MARK.findall(_theirs(bare.backend, messages, tools, asked=asked)))
    special = sorted(marks - {*_OWN})
    given = tokenizer_of(source, special, _PLAIN)
    ours = ChatTokenizer(given.backend, name="bytes", kind="given", day=DAY)
    return ours, None if training is None else tokenizer_of(training, special, _PLAIN)


def _theirs(backend: Any, messages: list[Message], tools: Any, *, asked: bool = False) -> str:
    more = {"tools": tools, "add_generation_prompt": asked, "tokenize": False}
    return str(backend.apply_chat_template(messages, **more))


def _with_marks(value: Any, end: str, opening: str) -> Any:
    if isinstance(value, str):
        return value.replace("{eot}", end).replace("{open}", opening)
    if isinstance(value, dict):
        return {key: _with_marks(part, end, opening) for key, part in value.items()}
    return [_with_marks(part, end, opening) for part in value] if isinstance(value, list) else value


@dataclass(slots=True)
class Trial:
    """What came of a conversation: refused and why, or in what it parts from the oracles."""

    refused: str = ""
    faults: list[str] = field(default_factory=list)
    learned: str = ""
    trl: set[str] = field(default_factory=set)


def tried(tokenizer: ChatTokenizer, name: str, training: Trained = None) -> Trial:
    """The conversation of that name of the matrix by a tokenizer's template."""
    talk = _with_marks(MATRIX[name], *_forged(tokenizer))
    tools = TOOLS if any(m.get("tool_calls") for m in talk) else None
    chat = tokenizer._chat
    messages = chat.shape.shaped(as_templates_know(talk, thoughts_apart=chat.thoughts_apart))
    try:
        coded = tokenizer.encode(talk, tools)
    except TemplateError as error:
        return _refusal(tokenizer, messages, tools, error.message)
    text = _theirs(tokenizer.backend, messages, tools)
    trial = Trial()
    if (said := tokenizer.decode(coded.input_ids)) != text:
        trial.faults.append(f"the text is {said!r}, and not {text!r}")
    ids = tokenizer.backend.apply_chat_template(messages, tools=tools, return_dict=False)
    if "forged" not in name and coded.input_ids != ids:
        trial.faults.append("the ids are others than those of apply_chat_template")
    learned = [n for n in coded.labels if n != IGNORED]
    trial.learned = tokenizer.decode(learned)
    trial.faults += _lost(talk, coded, trial.learned)
    trial.faults += _end(tokenizer, coded, learned)
    if tools is None and not re.search("thought|forged", name):
        trial.faults += _opened(tokenizer, trial.learned)
    if training is not None and "forged" not in name:
        trial.trl = set(_differences(tokenizer, coded, (talk, tools), training))
    return trial


def _forged(tokenizer: ChatTokenizer) -> tuple[str, str]:
    """A mark of the template, which a text then spells, and what it opens an answer with."""
    special = [t.content for t in tokenizer.backend.added_tokens_decoder.values() if t.special]
    return special[-1], tokenizer._chat.opening([{"role": "user", "content": "Uaa"}], None)


def _refusal(tokenizer: ChatTokenizer, messages: list[Message], tools: Any, message: str) -> Trial:
    """A refusal; a fault where transformers renders what is said to be refused by the template."""
    trial = Trial(refused=message)
    if message.startswith("the chat template refuses the conversation"):
        try:
            _theirs(tokenizer.backend, messages, tools)
        except Exception:  # as many kinds as there are templates
            return trial
        trial.faults.append(f"transformers renders it, and we do not: {message}")
    elif not message.startswith(("the chat template ", "messages[")):
        trial.faults.append(f"the refusal names no reason: {message}")
    return trial


def _lost(talk: list[Message], coded: Tokenised, learned: str) -> Iterator[str]:
    """What of the learned turns is not learned, and what of the others is."""
    assert coded.rendered is not None
    thoughts = 0
    for at, message in enumerate(talk):
        words = set(re.findall(r"\b[USTAR][a-c]{2}\b", str(message.get("content"))))
        if message["role"] != "assistant" or message.get("weight") == 0:
            yield from (f"{word} is learned" for word in words if word in learned)
            continue
        inner = {word for word in words if word[0] == "R"} | {message.get(REASONING)} - {None}
        thoughts += sum(word not in learned for word in inner)
        calls = [call["function"] for call in message.get("tool_calls") or ()]
        words -= inner
        words.update(text for f in calls for text in (f["name"], f["arguments"].split('"')[3]))
        yield from (f"{word} of messages[{at}] is lost" for word in words if word not in learned)
    if "DDD" in learned:
        yield "the description of a tool is learned"
    if thoughts != coded.rendered.thoughtless:
        yield f"{thoughts} thoughts are lost, and {coded.rendered.thoughtless} are counted"


def _opened(tokenizer: ChatTokenizer, learned: str) -> Iterator[str]:
    """A fault where the model would learn to open an answer, which the template does for it.

    A template that says what is generated, and opens an answer there, is taken at its word.
    """
    opening = _theirs_opening(tokenizer, [{"role": "user", "content": "Uaa"}]).strip()
    first = re.match(rf"(?:{_MARK.pattern})[^<\[]*", opening)
    if first and first[0].strip() in learned and "generation" not in tokenizer.template:
        yield f"the opening of an answer is learned: {learned!r}"


def _theirs_opening(tokenizer: ChatTokenizer, asked: list[Message]) -> str:
    messages = tokenizer._chat.shape.shaped(as_templates_know(asked))
    told, opened = (
        _theirs(tokenizer.backend, messages, None, asked=more) for more in (False, True)
    )
    return opened.removeprefix(told) if opened.startswith(told) else ""


def _end(tokenizer: ChatTokenizer, coded: Tokenised, learned: list[int]) -> Iterator[str]:
    """A fault where the last that is learned is no token that ends, and no answer is counted so."""
    assert coded.rendered is not None
    shown = [i for i in learned if tokenizer.decode([i]).strip()]
    if not coded.rendered.unclosed and shown[-1] not in tokenizer.backend.all_special_ids:
        added = tokenizer.backend.added_tokens_decoder
        if shown[-1] not in added or not added[shown[-1]].special:
            yield f"the last token that is learned is {tokenizer.decode([shown[-1]])!r}"


def _differences(
    tokenizer: ChatTokenizer,
    coded: Tokenised,
    talk: tuple[list[Message], Any],
    training: ChatTokenizer,
) -> Iterator[str]:
    """The kinds of tokens that only one side learns: see KINDS. `otherwise`: TRL's text is another.

    The tokens of a turn of weight 0 are left out: TRL knows no weights.
    """
    apart = tokenizer._chat.thoughts_apart
    messages = training._chat.shape.shaped(as_templates_know(talk[0], thoughts_apart=apart))
    tools = talk[1]
    try:
        theirs = training.backend.apply_chat_template(
            messages, tools=tools, return_dict=True, return_assistant_tokens_mask=True
        )
    except Exception:  # as many kinds as there are templates
        yield "otherwise"
        return
    if theirs["input_ids"] != coded.input_ids:
        yield "otherwise"
        return
    ours = [label != IGNORED for label in coded.labels]
    both = zip(coded.input_ids, ours, map(bool, theirs["assistant_masks"]), strict=True)
    for (mine, trls), run in groupby(both, key=lambda one: one[1:]):
        if mine != trls:
            yield kind_of(tokenizer.decode([one[0] for one in run]), "ours" if mine else "trl")


KINDS: dict[str, tuple[str, str]] = {
    "opening": (
        "trl",
        r"<think>\n?|<think>\n\n</think>\n\n|<｜Assistant｜>|<\|start\|>assistant|\n",
    ),
    "behind results": ("trl", r"<｜tool▁outputs▁end｜>"),
    "weight 0": ("trl", r"[\s\S]*Abb[\s\S]*"),
    "blank in front": ("ours", r" "),
    "stop at a result": ("ours", r"<\|tool_response>"),
    "turn behind a result": ("ours", r"<\|turn>model\n"),
    "bytes of a character": ("ours", "\ufffd+"),
}
"""By its name who alone learns such tokens, and how they read. docs/chat-templates.md says why."""


def kind_of(text: str, who: str) -> str:
    """The kind of a difference; the text itself where it is of none."""
    found = (n for n, (side, form) in KINDS.items() if side == who and re.fullmatch(form, text))
    return next(found, f"{who}: {text!r}")


def kinds(trials: Iterable[Trial]) -> set[str]:
    """All kinds of differences in some trials."""
    return set().union(*(trial.trl for trial in trials))


PARTED: dict[str, set[str]] = {
    "deepseek_r1_distill": {"opening", "otherwise", "weight 0"},
    "deepseekv3": {"opening", "behind results", "weight 0"},
    "diffusion_gemma": {
        *("bytes of a character", "opening", "stop at a result", "turn behind a result"),
        "weight 0",
    },
    "diffusion_gemma_training": {"bytes of a character", "weight 0"},
    "glm4moe": {"otherwise"},
    "gptoss": {"opening", "weight 0"},
    "llava_next": {"blank in front", "weight 0"},
    "muse_glimmer": {"opening", "weight 0"},
    "nemotron_3_5_lightning": {"opening", "weight 0"},
    "nemotron_3_nano": {"opening", "weight 0"},
    "nemotron_3_super": {"opening", "weight 0"},
    "nemotron_3_ultra": {"opening", "weight 0"},
    "qwen2_5": {"opening", "weight 0"},
    "qwen3": {"otherwise"},
    "qwen3_5_nothink": {"opening", "otherwise"},
    "qwen3_5_think": {"opening", "otherwise"},
    "qwen3_6": {"opening", "otherwise"},
    "qwen3_8": {"opening", "weight 0"},
}
"""In what TRL learns otherwise than we do, over all conversations; see KINDS.

Every other template that TRL marks parts only where a turn has weight 0, which TRL does not know.
"""

UNMARKED = ("gemma4", "gemma4_v2", "gemma4_v3", "gemma4_v4", "gemma4_v5", "llama3_1", "llama3_2")
"""The templates of which TRL has no form for training."""


def parted(name: str) -> set[str]:
    """In what TRL may learn otherwise by a template of its own."""
    return set() if name in UNMARKED else PARTED.get(name, {"weight 0"})


def of_trl(name: str) -> tuple[ChatTokenizer, Trained]:
    """A tokenizer with a template of TRL, and one that knows what TRL learns by it."""
    source = TEMPLATES[name].read_text("utf-8")
    training = TEMPLATES.get(f"{name}_training")
    if training is not None:
        return tokenizers(source, training.read_text("utf-8"))
    return tokenizers(source, source if re.search(r"{%-?\s*generation\b", source) else None)
