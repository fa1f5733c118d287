"""A recipe out of a command line: the file, if there is one, and the flags above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dataprep.finding import UsageError
from dataprep.recipe import TOKENISED, Recipe, explained, load

DEFAULT_NAME = "dataprep.yaml"

TEMPLATES = {"prompt", "completion", "system", "approved"}
"""Fields of a source in which, on the command line, a backslash and an n are a line break."""

_ESCAPED = re.compile(r"\\([nt\\])")
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\"}


def assembled(
    paths: Sequence[Path], file: Path | None, to: Sequence[str], flags: dict[str, Any]
) -> tuple[Recipe, Path]:
    """The recipe that a command line asks for, and the folder its paths are relative to.

    `flags` are fields of a source, of a target (`tokenizer`) or of the recipe (`seed`); those
    that are None were not given, the others stand above the recipe.
    """
    if file is None and not paths and Path(DEFAULT_NAME).is_file():
        file = Path(DEFAULT_NAME)
    recipe = load(file) if file else Recipe()
    data = recipe.model_dump(by_alias=True, exclude_unset=True)
    if paths:
        beside = file is not None
        data["sources"] = [{"path": _from_here(path) if beside else str(path)} for path in paths]
    given = {name: value for name, value in flags.items() if value not in (None, ())}
    for name in TEMPLATES & given.keys():
        given[name] = _ESCAPED.sub(lambda found: _ESCAPES[found[1]], given[name])
    for name in ("carry", "leave_out", "tag_names"):
        if name in given:
            given[name] = list(given[name])
    if (seed := given.pop("seed", None)) is not None:
        data["seed"] = seed
    tokenizer = given.pop("tokenizer", None)
    data["sources"] = [{**source, **given} for source in data.get("sources", [])]
    wanted = data.get("targets", [])
    if to:
        known = {_named(target): target for target in wanted}
        wanted = [known.get(name, name) for name in dict.fromkeys(to)]
    if tokenizer is not None:
        tokenised = [name for name in map(_named, wanted) if name in TOKENISED]
        if len(tokenised) != 1:
            raise UsageError(
                "A tokenizer is for t5 or for causal, and "
                + ("both are" if tokenised else "neither is")
                + " among the targets.",
                "Say in the recipe whose it is." if tokenised else "Add: --to t5",
            )
        wanted = [_with_tokenizer(t, tokenizer) if _named(t) in TOKENISED else t for t in wanted]
    data["targets"] = wanted
    try:
        return Recipe.model_validate(data), file.parent if file else Path()
    except ValidationError as error:
        raise explained(error, None, "command line") from None


def _from_here(path: Path) -> str:
    """The path as a recipe elsewhere must write it; `-` is standard input wherever it stands."""
    return str(path) if str(path) == "-" else str(path.absolute())


def _named(target: dict[str, Any] | str) -> str:
    return target if isinstance(target, str) else str(target["name"])


def _with_tokenizer(target: dict[str, Any] | str, tokenizer: str) -> dict[str, Any]:
    return {**({"name": target} if isinstance(target, str) else target), "tokenizer": tokenizer}
