"""Runs commands on damaged files, one after the other, and gathers what none of them may do."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from random import Random

from tests.commands import Case, World, chosen, ended


def failures(world: World, seeds: range, *, slow: bool = False) -> Iterator[str]:
    """What is wrong with the runs of those seeds, each in one sentence that names its seed."""
    before = os.getcwd()  # noqa: PTH109  it is put back as it was
    try:
        for seed in seeds:
            random = Random(seed)  # noqa: S311  nothing here is a secret
            quick = not slow or random.random() < 0.98
            case = chosen(world.cases, random) if quick else random.choice(world.cases)
            if problems := _problems(world, case, random):
                yield f"seed {seed}, {case.file}, {' '.join(case.command)}: {', '.join(problems)}"
    finally:
        os.chdir(before)


def _problems(world: World, case: Case, random: Random) -> list[str]:
    os.chdir(world.whole)
    contents = world.begin(case, random)
    os.chdir(world.place)
    out = io.TextIOWrapper(io.BytesIO(), "utf-8")
    err = io.StringIO()
    code: object
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = ended(case)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            code = type(error).__name__
        out.flush()
    said = out.buffer.getvalue().decode() + err.getvalue()  # type: ignore[attr-defined]
    return world.problems(case, contents, code, said)
