"""Which text of a task is the answer that was judged, and which one asked for it.

The control says what it is about; the other text before the annotators is the question. Without a
labeling config the names of the fields tell, as they do for the columns of a table. Where two
readings are left, the user is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dataprep.annotation import Control, LabelingConfig, ObjectTag, fields_in
from dataprep.finding import UsageError, excerpt
from dataprep.formats.flags import column_flag, template_flag
from dataprep.formats.meanings import Meaning, folded, meaning_of
from dataprep.formats.sides import ONLY_ASKED, PAIRS
from dataprep.recipe import Source
from dataprep.shapes.field_templates import short_template
from dataprep.templates import names_read, paths_read

DIALOGUES = ("Paragraphs", "Chat")
"""The tags of objects that show turns."""
_ASIDE = (Meaning.METADATA, Meaning.INDEX, Meaning.SPLIT, Meaning.WEIGHT, Meaning.VERDICT)
"""What a field may mean by its name so that it asks nothing."""

_SIDES = frozenset((folded(asked), folded(answered)) for asked, answered in PAIRS)
_QUESTIONS = frozenset(asked for asked, _ in _SIDES)


@dataclass(frozen=True, slots=True)
class JudgedTexts:
    """Where the judged answer stands, and what asked for it.

    `shown` is the object with the answer; `field` its field, None where the answer is the last
    turn of a conversation, or a template of the user writes it. `asked` is the object with the
    question, None where a template writes it or it is the rest of the conversation. `aside` are
    the other texts, which ask nothing by their names, or which annotators were not shown.
    """

    shown: ObjectTag
    field: str | None
    asked: ObjectTag | None = None
    aside: tuple[str, ...] = ()

    @property
    def is_conversation(self) -> bool:
        """Whether the answer is the last turn of a conversation."""
        return self.field is None and self.shown.tag in DIALOGUES

    def __str__(self) -> str:
        said = [f"{self.asked.field!r} → prompt"] if self.asked else []
        if self.is_conversation:
            said.append(f"the last answer of {self.shown.field!r} is judged")
        said += [f"{self.field!r} → answer"] if self.field else []
        if self.aside:
            said.append(f"not in the prompt: {_listed(self.aside)}")
        return ", ".join(said)


def judged_texts(config: LabelingConfig, control: Control, source: Source) -> JudgedTexts:
    """The texts that a control is about; raises UsageError where that would be a guess."""
    shown = config.objects[control.to_name]
    if _is_written(source):
        return JudgedTexts(shown, None)
    known = _Known(config, control, source)
    if shown.tag in DIALOGUES and not source.text:
        if source.prompt:
            return JudgedTexts(shown, None)
        known.refuse_beside(shown)
        return JudgedTexts(shown, None, aside=known.aside(shown))
    answer = known.answer()
    if source.prompt:
        return JudgedTexts(answer, answer.field)
    asked = known.question(answer)
    return JudgedTexts(answer, answer.field, asked, known.aside(answer))


def _is_written(source: Source) -> bool:
    """Whether templates write both sides from the fields of the data, and nothing else is asked."""
    if not (source.prompt and source.completion) or source.text:
        return False
    read = names_read(source.prompt) | names_read(source.completion)
    return not read & {"text", "answer"}


class _Known:
    """What is known of the texts of a task: those that were shown, else those in its data."""

    def __init__(self, config: LabelingConfig, control: Control, source: Source) -> None:
        self._config, self._control, self._source = config, control, source
        shown = [o for o in config.objects.values() if o.is_text or o.tag == "Chat"]
        self.is_told = not config.inferred and not any(o.in_place for o in shown)
        if not self.is_told:
            own = {o.field: o for o in shown}
            names = config.text_fields
            shown = [
                own.get(name) or ObjectTag(name, "Text", name, in_place=True) for name in names
            ]
        self._texts = {o.field: o for o in shown}

    def answer(self) -> ObjectTag:
        """The object with the answer: the user's, else what the control is about."""
        named = self._source.text
        if named:
            return self._texts.get(named) or ObjectTag(named, "Text", named)
        own = self._config.objects[self._control.to_name]
        about = self._texts.get(own.field)
        if self.is_told and about and not self._control.more_names:
            return self._not_the_question(about)
        named_so = self._config.inferred and own.name == own.field
        if about and not self.is_told and (named_so or own.field == "text"):
            return self._not_the_question(about)
        sides = [(q, a) for q, a in self._pairs() if not self.is_told or a in self._about()]
        if len(sides) == 1:
            return self._texts[sides[0][1]]
        raise UsageError(
            f"{self._judges()} an answer, and nothing says which text that is:"
            f" {_listed(self._texts)}.",
            f"Name it, for example {_flag('text', self._texts)}; or pass --label-config.",
        )

    def question(self, answer: ObjectTag) -> ObjectTag:
        """The object with the question: the only other text that may ask."""
        others = self._others(answer)
        if len(others) == 1:
            (only,) = others
            if only.tag != "HyperText" and (self.is_told or folded(only.field) in _QUESTIONS):
                return only
        if not others and folded(answer.field) in ONLY_ASKED:
            raise UsageError(
                f"{self._judges()} {answer.field!r}, which by its name is what was asked, and no"
                " other text was shown.",
                f"Name the field with the answer that was judged, as in {_flag('text', ())}.",
            )
        if not others:
            rest = [name for name in self._config.text_fields if name != answer.field]
            said = (
                f"{self._judges()} {answer.field!r}, and no other text was shown that asks for it"
            )
            raise UsageError(
                f"{said}.",
                f"Say what asks: {template_flag('prompt', _template(rest[:1] or ['FIELD']))}",
            )
        names = [other.field for other in others]
        raise UsageError(
            f"{self._judges()} {answer.field!r}, and nothing says which text asks for it:"
            f" {_listed(names)}.",
            f"Say it: {self._flags_for(names)}",
        )

    def _flags_for(self, names: Sequence[str]) -> str:
        """The flags that give each of some texts a place."""
        above = [name for name in names if meaning_of(name) is Meaning.SYSTEM]
        rest = [name for name in names if name not in above]
        flags = [template_flag("system", _template(above))] if above else []
        if len(rest) != 1 or not above:
            flags.append(template_flag("prompt", _template(rest or ["FIELD"])))
        left_out = "" if self.is_told else f"; leave one out: {_flag('leave-out', names[::-1])}"
        return " ".join(flags) + left_out

    def aside(self, answer: ObjectTag) -> tuple[str, ...]:
        """The texts that ask nothing by their names, and those that nobody was shown."""
        known = [name for name in self._texts if name != answer.field and _is_aside(name)]
        seen = {field for name in self._texts for field in fields_in(name)}
        known += [name for name in self._config.text_fields if name not in seen]
        return tuple(name for name in known if name not in self._used(answer))

    def refuse_beside(self, shown: ObjectTag) -> None:
        """Raise UsageError for a text beside a conversation, of which nothing says what it is."""
        for other in self._others(shown) if self.is_told else ():
            raise UsageError(
                f"{self._judges()} the conversation {shown.field!r}, and nothing says what becomes"
                f" of {other.field!r} beside it.",
                "Put it in the system message:"
                f" {template_flag('system', _template([other.field]))}; or name both sides with"
                " --prompt and --completion.",
            )

    def _used(self, answer: ObjectTag) -> set[str]:
        """The fields of which the user says what becomes of them, and that of the answer."""
        source = self._source
        dividing = filter(None, (source.group, source.strata))
        used = {answer.field, *source.leave_out, *source.carry, *dividing}
        for template in (source.completion, source.system):
            for name, *inside in paths_read(template) if template else ():
                path = inside if name == "data" and inside else (name, *inside)
                used |= {path[0], ".".join(path)}
        return used

    def _others(self, answer: ObjectTag) -> list[ObjectTag]:
        """The other texts that may ask for the answer."""
        used = self._used(answer)
        return [
            o
            for name, o in self._texts.items()
            if name not in used and not used.issuperset(fields_in(name)) and not _is_aside(name)
        ]

    def _pairs(self) -> list[tuple[str, str]]:
        """The fields that are asked and answered by their names."""
        return [(q, a) for q in self._texts for a in self._texts if _are_sides(q, a)]

    def _about(self) -> set[str]:
        return {self._config.objects[name].field for name in self._control.to_names}

    def _not_the_question(self, about: ObjectTag) -> ObjectTag:
        """The same object; raises UsageError where its name says that it asks for another text."""
        for other in self._others(about):
            if _are_sides(about.field, other.field) and not _are_sides(other.field, about.field):
                raise UsageError(
                    f"{self._judges()} {about.field!r}, which by its name asks for"
                    f" {other.field!r}.",
                    f"Say which text was judged: {column_flag('text', other.field)}, or"
                    f" {column_flag('text', about.field)}.",
                )
        return about

    def _judges(self) -> str:
        return f"{self._control.name!r} judges"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(excerpt(name) for name in [*names][:8]) or "none"


def _flag(flag: str, names: Iterable[str]) -> str:
    return column_flag(flag, next(iter(names), "FIELD"))


def _are_sides(question: str, answer: str) -> bool:
    return (folded(question), folded(answer)) in _SIDES


def _is_aside(name: str) -> bool:
    """Whether what is shown asks nothing, by the names of its fields."""
    return all(
        folded(field) not in _QUESTIONS and meaning_of(field) in _ASIDE for field in fields_in(name)
    )


def _template(names: Sequence[str]) -> str:
    return "\n\n".join(map(short_template, names))
