"""A recipe as YAML: read, and what is wrong in it with its line."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from dataprep.finding import Place, UsageError
from dataprep.recipe import Checks, PerFile, Recipe, Source, Splits, Target

MAX_NODES = 100_000
"""A recipe has a few hundred; more come of aliases that hold aliases."""


def load(path: Path) -> Recipe:
    """Read a recipe; raises UsageError with file, line and the nearest known field."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}.", "Make one with: dataprep init FILE"
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8.", "Save it as UTF-8.") from None
    return parse(text, str(path))


def parse(text: str, name: str = "dataprep.yaml") -> Recipe:
    """The recipe in a text; `name` is used in messages."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        _check_nodes(node, name, {})
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _not_yaml(error, text, name) from None
    if data is not None and not isinstance(data, dict):
        raise UsageError(
            "the recipe has no fields, as `sources:` and `targets:`.",
            "Make one with: dataprep init FILE; a file to convert needs no --recipe.",
            place=Place(file=name, line=1),
        )
    try:
        return Recipe.model_validate(data if data is not None else {})
    except ValidationError as error:
        raise explained(error, node, name) from None


def _not_yaml(error: Exception, text: str, name: str) -> UsageError:
    """What PyYAML said, with its line. A ValueError comes of a date that is none."""
    line = None
    problem = "nests too deep" if isinstance(error, RecursionError) else str(error)
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        problem = error.reason
    elif isinstance(error, yaml.MarkedYAMLError):
        line = error.problem_mark.line + 1 if error.problem_mark else None
        problem = error.problem or "cannot be read as YAML"
    return UsageError(f"{problem}.", "Mend the YAML.", place=Place(file=name, line=line))


def _check_nodes(node: Any, name: str, sizes: dict[int, int]) -> int:
    """How many nodes there are with every alias written out.

    Raises UsageError for a key that stands twice or is none, for an alias inside itself, for
    aliases of aliases that would fill the memory, and for half of a character ("\\ud800").
    """
    if (known := sizes.get(id(node))) is not None:
        if known == 0:
            raise _at(node, name, "refers to itself.", "Write the value out.")
        return known
    sizes[id(node)] = 0
    if isinstance(node, yaml.ScalarNode):
        _refuse_half(node, name)
    below = node.value if isinstance(node, yaml.SequenceNode) else []
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _at(key, name, "a key must be a word.", "Mend the YAML.")
            _refuse_half(key, name)
            if key.value in seen:
                raise _at(key, name, f"{key.value!r} stands twice.", "Keep one of the two.")
            seen.add(key.value)
        below = [value for _, value in node.value]
    sizes[id(node)] = 1 + sum(_check_nodes(value, name, sizes) for value in below)
    if sizes[id(node)] > MAX_NODES:
        raise _at(node, name, "is too large, with its aliases written out.", "Use fewer aliases.")
    return sizes[id(node)]


def _refuse_half(node: Any, name: str) -> None:
    """Raise UsageError for half of a character; bytes of a file's name may stand in a text."""
    try:
        node.value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise _at(node, name, "holds half of a character.", "Write it whole.") from None


def _at(node: Any, name: str, message: str, remedy: str) -> UsageError:
    return UsageError(message, remedy, place=Place(file=name, line=node.start_mark.line + 1))


def explained(error: ValidationError, node: Any, name: str) -> UsageError:
    """The first problem as file:line, path and words."""
    first = error.errors()[0]
    steps = list(first["loc"])
    if steps[:1] == ["targets"]:
        del steps[2:3]  # which of the two ways to write a target was tried
    place = Place(file=name, line=_line_of(node, steps))
    path = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in steps).removeprefix(".")
    if first["type"] == "extra_forbidden":
        known = _fields_at(steps[:-1])
        near = difflib.get_close_matches(str(steps[-1]), known, n=1)
        remedy = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
        return UsageError(f"{path} is not a field of the recipe.", remedy, place=place)
    words = first["msg"].removeprefix("Value error, ")
    return UsageError(f"{path or 'recipe'}: {words[0].lower() + words[1:]}.", place=place)


def _line_of(node: Any, steps: list[Any]) -> int | None:
    """The line of the deepest part of the path that stands in the file."""
    line = node.start_mark.line + 1 if node is not None else None
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == step), None)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def _fields_at(steps: list[Any]) -> list[str]:
    models: dict[str, type[BaseModel]] = {
        "sources": Source,
        "splits": Splits,
        "targets": Target,
        "checks": Checks,
    }
    model = models.get(str(steps[0]), Recipe) if steps else Recipe
    if steps[1:2] == ["per_file"]:
        model = PerFile
    return [field.alias or name for name, field in model.model_fields.items()]
