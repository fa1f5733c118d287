"""What `dataprep check` says about the files of a job, by kind and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec

from dataprep.finding import Severity
from dataprep.providers import Model, Provider

_SECRETS = "P0"
_PERSONAL = "P1"
_PLATFORM = "U"


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """How often each rule fired: errors in the data, secrets, personal data."""

    errors: dict[str, int]
    secrets: dict[str, int]
    personal: dict[str, int]


def judge(paths: Iterable[Path], provider: Provider | None, model: Model | None) -> Judged:
    """Read the files as their provider would.

    Of U rules nothing is taken: counts, sizes and dates are gates of their own. Personal data of
    severity info (a public address, a telephone number) is no gate.
    """
    from dataprep.checker import check

    kinds: dict[str, Counter[str]] = {name: Counter() for name in ("errors", "secrets", "personal")}
    for found in check(list(paths), _target(provider, model)):
        error = found.severity is Severity.ERROR
        if found.code.startswith(_SECRETS):
            kinds["secrets"][found.code] += 1
        elif found.code.startswith(_PERSONAL):
            kinds["personal"][found.code] += found.severity is not Severity.INFO
        elif error and not found.code.startswith(_PLATFORM):
            kinds["errors"][found.code] += 1
    return Judged(**{name: {k: n for k, n in c.items() if n} for name, c in kinds.items()})


def _target(provider: Provider | None, model: Model | None) -> str | None:
    """Who reads: a provider and its model, as check names them; nobody for an unknown server."""
    if provider is None or not provider.formats:
        return None
    return f"{provider.name}:{model.name}" if model else provider.name
