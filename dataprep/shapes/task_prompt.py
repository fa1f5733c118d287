"""What annotators had before them when they answered a control, and how a prompt asks it."""

from __future__ import annotations

from collections.abc import Sequence

from dataprep.annotation import Control, LabelingConfig, ObjectTag, Offsets
from dataprep.recipe import Source
from dataprep.shapes.choosing import NOT_STRUCTURED, beside, field_of
from dataprep.shapes.feedback import Feedback
from dataprep.shapes.field_templates import field_template
from dataprep.shapes.judged_texts import DIALOGUES
from dataprep.shapes.kind import AnswerKind
from dataprep.shapes.look import Look


def look_of(
    config: LabelingConfig,
    kind: AnswerKind,
    control: Control,
    source: Source,
    offsets: Offsets | None,
) -> tuple[Look, str]:
    """What annotators had before them, and the template of the prompt; UsageError for a guess.

    `offsets` read the regions of a kind that has any.
    """
    if isinstance(kind, Feedback):
        asked = kind.texts.asked
        turns = asked is None or asked.tag in DIALOGUES
        own = "{{ text }}" if asked is None or turns else field_template(asked.field)
        needed = () if asked is None or turns else (asked.field,)
        return Look(kind.texts.shown, kind.texts.field, needed), source.prompt or own
    field = shown_field(config, control, source)
    others = [] if source.prompt else beside(config, control)
    others = [o for o in others if kind.name != "preference" or o.field != field]
    too = answered_too(config, control, source)
    look = Look(
        config.objects[control.to_name],
        field,
        tuple(o.field for o in others),
        offsets,
        more=tuple(Look(o, o.field, offsets=offsets) for o in too),
    )
    return look, source.prompt or default_prompt(kind, field, others)


def shown_field(config: LabelingConfig, control: Control, source: Source) -> str | None:
    """The field with the text; None where the task shows none. Raises UsageError for a guess."""
    shown = config.objects[control.to_name]
    if control.task == "preference":
        asked = beside(config, control)
        return source.text or (asked[0].field if asked else None)
    return None if control.task == "chat" else field_of(shown, source, config.text_fields)


def answered_too(config: LabelingConfig, control: Control, source: Source) -> list[ObjectTag]:
    """The other texts that a control answers at once with the first.

    None for a preference, which compares its objects, and where the recipe names the text.
    Raises UsageError for a guess.
    """
    if source.text or control.task in NOT_STRUCTURED:
        return []
    others = [config.objects[name] for name in control.more_names]
    return [other for other in others if field_of(other, source, config.text_fields)]


def default_prompt(kind: AnswerKind, field: str | None, others: Sequence[ObjectTag]) -> str:
    """The instruction, and every text that annotators had; a conversation asks by itself."""
    said = [f"{o.name}: {field_template(o.field)}" for o in others]
    if kind.name == "chat":
        return "{{ text }}"
    if kind.name == "preference" and field is not None:
        return "\n\n".join([*said, "{{ text }}"])
    return "\n\n".join(["{{ instruction }}", *said, *(["{{ text }}"] if field else [])])
