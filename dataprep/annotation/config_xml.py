"""The XML of a labeling config, as tags.

The reader is hardened: a DOCTYPE or an entity is refused, so nothing outside is ever read and
nothing expands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from dataprep.finding import Place, UsageError

INDEX = "{{idx}}"
"""Stands in the names of what a Repeater repeats, whatever its indexFlag is called."""

_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Element:
    """One tag of the config, with its attributes and the tags inside it."""

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)


def parse_xml(raw: bytes, name: str) -> Element:
    """The outermost tag of a text; raises UsageError with the line of what is wrong."""
    stack = [Element("", {})]

    def opened(tag: str, attributes: dict[str, str]) -> None:
        if len(stack) > _DEEPEST:
            place = Place(file=name, line=parser.CurrentLineNumber)
            said = f"nests deeper than {_DEEPEST} tags."
            raise UsageError(said, "Pass the config.xml of the project.", place=place)
        element = Element(tag, attributes)
        stack[-1].children.append(element)
        stack.append(element)

    def refused(*_: object) -> None:
        place = Place(file=name, line=parser.CurrentLineNumber)
        raise UsageError(
            "a labeling config may not declare a DOCTYPE or an entity.",
            "Remove the declaration; Label Studio writes none.",
            place=place,
        )

    parser = expat.ParserCreate()
    parser.StartElementHandler = opened
    parser.EndElementHandler = lambda _: stack.pop()
    parser.StartDoctypeDeclHandler = refused
    parser.EntityDeclHandler = refused
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        words = expat.ErrorString(error.code)
        place = Place(file=name, line=error.lineno, column=error.offset + 1)
        raise UsageError(f"is not XML: {words}.", "Pass the config.xml.", place=place) from None
    except (LookupError, ValueError) as error:  # the encoding that the text declares
        place = Place(file=name, line=1)
        raise UsageError(f"cannot be read: {error}.", "Save it as UTF-8.", place=place) from None
    return stack[0].children[0]


def with_indexes(element: Element, flag: str = INDEX) -> Iterator[Element]:
    """All tags in the order of the document, the index of a Repeater written as INDEX."""
    if element.tag == "Repeater":
        flag = element.attributes.get("indexFlag") or flag
    if flag != INDEX:
        for key, value in element.attributes.items():
            element.attributes[key] = value.replace(flag, INDEX)
    yield element
    for child in element.children:
        yield from with_indexes(child, flag)
