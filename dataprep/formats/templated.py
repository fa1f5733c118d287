"""Texts that are already in a chat template: found by its marks in order, and split on request.

A mark inside prose (an article about ChatML) is no template: the text must begin with a mark, and
ask before it answers. What is asked last may wait for its answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from dataprep.formats.format import Row
from dataprep.patterns import LatePattern

SHARE = 0.5
"""The share of the texts of a file that must be in one template."""


@dataclass(frozen=True, slots=True)
class Template:
    """One way of writing turns as text: `marks` finds the beginning of each turn.

    The first group of the match that is not empty is the speaker; `ends` are what closes a turn.
    """

    name: str
    marks: LatePattern[str]
    roles: tuple[tuple[str, str], ...]
    ends: tuple[str, ...] = ()

    def role_of(self, mark: str) -> str | None:
        """Who speaks after a mark."""
        said = mark.strip().lower()
        return next((role for word, role in self.roles if word in said), None)


_WORDS = (("assistant", "assistant"), ("human", "user"), ("user", "user"), ("system", "system"))

_GUANACO = r"### ?(?:Human|User|Assistant|System): ?"
"""A mark that stands at the beginning of a line, right behind a text, or anywhere."""

TEMPLATES = (
    Template(
        "ChatML",
        LatePattern(r"<\|im_start\|>(?:system|user|assistant)\s*\n"),
        _WORDS,
        ("<|im_end|>", "<|endoftext|>"),
    ),
    Template(
        "Llama 3",
        LatePattern(
            r"(?:<\|begin_of_text\|>)?<\|start_header_id\|>(?:system|user|assistant)<\|end_header_id\|>\s*"
        ),
        _WORDS,
        ("<|eot_id|>", "<|end_of_text|>"),
    ),
    Template(
        "Gemma",
        LatePattern(r"(?:<bos>)?<start_of_turn>(?:user|model)\n"),
        (("model", "assistant"), ("user", "user")),
        ("<end_of_turn>", "<eos>"),
    ),
    Template(
        "Zephyr or Phi",
        LatePattern(r"<\|(?:system|user|assistant)\|>\s*\n?"),
        _WORDS,
        ("<|end|>", "</s>", "<|endoftext|>"),
    ),
    Template(
        "Alpaca",
        LatePattern(r"(?:^|\n)### ?(?:Instruction|Input|Response):\s*\n?"),
        (("response", "assistant"), ("instruction", "user"), ("input", "input")),
        ("</s>", "<|endoftext|>"),
    ),
    Template(
        "Guanaco",
        LatePattern(rf"(?:^|\n|(?<=\S)){_GUANACO}"),
        _WORDS,
        ("</s>",),
    ),
    Template(
        "Guanaco",
        LatePattern(rf"\s*{_GUANACO}"),
        _WORDS,
        ("</s>",),
    ),
    Template(
        "OIG",
        LatePattern(r"(?:^|\n)<(?:human|bot)>: ?"),
        (("human", "user"), ("bot", "assistant")),
    ),
    Template(
        "Baize",
        LatePattern(r"\[\|(?:Human|AI)\|\] ?"),
        (("human", "user"), ("ai", "assistant")),
    ),
    Template(
        "Anthropic's older prompts",
        LatePattern(r"(?:^|\n\n)(?:Human|Assistant): ?"),
        _WORDS,
    ),
    Template(
        "Vicuna",
        LatePattern(r"(?:^|\n| |</s>)(?:USER|ASSISTANT|FUNCTION RESPONSE): ?"),
        (*_WORDS, ("function response", "tool")),
        ("</s>", "<|endoftext|>"),
    ),
)

_SYSTEM_2 = LatePattern(r"\s*<<SYS>>\n?(.*?)\n?<</SYS>>\s*(.*)\Z", re.DOTALL)
LLAMA_2 = "Llama 2 or Mistral"
_OF_ALPACA = "Below is an instruction"
_PREAMBLE = LatePattern(
    r"^(?:Below is an instruction|A chat between a curious)[^\n]*(?:\n[^\n#]+)*\s*"
)


def split(text: str, *, opened: bool = False) -> tuple[str, list[Row]] | None:
    """The name of the template of a text, and its turns; None for a text that is in none.

    `opened` takes what stands before the first mark for the system message; else, and where there
    is another, a text that does not begin with a mark is in no template.
    """
    if (turns := _llama_2(text)) is not None:
        return LLAMA_2, turns
    for template in TEMPLATES:
        if (turns := _turns(text, template, opened=opened)) is not None:
            return template.name, turns
    return None


def _llama_2(text: str) -> list[Row] | None:
    if "[INST]" not in text[:64] or "[/INST]" not in text:
        return None
    turns: list[Row] = []
    for asked, answered in _instructions(text):
        system = _SYSTEM_2.match(asked) if not turns else None
        if system:
            turns.append({"role": "system", "content": system[1].strip()})
        turns.append({"role": "user", "content": (system[2] if system else asked).strip()})
        turns.append({"role": "assistant", "content": _closed(answered, ("</s>",))})
    return turns if turns and all(t["content"] for t in turns) else None


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    """What stands in each pair of marks, and behind it up to the next that opens."""
    asked = ""
    *parts, last = text.split("[INST]")[1:]
    for part in parts:
        asked, closed, answered = f"{asked}{part}".partition("[/INST]")
        if closed:
            yield asked, answered.rstrip().removesuffix("<s>").rstrip().removesuffix("</s>")
            asked = ""
        else:
            asked += "[INST]"
    asked, closed, answered = f"{asked}{last}".partition("[/INST]")
    if closed:
        yield asked, answered


def _turns(text: str, template: Template, *, opened: bool) -> list[Row] | None:
    body = text
    preamble = _PREAMBLE.match(body)
    marks = list(template.marks.finditer(body))
    if len(marks) < 2:
        return None
    before = body[: marks[0].start()].strip()
    if preamble and preamble.end() >= len(before) and before.startswith(_OF_ALPACA):
        before = ""
    elif before and not (opened or (preamble and preamble.end() >= len(before))):
        return None
    ends = [*(mark.start() for mark in marks[1:]), len(body)]
    turns: list[Row] = []
    for mark, end in zip(marks, ends, strict=True):
        role = template.role_of(mark[0])
        content = _closed(body[mark.end() : end], template.ends)
        if role == "input" and turns and turns[-1]["role"] == "user":
            turns[-1]["content"] += f"\n\n{content}"
        elif role is None or role == "input":
            return None
        else:
            turns.append({"role": role, "content": content})
    if len(turns) > 2 and turns[-1] == {"role": "user", "content": ""}:
        turns.pop()
    if before and any(turn["role"] == "system" for turn in turns):
        return None
    turns[:0] = [{"role": "system", "content": before}] if before else []
    roles = [turn["role"] for turn in turns if turn["role"] != "system"]
    asks_first = roles[:2] == ["user", "assistant"]
    alternates = all(one != other for one, other in pairwise(roles))
    called = all(one == "assistant" for one, other in pairwise(roles) if other == "tool")
    answers = [turn["content"] for turn in turns if turn["role"] == "assistant"]
    return turns if asks_first and alternates and called and answers[-1] else None


def _closed(text: str, ends: tuple[str, ...]) -> str:
    """The text of a turn without what closes it."""
    text = text.strip()
    changed = True
    while changed:
        changed = False
        for end in ends:
            if text.endswith(end):
                text, changed = text[: -len(end)].rstrip(), True
    return text


def template_of(texts: Iterable[str]) -> str | None:
    """The template that most of some texts are in; None where fewer than SHARE are in one."""
    names: dict[str, int] = {}
    total = 0
    for text in texts:
        total += 1
        if (found := split(text)) is not None:
            names[found[0]] = names.get(found[0], 0) + 1
    if not names:
        return None
    name = max(names, key=lambda n: names[n])
    return name if names[name] >= SHARE * total else None
