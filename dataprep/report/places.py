"""Where a finding stands, in the words of other programs: relative paths, clauses, clean text."""

from __future__ import annotations

from pathlib import Path

from dataprep.finding import Finding, Place
from dataprep.patterns import LatePattern
from dataprep.report.terminal import printable

_ROW = LatePattern(r"\[\d+\]")


def relative(file: str) -> str:
    """The path as seen from the current folder where it lies below it, with forward slashes."""
    path = Path(file)
    if path.is_absolute():
        here = Path.cwd()
        for root in (here, here.resolve()):
            if path.is_relative_to(root):
                return path.relative_to(root).as_posix()
    return path.as_posix()


def inside(place: Place) -> str:
    """What `file` and `line` do not say: the task, the annotation and the path in the row."""
    parts = [] if place.task is None else [f"task {place.task}"]
    parts += [] if place.annotation is None else [f"annotation {place.annotation}"]
    return " ".join([*parts, place.path] if place.path else parts)


def sentence(message: str) -> str:
    """A message as a sentence."""
    return message if message.endswith((".", "!", "?", "…")) else f"{message}."


def what_stands(finding: Finding) -> str:
    """The message as a sentence, after the path where it does not name the place itself.

    The number of a row in a list ([3]) stands before it in any case: the line may be that of all.
    """
    said, path = sentence(finding.message), finding.place.path
    row = _ROW.match(path)
    named = path.partition("]")[0] in said or path.rpartition(".")[2] in said
    told = row is not None and (said.startswith(row[0]) or f"row {row[0]}" in said)
    if row is not None and named and not told:  # messages[1] names no row
        return f"{row[0]}: {said}"
    return said if named else f"{path}: {said}"


def whole_message(finding: Finding) -> str:
    """What stands there and what to do, on one line that holds no control character."""
    place = finding.place
    before = "" if place.task is None else f"task {place.task}: "
    return printable(f"{before}{what_stands(finding)} {finding.remedy}")
