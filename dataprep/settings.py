"""Settings of `check` in pyproject.toml: the table [tool.dataprep.check], or none.

[tool.dataprep.check]
select = ["J", "S", "C"]
ignore = ["C005"]
fail-on = "warning"
target = "together"
per-file."data/old/*.jsonl" = { ignore = ["D"] }
"""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from dataprep.finding import Finding, Place, Severity, UsageError, excerpt
from dataprep.rules import CATALOGUE, FAMILIES, nearest

NAME = "pyproject.toml"


class FileSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for the files of one glob."""

    ignore: tuple[str, ...] = ()


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What the table says; flags stand above it. Codes are codes of rules, or families."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity | None = None
    target: str | None = None
    per_file: dict[str, FileSettings] = {}

    def keeps(self, finding: Finding, folder: Path) -> bool:
        """Whether a finding counts, as far as the globs go; they are relative to `folder`."""
        return not any(
            finding.code.startswith(code)
            for glob, those in self.per_file.items()
            if matches(finding.place.file, glob, folder)
            for code in those.ignore
        )


def settings_for(paths: Sequence[Path]) -> tuple[Settings, Path]:
    """The settings that hold for these files, and the folder that their globs are relative to.

    Those of the nearest pyproject.toml above all the files that has a table [tool.dataprep].
    Raises UsageError with the file and its line for what it may not say.
    """
    folders = [os.fspath(path.absolute().parent) for path in paths] or [os.fspath(Path.cwd())]
    start = Path(os.path.commonpath(folders))
    for folder in (start, *start.parents):
        file = folder / NAME
        if file.is_file() and (settings := _read(file)) is not None:
            return settings, folder
    return Settings(), start


def _read(file: Path) -> Settings | None:
    """The settings in a file; None where it says nothing of us."""
    import tomllib

    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None  # another tool's affair
    if "dataprep" not in text:
        return None
    try:
        tools = tomllib.loads(text).get("tool")
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"is not TOML: {error}.", "Mend it.", place=_at(file)) from None
    table = tools.get("dataprep") if isinstance(tools, dict) else None
    return None if table is None else _settings(table, file, text)


def _settings(table: Any, file: Path, text: str) -> Settings:
    def refuse_others(value: Any, known: Iterable[str], path: str) -> None:
        for key in value if isinstance(value, dict) else ():
            if key not in known:
                raise _unknown(key, f"of {path}", list(known), _at(file, text, key))

    check = table.get("check", {}) if isinstance(table, dict) else table
    names = [name.replace("_", "-") for name in Settings.__struct_fields__]
    refuse_others(table, ["check"], "[tool.dataprep]")
    refuse_others(check, names, "[tool.dataprep.check]")
    per_file = check.get("per-file", {}) if isinstance(check, dict) else {}
    for glob, those in per_file.items() if isinstance(per_file, dict) else ():
        refuse_others(those, FileSettings.__struct_fields__, f'per-file."{excerpt(glob)}"')
    try:
        settings = msgspec.convert(check, Settings)
    except msgspec.ValidationError as error:
        words = str(error).replace("`$.", "`").replace("`$`", "[tool.dataprep.check]")
        key = next((name for name in names if f"`{name}" in words), "tool.dataprep")
        raise UsageError(f"{words}.", "Mend the value.", place=_at(file, text, key)) from None
    lists = [settings.select, settings.ignore, *(p.ignore for p in settings.per_file.values())]
    for code in (code for codes in lists for code in codes):
        if code not in CATALOGUE and code not in FAMILIES:
            near = nearest(code)
            remedy = f"Did you mean {near}?" if near else "See them all: dataprep explain --all"
            place = _at(file, text, code)
            raise UsageError(f"There is no rule {excerpt(code)!r}.", remedy, place=place)
    return settings


def _unknown(key: str, where: str, known: list[str], place: Place) -> UsageError:
    import difflib

    near = difflib.get_close_matches(key, known, n=1)
    remedy = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
    return UsageError(f"{excerpt(key)!r} is not a setting {where}.", remedy, place=place)


def _at(file: Path, text: str = "", word: str = "") -> Place:
    """The file, and the first line below our table that has the word."""
    lines = text.splitlines()
    start = next((n for n, line in enumerate(lines) if "tool.dataprep" in line), 0)
    found = (n for n, line in enumerate(lines[start:], start + 1) if word and word in line)
    return Place(file=str(file), line=next(found, None))


def matches(file: str | Path, glob: str, folder: Path) -> bool:
    """Whether a glob names a file: by its path below the folder, or by its name alone.

    The name itself names it too, with brackets in it.
    """
    path = Path(file).absolute()
    names = [path.name]
    if path.is_relative_to(folder):
        names.append(path.relative_to(folder).as_posix())
    return any(name == glob or fnmatch.fnmatchcase(name, glob) for name in names)
