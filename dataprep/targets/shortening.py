"""A conversation that is longer than the limit, shortened so that its last answer is learned whole.

Whole earlier turns go first, oldest first, then the beginning of the last question. What the system
says stays, and a tool call goes or stays with its results.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dataprep.example import INSTRUCTING, Message
from dataprep.formats.chat import text_of
from dataprep.tokens import TemplateError, Tokenised

EncodeMessages = Callable[[Sequence[Message]], Tokenised]
StartsOf = Callable[[str], Sequence[int]]
"""Where each token of a text starts in it, in code points."""


@dataclass(frozen=True, slots=True)
class ShortenedRow:
    """The row as it fits, and what was left out of it.

    `turns` are messages before the last question; behind it `answers` are those that call nothing,
    and `calls` stand with their results. `question` counts tokens cut off the question.
    """

    coded: Tokenised
    turns: int
    answers: int
    calls: int
    question: int

    def in_words(self) -> str:
        """What was left out."""
        lost = [
            words if number == 1 else several.format(number)
            for number, words, several in (
                (self.turns, "its first turn", "its first {:,} turns"),
                (
                    self.answers,
                    "its first answer to the question",
                    "its first {:,} answers to the question",
                ),
                (
                    self.calls,
                    "its first call with its results",
                    "its first {:,} calls with their results",
                ),
                (
                    self.question,
                    "the first token of its question",
                    "the first {:,} tokens of its question",
                ),
            )
            if number
        ]
        several = len(lost) > 1 or self.turns + self.answers + self.calls + self.question > 1
        listed = " and ".join([", ".join(lost[:-1]), lost[-1]] if len(lost) > 1 else lost)
        return f"{listed} {'are' if several else 'is'} left out"


def shortened(
    messages: Sequence[Message], encode: EncodeMessages, starts_of: StartsOf, limit: int
) -> ShortenedRow | None:
    """The conversation within `limit` tokens; None where its answer does not fit even so.

    What follows the last learned answer is left to the caller, who cuts the end.
    """
    answer = max((n for n, message in enumerate(messages) if _is_learned(message)), default=0)
    question = max((n for n in range(answer) if messages[n]["role"] == "user"), default=None)
    turns = _earlier_turns(messages, question, answer)
    fewest, most = 0, len(turns)
    try:
        while fewest < most:  # the least number of turns without which it fits
            middle = (fewest + most) // 2
            if _fits(encode(_without(messages, turns[:middle])), limit):
                most = middle
            else:
                fewest = middle + 1
        left_out, cut, kept = turns[:fewest], 0, list(messages)
        coded = encode(_without(kept, left_out))
        while (over := learned_end(coded) - limit) > 0:  # a text that is cut may have other tokens
            text = _text(messages, question)
            starts = starts_of(text)
            cut += over
            if question is None or cut >= len(starts):
                return None
            kept[question] = {**messages[question], "content": text[starts[cut] :]}
            coded = encode(_without(kept, left_out))
    except TemplateError:  # some templates want a certain order of turns
        return None
    asked = -1 if question is None else question
    before = sum(len(turn) for turn in left_out if turn[0] < asked)
    behind = [[messages[n] for n in turn] for turn in left_out if turn[0] > asked]
    calls = sum(any(m["role"] != "assistant" or m.get("tool_calls") for m in b) for b in behind)
    return ShortenedRow(coded, before, len(behind) - calls, calls, cut)


def learned_end(coded: Tokenised) -> int:
    """Tokens up to the last that is learned."""
    labels = coded.labels
    return next((n for n in range(len(labels), 0, -1) if labels[n - 1] >= 0), 0)


def _fits(coded: Tokenised, limit: int) -> bool:
    return learned_end(coded) <= limit


def _without(messages: Sequence[Message], turns: Sequence[Sequence[int]]) -> list[Message]:
    lost = {index for turn in turns for index in turn}
    return [message for index, message in enumerate(messages) if index not in lost]


def _earlier_turns(
    messages: Sequence[Message], question: int | None, answer: int
) -> list[list[int]]:
    """The indexes of what may be left out, oldest first, each list as one.

    Before the last question that is a question with all that was said to it; behind it a call with
    its results. Neither the question is among them, nor what the system says anywhere.
    """
    turns: list[list[int]] = []
    last = -1 if question is None else question
    for index, message in enumerate(messages[:answer]):
        role = message["role"]
        if index == last or role in INSTRUCTING:
            continue
        begins = role == ("user" if index < last else "assistant")
        if begins or not turns or turns[-1][-1] < last < index:
            turns.append([])
        turns[-1].append(index)
    return turns


def _is_learned(message: Message) -> bool:
    return bool(message["role"] == "assistant" and message.get("weight", 1) != 0)


def _text(messages: Sequence[Message], question: int | None) -> str:
    """What the last question says, where it is text alone."""
    content = None if question is None else messages[question].get("content")
    if isinstance(content, list) and any(part.get("type") != "text" for part in content):
        return ""
    return "" if question is None else text_of(messages[question])
