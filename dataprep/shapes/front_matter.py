"""YAML front matter: the block between two lines `---` at the beginning of a text."""

from __future__ import annotations

import re
from typing import NamedTuple

import yaml

from dataprep.patterns import LatePattern

LONGEST = 64_000

_FENCED = LatePattern(r"---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


class FrontMatter(NamedTuple):
    """The keys, their values as the text that stands there, and where the body begins."""

    fields: dict[str, str]
    body: int


def front_matter(text: str) -> FrontMatter | None:
    """The front matter of a text; None where there is none that can be read without doubt.

    Only scalars are kept. Aliases of keys, a key that stands twice, and more than LONGEST code
    points are no front matter.
    """
    match = _FENCED.match(text)
    if match is None or len(match[1]) > LONGEST:
        return None
    try:
        node = yaml.compose(match[1], Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError):
        return None
    if not isinstance(node, yaml.MappingNode):
        return None
    fields: dict[str, str] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value in fields:
            return None
        if isinstance(value, yaml.ScalarNode):
            fields[key.value] = value.value
    return FrontMatter(fields, match.end())
