"""Which controls of a labeling config are learned, how they are asked for, and what is refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from dataprep.annotation import (
    INDEX,
    NOT_LEARNED,
    POSSIBLE,
    Control,
    LabelingConfig,
    ObjectTag,
    completion_schema,
    in_plural,
    medium_of_tag,
)
from dataprep.contracts import Contract
from dataprep.finding import NothingToDo, UsageError, excerpt
from dataprep.formats.flags import column_flag
from dataprep.recipe import Source
from dataprep.shapes import (
    classification,
    conversation,
    feedback,
    generation,
    preference,
    spans,
    structured,
    values,
)
from dataprep.shapes.entities import Entities
from dataprep.shapes.kind import AnswerKind
from dataprep.shapes.single import Classes, Texts, Values
from dataprep.templates import names_read

_TEXTS = ("Text", "Header", "HyperText", "Paragraphs")
NOT_STRUCTURED = ("preference", "chat")


def kind_of(config: LabelingConfig, source: Source) -> tuple[AnswerKind, Control]:
    """How the learned controls are read, and the first of them; raises UsageError for none."""
    if source.approved is not None:
        raise UsageError(
            "approved is for rows, and these are tasks of Label Studio.",
            "Leave it out. Which answers in the tasks are good, choices say by --good and --bad,"
            " ratings by --good-from.",
        )
    if source.task == "feedback":
        return feedback.feedback_of(config, source)
    if feedback.says_good(source):
        raise UsageError(
            "--good, --bad, --good-from and --bad-to say what is a good answer, and the task is"
            f" {source.task}.",
            "Write task: feedback, or leave them out.",
        )
    fit = _fitting(config, source)
    control = fit[0]
    if source.task == "structured":
        control = _leading(fit)
        kind: AnswerKind = _structured(config, fit, source)
    else:
        kind = _kind(config, control, source)
    if source.empty == "negative" and kind.name != "spans":
        raise UsageError(
            f"'empty: negative' (--empty negative) is for spans, and what is learned from"
            f" {control.name!r} is {kind.name}.",
            "Remove it: an annotation without an answer gives no example here.",
        )
    return kind, control


def _leading(fit: Sequence[Control]) -> Control:
    """The control whose text is shown: spans count in it, and repeated texts are many."""
    marking = [c for c in fit if c.task == "spans"]
    if len({c.to_names for c in marking}) > 1 or any(INDEX in c.name for c in marking):
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
        fit = [c for c in config.controls.values() if c in fit and c.task not in NOT_STRUCTURED]
    elif source.task:
        fit = [c for c in fit if c.task == source.task]
    seen = [c for c in fit if c.task in NOT_STRUCTURED or not _unread(config, c)]
    if fit and not seen:
        raise _not_about_text(config, fit[0])
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


def _not_about_text(config: LabelingConfig, control: Control) -> UsageError:
    """The refusal of a control that is about something else than a text, by what it is about."""
    tag = _unread(config, control)
    if medium := medium_of_tag(tag):
        said = f"{control.name!r} is about {in_plural(medium)} (the tag {tag}). {NOT_LEARNED}"
        return UsageError(said, POSSIBLE)
    return UsageError(
        f"{control.name!r} answers a tag {tag}, and only text is read.",
        "Name another control, or convert a project about texts.",
    )


def _unread(config: LabelingConfig, control: Control) -> str:
    """The tag of the first object that a control answers and that is no text; often none."""
    shown = (config.objects[name] for name in control.to_names)
    return next((o.tag for o in shown if not o.is_text), "")


def _kind(config: LabelingConfig, control: Control, source: Source) -> AnswerKind:
    header, reads = control.asked, frozenset([control.name])
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
            own = source.prompt or source.completion or control.more_names
            if shown.tag == "Paragraphs" and not own:
                return conversation.Responses(control, shown, said, reads)
            return Texts(control, said, reads)
        case "preference":
            said = preference.instruction(control, header)
            if control.tag == "Ranker":
                return preference.Ranks(
                    control, field_of(shown, source, config.text_fields), said, reads
                )
            return _pairs(config, control, said)
        case "chat":
            return conversation.Chats(
                control,
                field_of(shown, source, config.text_fields),
                config.instruction or "",
                reads,
            )
    said = values.instruction(control, header)
    return Values(control, said, reads, control.task or "")


def _entities(config: LabelingConfig, control: Control, source: Source) -> Entities:
    if control.more_names and source.text:
        raise UsageError(
            f"{control.name!r} marks spans on several texts ({', '.join(control.to_names)}), and"
            f" each span counts in its own; the field {source.text!r} is one of them.",
            "Leave `text` out: the texts are shown together, and every span in its own.",
        )
    for shown in (config.objects[name] for name in control.to_names):
        if shown.tag not in _TEXTS:
            raise UsageError(
                f"Spans on a {shown.tag} tag are not read yet.",
                "Spans on Text, HyperText and Paragraphs are.",
            )
    notes = {c.name: c for c in config.per_region(control) if c.task in _NOTES}
    joined = notes or config.relations is not None
    marking = [c.name for c in config.controls.values() if joined and c.task == "spans"]
    asked = spans.instruction(control, control.asked)
    if config.relations is not None and source.spans_as != "inline" and not control.asked:
        asked += spans.asked_relations(config.relations)
    return Entities(
        control=control,
        notes=notes,
        related=config.relations,
        form=source.spans_as,
        instruction=asked + _offered(notes.values()),
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


def _structured(config: LabelingConfig, fit: Sequence[Control], source: Source) -> AnswerKind:
    entities = {c.name: _entities(config, c, source) for c in fit if c.task == "spans"}
    reads = {c.name for c in fit}.union(*(kind.reads for kind in entities.values()))
    notes = [note for kind in entities.values() for note in kind.notes.values()]
    offering = list({c.name: c for c in (*fit, *notes)}.values())
    _refuse_unshown(config, fit)
    schema = completion_schema(config, fit)
    return structured.Structured(
        config=config,
        controls={c.name: c for c in fit},
        entities=entities,
        contract=Contract(schema, "the labeling config", ours=True),
        instruction=structured.instruction(fit, config.instruction) + _offered(offering),
        reads=frozenset(reads),
        relations=any(kind.relations for kind in entities.values()),
    )


def without(
    kind: structured.Structured, undecided: frozenset[str], source: Source
) -> structured.Structured | None:
    """The kind that does not ask for some keys; None where the prompt asks for them all the same.

    A prompt of the recipe asks for what it says, unless it shows the instruction. A repeated
    control is asked for as a whole.
    """
    shows = source.prompt is None or "instruction" in names_read(source.prompt)
    fit = [c for c in kind.controls.values() if c.name not in undecided]
    if not (shows and fit and undecided <= kind.controls.keys()):
        return None
    entities = {name: one for name, one in kind.entities.items() if name not in undecided}
    notes = [note for one in entities.values() for note in one.notes.values()]
    offering = list({c.name: c for c in (*fit, *notes)}.values())
    said = structured.instruction(fit, kind.config.instruction) + _offered(offering)
    return replace(
        kind,
        controls={c.name: c for c in fit},
        entities=entities,
        contract=Contract(completion_schema(kind.config, fit), "the labeling config", ours=True),
        instruction=said,
    )


def _offered(controls: Iterable[Control]) -> str:
    """What may be answered to those controls whose labels come with the task."""
    said = [(c.name, "; ".join(c.labels or ())) for c in controls if c.task_labels]
    return "".join(f" Choose {name!r} from: {labels}." for name, labels in said if labels)


def _refuse_unshown(config: LabelingConfig, fit: Sequence[Control]) -> None:
    """Raises UsageError where the prompt would lack the text, or the labels, of one control."""
    control = _leading(fit)
    shown = {*control.to_names, *(o.name for o in beside(config, control))}
    for other in fit:
        if other.task_labels and any(INDEX in field for field in other.task_labels.fields):
            raise UsageError(
                f"The labels of {other.name!r} come with each repetition, which is not read yet.",
                "Name another control with `control`.",
            )
        if unshown := [name for name in other.to_names if name not in shown]:
            raise UsageError(
                f"{other.name!r} is about {unshown[0]!r}, and {control.name!r} about"
                f" {control.to_name!r}: they cannot be learned together.",
                "Name one control with `control`, and learn it by itself.",
            )


def field_of(shown: ObjectTag, source: Source, known: Sequence[str] = ()) -> str:
    if not (shown.field or source.text):
        named = ", ".join(excerpt(name) for name in known[:8])
        raise UsageError(
            f"Several fields of the tasks hold text ({named}), and nothing says which is about"
            f" {shown.name!r}.",
            f"Name it, for example {column_flag('text', known[0] if known else 'FIELD')}; or pass"
            " --label-config.",
        )
    return source.text or shown.field


def beside(config: LabelingConfig, control: Control) -> list[ObjectTag]:
    """The other texts that annotators had before them."""
    shown = config.objects.values()
    others = [o for o in shown if o.name not in control.to_names and o.tag == "Text"]
    return [o for o in others if INDEX not in o.field]
