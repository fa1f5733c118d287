"""How the questions of a dataset word a text, so that a new one can be asked about likewise.

A model that learned `Choose one label: ...` and the text below it has to be asked so again. The
words are found in the examples themselves, which keep the fields that they were made of: whatever
stood before and behind a field in *every* question is the wording.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from dataprep.jsonio import Json
from dataprep.parts import part_batches

_PLACES = 20
"""Of a field in a question, at most: a field of one letter is everywhere."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What stands before and behind a text in a question, and the system message beside it."""

    before: str = ""
    after: str = ""
    system: str | None = None

    def row(self, text: str) -> Json:
        """The question about a text; one that is worded already stays as it is."""
        worded = text.startswith(self.before) and text.endswith(self.after)
        asked = text if worded else f"{self.before}{text}{self.after}"
        system = [{"role": "system", "content": self.system}] if self.system else []
        return {"messages": [*system, {"role": "user", "content": asked}]}


class _Fit(NamedTuple):
    """A field, and what stands around it."""

    field: str
    before: str
    after: str


def recorded(folder: Path) -> dict[str, Any] | None:
    """The wording of a converted dataset as run.json keeps it."""
    found = wording_of(folder)
    return asdict(found) if found else None


def of_run(settings: Json) -> Wording | None:
    """The wording in the settings of a run; None where they hold none, or something else there."""
    try:
        return msgspec.convert(settings.get("wording"), Wording | None)
    except msgspec.ValidationError:
        return None


def wording_of(folder: Path) -> Wording | None:
    """The wording that all questions of a converted dataset share; None where they share none.

    Conversations share none, and neither do questions that are made of several fields.
    """
    fits: set[_Fit] | None = None
    systems: set[str | None] = set()
    for asked, system, fields in _questions(folder):
        systems.add(system)
        if asked is None or len(systems) > 1:
            return None
        if fits is None:
            fits = set(_fits(asked, fields))
        else:
            fits = {
                fit
                for fit in fits
                if (value := fields.get(fit.field)) is not None
                and f"{fit.before}{value}{fit.after}" == asked
            }
        if not fits:
            return None
    if not fits:
        return None
    # Two fields that are the same in every row: the one that leaves less to say.
    best = min(fits, key=lambda fit: (len(fit.before) + len(fit.after), fit))
    return Wording(best.before, best.after, *systems)


def _questions(folder: Path) -> Iterator[tuple[str | None, str | None, dict[str, str]]]:
    """What is asked (None in a conversation), the system message, and the fields that are texts."""
    read = msgspec.json.Decoder(dict[str, Any]).decode
    for batch in part_batches(folder):
        rows = batch.examples.select("input", "output", "system", "data")
        for asked, answer, system, data in rows.iter_rows():
            fields = read(data) if data else {}
            texts = {k: v for k, v in fields.items() if isinstance(v, str) and v and v != answer}
            yield asked, system, texts


def _fits(asked: str, fields: dict[str, str]) -> Iterator[_Fit]:
    """The first places of each field in a question."""
    for name, value in fields.items():
        at = -1
        for _ in range(_PLACES):
            if (at := asked.find(value, at + 1)) < 0:
                break
            yield _Fit(name, asked[:at], asked[at + len(value) :])
