"""Which Header of a labeling config asks for which control."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field

from dataprep.annotation.config_xml import Element
from dataprep.annotation.instruction_words import asks


@dataclass(frozen=True, slots=True)
class ConfigHeaders:
    """The first header of a config that asks for something, and the one above each control."""

    first: str | None = None
    above: dict[str, str] = field(default_factory=dict)


def headers_of(elements: Sequence[Element], objects: Container[str]) -> ConfigHeaders:
    """The headers of a config, whose outermost tag is the first of `elements`, all of its tags.

    Those that change with the task ask for nothing, and neither does a mere name right above one
    of the `objects` ("Review"): that is what the text is called. What stands in one part of the
    config together with controls is for those, and not for what follows that part.
    """
    asking = dict(_asking(elements, objects))
    above: dict[str, str] = {}
    if elements:
        _walk(elements[0], None, asking, above)
    return ConfigHeaders(next(iter(asking.values()), None), above)


def _asking(elements: Sequence[Element], objects: Container[str]) -> Iterator[tuple[int, str]]:
    for element, below in zip(elements, [*elements[1:], None], strict=True):
        said = element.attributes.get("value", "").strip()
        if element.tag != "Header" or not said or "$" in said:
            continue
        is_caption = below is not None and _shows(below, objects) and not asks(said)
        if not is_caption:
            yield id(element), said


def _shows(element: Element, objects: Container[str]) -> bool:
    attributes = element.attributes
    return "toName" not in attributes and attributes.get("name") in objects


def _walk(
    element: Element, last: str | None, asking: dict[int, str], above: dict[str, str]
) -> str | None:
    """Note the header above every name below a tag; the header that holds after it."""
    inner = asking.get(id(element), last)
    if inner is not None and "name" in element.attributes:
        above[element.attributes["name"]] = inner
    for child in element.children:
        inner = _walk(child, inner, asking, above)
    return last if _holds_control(element) else inner


def _holds_control(element: Element) -> bool:
    return "toName" in element.attributes or any(map(_holds_control, element.children))
