"""Schedules of troubles for `rescue`, by number: the same number gives the same troubles."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from typing import Any

from dataprep.finding import DataprepError
from tests.unit.trainers.rescue_jobs import fetch, with_five_jobs
from tests.unit.trainers.rescue_server import Earlier, earlier
from trainers import rescue

ERRORS = (204, 206, 301, 403, 416, 429, 500, 503)
ODD: tuple[Any, ...] = (
    None,
    True,
    7,
    -0.5,
    "",
    "..",
    [],
    [[]],
    {},
    {"id": None},
    {"data": [7]},
    {"data": None},
)


def after_troubles(number: int, out: Path) -> dict[str, bytes | None]:
    """What is in data/ of each job after runs in trouble and one at the mended server."""
    dice = random.Random(number)  # noqa: S311  no secret
    with earlier() as server:
        with_five_jobs(server)
        if dice.random() < 0.7:
            server.etags = dict.fromkeys(server.contents, '"v1"')
        make_trouble(server, dice)
        for _ in range(dice.randrange(1, 4)):
            with suppress(DataprepError):
                rescue.page(fetch(server, out))
        vars(server).pop("answer")  # the true one again
        server.faults.clear()
        made = fetch(server, out)
    assert made.exit_code == 0
    assert not list((out / ".files").glob("*.part*"))
    return {job.id: read_one(job.folder / "data") for job in made.jobs}


def make_trouble(server: Earlier, dice: random.Random) -> None:
    """Streams that break, and a third of all answers that are not the true ones."""
    for name in server.contents:
        cuts = [dice.choice((0, 10, 100, 300, None)) for _ in range(dice.randrange(8))]
        server.faults[f"/v1/files/{name}/content"] = cuts
    true = server.answer

    def answer(path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
        status, body = true(path, query)
        if dice.random() > 0.35:
            return status, body
        if isinstance(body, bytes) and dice.random() < 0.5:
            return status, dice.choice((body[:50], body + b"x", b""))
        if not isinstance(body, bytes) and dice.random() < 0.4:
            return status, dice.choice(ODD)
        return dice.choice(ERRORS), body

    server.answer = answer  # type: ignore[method-assign]


def read_one(folder: Path) -> bytes | None:
    """The only file of a folder."""
    (path,) = folder.iterdir()
    return path.read_bytes()
