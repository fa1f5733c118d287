"""Verdicts on answers that stand in the tasks: thumbs and ratings of what a model said.

What was approved is an answer to learn; what was not teaches only a reader of verdicts (`kto`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dataprep.annotation import INDEX, Control, LabelingConfig, Result, paragraphs, value_at
from dataprep.example import Turn
from dataprep.finding import UsageError, excerpt
from dataprep.formats.feedback import NOT_APPROVED
from dataprep.formats.flags import column_flag
from dataprep.recipe import Source
from dataprep.shapes import conversation
from dataprep.shapes.judged_texts import DIALOGUES, JudgedTexts, judged_texts
from dataprep.shapes.kind import Problems, SeenText, WrittenAnswer
from dataprep.shapes.verdict_scales import (
    GOOD,
    NEUTRAL,
    RatedVerdicts,
    VerdictScale,
    scale_of_control,
)

_JUDGING = ("classification", "rating", "number")


@dataclass(frozen=True, slots=True)
class Feedback:
    """The verdicts of one control on the answers in the tasks.

    An answer is a verdict, and behind it the turns that the annotator wrote in a chat before
    giving it. `chat` is the control of those turns, None without one.
    """

    control: Control
    scale: VerdictScale
    texts: JudgedTexts
    reads: frozenset[str]
    chat: str | None = None
    instruction: str = ""
    name: str = "feedback"
    relations: bool = False
    parts: bool = False
    partition: None = None
    unwritten: str = NEUTRAL

    def __str__(self) -> str:
        bounds = self.scale.control.bounds if isinstance(self.scale, RatedVerdicts) else ()
        said = f" ({bounds[0]:g} to {bounds[1]:g})" if bounds and None not in bounds else ""
        where = f"; {self.texts}" if str(self.texts) else ""
        return f"{self.control.name!r}{said}: {self.scale}{where}"

    def read(self, results: Sequence[Result], seen: SeenText) -> tuple[Any, Problems]:
        """The verdict, and the turns that were written; nothing where there is no verdict."""
        mine = [r for r in results if r.from_name == self.control.name]
        verdict, problems = self.scale.read(mine)
        if verdict is None or problems:
            return (), problems
        written = [(r.value or {}).get("chatmessage") for r in results if r.from_name == self.chat]
        said = [conversation.said_turn(message, problems) for message in written]
        turns = [turn for turn in said if turn]
        if self.texts.is_conversation and not problems:
            problems += self._missing(self._conversation(turns, seen, problems))
        return (verdict, *turns), problems

    def write(self, answer: Any, seen: SeenText) -> Iterator[WrittenAnswer]:
        """The judged answer; nothing where the verdict is neither good nor bad."""
        verdict, *written = answer
        if verdict == NEUTRAL:
            return
        turns, text, said = self._exchange(written, seen)
        fields = {"verdict": verdict}
        if verdict == GOOD:
            last = [Turn(role="assistant", content=said)] if turns else []
            yield WrittenAnswer(said, verdict, fields, turns=[*turns, *last], text=text)
        else:
            yield WrittenAnswer(
                said, verdict, fields, said, turns=turns, text=text, shape=NOT_APPROVED
            )

    def _exchange(
        self, written: Sequence[conversation.SaidTurn], seen: SeenText
    ) -> tuple[list[Turn], str | None, str]:
        """The turns before the answer, those as a text, and the answer."""
        if self.texts.is_conversation:
            *turns, last = self._conversation(written, seen, [])
            return turns, _as_text(turns), last.content or ""
        asked = self.texts.asked
        if asked is None or asked.tag not in DIALOGUES:
            return [], None, seen.text
        items = value_at(seen.data, asked.field)
        of_chat = asked.tag == "Chat"
        turns = _turns(items, []) if of_chat else conversation.turns_of(items, asked)
        if turns:
            return turns, _as_text(turns), seen.text
        shown = paragraphs.plain_text(items, asked.text_key, asked.name_key, by_time=asked.by_time)
        return [], shown.text if shown else "", seen.text

    def _conversation(
        self, written: Sequence[conversation.SaidTurn], seen: SeenText, problems: Problems
    ) -> list[Turn]:
        """The turns of the task, and those that the annotator wrote after them."""
        shown = self.texts.shown
        items = value_at(seen.data, shown.field)
        if shown.tag == "Paragraphs":
            return conversation.turns_of(items, shown)
        turns = _turns(items, problems)
        return [*turns, *(Turn(role=role, content=content) for role, content in written)]

    def _missing(self, turns: Sequence[Turn]) -> Problems:
        """What a conversation lacks whose last answer shall be judged."""
        field = self.texts.shown.field
        if not turns:
            said = f"nothing in {field!r} tells what the assistant said"
        elif turns[-1].role != "assistant":
            said = f"{field!r} ends with a turn of the {turns[-1].role}, and an answer is judged"
        elif not any(turn.role == "user" for turn in turns):
            said = f"nobody asks in {field!r} for the answer that is judged"
        else:
            return []
        return [("A008", said)]


def _turns(items: Any, problems: Problems) -> list[Turn]:
    said = [conversation.said_turn(m, problems) for m in (items if isinstance(items, list) else ())]
    return [Turn(role=role, content=content) for role, content in filter(None, said)]


def _as_text(turns: Sequence[Turn]) -> str:
    """Turns in lines, as a template finds them in `text`."""
    return "\n".join(f"{turn.role}: {turn.content}" for turn in turns)


def is_feedback(config: LabelingConfig, source: Source, *, only_verdicts: bool) -> bool:
    """Whether verdicts are learned: the recipe says so, or nothing else can be meant.

    `only_verdicts` says that nothing is written but rows of verdicts. What compares answers gives
    such rows by itself.
    """
    if source.task is not None:
        return source.task == "feedback"
    if says_good(source):
        return True
    fit = [c for c in config.learnable() if source.control in (None, c.name)]
    compared = any(c.task == "preference" for c in fit)
    return only_verdicts and not compared and any(c.task in _JUDGING for c in fit)


def says_good(source: Source) -> bool:
    """Whether a recipe says which answers of annotators approve."""
    return bool(source.good or source.bad) or not (source.good_from is source.bad_to is None)


def feedback_of(config: LabelingConfig, source: Source) -> tuple[Feedback, Control]:
    """The verdicts that are learned, and the control that gives them.

    Raises UsageError where it is not plain which control judges, and which text.
    """
    control, scale = _judging(config, source)
    texts = judged_texts(config, control, source)
    chat = next((n for n in control.to_names if n in config.controls), None)
    reads = frozenset(filter(None, (control.name, chat if texts.is_conversation else None)))
    return Feedback(control, scale, texts, reads, chat), control


def _judging(config: LabelingConfig, source: Source) -> tuple[Control, VerdictScale]:
    """The control that judges: the only one whose answers are known to approve or not."""
    fit = [c for c in config.learnable() if c.task in _JUDGING and INDEX not in c.name]
    if source.control:
        fit = [c for c in fit if c.name == source.control]
    if not fit:
        known = ", ".join(f"{c.name} ({c.tag})" for c in config.controls.values()) or "none"
        asked = source.control or "Choices, Rating or Number"
        raise UsageError(
            f"There is no control to learn from ({asked}).", f"Controls in the config: {known}."
        )
    known_scales: list[tuple[Control, VerdictScale]] = []
    refusals: list[UsageError] = []
    for control in fit:
        try:
            scale = scale_of_control(control, source, inferred=config.inferred)
            known_scales.append((control, scale))
        except UsageError as error:
            refusals.append(error)
    if len(known_scales) == 1:
        return known_scales[0]
    if len(fit) == 1:
        raise refusals[0]
    names = [control.name for control, _ in known_scales] or [control.name for control in fit]
    flags = " or ".join(column_flag("control", name) for name in names[:8])
    listed = ", ".join(map(excerpt, names[:8]))
    if known_scales:
        raise UsageError(f"Several controls judge an answer: {listed}.", f"Name one: {flags}")
    raise UsageError(
        f"Nothing says which of the controls judges an answer: {listed}.",
        f"Name it: {flags}; and what is good: --good or --good-from.",
    )
