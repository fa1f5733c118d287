"""Where all is disputed, and there is no output to hold it: the disputed tasks beside its place."""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import count
from pathlib import Path

from dataprep import jsonio
from dataprep.annotation import MARK
from dataprep.conversion.journal import ADJUDICATION, ConversionJournal
from dataprep.durable import put_new
from dataprep.finding import DataprepError, NothingToDo


def disputes_kept(
    error: NothingToDo, journal: ConversionJournal, staged: Path, out: Path
) -> NothingToDo:
    """The same refusal, which tells where the disputed tasks are, for an adjudicator.

    They are written beside the output that there is not, in the place of what an earlier run left
    there; a file that is somebody else's stays, and they go beside it.
    """
    if not journal.disputed:
        return error
    journal.close()
    journal.adjudication()
    try:
        path = _put(staged / ADJUDICATION, out)
    except OSError as failed:
        why = (failed.strerror or str(failed)).lower()
        said = f"What is disputed could not be kept beside {out}: {why}."
    else:
        said = f"What is disputed is in {path}: push it, and pass what comes back as --settled."
    return NothingToDo(error.message, f"{error.remedy} {said}")


def _put(made: Path, out: Path) -> Path:
    """Put the tasks into the first place that is free, or holds those of an earlier run."""
    name = Path(ADJUDICATION)
    for number in count(1):
        which = "" if number == 1 else f"-{number}"
        path = out.with_name(f"{out.name}.{name.stem}{which}{name.suffix}")
        if _is_of_a_run(path):
            return made.replace(path)
        if not os.path.lexists(path):
            with suppress(FileExistsError):
                put_new(made, path)
                return path
    raise AssertionError("there is always another number")


def _is_of_a_run(path: Path) -> bool:
    """Whether a file holds disputed tasks alone, to which nobody has added an annotation."""
    if path.is_symlink() or not path.is_file():
        return False
    try:
        tasks = jsonio.loads(path.read_bytes())
    except (ValueError, DataprepError):
        return False
    return isinstance(tasks, list) and bool(tasks) and all(map(_is_dispute, tasks))


def _is_dispute(task: object) -> bool:
    if not isinstance(task, dict) or "annotations" in task:
        return False
    meta = task.get("meta")
    return isinstance(meta, dict) and MARK in meta
