"""A labeling config written from what is to be annotated: the other way of `parse_config`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import quoteattr

from dataprep.finding import UsageError

Kind = Literal["classification", "spans", "generation"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One control to write: its name, the object tag that it answers, and its labels."""

    kind: Kind
    control: str = "label"
    shown: str = "text"
    labels: tuple[str, ...] = ()
    multiple: bool = False


def config_text(asked: Sequence[Asked], field: str = "text") -> str:
    """The config.xml of a project over the data field `field`; `asked` may be empty.

    Raises UsageError for choices or labels without a single label.
    """
    lines = ["<View>"]
    for shown in dict.fromkeys(["text"] if not asked else [a.shown for a in asked]):
        lines.append(f"  <Text name={_attribute(shown)} value={_attribute('$' + field)}/>")
    for one in asked:
        lines += _control(one)
    return "\n".join([*lines, "</View>", ""])


def _control(asked: Asked) -> Iterable[str]:
    names = f"name={_attribute(asked.control)} toName={_attribute(asked.shown)}"
    if asked.kind == "generation":
        return [f'  <TextArea {names} rows="4" editable="true" maxSubmissions="1"/>']
    if not asked.labels:
        raise UsageError(
            f"There are no labels for {asked.control!r}.",
            "Name them, for example --labels glad --labels cross, or pass --label-config.",
        )
    tag, inner, more = "Labels", "Label", ""
    if asked.kind == "classification":
        tag, inner = "Choices", "Choice"
        more = f' choice="{"multiple" if asked.multiple else "single"}"'
    labels = [f"    <{inner} value={_attribute(label)}/>" for label in asked.labels]
    return [f"  <{tag} {names}{more}>", *labels, f"  </{tag}>"]


def _attribute(value: str) -> str:
    """A quoted attribute; line breaks and tabs as references, since XML makes spaces of them."""
    return quoteattr(value, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
