"""Which controls of a labeling config are learned, how they are asked for, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence

from dataprep import jsonio
from dataprep.annotation import INDEX, Control, LabelingConfig, ObjectTag, completion_schema
from dataprep.contracts import Contract
from dataprep.finding import NothingToDo, UsageError
from dataprep.recipe import Source
from dataprep.shapes import (
    classification,
    conversation,
    generation,
    preference,
    spans,
    structured,
    values,
)
from dataprep.shapes.entities import Entities
from dataprep.shapes.kind import Kind
from dataprep.shapes.single import Classes, Texts, Values

_TEXTS = ("Text", "Header", "HyperText", "Paragraphs")
_NOT_STRUCTURED = ("preference", "chat")


def kind_of(config: LabelingConfig, source: Source) -> tuple[Kind, Control]:
    """How the learned controls are read, and the first of them; raises UsageError for none."""
    fit = _fitting(config, source)
    control = fit[0]
    if source.task == "structured":
        control = _leading(fit)
        kind: Kind = _structured(config, fit, source)
    else:
        kind = _kind(config, control, source)
    if source.empty == "negative" and kind.name != "spans":
        raise UsageError(
            f"'empty: negative' is for spans, and {control.name!r} is a {kind.name}.",
            "Remove it: an annotation without an answer gives no example here.",
        )
    return kind, control


def _leading(fit: Sequence[Control]) -> Control:
    """The control whose text is shown: spans count in it, and repeated texts are many."""
    marking = [c for c in fit if c.task == "spans"]
    if len({c.to_name for c in marking}) > 1 or any(INDEX in c.name for c in marking):
        raise UsageError(
            "Spans on several texts cannot be learned together.",
            "Name one control with `control`, and learn it by itself.",
        )
    repeated = [c for c in fit if INDEX in c.name]
    return (marking or repeated or fit)[0]


def _fitting(config: LabelingConfig, source: Source) -> list[Control]:
    fit = config.learnable()
    if source.control:
        fit = [c for c in fit if c.name == source.control]
    if source.task == "structured":
        fit = [c for c in config.controls.values() if c in fit and c.task not in _NOT_STRUCTURED]
    elif source.task:
        fit = [c for c in fit if c.task == source.task]
    seen = [c for c in fit if c.task in _NOT_STRUCTURED or config.objects[c.to_name].is_text]
    if fit and not seen:
        tag = config.objects[fit[0].to_name].tag
        raise UsageError(
            f"{fit[0].name!r} answers a tag {tag}, and only text is read.",
            "Name another control, or convert a project about texts.",
        )
    if not config.controls:  # an inferred one: a config that is given has controls
        raise NothingToDo(
            f"There is no answer about a text among the {source.of} of the first tasks.",
            "Pass --label-config; --from annotations, predictions or drafts says whose are read.",
        )
    if not seen:
        known = ", ".join(f"{c.name} ({c.tag})" for c in config.controls.values()) or "none"
        asked = source.control or source.task or "Choices, Labels or TextArea"
        raise UsageError(
            f"There is no control to learn from ({asked}).", f"Controls in the config: {known}."
        )
    return seen


def _kind(config: LabelingConfig, control: Control, source: Source) -> Kind:
    header, reads = config.instruction, frozenset([control.name])
    shown = config.objects[control.to_name]
    if INDEX in control.name:
        raise UsageError(
            f"{control.name!r} is repeated, so a task has many answers to it.",
            "Learn them together: task: structured.",
        )
    match control.task:
        case "classification":
            return Classes(control, classification.instruction(control, header), reads)
        case "spans":
            return _entities(config, control, source)
        case "generation":
            said = generation.instruction(control, header)
            if shown.tag == "Paragraphs" and not (source.prompt or source.completion):
                return conversation.Responses(control, shown, said, reads)
            return Texts(control, said, reads)
        case "preference":
            said = preference.instruction(control, header)
            if control.tag == "Ranker":
                return preference.Ranks(control, _field(shown, source), said, reads)
            return _pairs(config, control, said)
        case "chat":
            return conversation.Chats(control, _field(shown, source), header or "", reads)
    said = values.instruction(control, header)
    return Values(control, said, reads, control.task or "")


def _entities(config: LabelingConfig, control: Control, source: Source) -> Entities:
    shown = config.objects[control.to_name]
    if shown.tag not in _TEXTS:
        raise UsageError(
            f"Spans on a {shown.tag} tag are not read yet.",
            "Spans on Text, HyperText and Paragraphs are.",
        )
    notes = {c.name: c for c in config.per_region(control) if c.task in _NOTES}
    joined = notes or config.relations is not None
    marking = [c.name for c in config.controls.values() if joined and c.task == "spans"]
    return Entities(
        control=control,
        notes=notes,
        related=config.relations,
        form=source.spans_as,
        instruction=spans.instruction(control, config.instruction),
        reads=frozenset([control.name, *notes, *marking]),
    )


_NOTES = ("classification", "generation", "taxonomy", "rating", "number", "datetime")


def _pairs(config: LabelingConfig, control: Control, said: str) -> preference.Pairs:
    if len(control.to_names) != 2:
        raise UsageError(
            f"{control.name!r} compares {len(control.to_names)} objects, and not two.",
            'Write toName="left,right" in the labeling config.',
        )
    left, right = (config.objects[name].field for name in control.to_names)
    return preference.Pairs(control, left, right, said, frozenset([control.name]))


def _structured(config: LabelingConfig, fit: Sequence[Control], source: Source) -> Kind:
    entities = {c.name: _entities(config, c, source) for c in fit if c.task == "spans"}
    reads = {c.name for c in fit}.union(*(kind.reads for kind in entities.values()))
    schema = completion_schema(config, fit)
    return structured.Structured(
        config=config,
        controls={c.name: c for c in fit},
        entities=entities,
        contract=Contract(schema, "the labeling config"),
        instruction=structured.instruction(fit, config.instruction),
        reads=frozenset(reads),
        relations=any(kind.relations for kind in entities.values()),
    )


def shown_field(config: LabelingConfig, control: Control, source: Source) -> str | None:
    """The field with the text; None where the task shows none. Raises UsageError for a guess."""
    shown = config.objects[control.to_name]
    if control.task == "preference":
        asked = beside(config, control)
        return source.text or (asked[0].field if asked else None)
    return None if control.task == "chat" else _field(shown, source)


def _field(shown: ObjectTag, source: Source) -> str:
    if not (shown.field or source.text):
        raise UsageError(
            "Several fields of the tasks hold text, and none is called 'text'.",
            "Pass --label-config, or name the field with `text` in the recipe.",
        )
    return source.text or shown.field


def beside(config: LabelingConfig, control: Control) -> list[ObjectTag]:
    """The other texts that annotators had before them."""
    shown = config.objects.values()
    others = [o for o in shown if o.name not in control.to_names and o.tag == "Text"]
    return [o for o in others if INDEX not in o.field]


def default_prompt(kind: Kind, field: str | None, others: Sequence[ObjectTag]) -> str:
    """The instruction, and every text that annotators had; a conversation asks by itself."""
    said = [f"{o.name}: {{{{ data[{jsonio.dumps(o.field).decode()}] }}}}" for o in others]
    if kind.name == "chat":
        return "{{ text }}"
    if kind.name == "preference" and field is not None:
        return "\n\n".join([*said, "{{ text }}"])
    return "\n\n".join(["{{ instruction }}", *said, *(["{{ text }}"] if field else [])])
