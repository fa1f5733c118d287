"""What was read becomes examples: the door is `shape_for`, which chooses the way and says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from dataprep.annotation import (
    CONTROL_OF_TYPE,
    NOT_LEARNED,
    POSSIBLE,
    LabelingConfig,
    Offsets,
    SeenLabels,
    Task,
    infer_config,
    media_of_types,
    read_config,
    vote,
    with_seen_labels,
)
from dataprep.example import Example, Record
from dataprep.finding import NothingToDo, Place, UsageError, excerpt
from dataprep.formats import LOOKED_AT
from dataprep.recipe import Source
from dataprep.shapes.choose import TextShape, shape_of_rows
from dataprep.shapes.feedback import Feedback, is_feedback, says_good
from dataprep.shapes.look import Unseen
from dataprep.shapes.partition import MERGED, PartAccount, agreed_choice
from dataprep.shapes.rows import RowRules, RowShape
from dataprep.shapes.scan_plan import scan_plan
from dataprep.shapes.shaped import Shape, Shaped
from dataprep.shapes.structured import Structured
from dataprep.shapes.task_drops import SETTLED
from dataprep.shapes.tasks import TaskShape, task_shape
from dataprep.shell import flag_of

if TYPE_CHECKING:
    from dataprep.annotation.reliability import Reliability

__all__ = [
    "LOOKED_AT",
    "MERGED",
    "SETTLED",
    "PartAccount",
    "RowRules",
    "RowShape",
    "Shape",
    "Shaped",
    "Structured",
    "TaskShape",
    "TextShape",
    "agreed_choice",
    "answered_elsewhere",
    "scan_plan",
    "shape_for",
]


NOBODY: Mapping[str, Reliability] = {}
"""Nothing is known of the annotators."""


def shape_for(
    first: Sequence[Record],
    source: Source,
    base: Path,
    seed: int,
    judge: RowRules | None = None,
    *,
    as_items: bool = False,
    only_verdicts: bool = False,
    config: LabelingConfig | None = None,
    reliability: Mapping[str, Reliability] = NOBODY,
    seen: SeenLabels | None = None,
) -> tuple[Shape, str]:
    """How the records of one file become examples, and a sentence that says why.

    `first` is the beginning of the file (LOOKED_AT records are enough, one at least); `judge`
    knows the rules that refuse a row; `as_items` says that only a grader will see it, and
    `only_verdicts` that nothing is written but answers with a verdict each. `config` is what an
    export of another annotation tool was found to ask; `seen` are the labels of all of the file,
    which stand in the prompt where no labeling config is given; `reliability` is what is known of
    the annotators, by control. Raises UsageError where a way would have to be guessed,
    NothingToDo where nobody answered.
    """
    place = Place(file=first[0].place.file)
    try:
        if isinstance(first[0].value, Task):
            known = config or seen
            return _of_tasks(first, source, base, known, reliability, only_verdicts=only_verdicts)
        if isinstance(first[0].value, Example):
            _refuse_settings(source)
            return _as_it_is, "examples of an earlier conversion"
        _refuse_settings_of_tasks(source)
        return shape_of_rows(first, source, seed, judge, as_items=as_items)
    except UsageError as error:
        raise UsageError(error.message, error.remedy, place=error.place or place) from None


def _of_tasks(
    first: Sequence[Record],
    source: Source,
    base: Path,
    known: LabelingConfig | SeenLabels | None,
    reliability: Mapping[str, Reliability],
    *,
    only_verdicts: bool,
) -> tuple[Shape, str]:
    if isinstance(known, LabelingConfig):  # its tool has read the offsets: they count code points
        source = source.model_copy(update={"offsets": "auto"})
    config = _config_of(first, source, base, known)
    unread = _unread(first)
    if unread and not config.learnable():
        media = media_of_types(unread)
        if media:
            said = f"These tasks are about {media} ({_counted(unread)}). {NOT_LEARNED}"
            raise UsageError(said, POSSIBLE)
        raise UsageError(
            f"The results are {_counted(unread)}, which are not about texts, or not read.",
            "Only projects about texts can be converted.",
        )
    if not config.controls:
        _refuse_unlabelled(first, source)
    if is_feedback(config, source, only_verdicts=only_verdicts):
        source = source.model_copy(update={"task": "feedback"})
        config = replace(config, text_fields=_text_fields(first))
    offsets = Offsets(source.offsets)
    shape = task_shape(config, source, offsets, reliability)
    if source.offsets == "auto" and shape.kind.parts:
        offsets.usual = vote(_regions(first, shape))
    learned = shape.kind.controls if isinstance(shape.kind, Structured) else [shape.control.name]
    others = [c.name for c in config.learnable() if c.name not in learned]
    told = shape.kind if isinstance(shape.kind, Feedback) else repr(shape.control.name)
    why = f"{shape.kind.name} from {told}"
    if config.inferred:
        why += ", read from the results, as no labeling config was given"
    if others:
        why += f"; not learned: {', '.join(others)}"
    why += _of_config(shape)
    if unread:
        why += f"; not read: {_counted(unread)}"
    why += "".join(f"; {said}" for said in config.said)
    if shape.kind.parts and source.borders != "trim":
        why += f"; borders: {source.borders}"
    if source.annotators != "majority":
        why += f"; annotators: {source.annotators}"
    return shape, why


def _config_of(
    first: Sequence[Record],
    source: Source,
    base: Path,
    known: LabelingConfig | SeenLabels | None,
) -> LabelingConfig:
    """The labeling config that was given, or found, or else that of what the results say."""
    if source.config_path:
        config = read_config(base / source.config_path)
        return _with_votes_against(config, known) if isinstance(known, LabelingConfig) else config
    if isinstance(known, LabelingConfig):
        return known
    config = infer_config(record.value for record in first)
    return with_seen_labels(config, known) if known else config


def _text_fields(first: Sequence[Record]) -> tuple[str, ...]:
    """The fields of the data of the first tasks that hold texts, in their order."""
    data = [record.value.data or {} for record in first]
    return tuple({name: None for one in data for name, v in one.items() if isinstance(v, str)})


def _refuse_settings_of_tasks(source: Source) -> None:
    """Raise UsageError for rows or a text of which is said how to read annotators' verdicts."""
    if says_good(source):
        raise UsageError(
            "--good, --bad, --good-from and --bad-to read annotators' answers, and these are rows.",
            "Say it by a template: --approved '{{ rating >= 4 }}'",
        )


_NOT_OF_EXAMPLES = {"path", "format", "mix"}
"""Fields of a source that do not say how its examples are made."""


def _refuse_settings(source: Source) -> None:
    """Raise UsageError for examples that are made, of which is said how to make them."""
    given = source.model_dump(by_alias=True, exclude_defaults=True).keys() - _NOT_OF_EXAMPLES
    if given:
        raise UsageError(
            f"{excerpt(source.path)} holds examples that are made already, and"
            f" {flag_of(min(given))} says how they are made.",
            "Leave it out, or convert what they were made from.",
        )


def _as_it_is(record: Record) -> Shaped:
    return Shaped(examples=[record.value])


def _with_votes_against(config: LabelingConfig, known: LabelingConfig) -> LabelingConfig:
    """A labeling config that was given, whose controls take the votes of the export as well."""
    controls = {
        name: replace(control, against=known.controls[name].against)
        if name in known.controls
        else control
        for name, control in config.controls.items()
    }
    return replace(config, controls=controls)


def _of_config(shape: TaskShape) -> str:
    """What of the labeling config is asked in another way than it looks, in words."""
    said = ""
    if shape.look.more:
        said += f"; asked about several texts: {', '.join(shape.control.to_names)}"
    for control in (shape.config.controls[name] for name in shape.labels_from):
        fields = ", ".join(control.task_labels.fields if control.task_labels else ())
        said += f"; the labels of {control.name!r} are read from the task's data ({fields})"
    return said


def _unread(first: Sequence[Record]) -> Counter[str]:
    """The types of results that are not known, with their counts."""
    return Counter(
        str(result.type)
        for record in first
        for annotation in record.value.annotations or ()
        for result in annotation.result or ()
        if result.type is not UNSET and result.type not in _KNOWN_TYPES
    )


def _counted(types: Counter[str]) -> str:
    return ", ".join(f"{excerpt(name)} ({n})" for name, n in types.most_common(8))


def _refuse_unlabelled(first: Sequence[Record], source: Source) -> None:
    """Raise for tasks without an answer that tells of its control, where it can be said why."""
    if elsewhere := answered_elsewhere(first, source):
        raise elsewhere
    annotations = [a for record in first for a in record.value.annotations or ()]
    if any(r.type == "pairwise" for a in annotations for r in a.result or ()):
        raise UsageError(
            "The answers compare two texts (Pairwise), and do not say which.",
            "Pass the config.xml of the project: --label-config.",
        )
    if not annotations and source.of == "annotations":
        raise NothingToDo(
            f"The first {len(first):,} tasks have no annotations.",
            "Label some, and export again; if later ones are labelled, pass --label-config.",
        )


def answered_elsewhere(first: Sequence[Record], source: Source) -> NothingToDo | None:
    """The refusal of tasks without annotations that hold predictions or drafts, naming those."""
    if source.of != "annotations":
        return None
    for of in ("predictions", "drafts"):
        given = [getattr(record.value, of) for record in first]
        bodies = [one for each in given if isinstance(each, list) for one in each]
        if any(isinstance(one, dict) and one.get("result") for one in bodies):
            said = f"The tasks hold {of}, and no annotations."
            return NothingToDo(said, f"To learn from the {of}: --from {of}")
        if of == "predictions" and bodies:
            return NothingToDo(
                "The tasks hold the ids of predictions alone, and no annotations.",
                "Make a snapshot with the predictions expanded (dataprep pull does), and pass"
                " --from predictions.",
            )
    return None


def _regions(first: Sequence[Record], shape: TaskShape) -> Iterator[tuple[str, dict[str, Any]]]:
    """The regions that vote on how a file counts: those on plain texts."""
    looks = {look.shown.name: look for look in (shape.look, *shape.look.more)}
    for record in first:
        data = record.value.data or {}
        texts = {
            name: seen.text
            for name, look in looks.items()
            if look.shown.tag in ("Text", "Header")
            and not isinstance(seen := replace(look, more=())(data), Unseen)
        }
        only = next(iter(texts.values()), "") if len(looks) == 1 else ""
        for annotation in record.value.annotations or ():
            for result in annotation.result or ():
                text = only or texts.get(str(result.to_name), "")
                read = result.from_name in shape.kind.reads and "start" in (result.value or {})
                if text and read:
                    yield text, result.value or {}


_KNOWN_TYPES = frozenset((*CONTROL_OF_TYPE, "pairwise", "relation"))
