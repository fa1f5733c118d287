"""Family P: secrets and personal data. A message names the kind and the place, never the text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from dataprep import sensitive
from dataprep.finding import Fault

CODES = ("P001", "P002", "P003", "P101", "P102", "P103", "P104", "P105")


def privacy_faults(path: str, text: str, name: str = "") -> Iterator[Fault]:
    """One fault for each kind that stands in a text; places are characters, from 0.

    `name` is what the objects around the text call it.
    """
    return _faults(path, sensitive.matches(text, name))


def secret_faults(path: str, text: str, _name: str = "") -> Iterator[Fault]:
    """The same for secrets alone, which are errors (P001, P002)."""
    return _faults(path, sensitive.secrets(text))


def _faults(path: str, matches: Iterator[sensitive.Match]) -> Iterator[Fault]:
    found = sorted(matches, key=lambda match: match.kind.name)
    for _, group in groupby(found, key=lambda match: match.kind.name):
        places = list(group)
        kind, at = places[0].kind, f"at character {places[0].start:,}"
        if len(places) == 1:
            said = f"{_article(kind.name)} {kind.name} {at}"
        else:
            said = f"{len(places)} {kind.plural}, the first {at}"
        yield Fault(kind.code, path, f"{path or 'the row'} holds {said}")


def _article(name: str) -> str:
    """Before a vowel, and before letters that are read as one (IBAN, npm, xAI), it is `an`."""
    return "an" if name[0] in "aeioAEIO" or name.startswith(("npm", "xAI")) else "a"
