"""`dataprep advise`: reads the data once, and puts the closed and the open roads side by side."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec

from dataprep import providers, tokens
from dataprep.addresses import refuse_address
from dataprep.advising import closed, opened, portrait, ranking, reading
from dataprep.advising.machine import Machine, this_machine
from dataprep.finding import UsageError
from dataprep.jsonio import Json

SCHEMA = "urn:dataprep:schema:advice:1"


def advise(
    path: Path,
    *,
    epochs: int | None = None,
    today: date | None = None,
    table: Path | None = None,
    machine: Machine | None = None,
) -> Json:
    """The advice on a converted folder, or on a file as `convert` would read it; sends nothing.

    As schemas/advice.schema.json says. `epochs` are by default those that OpenAI would choose,
    for all roads alike. `table` is the user's own table of providers. Raises UsageError for a
    path that cannot be read, NothingToDo where there is no example.
    """
    if not path.exists():
        refuse_address(str(path))
        raise UsageError(f"{path}: no such file or folder.", "Check the path.")
    if epochs is not None and epochs < 1:
        raise UsageError(f"{epochs} epochs train nothing.", "Give at least 1.")
    when = today or date.today()  # noqa: DTZ011  a day of the user's calendar
    known = providers.table(table)
    data = reading.read(path)
    wanted = closed.wanted(known)
    main = tokens.encoding_of_model(None)
    drawn = portrait.drawn(data.examples(), {main: (), **wanted}, main)
    here = machine or this_machine()
    rounds = epochs or tokens.usual_epochs(drawn.trained)
    roads = [*closed.roads(known, drawn, rounds, when), *opened.roads(here, drawn, rounds)]
    said = drawn.to_json()
    where = msgspec.to_builtins(here)
    return {
        "schema": SCHEMA,
        "data": str(path),
        "digest": data.digest,
        "today": when.isoformat(),
        "table_dated": known.dated,
        "table_age": providers.age(known.dated, when),
        "read_as": data.notes,
        "unread": data.unread,
        "about": said,
        "agreement": data.agreement,
        "machine": where,
        "epochs": rounds,
        "roads": roads,
        "ranking": ranking.ranked(roads, said),
        "changes": ranking.changes(roads, said, where),
    }
