"""Remedies that fit the file: `--fix` mends JSONL alone, and all else is converted."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from functools import cache
from pathlib import Path

import msgspec

from dataprep import sources
from dataprep.finding import Finding, UsageError
from dataprep.patterns import LatePattern
from dataprep.shell import command_line

_FIX = LatePattern(r"dataprep\scheck\sFILE\s--fix(=all)?")
_OWN_WORDS = LatePattern(r"(.*?)(?:;|:)(?: or)? dataprep .*", re.DOTALL)
"""What a remedy says before it names commands."""

_UNREAD = "J016"
"""The rule with a safe fix that convert does not make: nobody knows what else is missing."""

_OUT = "out"
_CHAT = "openai-chat"


def fitting(given: Collection[Path], forms: Mapping[str, str]) -> Callable[[Finding], Finding]:
    """What gives a finding whose remedy names --fix the commands that run for its file.

    `given` are the paths that were named, and `forms` what each file was read as, filled while
    it is read. JSONL that was named keeps FILE, as in all remedies.
    """

    @cache
    def remedy_of(code: str, remedy: str, file: str) -> str:
        return _remedy(code, remedy, file, given, forms)

    def fitted(finding: Finding) -> Finding:
        if "--fix" not in finding.remedy:
            return finding
        remedy = remedy_of(finding.code, finding.remedy, finding.place.file)
        return msgspec.structs.replace(finding, remedy=remedy)

    return fitted


def _remedy(
    code: str, remedy: str, file: str, given: Collection[Path], forms: Mapping[str, str]
) -> str:
    from dataprep import fixes

    fix, path = _FIX.search(remedy), Path(file)
    if fix is None or not path.is_file() or sources.is_stream(path):
        return remedy
    if fixes.is_mendable(path):
        mending = f"{command_line('check', path)} --fix{fix[1] or ''}"
        return remedy if path in given else _FIX.sub(lambda _: mending, remedy)
    words = _OWN_WORDS.fullmatch(remedy)
    own = words[1] if words else remedy
    if code == _UNREAD:
        return f"{own}."
    to = target_of(forms.get(file, ""))
    made = command_line("convert", path, to=to, out=_OUT)
    if fix[1] and "dataprep convert" not in remedy:  # what convert leaves as it is
        made += f" && {command_line('check', f'{_OUT}/{to}/train.jsonl')} --fix{fix[1]}"
    return f"{own}, or have it done: {made}"


def target_of(form: str) -> str:
    """The target that rows of a format are converted to so that they stay what they are."""
    from dataprep.targets import CATALOGUE

    return form if form in CATALOGUE else _CHAT


def unmendable(path: Path, forms: Mapping[str, str]) -> UsageError:
    """The error for what is no file of lines, with the command that leads to one.

    `forms` are what its rows are read as. Raises NothingToDo for a folder without a file to read.
    """
    if not path.is_dir():
        made = command_line("convert", path, to=target_of(next(iter(forms.values()), "")), out=_OUT)
        return UsageError(f"{path} is no JSONL, and a fix mends JSONL.", f"Make it first: {made}")
    from dataprep import fixes

    words = f"{path} is a folder, and a fix mends one file of JSONL."
    if sources.is_converted(path):
        return UsageError(words, "Mend what it was made of, and convert again.")
    inside = sources.files(sources.PathSource(str(path)), Path())
    named = [Path(file.name) for file in inside if fixes.is_mendable(Path(file.name))]
    if named:
        return UsageError(words, f"Name the file: {command_line('check', named[0])} --fix")
    made = command_line("convert", path, to=target_of(next(iter(forms.values()), "")), out=_OUT)
    return UsageError(words, f"Make it first: {made}")
