"""The pieces of a chat template that writes one turn after the other, read off what it renders.

Llama 2 and 3, Mistral, ChatML (Qwen, SmolLM), Zephyr, Phi, Gemma and the templates of dataprep
are such; a template is taken for one only where the pieces give what it gives itself, on a matrix
of conversations.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Dialogue = Sequence[dict[str, str]]
_QUESTION, _ANSWER, _SYSTEM = "QUESTIONzzz", "ANSWERzzz", "SYSTEMzzz"
_CONTENTS = (
    "What is it?",
    'It is {"a": [1, "b"]}, {{ so }} to "say".',
    "Zeile eins\nZeile zwei\n\nGrüße 😀",
    "x",
    "[INST] </s> <b>&amp;</b>",
)


@dataclass(frozen=True, slots=True)
class Turns:
    """What stands around the texts of a conversation of questions and answers.

    `opening` stands before the first question; with a system message `before_system` and
    `after_system` around that message do (None where the template takes none).
    """

    opening: str
    before_system: str | None
    after_system: str
    before_question: str
    after_question: str
    before_answer: str
    after_answer: str
    asked: str

    def render(self, messages: Dialogue) -> str:
        """The text of a conversation, and what asks for an answer behind a question."""
        made: list[str] = []
        first = self.opening
        for message in messages:
            text = message["content"]
            if message["role"] == "system":
                first = f"{self.before_system}{text}{self.after_system}"
            elif message["role"] == "user":
                made += [self.before_question if made else first, text, self.after_question]
            else:
                made += [self.before_answer, text, self.after_answer]
        return "".join([*made, self.asked if messages[-1]["role"] == "user" else ""])


def turns_of(backend: Any) -> Turns | None:
    """The pieces of a tokenizer's chat template; None where it is none of that kind."""
    try:
        turns = _pieces(backend)
        same = all(turns.render(m) == _rendered(backend, m) for m in matrix(turns))
    except Exception:  # a template raises whatever its author thought of
        return None
    return turns if same else None


def matrix(turns: Turns) -> list[Dialogue]:
    """One to three questions of several kinds, with a system message and without."""
    made: list[Dialogue] = []
    for rounds, shift in itertools.product((1, 2, 3), range(len(_CONTENTS))):
        said = itertools.islice(itertools.cycle(_CONTENTS), shift, shift + 2 * rounds - 1)
        roles = itertools.cycle(("user", "assistant"))
        plain = [{"role": role, "content": text} for role, text in zip(roles, said, strict=False)]
        made += [plain, [*plain, {"role": "assistant", "content": "Done."}]]
        if turns.before_system is not None:
            made.append([{"role": "system", "content": _CONTENTS[shift]}, *plain])
    return made


def _pieces(backend: Any) -> Turns:
    question, answer = (
        {"role": role, "content": text}
        for role, text in (("user", _QUESTION), ("assistant", _ANSWER))
    )
    opening, between, again, _, end = _parts(
        _rendered(backend, [question, answer, question, answer]),
        [_QUESTION, _ANSWER, _QUESTION, _ANSWER],
    )
    asked = _rendered(backend, [question])
    alone = _rendered(backend, [question], ask=False)
    after_question = alone.partition(_QUESTION)[2]
    if not (
        asked.startswith(alone) and again.startswith(end) and between.startswith(after_question)
    ):
        raise ValueError("the turns do not follow one another")
    before_system, after_system = _system(backend, question)
    return Turns(
        opening=opening,
        before_system=before_system,
        after_system=after_system,
        before_question=again[len(end) :],
        after_question=after_question,
        before_answer=between[len(after_question) :],
        after_answer=end,
        asked=asked[len(alone) :],
    )


def _system(backend: Any, question: dict[str, str]) -> tuple[str | None, str]:
    try:
        told = _rendered(backend, [{"role": "system", "content": _SYSTEM}, question])
        before, after, _ = _parts(told, [_SYSTEM, _QUESTION])
    except Exception:  # Gemma's raises for a system message, others leave it out
        return None, ""
    return before, after


def _parts(text: str, marks: Sequence[str]) -> list[str]:
    """What stands between the marks, which occur once each and in that order."""
    parts = []
    for mark in marks:
        part, found, text = text.partition(mark)
        if not found:
            raise ValueError("a text is left out")
        parts.append(part)
    return [*parts, text]


def _rendered(backend: Any, messages: Dialogue, *, ask: bool | None = None) -> str:
    asks = messages[-1]["role"] == "user" if ask is None else ask
    return str(
        backend.apply_chat_template(list(messages), tokenize=False, add_generation_prompt=asks)
    )
