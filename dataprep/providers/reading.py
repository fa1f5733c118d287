"""Reads the table, lays a user's own over it by the names of providers and models, finds rows."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from dataprep.finding import UsageError, excerpt
from dataprep.providers.table import Model, Provider, Table

VARIABLE = "DATAPREP_PROVIDERS"
"""Names the user's own table where no option does."""


def table(path: Path | None = None) -> Table:
    """The shipped table, with the user's own at `path` or $DATAPREP_PROVIDERS laid over it.

    A user's file holds only what differs. Raises UsageError, with the place, for a bad one.
    """
    return _table(user_file(path))


@contextmanager
def own_table(path: Path | None) -> Iterator[None]:
    """Lay the user's own table at `path` over what runs meanwhile, its worker processes too."""
    before = os.environ.get(VARIABLE)
    if path is not None:
        os.environ[VARIABLE] = str(path)
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)
        if before is not None:
            os.environ[VARIABLE] = before


def user_file(path: Path | None = None) -> Path | None:
    """The user's own table, from an option or from the environment."""
    named = os.environ.get(VARIABLE)
    return path or (Path(named) if named else None)


@functools.cache
def _table(path: Path | None) -> Table:
    shipped = Path(__file__).with_name("table.json").read_bytes()
    if path is None:
        return msgspec.json.decode(shipped, type=Table)
    laid = _laid_over(msgspec.json.decode(shipped), _own(path))
    try:
        return msgspec.convert(laid, Table, strict=True, str_keys=True)
    except msgspec.ValidationError as error:
        raise _bad(path, _named_place(str(error), laid)) from None


def _own(path: Path) -> dict[str, Any]:
    try:
        own = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.", "Check the path of the table.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _bad(path, str(error)) from None
    if not isinstance(own, dict):
        raise _bad(path, "it is not a JSON object")
    return own


def _bad(path: Path, why: str) -> UsageError:
    return UsageError(
        f"{path} is not a table of providers: {why}.", "Its shape is schemas/providers.schema.json."
    )


def _laid_over(below: Any, above: Any) -> Any:
    """Objects key by key, lists of named rows by name; anything else is replaced whole."""
    if isinstance(below, dict) and isinstance(above, dict):
        return below | {k: _laid_over(below.get(k), value) for k, value in above.items()}
    if _named_rows(below) and _named_rows(above):
        rows = {row["name"]: row for row in below}
        for row in above:
            rows[row["name"]] = _laid_over(rows.get(row["name"]), row)
        return list(rows.values())
    return above


def _named_rows(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(row, dict) and isinstance(row.get("name"), str) for row in value
    )


def _named_place(said: str, laid: Any) -> str:
    """The words of msgspec, with rows called by their names instead of their numbers."""

    def name(match: re.Match[str]) -> str:
        value, shown = laid, []
        for key, number in re.findall(r"\.(\w+)|\[(\d+)\]", match[1]):
            try:
                value = value[key] if key else value[int(number)]
            except (KeyError, IndexError, TypeError):
                value = None
            row = value.get("name") if number and isinstance(value, dict) else None
            shown.append(f".{key}" if key else f"[{excerpt(str(row or number))}]")
        return "`" + "".join(shown).removeprefix(".") + "`"

    return re.sub(r"`\$((?:\.\w+|\[\d+\]|\[\.\.\.\])*)`", name, said)


def provider(name: str, path: Path | None = None) -> Provider:
    """The provider of that name; raises UsageError when the table has none."""
    import difflib

    rows = {row.name: row for row in table(path).providers}
    if name in rows:
        return rows[name]
    near = difflib.get_close_matches(name, rows, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(sorted(rows))}."
    raise UsageError(f"No provider is called {excerpt(name)!r}.", remedy)


def model(provider_name: str, name: str, path: Path | None = None) -> Model | None:
    """The model behind a name, an alias or a fine-tuned `ft:BASE:...`; None when unknown."""
    return model_of(provider(provider_name, path), name)


def model_of(row: Provider, name: str) -> Model | None:
    """The same among the models of one provider."""
    base = name.split(":")[1] if name.startswith("ft:") else name
    return next((m for m in row.models if base == m.name or base in m.aliases), None)
