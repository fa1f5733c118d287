"""A recipe out of a command line: the file, if there is one, and the flags above it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dataprep import targets
from dataprep.finding import UsageError, excerpt
from dataprep.patterns import LatePattern
from dataprep.recipe import TOKENISED, Recipe
from dataprep.recipe_file import explained, load
from dataprep.shell import flag_of
from dataprep.sources.hub_download import as_typed, is_hub_address

DEFAULT_NAME = "dataprep.yaml"

TEMPLATES = {"prompt", "completion", "system", "approved"}
"""Fields of a source in which, on the command line, a backslash and an n are a line break."""

OF_TARGETS: dict[str, tuple[str, tuple[str, ...]]] = {
    "tokenizer": ("A tokenizer", TOKENISED),
    "max_input": ("--max-input", ("t5",)),
    "max_target": ("--max-target", ("t5",)),
    "max_length": ("--max-length", ("causal",)),
}
"""Fields of a target that have a flag: what a message calls them, and the targets they fit."""

SPLITS = {"near_duplicates": "near_duplicates", "splits_from": "from"}
"""Flags that are fields of the splits, and their names there."""

_OF_RECIPE = ("seed", "at_most")

_ESCAPED = LatePattern(r"\\([nt\\])")
_WORD = LatePattern(r"\w+")
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\"}


def assembled(
    paths: Sequence[Path],
    file: Path | Recipe | None,
    to: Sequence[str],
    flags: dict[str, Any],
    *,
    typed: bool = True,
) -> tuple[Recipe, Path]:
    """The recipe that is asked for, and the folder its paths are relative to.

    `flags` are fields of a source, of a target (those of OF_TARGETS), of the splits (SPLITS) or of
    the recipe (`seed`, `at_most`), and the shares of sources (`mix`); those that are None or empty
    were not given, the others stand above the recipe. `typed` on a command line, TEMPLATES have
    their line breaks as a backslash and an n.
    """
    if isinstance(file, Recipe):
        recipe, file = file, None
    else:
        if file is None and not paths and Path(DEFAULT_NAME).is_file():
            file = Path(DEFAULT_NAME)
        recipe = load(file) if file else Recipe()
    data = recipe.model_dump(by_alias=True, exclude_unset=True)
    if paths:
        beside = file is not None
        data["sources"] = [
            {"path": _from_here(path) if beside else as_typed(str(path))} for path in paths
        ]
    given = {name: value for name, value in flags.items() if value not in (None, (), [])}
    for name in TEMPLATES & given.keys() if typed else ():
        given[name] = unescaped(given[name])
    for name in ("carry", "leave_out", "tag_names", "good", "bad"):
        if name in given:
            given[name] = list(given[name])
    data |= {name: given.pop(name) for name in _OF_RECIPE if name in given}
    mix = given.pop("mix", ())
    of_targets = {name: given.pop(name) for name in OF_TARGETS if name in given}
    splits = {name: given.pop(flag) for flag, name in SPLITS.items() if flag in given}
    if splits:
        data["splits"] = {**data.get("splits", {}), **splits}
    data["sources"] = [{**source, **given} for source in data.get("sources", [])]
    if mix:
        _share_out(data["sources"], mix)
    wanted = data.get("targets", [])
    if to:
        targets.refuse_twice(map(_named, wanted))
        known = {_named(target): target for target in wanted}
        names = [name.strip() for names in to for name in names.split(",")]
        wanted = [known.get(name, name) for name in dict.fromkeys(names)]
    for name, value in of_targets.items():
        wanted = _with_field(wanted, name, value)
    data["targets"] = wanted
    try:
        return Recipe.model_validate(data), file.parent if file else Path()
    except ValidationError as error:
        raise _explained(error, flags) from None


def unescaped(text: str) -> str:
    """A template as it was typed on a command line: `\\n` is a line break, `\\t` a tab."""
    return _ESCAPED.sub(lambda found: _ESCAPES[found[1]], text)


def _share_out(known: list[dict[str, Any]], mix: Sequence[str]) -> None:
    """Give the sources of each `NAME=SHARE` their shares, above those that a recipe gives.

    Raises UsageError for a source that is given two.
    """
    shared: set[int] = set()
    for given in mix:
        number, share = _share_of(known, given)
        if number in shared:
            path, held = excerpt(known[number]["path"]), known[number]["mix"]
            wrong = f"--mix {excerpt(given)}: {path} has a share already, {held:g}."
            raise UsageError(wrong, "Give one share of each source.")
        shared.add(number)
        known[number]["mix"] = share


def _share_of(known: list[dict[str, Any]], given: str) -> tuple[int, float]:
    """The source of `NAME=SHARE` by its number; it is named by its path, or the end of it.

    Raises UsageError for a share that is none, and a name that no source has, or several.
    """
    name, _, said = given.rpartition("=")
    try:
        share = float(said)
    except ValueError:
        share = 0
    if not name or not 0 < share < 1:
        wrong = f"--mix {excerpt(given)}: a share is a number between 0 and 1, behind the source."
        raise UsageError(wrong, "For example: --mix faq.csv=0.7")
    paths = [(Path(source["path"]), number) for number, source in enumerate(known)]
    fits = [each for each in paths if each[0].absolute() == Path(name).absolute()]
    fits = fits or [each for each in paths if name in (each[0].name, each[0].stem)]
    if len(fits) != 1:
        which = "Several sources are" if fits else "No source is"
        raise UsageError(
            f"--mix {excerpt(given)}: {which} called {excerpt(name)!r}.",
            f"The sources are: {', '.join(excerpt(str(p)) for p, _ in fits or paths) or 'none'}.",
        )
    return fits[0][1], share


def _explained(error: ValidationError, flags: dict[str, Any]) -> UsageError:
    """The first problem, with the flag that was typed in the place of the recipe's field."""
    said = explained(error, None, "command line")
    first = error.errors()[0]
    given = {name for name, value in flags.items() if value not in (None, (), [])}
    field = str(first["loc"][-1]) if first["loc"] else ""
    of_splits = {own: flag for flag, own in SPLITS.items()} if "splits" in first["loc"] else {}
    flag = of_splits.get(field, field)
    words = said.message.partition(": ")[2]
    if flag in given:
        return UsageError(f"{flag_of(flag)}: {words}")
    if first["type"] == "value_error":  # of several fields, which our own words name
        return UsageError(_WORD.sub(lambda w: flag_of(w[0]) if w[0] in given else w[0], words))
    return said


def _from_here(path: Path) -> str:
    """The path as a recipe elsewhere must write it; `-` is standard input wherever it stands.

    So is an address of the Hugging Face Hub.
    """
    if str(path) == "-" or is_hub_address(str(path)):
        return as_typed(str(path))
    return str(path.absolute())


def _named(target: dict[str, Any] | str) -> str:
    return target if isinstance(target, str) else str(target["name"])


def _with_field(
    wanted: list[dict[str, Any] | str], name: str, value: Any
) -> list[dict[str, Any] | str]:
    """The targets, one of them with that field; raises UsageError unless it fits exactly one."""
    what, fitting = OF_TARGETS[name]
    named = [target for target in map(_named, wanted) if target in fitting]
    if len(named) != 1:
        raise UsageError(
            f"{what} is for {' or for '.join(fitting)}, and "
            + ("both are" if named else "neither is" if len(fitting) > 1 else "it is not")
            + " among the targets.",
            "Say in the recipe whose it is." if named else f"Add: --to {fitting[0]}",
        )
    return [
        {**({"name": t} if isinstance(t, str) else t), name: value} if _named(t) == named[0] else t
        for t in wanted
    ]
