"""A labeling config written from what is to be annotated: the other way of `parse_config`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from dataprep.annotation.labeling_config import PATH, Control, LabelingConfig, ObjectTag
from dataprep.finding import UsageError

ControlKind = Literal[
    "classification",
    "spans",
    "generation",
    "taxonomy",
    "rating",
    "number",
    "datetime",
    "preference",
    "chat",
]
"""What learning a control means, as `Control.task` says it."""

SIDES = ("answer_left", "answer_right")
"""The objects, and the fields, of the two texts that a Pairwise compares."""
MESSAGES = "messages"
"""The field of a conversation."""

_STARS = 5
_TAGS = {"number": "Number", "datetime": "DateTime"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One control to write: its name, the object tag that it answers, and its labels.

    `labels` of a taxonomy are its paths. `multiple` allows several labels, paths or texts.
    `relations` are the labels of relations between spans, None where there are none; `most` is
    the highest rating. `html` marks spans on a page; of several objects, `shown` names each,
    with commas between.
    """

    kind: ControlKind
    control: str = "label"
    shown: str = "text"
    labels: tuple[str, ...] = ()
    multiple: bool = False
    per_region: bool = False
    relations: tuple[str, ...] | None = None
    most: int = _STARS
    html: bool = False


def config_text(
    asked: Sequence[Asked], field: str = "text", objects: Sequence[ObjectTag] = ()
) -> str:
    """The config.xml of a project over the data field `field`; `asked` may be empty.

    Where `objects` are given they are shown, each with its own field. Raises UsageError for
    choices or labels without a single label.
    """
    shown = dict.fromkeys(a.shown for a in asked if a.kind != "chat")
    lines = [_text(name, field) for name in ("text",) * (not asked) or shown]
    if objects:
        lines = [_text(one.name, one.field, one.tag) for one in objects]
    if any(a.kind == "preference" for a in asked):
        lines += [_text(side, side) for side in SIDES]
    for one in asked:
        lines += [f"  {line}" for line in _control(one)]
    return "\n".join(["<View>", *lines, "</View>", ""])


def written_config(config: LabelingConfig) -> str:
    """The config.xml of a config whose labels are known: the other way of `parse_config`.

    Controls on single regions are left out, and so are those of which no label is known.
    """
    lines = [_text(shown.name, shown.field, shown.tag) for shown in config.objects.values()]
    for control in config.controls.values():
        if not control.per_region:
            lines += [f"  {line}" for line in _of_control(control, config)]
    return "\n".join(["<View>", *lines, "</View>", ""])


def _of_control(control: Control, config: LabelingConfig) -> Iterable[str]:
    names: dict[str, Any] = {"name": control.name, "toName": ",".join(control.to_names)}
    if control.tag in ("Ranker", "Pairwise"):
        return [f"<{control.tag} {_attributes(**names)}/>"]
    if control.task is None or (control.task in _LABELLED and not control.labels):
        return []
    asked = Asked(
        cast("ControlKind", control.task),
        control.name,
        control.to_name,
        labels=control.labels or (),
        multiple=control.multiple,
        relations=config.relations if control.task == "spans" else None,
        most=int(control.bounds[1] or _STARS),
    )
    return _control(asked)


_LABELLED = ("classification", "spans", "taxonomy")


def _text(name: str, field: str, tag: str = "Text") -> str:
    return f"  <{tag} {_attributes(name=name, value='$' + field)}/>"


def _control(asked: Asked) -> Iterable[str]:
    names: dict[str, Any] = {"name": asked.control, "toName": asked.shown}
    if asked.per_region:
        names["perRegion"] = "true"
    match asked.kind:
        case "generation":
            once = {} if asked.multiple else {"maxSubmissions": 1}
            return [f"<TextArea {_attributes(**names, rows=4, editable='true', **once)}/>"]
        case "rating":
            return [f"<Rating {_attributes(**names, maxRating=max(asked.most, _STARS))}/>"]
        case "number" | "datetime":
            return [f"<{_TAGS[asked.kind]} {_attributes(**names)}/>"]
        case "preference":
            return [f"<Pairwise {_attributes(name=asked.control, toName=','.join(SIDES))}/>"]
        case "chat":
            return [f"<Chat {_attributes(name=asked.control, value='$' + MESSAGES)}/>"]
    return _labelled(asked, names)


def _labelled(asked: Asked, names: dict[str, Any]) -> Iterator[str]:
    """A control with labels inside it."""
    if not asked.labels:
        raise UsageError(
            f"There are no labels for {asked.control!r}.",
            "Name them, for example --labels glad --labels cross, or pass --label-config.",
        )
    tag, inner = "HyperTextLabels" if asked.html else "Labels", "Label"
    if asked.kind == "classification":
        tag, inner = "Choices", "Choice"
        names["choice"] = "multiple" if asked.multiple else "single"
    elif asked.kind == "taxonomy":
        tag = "Taxonomy"
        if not asked.multiple:
            names["maxUsages"] = 1
    yield f"<{tag} {_attributes(**names)}>"
    if tag == "Taxonomy":
        yield from _branches([label.split(PATH) for label in asked.labels])
    else:
        yield from (f"  <{inner} {_attributes(value=label)}/>" for label in asked.labels)
    yield f"</{tag}>"
    if asked.relations is not None:
        yield "<Relations>"
        yield from (f"  <Relation {_attributes(value=label)}/>" for label in asked.relations)
        yield "</Relations>"


def _branches(paths: Iterable[Sequence[str]], indent: str = "  ") -> Iterator[str]:
    """The tree of some paths, from root to leaf."""
    below: dict[str, list[Sequence[str]]] = {}
    for first, *rest in paths:
        below.setdefault(first, []).extend([rest] if rest else [])
    for name, inner in below.items():
        if inner:
            yield f"{indent}<Choice {_attributes(value=name)}>"
            yield from _branches(inner, indent + "  ")
            yield f"{indent}</Choice>"
        else:
            yield f"{indent}<Choice {_attributes(value=name)}/>"


def _attributes(**values: Any) -> str:
    """Quoted attributes; line breaks and tabs as references, since XML makes spaces of them."""
    from xml.sax.saxutils import quoteattr  # with it come urllib and ssl

    breaks = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
    return " ".join(f"{name}={quoteattr(str(value), breaks)}" for name, value in values.items())
